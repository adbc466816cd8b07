"""What can speak against a signature: its bytes, what came after it, its certificate, and its time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from cryptography import x509
from cryptography.x509 import ocsp
from pyhanko.sign.diff_analysis import DiffResult, ModificationLevel
from pyhanko.sign.validation.status import PdfSignatureStatus, SignatureCoverageLevel

from specflow.signoff.certificates import is_expired, is_not_yet_valid, usage_fault

CLOCK_SKEW = timedelta(minutes=5)
"""How far the signer's clock may be from ours or the timestamp server's."""

_WEAK = frozenset({"md2", "md5", "sha1"})
_REVOKED = frozenset({"REVOKED", "REVOKED_NO_POE", "REVOKED_CA_NO_POE"})
_ADDED_FIELD_HINT = "somebody has added a place to sign that the edition does not have"


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that speaks against a signature: a stable code, a sentence, and what to do."""

    code: str
    message: str
    hint: str


class Proof(Protocol):
    """What tells which certificates were revoked: CRLs and OCSP answers."""

    @property
    def crls(self) -> tuple[bytes, ...]:
        """CRLs (RFC 5280), DER."""

    @property
    def ocsps(self) -> tuple[bytes, ...]:
        """OCSP answers (RFC 6960), DER."""


def of_bytes(one: Any, status: PdfSignatureStatus, intact: bool) -> Iterator[Fault]:
    """Yield what is wrong with the signed bytes."""
    if not intact:
        hint = "the file was changed, or the signature comes from another one: get the original"
        what = (
            "the signed bytes are not those that were signed" if not status.intact else "the signature does not verify"
        )
        yield Fault("signature-broken", what, hint)
    if status.coverage is None or status.coverage < SignatureCoverageLevel.ENTIRE_REVISION:
        hint = "it was made by a program that leaves gaps, or bytes were put around it: do not rely on it"
        yield Fault("signature-coverage", "the signature leaves out parts of the file as it was when signed", hint)
    if one.md_algorithm in _WEAK:
        hint = "have it signed again with SHA-256 or better"
        yield Fault("signature-weak", f"the signature uses the broken hash function {one.md_algorithm.upper()}", hint)


def of_changes(one: Any, status: PdfSignatureStatus, original: frozenset[str]) -> Iterator[Fault]:
    """Yield what came after the signature beside further ones in the edition's own fields, which are `original`."""
    if status.coverage is None or status.coverage < SignatureCoverageLevel.ENTIRE_REVISION:
        return
    hint = "get the file as the signer left it"
    name = str(one.field_name)
    if name not in original:
        message = f"the edition has no field {name}: it was signed somewhere beside the approval block"
        yield Fault("signature-foreign-field", message, _ADDED_FIELD_HINT)
    if (
        one.signed_revision + 1 == one.reader.xrefs.total_revisions
        and status.coverage != SignatureCoverageLevel.ENTIRE_FILE
    ):
        yield Fault("signature-changed-after", "bytes stand behind the end of the file", hint)
    if not status.docmdp_ok or status.modification_level is None:
        why = "" if isinstance(status.diff_result, DiffResult) else f": {brief(status.diff_result)}"
        yield Fault("signature-changed-after", f"the file was changed after it was signed{why}", hint)
        return
    level, result = status.modification_level, status.diff_result
    if level > ModificationLevel.FORM_FILLING:
        yield Fault("signature-changed-after", "the file was changed after it was signed", hint)
    if isinstance(result, DiffResult) and (foreign := sorted(result.changed_form_fields - original)):
        message = f"a form field was added after the signature: {', '.join(foreign)}"
        yield Fault("signature-changed-after", message, _ADDED_FIELD_HINT)


