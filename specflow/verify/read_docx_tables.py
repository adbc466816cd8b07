"""Read the tables of a Word file: rows, cells, and what they span."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from lxml import etree

from specflow.verify.read_docx_package import W, attribute, is_on, whole_number
from specflow.verify.seen import Cell

_WRAPPERS = (f"{W}sdt", f"{W}sdtContent", f"{W}customXml", f"{W}ins", f"{W}moveTo")


@dataclass(slots=True)
class _Open:
    """A cell that may yet grow downwards or to the right."""

    text: str
    is_header: bool
    columns: int
    rows: int = 1


def table_rows(table: etree._Element, read: Callable[[etree._Element], str]) -> tuple[tuple[Cell, ...], ...]:
    """Return the table's rows; `read` returns the text of a cell.

    Cells that another one is merged over are left out, as are deleted rows. Headers are the cells of rows that are
    repeated on every page, which is all that Word knows of headers, and the first column where
    the table's look says so.
    """
    look = table.find(f"{W}tblPr/{W}tblLook")
    has_row_headers = attribute(look, "firstColumn") in ("1", "true", "on")
    growing: dict[int, _Open] = {}  # by the column of the grid in which the cell begins
    rows: list[list[_Open]] = []
    for row in _below(table, f"{W}tr"):
        properties = row.find(f"{W}trPr")
        if properties is not None and properties.find(f"{W}del") is not None:
            continue
        cells, growing = _cells(row, properties, growing, read)
        for cell, column in cells:
            cell.is_header = cell.is_header or (has_row_headers and column == 0)
        rows.append([cell for cell, _ in cells])
    return tuple(tuple(Cell(cell.text, cell.is_header, cell.columns, cell.rows) for cell in row) for row in rows)


def _cells(
    row: etree._Element,
    properties: etree._Element | None,
    growing: dict[int, _Open],
    read: Callable[[etree._Element], str],
) -> tuple[list[tuple[_Open, int]], dict[int, _Open]]:
    """Return the row's own cells with their columns, and the cells that the next row may go on with."""
    is_header = bool(is_on(properties, "tblHeader"))
    before = None if properties is None else properties.find(f"{W}gridBefore")
    column = whole_number(attribute(before))
    own: list[tuple[_Open, int]] = []
    following: dict[int, _Open] = {}
    last: _Open | None = None
    for cell in _below(row, f"{W}tc"):
        stated = cell.find(f"{W}tcPr")
        columns = whole_number(attribute(None if stated is None else stated.find(f"{W}gridSpan")), 1)
        down = _merge(stated, "vMerge")
        if _merge(stated, "hMerge") == "continue" and last is not None:
            last.columns += columns
        elif down == "continue" and column in growing:
            last = growing[column]
            last.rows += 1
            following[column] = last
            read(cell)  # what a covered cell holds is not seen, but its lists count on
        else:
            last = _Open(read(cell), is_header, columns)
            own.append((last, column))
            if down:
                following[column] = last
        column += columns
    return own, following


def _merge(properties: etree._Element | None, name: str) -> str:
    """Return "restart", "continue" or "": a merge without a value goes on (17.4.84)."""
    found = None if properties is None else properties.find(W + name)
    return "" if found is None else attribute(found) or "continue"


def _below(parent: etree._Element, tag: str) -> Iterator[etree._Element]:
    """Yield the rows or cells, also those inside content controls and insertions."""
    for child in parent:
        if child.tag == tag:
            yield child
        elif child.tag in _WRAPPERS:
            yield from _below(child, tag)
