"""Read the content controls of an approval block, and take their texts out, so that the rest can be compared.

A control is found by its tag; where the program that saved the file has dropped that, by the bookmark around it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from lxml import etree

from specflow.finish.control_names import RoleControls, parts_by_tag
from specflow.verify.read_docx_package import W, attribute

TAG, BOOKMARK = "tag", "bookmark"
_TEXTS = {f"{W}t": "", f"{W}br": "\n", f"{W}cr": "\n", f"{W}tab": "\t", f"{W}noBreakHyphen": "-", f"{W}softHyphen": ""}
_HARMLESS = {
    f"{W}{name}"
    for name in (
        "r", "rPr", "ins", "del", "delText", "proofErr", "bookmarkStart", "bookmarkEnd", "sdt", "sdtPr", "sdtEndPr",
        "sdtContent", "smartTag", "lastRenderedPageBreak", "commentRangeStart", "commentRangeEnd", "commentReference",
    )
}  # fmt: skip
_PROPERTIES = (f"{W}rPr", f"{W}sdtPr", f"{W}sdtEndPr", f"{W}smartTagPr")


class Unusable(Exception):
    """A control is not as it was issued; the message says how, as the end of a sentence about it."""


@dataclass(frozen=True, slots=True)
class Control:
    """What a control holds: its text on one line.

    `is_placeholder` tells if it says that nothing was filled in; programs other than Word may not say so. `choices` are
    the values of what can be chosen, by the words that are shown. `found_by` says how it was found.
    """

    text: str
    is_placeholder: bool = False
    choices: Mapping[str, str] = field(default_factory=dict)
    is_locked: bool = False
    found_by: str = TAG


def take_controls(root: etree._Element, names: Iterable[RoleControls]) -> dict[str, Control | Unusable]:
    """Return what the controls hold, by tag, and leave them empty in the document."""
    bookmarks = parts_by_tag(names)
    by_tag: dict[str, list[etree._Element]] = {}
    for control in root.iter(f"{W}sdt"):
        found = attribute(control.find(f"{W}sdtPr/{W}tag")) or ""
        by_tag.setdefault(found, []).append(control)
    by_name: dict[str, list[etree._Element]] = {}
    for start in root.iter(f"{W}bookmarkStart"):
        by_name.setdefault(attribute(start, "name") or "", []).append(start)
    taken: dict[str, Control | Unusable] = {}
    for tag, name in bookmarks.items():
        try:
            taken[tag] = _take(by_tag.get(tag, []), by_name.get(name, []))
        except Unusable as fault:
            taken[tag] = fault
    return taken


def _take(tagged: list[etree._Element], marked: list[etree._Element]) -> Control:
    if len(tagged) > 1 or (not tagged and len(marked) > 1):
        raise Unusable("is there more than once")
    if tagged:
        content = tagged[0].find(f"{W}sdtContent")
        return _read(tagged[0], [] if content is None else list(_below(content)), TAG)
    if not marked:
        raise Unusable("is missing")
    inside = list(_between(marked[0]))
    outer = next(marked[0].iterancestors(f"{W}sdt"), None)
    control = outer if outer is not None else next((one for one in inside if one.tag == f"{W}sdt"), None)
    return _read(control, inside, BOOKMARK)


def _below(content: etree._Element) -> Iterator[etree._Element]:
    """Yield all elements below, but for properties and what stands in them."""
    for child in content:
        if child.tag not in _PROPERTIES:
            yield child
            yield from _below(child)


def _between(start: etree._Element) -> Iterator[etree._Element]:
    """Yield what stands between a bookmark's ends, which may lie inside and outside of a control, in one paragraph."""
    paragraph = next(start.iterancestors(f"{W}p"), None)
    if paragraph is None:
        raise Unusable("was moved")
    is_inside = False
    for element in _below(paragraph):
        if element is start:
            is_inside = True
        elif element.tag == f"{W}bookmarkEnd" and attribute(element, "id") == attribute(start, "id") and is_inside:
            return
        elif is_inside:
            yield element
    raise Unusable("reaches beyond its line")


def _read(control: etree._Element | None, inside: list[etree._Element], found_by: str) -> Control:
    foreign = next((one.tag for one in inside if one.tag not in _HARMLESS and one.tag not in _TEXTS), None)
    if foreign is not None:
        raise Unusable(f"holds more than text ({etree.QName(foreign).localname})")
    text = ""
    for element in inside:
        if element.tag in _TEXTS:
            text += _TEXTS[element.tag] or element.text or ""
            parent = element.getparent()
            if parent is not None:
                parent.remove(element)
    stated = None if control is None else control.find(f"{W}sdtPr")
    if stated is None:
        return Control(" ".join(text.split()), found_by=found_by)
    return Control(
        " ".join(text.split()),
        stated.find(f"{W}showingPlcHdr") is not None and found_by == TAG,
        dict(map(_choice, stated.iterfind(f"{W}dropDownList/{W}listItem"))),
        attribute(stated.find(f"{W}lock")) == "sdtContentLocked",
        found_by,
    )


def _choice(item: etree._Element) -> tuple[str, str]:
    """Return the words of what can be chosen, and its value."""
    value = attribute(item, "value") or ""
    return " ".join((attribute(item, "displayText") or value).split()), value
