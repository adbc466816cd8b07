"""`specflow review`: read what came back of a document that was sent out."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from specflow.cli import clock
from specflow.cli.arguments import (
    add_json,
    add_settings,
    add_templates,
    chosen_settings,
    describe,
    require_files,
    template_folders,
)
from specflow.cli.report import Report, shown
from specflow.cli.specs import find_specs, out_folder
from specflow.diagnostics import Diagnostic, Span, error
from specflow.errors import ExitCode, SignOffRefused, UsageError
from specflow.files import sha256
from specflow.model import Job, SignOff, Spec, short_digest

if TYPE_CHECKING:
    from specflow.review.decisions import Edited, Returned
    from specflow.review.issued import Issued
    from specflow.review.returned import WordFile
    from specflow.signoff.entries import Decision
    from specflow.tools.kit import Tools

NAME = "review"
_OUT = Path("out")


@dataclass(frozen=True, slots=True)
class _Subject:
    """The document of a returned file, as its spec has it now."""

    job: Job
    spec: Spec
    signed: SignOff


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    describe(
        parser,
        "Read a Word file that somebody has sent back.",
        ["specflow review decisions returned.docx --spec specs/ledger.yaml"],
    )
    kinds = parser.add_subparsers(metavar="WHAT", dest="what", required=True)
    below = kinds.add_parser("decisions", help="what was decided in the approval block")
    describe(
        below,
        "Tell what was decided in the approval block of a returned Word file, once it is sure that nothing else in\n"
        "it was changed. It is compared with the DOCX edition that was sent out: that in OUT, or with --spec one made\n"
        "again from the data. Exit 7 if it was edited, or is of another document, version or content.",
        [
            "specflow review decisions returned.docx",
            "specflow review decisions returned.docx --spec specs/ledger.yaml --record",
        ],
    )
    below.add_argument("file", type=Path, metavar="RETURNED.docx", help="the Word file that came back")
    below.add_argument("--spec", type=Path, metavar="SPEC", help="the YAML file of the document")
    below.add_argument("--record", action="store_true", help="add the decisions to the ledger beside the spec")
    below.add_argument("-o", "--out", type=Path, metavar="OUT", help="the folder with the document's editions")
    add_settings(below)
    add_templates(below)
    add_json(below)
    below.set_defaults(parser=below)


def run(options: argparse.Namespace, report: Report) -> ExitCode:
    """Tell the decisions of one returned file, and record them if that is asked for."""
    templates = template_folders(options)
    require_files(options)
    if options.record and not options.spec:
        hint = "add --spec SPEC: the ledger lies beside the spec"
        raise UsageError(error("review-no-spec", "--record needs the spec", hint=hint))
    from specflow.review.decisions import Edited, decisions
    from specflow.review.issued import find_issued
    from specflow.review.returned import open_returned

    file = open_returned(options.file)
    if not options.spec:
        issued = find_issued(options.out or _OUT, file, options.file)
        found = decisions(file, issued.data, issued.roles, options.file)
        return _tell(report, options.file, file, found, [])
    from specflow.tools.kit import Tools

    with Tools() as tools:
        subject = _subject(options, templates, tools)
        issued = _issued(subject, file, options.file, tools)
        try:
            found = decisions(file, issued.data, issued.roles, options.file)
        except Edited as fault:
            raise _with_keys(fault, subject, tools) from fault
    recorded = _record(subject, file, found, issued, options.file) if options.record else []
    return _tell(report, options.file, file, found, recorded)


def _subject(options: argparse.Namespace, templates: Sequence[Path], tools: Tools) -> _Subject:
    from specflow.pipeline import stand

    if options.spec.is_dir():
        hint = "name the YAML file of the document"
        raise UsageError(
            error("review-folder", "a returned file is of one document, not of a folder", Span(options.spec), hint)
        )
    found = find_specs([options.spec])[0]
    if found.refusal:
        raise found.refusal
    project = found.project
    out = out_folder(options.out, project) / found.folder
    settings = chosen_settings(options, found.spec, project.settings)
    job = Job(found.spec, out, templates=(*templates, *project.templates), settings=settings)
    return _Subject(job, *stand(job, tools.pandoc, lambda _: None))


def _issued(subject: _Subject, file: WordFile, path: Path, tools: Tools) -> Issued:
    """Return the edition that was sent out: the one that was built, else the same made again."""
    from specflow.pipeline import issue
    from specflow.review.decisions import refuse_other
    from specflow.review.issued import Issued, issued_by_record

    spec, signed = subject.spec, subject.signed
    refuse_other(file, path, spec.identity.id, spec.identity.version, signed.digest)
    built = issued_by_record(subject.job.out / f"{subject.job.spec.stem}.json", file)
    if built:
        return built
    if file.entries > signed.entries:
        message = f"the file was made when the ledger had {file.entries} entries, but it has only {signed.entries}"
        hint = "get the ledger as it was from version control; it is only ever added to"
        raise SignOffRefused(error("ledger-truncated", message, Span(path), hint))
    return Issued(issue(subject.job, tools, file.entries, lambda _: None), tuple(role.role for role in signed.roles))


def _with_keys(fault: Edited, subject: _Subject, tools: Tools) -> Edited:
    """Return the fault with the data keys of the texts that were edited."""
    from specflow.pipeline import bind
    from specflow.verify.expected import expected
    from specflow.verify.sameness import squeezed

    spec, converted = bind(subject.job, tools, lambda _: None)
    wanted = expected(converted, spec)
    keys = dict(wanted.keys)
    for block in wanted.blocks:
        cells = [(cell.text, cell.key) for row in block.rows for cell in row]
        keys |= {squeezed(text): key for text, key in [(block.text, block.key), *cells] if text and key}
    return fault.with_keys(keys)


def _record(
    subject: _Subject, file: WordFile, found: Sequence[Returned], issued: Issued, path: Path
) -> list[tuple[int, Decision]]:
    """Add the decisions to the ledger, in signing order; raise SignOffRefused for the first that it may not hold."""
    from specflow.signoff.builds import against_build, find_build
    from specflow.signoff.decide import Wanted, record_decision
    from specflow.signoff.ledger import ledger_path, read_ledger

    decided = [one for one in found if one.decision]
    if not decided:
        hint = "ask for the file again, with a decision chosen in the approval block"
        raise SignOffRefused(error("returned-undecided", "nobody has decided anything in the file", Span(path), hint))
    faults = [fault for one in decided if (fault := _incomplete(one, path))]
    if faults:
        raise SignOffRefused(*faults)
    build = find_build(subject.job.out, subject.job.spec.stem)
    if fault := against_build(read_ledger(ledger_path(subject.job.spec)), build):
        raise SignOffRefused(fault)
    moment = clock.now().isoformat(timespec="seconds")
    made = []
    for one in decided:
        evidence = {"kind": "returned-docx", "file": path.name, "sha256": file.sha256}
        evidence |= {"date": one.date} if one.date else {}
        wanted = Wanted(one.role, one.name, one.decision, comment=one.comment, evidence=evidence)
        ledger, entry = record_decision(subject.spec, subject.signed, wanted, moment, {"docx": sha256(issued.data)})
        made.append((len(ledger.entries), entry))
    return made


def _incomplete(one: Returned, path: Path) -> Diagnostic | None:
    """Return what a decision lacks that the ledger wants, if anything."""
    hint = f"let {one.role} fill it in, and send the file again; or record the decision with specflow approve"
    if not one.name:
        return error("returned-name", f"the decision of {one.role} has no name", Span(path), hint)
    if one.decision == "approved-with-comments" and not one.comment:
        message = f"the approval with comments of {one.role} has no comment"
        return error("returned-comment", message, Span(path), hint)
    return None


def _tell(
    report: Report,
    path: Path,
    file: WordFile,
    found: Sequence[Returned],
    recorded: Sequence[tuple[int, Decision]],
) -> ExitCode:
    numbers = {entry.role: number for number, entry in recorded}
    if report.json:
        report.document(
            NAME,
            ExitCode.DONE,
            file=shown(path),
            sha256=file.sha256,
            document={"id": file.document, "version": file.version, "content": file.content},
            decisions=[{**asdict(one), "entry": numbers.get(one.role)} for one in found],
            diagnostics=[],
        )
        return ExitCode.DONE
    for one in found:
        report.result(_line(one, numbers.get(one.role)))
        if not one.decision and one.filled:
            report.note(f"{one.role} has filled in {' and '.join(one.filled)}, but has not decided")
    report.note(
        f"nothing but the approval block was changed: {file.document} v{file.version}, "
        f"content {short_digest(file.content)}"
    )
    if recorded:
        report.note("the editions show it when they are built again")
    return ExitCode.DONE


def _line(one: Returned, number: int | None) -> str:
    parts = [one.decision or "-", f"{one.role}: {one.name or '-'}"]
    if not one.decision:
        parts.append(f"not decided ({one.shown})" if one.shown else "not decided")
    parts += [one.date] if one.date else []
    parts += [f'"{one.comment}"'] if one.decision and one.comment else []
    parts += [f"entry {number}"] if number else []
    return "  ".join(parts)
