"""Tables: as wide as the text they stand in, with rows that stay whole and headers that repeat."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from lxml import etree

from specflow.finish.wordml import (
    attribute,
    child_of,
    neighbour,
    properties_of,
    qn,
    set_property,
    style_of,
    twips,
    value_of,
    w,
)
from specflow.theme import Theme

KEEP = "specflow:keep"
"""What the description of a table starts with whose rows stay together on one page; raw tables say it so."""

_CELL_TEXT = frozenset({"Normal", "Compact", "BodyText", "FirstParagraph"})
_PANDOC_INDENT = 720  # what pandoc indents a table by, for each list around it


def keep_whole(table: etree._Element) -> None:
    """Ask that the rows of the table stay together on one page."""
    properties = properties_of(table, "tblPr")
    description = value_of(properties, "tblDescription") or ""
    set_property(properties, w("tblDescription", val=f"{KEEP} {description}"))


def finish_tables(body: etree._Element, theme: Theme) -> None:
    """Fit every table to its section, its list item or the cell around it."""
    for table, width in _top_tables(body):
        _finish(table, width, theme)
    for cell in body.iter(qn("tc")):
        _set_text(cell)
    for table in list(body.iter(qn("tbl"))):
        _separate(table)


def section_width(section: etree._Element) -> int:
    """Return the width of the text in the section, in twips."""
    margins = child_of(section, "pgMar")
    sides = int(attribute(margins, "left")) + int(attribute(margins, "right"))
    return int(attribute(child_of(section, "pgSz"), "w")) - sides


def _top_tables(body: etree._Element) -> Iterator[tuple[etree._Element, int]]:
    """Yield the tables that stand in no other, with the width of their section."""
    width = 0
    for child in reversed(body):
        if child.tag == qn("sectPr"):
            width = section_width(child)
            continue
        ending = child.find(f"{qn('pPr')}/{qn('sectPr')}")
        if ending is not None:
            width = section_width(ending)
        for table in child.iter(qn("tbl")):
            if next(table.iterancestors(qn("tbl")), None) is None:
                yield table, width


def _finish(table: etree._Element, room: int, theme: Theme) -> None:
    properties = properties_of(table, "tblPr")
    indent = _indent(properties, theme)
    widths = _fit(table, room - indent)
    if widths:
        set_property(properties, w("tblW", w=sum(widths), type="dxa"))
        set_property(properties, w("tblLayout", type="fixed"))
    keep = _take_keep(properties)
    rows = table.findall(qn("tr"))
    _mark_header(table, rows)
    for row in rows:
        settings = properties_of(row, "trPr")
        set_property(settings, w("cantSplit"))
        if settings.find(qn("tblHeader")) is not None:
            for paragraph in row.iter(qn("p")):
                set_property(properties_of(paragraph, "pPr"), w("suppressAutoHyphens"))
        if row is not rows[-1] and (keep or settings.find(qn("tblHeader")) is not None):
            _keep_with_next(row)
        if widths:
            _set_cell_widths(row, widths, theme)


def _indent(properties: etree._Element, theme: Theme) -> int:
    found = properties.find(qn("tblInd"))
    if found is None or found.get(qn("type")) != "dxa":
        return 0
    depth = round(int(attribute(found, "w")) / _PANDOC_INDENT)
    indent = twips(depth * theme.spacing.list_indent)
    found.set(qn("w"), str(indent))
    return indent


def _fit(table: etree._Element, room: int) -> list[int]:
    """Scale the grid to the room, to the twip; columns without a width share alike."""
    columns = table.findall(f"{qn('tblGrid')}/{qn('gridCol')}")
    shares = [int(column.get(qn("w"), "0")) for column in columns]
    if not all(shares):
        shares = [1] * len(columns)
    edges = [round(room * sum(shares[:number]) / sum(shares)) for number in range(len(shares) + 1)] if shares else []
    widths = [right - left for left, right in pairwise(edges)]
    for column, width in zip(columns, widths, strict=True):
        column.set(qn("w"), str(width))
    return widths


def _take_keep(properties: etree._Element) -> bool:
    """Return whether the table's rows stay together; what asked for it is taken off the description."""
    description = properties.find(qn("tblDescription"))
    if description is None or not attribute(description, "val").startswith(KEEP):
        return False
    rest = attribute(description, "val").removeprefix(KEEP).lstrip(" :;-")
    if rest:
        description.set(qn("val"), rest)
    else:
        properties.remove(description)
    return True


def _mark_header(table: etree._Element, rows: list[etree._Element]) -> None:
    marked = any(row.find(f"{qn('trPr')}/{qn('tblHeader')}") is not None for row in rows)
    if rows and not marked and value_of(table, "tblPr/tblLook", "firstRow") == "1":
        set_property(properties_of(rows[0], "trPr"), w("tblHeader"))


def _keep_with_next(row: etree._Element) -> None:
    for paragraph in row.iter(qn("p")):
        set_property(properties_of(paragraph, "pPr"), w("keepNext"))


def _set_cell_widths(row: etree._Element, widths: list[int], theme: Theme) -> None:
    column = int(value_of(row, "trPr/gridBefore") or 0)
    for cell in row.iter(qn("tc")):
        if next(cell.iterancestors(qn("tr"))) is not row:
            continue
        span = int(value_of(cell, "tcPr/gridSpan") or 1)
        width = sum(widths[column : column + span])
        column += span
        set_property(properties_of(cell, "tcPr"), w("tcW", w=width, type="dxa"))
        for inner in cell.iterchildren(qn("tbl")):
            _finish(inner, width - 2 * twips(theme.spacing.cell_x), theme)


def _set_text(cell: etree._Element) -> None:
    """Give the text in the cell its own style; the last line has no space below it but the cell's."""
    for paragraph in cell.iterchildren(qn("p")):
        if style_of(paragraph) in _CELL_TEXT:
            set_property(properties_of(paragraph, "pPr"), w("pStyle", val="TableText"))
    if len(cell) and cell[-1].tag == qn("p") and style_of(cell[-1]) == "TableText":
        set_property(properties_of(cell[-1], "pPr"), w("spacing", after=0))


def _separate(table: etree._Element) -> None:
    """Put a line of one point after a table that nothing follows, or another table: Word would merge the two."""
    following = neighbour(table)
    if following is None or following.tag in (qn("tbl"), qn("sectPr")):
        table.addnext(w("p", w("pPr", w("pStyle", val="SectionBreak"))))
