"""Headings: native numbers, one bookmark each, and proof that Word will count as the document was numbered."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Sequence

from lxml import etree

from specflow.diagnostics import error
from specflow.errors import ConversionFailed
from specflow.finish.heading_lists import (
    APPENDICES,
    LINKED_APPENDICES,
    LINKED_SECTIONS,
    SECTIONS,
    format_number,
    heading_size,
)
from specflow.finish.style_parts import size
from specflow.finish.wordml import (
    attribute,
    bookmark,
    parent_of,
    properties_of,
    qn,
    set_property,
    style_of,
    value_of,
    w,
)
from specflow.model import Heading
from specflow.theme import Theme

_STYLE = re.compile(r"Heading([1-9])")
_UNFIT = re.compile(r"[^A-Za-z0-9_]")
_LONGEST_ID, _KEPT = 36, 27
_PANDOC_LONGEST = 40
_CODE_SHARE = 0.9


def bookmark_name(identifier: str) -> str:
    """Return the bookmark name of a heading, table or figure: at most 40 ASCII characters, as Word takes them.

    It is `_sf_` and the identifier, all but letters, digits and underscores replaced by an underscore. Where that would
    be too long, or the identifier is not ASCII, it is the first 27 of its ASCII characters, an underscore, and the
    first eight hex digits of its SHA-1. filters/docx.lua has the same rule.
    """
    if len(identifier) > _LONGEST_ID or not identifier.isascii():
        return _distinct_name(identifier)
    return f"_sf_{_UNFIT.sub('_', identifier)}"


def finish_headings(
    document: etree._Element, headings: Sequence[Heading], theme: Theme, notes: etree._Element | None = None
) -> dict[str, str]:
    """Number and bookmark the document's headings; return the bookmark's name of each heading's id.

    Links in the document and in the notes are led to those bookmarks.

    Raises ConversionFailed when the headings in the document are not those that were numbered (`docx-headings`), when
    Word would show other numbers (`docx-numbers`), or when a reference leads to two headings (`docx-bookmarks`).
    """
    paragraphs = _heading_paragraphs(document)
    _check_same(paragraphs, headings)
    _check_numbers(headings)
    parts = [document] if notes is None else [document, notes]
    names = _bookmark_names(parts, headings)
    for paragraph, heading in zip(paragraphs, headings, strict=True):
        _number(paragraph, heading)
        _bookmark(paragraph, names[heading.id])
        _scale_code(paragraph, heading_size(theme, heading.level))
    _redirect(parts, names)
    return names


def _heading_paragraphs(document: etree._Element) -> list[etree._Element]:
    return [paragraph for paragraph in document.iter(qn("p")) if _STYLE.fullmatch(style_of(paragraph))]


def _check_same(paragraphs: Sequence[etree._Element], headings: Sequence[Heading]) -> None:
    hint = "look for a filter that adds or removes headings in DOCX only"
    if len(paragraphs) != len(headings):
        message = f"the DOCX has {len(paragraphs)} headings, the document {len(headings)}"
        raise ConversionFailed(error("docx-headings", message, hint=hint))
    for paragraph, heading in zip(paragraphs, headings, strict=True):
        if style_of(paragraph) != f"Heading{heading.level}":
            message = (
                f"{heading.text!r} has level {heading.level} in the document, but {style_of(paragraph)} in the DOCX"
            )
            raise ConversionFailed(error("docx-headings", message, hint=hint))


def _check_numbers(headings: Iterable[Heading]) -> None:
    """Count as Word does: a level restarts below a new higher one, and a level that was skipped counts as one."""
    counters: dict[bool, list[int]] = {False: [], True: []}
    faults = []
    for heading in headings:
        if not heading.number:
            continue
        depth = heading.number.count(".") + 1
        above = [*counters[heading.appendix], *[0] * depth][:depth]
        counted = [*(max(count, 1) for count in above[:-1]), above[-1] + 1]
        counters[heading.appendix] = counted
        shown = format_number(counted, heading.appendix)
        if shown != heading.number:
            message = f"{heading.text!r} has the number {heading.number}, but Word would count {shown}"
            hint = "number headings without gaps or restarts; after appendix Z, Word goes on with AA, BB, CC"
            faults.append(error("docx-numbers", message, hint=hint))
    if faults:
        raise ConversionFailed(*faults)


def _bookmark_names(parts: Sequence[etree._Element], headings: Sequence[Heading]) -> dict[str, str]:
    """Return a different name for every id; where two want the same, the later ones get a hash.

    A field that names such a bookmark may mean either heading, so there the document is refused.
    """
    names: dict[str, str] = {}
    taken: dict[str, Heading] = {}
    for heading in headings:
        name = bookmark_name(heading.id)
        if name in taken:
            _check_unreferenced(parts, name, taken[name], heading)
            name = _distinct_name(heading.id)
        taken[name] = heading
        names[heading.id] = name
    return names


def _check_unreferenced(parts: Sequence[etree._Element], name: str, one: Heading, other: Heading) -> None:
    codes = (code.text or "" for part in parts for code in part.iter(qn("instrText")))
    if any(name in code.split() for code in codes):
        message = f"a reference cannot tell {one.id!r} from {other.id!r}: Word knows both as {name}"
        hint = "give one of the headings an identifier of its own, such as {#limits}"
        raise ConversionFailed(error("docx-bookmarks", message, hint=hint))


def _distinct_name(identifier: str) -> str:
    kept = _UNFIT.sub("_", identifier.encode("ascii", "ignore").decode())[:_KEPT]
    return f"_sf_{kept}_{hashlib.sha1(identifier.encode(), usedforsecurity=False).hexdigest()[:8]}"


def _number(paragraph: etree._Element, heading: Heading) -> None:
    properties = properties_of(paragraph, "pPr")
    if not heading.number:
        set_property(properties, w("numPr", w("ilvl", val="0"), w("numId", val="0")))
        # LibreOffice keeps the list's indent of the style, if the paragraph does not say otherwise.
        set_property(properties, w("ind", left="0", firstLine="0"))
        return
    depth = heading.number.count(".") + 1
    if heading.appendix:
        style = f"AppendixHeading{min(depth, LINKED_APPENDICES)}"
        set_property(properties, w("pStyle", val=style))
        # Contents fields with \u see only the outline levels that paragraphs state themselves.
        set_property(properties, w("outlineLvl", val=heading.level - 1))
    linked = LINKED_APPENDICES if heading.appendix else LINKED_SECTIONS
    if depth > linked or (not heading.appendix and depth != heading.level):
        number = APPENDICES if heading.appendix else SECTIONS
        set_property(properties, w("numPr", w("ilvl", val=depth - 1), w("numId", val=number)))


def _bookmark(paragraph: etree._Element, name: str) -> None:
    start, end = bookmark(name)
    paragraph.insert(1, start)
    paragraph.append(end)


def _scale_code(paragraph: etree._Element, points: float) -> None:
    """Give code in a heading the heading's size; its own style has that of running text."""
    for run in paragraph.iter(qn("r")):
        if value_of(run, "rPr/rStyle") == "VerbatimChar":
            for child in size(round(points * _CODE_SHARE * 2) / 2):
                set_property(properties_of(run, "rPr"), child)


def _redirect(parts: Iterable[etree._Element], names: dict[str, str]) -> None:
    """Lead links to the bookmarks inside the headings, and drop those that pandoc put around whole sections.

    LibreOffice loses a bookmark that stands between a table and a paragraph.
    """
    renamed = {_pandoc_name(identifier): name for identifier, name in names.items()}
    for part in parts:
        for link in part.iter(qn("hyperlink")):
            anchor = attribute(link, "anchor")
            if anchor in renamed:
                link.set(qn("anchor"), renamed[anchor])
        dropped = set()
        for mark in list(part.iter(qn("bookmarkStart"), qn("bookmarkEnd"))):
            if parent_of(mark).tag == qn("p"):
                continue
            if attribute(mark, "name") in renamed:
                dropped.add(attribute(mark, "id"))
            if attribute(mark, "id") in dropped:
                parent_of(mark).remove(mark)


def _pandoc_name(identifier: str) -> str:
    """Return the bookmark name that pandoc's DOCX writer makes of an identifier."""
    if identifier[:1].isalpha() and len(identifier) <= _PANDOC_LONGEST:
        return identifier
    return "X" + hashlib.sha1(identifier.encode(), usedforsecurity=False).hexdigest()[1:]
