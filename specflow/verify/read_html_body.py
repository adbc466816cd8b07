"""Read the main part of an HTML edition: its flow as blocks, in reading order."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from specflow.verify.read_html_inline import Found, Inline, joined, tidy
from specflow.verify.read_html_lists import items
from specflow.verify.seen import Block, Cell, Part

_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_BLOCKS = frozenset((
    "address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details", "dialog", "dir",
    "div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6",
    "header", "hgroup", "hr", "legend", "li", "main", "menu", "nav", "ol", "p", "pre", "search", "section",
    "summary", "table", "ul", "tbody", "td", "tfoot", "th", "thead", "tr",
))  # fmt: skip
_LABEL_END = re.compile(r"\s*[:：.．]?\s*$")
_MOST_SPAN = 1000  # a browser takes no cell for wider


@dataclass(slots=True)
class _Item:
    """A list item whose first paragraph is still to come."""

    marker: str
    level: int


class Body:
    """What the main part says. `inline` reads what stands in the blocks; `navigation` is given each `nav`.

    The front is all that stands before the first heading or the contents: of it, rows of two cells are labels and
    values, and pictures do not count.
    """

    def __init__(self, inline: Inline, found: Found, navigation: Callable[[Any], None]) -> None:
        self.blocks: list[Block] = []
        self.front: list[tuple[str, str]] = []
        self._inline = inline
        self._found = found
        self._navigation = navigation
        self._item: _Item | None = None
        self._level = 0
        self._is_front = True

    def read(self, main: Any) -> None:
        """Read the main part from its beginning to its end."""
        self._flow(main, Part.PARAGRAPH)

    def _flow(self, element: Any, part: Part) -> None:
        """Read content in which blocks and words may stand side by side: words between blocks are a paragraph."""
        words = [self._inline.raw(element.text)]
        before = self._held()
        for child in element:
            if self._is_block(child):
                self._paragraph(words, before, part)
                self._block(child, part)
                words, before = [], self._held()
            else:
                words.append(self._inline.element(child))
            words.append(self._inline.raw(child.tail))
        self._paragraph(words, before, part)

    def _is_block(self, element: Any) -> bool:
        tag = element.tag
        if not isinstance(tag, str):
            return False
        return tag in _BLOCKS or (len(element) > 0 and tag != "math" and any(map(self._is_block, element)))

    def _held(self) -> tuple[int, int]:
        return len(self._found.images), len(self._found.formulas)

    def _paragraph(self, words: list[str], before: tuple[int, int], part: Part) -> None:
        text = tidy("".join(words))
        images, formulas = self._held()
        item, box = self._item, self._inline.box
        if item is not None and part is Part.PARAGRAPH and (text or images > before[0] or formulas > before[1]):
            if box and text.startswith(box):
                item.marker, text = box, text[len(box) :].lstrip()
            self._item = None
            self._add(Block(Part.ITEM, text, item.level, item.marker))
        elif text:
            self._add(Block(part, text))
        elif images > before[0]:
            self._add(Block(Part.IMAGE, ""))
        elif formulas > before[1]:
            self._add(Block(Part.FORMULA, ""))
        self._inline.box = ""

    def _add(self, block: Block) -> None:
        """Add a block; the item that it stands in as the first, without words of its own, goes before it."""
        if self._item is not None:
            item, self._item = self._item, None
            self.blocks.append(Block(Part.ITEM, "", item.level, item.marker))
        self.blocks.append(block)

    def _block(self, element: Any, part: Part) -> None:
        tag = element.tag
        if not self._inline.is_seen(element) or is_notes(element):
            return
        if tag in _HEADINGS:
            self._heading(element)
        elif tag in ("ul", "ol", "menu"):
            self._list(element)
        elif tag == "pre":
            self._add(Block(Part.CODE, self._code(element)))
        elif tag == "table":
            self._table(element)
        elif tag == "nav":
            self._end_front()
            self._navigation(element)
        elif tag in ("figcaption", "caption"):
            self._caption(element)
        elif tag != "hr":
            self._flow(element, Part.QUOTE if tag == "blockquote" else part)

    def _heading(self, element: Any) -> None:
        self._end_front()
        label, text = self._labelled(element, "section-number", "header-section-number")
        self._add(Block(Part.HEADING, text, max(int(element.tag[1]) - 1, 1), label))

    def _caption(self, element: Any) -> None:
        label, text = self._labelled(element, "caption-label")
        self._add(Block(Part.CAPTION, text, label=_LABEL_END.sub("", label)))

    def _labelled(self, element: Any, *classes: str) -> tuple[str, str]:
        """Return the label that the element's words begin with, and the other words."""
        text = self._inline.text(element)
        for span in element.iter("span"):
            if not set(classes).isdisjoint(span.get("class", "").split()):
                label = tidy("".join(self._inline.raw(part) for part in span.itertext()))
                if text.startswith(label):
                    return label, text[len(label) :].strip()
        return "", text

    def _list(self, element: Any) -> None:
        self._level += 1
        for entry, marker in items(element):
            if not self._inline.is_seen(entry):
                continue
            if self._item is not None:  # the outer item has no words of its own
                outer, self._item = self._item, None
                self.blocks.append(Block(Part.ITEM, "", outer.level, outer.marker))
            self._item = _Item(marker, self._level)
            self._flow(entry, Part.PARAGRAPH)
            if self._item is not None:
                self.blocks.append(Block(Part.ITEM, "", self._level, marker))
                self._item = None
        self._level -= 1

    def _code(self, element: Any) -> str:
        text = self._inline.content(element, kept=True).replace("\r\n", "\n")
        return text.removeprefix("\n") if (element.text or "").startswith("\n") else text

    def _table(self, table: Any) -> None:
        for caption in table.iterchildren("caption"):
            self._block(caption, Part.PARAGRAPH)
        rows = tuple(self._rows(table))
        if rows:
            self._add(Block(Part.TABLE, "", rows=rows))

    def _rows(self, table: Any) -> Iterator[tuple[Cell, ...]]:
        """Yield the rows in the order in which they are shown: the foot last, wherever it stands."""
        groups = [child for child in table if child.tag in ("thead", "tbody", "tfoot", "tr")]
        rank = {"thead": 0, "tbody": 1, "tr": 1, "tfoot": 2}
        for group in sorted(groups, key=lambda child: rank[child.tag]):
            if not self._inline.is_seen(group):
                continue
            rows = [group] if group.tag == "tr" else group.iterchildren("tr")
            yield from (tuple(self._cells(row)) for row in rows if self._inline.is_seen(row))

    def _cells(self, row: Any) -> Iterator[Cell]:
        for cell in row:
            if cell.tag in ("th", "td") and self._inline.is_seen(cell):
                is_header = cell.tag == "th"
                text = joined(self.lines(cell))
                yield Cell(text, is_header, columns=_span(cell, "colspan"), rows=_span(cell, "rowspan"))

    def lines(self, element: Any) -> Iterator[str]:
        """Yield the words of each block below the element: what stands in a cell or a note."""
        words = [self._inline.raw(element.text)]
        for child in element:
            if self._is_block(child):
                yield tidy("".join(words))
                words.clear()
                yield from self._lines_of(child)
            else:
                words.append(self._inline.element(child))
            words.append(self._inline.raw(child.tail))
        yield self._unboxed(tidy("".join(words)), element)

    def _lines_of(self, block: Any) -> Iterator[str]:
        if not self._inline.is_seen(block):
            return
        if block.tag == "pre":
            yield self._code(block)
        elif block.tag in ("figcaption", "caption"):
            yield self._labelled(block, "caption-label")[1]
        else:
            yield from self.lines(block)

    def _unboxed(self, text: str, element: Any) -> str:
        """Return the words of an item of a list without the box that is its marker."""
        box, self._inline.box = self._inline.box, ""
        return text.removeprefix(box).lstrip() if box and element.tag == "li" else text

    def _end_front(self) -> None:
        """Take what was read so far for the front."""
        if not self._is_front:
            return
        self._is_front = False
        for block in self.blocks:
            self.front += [(row[0].text, row[1].text) for row in block.rows if len(row) > 1]
        self.blocks.clear()
        self._found.images.clear()


def is_notes(element: Any) -> bool:
    """Tell whether the element holds the footnotes."""
    return "footnotes" in element.get("class", "").split() or element.get("role") in ("doc-endnotes", "doc-footnote")


def _span(cell: Any, name: str) -> int:
    text = cell.get(name, "1").strip()
    return min(max(int(text), 1), _MOST_SPAN) if text.isascii() and text.isdigit() else 1