def of_certificate(
    certificate: x509.Certificate, status: PdfSignatureStatus, at: datetime, is_proved: bool, proof: Proof
) -> Iterator[Fault]:
    """Yield what is wrong with the signer's certificate and those that vouch for it at the moment `at`."""
    when = "when it signed" if is_proved else "now"
    found = False
    if is_expired(certificate, at):
        found = True
        tail = "" if is_proved else ", and no timestamp proves that it signed before"
        message = f"the certificate has expired on {certificate.not_valid_after_utc:%Y-%m-%d}{tail}"
        yield Fault("signature-expired", message, "sign with a timestamp, so that signatures outlive certificates")
    if is_not_yet_valid(certificate, at):
        found = True
        message = f"the certificate is valid only from {certificate.not_valid_before_utc:%Y-%m-%d} on"
        yield Fault(
            "signature-not-yet-valid", message, "check the clocks, and ask the signer which certificate this is"
        )
    if unfit := usage_fault(certificate):
        found = True
        yield Fault("signature-wrong-usage", f"the certificate may not sign documents: {unfit}", "have it signed again")
    if not (status.intact and status.valid):
        return  # nobody vouches for a broken signature; the chain is not looked at
    if day := revoked_on(status, at, proof):
        message = f"a certificate of the signature was revoked on {day:%Y-%m-%d}"
        yield Fault("signature-revoked", message, "ask the signer and the certificate authority what happened")
        return
    if status.trusted:
        if not found and any(is_expired(one, at) or is_not_yet_valid(one, at) for one in _chain(status)):
            message = f"a certificate that vouches for the signer's is not valid {when}"
            yield Fault("signature-expired", message, "ask the certificate authority for its present certificates")
        return
    problem = str(getattr(status.trust_problem_indic, "name", "")) if status.trust_problem_indic else ""
    if status.revoked or problem in _REVOKED:
        message = "a certificate of the signature was revoked"
        yield Fault("signature-revoked", message, "ask the signer and the certificate authority what happened")
    elif problem == "NO_CERTIFICATE_CHAIN_FOUND":
        message = f"nobody that is trusted here vouches for the certificate of {certificate.issuer.rfc4514_string()}"
        hint = "name the root with --trust, if you trust it: ask its owner for the fingerprint"
        yield Fault("signature-untrusted", message, hint)
    elif not found and problem == "OUT_OF_BOUNDS_NO_POE":
        message = f"a certificate that vouches for the signer's is not valid {when}"
        yield Fault("signature-expired", message, "ask the certificate authority for its present certificates")
    elif not found:
        message = f"the certificate cannot be trusted: {problem.lower().replace('_', ' ') or 'its chain does not hold'}"
        yield Fault("signature-untrusted", message, "check the roots, and what they permit")


def _chain(status: PdfSignatureStatus) -> tuple[x509.Certificate, ...]:
    """Return the certificates from the root to the signer; the signer's alone where nobody vouches for it."""
    path = status.validation_path
    found = list(path.iter_certs(include_root=True)) if path else [status.signing_cert]
    return tuple(x509.load_der_x509_certificate(certificate.dump()) for certificate in found)


def revoked_on(status: PdfSignatureStatus, at: datetime, proof: Proof) -> datetime | None:
    """Return the day on which a certificate of the chain was revoked, if by the moment it was, as far as anything says.

    What speaks against a signature counts whether it is fresh or not; who wrote it is not asked.
    """
    chain = {(one.issuer, one.serial_number) for one in _chain(status)}
    days = []
    for data in proof.crls:
        revoked = x509.load_der_x509_crl(data)
        found = (
            revoked.get_revoked_certificate_by_serial_number(serial) for who, serial in chain if who == revoked.issuer
        )
        days += [entry.revocation_date_utc for entry in found if entry]
    serials = {serial for _, serial in chain}
    for data in proof.ocsps:
        for answer in ocsp.load_der_ocsp_response(data).responses:
            if answer.serial_number in serials and answer.certificate_status is ocsp.OCSPCertStatus.REVOKED:
                days.append(answer.revocation_time_utc or at)
    return min((day for day in days if day <= at), default=None)


def of_time(
    claimed: datetime | None, proved: datetime | None, certificate: x509.Certificate, now: datetime
) -> Iterator[Fault]:
    """Yield what cannot be right about the time of the signature."""
    hint = "a clock was wrong, or the time was made up: ask the signer"
    if claimed is None:
        if proved is None:
            yield Fault("signature-clock", "the signature does not say when it was made", hint)
        return
    if claimed > now + CLOCK_SKEW:
        yield Fault("signature-clock", f"the signature says that it was made in the future: {_shown(claimed)}", hint)
    if proved and abs(claimed - proved) > CLOCK_SKEW:
        message = f"the signer's clock said {_shown(claimed)}, the timestamp {_shown(proved)}"
        yield Fault("signature-clock", message, hint)
    if is_expired(certificate, claimed) or is_not_yet_valid(certificate, claimed):
        message = f"the signature says that it was made when its certificate was not valid: {_shown(claimed)}"
        yield Fault("signature-clock", message, hint)


def of_timestamp(stamp: Any) -> Fault:
    """Return why a timestamp does not count."""
    if not (stamp.valid and stamp.intact):
        return Fault("timestamp-broken", "the timestamp is not for this signature", "have it signed again")
    hint = "name the root of the timestamp server with --trust"
    return Fault("timestamp-untrusted", "nobody that is trusted here vouches for the timestamp", hint)


def brief(why: object) -> str:
    """Return a message of a library as the end of a sentence, not too long."""
    text = " ".join(str(why).split()).rstrip(".")[:200]
    return text[:1].lower() + text[1:]


def _shown(moment: datetime) -> str:
    return moment.isoformat(sep=" ", timespec="seconds")
