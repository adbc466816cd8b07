"""Read a PDF's structure tree: elements with their attributes, and the text that is marked as theirs.

The file is taken apart by qpdf, which writes no PDF here: Typst does. What stands in it is interpreted by these
modules.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import pikepdf

from specflow.model import Format
from specflow.verify.read_pdf_fonts import Font, read_font
from specflow.verify.read_pdf_order import Shown
from specflow.verify.read_pdf_page import PageText, Piece, read_content
from specflow.verify.unreadable import unreadable

_REFERENCE = re.compile(r"\d+ \d+ R")
_DEEPEST = 200
_MOST_ELEMENTS = 2_000_000


@dataclass(slots=True)
class Element:
    """A structure element: its type as written ("H1", "Strong"), attributes, and what is in it, in order.

    `target` is where the annotation of a link leads: a URI, or "#" and a destination. Elements are numbered in order;
    those inside have the numbers up to `last`.
    """

    type: str
    number: int
    alt: str | None = None
    language: str = ""
    attributes: Mapping[str, Any] = field(default_factory=dict)
    kids: list[Element | Shown] = field(default_factory=list)
    target: str = ""
    last: int = 0

    def elements(self) -> Iterator[Element]:
        """Yield the elements right below."""
        return (kid for kid in self.kids if isinstance(kid, Element))


@dataclass(frozen=True, slots=True)
class Tagged:
    """A tagged PDF: its document element, its catalogue's and metadata's entries, and the text of its pages."""

    root: Element
    language: str
    direction: str
    information: Mapping[str, str]
    pages: tuple[PageText, ...]


def read_tagged(data: bytes) -> Tagged:
    """Return the PDF's structure tree with its text.

    Raises VerificationFailed for what is no PDF, is damaged or encrypted, or has no structure tree.
    """
    try:
        with pikepdf.open(io.BytesIO(data), attempt_recovery=False, suppress_warnings=True) as pdf:
            if pdf.is_encrypted:
                raise unreadable(Format.PDF, "it is encrypted")
            return _Reading(pdf).tagged()
    except pikepdf.PasswordError as fault:
        raise unreadable(Format.PDF, "it is encrypted") from fault
    except (pikepdf.PdfError, ValueError, TypeError, KeyError, AttributeError, IndexError, RecursionError) as fault:
        raise unreadable(Format.PDF, "it is no PDF, or it is damaged") from fault


class _Reading:
    def __init__(self, pdf: pikepdf.Pdf) -> None:
        self.pdf = pdf
        self.count = 0
        fonts = cache(lambda number, generation: read_font(pdf.get_object(number, generation)))
        self.pages: list[PageText] = []
        self.numbers: dict[str, int] = {}
        for page in pdf.pages:
            self.numbers[_reference(page.obj)] = len(self.pages)
            self.pages.append(_page(page.obj, fonts))

    def tagged(self) -> Tagged:
        catalogue = self.pdf.Root
        tree = catalogue.get("/StructTreeRoot")
        if tree is None or "/K" not in tree:
            raise unreadable(Format.PDF, "it has no structure tree")
        root = Element("", 0)
        self._fill(root, json.loads(tree.to_json(dereference=True)), "", 0)
        preferences: Any = catalogue.get("/ViewerPreferences", {})
        return Tagged(
            root=root,
            language=str(catalogue.get("/Lang", "")),
            direction="rtl" if preferences.get("/Direction") == "/R2L" else "ltr",
            information={str(name)[1:].lower(): str(value) for name, value in self.pdf.docinfo.items()},
            pages=tuple(self.pages),
        )

    def _object(self, reference: str) -> Any:
        number, generation, _ = reference.split()
        return json.loads(self.pdf.get_object(int(number), int(generation)).to_json(dereference=True))

    def _element(self, written: Mapping[str, Any], page: str, depth: int) -> Element:
        self.count += 1
        if depth > _DEEPEST or self.count > _MOST_ELEMENTS:
            raise unreadable(Format.PDF, "its structure tree has no end")
        element = Element(
            str(written.get("/S", ""))[1:],
            self.count,
            _string(written["/Alt"]) if "/Alt" in written else None,
            _string(written.get("/Lang", "")),
            self._attributes(written["/A"]) if "/A" in written else {},
        )
        self._fill(element, written, page, depth)
        element.last = self.count
        return element

    def _fill(self, element: Element, written: Mapping[str, Any], page: str, depth: int) -> None:
        page = written.get("/Pg", page)
        kids = written.get("/K", [])
        for kid in kids if isinstance(kids, list) else [kids]:
            if isinstance(kid, int):
                self._marked(element, kid, page)
                continue
            entry = self._object(kid) if isinstance(kid, str) else kid
            kind = entry.get("/Type")
            if kind == "/MCR":
                self._marked(element, entry["/MCID"], entry.get("/Pg", page))
            elif kind == "/OBJR":
                element.target = element.target or self._target(entry["/Obj"])
            else:
                element.kids.append(self._element(entry, page, depth + 1))

    def _marked(self, element: Element, mcid: int, page: str) -> None:
        number = self.numbers.get(page)
        if number is not None:
            pieces: list[Piece] = self.pages[number].marked.get(mcid, [])
            element.kids += [Shown(piece, element.number, number, mcid) for piece in pieces]

    def _target(self, reference: str) -> str:
        annotation = self._object(reference)
        action = annotation.get("/A", {})
        action = self._object(action) if isinstance(action, str) else action
        if "/URI" in action:
            return _string(action["/URI"])
        destination = annotation.get("/Dest", action.get("/D", ""))
        return "#" + (_string(destination) if isinstance(destination, str) else "")

    def _attributes(self, written: Any) -> dict[str, Any]:
        if isinstance(written, str) and _REFERENCE.fullmatch(written):
            written = self._object(written)
        found: dict[str, Any] = {}
        for entry in written if isinstance(written, list) else [written]:
            found |= self._attributes(entry) if isinstance(entry, str) else entry if isinstance(entry, dict) else {}
        return found


def _string(written: str) -> str:
    """Return a string as qpdf's JSON writes it: with "u:" if it is text, with "b:" and hexadecimal digits if not."""
    return bytes.fromhex(written[2:]).decode("latin-1") if written.startswith("b:") else written.removeprefix("u:")


def _reference(written: pikepdf.Object) -> str:
    number, generation = written.objgen
    return f"{number} {generation} R"


def _page(page: pikepdf.Object, font: Any) -> PageText:
    resources: Any = page.get("/Resources", {})
    fonts: dict[bytes, Font] = {
        str(name).encode(): font(*made.objgen) for name, made in resources.get("/Font", {}).items()
    }
    properties: dict[bytes, bytes] = {
        str(name).encode(): made.unparse(resolved=True) for name, made in resources.get("/Properties", {}).items()
    }
    contents: Any = page.get("/Contents", [])
    streams = contents if isinstance(contents, pikepdf.Array) else [contents]
    return read_content(b"\n".join(stream.read_bytes() for stream in streams), fonts, properties)
