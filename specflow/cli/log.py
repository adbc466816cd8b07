"""`specflow log`: show what the ledger of a document holds, and that its chain holds."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from specflow.cli.arguments import add_json, describe
from specflow.cli.report import Report, shown
from specflow.cli.specs import find_specs, out_folder
from specflow.errors import ExitCode, SignOffRefused
from specflow.model import short_digest

if TYPE_CHECKING:
    from specflow.signoff.entries import Decision

NAME = "log"


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    describe(
        parser,
        "Print a line for each decision, the oldest first. The chain of the ledger is checked, against the record\n"
        "in OUT, too, if there is one; exit 7 if it does not hold.",
        ["specflow log specs/ledger.yaml", "specflow log specs/ledger.yaml --json"],
    )
    parser.add_argument("spec", type=Path, metavar="SPEC", help="the YAML file of the document")
    parser.add_argument("-o", "--out", type=Path, metavar="OUT", help="the folder with the document's editions")
    add_json(parser)


def run(options: argparse.Namespace, report: Report) -> ExitCode:
    """Print the ledger."""
    from specflow.signoff.builds import against_build, find_build
    from specflow.signoff.ledger import ledger_path, read_ledger

    found = find_specs([options.spec])[0]
    if found.refusal:
        raise found.refusal
    ledger = read_ledger(ledger_path(found.spec))
    build = find_build(out_folder(options.out, found.project) / found.folder, found.spec.stem)
    if fault := against_build(ledger, build):
        raise SignOffRefused(fault)
    decisions = list(ledger.decisions)
    if report.json:
        entries = [{"seq": number, **asdict(entry)} for number, entry in decisions]
        report.document(NAME, ExitCode.DONE, entries=entries, head=ledger.head or None, diagnostics=[])
        return ExitCode.DONE
    for number, entry in decisions:
        report.result(_line(number, entry))
    count = "1 decision" if len(decisions) == 1 else f"{len(decisions)} decisions"
    report.note(f"{count} in {shown(ledger.path)}{f', head {ledger.head[:12]}' if ledger.head else ''}")
    return ExitCode.DONE


def _line(number: int, entry: Decision) -> str:
    who = f"{entry.name}, {entry.function}" if entry.function else entry.name
    comment = f'  "{entry.comment}"' if entry.comment else ""
    proof = f"  {entry.evidence.get('kind', 'evidence')}" if entry.evidence else ""
    return (
        f"{number}  {entry.date}  {entry.decision}  {entry.role} ({entry.meaning}): {who}  "
        f"v{entry.version}  content {short_digest(entry.content)}{proof}{comment}"
    )
