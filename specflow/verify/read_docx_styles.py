"""The styles of a Word file, with all that they inherit, known by their names, which Word never translates."""

from __future__ import annotations

import re
from dataclasses import dataclass

from lxml import etree

from specflow.verify.read_docx_package import W, attribute, is_on, whole_number

_CODE = re.compile(r"source ?code|html preformatted|preformatted text|plain text|macro text|(?:.* )?code(?: block)?")
_QUOTE = re.compile(r"block ?text|block quotation|quotations?|quote|intense quote")
_DEPTH = 32  # styles that are based on one another in a circle end here
_BODY_TEXT = 9  # the outline level of what is no heading (17.3.1.20)


@dataclass(frozen=True, slots=True)
class Style:
    """A paragraph style after inheritance.

    `outline` is the heading level from 0, or None; `list_id` and `list_level` are its numbering's; `numbered_by` is
    the style that brings it, to which a level of the list may be tied.
    """

    names: tuple[str, ...] = ()
    outline: int | None = None
    list_id: str | None = None
    list_level: int | None = None
    numbered_by: str = ""
    is_rtl: bool = False
    is_hidden: bool = False
    is_bold: bool = False

    @property
    def name(self) -> str:
        """The style's own name, small letters."""
        return self.names[0] if self.names else ""

    def is_a(self, *names: str) -> bool:
        """Tell whether the style, or one that it is based on, has one of the names."""
        return any(name in names for name in self.names)

    @property
    def is_code(self) -> bool:
        """Tell whether the style sets lines of code."""
        return any(_CODE.fullmatch(name) for name in self.names)

    @property
    def is_quote(self) -> bool:
        """Tell whether the style sets a block quotation."""
        return any(_QUOTE.fullmatch(name) for name in self.names)

    @property
    def is_caption(self) -> bool:
        """Tell whether the style sets a caption."""
        return any(name == "caption" or name.endswith(" caption") for name in self.names)


class Styles:
    """The styles by their ids; an unknown id has the default style, as in Word."""

    def __init__(self, root: etree._Element | None) -> None:
        self._elements: dict[str, etree._Element] = {}
        self._made: dict[str, Style] = {}
        self._default = ""
        self._defaults: etree._Element | None = None if root is None else root.find(f"{W}docDefaults")
        for style in () if root is None else root.iterchildren(f"{W}style"):
            identifier = attribute(style, "styleId") or ""
            self._elements[identifier] = style
            if attribute(style, "type") == "paragraph" and attribute(style, "default") in ("1", "true", "on"):
                self._default = identifier
        basic = None if self._defaults is None else self._defaults.find(f"{W}pPrDefault/{W}pPr")
        self._is_rtl = bool(is_on(basic, "bidi"))

    def style(self, identifier: str | None) -> Style:
        """Return the style of this id; the default one for none."""
        if identifier is None or identifier not in self._elements:
            identifier = self._default
        if identifier not in self._made:
            self._made[identifier] = self._inherited(identifier)
        return self._made[identifier]

    @property
    def is_rtl(self) -> bool | None:
        """Whether paragraphs run from right to left that state nothing; None where the styles state nothing either."""
        chain = [element.find(f"{W}pPr") for _, element in self._chain(self._default)]
        if self._defaults is not None:
            chain.append(self._defaults.find(f"{W}pPrDefault/{W}pPr"))
        return next((own for properties in chain if (own := is_on(properties, "bidi")) is not None), None)

    @property
    def language(self) -> etree._Element | None:
        """The languages of the document by groups of scripts: those of the default style, or of all styles."""
        basic = self._elements.get(self._default)
        own = None if basic is None else basic.find(f"{W}rPr/{W}lang")
        if own is not None or self._defaults is None:
            return own
        return self._defaults.find(f"{W}rPrDefault/{W}rPr/{W}lang")

    def numbering(self, identifier: str) -> str | None:
        """Return the id of the list that a numbering style stands for."""
        element = self._elements.get(identifier)
        return None if element is None else attribute(element.find(f"{W}pPr/{W}numPr/{W}numId"))

    def _chain(self, identifier: str) -> list[tuple[str, etree._Element]]:
        chain: list[tuple[str, etree._Element]] = []
        while identifier in self._elements and len(chain) < _DEPTH:
            element = self._elements[identifier]
            chain.append((identifier, element))
            identifier = attribute(element.find(f"{W}basedOn")) or ""
        return chain

    def _inherited(self, identifier: str) -> Style:
        names, outline, list_id, level, numbered_by = [], None, None, None, ""
        states: dict[str, bool | None] = {"bidi": None, "vanish": None, "b": None}
        for own, element in self._chain(identifier):
            names.append((attribute(element.find(f"{W}name")) or own).lower())
            paragraph, run = element.find(f"{W}pPr"), element.find(f"{W}rPr")
            if paragraph is not None:
                if outline is None:
                    outline = attribute(paragraph.find(f"{W}outlineLvl"))
                if list_id is None:
                    list_id = attribute(paragraph.find(f"{W}numPr/{W}numId"))
                    numbered_by = own if list_id is not None else ""
                if level is None:
                    level = attribute(paragraph.find(f"{W}numPr/{W}ilvl"))
            for name, properties in (("bidi", paragraph), ("vanish", run), ("b", run)):
                if states[name] is None:
                    states[name] = is_on(properties, name)
        return Style(
            tuple(names),
            heading_level(outline),
            list_id,
            None if level is None else whole_number(level),
            numbered_by,
            self._is_rtl if states["bidi"] is None else states["bidi"],
            bool(states["vanish"]),
            bool(states["b"]),
        )


def heading_level(outline: str | None) -> int | None:
    """Return the level, from 0, that an outline level stands for; None for body text."""
    level = whole_number(outline, _BODY_TEXT)
    return level if 0 <= level < _BODY_TEXT else None
