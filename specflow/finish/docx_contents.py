"""The contents list: a complete field, so that nothing is blank on opening and Word can update it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from lxml import etree

from specflow.finish.docx_gaps import start_page, start_page_after
from specflow.finish.labels import LABELS
from specflow.finish.styles import text_width
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
from specflow.model import Heading
from specflow.theme import Theme

DEPTH = 2
_CONTROL = "1297035620"  # an id of its own for the content control
# \o takes the built-in heading styles, \u the paragraphs that state an outline level: appendix headings. Naming their
# styles with \t would list them twice. \h makes links, \z hides page numbers where there are no pages.
_CODE = f'TOC \\o "1-{DEPTH}" \\h \\z \\u'


def contents(
    headings: Sequence[Heading], names: Mapping[str, str], pages: Mapping[str, int], theme: Theme
) -> etree._Element | None:
    """Return the contents list on a new page, None where there is nothing to list.

    Every entry leads to its heading; it has a page number where `pages` knows the heading's id.
    """
    listed = [heading for heading in headings if heading.level <= DEPTH]
    if not listed:
        return None
    entries = [_entry(heading, names[heading.id], pages.get(heading.id), theme) for heading in listed]
    for part in reversed(list(field_start(_CODE))):
        entries[0].insert(1, part)
    entries[-1].append(field_end())
    title = w("p", w("pPr", w("pStyle", val="TOCHeading")), text_run(LABELS["contents"]))
    start_page(title)
    gallery = w("docPartObj", w("docPartGallery", val="Table of Contents"), w("docPartUnique"))
    return w("sdt", w("sdtPr", w("id", val=_CONTROL), gallery), w("sdtContent", title, *entries))


def place_contents(document: etree._Element, marker: etree._Element, made: etree._Element | None) -> None:
    """Put the contents list where the marker stands, and start what follows on a new page."""
    parent = parent_of(marker)
    if made is None:
        parent.remove(marker)
        return
    parent.replace(marker, made)
    start_page_after(made)


def _entry(heading: Heading, name: str, page: int | None, theme: Theme) -> etree._Element:
    properties = w("pPr", w("pStyle", val=f"TOC{heading.level}"))
    label = heading.text
    if heading.number:
        chief = heading.appendix and "." not in heading.number
        label = f"Appendix {heading.number}\t{label}" if chief else f"{heading.number}\t{label}"
        _indent(properties, heading.level, chief, theme)
    link = w("hyperlink", text_run(label), anchor=name, history="1")
    if page is not None:
        link.append(text_run("\t"))
        link.extend(field(f"PAGEREF {name} \\h", [text_run(str(page))]))
    return w("p", properties, link)


def _indent(properties: etree._Element, level: int, chief: bool, theme: Theme) -> None:
    """Set the stop after the number, as Word itself does for every entry of a numbered heading."""
    left = theme.spacing.list_indent * (level - 1)
    room = theme.sizes.body * (5.6 if chief else 0.9 + 1.15 * level) + 6
    stops = w("tab", val="left", pos=twips(left + room)), w("tab", val="right", leader="dot", pos=text_width(theme))
    set_property(properties, w("tabs", *stops))
    set_property(properties, w("ind", left=twips(left + room), hanging=twips(room)))
