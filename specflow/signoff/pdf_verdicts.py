"""The verdict on each signature of a PDF: who, when, what for, and all that speaks against it. It fails closed."""

from __future__ import annotations

import asyncio
import io
import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import asn1crypto.x509
from cryptography import x509
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import DiffResult
from pyhanko.sign.validation import async_validate_pdf_signature
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko.sign.validation.errors import NoDSSFoundError
from pyhanko.sign.validation.settings import KeyUsageConstraints
from pyhanko.sign.validation.status import PdfSignatureStatus, SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from specflow.errors import SignOffRefused
from specflow.files import read_bytes
from specflow.signoff.certificates import (
    der,
    fingerprint,
    holder,
    is_same_person,
    read_certificates,
)
from specflow.signoff.pdf_document import SignatureField, signature_fields
from specflow.signoff.pdf_faults import (
    Fault,
    brief,
    of_bytes,
    of_certificate,
    of_changes,
    of_time,
    of_timestamp,
    revoked_on,
)

for _library in ("pyhanko", "pyhanko_certvalidator"):  # what they log is in the verdicts, for people
    logging.getLogger(_library).addHandler(logging.NullHandler())

_USAGE = KeyUsageConstraints(key_usage={"digital_signature", "non_repudiation"})


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is known of one signature; it is good if nothing speaks against it.

    `signer`, `issuer` and `fingerprint` are those of the certificate. `claimed` is the time of the signer's own clock,
    `proved` that of a timestamp that could be verified. `intact` says that the signed bytes are the ones that were
    signed; `trusted` that the certificate leads to a root that was named. `covers` and `changes` tell how much of the
    file it covers, and what came later. `permits` is what a certifying signature lets others do (DocMDP). `notes` are
    worth knowing and no faults.
    """

    field: str
    role: str = ""
    person: str = ""
    signer: str = ""
    issuer: str = ""
    fingerprint: str = ""
    meaning: str = ""
    claimed: datetime | None = None
    proved: datetime | None = None
    intact: bool = False
    trusted: bool = False
    covers: str = ""
    changes: str = ""
    permits: str = ""
    faults: tuple[Fault, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def is_good(self) -> bool:
        """Whether the signature is intact, trusted, and nothing speaks against it."""
        return self.intact and self.trusted and not self.faults

    def as_json(self) -> dict[str, Any]:
        """Return the fields as JSON takes them."""
        times = {
            name: (moment.isoformat() if (moment := getattr(self, name)) else None) for name in ("claimed", "proved")
        }
        return {**asdict(self), **times, "faults": [asdict(f) for f in self.faults], "good": self.is_good}


def signature_verdicts(
    pdf: bytes,
    trust: Sequence[Path],
    *,
    now: datetime | None = None,
    crls: Sequence[Path] = (),
    ocsps: Sequence[Path] = (),
) -> tuple[Verdict, ...]:
    """Return a verdict for each signature of the PDF in the order in which they were made; no network is used.

    `trust` are files with the roots that count; `crls` and `ocsps` hold revocation data, beside those that the PDF
    carries. `now` is the time of the check, the clock's where it is not given. A PDF that cannot be read has one
    verdict that says so. Raises SignOffRefused for a file of `trust` that holds no certificate, FileAccess for one
    that cannot be read.
    """
    moment = now or datetime.now(UTC)
    known = _Known(
        roots=tuple(der(certificate) for certificate in read_certificates(trust)),
        crls=tuple(read_bytes(path) for path in crls),
        ocsps=tuple(read_bytes(path) for path in ocsps),
        now=moment,
    )
    try:
        fields = {field.name: field for field in signature_fields(pdf)}
        reader = PdfFileReader(io.BytesIO(pdf))
        found = sorted(reader.embedded_regular_signatures, key=lambda one: int(one.signed_revision))
        original = _original_fields(reader)
        store = _stored(reader)
    except SignOffRefused as fault:
        return (Verdict("", faults=(_unreadable(fault.diagnostics[0].message),)),)
    except Exception as fault:  # whatever hostile bytes do to a parser, the answer is: not good
        return (Verdict("", faults=(_unreadable(str(fault) or type(fault).__name__),)),)
    known = replace(known, certificates=store[0], crls=known.crls + store[1], ocsps=known.ocsps + store[2])
    verdicts = [_guarded(one, fields, original, known) for one in found]
    seen = {verdict.field for verdict in verdicts}
    lost = [field for field in fields.values() if field.signed and field.name not in seen]
    verdicts += [Verdict(f.name, f.role, f.person, faults=(_unreadable("it is no signature"),)) for f in lost]
    return tuple(verdicts)


@dataclass(frozen=True, slots=True)
class _Known:
    """What a signature is held against."""

    roots: tuple[bytes, ...]
    crls: tuple[bytes, ...]
    ocsps: tuple[bytes, ...]
    now: datetime
    certificates: tuple[bytes, ...] = ()

    @property
    def has_proof(self) -> bool:
        """Whether there is anything that tells what was revoked."""
        return bool(self.crls or self.ocsps)

    def context(self, moment: datetime | None = None, *, strict: bool = False) -> ValidationContext:
        """Return what pyHanko checks a chain with, at the time of the check or at a proved earlier one.

        With `strict`, revocation data must cover each certificate of the chain. Without, pyHanko looks only at
        certificates that name where such data are; `_is_revoked` sees to the others.
        """
        return ValidationContext(
            trust_roots=_loaded(self.roots),
            other_certs=_loaded(self.certificates),
            crls=list(self.crls),
            ocsps=list(self.ocsps),
            moment=moment or self.now,
            allow_fetching=False,
            revocation_mode="require" if strict else "soft-fail",
            retroactive_revinfo=moment is not None,
        )


def _guarded(one: Any, fields: Mapping[str, SignatureField], original: frozenset[str], known: _Known) -> Verdict:
    name = str(one.field_name)
    field = fields.get(name, SignatureField(name))
    start = Verdict(name, field.role, field.person)
    try:
        return _verdict(one, field, original, known)
    except Exception as fault:  # a signature that cannot be judged is not good
        return replace(start, faults=(_unreadable(str(fault) or type(fault).__name__),))


def _verdict(one: Any, field: SignatureField, original: frozenset[str], known: _Known) -> Verdict:
    status = asyncio.run(_status(one, known.context(), known.context()))
    stamp = status.timestamp_validity
    proved = stamp.timestamp if stamp and stamp.valid and stamp.intact and stamp.trusted else None
    if proved:
        status = asyncio.run(_status(one, known.context(proved), known.context()))
    is_covered = known.has_proof and bool(
        status.trusted and asyncio.run(_status(one, known.context(proved, strict=True), known.context())).trusted
    )
    certificate = x509.load_der_x509_certificate(status.signing_cert.dump())
    claimed = status.signer_reported_dt
    intact = bool(status.intact and status.valid)
    at = proved or known.now
    faults = [
        *of_bytes(one, status, intact),
        *of_changes(one, status, original),
        *of_certificate(certificate, status, at, proved is not None, known),
        *of_time(claimed, proved, certificate, known.now),
    ]
    if stamp and not proved:
        faults.append(of_timestamp(stamp))
    return Verdict(
        field.name,
        field.role,
        field.person,
        signer=holder(certificate),
        issuer=certificate.issuer.rfc4514_string(),
        fingerprint=fingerprint(certificate),
        meaning=str(one.sig_object.get("/Reason", "")),
        claimed=claimed,
        proved=proved,
        intact=intact,
        trusted=bool(status.trusted) and not revoked_on(status, at, known),
        covers=_coverage(one, status),
        changes=_changes(status),
        permits=_permits(one),
        faults=tuple(faults),
        notes=tuple(_notes(one, field, certificate, stamp is not None, is_covered)),
    )


async def _status(one: Any, context: ValidationContext, times: ValidationContext) -> PdfSignatureStatus:
    return await async_validate_pdf_signature(one, context, times, key_usage_settings=_USAGE)


def _notes(
    one: Any, field: SignatureField, certificate: x509.Certificate, is_stamped: bool, is_covered: bool
) -> Iterator[str]:
    if field.person and not is_same_person(field.person, holder(certificate)):
        yield f"the document names {field.person}, the certificate {holder(certificate)}"
    if not is_stamped:
        yield "the time is that of the signer's own clock; there is no timestamp"
    if not is_covered:
        yield "it is not known of every certificate if it was revoked: there are no data that say so"
    if one.signed_revision + 1 < one.reader.xrefs.total_revisions and _metadata(one.reader, one.signed_revision) != (
        _metadata(one.reader, one.reader.xrefs.total_revisions - 1)
    ):
        yield "the file's properties, which are not printed, were changed after the signature; signing programs do that"


def _coverage(one: Any, status: PdfSignatureStatus) -> str:
    if status.coverage == SignatureCoverageLevel.ENTIRE_FILE:
        return "the whole file"
    if status.coverage == SignatureCoverageLevel.ENTIRE_REVISION:
        return f"revision {one.signed_revision + 1} of {one.reader.xrefs.total_revisions}"
    return "not all of what it should"


def _changes(status: PdfSignatureStatus) -> str:
    if status.coverage == SignatureCoverageLevel.ENTIRE_FILE:
        return "nothing"
    if not status.docmdp_ok or not isinstance(status.diff_result, DiffResult):
        return "something that is not permitted"
    names = sorted(status.diff_result.changed_form_fields)
    return f"further signatures: {', '.join(names)}" if names else "data for checking the signatures"


def _permits(one: Any) -> str:
    words = {1: "nothing", 2: "signing and filling in", 3: "signing, filling in and comments"}
    level = one.docmdp_level
    return words.get(level.value, "") if level is not None else ""


def _original_fields(reader: PdfFileReader) -> frozenset[str]:
    """Return the names of the signature fields in the first revision: the edition as it was built."""
    root = reader.get_historical_root(0)
    fields = root["/AcroForm"]["/Fields"] if "/AcroForm" in root else ()
    found = [field.get_object() for field in fields]
    return frozenset(str(field["/T"]) for field in found if field.get("/FT") == "/Sig" and "/T" in field)


def _metadata(reader: PdfFileReader, revision: int) -> bytes:
    root = reader.get_historical_root(revision)
    return bytes(root["/Metadata"].data) if "/Metadata" in root else b""


def _stored(reader: PdfFileReader) -> tuple[tuple[bytes, ...], tuple[bytes, ...], tuple[bytes, ...]]:
    """Return the certificates, CRLs and OCSP answers that the file carries; each is signed by whoever issued it."""
    try:
        store = DocumentSecurityStore.read_dss(reader)
    except NoDSSFoundError:
        return (), (), ()
    return (
        tuple(certificate.dump() for certificate in store.load_certs()),
        tuple(reference.get_object().data for reference in store.crls),
        tuple(reference.get_object().data for reference in store.ocsps),
    )


def _loaded(certificates: Sequence[bytes]) -> list[asn1crypto.x509.Certificate]:
    return [asn1crypto.x509.Certificate.load(data) for data in certificates]


def _unreadable(why: str) -> Fault:
    return Fault("signature-unreadable", f"the signature cannot be read: {brief(why)}", "get the file anew")
