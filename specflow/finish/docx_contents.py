"""The contents list and those of tables and figures: complete fields, so that nothing is blank on opening."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from lxml import etree

from specflow.finish.docx_gaps import start_page, start_page_after
from specflow.finish.docx_headings import bookmark_name
from specflow.finish.docx_page import Paper
from specflow.finish.heading_lists import label_width
from specflow.finish.wordml import (
    field,
    field_end,
    field_start,
    parent_of,
    set_property,
    text_run,
    twips,
    w,
)
from specflow.model import Caption, Converted, Heading, Language
from specflow.theme import Theme

DEPTH = 2
_LISTS = {"tables": ("table", "Table"), "figures": ("figure", "Figure")}  # what they list, and its sequence
_CONTROL = "1297035620"  # an id of its own for the content control
# \o takes the built-in heading styles, \u the paragraphs that state an outline level: appendix headings. Naming their
# styles with \t would list them twice. \h makes links, \z hides page numbers where there are no pages.
_CODE = f'TOC \\o "1-{DEPTH}" \\h \\z \\u'


def contents(
    headings: Sequence[Heading],
    names: Mapping[str, str],
    pages: Mapping[str, int],
    theme: Theme,
    paper: Paper,
    title: str,
) -> etree._Element | None:
    """Return the contents list on a new page under its title, None where there is nothing to list.

    Every entry leads to its heading; it has a page number where `pages` knows the heading's id.
    """
    listed = [heading for heading in headings if heading.level <= DEPTH]
    if not listed:
        return None
    room = 6 + theme.sizes.body * max((label_width(h.label) for h in listed if _is_chief(h)), default=0)
    entries = [_entry(heading, names[heading.id], pages.get(heading.id), theme, paper, room) for heading in listed]
    head = _title(title)
    start_page(head)
    gallery = w("docPartObj", w("docPartGallery", val="Table of Contents"), w("docPartUnique"))
    return w("sdt", w("sdtPr", w("id", val=_CONTROL), gallery), w("sdtContent", head, *_listed(_CODE, entries)))


def caption_lists(converted: Converted, language: Language, pages: Mapping[str, int]) -> Iterator[etree._Element]:
    """Yield the paragraphs of the lists of tables and of figures that the document has.

    They ask for what a sequence counts (the switch c). Naming the captions' style would depend on the list separator of
    the reader's Windows.
    """
    for name, (kind, sequence) in _LISTS.items():
        listed = [caption for caption in converted.captions if caption.kind == kind]
        if name in converted.lists and listed:
            entries = [_caption_entry(caption, pages.get(caption.id), language) for caption in listed]
            yield _title(language.labels[name])
            yield from _listed(f'TOC \\h \\z \\c "{sequence}"', entries)


def place_contents(marker: etree._Element, made: Sequence[etree._Element]) -> None:
    """Put the lists where the marker stands, and start what follows on a new page."""
    if made:
        for element in made:
            marker.addprevious(element)
        start_page_after(marker)
    parent_of(marker).remove(marker)


def caption_bookmark(caption: Caption) -> str:
    """Return the name of the bookmark around a caption's label; filters/docx.lua has the same rule."""
    return bookmark_name(caption.id or f"{caption.kind}-{caption.number}")


def _title(words: str) -> etree._Element:
    return w("p", w("pPr", w("pStyle", val="TOCHeading")), text_run(words))


def _listed(code: str, entries: Sequence[etree._Element]) -> Sequence[etree._Element]:
    """Return the entries as the cached result of the field."""
    for part in reversed(list(field_start(code))):
        entries[0].insert(1, part)
    entries[-1].append(field_end())
    return entries


def _caption_entry(caption: Caption, page: int | None, language: Language) -> etree._Element:
    words = language.labels["caption"].replace("{label}", caption.label.replace(" ", "\u00a0"))
    name = caption_bookmark(caption)
    return w("p", w("pPr", w("pStyle", val="TableofFigures")), _link(words.replace("{text}", caption.text), name, page))


def _link(words: str, name: str, page: int | None) -> etree._Element:
    """Return the words as a link to the bookmark, with its page."""
    link = w("hyperlink", text_run(words), anchor=name, history="1")
    if page is not None:
        link.append(text_run("\t"))
        link.extend(field(f"PAGEREF {name} \\h", [text_run(str(page))]))
    return link


def _is_chief(heading: Heading) -> bool:
    return heading.appendix and bool(heading.number) and "." not in heading.number


def _entry(heading: Heading, name: str, page: int | None, theme: Theme, paper: Paper, room: float) -> etree._Element:
    properties = w("pPr", w("pStyle", val=f"TOC{heading.level}"))
    words = heading.text
    if heading.number:
        words = f"{heading.label}\t{words}"
        own = room if _is_chief(heading) else theme.sizes.body * (0.9 + 1.15 * heading.level) + 6
        _indent(properties, heading.level, own, theme, paper)
    return w("p", properties, _link(words, name, page))


def _indent(properties: etree._Element, level: int, room: float, theme: Theme, paper: Paper) -> None:
    """Set the stop after the number, as Word itself does for every entry of a numbered heading."""
    left = theme.spacing.list_indent * (level - 1)
    stops = w("tab", val="left", pos=twips(left + room)), w("tab", val="right", leader="dot", pos=paper.text_width)
    set_property(properties, w("tabs", *stops))
    set_property(properties, w("ind", left=twips(left + room), hanging=twips(room)))
