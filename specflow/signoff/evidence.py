"""What proves a decision beside the word of who recorded it: a signature in the PDF edition."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from specflow.diagnostics import Diagnostic, Span, error
from specflow.errors import SignOffRefused
from specflow.files import read_bytes, sha256
from specflow.model import short_digest
from specflow.signoff.pdf_document import content_digest
from specflow.signoff.pdf_verdicts import Verdict, signature_verdicts
from specflow.signoff.roles import same

PDF_SIGNATURE = "pdf-signature"
"""The kind of evidence that is a signature in the PDF edition."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """A signature that proves a decision: the name of who signed, and what the ledger keeps of it."""

    name: str
    facts: dict[str, str]


def signature_evidence(path: Path, role: str, digest: str, trust: Sequence[Path], now: datetime) -> Evidence:
    """Return the evidence in the signed PDF that the role has signed the content with the digest.

    Raises SignOffRefused where there is no signature of that role, where anything speaks against it, also that it leads
    to none of the roots in `trust`, or where the PDF shows other content; FileAccess where a file cannot be read.
    """
    pdf = read_bytes(path)
    held = content_digest(pdf)
    if held != digest:
        shows = f"content {short_digest(held)}" if held else "no content that specflow knows"
        message = f"the signed PDF shows {shows}, but the present one is {short_digest(digest)}"
        raise _refused("evidence-content", message, path, "build the document again, and have that edition signed")
    verdicts = [one for one in signature_verdicts(pdf, trust, now=now) if same(one.role, role)]
    if not verdicts:
        raise _refused("evidence-missing", f"{role} has not signed this PDF", path, "specflow sign puts a signature in")
    verdict = verdicts[-1]
    if not verdict.is_good:
        raise SignOffRefused(*_faults(path, verdict))
    return Evidence(verdict.signer, _facts(path, pdf, verdict))


def _facts(path: Path, pdf: bytes, verdict: Verdict) -> dict[str, str]:
    facts = {
        "kind": PDF_SIGNATURE,
        "file": path.name,
        "sha256": sha256(pdf),
        "subject": verdict.signer,
        "issuer": verdict.issuer,
        "fingerprint": verdict.fingerprint,
    }
    for name, moment in (("claimed", verdict.claimed), ("proved", verdict.proved)):
        facts |= {name: moment.isoformat(timespec="seconds")} if moment else {}
    return facts


def _faults(path: Path, verdict: Verdict) -> tuple[Diagnostic, ...]:
    """Return what speaks against the signature; there is always something."""
    faults = [
        error(one.code, f"signature of {verdict.role}: {one.message}", Span(path), one.hint) for one in verdict.faults
    ]
    message = f"the signature of {verdict.role} is not good"
    return tuple(faults) or (error("signature-broken", message, Span(path), "get the file as the signer left it"),)


def _refused(code: str, message: str, path: Path, hint: str) -> SignOffRefused:
    return SignOffRefused(error(code, message, Span(path), hint))
