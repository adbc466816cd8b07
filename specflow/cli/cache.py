"""`specflow cache`: what is kept, why a document is built again, and an end of it."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from specflow.cli.arguments import add_json, describe
from specflow.cli.report import Report, shown
from specflow.diagnostics import Span, error
from specflow.errors import ExitCode, FileAccess

NAME = "cache"


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    describe(
        parser,
        "info tells what the cache holds, clear empties it. explain names the inputs of a spec that have\n"
        "changed since it was built, and why that build was made.",
        ["specflow cache info", "specflow cache explain specs/ledger.yaml", "specflow cache clear"],
    )
    parser.add_argument("action", choices=["info", "clear", "explain"], metavar="ACTION", help="info, clear or explain")
    parser.add_argument("specs", nargs="*", type=Path, metavar="SPEC", help="the specs to explain")
    add_json(parser)


def run(options: argparse.Namespace, report: Report) -> ExitCode:
    """Do what is asked for."""
    from specflow.batch.attempt import open_cache
    from specflow.batch.store import LIMIT, cache_folder

    if (options.action == "explain") != bool(options.specs):
        options.parser.error("name the specs to explain" if not options.specs else "only explain takes specs")
    cache = open_cache(cache_folder(), LIMIT)
    if options.action == "clear":
        cache.store.clear()
    fields: dict[str, Any] = {}
    if options.action == "explain":
        fields["documents"] = [_explained(spec, cache.store, cache.documents, report) for spec in options.specs]
    else:
        usage = cache.store.usage()
        fields = {"folder": str(usage.folder), "documents": usage.documents, "results": usage.results}
        fields["bytes"] = usage.size
        if not report.json:
            report.result(
                f"{usage.folder}: {usage.documents} documents noted, {usage.results} results kept, "
                f"{usage.size / 2**20:.1f} MiB"
            )
    report.diagnostics(cache.notes)
    if report.json:
        report.document(NAME, ExitCode.DONE, action=options.action, **fields)
    return ExitCode.DONE


def _explained(spec: Path, store: Any, documents: Any, report: Report) -> dict[str, Any]:
    """Return, and print, what is known of a spec's last build, and what has changed since."""
    from specflow.batch.explain import explain

    if not spec.is_file():
        raise FileAccess(error("file-missing", "there is no such file", Span(spec), "name a spec that was built"))
    found = explain(spec, store, documents)
    if not report.json:
        report.result(f"{shown(spec)}: {found.verdict}")
        for line in found.lines:
            report.result(f"  {line}")
    return {"spec": shown(spec), "verdict": found.verdict, "changed": list(found.changed), "why": list(found.why)}
