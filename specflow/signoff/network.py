"""The two servers that a signer may name: one for timestamps (RFC 3161), one for revocation (RFC 6960).

This is the only module of specflow that opens a connection, and only to an address from the command line.
"""

from __future__ import annotations

import urllib.error
import urllib.request
from typing import Any
from urllib.parse import urlsplit

import asn1crypto.tsp
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.x509 import ocsp
from pyhanko.sign.timestamps import TimeStamper

from specflow.diagnostics import error
from specflow.errors import SignOffRefused, UsageError

_SECONDS = 20
_LIMIT = 1 << 20


class Timestamps(TimeStamper):
    """A timestamp server; asks nothing until a signature is made."""

    def __init__(self, url: str) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._url = checked(url, "--timestamp-url")

    async def async_request_tsa_response(self, req: asn1crypto.tsp.TimeStampReq) -> asn1crypto.tsp.TimeStampResp:
        """Return the server's answer; raise SignOffRefused where there is none."""
        answer = _post(self._url, req.dump(), "application/timestamp-query", "timestamp")
        try:
            return asn1crypto.tsp.TimeStampResp.load(answer, strict=True)
        except ValueError:
            raise SignOffRefused(_no_answer("timestamp", self._url, "the answer is no timestamp")) from None


def ask_ocsp(url: str, certificate: x509.Certificate, issuer: x509.Certificate) -> bytes:
    """Return the server's signed answer on the certificate; raise SignOffRefused where there is none."""
    request = ocsp.OCSPRequestBuilder().add_certificate(certificate, issuer, hashes.SHA256()).build()
    answer = _post(
        checked(url, "--ocsp-url"), request.public_bytes(serialization.Encoding.DER), "application/ocsp-request", "ocsp"
    )
    try:
        if ocsp.load_der_ocsp_response(answer).response_status is ocsp.OCSPResponseStatus.SUCCESSFUL:
            return answer
    except ValueError:
        pass
    raise SignOffRefused(_no_answer("ocsp", url, "the answer tells nothing"))


def checked(url: str, option: str) -> str:
    """Return the address, or raise UsageError for one that is not of the web."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        message = f"{option} wants an address that begins with https:// or http://"
        raise UsageError(error("bad-address", message, hint="ask your certificate authority for it"))
    return url


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """Refuse to be sent elsewhere: only the named server is asked."""

    def redirect_request(self, *_: Any) -> None:
        return None


def _post(url: str, body: bytes, kind: str, what: str) -> bytes:
    request = urllib.request.Request(url, body, {"Content-Type": kind})  # noqa: S310 - checked() has looked at it
    opener = urllib.request.build_opener(_NoRedirect)
    try:
        with opener.open(request, timeout=_SECONDS) as answer:
            data: bytes = answer.read(_LIMIT + 1)
    except (OSError, ValueError) as fault:
        raise SignOffRefused(_no_answer(what, url, str(getattr(fault, "reason", fault)))) from None
    if len(data) > _LIMIT:
        raise SignOffRefused(_no_answer(what, url, "the answer is too large"))
    return data


def _no_answer(what: str, url: str, why: str) -> Any:
    host = urlsplit(url).hostname
    if what == "ocsp":
        hint = "check --ocsp-url, or use --ocsp or --crl with files"
        return error("ocsp-failed", f"the revocation server {host} gave no answer: {why}", hint=hint)
    hint = "check --timestamp-url; nothing was signed"
    return error("timestamp-failed", f"the timestamp server {host} gave no answer: {why}", hint=hint)
