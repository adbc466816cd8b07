"""The look that diagrams of all kinds share: the house's colours, and the fonts that specflow brings along."""

from __future__ import annotations

import re
from dataclasses import dataclass

from lxml import etree

from specflow.svg import SvgRefused

SANS = "Liberation Sans, Arial, sans-serif"
MONO = "Liberation Mono, Courier New, monospace"


@dataclass(frozen=True, slots=True)
class _Colours:
    """The default theme's ink and rules, and fills that black text can be read on."""

    ink: str = "#1C2128"
    line: str = "#3D5A80"
    rule: str = "#B7C1CC"
    fill: str = "#E6ECF3"
    pale: str = "#F5F7F9"
    note: str = "#FFF6D6"


COLOURS = _Colours()

_FACE = re.compile(r"@font-face\s*\{[^}]*\}")
_FAMILY = re.compile(r"(font-family\s*:\s*)([^;}]+)")
_MONO = re.compile(r"mono|courier|consolas|menlo|code", re.IGNORECASE)


def dressed(svg: bytes) -> bytes:
    """Return a program's drawing with every font replaced by one that specflow brings along, and no font inside.

    The bytes are those of a program, not yet those of a harmless drawing. Raises SvgRefused where they are no XML.
    """
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        root = etree.fromstring(svg, parser)
    except etree.XMLSyntaxError as fault:
        raise SvgRefused(f"is not well-formed: {fault.msg}") from fault
    for element in root.iter(etree.Element):
        if element.get("font-family"):
            element.set("font-family", _house(element.get("font-family", "")))
        if "font" in element.get("style", ""):
            element.set("style", _styled(element.get("style", "")))
        if etree.QName(element).localname == "style":
            element.text = _styled(element.text or "")
    return etree.tostring(root)


def _styled(css: str) -> str:
    return _FAMILY.sub(lambda found: found[1] + _house(found[2]), _FACE.sub("", css))


def _house(family: str) -> str:
    return MONO if _MONO.search(family) else SANS
