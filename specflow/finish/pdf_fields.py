"""The signature fields of the PDF edition: one for each role, inside its cell of the approval block.

Typst has no form fields. The layout draws the room for a signature as a link, whose place on the page and whose tag in
the structure tree Typst writes; here the link becomes a field (ISO 32000-1, 12.7.4.5) with the tag of one (14.8.4.5).
"""

from __future__ import annotations

import hashlib
import io
import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import parse_qsl

import pikepdf
from pikepdf import Array, Dictionary, Name, String

SIGNER = Name("/XXspecflowSigner")
"""Where the role's words stand in a field's dictionary; XX begins a private name (ISO 32000-1, annex E)."""

CONTENT = Name("/XXspecflowContent")
"""Where the content digest stands in the form's dictionary."""

_PARTS = ("role", "name", "function", "organisation", "meaning")
_PRINTED = 4
"""The annotation flag that says that the field is printed."""


def address(body: bytes) -> str:
    """Return what the addresses of the links begin with that become fields.

    It holds a hash of all the text that the document's data can put into a link, so none of them can name it.
    """
    return f"https://specflow.invalid/{hashlib.sha256(body).hexdigest()}/?"


def field_name(role: str) -> str:
    """Return the stable name of the role's field: `security-review`; with a hash where letters have no ASCII form."""
    plain = unicodedata.normalize("NFKD", role).casefold()
    kept = "".join(c for c in plain if not unicodedata.combining(c))
    slug = "-".join(re.findall(r"[a-z0-9]+", kept))[:40].strip("-")
    if kept.isascii() and slug and len(slug) == len("-".join(re.findall(r"[a-z0-9]+", kept))):
        return slug
    return f"{slug or 'role'}-{hashlib.sha256(role.encode()).hexdigest()[:8]}"


def with_signature_fields(pdf: bytes, prefix: str, word: str, content: str = "") -> bytes:
    """Return the PDF with a signature field for each link whose address begins with the prefix; same input, same bytes.

    `word` is the document's word for a signature; it begins the tooltip, which screen readers speak. `content` is the
    content digest, which the form holds for whoever checks signatures. A PDF without such links is returned as it is.
    """
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        links = list(_links(opened, prefix))
        if not links:
            return pdf
        tags = _Parents(opened)
        fields: list[Any] = []
        taken: set[str] = set()
        for page, link in links:
            signer = dict(parse_qsl(str(link.A.URI)[len(prefix) :], keep_blank_values=True, strict_parsing=True))
            name = _free(field_name(signer.get("role", "")), taken)
            _make_field(opened, page, link, name, signer, word)
            _retag(tags.of(int(link.StructParent)))
            fields.append(link)
        form = Dictionary(Fields=Array(fields), SigFlags=0)
        if content:
            form[CONTENT] = String(content)
        opened.Root.AcroForm = opened.make_indirect(form)
        made = io.BytesIO()
        opened.save(made, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.preserve)
        return made.getvalue()


def _links(opened: pikepdf.Pdf, prefix: str) -> Iterator[tuple[Any, Any]]:
    """Yield the page and the annotation of each link that is to become a field, in reading order."""
    for page in opened.pages:
        annotations: Any = page.obj.get("/Annots", ())
        for annotation in annotations:
            action = annotation.get("/A")
            if action is not None and str(action.get("/URI", "")).startswith(prefix):
                yield page.obj, annotation


def _free(name: str, taken: set[str]) -> str:
    """Return the name, with a number where another field has it already."""
    found, number = name, 1
    while found in taken:
        number += 1
        found = f"{name}-{number}"
    taken.add(found)
    return found


def _make_field(opened: pikepdf.Pdf, page: Any, link: Any, name: str, signer: Mapping[str, str], word: str) -> None:
    """Make the link a field and its own widget; without an action, a border or the address as its description."""
    for key in ("/A", "/Border", "/BS", "/Contents", "/H"):
        if key in link:
            del link[key]
    left, bottom, right, top = (float(edge) for edge in link.Rect)
    look = opened.make_stream(
        b"",
        Type=Name.XObject,
        Subtype=Name.Form,
        BBox=Array([0, 0, right - left, top - bottom]),
        Resources=Dictionary(),
    )
    link.Subtype = Name.Widget
    link.FT = Name.Sig
    link.T = String(name)
    link.TU = String(f"{word}: " + ", ".join(signer[part] for part in ("role", "name") if part in signer))
    link.F = _PRINTED
    link.P = page
    link.AP = Dictionary(N=look)
    link[SIGNER] = Dictionary({f"/{part.capitalize()}": String(signer[part]) for part in _PARTS if part in signer})


def _retag(tag: Any) -> None:
    """Make the link's tag that of a form field.

    It holds the annotation alone, not in a list of one: pyHanko's analysis of later changes knows no other form.
    """
    tag.S = Name.Form
    children = tag.K if isinstance(tag.K, Array) else [tag.K]
    objects = [child for child in children if isinstance(child, Dictionary) and child.get("/Type") == Name.OBJR]
    if len(objects) == 1:
        tag.K = objects[0]


class _Parents:
    """The document's parent tree (ISO 32000-1, 14.7.4.4): from a StructParent to the tag that holds the annotation."""

    def __init__(self, opened: pikepdf.Pdf) -> None:
        self._tags = dict(_numbered(opened.Root.StructTreeRoot.ParentTree))

    def of(self, number: int) -> Any:
        return self._tags[number]


def _numbered(node: Any) -> Iterator[tuple[int, Any]]:
    numbers = node.get("/Nums", ())
    for at in range(0, len(numbers), 2):
        yield int(numbers[at]), numbers[at + 1]
    for child in node.get("/Kids", ()):
        yield from _numbered(child)
