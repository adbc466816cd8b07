"""A certificate authority, signers and a small signable PDF, made anew for each run."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

import asn1crypto.keys
from asn1crypto.x509 import Certificate as ReadableCertificate
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from pyhanko.sign.signers import SimpleSigner
from pyhanko_certvalidator.registry import SimpleCertificateStore

from specflow.finish.pdf_fields import address, with_signature_fields
from specflow.signoff.pdf_document import signature_fields
from specflow.signoff.pdf_sign import Revocation, Signing, sign_pdf
from specflow.signoff.pdf_stamp import Stamp, draw_stamp
from specflow.tools.typst import Typst

NOW = datetime(2026, 11, 23, 14, 5, 9, tzinfo=UTC)
DAY = timedelta(days=1)
PASSPHRASE = "violet-otter-8812-harbour"  # noqa: S105 - of keys that live as long as a test run
"""Looked for in everything that a test leaves behind."""


@dataclass(frozen=True)
class Holder:
    """A key and its certificate."""

    key: Any
    certificate: x509.Certificate

    @property
    def pem(self) -> bytes:
        return self.certificate.public_bytes(serialization.Encoding.PEM)

    @property
    def secret(self) -> bytes:
        """The private key itself, in the form that a file would hold."""
        encoding, form = serialization.Encoding.DER, serialization.PrivateFormat.PKCS8
        return bytes(self.key.private_bytes(encoding, form, serialization.NoEncryption()))

    def pkcs12(self, passphrase: str = PASSPHRASE, others: tuple[x509.Certificate, ...] = ()) -> bytes:
        secret = serialization.BestAvailableEncryption(passphrase.encode())
        return pkcs12.serialize_key_and_certificates(b"key", self.key, self.certificate, list(others), secret)


def subject(name: str) -> x509.Name:
    return x509.Name(
        [x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Northbridge"), x509.NameAttribute(NameOID.COMMON_NAME, name)]
    )


class Authority:
    """A certificate authority; `start` and `end` are its own validity."""

    def __init__(
        self, name: str = "Northbridge Root", start: datetime = NOW - 900 * DAY, end: datetime = NOW + 900 * DAY
    ):
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.name = subject(name)
        self._serial = 100
        usage = x509.KeyUsage(False, False, False, False, False, True, True, False, False)
        self.certificate = (
            x509.CertificateBuilder(self.name, self.name, self.key.public_key(), 1, start, end)
            .add_extension(x509.BasicConstraints(True, 0), True)
            .add_extension(usage, True)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(self.key.public_key()), False)
            .sign(self.key, hashes.SHA256())
        )

    def issue(
        self,
        name: str,
        start: datetime = NOW - 30 * DAY,
        end: datetime = NOW + 365 * DAY,
        *,
        signs: bool = True,
        purpose: x509.ObjectIdentifier | None = None,
        key: Any = None,
    ) -> Holder:
        key = key or ec.generate_private_key(ec.SECP256R1())
        self._serial += 1
        usage = x509.KeyUsage(signs, signs, not signs, False, False, False, False, False, False)
        builder = (
            x509.CertificateBuilder(self.name, subject(name), key.public_key(), self._serial, start, end)
            .add_extension(x509.BasicConstraints(False, None), True)
            .add_extension(usage, True)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key()), False)
        )
        if purpose:
            builder = builder.add_extension(x509.ExtendedKeyUsage([purpose]), True)
        return Holder(key, builder.sign(self.key, hashes.SHA256()))

    def timestamper(self) -> Holder:
        """Return a timestamp server's key: RSA, since pyHanko's test server knows no other."""
        key = rsa.generate_private_key(65537, 2048)
        return self.issue("Northbridge Time", key=key, purpose=ExtendedKeyUsageOID.TIME_STAMPING)

    def revoke(
        self, *holders: Holder, moment: datetime = NOW - DAY, issued: datetime = NOW - timedelta(hours=1)
    ) -> bytes:
        """Return a revocation list with the holders' certificates."""
        builder = x509.CertificateRevocationListBuilder(self.name, issued, issued + 30 * DAY)
        builder = builder.add_extension(x509.CRLNumber(1), False).add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key()), False
        )
        for holder in holders:
            entry = x509.RevokedCertificateBuilder(holder.certificate.serial_number, moment).build()
            builder = builder.add_revoked_certificate(entry)
        return builder.sign(self.key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)

    @property
    def pem(self) -> bytes:
        return self.certificate.public_bytes(serialization.Encoding.PEM)


