"""Read which text the character codes of a PDF's fonts stand for."""

from __future__ import annotations

import re
import struct
from collections.abc import Sequence
from dataclasses import dataclass

import pikepdf

_BLOCK = re.compile(rb"beginbf(char|range)(.*?)endbf", re.DOTALL)
_PAIR = re.compile(rb"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f\s]*)>")
_RANGE = re.compile(rb"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>\s*(?:<([0-9A-Fa-f\s]*)>|\[([^\]]*)\])")
_WORD = re.compile(rb"<([0-9A-Fa-f\s]*)>")
_LONGEST_RANGE = 0x10000


class Texts(dict[int, str]):
    """The text of each code; a code that is not known stands for nothing."""

    def __missing__(self, code: int) -> str:
        return ""


@dataclass(frozen=True, slots=True)
class Font:
    """A font: the text of each code, and of how many bytes a code is."""

    texts: Texts
    size: int = 2

    def codes(self, shown: bytes) -> Sequence[int]:
        """Return the character codes of a shown string."""
        if self.size == 1:
            return shown
        return struct.unpack(f">{len(shown) // 2}H", shown[: len(shown) & ~1])


def read_font(font: pikepdf.Object) -> Font:
    """Return what the font says; a code without text in ToUnicode (ISO 32000-1, 9.10.3) stands for nothing."""
    stream = font.get("/ToUnicode")
    texts = _texts(stream.read_bytes()) if isinstance(stream, pikepdf.Stream) else Texts()
    return Font(texts, 2 if font.get("/Subtype") == "/Type0" else 1)


def _text(digits: bytes) -> str:
    return bytes.fromhex(digits.decode("ascii")).decode("utf-16-be", "replace")


def _texts(cmap: bytes) -> Texts:
    found = Texts()
    for kind, block in _BLOCK.findall(cmap):
        if kind == b"char":
            found.update((int(code, 16), _text(text)) for code, text in _PAIR.findall(block))
            continue
        for first, last, start, each in _RANGE.findall(block):
            codes = range(int(first, 16), min(int(last, 16), int(first, 16) + _LONGEST_RANGE) + 1)
            if each:
                found.update(zip(codes, map(_text, _WORD.findall(each)), strict=False))
            elif start:
                text = _text(start)
                found.update((code, text[:-1] + chr(ord(text[-1]) + i)) for i, code in enumerate(codes))
    return found
