"""What a PDF edition says of its signatures, good or not: its fields, its digest, and the bytes it begins with."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pikepdf

from specflow.diagnostics import Span, error
from specflow.errors import SignOffRefused
from specflow.files import read_bytes, sha256

_SIGNER = "/XXspecflowSigner"
_CONTENT = "/XXspecflowContent"
_REVISION_END = re.compile(rb"%%EOF[ \t]*(?:\r\n|\n|\r|$)")


@dataclass(frozen=True, slots=True)
class SignatureField:
    """A place for a signature: its name in the file, who is to sign there, its size in points, and if it is signed."""

    name: str
    role: str = ""
    person: str = ""
    function: str = ""
    organisation: str = ""
    meaning: str = ""
    width: float = 0.0
    height: float = 0.0
    signed: bool = False


@dataclass(frozen=True, slots=True)
class RecordedPdf:
    """What the record says of the PDF edition as it was built: its length and hash, and whose it is."""

    size: int
    sha256: str
    document: Mapping[str, Any]


def signature_fields(pdf: bytes) -> tuple[SignatureField, ...]:
    """Return the file's signature fields in the order in which it lists them; raise SignOffRefused if it is no PDF."""
    try:
        with pikepdf.open(io.BytesIO(pdf)) as opened:
            form: Any = opened.Root.get("/AcroForm")
            return tuple(_field(item) for item in form.get("/Fields", ()) if item.get("/FT") == "/Sig") if form else ()
    except (pikepdf.PdfError, ValueError, TypeError, AttributeError, KeyError) as fault:
        hint = "name a PDF edition that specflow has built"
        raise SignOffRefused(error("pdf-unreadable", "the file is no sound PDF", hint=hint)) from fault


def content_digest(pdf: bytes) -> str | None:
    """Return the content digest that the PDF edition was built with, None where it holds none.

    It is that of the first revision: what was appended later cannot change it.
    """
    end = _REVISION_END.search(pdf)
    try:
        with pikepdf.open(io.BytesIO(pdf[: end.end()] if end else pdf)) as opened:
            form: Any = opened.Root.get("/AcroForm")
            return str(form[_CONTENT]) if form is not None and _CONTENT in form else None
    except (pikepdf.PdfError, ValueError, TypeError, AttributeError):
        return None


def read_record(path: Path) -> RecordedPdf:
    """Return what the record `<stem>.json` says of the PDF edition; raise SignOffRefused where it says nothing."""
    try:
        content = json.loads(read_bytes(path))
        edition = content["editions"]["pdf"]
        return RecordedPdf(int(edition["bytes"]), str(edition["sha256"]), dict(content["document"]))
    except (ValueError, KeyError, TypeError, RecursionError):
        hint = "name the record that was written with the PDF"
        raise SignOffRefused(
            error("record-unreadable", "the file is no record of a PDF edition", Span(path), hint)
        ) from None


def is_edition(pdf: bytes, record: RecordedPdf) -> bool:
    """Say if the file begins with the recorded edition, byte for byte: signatures are only ever appended."""
    return len(pdf) >= record.size and sha256(pdf[: record.size]) == record.sha256


def built_edition_in(pdf: bytes, editions: Collection[str]) -> str | None:
    """Return which of the editions, by their SHA-256, the file begins with; None if with none of them."""
    ends = [end.end() for end in _REVISION_END.finditer(pdf)]
    return next((found for end in ends if (found := sha256(pdf[:end])) in editions), None)


def _field(item: Any) -> SignatureField:
    left, bottom, right, top = (float(edge) for edge in item.get("/Rect", (0, 0, 0, 0)))
    signer: Any = item.get(_SIGNER, {})
    words = {part: str(signer.get(f"/{part.capitalize()}", "")) for part in ("role", "name", *_OTHERS)}
    return SignatureField(
        name=str(item.get("/T", "")),
        role=words["role"],
        person=words["name"],
        **{part: words[part] for part in _OTHERS},
        width=right - left,
        height=top - bottom,
        signed="/V" in item,
    )


_OTHERS = ("function", "organisation", "meaning")
