"""`specflow approve`: record what a role has decided on the present content of a document."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from dataclasses import asdict
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
from specflow.cli.report import Report
from specflow.cli.specs import find_specs, out_folder
from specflow.diagnostics import Span, error
from specflow.errors import ExitCode, SignOffRefused, UsageError
from specflow.model import Job, RoleState, SignOff, short_digest

if TYPE_CHECKING:
    from specflow.signoff.decide import Wanted
    from specflow.signoff.evidence import Evidence

NAME = "approve"
_DECISIONS = ("approved", "approved-with-comments", "rejected")


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    describe(
        parser,
        "Add a decision on the present content to the ledger <stem>.signoff.jsonl beside the spec. The editions\n"
        "in OUT must show that content. What is not given is asked for on a terminal.",
        [
            'specflow approve specs/ledger.yaml --role "Security Review" --name "Ann Ex" --decision approved',
            "specflow approve specs/ledger.yaml",
            'specflow approve specs/ledger.yaml --role "Security Review" --name "Ann Ex" --withdraw',
            "specflow approve ledger.yaml --role Author --decision approved --signature signed.pdf --trust ca.pem",
        ],
    )
    parser.add_argument("spec", type=Path, metavar="SPEC", help="the YAML file of the document")
    parser.add_argument("--role", metavar="ROLE", help="the role that decides, as the data have it")
    parser.add_argument("--name", metavar="NAME", help="the person who decides, as the data have it")
    parser.add_argument("--function", metavar="TEXT", help="the person's function, where it is not that of the data")
    parser.add_argument("--decision", choices=_DECISIONS, metavar="WORD", help=f"one of {', '.join(_DECISIONS)}")
    parser.add_argument("--comment", metavar="TEXT", help="conditions or remarks; needed to approve with comments")
    parser.add_argument(
        "--signature", type=Path, metavar="FILE.pdf", help="the signed PDF that proves the decision; needs --trust"
    )
    parser.add_argument(
        "--trust", action="append", type=Path, default=[], metavar="FILE", help="roots that the signature must lead to"
    )
    parser.add_argument("--withdraw", action="store_true", help="withdraw the role's approval")
    parser.add_argument("-o", "--out", type=Path, metavar="OUT", help="the folder with the document's editions")
    add_settings(parser)
    add_templates(parser)
    add_json(parser)


def run(options: argparse.Namespace, report: Report) -> ExitCode:
    """Record one decision."""
    from specflow.pipeline import stand
    from specflow.signoff.builds import against_build, find_build, seen_editions
    from specflow.signoff.decide import WITHDRAWN, allowed, record_decision
    from specflow.signoff.ledger import ledger_path, read_ledger
    from specflow.tools.pandoc import Pandoc

    templates = template_folders(options)
    require_files(options)
    if options.spec.is_dir():
        hint = "name the YAML file of one document"
        raise UsageError(
            error("approve-folder", "a decision is on one document, not on a folder", Span(options.spec), hint)
        )
    if options.withdraw and options.decision:
        hint = "leave --decision out to withdraw an approval"
        raise UsageError(error("approve-both", "--withdraw is a decision itself", hint=hint))
    _require_trust(options)
    found = find_specs([options.spec])[0]
    if found.refusal:
        raise found.refusal
    project = found.project
    out = out_folder(options.out, project) / found.folder
    settings = chosen_settings(options, found.spec, project.settings)
    job = Job(found.spec, out, templates=(*templates, *project.templates), settings=settings)
    with Pandoc() as pandoc:
        spec, signed = stand(job, pandoc, lambda _: None)
    wanted = _wanted(options, signed, report, _evidence(options, signed))
    allowed(spec, signed, wanted)  # before anything is asked of the editions
    build = find_build(out, found.spec.stem)
    if fault := against_build(read_ledger(ledger_path(found.spec)), build):
        raise SignOffRefused(fault)
    is_withdrawn = wanted.decision == WITHDRAWN
    editions = {} if is_withdrawn else seen_editions(build, out, found.spec.stem, signed.digest, found.spec)
    ledger, entry = record_decision(spec, signed, wanted, clock.now().isoformat(timespec="seconds"), editions)
    if report.json:
        report.document(NAME, ExitCode.DONE, entry={"seq": len(ledger.entries), **asdict(entry)}, diagnostics=[])
    else:
        report.result(
            f"{entry.decision}  {found.name}  {entry.role}: {entry.name}  "
            f"content {short_digest(entry.content)}  entry {len(ledger.entries)}"
        )
        if not is_withdrawn:
            report.note("the editions show it when they are built again")
    return ExitCode.DONE


def _require_trust(options: argparse.Namespace) -> None:
    if options.signature and options.withdraw:
        raise UsageError(error("usage", "a withdrawal is not proved by a signature", hint="leave out --signature"))
    if bool(options.signature) != bool(options.trust):
        hint = "name both: the signed PDF, and the certificates of the authorities that you trust"
        raise UsageError(error("usage", "--signature and --trust go together", hint=hint))


def _evidence(options: argparse.Namespace, signed: SignOff) -> Evidence | None:
    """Return what the signed PDF proves, None where none is named; raise SignOffRefused."""
    if not options.signature:
        return None
    from specflow.signoff.evidence import signature_evidence

    if not options.role:
        raise UsageError(error("approve-incomplete", "--role must be given", hint="whose signature is it?"))
    return signature_evidence(options.signature, options.role, signed.digest, options.trust, clock.now())


def _wanted(options: argparse.Namespace, signed: SignOff, report: Report, evidence: Evidence | None) -> Wanted:
    """Return what the command line wants to be recorded, and what the terminal adds to it; raise UsageError."""
    from specflow.signoff.decide import WITHDRAWN, Wanted
    from specflow.signoff.roles import same

    named = _signer(options, signed, evidence) if evidence else options.name
    is_asked = sys.stdin.isatty() and sys.stderr.isatty() and not report.json
    decision = WITHDRAWN if options.withdraw else options.decision
    missing = [
        f"--{name}" for name, value in (("role", options.role), ("name", named), ("decision", decision)) if not value
    ]
    if missing and not is_asked:
        hint = "on a terminal specflow asks for what is missing"
        raise UsageError(error("approve-incomplete", f"{', '.join(missing)} must be given", hint=hint))
    if missing:
        report.note(f"content {signed.short}")
    role = options.role or _ask(report, "Role", _next(signed))
    known = next((one for one in signed.roles if same(one.role, role)), None)
    name = named or _ask(report, "Name", known.name if known else "")
    decision = decision or _ask(report, f"Decision ({', '.join(_DECISIONS)})", "", _decision)
    comment = options.comment
    if comment is None:
        comment = _ask(report, "Comment", "") if missing else ""
    if decision == "approved-with-comments" and not comment.strip():
        hint = "say what the comments are: --comment TEXT"
        raise UsageError(error("approve-comment", "an approval with comments has a comment", hint=hint))
    return Wanted(
        role, name, decision, options.function or "", " ".join(comment.split()), evidence.facts if evidence else {}
    )


def _signer(options: argparse.Namespace, signed: SignOff, evidence: Evidence) -> str:
    """Return who has signed, spelt as the command line or the data do; raise SignOffRefused for another person."""
    from specflow.signoff.certificates import is_same_person
    from specflow.signoff.roles import same

    known = next((one.name for one in signed.roles if same(one.role, options.role)), "")
    name = options.name or (known if is_same_person(known, evidence.name) else evidence.name)
    if not is_same_person(name, evidence.name):
        message = f"the signature is that of {evidence.name}, not of {name}"
        hint = "who signs is who decides: leave out --name"
        raise SignOffRefused(error("evidence-person", message, Span(options.signature), hint))
    return str(name)


def _next(signed: SignOff) -> str:
    """Return the role whose turn it is, if there is only one."""
    from specflow.signoff.state import next_roles

    turn: tuple[RoleState, ...] = next_roles(signed.roles)
    return turn[0].role if len(turn) == 1 else ""


def _ask(report: Report, question: str, usual: str, read: Callable[[str], str] | None = None) -> str:
    """Return what the user types on the terminal, or the usual answer for an empty line."""
    report.note(f"{question}{f' [{usual}]' if usual else ''}:")
    typed = sys.stdin.readline()
    if not typed:
        raise KeyboardInterrupt
    answer = typed.strip() or usual
    return read(answer) if read else answer


def _decision(answer: str) -> str:
    if answer not in _DECISIONS:
        message = f'there is no decision "{answer}"'
        raise UsageError(error("usage", message, hint=f"the decisions are {', '.join(_DECISIONS)}"))
    return answer
