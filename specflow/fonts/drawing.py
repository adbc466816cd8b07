"""The document's own fonts in drawings: Typst looks for each text of an SVG in one font alone."""

from __future__ import annotations

from collections.abc import Sequence

from lxml import etree

from specflow.fonts.han import han_language
from specflow.fonts.stretches import stretches
from specflow.model import DocumentFont

_SVG = "http://www.w3.org/2000/svg"
_TEXTS = (f"{{{_SVG}}}text", f"{{{_SVG}}}tspan")
_PARSER = etree.XMLParser(resolve_entities=False, no_network=True)


def with_fonts(svg: bytes, fonts: Sequence[DocumentFont], language: str) -> bytes:
    """Return the drawing with each stretch of its texts naming the document's font that has it.

    A drawing whose texts need none of the fonts comes back as it is. Raises etree.XMLSyntaxError for what is no XML.
    """
    own = frozenset().union(*(font.characters for font in fonts))
    if not fonts or own.isdisjoint(svg.decode("utf-8", "replace")):
        return svg
    root = etree.fromstring(svg, _PARSER)
    for element in list(root.iter(*_TEXTS)):
        _name(element, fonts, language)
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True)


def _name(element: etree._Element, fonts: Sequence[DocumentFont], language: str) -> None:
    """Put the stretches of the element's own text, and of what stands between its parts, into parts of their own."""
    places = [(-1, element.text), *((number, child.tail) for number, child in enumerate(element))]
    for place, text in reversed(places):
        if not text or text.isascii():
            continue
        parts = list(stretches(text, fonts, han_language(text, language) or language))
        before = ""
        made: list[etree._Element] = []
        for family, piece in parts:
            if family:
                part = etree.Element(f"{{{_SVG}}}tspan", {"font-family": f"'{family}'"})
                part.text = piece
                made.append(part)
            elif made:
                made[-1].tail = piece
            else:
                before = piece
        if place < 0:
            element.text = before
        else:
            element[place].tail = before
        for offset, part in enumerate(made, 1):
            element.insert(place + offset, part)
