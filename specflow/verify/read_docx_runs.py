"""Read a paragraph of a Word file: its words as they stand on the page, and what stands among them.

Fields show their cached results, deleted and hidden text nothing. A field may begin in one paragraph and end in
another, so one `Story` reads all paragraphs of its part in their order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from lxml import etree

from specflow.verify.read_docx_fields import Field
from specflow.verify.read_docx_package import R, W, attribute, is_on
from specflow.verify.read_docx_styles import Styles
from specflow.verify.seen import Link

_M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_V = "{urn:schemas-microsoft-com:vml}"
_O = "{urn:schemas-microsoft-com:office:office}"
_WP = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"
_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_DECORATIVE = "{http://schemas.microsoft.com/office/drawing/2017/decorative}decorative"

_SYMBOLS = {
    "symbol": {0xB7: "•", 0xB3: "≥", 0xA3: "≤", 0xB1: "±", 0xB4: "×", 0xAE: "→"},
    "wingdings": {0x6F: "☐", 0xA8: "☐", 0xFD: "☒", 0xFE: "☑", 0xFC: "✓", 0xFB: "✗", 0xE0: "→"},
    "wingdings 2": {0xA3: "☐", 0x52: "☑", 0x53: "☒", 0x50: "✓", 0x4F: "✗"},
}


@dataclass(slots=True)
class Found:
    """What a document holds beside its words, in reading order."""

    links: list[Link] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    formulas: list[str] = field(default_factory=list)
    images: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Words:
    """A paragraph as it is read: its text in parts, where its last caption number ends, and what it holds.

    `listing` is the instruction of the contents list that it belongs to; `boxes` are the text boxes anchored in it.
    """

    parts: list[str] = field(default_factory=list)
    numbered: int = 0
    listing: str | None = None
    anchor: str = ""
    images: int = 0
    formulas: int = 0
    boxes: list[etree._Element] = field(default_factory=list)

    @property
    def text(self) -> str:
        """All words of the paragraph."""
        return "".join(self.parts)


class Story:
    """Reads the paragraphs of one part; `note` is called with what kind of note is referred to, and its id."""

    def __init__(
        self, styles: Styles, targets: Mapping[str, str], found: Found, note: Callable[[str, str], None] | None = None
    ) -> None:
        self._styles = styles
        self._targets = targets
        self._found = found
        self._note = note
        self._fields: list[Field] = []
        self._words = Words()
        self._is_shown = True
        self._readers: dict[str, Callable[[etree._Element], None]] = self._made_readers()

    def paragraph(self, paragraph: etree._Element, carried: str = "") -> Words:
        """Return the paragraph's words, behind those carried over from one whose end was deleted."""
        self._words = words = Words([carried] if carried else [])
        for open_field in self._fields:
            open_field.start = len(words.parts)
            if open_field.is_listing and open_field.is_shown:
                words.listing = open_field.code
        self._children(paragraph)
        return words

    def _made_readers(self) -> dict[str, Callable[[etree._Element], None]]:
        def said(text: str) -> Callable[[etree._Element], None]:
            return lambda _: self._say(text)

        transparent = ("smartTag", "customXml", "ins", "moveTo", "bdo", "dir", "sdtContent")
        return {
            **{f"{W}{name}": self._children for name in transparent},
            f"{W}r": self._run,
            f"{W}t": lambda node: self._say(node.text or ""),
            f"{W}tab": said("\t"),
            f"{W}ptab": said("\t"),
            f"{W}cr": said("\n"),
            f"{W}br": lambda node: self._say("\n" if attribute(node, "type") in (None, "textWrapping") else ""),
            f"{W}noBreakHyphen": said("\u2011"),
            f"{W}softHyphen": said("\u00ad"),
            f"{W}sym": self._symbol,
            f"{W}fldChar": self._field_mark,
            f"{W}instrText": self._instruction,
            f"{W}fldSimple": self._simple_field,
            f"{W}hyperlink": self._hyperlink,
            f"{W}footnoteReference": lambda node: self._refer("footnotes", node),
            f"{W}endnoteReference": lambda node: self._refer("endnotes", node),
            f"{W}sdt": self._control,
            f"{W}drawing": self._drawing,
            f"{W}pict": self._picture,
            f"{W}object": self._picture,
            f"{W}ruby": lambda node: self._each(node.iterchildren(f"{W}rubyBase")),
            f"{W}rubyBase": self._children,
            f"{_MC}AlternateContent": lambda node: self._each(list(node.iterchildren(f"{_MC}Choice"))[:1]),
            f"{_MC}Choice": self._children,
            f"{_M}oMath": self._formula,
            f"{_M}oMathPara": self._children,
        }

    def _children(self, element: etree._Element) -> None:
        self._each(element)

    def _each(self, elements: Iterable[etree._Element]) -> None:
        readers = self._readers
        for element in elements:
            reader = readers.get(element.tag)
            if reader is not None:
                reader(element)

    def _say(self, text: str) -> None:
        if self._is_shown and text:
            self._words.parts.append(text)

    def _run(self, run: etree._Element) -> None:
        properties = run.find(f"{W}rPr")
        if properties is not None and self._is_vanished(properties):
            return
        self._each(run)

    def _is_vanished(self, properties: etree._Element) -> bool:
        own = is_on(properties, "vanish")
        if own is not None:
            return own
        style = attribute(properties.find(f"{W}rStyle"))
        return style is not None and self._styles.style(style).is_hidden

    def _symbol(self, node: etree._Element) -> None:
        try:
            code = int(attribute(node, "char") or "", 16)
        except ValueError:
            return
        font = (attribute(node, "font") or "").lower()
        self._say(_SYMBOLS.get(font, {}).get(code & 0xFF) or chr(code))

    def _field_mark(self, node: etree._Element) -> None:
        kind = attribute(node, "fldCharType")
        if kind == "begin":
            self._fields.append(Field(box=_form_box(node)))
        elif not self._fields:
            return
        elif kind == "separate":
            self._show(self._fields[-1])
        elif kind == "end":
            self._end(self._fields.pop())
        self._is_shown = all(entry.is_shown and not entry.is_silent for entry in self._fields)

    def _show(self, entry: Field) -> None:
        entry.is_shown = True
        entry.start = len(self._words.parts)
        entry.is_silent = entry.name == "PAGEREF" and any(outer.is_listing for outer in self._fields)
        if entry.is_listing:
            self._words.listing = entry.code

    def _end(self, entry: Field) -> None:
        words = self._words
        self._is_shown = all(outer.is_shown and not outer.is_silent for outer in self._fields)
        if entry.box:
            self._say(entry.box)
        if entry.name == "SEQ" and self._is_shown:
            words.numbered = len(words.parts)
        target = entry.target
        if target is not None and self._is_shown and words.listing is None:
            self._found.links.append(Link("".join(words.parts[entry.start :]), target))

    def _instruction(self, node: etree._Element) -> None:
        if self._fields and not self._fields[-1].is_shown:
            self._fields[-1].code += node.text or ""

    def _simple_field(self, node: etree._Element) -> None:
        entry = Field(attribute(node, "instr") or "")
        self._fields.append(entry)
        self._show(entry)
        self._is_shown = self._is_shown and not entry.is_silent
        self._each(node)
        self._fields.pop()
        self._end(entry)

    def _hyperlink(self, node: etree._Element) -> None:
        words, at, found = self._words, len(self._words.parts), self._found.links
        place = len(found)
        self._each(node)
        target = self._targets.get(node.get(f"{R}id", ""), "")
        anchor = attribute(node, "anchor")
        if anchor:
            target = f"{target}#{anchor}"
        if words.listing is not None:
            words.anchor = anchor or words.anchor
        elif target and self._is_shown:
            found.insert(place, Link("".join(words.parts[at:]), target))

    def _refer(self, kind: str, node: etree._Element) -> None:
        if self._is_shown and self._note is not None:
            self._note(kind, attribute(node, "id") or "")

    def _control(self, node: etree._Element) -> None:
        self._each(node.iterchildren(f"{W}sdtContent"))

    def _drawing(self, node: etree._Element) -> None:
        boxes = list(node.iter(f"{W}txbxContent"))
        if boxes:
            self._words.boxes += boxes
            return
        named = next(node.iter(f"{_WP}docPr"), None)
        if named is None or not self._is_shown or named.get("hidden") in ("1", "true"):
            return
        is_decorative = any(mark.get("val") in ("1", "true") for mark in named.iter(_DECORATIVE))
        self._image("" if is_decorative else named.get("descr") or named.get("title") or "")

    def _picture(self, node: etree._Element) -> None:
        """Read a drawing of older files (VML): a picture or a box of text, but no watermark, rule or signature line."""
        boxes = list(node.iter(f"{W}txbxContent"))
        if boxes:
            self._words.boxes += boxes
        elif self._is_shown:
            for data in node.iter(f"{_V}imagedata"):
                shape = data.getparent()
                if shape is not None and shape.get(f"{_O}hr") is None and shape.find(f"{_O}signatureline") is None:
                    self._image(shape.get("alt") or "")

    def _image(self, words: str) -> None:
        self._words.images += 1
        self._found.images.append(words)

    def _formula(self, node: etree._Element) -> None:
        if self._is_shown:
            self._words.formulas += 1
            self._found.formulas.append("".join(text.text or "" for text in node.iter(f"{_M}t")))


def _form_box(node: etree._Element) -> str:
    """Return the box of a form's check box field (17.16.7), "" for other fields."""
    box = node.find(f"{W}ffData/{W}checkBox")
    if box is None:
        return ""
    state = is_on(box, "checked")
    return "☒" if (is_on(box, "default") if state is None else state) else "☐"
