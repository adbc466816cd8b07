"""Read the body of a Word file: its paragraphs and tables as blocks, in reading order."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace

from lxml import etree

from specflow.verify.read_docx_fields import switch
from specflow.verify.read_docx_lists import Lists
from specflow.verify.read_docx_package import Package, W, WordPart, attribute, is_on, whole_number
from specflow.verify.read_docx_runs import Found, Story, Words
from specflow.verify.read_docx_styles import Style, Styles, heading_level
from specflow.verify.read_docx_tables import table_rows
from specflow.verify.seen import Block, Part

_WRAPPERS = frozenset(f"{W}{name}" for name in ("sdt", "sdtContent", "customXml", "ins", "moveTo"))
_CONTENTS_STYLE = re.compile(r"toc \d")
_PAGE_NUMBER = re.compile(r"\t[\divxlcdm]*\s*$", re.IGNORECASE)
_CAPTION_MARK = re.compile(r"\s*[:：.．、–—-]?\s*")
_NOTES = {"footnotes": "footnote", "endnotes": "endnote"}


@dataclass(frozen=True, slots=True)
class _Paragraph:
    """A paragraph with what its properties make of it."""

    words: Words
    style: Style
    label: str
    depth: int
    heading: int | None
    is_rtl: bool
    frame: tuple[str, ...]


@dataclass(slots=True)
class Directions:
    """Which way paragraphs run; of those that do not run as their own first letter does, `turned` counts them."""

    left: int = 0
    right: int = 0
    turned_left: int = 0
    turned_right: int = 0

    def count(self, text: str, *, is_rtl: bool) -> None:
        """Count a paragraph. Its first letter tells its direction (UAX 9, P2 and P3); one without letters has none."""
        kinds = map(unicodedata.bidirectional, text)
        letter = next((kind for kind in kinds if kind in ("L", "R", "AL")), "")
        is_turned = letter == "" or (letter != "L") != is_rtl
        self.right += is_rtl
        self.left += not is_rtl
        self.turned_right += is_turned and is_rtl
        self.turned_left += is_turned and not is_rtl

    def is_rtl(self, *, stated: bool | None) -> bool:
        """Tell the document's direction: that of its default style, unless most paragraphs are turned against it.

        Paragraphs in another script than the document's run their own way, however many they are. Where the styles
        state nothing, most paragraphs tell.
        """
        if stated is None:
            return self.right > self.left
        turned = self.turned_left if stated else self.turned_right
        return stated != (turned * 2 > self.left + self.right)


class Body:
    """What the document's body says, read once from its beginning to its end.

    The front is all that stands before the first heading or the contents: of it, rows of two cells are labels and
    values. `listings` holds the entries of the contents under "", those of other lists under their names: the small
    letters of what they count and an "s". `sections` are the properties of all sections, `first_section` says in which
    the first block stands.
    """

    def __init__(self, package: Package, document: WordPart, styles: Styles) -> None:
        self.title = ""
        self.blocks: list[Block] = []
        self.front: list[tuple[str, str]] = []
        self.found = Found()
        self.listings: dict[str, list[str]] = {}
        self.sections: list[etree._Element] = []
        self.first_section = 0
        self.directions = Directions()
        self._styles = styles
        numbering = package.related(document, "numbering")
        self._lists = Lists(None if numbering is None else numbering.root, styles)
        self._note_parts = {kind: package.related(document, kind) for kind in _NOTES}
        self._story = Story(styles, document.targets, self.found, self._note)
        self._carried = ""
        self._frame: tuple[str, ...] | None = None
        self._is_front = True
        body = document.root.find(f"{W}body")
        if body is not None:
            self._walk(body)

    def _walk(self, parent: etree._Element) -> None:
        for child in parent:
            if child.tag == f"{W}p":
                self._paragraph(child)
            elif child.tag == f"{W}tbl":
                self._table(child)
            elif child.tag in _WRAPPERS:
                self._walk(child)
            elif child.tag == f"{W}sectPr":
                self.sections.append(child)

    def _paragraph(self, element: etree._Element) -> None:
        read = self._read(element, self._story)
        if read is not None:
            self._place(read)
            for box in read.words.boxes:
                self._walk(box)
        section = element.find(f"{W}pPr/{W}sectPr")
        if section is not None:
            self.sections.append(section)

    def _place(self, read: _Paragraph) -> None:
        words, style = read.words, read.style
        frame, self._frame = self._frame, None
        if words.listing is not None or _CONTENTS_STYLE.fullmatch(style.name):
            self._end_front()
            self._list(words)
        elif style.is_a("toc heading"):
            self._end_front()
        elif style.is_a("title") and not self.title:
            self.title = words.text.strip()
        elif read.heading is not None:
            if words.text.strip() or read.label:
                self._end_front()
                self._add(Block(Part.HEADING, words.text.strip(), read.heading + 1, read.label))
        else:
            self._place_text(read, goes_on=frame == read.frame)

    def _place_text(self, read: _Paragraph, *, goes_on: bool) -> None:
        words, style = read.words, read.style
        text = words.text.strip()
        is_plain = not style.is_code and not style.is_quote
        if read.label:
            self._add(Block(Part.ITEM, text if is_plain else "", read.depth + 1, read.label))
            if is_plain:
                return
        if style.is_code:
            self._add_code(words.text, goes_on=goes_on and not read.label)
            self._frame = read.frame
        elif words.numbered and (style.is_caption or len("".join(words.parts[: words.numbered - 1]).split()) <= 1):
            label = "".join(words.parts[: words.numbered]).strip()
            self._add(
                Block(Part.CAPTION, _CAPTION_MARK.sub("", "".join(words.parts[words.numbered :]), count=1), label=label)
            )
        elif text:
            part = Part.CAPTION if style.is_caption else Part.QUOTE if style.is_quote else Part.PARAGRAPH
            self._add(Block(part, text))
        elif words.images:
            self._add(Block(Part.IMAGE, ""))
        elif words.formulas:
            self._add(Block(Part.FORMULA, ""))
        if text and not style.is_code:
            self.directions.count(text, is_rtl=read.is_rtl)

    def _add(self, block: Block) -> None:
        if not self.blocks:
            self.first_section = len(self.sections)
        self.blocks.append(block)

    def _add_code(self, text: str, *, goes_on: bool) -> None:
        """Add lines of code; those in a row at the same indent are one block, as Word sets one frame around them."""
        if goes_on:
            last = self.blocks[-1]
            self.blocks[-1] = replace(last, text=f"{last.text}\n{text}")
        else:
            self._add(Block(Part.CODE, text))

    def _end_front(self) -> None:
        """Take what was read so far for the front; pictures in it, such as a logo, are none of the body's."""
        if not self._is_front:
            return
        self._is_front = False
        for block in self.blocks:
            self.front += [(row[0].text, row[1].text) for row in block.rows if len(row) > 1]
        self.blocks.clear()
        self.found.images.clear()
        self.directions = Directions()

    def _list(self, words: Words) -> None:
        entry = _PAGE_NUMBER.sub("", words.text).strip()
        code = words.listing or ""
        counted = switch(code, "c") or switch(code, "a")
        name = f"{counted.lower()}s" if counted else ""
        self.listings.setdefault(name, [])
        if entry:
            self.listings[name].append(entry)

    def _table(self, table: etree._Element) -> None:
        self._frame = None
        rows = table_rows(table, lambda cell: "\n".join(self._lines(cell, self._story)))
        if rows:
            self._add(Block(Part.TABLE, "", rows=rows))

    def _lines(self, parent: etree._Element, story: Story) -> Iterator[str]:
        """Yield the paragraphs below the element, those of tables in it too; lists count on, without their labels."""
        for child in parent:
            if child.tag == f"{W}p":
                read = self._read(child, story)
                if read is not None:
                    if read.words.text.strip():
                        yield read.words.text
                        self.directions.count(read.words.text, is_rtl=read.is_rtl)
                    for box in read.words.boxes:
                        yield from self._lines(box, story)
            elif child.tag == f"{W}tbl":
                for row in table_rows(child, lambda cell: "\n".join(self._lines(cell, story))):
                    yield from (cell.text for cell in row if cell.text)
            elif child.tag in _WRAPPERS:
                yield from self._lines(child, story)

    def _read(self, element: etree._Element, story: Story) -> _Paragraph | None:
        """Return the paragraph, or None if its end was deleted: its words are then those of the next one."""
        properties = element.find(f"{W}pPr")
        own_style = None if properties is None else attribute(properties.find(f"{W}pStyle"))
        style = self._styles.style(own_style)
        words = story.paragraph(element, self._carried)
        mark = None if properties is None else properties.find(f"{W}rPr")
        if mark is not None and (mark.find(f"{W}del") is not None or mark.find(f"{W}moveFrom") is not None):
            self._carried = words.text
            return None
        self._carried = ""
        heading, is_rtl, label, depth = style.outline, style.is_rtl, "", 0
        if properties is not None:
            own = attribute(properties.find(f"{W}outlineLvl"))
            heading = heading if own is None else heading_level(own)
            own_direction = is_on(properties, "bidi")
            is_rtl = is_rtl if own_direction is None else own_direction
        if words.listing is None:
            label, depth = self._label(properties, style)
        return _Paragraph(words, style, label, depth, heading, is_rtl, _frame(own_style, properties))

    def _label(self, properties: etree._Element | None, style: Style) -> tuple[str, int]:
        """Return the paragraph's label and the level of its list, from 0, and count on."""
        own = None if properties is None else properties.find(f"{W}numPr")
        list_id = None if own is None else attribute(own.find(f"{W}numId"))
        level = None if own is None else attribute(own.find(f"{W}ilvl"))
        if list_id is None:
            list_id = style.list_id
            depth = style.list_level if style.list_level is not None else self._tied_level(list_id, style)
            depth = depth if level is None else whole_number(level)
        else:
            depth = whole_number(level)
        if list_id in (None, "0"):
            return "", 0
        return self._lists.count(list_id or "", depth), depth

    def _tied_level(self, list_id: str | None, style: Style) -> int:
        """Return the level that the list ties to the style; the first where it ties none."""
        return (self._lists.level_of(list_id, style.numbered_by) or 0) if list_id else 0

    def _note(self, kind: str, identifier: str) -> None:
        part = self._note_parts[kind]
        at = len(self.found.notes)
        for note in () if part is None else part.root.iterchildren(f"{W}{_NOTES[kind]}"):
            if attribute(note, "id") == identifier:
                self.found.notes.append("")
                before, self._carried = self._carried, ""
                counted, self.directions = self.directions, Directions()
                story = Story(self._styles, part.targets if part is not None else {}, self.found)
                self.found.notes[at] = "\n".join(self._lines(note, story)).strip()
                self._carried = before
                self.directions = counted
                return


def _frame(style: str | None, properties: etree._Element | None) -> tuple[str, ...]:
    """Return what two paragraphs have alike that stand in one frame (17.3.1.24): style and indents."""
    indent = None if properties is None else properties.find(f"{W}ind")
    return (
        style or "",
        *(() if indent is None else sorted(f"{name}={indent.get(name)}" for name in map(str, indent.keys()))),
    )
