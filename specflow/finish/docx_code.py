"""Code: blocks whose lines fit or show where they go on, and names in tables that stay code in every word processor."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy

from lxml import etree

from specflow.finish.docx_tables import section_width
from specflow.finish.style_parts import code_size, font, size
from specflow.finish.wordml import (
    attribute,
    child_of,
    parent_of,
    properties_of,
    qn,
    set_property,
    style_of,
    twips,
    value_of,
    w,
)
from specflow.theme import Theme

_HANGING = 1.8  # how much further in a wrapped line goes on, em
_ADVANCE = 0.6  # width of a character in Courier New and Liberation Mono, em
_LONG = 44  # lines; shorter blocks stay on one page, as in the PDF
_TWIPS = 20  # in a point
_GAP = 40  # twips, between two blocks
_LEAST = 0.8  # of its size: code that would have to be smaller wraps instead, as in the PDF


def finish_code(body: etree._Element, theme: Theme) -> None:
    """Keep short blocks on one page, and set those smaller whose longest line is a little too wide for it.

    Wrapped, a diagram cannot be read. Where lines are wrapped all the same, each becomes a paragraph of its own whose
    second line hangs further in, so that nobody takes it for a line of code.
    Code in a table gets its font directly as well: LibreOffice lets a table style overrule a character style.
    """
    hanging = twips(_HANGING * theme.sizes.code)
    _set_apart(body)
    for paragraph, width in list(_blocks(body)):
        lines = _lines(paragraph)
        if len(lines) <= _LONG:
            set_property(properties_of(paragraph, "pPr"), w("keepLines"))
        longest = max(len(line) for line in lines)
        fitting = (width / _TWIPS - 2 * (theme.spacing.code + 2)) / (_ADVANCE * max(longest, 1))
        if theme.sizes.code * _LEAST < fitting < theme.sizes.code:
            _set_sizes(paragraph, int(fitting * 2) / 2)
            continue
        _set_sizes(paragraph, theme.sizes.code)
        if fitting < theme.sizes.code:
            _part_lines(paragraph, hanging, twips(theme.spacing.code + 1), whole=len(lines) <= _LONG)
    for table in body.iter(qn("tbl")):
        for run in table.iter(qn("r")):
            if value_of(run, "rPr/rStyle") == "VerbatimChar":
                set_property(properties_of(run, "rPr"), font(theme.fonts.mono))
                _set_size(run, code_size(theme.sizes.table))


def _set_apart(body: etree._Element) -> None:
    """Put a line of next to no height between two blocks in a row: Word would draw one box around both."""
    for paragraph in list(body.iter(qn("p"))):
        following = paragraph.getnext()
        if following is None or following.tag != qn("p"):
            continue
        if style_of(paragraph) == style_of(following) == "SourceCode":
            gap = w("spacing", before=0, after=0, line=_GAP, lineRule="exact")
            paragraph.addnext(w("p", w("pPr", gap)))


def _blocks(body: etree._Element) -> Iterator[tuple[etree._Element, int]]:
    """Yield the code paragraphs outside of tables with the width that they have, in twips."""
    width = section_width(child_of(body, "sectPr"))
    for paragraph in body.iter(qn("p")):
        if style_of(paragraph) == "SourceCode" and next(paragraph.iterancestors(qn("tbl")), None) is None:
            indent = paragraph.find(f"{qn('pPr')}/{qn('ind')}")
            left = int(attribute(indent, "left")) if indent is not None and indent.get(qn("left")) else 0
            yield paragraph, width - left


def _part_lines(paragraph: etree._Element, hanging: int, own_indent: int, *, whole: bool) -> None:
    """Part the block into one paragraph a line, each hanging; they stay on one page if the block is to stay whole.

    Word draws one box around neighbours with the same borders and indents.
    """
    properties = properties_of(paragraph, "pPr")
    indent = properties.find(qn("ind"))
    left = int(attribute(indent, "left")) if indent is not None and indent.get(qn("left")) else None
    at = {"left": (own_indent if left is None else left) + hanging, "hanging": hanging}
    parts = [w("p", deepcopy(properties))]
    for child in [child for child in paragraph if child is not properties]:
        breaks = child.findall(qn("br")) if child.tag == qn("r") else []
        if not breaks:
            parts[-1].append(child)
            continue
        look = child.find(qn("rPr"))
        run = w("r", *([] if look is None else [look]))
        for node in [node for node in child if node is not look]:
            if node.tag == qn("br"):
                if len(run.findall(qn("t"))):
                    parts[-1].append(run)
                parts.append(w("p", deepcopy(properties)))
                run = w("r", *([] if look is None else [look]))
            else:
                run.append(node)
        if len(run.findall(qn("t"))):
            parts[-1].append(run)
    for number, part in enumerate(parts):
        own = properties_of(part, "pPr")
        set_property(own, w("ind", **at))
        if whole and number < len(parts) - 1:
            set_property(own, w("keepNext"))
        paragraph.addprevious(part)
    parent_of(paragraph).remove(paragraph)


def _lines(paragraph: etree._Element) -> list[str]:
    parts = ("\n" if node.tag == qn("br") else node.text or "" for node in paragraph.iter(qn("t"), qn("br")))
    return "".join(parts).split("\n")


def _set_sizes(paragraph: etree._Element, points: float) -> None:
    """Give every run the size: the style of its letters has that of code in running text."""
    for run in paragraph.iter(qn("r")):
        _set_size(run, points)


def _set_size(run: etree._Element, points: float) -> None:
    properties = properties_of(run, "rPr")
    for element in size(points):
        set_property(properties, element)
