"""Checks of tables; the approval block and the change history are each compared by a check of their own."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from specflow.model import Format
from specflow.verify.align import Pair, aligned, alike
from specflow.verify.compare import Comparison, Finding, role_of
from specflow.verify.expected import APPROVAL, HISTORY
from specflow.verify.sameness import squeezed
from specflow.verify.seen import Block, Cell, Part

Row = tuple[Cell, ...]


def tables(sides: Comparison) -> Iterator[Finding]:
    """That no table is missing or too many."""
    for pair, place in sides.of(Part.TABLE):
        if not role_of(pair):
            yield from _presence(pair, place)


def table_shape(sides: Comparison) -> Iterator[Finding]:
    """How many rows and columns every table has."""
    for pair, place in _compared(sides):
        yield from _shape(pair, place)


def table_headers(sides: Comparison) -> Iterator[Finding]:
    """The header cells of every table: which cells are headers, and their text; below the head only in the HTML."""
    for pair, place in _compared(sides):
        for one, other, where in _cells(pair, place, sides):
            if one.header and other.header and not sides.same(one.text, other.text):
                yield Finding(one.text, other.text, where, one.key)
            elif one.header != other.header:
                yield Finding(_role(one), _role(other), where, one.key)


def table_cells(sides: Comparison) -> Iterator[Finding]:
    """The text of every other cell."""
    for pair, place in _compared(sides):
        for one, other, where in _cells(pair, place, sides):
            if not (one.header and other.header) and not sides.same(one.text, other.text):
                yield Finding(one.text, other.text, where, one.key)


def table_spans(sides: Comparison) -> Iterator[Finding]:
    """How many rows and columns every cell takes."""
    for pair, place in _compared(sides):
        for one, other, where in _cells(pair, place, sides):
            if (one.columns, one.rows) != (other.columns, other.rows):
                yield Finding(_size(one), _size(other), where, one.key)


def approval(sides: Comparison) -> Iterator[Finding]:
    """The approval block, cell by cell."""
    yield from _whole(sides, APPROVAL)


def change_history(sides: Comparison) -> Iterator[Finding]:
    """The change history, cell by cell."""
    yield from _whole(sides, HISTORY)


def _whole(sides: Comparison, role: str) -> Iterator[Finding]:
    """Yield all that differs in the tables of that role."""
    for pair, place in sides.of(Part.TABLE):
        if role_of(pair) != role:
            continue
        yield from _presence(pair, place)
        yield from _shape(pair, place)
        for one, other, where in _cells(pair, place, sides):
            if not sides.same(one.text, other.text):
                yield Finding(one.text, other.text, where, one.key)
            if one.header != other.header:
                yield Finding(_role(one), _role(other), where, one.key)
            if (one.columns, one.rows) != (other.columns, other.rows):
                yield Finding(_size(one), _size(other), where, one.key)


def _presence(pair: Pair[Block], place: str) -> Iterator[Finding]:
    wanted, found = pair.wanted, pair.found
    if wanted is None or found is None or wanted.part is not found.part:
        key = wanted.key if wanted else ""
        if wanted is None or wanted.part is Part.TABLE:
            yield Finding(_block(wanted), _block(found), place, key)


def _compared(sides: Comparison) -> Iterator[tuple[Pair[Block], str]]:
    return ((pair, place) for pair, place in sides.of(Part.TABLE) if not role_of(pair))


def _shape(pair: Pair[Block], place: str) -> Iterator[Finding]:
    if not _are_tables(pair):
        return
    for one, other, where in _rows(pair, place):
        if one is None or other is None:
            yield Finding(_row(one), _row(other), where, _key(one))
        elif len(one) != len(other):
            yield Finding(f"{len(one)} cells: {_row(one)}", f"{len(other)} cells: {_row(other)}", where, _key(one))


def _cells(pair: Pair[Block], place: str, sides: Comparison) -> Iterator[tuple[Cell, Cell, str]]:
    """Yield the cells that stand at the same place, in rows that have as many.

    HTML alone tells header cells that head a row: where one side is a DOCX or PDF, they are cells like others.
    """
    if not _are_tables(pair):
        return
    tells_all = sides.formats <= {Format.HTML}
    for one, other, where in _rows(pair, place):
        if one is not None and other is not None and len(one) == len(other):
            rows = (one, other) if tells_all else (_whole_header(one), _whole_header(other))
            for column, (left, right) in enumerate(zip(*rows, strict=True), 1):
                yield left, right, f"{where}, column {column}"


def _whole_header(row: Row) -> Row:
    """Return the row with header cells only if all of its cells are."""
    return row if all(cell.header for cell in row) else tuple(replace(cell, header=False) for cell in row)


def _rows(pair: Pair[Block], place: str) -> Iterator[tuple[Row | None, Row | None, str]]:
    """Yield the rows in pairs, with the number of each."""
    wanted, found = (block.rows if block else () for block in (pair.wanted, pair.found))
    number = 0
    for rows in aligned(wanted, found, _name, _likeness):
        number += rows.wanted is not None
        if rows.moved:
            yield rows.wanted, None, f"{place}, row {number}"
            yield None, rows.found, f"{place}, row {number}"
        else:
            yield rows.wanted, rows.found, f"{place}, row {number}"


def _name(row: Row) -> str:
    return "\0".join(squeezed(cell.text) for cell in row)


def _likeness(one: Row, other: Row) -> float:
    return (0.3 if len(one) == len(other) else 0.1) + alike(_name(one), _name(other))


def _are_tables(pair: Pair[Block]) -> bool:
    return all(block is not None and block.part is Part.TABLE for block in (pair.wanted, pair.found))


def _block(block: Block | None) -> str:
    if block is None:
        return ""
    if block.part is not Part.TABLE:
        return f"{block.part}: {block.text}"
    return "\n".join(_row(row) for row in block.rows)


def _row(row: Sequence[Cell] | None) -> str:
    return " | ".join(" ".join(cell.text.split()) for cell in row) if row is not None else ""


def _key(row: Row | None) -> str:
    return next((cell.key for cell in row or () if cell.key), "")


def _role(cell: Cell) -> str:
    return f"{'header' if cell.header else 'cell'}: {cell.text}"


def _size(cell: Cell) -> str:
    return f"{cell.columns} × {cell.rows}: {cell.text}"
