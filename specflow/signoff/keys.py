"""The signer's key: from a PKCS#12 file, or inside a token that speaks PKCS#11. No key or passphrase is printed."""

from __future__ import annotations

import getpass
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import asn1crypto.keys
import asn1crypto.pkcs12
import asn1crypto.x509
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.serialization import pkcs12
from pyhanko.sign.signers import SimpleSigner
from pyhanko_certvalidator.registry import SimpleCertificateStore

from specflow.diagnostics import Span, error
from specflow.errors import SignOffRefused, ToolMissing, UsageError
from specflow.files import read_bytes
from specflow.signoff.certificates import holder, is_expired, is_not_yet_valid, usage_fault

_INSTALL = "python -m pip install 'specflow[pkcs11]'"
_DAY = "%Y-%m-%d"


class Secret:
    """A passphrase or PIN that no log, traceback or debugger shows by accident."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def __repr__(self) -> str:
        return "Secret(…)"

    def __reduce__(self) -> Any:
        raise TypeError("a secret is not written down")

    def reveal(self) -> str:
        """Return the text; for the one call that needs it."""
        return self._text


def passphrase(what: str, file: Path | None, variable: str | None) -> Secret:
    """Return the passphrase: the file's first line, else the environment variable, else what is typed unseen.

    Raises UsageError where there is neither, nor a terminal to ask on.
    """
    if file:
        return Secret(read_bytes(file, 4096).decode("utf-8", "replace").partition("\n")[0].removesuffix("\r"))
    if variable:
        text = os.environ.get(variable)
        if text is None:
            hint = "set it, or use --passphrase-file; the command line wants the variable's name, not the passphrase"
            raise UsageError(error("passphrase-missing", "--passphrase-env names no environment variable", hint=hint))
        return Secret(text)
    if not sys.stdin.isatty():
        hint = "use --passphrase-file FILE or --passphrase-env NAME"
        raise UsageError(error("passphrase-missing", f"there is no terminal to ask for the {what} on", hint=hint))
    return Secret(getpass.getpass(f"{what}: "))


def open_pkcs12(path: Path, secret: Secret) -> SimpleSigner:
    """Return the signer of a PKCS#12 file (RFC 7292).

    Raises SignOffRefused for a wrong passphrase, for what is no PKCS#12 file, and for one without a key and its
    certificate.
    """
    data = read_bytes(path)
    try:
        key, certificate, others = pkcs12.load_key_and_certificates(data, secret.reveal().encode())
    except ValueError:
        raise SignOffRefused(_unopened(path, data)) from None  # the cause could quote what it was given
    if key is None or certificate is None or key.public_key() != certificate.public_key():
        hint = "export the key together with its certificate"
        message = "the file holds no key with the certificate that belongs to it"
        raise SignOffRefused(error("key-incomplete", message, Span(path), hint))
    written = key.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return SimpleSigner(
        signing_cert=_readable(certificate),
        signing_key=asn1crypto.keys.PrivateKeyInfo.load(written),
        cert_registry=SimpleCertificateStore.from_certs([_readable(other) for other in others]),
    )


def _unopened(path: Path, data: bytes) -> Any:
    try:
        asn1crypto.pkcs12.Pfx.load(data, strict=True)["version"].native  # noqa: B018 - reading it is the check
    except (ValueError, TypeError):
        return error("key-unreadable", "the file is no PKCS#12 file", Span(path), "name the .p12 or .pfx file")
    hint = "type it again; a file that was exported by an old program may need to be exported anew"
    return error("key-passphrase", "the passphrase does not open the key", Span(path), hint)


@contextmanager
def open_pkcs11(library: Path, token: str, label: str, pin: Secret) -> Iterator[Any]:
    """Give the signer whose key and certificate have the label in the token, while its session is open.

    Raises ToolMissing without the extra `pkcs11`, SignOffRefused for whatever the token refuses.
    """
    try:
        from pyhanko.config.pkcs11 import TokenCriteria
        from pyhanko.sign.pkcs11 import PKCS11Signer, open_pkcs11_session
    except ImportError:
        raise ToolMissing(
            error("pkcs11-missing", "the Python package python-pkcs11 is missing", hint=_INSTALL)
        ) from None
    try:
        wanted = TokenCriteria(label=token) if token else None
        session = open_pkcs11_session(str(library), token_criteria=wanted, user_pin=pin.reveal())
    except Exception as fault:  # the library is foreign code behind a foreign interface
        raise SignOffRefused(_token_fault(library, fault)) from None
    with session:
        signer = PKCS11Signer(session, cert_label=label)
        try:
            found = signer.signing_cert  # asks the token for it
        except Exception as fault:
            raise SignOffRefused(_token_fault(library, fault)) from None
        if found is None:
            raise SignOffRefused(_token_fault(library, LookupError()))
        yield signer


def _token_fault(library: Path, fault: Exception) -> Any:
    name = type(fault).__name__  # its text could hold what the token was told
    hint = "check --pkcs11-lib, --token and --key-label, and the PIN; a token locks itself after some wrong ones"
    return error("token-refused", f"the token cannot be used: {name}", Span(library), hint)


def certificate_of(signer: Any) -> x509.Certificate:
    """Return the signer's certificate."""
    return x509.load_der_x509_certificate(signer.signing_cert.dump())


def refuse_unfit(certificate: x509.Certificate, moment: datetime) -> None:
    """Raise SignOffRefused, with every reason, where a signature of the moment would not be accepted."""
    name = holder(certificate)
    faults = []
    if is_expired(certificate, moment):
        day = certificate.not_valid_after_utc.strftime(_DAY)
        message = f"the certificate of {name} has expired on {day}"
        faults.append(error("certificate-expired", message, hint="have it renewed"))
    if is_not_yet_valid(certificate, moment):
        day = certificate.not_valid_before_utc.strftime(_DAY)
        message = f"the certificate of {name} is valid only from {day} on"
        faults.append(error("certificate-not-yet-valid", message, hint="is the computer's clock right?"))
    if unfit := usage_fault(certificate):
        message = f"the certificate of {name} may not sign documents: {unfit}"
        faults.append(error("certificate-wrong-usage", message, hint="use one that was issued for signatures"))
    if faults:
        raise SignOffRefused(*faults)


def _readable(certificate: x509.Certificate) -> asn1crypto.x509.Certificate:
    return asn1crypto.x509.Certificate.load(certificate.public_bytes(serialization.Encoding.DER))
