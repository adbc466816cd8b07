"""Read the text layer of a PDF page: what its content stream shows, by marked content.

Only the operators that show, place and mark text are interpreted (ISO 32000-1, 8.4.4, 9.4 and 14.6); drawings are
passed over, and so are form XObjects, which hold pictures.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from specflow.verify.read_pdf_fonts import Font, Texts

Matrix = tuple[float, float, float, float, float, float]
_UNIT: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
_NO_FONT = Font(Texts())


_Placed = tuple[Any, bytes]
"""A matrix as its operand, and the one that it is multiplied with; most are never asked for."""


class Piece(NamedTuple):
    """Text that one operator shows: a text for each glyph, left to right."""

    glyphs: tuple[str, ...]
    size: float
    matrix: _Placed | None
    line: bytes

    @property
    def place(self) -> tuple[float, float]:
        """Where it starts, in points: along the direction in which it is set, and across."""
        made = _matrix(self.line) if self.line else _UNIT
        level = self.matrix
        while level:
            made = _product(made, _matrix(level[1]))
            level = level[0]
        a, b, _, _, x, y = made
        length = math.hypot(a, b) or 1.0
        return (x * a + y * b) / length, (y * a - x * b) / length


@dataclass(frozen=True, slots=True)
class PageText:
    """A page's text: of each marked content, and of each kind of artifact: Header, Footer, Background, Watermark."""

    marked: Mapping[int, list[Piece]]
    artifacts: Mapping[str, list[list[Piece]]]


def _string(depth: int) -> str:
    inner = "" if depth == 0 else "|" + _string(depth - 1)
    return rf"\((?:[^()\\]++|\\.{inner})*+\)"


_NUMBER = r"[-+]?[\d.]++"
_STRING = _string(5)  # parentheses in a string need no backslash where they are in pairs
_HEX = r"<[0-9A-Fa-f\s]*+>"
_DICT = rf"<<(?:[^<>()]++|{_HEX}|{_STRING}|<<[^<>]*+>>)*+>>"
_NAME = r"/[^\s()<>\[\]{}/%]++"
_SIX = rf"(?:{_NUMBER}\s++){{6}}"
_TOKEN = re.compile(
    rf"""
    (?:(?:{_NAME}\s++|(?:{_NUMBER}\s++)++) (?:[mlcvywdiJjM]|re|scn?|SCN?|cs|CS|gs|Tr)\s*+ | (?:[hnSsWfBb]\*?|ET)\s++)++
    | (q)\s++ (?:({_SIX})cm)?                                            # 1 save, 2 matrix
    | (Q)                                                                # 3
    | (BT)?\s*+ (?:{_NUMBER}\s++Tr\s*+)? ({_NAME})\s++ ({_NUMBER})\s++Tf   # 4, 5 font, 6 size
      (?:\s++({_SIX})Tm)?                                                # 7 text matrix
    | \[((?:[^\[\]()<>]++|{_STRING}|{_HEX})*+)\]\s*+TJ                   # 8
    | ({_STRING}|{_HEX})\s*+Tj                                           # 9
    | ({_NAME})\s*+ ({_DICT}|{_NAME})?\s*+B[DM]C                         # 10 tag, 11 properties
    | ((?:{_NUMBER}\s++)*+) (BT|EMC|cm|Tm|Td|TD)                         # 12 numbers, 13 operator
    | {_NAME} | \[[^\[\]]*+\] | {_NUMBER} | [A-Za-z*]++
    """.encode("ascii"),
    re.VERBOSE | re.DOTALL,
)
_SHOWN = re.compile(rf"({_STRING})|({_HEX})".encode("ascii"), re.DOTALL)
_ESCAPE = re.compile(rb"\\([0-7]{1,3}|\r\n|.)", re.DOTALL)
_COMMON = re.compile(rb"(?:[^\\]++|\\[0-3][0-7]{2}|\\[nrtbf()])*+", re.DOTALL)
_ESCAPED = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f", b"\n": b"", b"\r": b"", b"\r\n": b""}
_MCID = re.compile(rb"/MCID\s+(\d+)")
_ACTUAL = re.compile(rf"/ActualText\s*({_STRING}|{_HEX})".encode("ascii"), re.DOTALL)
_SUBTYPE = re.compile(rb"/(?:Subtype|Type)\s*/(Header|Footer|Background|Watermark)")


def read_content(content: bytes, fonts: Mapping[bytes, Font], properties: Mapping[bytes, bytes]) -> PageText:
    """Return the text of a page's content stream; `properties` are the page's named property lists, as PDF syntax."""
    return _Reading(fonts, properties).read(content)


def decoded(written: bytes) -> bytes:
    """Return the bytes of a literal or hexadecimal string, delimiters included in what is given."""
    if written[:1] == b"<":
        digits = re.sub(rb"\s", b"", written[1:-1])
        return bytes.fromhex((digits + b"0" * (len(digits) % 2)).decode("ascii"))
    inner = written[1:-1]
    if b"\\" not in inner:
        return inner
    if _COMMON.fullmatch(inner):  # a codec of Python's has the same escapes, and is quick
        inner = inner.replace(b"\\(", b"(").replace(b"\\)", b")")
        return inner.decode("unicode_escape").encode("latin-1")
    return _ESCAPE.sub(_unescaped, inner)


