"""What an SVG drawing says: the texts in it, in the order in which they are read."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from lxml import etree

SVG = "http://www.w3.org/2000/svg"
XLINK = "http://www.w3.org/1999/xlink"

_NUMBER = re.compile(r"\s*-?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?", re.IGNORECASE)
_TRANSLATE = re.compile(rf"translate\(({_NUMBER.pattern})(?:[\s,]+({_NUMBER.pattern}))?\s*\)", re.IGNORECASE)
_ROW = 12.0
"""Texts whose heights differ by less, in pixels, stand in one row."""
_LEVELS = 16
"""So many times a part that is used may be used in another."""


def labels_of(root: etree._Element) -> tuple[str, ...]:
    """Return the texts as they are read: from the top down, and in a row from the left."""
    users = {target: use for use in root.iter(f"{{{SVG}}}use") if (target := target_of(use))}
    placed = [(_place(text, users), words_of(text)) for text in root.iter(f"{{{SVG}}}text")]
    placed.sort(key=lambda item: (round(item[0][1] / _ROW), item[0][0]))
    return tuple(dict.fromkeys(words for _, words in placed if words))


def _place(text: etree._Element, users: Mapping[str, etree._Element]) -> tuple[float, float]:
    """Return about where a text stands: turned and scaled parts count as if they were not."""
    first = next((part for part in text.iter(etree.Element) if part.get("y")), text)
    x, y = _number(first.get("x", "")), _number(first.get("y", ""))
    element: etree._Element | None = text
    used = 0
    while element is not None:
        for found in _TRANSLATE.finditer(element.get("transform", "")):
            x, y = x + float(found[1]), y + float(found[2] or 0)
        if etree.QName(element).localname in ("use", "svg"):
            x, y = x + _number(element.get("x", "")), y + _number(element.get("y", ""))
        user = users.get(element.get("id", "")) if used < _LEVELS else None
        used += user is not None
        element = user if user is not None else element.getparent()
    return x, y


def target_of(use: etree._Element) -> str:
    """Return the id of what is used."""
    return (use.get("href") or use.get(f"{{{XLINK}}}href") or "")[1:]


def _number(text: str) -> float:
    found = _NUMBER.match(text)
    return float(found[0]) if found else 0.0


def words_of(element: etree._Element | None) -> str:
    """Return an element's text on one line."""
    return " ".join(" ".join(_texts(element)).split()) if element is not None else ""


def _texts(element: etree._Element) -> Iterator[str]:
    for text in element.itertext():
        yield str(text)
