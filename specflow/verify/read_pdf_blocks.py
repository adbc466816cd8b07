"""Make blocks of a PDF's structure tree: paragraphs, items, tables, code, captions, and what stands in their text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from specflow.verify.read_pdf_order import Shown, Word, reading_order
from specflow.verify.read_pdf_tree import Element
from specflow.verify.seen import Block, Cell, Link, Part

BOXES = ("☐", "☒")
_RIGHT_TO_LEFT = frozenset(("ar", "arc", "ckb", "dv", "fa", "he", "ks", "nqo", "ps", "sd", "syr", "ug", "ur", "yi"))
_NOTED = frozenset(("Figure", "Formula", "Lbl", "Link", "Note"))
_INLINE = _NOTED | {
    "Annot",
    "BibEntry",
    "Code",
    "Datetime",
    "Em",
    "Quote",
    "Reference",
    "Ruby",
    "Span",
    "Strong",
    "Sub",
}
_HEADING = re.compile(r"H([1-6]?)")
_GROUPS = ("THead", "TBody", "TFoot")
_BULLETS = frozenset("•–—‣▪◦·*-")
_CAPTION = re.compile(  # "Table A-1: ", "Figure 2 : ", "表3　"
    r"(?P<label>[^\W\d]+[^\S\n]?(?:[^\W\d_]{1,3}-)?\d+)[\u202f\u00a0 ]?(?:[:：.．、–—]\s*|\s+|$)(?P<text>.*)", re.DOTALL
)
_NUMBER = re.compile(r"(?:[^\W\d_]+\s?)?(?:[A-Z]{1,3}(?:\.\d+)*|\d+(?:\.\d+)*)")  # "3.1", "A.2", "Appendix A", "付録A"
_LONGEST_NUMBER = 16  # pieces: a letter with dots takes two
Kid = Element | Shown


def heading_level(element: Element) -> int:
    """Return the level of a heading, 0 for any other element."""
    found = _HEADING.fullmatch(element.type)
    return int(found[1] or 1) if found else 0


def _is_table(element: Element) -> bool:
    """Tell whether the element is a table, or a group with nothing but one in it: one that goes on on another page."""
    kids = list(element.elements())
    is_group = element.type in ("Div", "Figure", "NonStruct") and len(kids) == 1
    return element.type == "Table" or (is_group and _is_table(kids[0]))


class Blocks:
    """Goes through elements in reading order, and collects links, notes, formulas and images on the way."""

    def __init__(self, *, is_rtl: bool) -> None:
        self.is_rtl = is_rtl
        self.links: list[Link] = []
        self.notes: list[str] = []
        self.formulas: list[str] = []
        self.images: list[str] = []
        self.caption_kinds: dict[str, str] = {}

    def blocks(self, kids: Sequence[Kid], part: Part = Part.PARAGRAPH, depth: int = 0) -> Iterator[Block]:
        """Yield the blocks of what stands in an element; inline content that goes on is a paragraph."""
        for run in _runs(kids):
            if isinstance(run, list):
                yield from self._paragraph(run, part)
            else:
                yield from self._block(run, part, depth)

    def _block(self, element: Element, part: Part, depth: int) -> Iterator[Block]:
        if element.type in ("P", "Title"):
            yield from self._paragraph(element.kids, part, element)
        elif level := heading_level(element):
            yield self._heading(element, level)
        elif element.type == "L":
            yield from self._list(element, depth + 1)
        elif element.type == "Table":
            yield from self._table(element)
        elif element.type == "Caption":
            yield from self._caption(element, "figures")
        elif element.type == "Code":
            yield Block(Part.CODE, self.code(element))
        elif element.type == "BlockQuote":
            yield from self.blocks(element.kids, Part.QUOTE, depth)
        elif any(map(_is_table, element.elements())):
            for kid in element.kids:
                if isinstance(kid, Element) and kid.type == "Caption":
                    yield from self._caption(kid, "tables")
                else:
                    yield from self.blocks([kid], part, depth)
        else:  # what groups; a caption is tagged first wherever it stands, and read below its figure
            kids = sorted(element.kids, key=lambda kid: isinstance(kid, Element) and kid.type == "Caption")
            yield from self.blocks(kids, part, depth)

    def _paragraph(
        self, kids: Sequence[Kid], part: Part, element: Element | None = None, level: int = 0, label: str = ""
    ) -> Iterator[Block]:
        images, formulas = len(self.images), len(self.formulas)
        text = self.text(kids, element)
        if text or part is Part.ITEM:
            yield Block(part, text, level, label)
        elif len(self.images) > images:
            yield Block(Part.IMAGE, "")
        elif len(self.formulas) > formulas:
            yield Block(Part.FORMULA, "")

    def _heading(self, element: Element, level: int) -> Block:
        """Return a heading; its number is the text that is marked first, if it looks like one and words follow."""
        words = self.words(element.kids, element)
        text = _joined(words).strip()
        label = self._number(element, text)
        return Block(Part.HEADING, text[len(label) :].strip(), level, label)

    def _number(self, element: Element, text: str) -> str:
        """Return the shortest start of a heading that looks like a number and ends where a marked content does."""
        shown = [kid for kid in element.kids if isinstance(kid, Shown)]
        for at, item in enumerate(shown[:_LONGEST_NUMBER], 1):
            if shown[at : at + 1] and shown[at].mark == item.mark:
                continue
            start = _joined(reading_order(shown[:at], is_rtl=self._is_rtl(element))).strip()
            if _NUMBER.fullmatch(start) and text.startswith(start) and text != start:
                return start
        return ""

    def _list(self, element: Element, depth: int) -> Iterator[Block]:
        for item in element.elements():
            if item.type != "LI":  # a nested list stands beside its item
                yield from self._block(item, Part.PARAGRAPH, depth)
                continue
            if element.attributes.get("/ListNumbering") == "/None":
                yield from self._definition(item, depth)
                continue
            yield from self._item(item, depth)

    def _definition(self, item: Element, depth: int) -> Iterator[Block]:
        for kid in item.elements():
            if kid.type == "Lbl":
                yield from self._paragraph(kid.kids, Part.PARAGRAPH, kid)
            else:
                yield from self.blocks(kid.kids, depth=depth - 1)

    def _item(self, item: Element, depth: int) -> Iterator[Block]:
        label = next((self._marker(kid) for kid in item.elements() if kid.type == "Lbl"), "")
        bodies = [kid for kid in item.elements() if kid.type != "Lbl"]
        runs = [run for body in bodies for run in (_runs(body.kids) if body.type == "LBody" else [body])]
        first = runs[0] if runs else []
        if isinstance(first, list):
            yield from self._paragraph(first, Part.ITEM, item, depth, label)
        elif first.type == "P":
            yield from self._paragraph(first.kids, Part.ITEM, first, depth, label)
        else:
            yield Block(Part.ITEM, "", depth, label)
            yield from self._block(first, Part.PARAGRAPH, depth)
        for run in runs[1:]:
            if isinstance(run, list):
                yield from self._paragraph(run, Part.PARAGRAPH, item)
            else:
                yield from self._block(run, Part.PARAGRAPH, depth)

    def _marker(self, label: Element) -> str:
        boxes = [kid.alt or "" for kid in label.elements() if kid.type == "Figure"]
        if boxes:
            return boxes[0][:1] if boxes[0][:1] in BOXES else boxes[0]
        text = _joined(self.words(label.kids, label)).strip()
        return "•" if text in _BULLETS else text

    def _table(self, table: Element) -> Iterator[Block]:
        for kid in table.elements():
            if kid.type == "Caption":
                yield from self._caption(kid, "tables")
        yield Block(Part.TABLE, "", rows=tuple(tuple(map(self._cell, row)) for row in table_rows(table)))

    def _cell(self, cell: Element) -> Cell:
        spans = [cell.attributes.get(name, 1) for name in ("/ColSpan", "/RowSpan")]
        columns, rows = (int(span) if isinstance(span, int | float) else 1 for span in spans)
        return Cell(self.plain(cell), cell.type == "TH", columns, rows)

    def _caption(self, caption: Element, kind: str) -> Iterator[Block]:
        inner = [kid for kid in caption.elements() if kid.type not in _INLINE]
        pictures = [kid for kid in inner if kid.type in ("Div", "Figure")]
        yield from self.blocks(pictures)
        words = [kid for kid in caption.kids if kid not in pictures]
        text = self.text(words, caption)
        if not text:
            return
        parts = _CAPTION.fullmatch(text)
        label, words_behind = (parts["label"], parts["text"]) if parts else ("", text)
        self.caption_kinds["".join(label.split())] = kind
        yield Block(Part.CAPTION, words_behind, label=label)

    def code(self, element: Element) -> str:
        """Return the lines of a code block: a paragraph each, an empty one a no-break space."""
        lines = [self.verbatim(line) for line in element.elements() if line.type == "P"]
        if not lines:
            return self.verbatim(element)
        return "\n".join("" if line == "\u00a0" else line for line in lines)

    def verbatim(self, element: Element) -> str:
        """Return an element's text as it is, spaces at both ends included."""
        return _joined(self.words(element.kids, element, is_rtl=False))

    def plain(self, element: Element) -> str:
        """Return all text of an element, a line for each of its blocks, without markers."""
        lines: list[str] = []
        for run in _runs(element.kids):
            if isinstance(run, list):
                lines.append(self.text(run, element))
            elif run.type in ("P", "Title") or heading_level(run):
                lines.append(self.text(run.kids, run))
            elif run.type == "Code":
                lines.append(self.code(run))
            else:
                lines.append(self.plain(run))
        return "\n".join(line for line in lines if line)

    def text(self, kids: Sequence[Kid], element: Element | None = None) -> str:
        """Return the text of inline content, and note the links, notes, formulas and images in it."""
        words = self.words(kids, element)
        self._note(kids, words)
        return _joined(words).strip()

    def words(self, kids: Sequence[Kid], element: Element | None, *, is_rtl: bool | None = None) -> list[Word]:
        """Return the words of inline content in reading order, without those of formulas, pictures and notes."""
        shown = list(_shown(kids))
        return reading_order(shown, is_rtl=self._is_rtl(element) if is_rtl is None else is_rtl)

    def _is_rtl(self, element: Element | None) -> bool:
        language = element.language if element else ""
        return language.partition("-")[0].lower() in _RIGHT_TO_LEFT if language else self.is_rtl

    def _note(self, kids: Sequence[Kid], words: Sequence[Word]) -> None:
        for kid in _without_marks(kids):
            if isinstance(kid, Shown):
                continue
            if kid.type == "Formula":
                self.formulas.append(kid.alt or "")
            elif kid.type == "Figure":
                self.images.append(kid.alt or "")
            elif kid.type == "Note":
                at = len(self.notes)
                self.notes.append("")
                inside = [other for other in kid.kids if not (isinstance(other, Element) and other.type == "Lbl")]
                self.notes[at] = self.plain(Element("Note", kid.number, kids=inside, language=kid.language))
            else:
                if kid.type == "Link":
                    said = _joined(word for word in words if kid.number <= word.owner <= kid.last)
                    self._link(said, kid.target)
                self._note(kid.kids, words)

    def _link(self, said: str, target: str) -> None:
        self.links.append(Link(said.strip(), target))


