"""`specflow status`: how far documents are signed off, who is next, and what wants attention."""

from __future__ import annotations

import argparse
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from specflow.cli import clock
from specflow.cli.arguments import (
    add_json,
    add_paths,
    add_settings,
    add_templates,
    chosen_settings,
    describe,
    require_files,
    template_folders,
)
from specflow.cli.report import Report, placed, shown
from specflow.cli.specs import Found, find_specs, out_folder
from specflow.diagnostics import Diagnostic
from specflow.errors import ExitCode, SpecflowError
from specflow.model import Job, RoleState, SignOff, Spec

if TYPE_CHECKING:
    from specflow.tools.pandoc import Pandoc

NAME = "status"
_HEAD = ("DOCUMENT", "ID", "VERSION", "STATUS", "SIGNED", "NEXT")


@dataclass(frozen=True, slots=True)
class Line:
    """What is told of one document; `fault` is why nothing can be."""

    found: Found
    spec: Spec | None = None
    signed: SignOff | None = None
    next: tuple[RoleState, ...] = ()
    attention: tuple[str, ...] = ()
    review: str = ""
    fault: SpecflowError | None = None

    @property
    def exit_code(self) -> ExitCode:
        """The exit code that this document alone would give."""
        if self.fault:
            return self.fault.exit_code
        return ExitCode.SIGNOFF_REFUSED if self.attention else ExitCode.DONE


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    describe(
        parser,
        "Print a line for each document: version, status, how many roles have approved the present content, and\n"
        "whose turn it is. Below it stands what wants attention: decisions that are stale, rejected or withdrawn,\n"
        "approvals that the status claims, reviews that are overdue. Exit 7 if anything does; roles that have\n"
        "still to decide do not count.",
        ["specflow status specs", "specflow status specs/ledger.yaml --json"],
    )
    add_paths(parser)
    parser.add_argument("-o", "--out", type=Path, metavar="OUT", help="the folder with the documents' editions")
    add_settings(parser)
    add_templates(parser)
    add_json(parser)


def run(options: argparse.Namespace, report: Report) -> ExitCode:
    """Look at every document."""
    from specflow.tools.pandoc import Pandoc

    templates = template_folders(options)
    require_files(options)
    found = find_specs(options.paths, options.exclude, options.out, options.data)
    with Pandoc() as pandoc:
        lines = [_look(one, options, templates, pandoc) for one in found]
    code = next((line.exit_code for line in lines if line.exit_code), ExitCode.DONE)
    if report.json:
        report.document(NAME, code, documents=[_as_json(line) for line in lines], diagnostics=[])
        return code
    for line in lines:
        if line.fault:
            report.diagnostics(line.fault.diagnostics)
    for text in _table([line for line in lines if not line.fault]):
        report.result(text)
    return code


def _look(found: Found, options: argparse.Namespace, templates: Sequence[Path], pandoc: Pandoc) -> Line:
    from specflow.pipeline import stand
    from specflow.signoff.attention import attention
    from specflow.signoff.builds import against_build, find_build
    from specflow.signoff.ledger import ledger_path, read_ledger
    from specflow.signoff.state import next_roles

    if found.refusal:
        return Line(found, fault=found.refusal)
    project = found.project
    out = out_folder(options.out, project) / found.folder
    settings = chosen_settings(options, found.spec, project.settings)
    job = Job(found.spec, out, templates=(*templates, *project.templates), settings=settings)
    try:
        spec, signed = stand(job, pandoc, lambda _: None)
        build = find_build(out, found.spec.stem)
        cut = against_build(read_ledger(ledger_path(found.spec)), build)
        told = [*attention(spec, signed, clock.now().date())]
        told += [f"{cut.code}: {cut.message}"] if cut else []
        if build and build.digest != signed.digest and signed.entries:
            told.append(f"stale editions: those in {shown(out)} show another content; build them again")
    except SpecflowError as fault:
        return Line(found, fault=fault)
    turn = next_roles(signed.roles) if spec.identity.status not in spec.template.superseded else ()
    return Line(found, spec, signed, turn, tuple(told), signed.review)


def _table(lines: Sequence[Line]) -> list[str]:
    """Return the lines of the table, columns aligned, and below each document what wants attention."""
    rows = [_HEAD, *map(_row, lines)]
    widths = [max(_width(row[at]) for row in rows) for at in range(len(_HEAD) - 1)]
    texts = ["  ".join([*map(_padded, row, widths), row[-1]]).rstrip() for row in rows]
    made = texts[:1] if lines else []
    for line, text in zip(lines, texts[1:], strict=True):
        made += [text, *(f"  {told}" for told in line.attention)]
    return made


def _row(line: Line) -> tuple[str, ...]:
    if line.spec is None or line.signed is None:
        return ("",) * len(_HEAD)
    identity, roles = line.spec.identity, line.signed.roles
    done = sum(role.is_approved for role in roles)
    turn = ", ".join(role.role for role in line.next) or "–"
    return shown(line.found.spec), identity.id, identity.version, identity.status, f"{done}/{len(roles)}", turn


def _padded(text: str, width: int) -> str:
    return text + " " * (width - _width(text))


def _width(text: str) -> int:
    """Return how many columns of a terminal the text takes."""
    return sum(
        0 if unicodedata.combining(character) else 2 if unicodedata.east_asian_width(character) in "WF" else 1
        for character in text
    )


def _as_json(line: Line) -> dict[str, Any]:
    made: dict[str, Any] = {"spec": shown(line.found.spec), "exit": int(line.exit_code)}
    if line.spec is None or line.signed is None:
        faults: Sequence[Diagnostic] = line.fault.diagnostics if line.fault else ()
        return made | {"diagnostics": [placed(fault).as_json() for fault in faults]}
    identity, signed = line.spec.identity, line.signed
    return made | {
        "id": identity.id,
        "version": identity.version,
        "status": identity.status,
        "digest": signed.digest,
        "roles": [
            {
                "role": role.role,
                "name": role.name,
                "required": role.required,
                "state": str(role.state),
                "decision": role.decision,
                "date": role.moment,
                "changed": list(role.changed),
            }
            for role in signed.roles
        ],
        "next": [role.role for role in line.next],
        "review": line.review or None,
        "attention": list(line.attention),
        "diagnostics": [],
    }
