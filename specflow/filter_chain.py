"""Which filters a document goes through, in which order.

The shared ones run once for all editions; each has one idea and is documented at its head. What differs by format comes
last, in filters of its own, so that nothing that a reader is told can depend on the format.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from specflow import assets
from specflow.model import Format

SHARED = (
    "bind",
    "title",
    "front",
    "images",
    "diagrams",
    "math",
    "lists",
    "approval",
    "appendices",
    "placement",
    "rules",
    "identifiers",
    "numbering",
    "references",
    "links",
    "code",
    "tables",
    "scripts",
)
"""The filters that the AST of all editions has gone through; `bind` applies `captions` to each value as it reads it."""

BY_FORMAT: Mapping[Format, Sequence[str]] = {
    Format.PDF: ("siblings", "typst", "typst-literals"),
    Format.DOCX: ("siblings", "docx-controls", "docx", "docx-images"),
    Format.HTML: ("siblings", "html"),
}
"""The filters of one format; the PDF edition is written as Typst source."""


def paths(names: Sequence[str]) -> list[Path]:
    """Return the files of the named filters."""
    return [assets.filters() / f"{name}.lua" for name in names]
