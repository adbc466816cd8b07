"""What a certificate says of its holder, and if it may sign documents at a given time."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.x509.oid import NameOID

from specflow.diagnostics import Span, error
from specflow.errors import SignOffRefused
from specflow.files import read_bytes

_SIGNING_PURPOSES = frozenset(
    {
        "2.5.29.37.0",  # any purpose, RFC 5280
        "1.3.6.1.5.5.7.3.4",  # e-mail protection, RFC 5280
        "1.3.6.1.5.5.7.3.36",  # document signing, RFC 9336
        "1.2.840.113583.1.1.5",  # Adobe: authentic documents
        "1.3.6.1.4.1.311.10.3.12",  # Microsoft: document signing
    }
)


def holder(certificate: x509.Certificate) -> str:
    """Return the name of the certificate's holder: the common name, else the given name and surname, else it all."""
    for wanted in ((NameOID.COMMON_NAME,), (NameOID.PSEUDONYM,), (NameOID.GIVEN_NAME, NameOID.SURNAME)):
        parts = [str(found[0].value) for oid in wanted if (found := certificate.subject.get_attributes_for_oid(oid))]
        if len(parts) == len(wanted):
            return " ".join(parts)
    return certificate.subject.rfc4514_string()


def fingerprint(certificate: x509.Certificate) -> str:
    """Return the SHA-256 of the certificate as hex digits."""
    return certificate.fingerprint(hashes.SHA256()).hex()


def is_expired(certificate: x509.Certificate, moment: datetime) -> bool:
    """Say if the certificate's time is over at the moment."""
    return certificate.not_valid_after_utc < moment


def is_not_yet_valid(certificate: x509.Certificate, moment: datetime) -> bool:
    """Say if the certificate's time has not begun at the moment."""
    return moment < certificate.not_valid_before_utc


def usage_fault(certificate: x509.Certificate) -> str | None:
    """Return why the certificate may not sign documents, None if it may.

    It needs the key usage digitalSignature or nonRepudiation, and where it is limited to purposes (extended key usage),
    one for documents or mail (RFC 5280, 4.2.1.3 and 4.2.1.12; RFC 9336). A certificate authority signs no documents.
    """
    extensions = certificate.extensions
    try:
        if extensions.get_extension_for_class(x509.BasicConstraints).value.ca:
            return "it is that of a certificate authority"
    except x509.ExtensionNotFound:
        pass
    try:
        usage = extensions.get_extension_for_class(x509.KeyUsage).value
    except x509.ExtensionNotFound:
        return "it does not say that it may sign (it has no key usage)"
    if not (usage.digital_signature or usage.content_commitment):
        return "its key usage has neither digitalSignature nor nonRepudiation"
    try:
        purposes = extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    except x509.ExtensionNotFound:
        return None
    if _SIGNING_PURPOSES.isdisjoint(purpose.dotted_string for purpose in purposes):
        named = ", ".join(getattr(purpose, "_name", "") or purpose.dotted_string for purpose in purposes)
        return f"it is limited to another purpose: {named}"
    return None


def is_same_person(name: str, other: str) -> bool:
    """Say if two names can be of one person: each word of the shorter one is in the longer one, in any order."""
    words, others = (
        frozenset("".join(c if c.isalnum() else " " for c in unicodedata.normalize("NFKC", one).casefold()).split())
        for one in (name, other)
    )
    return bool(words) and bool(others) and (words <= others or others <= words)


def read_certificates(paths: Sequence[Path]) -> tuple[x509.Certificate, ...]:
    """Return the certificates in the files, PEM (any number) or DER; raise SignOffRefused for a file without one."""
    found: list[x509.Certificate] = []
    for path in paths:
        data = read_bytes(path)
        try:
            found += x509.load_pem_x509_certificates(data) if b"-----BEGIN" in data else [_der(data)]
        except ValueError:
            hint = "name a file with a certificate: PEM or DER"
            raise SignOffRefused(
                error("certificate-unreadable", "the file holds no certificate", Span(path), hint)
            ) from None
    return tuple(found)


def der(certificate: x509.Certificate) -> bytes:
    """Return the certificate's own bytes."""
    return certificate.public_bytes(serialization.Encoding.DER)


def _der(data: bytes) -> x509.Certificate:
    return x509.load_der_x509_certificate(data)
