"""Finish the DOCX edition: what pandoc's writer gave becomes the document as it is shipped.

The writer's input marks places with empty paragraphs of the style Section Break. Their bookmarks tell what goes there:
`_sf_contents` is the contents list; what follows `_sf_newpage` starts a page; the table after `_sf_keep` stays whole.
Such a paragraph with section properties ends a section.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from lxml import etree

from specflow.diagnostics import error
from specflow.errors import ConversionFailed
from specflow.finish.docx_code import finish_code
from specflow.finish.docx_contents import contents, place_contents
from specflow.finish.docx_gaps import finish_gaps, start_page_after
from specflow.finish.docx_headings import finish_headings
from specflow.finish.docx_lists import finish_lists
from specflow.finish.docx_package import finish_package
from specflow.finish.docx_sections import finish_sections
from specflow.finish.docx_tables import finish_tables, keep_whole
from specflow.finish.wordml import (
    O,
    V,
    attribute,
    child_of,
    parent_of,
    parse,
    qn,
    serialise,
    w,
)
from specflow.finish.zips import read_zip, write_zip
from specflow.model import Converted, Identity
from specflow.theme import Theme

CONTENTS_MARK = "_sf_contents"
NEW_PAGE_MARK = "_sf_newpage"
KEEP_MARK = "_sf_keep"
_NOTES = "word/footnotes.xml"
_NEEDED = ("word/document.xml", "word/styles.xml", "word/numbering.xml", "word/_rels/document.xml.rels")


def finish_docx(body: bytes, converted: Converted, identity: Identity, theme: Theme, pages: Mapping[str, int]) -> bytes:
    """Return the DOCX as shipped; the same input gives the same bytes.

    `body` is what pandoc's writer gave with the theme's reference document, `pages` the page of each heading by its id.
    Raises ConversionFailed when the DOCX does not hold the headings that were numbered, or Word would count otherwise.
    """
    files = read_zip(body)
    for name in _NEEDED:
        if name not in files:
            hint = "write it with pandoc's docx writer and the theme's reference document"
            raise ConversionFailed(error("docx-part", f"the writer's DOCX has no {name}", hint=hint))
    document = parse(files["word/document.xml"])
    numbering = parse(files["word/numbering.xml"])
    _start_pages(document)
    _keep_tables(document)
    _draw_rules(document)
    notes = parse(files[_NOTES]) if _NOTES in files else None
    names = finish_headings(document, converted.headings, theme, notes)
    for marker in list(_marks(document, CONTENTS_MARK)):
        place_contents(document, marker, contents(converted.headings, names, pages, theme))
    finish_gaps(document, theme)
    finish_lists([document] if notes is None else [document, notes], numbering, theme)
    finish_sections(files, document, converted.title, identity, theme, max(pages.values(), default=1))
    finish_tables(child_of(document, "body"), theme)
    finish_code(child_of(document, "body"), theme)
    _number_bookmarks(document)
    files["word/document.xml"] = serialise(document)
    files["word/numbering.xml"] = serialise(numbering)
    if notes is not None:
        files[_NOTES] = serialise(notes)
    finish_package(files, converted.title, identity)
    return write_zip(files)


def _marks(document: etree._Element, name: str) -> Iterator[etree._Element]:
    """Yield the paragraphs that hold a bookmark of the name."""
    for start in list(document.iter(qn("bookmarkStart"))):
        if attribute(start, "name") == name and parent_of(start).tag == qn("p"):
            yield parent_of(start)


def _start_pages(document: etree._Element) -> None:
    """Let what follows a new-page mark start a page, and remove the mark."""
    for marker in list(_marks(document, NEW_PAGE_MARK)):
        start_page_after(marker)
        parent_of(marker).remove(marker)


def _keep_tables(document: etree._Element) -> None:
    """Keep the table after each keep mark whole, and remove the mark."""
    for marker in list(_marks(document, KEEP_MARK)):
        following = next(marker.itersiblings(qn("tbl")), None)
        if following is not None:
            keep_whole(following)
        parent_of(marker).remove(marker)


def _draw_rules(document: etree._Element) -> None:
    """Make a paragraph with a border of each rule that pandoc draws as a picture."""
    for shape in list(document.iter(f"{{{V}}}rect")):
        if shape.get(f"{{{O}}}hr") == "t":
            paragraph = next(shape.iterancestors(qn("p")))
            parent_of(paragraph).replace(paragraph, w("p", w("pPr", w("pStyle", val="HorizontalRule"))))


def _number_bookmarks(document: etree._Element) -> None:
    """Give every bookmark an id of its own; an end belongs to the latest open start of its id."""
    number = 0
    open_ids: dict[str, list[str]] = {}
    for mark in document.iter(qn("bookmarkStart"), qn("bookmarkEnd")):
        old = attribute(mark, "id")
        if mark.tag == qn("bookmarkStart"):
            open_ids.setdefault(old, []).append(str(number))
            mark.set(qn("id"), str(number))
            number += 1
        elif open_ids.get(old):
            mark.set(qn("id"), open_ids[old].pop())