def _unescaped(match: re.Match[bytes]) -> bytes:
    what = match[1]
    return bytes([int(what, 8) & 0xFF]) if what[:1].isdigit() and what[:1] < b"8" else _ESCAPED.get(what, what)


def text_string(data: bytes) -> str:
    """Return a text string (ISO 32000-1, 7.9.2.2): UTF-16 or UTF-8 with a byte order mark, else Latin-1."""
    if data.startswith(b"\xfe\xff"):
        return data[2:].decode("utf-16-be", "replace")
    return data[3:].decode("utf-8", "replace") if data.startswith(b"\xef\xbb\xbf") else data.decode("latin-1")


def _product(a: Matrix, b: Matrix) -> Matrix:
    return (
        a[0] * b[0] + a[1] * b[2],
        a[0] * b[1] + a[1] * b[3],
        a[2] * b[0] + a[3] * b[2],
        a[2] * b[1] + a[3] * b[3],
        a[4] * b[0] + a[5] * b[2] + b[4],
        a[4] * b[1] + a[5] * b[3] + b[5],
    )


@dataclass(slots=True)
class _Mark:
    """A marked content that is open: where its text goes, and the text that stands for what it shows."""

    into: list[Piece] | None
    actual: str | None = None
    shown: bool = False


@dataclass(slots=True)
class _Reading:
    fonts: Mapping[bytes, Font]
    properties: Mapping[bytes, bytes]
    marked: dict[int, list[Piece]] = field(default_factory=dict)
    artifacts: dict[str, list[list[Piece]]] = field(default_factory=dict)
    marks: list[_Mark] = field(default_factory=list)
    matrix: _Placed | None = None
    line: bytes = b""
    font: Font = _NO_FONT
    size: float = 0.0

    def read(self, content: bytes) -> PageText:
        saved: list[tuple[_Placed | None, Font, float]] = []
        for token in _TOKEN.finditer(content):
            kind = token.lastindex
            if kind is None:
                continue
            if kind <= 2:
                saved.append((self.matrix, self.font, self.size))
                if kind == 2:
                    self.matrix = (self.matrix, token[2])
            elif kind == 3:
                if saved:
                    self.matrix, self.font, self.size = saved.pop()
            elif kind <= 7:
                if token[4]:
                    self.line = b""
                self.font = self.fonts.get(token[5], _NO_FONT)
                self.size = float(token[6])
                if kind == 7:
                    self.line = token[7]
            elif kind <= 9:
                if self.marks and self.marks[-1].into is not None:
                    self._show(self.marks[-1].into, token[kind])
            elif kind <= 11:
                self._mark(token[10], token[11] or b"")
            else:
                self._operate(token[13], token[12])
        return PageText(self.marked, self.artifacts)

    def _operate(self, operator: bytes, numbers: bytes) -> None:
        if operator == b"EMC":
            if self.marks:
                self.marks.pop()
        elif operator == b"BT":
            self.line = b""
        elif operator == b"cm":
            self.matrix = (self.matrix, numbers)
        elif operator == b"Tm":
            self.line = numbers
        else:
            moved = _product(_matrix(b"1 0 0 1 " + numbers), _matrix(self.line) if self.line else _UNIT)
            self.line = b" ".join(b"%f" % number for number in moved)

    def _mark(self, tag: bytes, properties: bytes) -> None:
        if properties[:1] == b"/":
            properties = self.properties.get(properties, b"")
        into = self.marks[-1].into if self.marks else None
        actual = _ACTUAL.search(properties)
        if number := _MCID.search(properties):
            into = self.marked.setdefault(int(number[1]), [])
        elif tag == b"/Artifact":
            kind = _SUBTYPE.search(properties)
            into = None
            if kind:
                into = []
                self.artifacts.setdefault(kind[1].decode("ascii"), []).append(into)
        self.marks.append(_Mark(into, text_string(decoded(actual[1])) if actual else None))

    def _show(self, into: list[Piece], operand: bytes) -> None:
        font = self.font
        actual = next((mark for mark in self.marks if mark.actual is not None), None)
        if actual is not None and actual.shown:
            return
        codes = font.codes(b"".join([decoded(match[0]) for match in _SHOWN.finditer(operand)]))
        if actual is None:
            glyphs = tuple(map(font.texts.__getitem__, codes))
        else:
            actual.shown = True
            glyphs = (actual.actual or "",)
        into.append(Piece(glyphs, self.size, self.matrix, self.line))


def _matrix(numbers: bytes) -> Matrix:
    try:
        a, b, c, d, e, f = map(float, numbers.split())
    except ValueError:
        return _UNIT
    return (a, b, c, d, e, f)
