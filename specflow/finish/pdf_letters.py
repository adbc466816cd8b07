"""Letters of which dots or accents are drawn by themselves: the PDF tells them once.

A font may compose a letter of several glyphs, as Arabic ones do of a shape and its dots. Typst's writer lets each of
them stand for the whole letter, so that whoever copies or searches the text meets it twice. What takes no room on the
line is drawn on something that does, and says nothing here: its text is replaced by an empty one (ActualText: ISO
32000-1, 14.9.4). For programs that do not know this, its code stands for a space of no width; PDF/A-2a wants every
code to stand for something (ISO 19005-2, 6.2.11.7).
"""

from __future__ import annotations

import io
import re
import unicodedata
from collections.abc import Iterator
from typing import Any

import pikepdf

_COMPOSED = re.compile(
    "[\u0590-\u1dff\ua800-\uabff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00011fff\U0001e800-\U0001efff]"
)
"""Letters of scripts that are written with shapes which change, or with marks on them."""

_TEXT = re.compile(
    rb"BT(?:/Span<</ActualText<[0-9A-F]*>>>BDC)?(?:/ReversedChars BMC)?\s+"
    rb"(?P<shown>0 Tr(?P<font>/[^\s/]+) [\d.]+ Tf [-\d. ]+ Tm"
    rb"(?:\[-?[\d.]*)?(?P<glyphs>\((?:[^()\\]|\\.)*\))(?:-?[\d.]*\]TJ|Tj))\s+(?:EMC\s+)*ET",
    re.DOTALL,
)
_ESCAPE = re.compile(rb"\\([0-7]{3}|.)", re.DOTALL)
_ESCAPED = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}
_MAPPED = re.compile(rb"<([0-9A-F]{4})> <([0-9A-F]+)>(?=\s*\n)")
_CODES = re.compile(rb"(?<=beginbfchar\n).*?(?=endbfchar)", re.DOTALL)
_SILENT = b"/Span<</ActualText<FEFF>>>BDC "
_NO_WIDTH = b"200B"


def with_letters_once(pdf: bytes, text: str) -> bytes:
    """Return the PDF with each letter told once; `text` is what it was typeset from. Same input, same bytes.

    A PDF without letters that may be composed is returned as it is.
    """
    if not _COMPOSED.search(text):
        return pdf
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        parts: dict[tuple[int, int], frozenset[int]] = {}
        changed = False
        for page in opened.pages:
            resources: Any = page.obj.get("/Resources", {})
            fonts: Any = resources.get("/Font", {})
            silent: dict[bytes, frozenset[int]] = {}
            for name, font in fonts.items():
                if font.objgen not in parts:
                    parts[font.objgen] = _without_width(font)
                if parts[font.objgen]:
                    silent[str(name).encode()] = parts[font.objgen]
            if silent:
                content = page.obj.Contents.read_bytes()
                page.obj.Contents.write(_silenced(content, silent))
                changed = True
        if not changed:
            return pdf
        for number, codes in parts.items():
            if codes:
                _rename(opened.get_object(number).ToUnicode, codes)
        made = io.BytesIO()
        opened.save(made, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.preserve)
        return made.getvalue()


def _without_width(font: Any) -> frozenset[int]:
    """Return the codes of the font that stand for letters and move nothing on."""
    if font.get("/Subtype") != "/Type0" or "/ToUnicode" not in font:
        return frozenset()
    descendant = font.DescendantFonts[0]
    default = float(descendant.get("/DW", 1000))
    widths = dict(_widths(descendant.get("/W", ())))
    mapped = [found for block in _CODES.findall(font.ToUnicode.read_bytes()) for found in _MAPPED.findall(block)]
    return frozenset(
        int(code, 16)
        for code, text in mapped
        if widths.get(int(code, 16), default) == 0
        and unicodedata.category(bytes.fromhex(text.decode()).decode("utf-16-be")[0]).startswith("L")
    )


def _widths(written: Any) -> Iterator[tuple[int, float]]:
    """Yield codes and their widths (ISO 32000-1, 9.7.4.3): a first code and a list, or a range and the width of all."""
    entries = iter(written)
    for first in entries:
        following = next(entries)
        if isinstance(following, pikepdf.Array):
            yield from ((int(first) + at, float(width)) for at, width in enumerate(following))
        else:
            width = float(next(entries))
            yield from ((code, width) for code in range(int(first), int(following) + 1))


def _silenced(content: bytes, silent: dict[bytes, frozenset[int]]) -> bytes:
    def silence(found: re.Match[bytes]) -> bytes:
        glyphs = _ESCAPE.sub(_unescaped, found["glyphs"][1:-1])
        codes = silent.get(found["font"], frozenset())
        if not all(int.from_bytes(glyphs[at : at + 2], "big") in codes for at in range(0, len(glyphs), 2)):
            return found[0]
        return b"BT" + _SILENT + found["shown"] + b"\nEMC\nET"

    return _TEXT.sub(silence, content)


def _unescaped(found: re.Match[bytes]) -> bytes:
    what = found[1]
    return bytes([int(what, 8)]) if len(what) > 1 else _ESCAPED.get(what, what)


def _rename(cmap: Any, codes: frozenset[int]) -> None:
    def renamed(found: re.Match[bytes]) -> bytes:
        return b"<" + found[1] + b"> <" + _NO_WIDTH + b">" if int(found[1], 16) in codes else found[0]

    cmap.write(_CODES.sub(lambda block: _MAPPED.sub(renamed, block[0]), cmap.read_bytes()))
