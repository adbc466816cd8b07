"""Read a PDF edition: its metadata and its bookmarks, which hold every heading."""

from __future__ import annotations

import io
from collections.abc import Iterator

import pikepdf

from specflow.verify.seen import Seen, heading_line, squeezed


def read_pdf(data: bytes) -> Seen:
    """Return the title and the headings; tables are not told apart in the text layer."""
    with pikepdf.open(io.BytesIO(data)) as pdf:
        title = str(pdf.docinfo.get("/Title", ""))
        with pdf.open_outline() as outline:
            headings = tuple(_headings(outline.root, 1))
    return Seen(squeezed(title), headings, None)


def _headings(items: list[pikepdf.OutlineItem], level: int) -> Iterator[str]:
    for item in items:
        yield heading_line(level, "", item.title)  # a bookmark does not tell where the number ends
        yield from _headings(list(item.children), level + 1)
