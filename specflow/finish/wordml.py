"""WordprocessingML as Python: elements, the order that the schema wants, lengths, and fields.

Order and names are those of ECMA-376 part 1 (transitional), section 17. Word refuses files whose properties stand in
another order; LibreOffice does not, so the order is made here, once.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from copy import deepcopy
from functools import lru_cache
from operator import le

from lxml import etree

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
V = "urn:schemas-microsoft-com:vml"
O = "urn:schemas-microsoft-com:office:office"  # noqa: E741
W10 = "urn:schemas-microsoft-com:office:word"
M = "http://schemas.openxmlformats.org/officeDocument/2006/math"
_XML_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
_ILLEGAL = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_PARSER = etree.XMLParser(resolve_entities=False, no_network=True, remove_comments=True)

_ORDER = {
    "pPr": (
        "pStyle keepNext keepLines pageBreakBefore framePr widowControl numPr suppressLineNumbers pBdr shd tabs "
        "suppressAutoHyphens kinsoku wordWrap overflowPunct topLinePunct autoSpaceDE autoSpaceDN bidi adjustRightInd "
        "snapToGrid spacing ind contextualSpacing mirrorIndents suppressOverlap jc textDirection textAlignment "
        "textboxTightWrap outlineLvl divId cnfStyle rPr sectPr pPrChange"
    ),
    "rPr": (
        "rStyle rFonts b bCs i iCs caps smallCaps strike dstrike outline shadow emboss imprint noProof snapToGrid "
        "vanish webHidden color spacing w kern position sz szCs highlight u effect bdr shd fitText vertAlign rtl cs em "
        "lang eastAsianLayout specVanish oMath rPrChange"
    ),
    "tblPr": (
        "tblStyle tblpPr tblOverlap bidiVisual tblStyleRowBandSize tblStyleColBandSize tblW jc tblCellSpacing tblInd "
        "tblBorders shd tblLayout tblCellMar tblLook tblCaption tblDescription tblPrChange"
    ),
    "tcPr": (
        "cnfStyle tcW gridSpan hMerge vMerge tcBorders shd noWrap tcMar textDirection tcFitText vAlign hideMark "
        "headers cellIns cellDel cellMerge tcPrChange"
    ),
    "sectPr": (
        "headerReference footerReference footnotePr endnotePr type pgSz pgMar paperSrc pgBorders lnNumType pgNumType "
        "cols formProt vAlign noEndnote titlePg textDirection bidi rtlGutter docGrid printerSettings sectPrChange"
    ),
}
_RANK = {
    f"{{{W}}}{parent}": {f"{{{W}}}{name}": rank for rank, name in enumerate(names.split())}
    for parent, names in _ORDER.items()
}
_LAST = 999


@lru_cache(maxsize=1024)
def qn(name: str) -> str:
    """Return the qualified name of an element or attribute of WordprocessingML."""
    return f"{{{W}}}{name}"


@lru_cache(maxsize=1024)
def _path(path: str) -> str:
    """Return the path with qualified names."""
    return "/".join(qn(step) for step in path.split("/"))


def w(name: str, /, *children: etree._Element, **attributes: str | float) -> etree._Element:
    """Return an element with the attributes, numbers written as whole ones; properties are put in schema order.

    A child that already stands somewhere stays there, and is copied: lxml would move it.
    """
    element = etree.Element(qn(name), nsmap={"w": W})
    for key, value in attributes.items():
        element.set(qn(key), value if isinstance(value, str) else str(round(value)))
    element.extend(child if child.getparent() is None else deepcopy(child) for child in children)
    sort_properties(element)
    return element


def sort_properties(element: etree._Element) -> None:
    """Put the children of a property element in the order of the schema; others are left alone."""
    ranks = _RANK.get(element.tag)
    if ranks:
        element[:] = sorted(element, key=lambda child: ranks.get(child.tag, _LAST))


def set_property(properties: etree._Element, child: etree._Element) -> None:
    """Put the child among the properties, in its place, instead of one of the same name."""
    for old in properties.findall(child.tag):
        properties.remove(old)
    ranks = _RANK.get(properties.tag)
    found = [ranks.get(other.tag, _LAST) for other in properties] if ranks else []
    if ranks and all(map(le, found, found[1:])):  # as it is but for a file that somebody brought along
        properties.insert(bisect_right(found, ranks.get(child.tag, _LAST)), child)
        return
    properties.append(child)
    sort_properties(properties)


def properties_of(element: etree._Element, name: str) -> etree._Element:
    """Return the element's property child (`pPr`, `rPr`, `tcPr`, `trPr`), made as its first child if it has none."""
    found = element.find(qn(name))
    if found is None:
        found = etree.SubElement(element, qn(name))
        element.insert(0, found)
    return found


