"""The two multilevel lists that number headings: 1, 1.1, 1.1.1 for sections; Appendix A, A.1, A.1.1 for appendices.

Their levels are linked to the heading styles, so that Word numbers a heading that somebody adds there like all others.
"""

from __future__ import annotations

from collections.abc import Iterator
from string import ascii_uppercase
from unicodedata import east_asian_width

from lxml import etree

from specflow.finish.style_parts import colour, size
from specflow.finish.wordml import twips, w
from specflow.theme import Theme

SECTIONS = 1
APPENDICES = 2
LINKED_SECTIONS = 6
LINKED_APPENDICES = 5
_LEVELS = 9
_DIGIT, _POINT = 0.556, 0.278  # widths in Arial Bold, em
_NARROW = frozenset("fijlrtI1.,:;|!'()[] \u00a0")
_GAP = 9
_ACCENT_SIZE = 0.82  # of its heading, where the number is set lighter


def heading_size(theme: Theme, level: int) -> float:
    """Return the type size of a heading level; levels beyond the theme's last look like it."""
    sizes = theme.sizes.headings
    return sizes[min(level, len(sizes)) - 1]


def number_width(theme: Theme, level: int) -> float:
    """Return the width in points of a section number with one part of two digits, and of the gap after it."""
    digits = _DIGIT * (level + 1) + _POINT * (level - 1)
    return heading_size(theme, level) * digits + _GAP


def label_width(label: str) -> float:
    """Return about how wide the words are in a bold sans-serif face, in em, and a little more."""
    return sum(
        1.0 if east_asian_width(sign) in "WF" else 0.3 if sign in _NARROW else 0.72 if sign.isupper() else 0.6
        for sign in label
    )


def heading_numbering(theme: Theme, appendix: str) -> Iterator[etree._Element]:
    """Yield the two lists: their definitions, then the instances that the styles name.

    `appendix` is the label of appendices, "Appendix {number}".
    """
    yield _definition(SECTIONS, "5F0A0001", [_section_level(theme, level) for level in range(1, _LEVELS + 1)])
    yield _definition(
        APPENDICES, "5F0A0002", [_appendix_level(theme, level, appendix) for level in range(1, _LEVELS + 1)]
    )
    for number in (SECTIONS, APPENDICES):
        yield w("num", w("abstractNumId", val=number), numId=number)


def format_number(counters: list[int], appendix: bool) -> str:
    """Return the number that Word shows for the list's counters, without the word "Appendix": "3.1", "A.2"."""
    first = letters(counters[0]) if appendix else str(counters[0])
    return ".".join([first, *map(str, counters[1:])])


def letters(number: int) -> str:
    """Return the number as `upperLetter` shows it: A to Z, then AA, BB, CC (ECMA-376 part 1, 17.18.59)."""
    repeats, letter = divmod(number - 1, len(ascii_uppercase))
    return ascii_uppercase[letter] * (repeats + 1)


def _definition(number: int, nsid: str, levels: list[etree._Element]) -> etree._Element:
    kind = w("multiLevelType", val="multilevel")
    return w("abstractNum", w("nsid", val=nsid), kind, *levels, abstractNumId=number)


def _section_level(theme: Theme, level: int) -> etree._Element:
    style = f"Heading{level}" if level <= LINKED_SECTIONS else None
    width = number_width(theme, level)
    return _level(theme, level, "decimal", _label(level), style, width, heading_size(theme, level))


def _appendix_level(theme: Theme, level: int, pattern: str) -> etree._Element:
    style = f"AppendixHeading{level}" if level <= LINKED_APPENDICES else None
    if level == 1:
        width = heading_size(theme, 2) * label_width(pattern.replace("{number}", "A")) + _GAP
        label = pattern.replace("{number}", "%1")
        return _level(theme, level, "upperLetter", label, style, width, heading_size(theme, 2))
    width = number_width(theme, level + 1)
    return _level(theme, level, "decimal", _label(level), style, width, heading_size(theme, level + 1))


def _label(level: int) -> str:
    return ".".join(f"%{step}" for step in range(1, level + 1))


def _level(
    theme: Theme, level: int, numerals: str, label: str, style: str | None, width: float, points: float
) -> etree._Element:
    indent = w("pPr", w("ind", left=twips(width), hanging=twips(width)))
    parts = [w("start", val=1), w("numFmt", val=numerals)]
    if style:
        parts.append(w("pStyle", val=style))
    parts += [w("suff", val="tab"), w("lvlText", val=label), w("lvlJc", val="left"), indent]
    if theme.headings.number == "accent":
        small = round(points * _ACCENT_SIZE * 2) / 2
        letters = [w("b", val="0"), w("bCs", val="0"), colour(theme.colours.accent), *size(small)]
        parts.append(w("rPr", *letters))
    return w("lvl", *parts, ilvl=level - 1)
