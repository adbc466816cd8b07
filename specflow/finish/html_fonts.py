"""Fonts of the HTML edition: what goes into its style sheet, and the stacks that ask for it."""

from __future__ import annotations

import base64
import io
import re
import unicodedata
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache

from specflow import assets
from specflow.files import read_bytes
from specflow.fonts import families
from specflow.model import DocumentFont
from specflow.theme import Fonts

FORMULAS = "Formulas"
"""What the style sheet calls the font of formulas."""

_MATH_FONT = "NotoSansMath-Regular.ttf"
_FORMULA = re.compile(r"<math\b.*?</math>", re.S)
_NO_TEXT = re.compile(r"<annotation\b.*?</annotation>|<[^>]*>", re.S)
_REFERENCE = re.compile(r"&#(?:x([0-9A-Fa-f]+)|([0-9]+));")
_ITALIC = (range(0x1D434, 0x1D468), range(0x1D6E2, 0x1D71C), (0x210E,))
"""The italic letters of mathematics, which MathML Core shows where a variable has one letter."""

_HAN = ("zh-Hans", "zh-Hant", "ja", "ko")
_REGULAR = 400


def css_string(text: str) -> str:
    """Return the text as a CSS string in quotes; nothing in it can end the string, or the style element around it."""
    return '"' + "".join(c if c.isalnum() or c in " .,:-_·–" else f"\\{ord(c):x} " for c in text) + '"'


def unicode_range(characters: str) -> str:
    """Return the characters as the value of CSS `unicode-range`, neighbours together."""
    points = sorted({ord(character) for character in characters})
    runs: list[tuple[int, int]] = []
    for point in points:
        if runs and runs[-1][1] == point - 1:
            runs[-1] = (runs[-1][0], point)
        else:
            runs.append((point, point))
    return ", ".join(f"U+{first:X}" if first == last else f"U+{first:X}-{last:X}" for first, last in runs)


def face(font: DocumentFont) -> str:
    """Return the `@font-face` rule that holds the font and limits it to its characters."""
    return f"{_rule(font.family, font.weight, font.data)} unicode-range: {unicode_range(font.characters)}; }}"


def formula_face(body: str) -> str:
    """Return the `@font-face` rule for what the formulas of the body show, "" where there are none.

    Few systems have a font for mathematics, and without one the variables of MathML are empty boxes. The rule has no
    `unicode-range`: a browser takes a line's measures from a font that has a space. Raises FileAccess when the font
    cannot be read.
    """
    shown = {character for formula in _FORMULA.findall(body) for character in _text(formula)}
    if not shown:
        return ""
    shown |= {italic for letter in shown if (italic := _italics().get(letter))}
    return f"{_rule(FORMULAS, _REGULAR, _mathematics(''.join(sorted(shown))))} }}"


def stacks(theme: Fonts, own: Sequence[DocumentFont], language: str) -> dict[str, str]:
    """Return the font stacks for a text of the language: the document's own fonts, each for its characters alone.

    They come before the theme's, which have none of these characters in the bundled cut, though others of the same name
    may; and Chromium shows the first text of each size in a fallback font when a font that is loaded stands further on.
    """
    names = [css_string(family) for family in families(own, language)]
    return {name: ", ".join([*names, getattr(theme, name).css]) for name in ("body", "headings", "mono")}


def han_stacks(theme: Fonts, own: Sequence[DocumentFont], language: str) -> Mapping[str, dict[str, str]]:
    """Return the stacks of each language with Han characters that asks the document's fonts in an order of its own."""
    usual = families(own, language)
    return {tag: stacks(theme, own, tag) for tag in _HAN if families(own, tag) != usual}


def _rule(family: str, weight: int, data: bytes) -> str:
    encoded = base64.b64encode(data).decode("ascii")
    return (
        f"@font-face {{ font-family: {css_string(family)}; font-weight: {weight}; "
        f'src: url("data:font/ttf;base64,{encoded}") format("truetype");'
    )


def _text(formula: str) -> str:
    plain = _NO_TEXT.sub("", formula)
    plain = _REFERENCE.sub(lambda found: chr(int(found[1], 16) if found[1] else int(found[2])), plain)
    return plain.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


@cache
def _italics() -> dict[str, str]:
    """Return the italic letter of mathematics by the plain one."""
    return {unicodedata.normalize("NFKC", chr(point)): chr(point) for points in _ITALIC for point in points}


@lru_cache(maxsize=8)
def _mathematics(characters: str) -> bytes:
    """Return the font of mathematics with the characters alone."""
    from fontTools import subset
    from fontTools.ttLib import TTFont

    data = read_bytes(assets.templates() / "script-fonts" / _MATH_FONT)
    options = subset.Options()
    options.hinting = False
    options.notdef_outline = True
    options.recalc_timestamp = False
    with TTFont(io.BytesIO(data), lazy=True, recalcTimestamp=False) as font:
        font.setGlyphOrder([".notdef", *(f"g{number}" for number in range(1, font["maxp"].numGlyphs))])
        subsetter = subset.Subsetter(options)
        subsetter.populate(text=characters + " ")
        subsetter.subset(font)
        buffer = io.BytesIO()
        font.save(buffer, reorderTables=True)
    return buffer.getvalue()
