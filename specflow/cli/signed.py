"""The signatures of a PDF as `verify` reports them: whose they are, what they cover, and what speaks against them."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from specflow.cli import clock
from specflow.cli.report import Report, placed, shown
from specflow.diagnostics import Diagnostic, Severity, Span, error
from specflow.errors import ExitCode, SpecflowError
from specflow.files import SIGNED_SUFFIX, read_bytes
from specflow.signoff.entries import APPROVALS
from specflow.signoff.ledger import read_ledger
from specflow.signoff.pdf_document import content_digest, is_edition, read_record, signature_fields
from specflow.signoff.pdf_stamp import printed_moment
from specflow.signoff.pdf_verdicts import Verdict, signature_verdicts


@dataclass(frozen=True, slots=True)
class Signatures:
    """What was found in one signed PDF; `open` are the roles that have not signed."""

    path: Path
    verdicts: tuple[Verdict, ...]
    diagnostics: tuple[Diagnostic, ...]
    open: tuple[str, ...]

    @property
    def exit_code(self) -> ExitCode:
        """7 where anything speaks against the file or one of its signatures."""
        return ExitCode.SIGNOFF_REFUSED if self.diagnostics else ExitCode.DONE

    @property
    def text(self) -> str:
        """A paragraph for each signature, and what is still to be signed."""
        lines = []
        for one in self.verdicts:
            lines.append(
                f"{'good' if one.is_good else 'NOT GOOD'}  {one.role or one.field}  {one.signer}  {one.meaning}"
            )
            lines += [f"    {name}: {words}" for name, words in _facts(one) if words]
            lines += [f"    note: {note}" for note in one.notes]
        lines += [f"open  {role}" for role in self.open]
        return "\n".join(lines) or f"nobody has signed {shown(self.path)}"

    def as_json(self) -> dict[str, Any]:
        """Return what was found as JSON takes it."""
        verdicts = [one.as_json() for one in self.verdicts]
        return {"path": shown(self.path), "exit": int(self.exit_code), "signatures": verdicts, "open": list(self.open)}


def report_signatures(options: argparse.Namespace, report: Report) -> ExitCode:
    """Report the signatures of every PDF that the command line names, and return 7 if one is not as it should be."""
    done: list[dict[str, Any]] = []
    codes: list[ExitCode] = []
    for path in options.paths:
        try:
            found = signatures_of(
                path, options.trust, crls=options.crl, ocsps=options.ocsp, record=options.record, ledger=options.ledger
            )
        except SpecflowError as fault:
            told, code, shape = fault.diagnostics, fault.exit_code, {"path": shown(path), "exit": int(fault.exit_code)}
        else:
            told, code, shape = found.diagnostics, found.exit_code, found.as_json()
            if not report.json:
                report.result(found.text)
        report.diagnostics(told)
        codes.append(code)
        done.append({**shape, "diagnostics": [placed(one).as_json() for one in told]})
    exit_code = next((code for code in codes if code), ExitCode.DONE)
    if report.json:
        report.document("verify", exit_code, documents=done, diagnostics=[])
    return exit_code


def signatures_of(
    path: Path,
    trust: Sequence[Path],
    *,
    crls: Sequence[Path] = (),
    ocsps: Sequence[Path] = (),
    record: Path | None = None,
    ledger: Path | None = None,
) -> Signatures:
    """Return what is found in the PDF: each signature, and if it is the recorded edition with the ledger's digest.

    The record is the one beside it, `<stem>.json`, where none is named; a file without one is judged by its signatures.
    Raises SignOffRefused for a record, a ledger or a certificate that cannot be read, FileAccess for files.
    """
    pdf = read_bytes(path)
    verdicts = signature_verdicts(pdf, trust, now=clock.now(), crls=crls, ocsps=ocsps)
    beside = path.with_name(f"{path.stem.removesuffix(SIGNED_SUFFIX)}.json")
    found = record or (beside if beside.is_file() else None)
    told = (*_of_signatures(path, verdicts), *_of_document(path, pdf, found, ledger))
    readable = not any(fault.code == "signature-unreadable" for one in verdicts for fault in one.faults)
    fields = signature_fields(pdf) if readable else ()
    return Signatures(path, verdicts, told, tuple(one.role or one.name for one in fields if not one.signed))


def _facts(one: Verdict) -> Iterator[tuple[str, str]]:
    yield "certificate", f"{one.fingerprint} of {one.issuer}" if one.fingerprint else ""
    yield "signed at", f"{printed_moment(one.claimed)}, by the signer's clock" if one.claimed else ""
    yield "proved at", f"{printed_moment(one.proved)}, by a timestamp" if one.proved else ""
    yield "intact", "yes" if one.intact else "NO"
    yield "trusted", "yes" if one.trusted else "NO"
    yield "covers", one.covers
    yield "changed afterwards", one.changes
    yield "permits", one.permits


def _of_signatures(path: Path, verdicts: Sequence[Verdict]) -> Iterator[Diagnostic]:
    for one in verdicts:
        for fault in one.faults:
            who = one.signer or one.role or one.field or "unknown"
            yield Diagnostic(Severity.ERROR, fault.code, f"signature of {who}: {fault.message}", Span(path), fault.hint)


def _of_document(path: Path, pdf: bytes, record: Path | None, ledger: Path | None) -> Iterator[Diagnostic]:
    """Yield what speaks against the file as a whole."""
    hint = "get the edition that was issued; what was signed is another one"
    if record and not is_edition(pdf, read_record(record)):
        message = f"the file is not the edition that {shown(record)} records, with signatures"
        yield error("signature-edition", message, Span(path), hint)
    if ledger:
        held = content_digest(pdf)
        latest = {one.role.casefold(): one for _, one in read_ledger(ledger).decisions}
        decided = {one.content for one in latest.values() if one.decision in APPROVALS}
        if held is None or held not in decided:
            message = f"no approval in {shown(ledger)} is for the content of this file"
            yield error("signature-content", message, Span(path), hint)