def value_of(element: etree._Element, path: str, attribute: str = "val") -> str | None:
    """Return the attribute of the element at the path (`pPr/pStyle`), None where there is none."""
    found = element.find(_path(path))
    return None if found is None else found.get(qn(attribute))


def child_of(element: etree._Element, path: str) -> etree._Element:
    """Return the element at the path (`pPr/ind`), which has to be there; raises LookupError otherwise."""
    found = element.find(_path(path))
    if found is None:
        raise LookupError(path)
    return found


def parent_of(element: etree._Element) -> etree._Element:
    """Return the element around an element that is not the root; raises LookupError for that."""
    parent = element.getparent()
    if parent is None:
        raise LookupError(element.tag)
    return parent


def attribute(element: etree._Element, name: str) -> str:
    """Return the attribute's value, empty where it is absent."""
    return element.get(qn(name)) or ""


def neighbour(block: etree._Element, *, before: bool = False) -> etree._Element | None:
    """Return the block after this one, or the one before it; bookmarks between blocks do not count."""
    marks = (qn("bookmarkStart"), qn("bookmarkEnd"))
    return next((found for found in block.itersiblings(preceding=before) if found.tag not in marks), None)


def style_of(paragraph: etree._Element) -> str:
    """Return the id of the paragraph's style; "Normal" where it names none."""
    return value_of(paragraph, "pPr/pStyle") or "Normal"


def twips(points: float) -> int:
    """Return points as twentieths of a point."""
    return round(points * 20)


def twips_of_mm(millimetres: float) -> int:
    """Return millimetres as twentieths of a point."""
    return round(millimetres * 1440 / 25.4)


def legal(text: str) -> str:
    """Return the text without the characters that XML 1.0 does not allow, such as control characters."""
    return _ILLEGAL.sub("", text)


def text_run(text: str, *properties: etree._Element) -> etree._Element:
    """Return a run with the text; tabs become tab stops."""
    run = w("r", w("rPr", *properties)) if properties else w("r")
    for number, part in enumerate(legal(text).split("\t")):
        if number:
            run.append(w("tab"))
        if part:
            leaf = w("t")
            leaf.text = part
            leaf.set(_XML_SPACE, "preserve")
            run.append(leaf)
    return run


def field(code: str, result: Sequence[etree._Element]) -> Iterator[etree._Element]:
    """Yield the runs of a field around the runs of its cached result."""
    yield from field_start(code)
    yield from result
    yield field_end()


def field_start(code: str) -> Iterator[etree._Element]:
    """Yield the runs that open a field; its cached result follows."""
    instruction = w("instrText")
    instruction.text = f" {code} "
    instruction.set(_XML_SPACE, "preserve")
    yield w("r", w("fldChar", fldCharType="begin"))
    yield w("r", instruction)
    yield w("r", w("fldChar", fldCharType="separate"))


def field_end() -> etree._Element:
    """Return the run that closes a field."""
    return w("r", w("fldChar", fldCharType="end"))


def bookmark(name: str) -> tuple[etree._Element, etree._Element]:
    """Return the start and the end of a bookmark; their ids are given when the whole document is numbered."""
    return w("bookmarkStart", id="0", name=name), w("bookmarkEnd", id="0")


def root_of(namespace: str, name: str) -> etree._Element:
    """Return a root element whose namespace is the default one, as the parts of a package have it."""
    return etree.fromstring(f'<{name} xmlns="{namespace}"/>')


def parse(data: bytes) -> etree._Element:
    """Return the root element of the part; entities are not resolved, nothing is fetched."""
    return etree.fromstring(data, _PARSER)


def serialise(root: etree._Element) -> bytes:
    """Return the part as UTF-8 with the declaration that Word writes."""
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
