"""What a reader sees in an edition, and what it ought to see."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from specflow.model import Converted

Row = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Seen:
    """One edition as its reader sees it, white space apart.

    `headings` are "level number-and-text"; `tables` hold rows of cells, None where the format does not tell them.
    """

    title: str
    headings: tuple[str, ...]
    tables: tuple[tuple[Row, ...], ...] | None


def squeezed(text: str) -> str:
    """Return the text without white space and soft hyphens: line ends differ between formats, words must not."""
    return "".join(text.replace("\u00ad", "").split())


def heading_line(level: int, number: str, text: str) -> str:
    """Return a heading as it is compared: its level, and its number and text run together as bookmarks have them."""
    return f"{level} {squeezed(number)}{squeezed(text)}"


def expected(converted: Converted) -> Seen:
    """Return what every edition of this document must show."""
    headings = tuple(heading_line(heading.level, heading.label, heading.text) for heading in converted.headings)
    tables = tuple(_rows(table) for table in _tables(converted.ast["blocks"]))
    return Seen(squeezed(converted.title), headings, tables)


def _tables(node: Any) -> Iterator[Any]:
    """Yield the contents of all outermost tables in order, those in notes apart."""
    if isinstance(node, list):
        for item in node:
            yield from _tables(item)
    elif isinstance(node, dict):
        if node.get("t") == "Table":
            yield node["c"]
        elif node.get("t") != "Note":
            yield from _tables(node.get("c"))


def _rows(table: Any) -> tuple[Row, ...]:
    _, _, _, head, bodies, foot = table
    rows = [*head[1], *(row for body in bodies for row in (*body[2], *body[3])), *foot[1]]
    return tuple(tuple(squeezed(_text(cell[4])) for cell in row[1]) for row in rows)


def _text(node: Any) -> str:
    """Return all text of blocks or inlines; formulas and notes are left out, since formats spell them differently."""
    if isinstance(node, list):
        return "".join(_text(item) for item in node)
    if not isinstance(node, Mapping):
        return ""
    kind: str = node.get("t", "")
    content: Any = node.get("c")
    if kind == "Str":
        return str(content)
    if kind in ("Code", "CodeBlock"):
        return str(content[1])
    if kind in ("Math", "Note", "Image"):
        return ""
    return _text(content)
