"""Read a PDF edition as assistive technology does: its structure tree, and the text layer that the tree points at.

The artifacts of a page, which the tree leaves out, are its header, footer and watermark.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from specflow.model import Format
from specflow.verify.read_pdf_blocks import Blocks, heading_level, table_rows
from specflow.verify.read_pdf_order import Shown, reading_order
from specflow.verify.read_pdf_page import PageText, Piece
from specflow.verify.read_pdf_tree import Element, Tagged, read_tagged
from specflow.verify.seen import Seen
from specflow.verify.unreadable import unreadable

_NUMBER = re.compile(r"\W*\d+\W*")
_PROPERTIES = ("title", "subject", "keywords", "author")


def read_pdf(data: bytes) -> Seen:
    """Return what a reader of the PDF edition sees.

    Formulas are told by their alternative text. Of two spaces in a row, or a line end that the author set, nothing is
    told; where text runs from right to left, neither are marks that only steer it. Raises VerificationFailed for what
    is no PDF, is damaged, encrypted, or has no structure tree.
    """
    tagged = read_tagged(data)
    document = next((kid for kid in tagged.root.elements() if kid.type == "Document"), tagged.root)
    is_rtl = tagged.direction == "rtl"
    front, body = _parted(document)
    if not body:
        raise unreadable(Format.PDF, "its structure tree has no body")
    walk = Blocks(is_rtl=is_rtl)
    title, pairs = _front(front, walk)
    blocks = tuple(walk.blocks(body))
    listings = [list(_entries(kid, is_rtl=is_rtl)) for kid in front if kid.type == "TOC"]
    page = _ordinary_page(tagged)
    return Seen(
        title=title,
        language=tagged.language,
        direction=tagged.direction,
        blocks=blocks,
        properties={name: tagged.information[name] for name in _PROPERTIES if name in tagged.information}
        | {"language": tagged.language},
        front=tuple(pairs),
        links=tuple(walk.links),
        notes=tuple(walk.notes),
        formulas=tuple(walk.formulas),
        images=tuple(walk.images),
        contents=tuple(listings[0]) if listings else (),
        lists={_kind(entries, walk.caption_kinds): tuple(entries) for entries in listings[1:]},
        header=_running(page, "Header", is_rtl=is_rtl),
        footer=_running(page, "Footer", is_rtl=is_rtl),
        watermark=_running(page, "Background", is_rtl=is_rtl) or _running(page, "Watermark", is_rtl=is_rtl),
    )


def _parted(document: Element) -> tuple[list[Element], list[Element | Shown]]:
    """Return the title block with the contents and lists, and the body.

    The body starts at the first heading; the contents and lists, with the heading right before each, may stand in it.
    """
    kids = document.kids
    listed = {at for at, kid in enumerate(kids) if isinstance(kid, Element) and kid.type == "TOC"}
    headings = [at for at, kid in enumerate(kids) if isinstance(kid, Element) and heading_level(kid)]
    listed |= {at for at in headings if at + 1 in listed}
    first = next((at for at in headings if at not in listed), len(kids))
    outside = [kid for at, kid in enumerate(kids) if at < first or at in listed]
    body = [kid for at, kid in enumerate(kids) if at >= first and at not in listed]
    return [kid for kid in outside if isinstance(kid, Element)], body


def _front(front: Sequence[Element], walk: Blocks) -> tuple[str, list[tuple[str, str]]]:
    title = ""
    pairs: list[tuple[str, str]] = []
    for element in front:
        if element.type == "TOC":
            break
        if element.type == "Title":
            title = walk.text(element.kids, element)
        elif element.type == "P":
            walk.text(element.kids, element)
        else:
            tables = (
                [element] if element.type == "Table" else [kid for kid in element.elements() if kid.type == "Table"]
            )
            for row in (row for table in tables for row in table_rows(table)):
                cells = [walk.plain(cell) for cell in row]
                pairs.append((cells[0], "\n".join(cells[1:])))
    return title, pairs


def _entries(contents: Element, *, is_rtl: bool) -> Iterator[str]:
    """Yield the entries of a contents list without page numbers, which are marked by themselves and come last."""
    for kid in contents.elements():
        if kid.type == "TOC":
            yield from _entries(kid, is_rtl=is_rtl)
        elif kid.type == "TOCI":
            marks: dict[tuple[int, int], list[Shown]] = {}
            for shown in _all_shown(kid):
                marks.setdefault((shown.page, shown.mark), []).append(shown)
            texts = list(marks.values())
            if texts and _NUMBER.fullmatch("".join(t for shown in texts[-1] for t in shown.piece.glyphs)):
                del texts[-1]
            words = reading_order([shown for text in texts for shown in text], is_rtl=is_rtl)
            if words:
                yield "".join(word.text for word in words).strip()
            yield from (
                entry for inner in kid.elements() if inner.type == "TOC" for entry in _entries(inner, is_rtl=is_rtl)
            )


def _all_shown(element: Element) -> Iterator[Shown]:
    for kid in element.kids:
        if isinstance(kid, Shown):
            yield kid
        elif kid.type != "TOC":
            yield from _all_shown(kid)


def _kind(entries: Sequence[str], captions: Mapping[str, str]) -> str:
    """Return what a list lists, by the captions that its entries start with."""
    for entry in ("".join(entry.split()) for entry in entries):
        for label in sorted(captions, key=len, reverse=True):
            if label and entry.startswith(label):
                return captions[label]
    return "figures"


def _ordinary_page(tagged: Tagged) -> PageText:
    """Return a page of the body: the one in the middle, or the last one that has a header."""
    middle = len(tagged.pages) // 2
    pages = (*tagged.pages[middle:], *reversed(tagged.pages[:middle]))
    return next((page for page in pages if "Header" in page.artifacts), pages[0])


def _running(page: PageText, kind: str, *, is_rtl: bool) -> str:
    pieces: list[Piece] = [piece for mark in page.artifacts.get(kind, []) for piece in mark]
    words = reading_order([Shown(piece, 0, 0) for piece in pieces], is_rtl=is_rtl)
    return "".join(word.text for word in words).strip()
