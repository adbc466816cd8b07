"""Formulas: each run names the font of formulas, as Word's own editor writes it (ECMA-376 part 1, 22.1.2.87)."""

from __future__ import annotations

from collections.abc import Iterable

from lxml import etree

from specflow.finish.wordml import M, qn, set_property, w

FACE = "Cambria Math"


def finish_math(parts: Iterable[etree._Element]) -> None:
    """Give every run of a formula its font: without it Word sets the letters in that of the text around.

    Text in a formula has no style of letters besides (a choice in the schema, 22.1.2.106), though pandoc gives one.
    """
    for part in parts:
        for run in part.iter(f"{{{M}}}r"):
            _settle(run.find(f"{{{M}}}rPr"))
            properties = run.find(qn("rPr"))
            if properties is None:
                properties = w("rPr")
                own = run.find(f"{{{M}}}rPr")
                run.insert(0 if own is None else 1, properties)
            set_property(properties, w("rFonts", ascii=FACE, hAnsi=FACE, eastAsia=FACE, cs=FACE))


def _settle(properties: etree._Element | None) -> None:
    if properties is not None and properties.find(f"{{{M}}}nor") is not None:
        for name in ("scr", "sty"):
            for style in properties.findall(f"{{{M}}}{name}"):
                properties.remove(style)


def math(name: str, /, *children: etree._Element, **attributes: str) -> etree._Element:
    """Return an element of the markup of formulas."""
    element = etree.Element(f"{{{M}}}{name}", nsmap={"m": M})
    for key, value in attributes.items():
        element.set(f"{{{M}}}{key}", value)
    element.extend(children)
    return element
