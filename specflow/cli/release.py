"""`specflow release`: write the pack that goes to the archive."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from specflow.cli import clock
from specflow.cli.arguments import (
    add_json,
    add_templates,
    describe,
    template_folders,
)
from specflow.cli.report import Report, placed, shown
from specflow.cli.specs import Found, find_specs, out_folder
from specflow.diagnostics import Diagnostic, Span, error
from specflow.errors import ExitCode, FileAccess, UsageError
from specflow.model import Job

if TYPE_CHECKING:
    from specflow.release.check import Checked

NAME = "release"


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    describe(
        parser,
        "Build an approved document once more and write it into the new folder DIR, with its record, the signed PDF,\n"
        "the ledger, a verification report, all its sources, and SHA256SUMS. Nothing is there if anything is wrong.\n"
        "`specflow verify DIR` checks such a folder later, without a network.",
        [
            "specflow release specs/ledger.yaml -o releases/ledger-1.0",
            "specflow release specs/ledger.yaml -o releases/ledger-1.0 --signed out/ledger.signed.pdf --trust ca.pem",
            "specflow verify releases/ledger-1.0",
        ],
    )
    parser.add_argument("spec", type=Path, metavar="SPEC", help="the YAML file of the document")
    parser.add_argument("-o", "--out", type=Path, metavar="DIR", required=True, help="the folder to make")
    parser.add_argument(
        "--signed",
        type=Path,
        metavar="FILE.pdf",
        help="the signed PDF (default: <stem>.signed.pdf in the folder of builds)",
    )
    parser.add_argument(
        "--trust", action="append", type=Path, default=[], metavar="FILE", help="roots that the signatures must lead to"
    )
    parser.add_argument(
        "--attach-source",
        action=argparse.BooleanOptionalAction,
        help="put the data into the PDF, which becomes a PDF/A-3a",
    )
    add_templates(parser)
    add_json(parser)


def run(options: argparse.Namespace, report: Report) -> ExitCode:
    """Release one document."""
    templates = template_folders(options)
    if options.spec.is_dir():
        hint = "name the YAML file of one document"
        raise UsageError(error("release-folder", "a release is of one document", Span(options.spec), hint))
    found = find_specs([options.spec])[0]
    if found.refusal:
        raise found.refusal
    from specflow.release.make import Wish, release
    from specflow.tools.kit import Tools

    project = found.project
    settings = project.settings
    if options.attach_source is not None:
        settings = replace(settings, attach_source=options.attach_source)
    job = Job(found.spec, options.out, templates=(*templates, *project.templates), settings=settings)
    heard: list[Diagnostic] = []
    with Tools() as tools:
        wish = Wish(job, options.out, _signed(options.signed, found), options.trust)
        checked = release(wish, tools, clock.now(), heard.append)
    report.diagnostics(heard)
    if report.json:
        told = [placed(one).as_json() for one in heard]
        report.document(NAME, ExitCode.DONE, release=as_json(checked), diagnostics=told)
    else:
        report.result(line("released", checked))
        report.note(f"SHA-256 of its SHA256SUMS, to be kept elsewhere, too: {checked.fingerprint}")
    return ExitCode.DONE


def line(done: str, checked: Checked) -> str:
    """Return the one line that tells of a pack."""
    document = checked.manifest["document"]
    counts = (
        _counted(checked.files, "file"),
        _counted(checked.approvals, "approval"),
        _counted(len(checked.verdicts), "signature"),
    )
    return f"{done}  {shown(checked.folder)}  {document['id']} v{document['version']}  {', '.join(counts)}"


def as_json(checked: Checked) -> dict[str, object]:
    """Return what was found in a pack as JSON takes it."""
    return {
        "path": shown(checked.folder),
        "fingerprint": checked.fingerprint,
        "document": checked.manifest["document"],
        "files": checked.files,
        "approvals": checked.approvals,
        "signatures": [one.as_json() for one in checked.verdicts],
    }


def _counted(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"


def _signed(named: Path | None, found: Found) -> Path | None:
    """Return the signed PDF that is named, or the one among the project's builds, if there is one."""
    if named and not named.is_file():
        hint = "check the path; relative paths start at the current folder"
        raise FileAccess(error("file-missing", "--signed names no file", Span(named), hint))
    usual = out_folder(None, found.project) / found.folder / f"{found.spec.stem}.signed.pdf"
    return named or (usual if usual.is_file() else None)
