"""Read a DOCX edition with python-docx, counting list numbers from its own numbering part as Word does."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Mapping

from docx import Document
from docx.document import Document as OpenedDocument
from docx.oxml.ns import qn
from lxml import etree

from specflow.verify.seen import Row, Seen, heading_line, squeezed

_HEADING = re.compile(r"(?:AppendixHeading|Heading)(\d)$")


def read_docx(data: bytes) -> Seen:
    """Return the title, the headings with the numbers that Word will show, and the tables of the body."""
    document = Document(io.BytesIO(data))
    body = document.element.body
    title = next((_text(p) for p in body.iter(qn("w:p")) if _style(p) == "Title"), "")
    headings = tuple(_headings(body, _Lists(document)))
    tables = [table for table in body.iter(qn("w:tbl")) if not any(p.tag == qn("w:tbl") for p in table.iterancestors())]
    return Seen(squeezed(title), headings, tuple(_rows(table) for table in tables))


class _Lists:
    """The document's list numbering: which list a style belongs to, and how its levels are written."""

    def __init__(self, document: OpenedDocument) -> None:
        styles = document.styles.element
        numbering = document.part.numbering_part.element
        levels = {
            (abstract.get(qn("w:abstractNumId")), level.get(qn("w:ilvl"))): level
            for abstract in numbering.iter(qn("w:abstractNum"))
            for level in abstract.iter(qn("w:lvl"))
        }
        lists = {
            number.get(qn("w:numId")): number.find(qn("w:abstractNumId")).get(qn("w:val"))
            for number in numbering.iter(qn("w:num"))
        }
        self._levels = levels
        self._by_style: dict[str, tuple[str, int]] = {}
        for style in styles.iter(qn("w:style")):
            properties = style.find(f"{qn('w:pPr')}/{qn('w:numPr')}")
            if properties is None or properties.find(qn("w:numId")) is None:
                continue
            number = properties.find(qn("w:numId")).get(qn("w:val"))
            level = properties.find(qn("w:ilvl"))
            if number in lists:
                depth = int(level.get(qn("w:val"))) if level is not None else 0
                self._by_style[style.get(qn("w:styleId"))] = (lists[number], depth)
        self._counts: dict[tuple[str, int], int] = {}

    def next_label(self, style: str) -> str:
        """Count on, and return the label that the paragraph of this style gets."""
        if style not in self._by_style:
            return ""
        abstract, depth = self._by_style[style]
        self._counts[abstract, depth] = self._counts.get((abstract, depth), 0) + 1
        for deeper in range(depth + 1, 9):
            self._counts.pop((abstract, deeper), None)
        pattern = self._levels[abstract, str(depth)].find(qn("w:lvlText")).get(qn("w:val"))
        return re.sub(r"%(\d)", lambda found: self._written(abstract, int(found[1]) - 1), pattern)

    def _written(self, abstract: str, depth: int) -> str:
        count = self._counts.setdefault((abstract, depth), 1)
        written = self._levels[abstract, str(depth)].find(qn("w:numFmt")).get(qn("w:val"))
        if written != "upperLetter":
            return str(count)
        return chr(ord("A") + (count - 1) % 26) * ((count - 1) // 26 + 1)  # Word writes Z, AA, BB


def _headings(body: etree._Element, lists: _Lists) -> Iterator[str]:
    for paragraph in body.iter(qn("w:p")):
        style = _style(paragraph)
        found = _HEADING.search(style)
        if not found:
            continue
        silenced = paragraph.find(f"{qn('w:pPr')}/{qn('w:numPr')}/{qn('w:numId')}")
        is_silent = silenced is not None and silenced.get(qn("w:val")) == "0"
        label = "" if is_silent else lists.next_label(style)
        yield heading_line(_outline_level(paragraph, style, int(found[1])), label, _text(paragraph))


def _outline_level(paragraph: etree._Element, style: str, depth: int) -> int:
    own = paragraph.find(f"{qn('w:pPr')}/{qn('w:outlineLvl')}")
    if own is not None:
        return int(own.get(qn("w:val"), "0")) + 1
    return depth + 1 if style.startswith("Appendix") else depth


def _rows(table: etree._Element) -> tuple[Row, ...]:
    return tuple(
        tuple(squeezed(_text(cell)) for cell in row.iterchildren(qn("w:tc"))) for row in table.iterchildren(qn("w:tr"))
    )


def _style(paragraph: etree._Element) -> str:
    style = paragraph.find(f"{qn('w:pPr')}/{qn('w:pStyle')}")
    return "" if style is None else str(style.get(qn("w:val")))


_MARKS: Mapping[str, str] = {qn("w:tab"): "\t", qn("w:br"): "\n", qn("w:noBreakHyphen"): "\u2011"}


def _text(element: etree._Element) -> str:
    parts = (_MARKS.get(node.tag) or node.text or "" for node in element.iter(qn("w:t"), *_MARKS))
    return "".join(parts)
