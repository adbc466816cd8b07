"""Put what stands on a PDF page into the order in which it is read.

Glyphs are drawn from left to right whatever way their text runs, and Typst draws the parts of a line in any order.
Lines with text that runs from right to left are therefore read from the places of their glyphs: the rules of the
Unicode Bidirectional Algorithm (UAX 9: W2 to W7, N1, N2, L2) are applied backwards. Where two orders look the same
on the page, a PDF cannot tell which of them was typed.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import NamedTuple

from specflow.verify.read_pdf_page import Piece

_SAME_LINE = 0.4  # of the type size: marks, superscripts and subscripts are no farther from what stands above them
_NEUTRAL = "N"
_STRONG = {"L": "L", "R": "R", "AL": "R"}
_MIRRORED = dict(zip("()[]{}<>«»‹›", ")(][}{><»«›‹", strict=True))
_CLOSING = frozenset(")]}>»›")
_STEERING = dict.fromkeys((0x200E, 0x200F, 0x061C, *range(0x202A, 0x202F), *range(0x2066, 0x206A)))


class Word(NamedTuple):
    """Text in reading order, and the number of the element that it is marked as."""

    text: str
    owner: int


class Shown(NamedTuple):
    """A piece, the number of the element that it is marked as, and of its page; `mark` is its marked content's."""

    piece: Piece
    owner: int
    page: int
    mark: int = 0


def reading_order(shown: Sequence[Shown], *, is_rtl: bool) -> list[Word]:
    """Return the text in reading order; `is_rtl` is the direction of the paragraph."""
    if any(_runs_to_the_left(piece.glyphs) for piece, *_ in shown):
        return _with_brackets([word for line in _lines(shown) for word in _logical(line, is_rtl=is_rtl)])
    return [Word("".join(piece.glyphs), owner) for piece, owner, *_ in shown]


def _runs_to_the_left(glyphs: tuple[str, ...]) -> bool:
    return any(not text.isascii() and unicodedata.bidirectional(text[0]) in ("R", "AL", "AN") for text in glyphs)


def _lines(shown: Sequence[Shown]) -> list[list[Shown]]:
    """Return the pieces line by line from the top, each from left to right."""
    placed = sorted(((item.page, -item.piece.place[1], at) for at, item in enumerate(shown)))
    lines: list[list[int]] = []
    page, last = -1, 0.0
    for number, y, at in placed:
        if number != page or y - last > _SAME_LINE * shown[at].piece.size:
            lines.append([])
        page, last = number, y
        lines[-1].append(at)
    return [
        [shown[at] for at in sorted(line, key=lambda at: (round(shown[at].piece.place[0], 1), at))] for line in lines
    ]


def _logical(line: list[Shown], *, is_rtl: bool) -> list[Word]:
    glyphs = [Word(text.translate(_STEERING), owner) for piece, owner, *_ in line for text in piece.glyphs if text]
    levels = _levels([_class(glyph.text) for glyph in glyphs], is_rtl=is_rtl)
    for level in range(1, max(levels, default=0) + 1):
        glyphs, levels = _reversed(glyphs, levels, level)
    return glyphs


def _with_brackets(words: list[Word]) -> list[Word]:
    """Return the words with brackets as they are meant.

    A font has one text for a bracket's shape, but the shape opens what runs one way and closes what runs the other. One
    that closes what was never opened, and stands before one that opens, is the other one.
    """
    open_ones: list[tuple[str, bool]] = []
    made: list[Word] = []
    for at, word in enumerate(words):
        text, other = word.text, _MIRRORED.get(word.text, "")
        if text in _CLOSING:
            if any(opened == other for opened, _ in open_ones):
                while open_ones and open_ones.pop()[0] != other:
                    pass
            elif any(later.text == other for later in words[at + 1 :]):
                text = other
                open_ones.append((text, True))
        elif other:
            if open_ones and open_ones[-1] == (text, True):
                open_ones.pop()
                text = other
            else:
                open_ones.append((text, False))
        made.append(Word(text, word.owner))
    return made


def _class(text: str) -> str:
    found = next((kind for kind in map(unicodedata.bidirectional, text) if kind != "NSM"), _NEUTRAL)
    return found if found in ("L", "R", "AL", "EN", "AN", "ES", "CS", "ET") else _NEUTRAL


def _levels(kinds: list[str], *, is_rtl: bool) -> list[int]:
    """Return the embedding level of each glyph of a line, which stand as they are drawn."""
    if is_rtl:  # a number that goes on from Latin letters, as drawn, is theirs; but not that of a label, "port :1"
        latin = False
        for i, kind in enumerate(kinds):
            is_label = kinds[i - 1 : i + 2] == [_NEUTRAL, "CS", "EN"]
            latin = kind == "L" or (latin and kind not in ("R", "AL") and not is_label)
            if latin and kind == "EN":
                kinds[i] = "L"
    order = range(len(kinds) - 1, -1, -1) if is_rtl else range(len(kinds))
    strong = "R" if is_rtl else "L"
    for i in order:  # W2, W3
        if kinds[i] in _STRONG:
            strong = kinds[i]
        elif kinds[i] == "EN" and strong == "AL":
            kinds[i] = "AN"
    for i in range(1, len(kinds) - 1):  # W4
        around = kinds[i - 1]
        if around == kinds[i + 1] and (
            (kinds[i] == "CS" and around in ("EN", "AN")) or (kinds[i], around) == ("ES", "EN")
        ):
            kinds[i] = around
    for i in (*range(len(kinds)), *reversed(range(len(kinds)))):  # W5
        if kinds[i] == "ET" and "EN" in (kinds[i - 1 : i] + kinds[i + 1 : i + 2]):
            kinds[i] = "EN"
    strong = "R" if is_rtl else "L"
    for i in order:  # W7
        if kinds[i] in _STRONG:
            strong = kinds[i]
        elif kinds[i] == "EN" and strong == "L":
            kinds[i] = "L"
    sides = ["L" if kind == "L" else "R" if kind in ("R", "AL", "EN", "AN") else "" for kind in kinds]
    base = "R" if is_rtl else "L"
    at = 0
    while at < len(sides):  # N1, N2
        if sides[at]:
            at += 1
            continue
        end = next((i for i in range(at, len(sides)) if sides[i]), len(sides))
        before, after = (sides[at - 1] if at else base), (sides[end] if end < len(sides) else base)
        sides[at:end] = [before if before == after else base] * (end - at)
        at = end
    return [
        2 if kind in ("EN", "AN") else 1 if side == "R" else 2 if is_rtl else 0
        for kind, side in zip(kinds, sides, strict=True)
    ]


def _reversed(glyphs: list[Word], levels: list[int], level: int) -> tuple[list[Word], list[int]]:
    """Return both with every run of at least this level turned round (L2)."""
    at = 0
    while at < len(levels):
        if levels[at] < level:
            at += 1
            continue
        end = next((i for i in range(at, len(levels)) if levels[i] < level), len(levels))
        glyphs[at:end] = glyphs[at:end][::-1]
        levels[at:end] = levels[at:end][::-1]
        at = end
    return glyphs, levels