def table_rows(table: Element) -> Iterator[list[Element]]:
    """Yield the cells of each row, whatever group it stands in."""
    for kid in table.elements():
        if kid.type in _GROUPS:
            yield from table_rows(kid)
        elif kid.type == "TR":
            yield [cell for cell in kid.elements() if cell.type in ("TH", "TD")]


def _runs(kids: Sequence[Kid]) -> list[Element | list[Kid]]:
    """Return the block elements, and inline content between them as lists."""
    runs: list[Element | list[Kid]] = []
    for kid in kids:
        if isinstance(kid, Element) and (kid.type not in _INLINE or (kid.type == "Code" and _is_code_block(kid))):
            runs.append(kid)
        elif runs and isinstance(runs[-1], list) and not (_is_display(kid) and _is_display(runs[-1][-1])):
            runs[-1].append(kid)
        else:
            runs.append([kid])
    return runs


def _is_display(kid: Kid) -> bool:
    """Return whether it is a formula that stands apart (Placement: ISO 32000-1, 14.8.5.4)."""
    return isinstance(kid, Element) and kid.type == "Formula" and kid.attributes.get("/Placement") == "/Block"


def _is_code_block(element: Element) -> bool:
    return any(kid.type == "P" for kid in element.elements())


def _without_marks(kids: Sequence[Kid]) -> Iterator[Kid]:
    """Yield what is there without the marks of footnotes, which stand right before them."""
    for at, kid in enumerate(kids):
        following = kids[at + 1] if at + 1 < len(kids) else None
        is_mark = isinstance(kid, Element) and kid.type == "Lbl"
        if not (is_mark and isinstance(following, Element) and following.type == "Note"):
            yield kid


def _shown(kids: Sequence[Kid]) -> Iterator[Shown]:
    for kid in _without_marks(kids):
        if isinstance(kid, Shown):
            yield kid
        elif kid.type not in ("Formula", "Figure", "Note"):
            yield from _shown(kid.kids)


def _joined(words: Iterator[Word] | Sequence[Word]) -> str:
    return "".join([word.text for word in words])