ROLES = (
    {"role": "Author", "name": "Ada Okafor", "function": "Lead engineer", "meaning": "Authorship"},
    {"role": "Security Review", "name": "Bo Lindqvist", "function": "Head of security", "meaning": "Review"},
    {"role": "Quality", "name": "Chen Söhne", "function": "Quality manager", "meaning": "Approval"},
)

_PAGE = r"""
#set document(title: "Ledger")
#set text(font: "Liberation Sans", lang: "en", size: 9pt)
#let doc = json(bytes(sys.inputs.document))
= Approval
#table(
  columns: (1fr, 1fr),
  table.header([Role], [Signature]),
  ..doc.roles.map(it => (
    it.words,
    link(doc.signing + it.query, block(width: 100%, height: 40pt, breakable: false)),
  )).flatten(),
)
#pdf.attach("note.txt", bytes("n"), relationship: "source", mime-type: "text/plain", description: "A note")
"""


@cache
def typesetter() -> Typst:
    return Typst()


def edition(roles: tuple[dict[str, str], ...] = ROLES, title: str = "Ledger", content: str = "") -> bytes:
    """Return a PDF with a signature field for each role, PDF/A-3a and PDF/UA-1."""
    import json

    source = _PAGE.replace("Ledger", title).encode()
    signing = address(source)
    rows = [
        {"words": one["role"], "query": "&".join(f"{part}={quote(text, safe='')}" for part, text in one.items())}
        for one in roles
    ]
    values = json.dumps({"signing": signing, "roles": rows})
    fonts = _fonts(tuple(one["role"] for one in roles))
    pdf = typesetter().compile(source, {"document": values}, timestamp=0, standards=("a-3a", "ua-1"), fonts=fonts)
    return with_signature_fields(pdf, signing, "Signature", content)


def _fonts(texts: tuple[str, ...]) -> Any:
    from specflow.fonts import cover

    return cover([("", text) for text in texts], ("Liberation Sans",), "en").fonts


@cache
def plain_edition() -> bytes:
    return edition()


@cache
def authority() -> Authority:
    return Authority()


@cache
def signer_of(name: str) -> Holder:
    return authority().issue(name)


def as_signer(holder: Holder) -> SimpleSigner:
    return SimpleSigner(
        signing_cert=ReadableCertificate.load(holder.certificate.public_bytes(serialization.Encoding.DER)),
        signing_key=asn1crypto.keys.PrivateKeyInfo.load(holder.secret),
        cert_registry=SimpleCertificateStore(),
    )


def signed(
    pdf: bytes,
    role: int | str,
    holder: Holder | None = None,
    moment: datetime = NOW,
    timestamper: Any = None,
    revocation: Revocation | None = None,
) -> bytes:
    """Return the PDF with one signature more: that of the role with this number or field name."""
    fields = signature_fields(pdf)
    field = fields[role] if isinstance(role, int) else next(one for one in fields if one.name == role)
    holder = holder or signer_of(field.person)
    stamp = Stamp(field.person, field.function, field.meaning, moment)
    drawn = draw_stamp(stamp, field.width, field.height, typesetter())
    signing = Signing(field.name, field.person, field.meaning, moment, drawn, timestamper, revocation)
    return sign_pdf(pdf, signing, as_signer(holder))


@cache
def signed_by(count: int) -> bytes:
    """Return the plain edition with this many signatures, an hour between them."""
    pdf = plain_edition()
    for at in range(count):
        pdf = signed(pdf, at, moment=NOW + at * timedelta(hours=1))
    return pdf


def trust_file(folder: Path, *pems: bytes) -> Path:
    path = folder / "trust.pem"
    path.write_bytes(b"".join(pems))
    return path
