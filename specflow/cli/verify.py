"""`specflow verify`: prove that editions are as recorded, and that they say the same."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from specflow.cli.arguments import (
    add_json,
    add_paths,
    add_settings,
    add_templates,
    describe,
    require_files,
    template_folders,
)
from specflow.cli.build import formats
from specflow.cli.release import as_json
from specflow.cli.report import Report, placed, shown
from specflow.diagnostics import Span, error
from specflow.errors import ExitCode, FileAccess, UsageError
from specflow.model import Format

if TYPE_CHECKING:
    from specflow.cli.verified import Verified

NAME = "verify"


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    describe(
        parser,
        "Read editions again and compare them: bytes with the record, content with each other. PATH is the record\n"
        "<stem>.json, an edition beside it, a release, or a folder that is searched for both. For a YAML spec\n"
        "the document is bound again from the data, and the editions in OUT are compared with it. Exit 6 if\n"
        "anything differs.",
        [
            "specflow verify out/ledger.json",
            "specflow verify out --report verification.html",
            "specflow verify specs/ledger.yaml --out dist --json",
            "specflow verify out/ledger.signed.pdf --trust ca.pem",
        ],
    )
    add_paths(parser)
    parser.add_argument(
        "-o", "--out", type=Path, metavar="OUT", help="where the editions of specs lie (default: as for build)"
    )
    parser.add_argument(
        "-f", "--formats", type=formats, metavar="LIST", help="which editions, comma-separated (default: all recorded)"
    )
    parser.add_argument(
        "--report", type=Path, metavar="FILE", help="write the differences side by side as an HTML page"
    )
    add_settings(parser)
    add_templates(parser)
    signatures = parser.add_argument_group("signatures, with --trust; exit 7 if one is not good")
    for name, words in (
        ("--trust", "certificates of the authorities that you trust, PEM or DER; PATH is a signed PDF or a release"),
        ("--crl", "a revocation list"),
        ("--ocsp", "an OCSP answer"),
    ):
        signatures.add_argument(name, action="append", type=Path, default=[], metavar="FILE", help=words)
    signatures.add_argument("--record", type=Path, metavar="FILE", help="the record (default: the one beside the PDF)")
    signatures.add_argument("--ledger", type=Path, metavar="FILE", help="the ledger that must approve of the content")
    add_json(parser)


def run(options: argparse.Namespace, report: Report) -> ExitCode:
    """Verify every document."""
    templates = template_folders(options)
    require_files(options)
    if options.trust and not _are_folders(options.paths):
        from specflow.cli.signed import report_signatures

        return report_signatures(options, report)
    from specflow.cli.verified import verified

    done = []
    for one in verified(options, templates, options.formats or tuple(Format)):
        done.append(one)
        report.diagnostics(one.diagnostics)
        if not one.exit_code and not report.json:
            report.result(one.line)
    if options.report:
        _write(options.report, done)
    exit_code = next((one.exit_code for one in done if one.exit_code), ExitCode.DONE)
    if report.json:
        report.document(NAME, exit_code, documents=[_as_json(one) for one in done], diagnostics=[])
    elif len(done) > 1:
        report.note(_summary(done))
    return exit_code


def _are_folders(paths: Sequence[Path]) -> bool:
    """Return whether all paths are folders, such as releases, and none a signed PDF; raise UsageError for both."""
    folders = [path for path in paths if path.is_dir()]
    if folders and len(folders) < len(paths):
        hint = "verify the files and the folders one after the other"
        raise UsageError(error("usage", "--trust takes signed PDFs or folders, not both at once", hint=hint))
    return bool(folders)


def _as_json(one: Verified) -> dict[str, object]:
    return {
        "path": shown(one.path),
        "ok": one.exit_code is ExitCode.DONE,
        "exit": int(one.exit_code),
        "report": one.report.as_json() if one.report else None,
        "release": as_json(one.pack) if one.pack else None,
        "diagnostics": [placed(diagnostic).as_json() for diagnostic in one.diagnostics],
    }


def _summary(done: Sequence[Verified]) -> str:
    failed = [shown(one.path) for one in done if one.exit_code]
    counts = f"{len(done) - len(failed)} verified"
    return f"{counts}, {len(failed)} failed: {', '.join(failed)}" if failed else counts


def _write(path: Path, done: Sequence[Verified]) -> None:
    from specflow.verify.page import page

    text = page([one.report for one in done if one.report])
    try:
        path.write_text(text, "utf-8")
    except OSError as fault:
        message = f"cannot be written: {fault.strerror or fault}"
        hint = "check the folder and its permissions"
        raise FileAccess(error("file-unwritable", message, Span(path), hint)) from fault
