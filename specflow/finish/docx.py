"""Finish the DOCX edition: what pandoc's writer gave becomes the document as it is shipped.

The writer's input marks places with empty paragraphs of the style Section Break. Their bookmarks tell what goes there:
`_sf_front` and `_sf_fronted` enclose the title block; `_sf_contents` is the contents list; what follows `_sf_newpage`
starts a page; the table after `_sf_keep` stays whole. Such a paragraph with section properties ends a section.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from lxml import etree

from specflow.diagnostics import error
from specflow.errors import ConversionFailed
from specflow.finish import running
from specflow.finish.docx_code import finish_code
from specflow.finish.docx_contents import caption_lists, contents, place_contents
from specflow.finish.docx_controls import place_controls
from specflow.finish.docx_direction import finish_direction, style_paragraphs
from specflow.finish.docx_figures import finish_captions, fit_pictures
from specflow.finish.docx_fonts import embed_fonts, name_fonts
from specflow.finish.docx_front import finish_front
from specflow.finish.docx_gaps import finish_gaps, start_page_after
from specflow.finish.docx_headings import finish_headings
from specflow.finish.docx_keep import keep_introductions
from specflow.finish.docx_language import is_rtl
from specflow.finish.docx_lists import finish_lists
from specflow.finish.docx_math import finish_math
from specflow.finish.docx_package import set_properties
from specflow.finish.docx_page import Paper
from specflow.finish.docx_properties import property_parts
from specflow.finish.docx_reference import brought
from specflow.finish.docx_running import place_running
from specflow.finish.docx_sections import finish_cover, finish_sections
from specflow.finish.docx_settings import settings_part
from specflow.finish.docx_tables import finish_tables, keep_whole
from specflow.finish.marks import content
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
from specflow.model import Converted, Spec
from specflow.theme import Theme

CONTENTS_MARK = "_sf_contents"
NEW_PAGE_MARK = "_sf_newpage"
KEEP_MARK = "_sf_keep"
_MOST_KEPT = 12
"""Rows of a table that is kept whole; a longer one would leave the page before it empty."""
_NOTES = "word/footnotes.xml"
_NEEDED = ("word/document.xml", "word/styles.xml", "word/numbering.xml", "word/_rels/document.xml.rels")


def finish_docx(
    body: bytes,
    converted: Converted,
    spec: Spec,
    theme: Theme,
    pages: Mapping[str, int],
    png: Callable[[bytes], bytes] | None = None,
) -> bytes:
    """Return the DOCX as shipped; the same input gives the same bytes.

    `body` is what pandoc's writer gave with the house's reference document, `pages` the page of each heading and
    caption by its id, `png` what makes a PNG of an SVG logo. Raises ConversionFailed when the DOCX does not hold the
    headings that were numbered, or Word would count otherwise.
    """
    files = read_zip(body)
    for name in _NEEDED:
        if name not in files:
            hint = "write it with pandoc's docx writer and the theme's reference document"
            raise ConversionFailed(error("docx-part", f"the writer's DOCX has no {name}", hint=hint))
    document = parse(files["word/document.xml"])
    numbering = parse(files["word/numbering.xml"])
    notes = parse(files[_NOTES]) if _NOTES in files else None
    texts = [document] if notes is None else [document, notes]
    language = spec.language
    own = brought(theme, language, spec.settings)
    paper = own.paper if own else Paper.of_theme(theme)
    page_count = max(pages.values(), default=1)

    def finished(parts: dict[str, etree._Element]) -> dict[str, etree._Element]:
        finish_direction(parts.values(), language)
        name_fonts(parts.values(), converted.fonts, language.tag)
        return parts

    has_cover = finish_front(files, document, spec, theme, paper, png)
    _start_pages(document)
    _keep_tables(document)
    _draw_rules(document)
    names = finish_headings(document, converted.headings, theme, notes)
    for marker in list(_marks(document, CONTENTS_MARK)):
        listed = contents(converted.headings, names, pages, theme, paper, language.labels["contents"])
        others = caption_lists(converted, language, pages)
        place_contents(marker, [*([] if listed is None else [listed]), *others])
    style_paragraphs(texts, language)
    finish_gaps(document, theme)
    finish_lists(texts, numbering, theme)
    body_of_text = child_of(document, "body")
    finish_captions(body_of_text)
    finish_sections(
        files,
        document,
        paper,
        lambda width, number: finished(
            {
                "header": running.header(converted.title, spec, theme, width, number),
                "footer": running.footer(spec, theme, width, page_count, content(converted, spec)),
            }
        ),
        rtl=is_rtl(language),
    )
    if has_cover:
        finish_cover(files, document, finished(running.cover_parts(spec, theme)))
    if own:
        place_running(files, document, own, converted, spec, theme)
    finish_tables(body_of_text, theme)
    fit_pictures(body_of_text, theme)
    keep_introductions(body_of_text)
    finish_code(body_of_text, theme)
    finish_math(texts)
    finish_direction(texts, language)
    name_fonts(texts, converted.fonts, language.tag)
    has_controls = place_controls(files, document, converted, spec, theme)
    _number_bookmarks(document)

    files["word/document.xml"] = serialise(document)
    files["word/numbering.xml"] = serialise(numbering)
    if notes is not None:
        files[_NOTES] = serialise(notes)
    is_protected = has_controls and spec.settings.protect and not spec.identity.draft
    settings = settings_part(language, own.settings if own else None, notes=notes is not None, protected=is_protected)
    files["word/settings.xml"] = serialise(settings)
    embed_fonts(files, converted.fonts)
    set_properties(files, property_parts(converted.title, spec, converted.signoff))
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
    """Keep the table after each keep mark whole, unless no page could hold it, and remove the mark."""
    for marker in list(_marks(document, KEEP_MARK)):
        following = next(marker.itersiblings(qn("tbl")), None)
        if following is not None and len(following.findall(qn("tr"))) <= _MOST_KEPT:
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
