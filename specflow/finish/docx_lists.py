"""Lists: the theme's indents, bullets that every font has, and plain indents for what continues an item."""

from __future__ import annotations

from collections.abc import Iterable

from lxml import etree

from specflow.finish.style_parts import font
from specflow.finish.wordml import attribute, child_of, properties_of, qn, set_property, style_of, twips, value_of, w
from specflow.theme import Theme

_PANDOC_FIRST = 990  # the ids of pandoc's own list definitions start here
_BULLETS = ("•", "–", "·")
_BOXES = {"☐": "☐", "☒": "☑"}  # ticked, as in the other editions
_BOX_FONT = "Segoe UI Symbol"
_QUOTED_EXTRA = {"BlockText": 10.0}  # points that the style's bar needs to the left of its text


def finish_lists(parts: Iterable[etree._Element], numbering: etree._Element, theme: Theme) -> None:
    """Give pandoc's lists the look of the theme, and take the blank bullets off paragraphs that continue an item."""
    blank = _restyle(numbering, theme)
    for paragraph in (paragraph for part in parts for paragraph in part.iter(qn("p"))):
        number = value_of(paragraph, "pPr/numPr/numId")
        if number in blank:
            _indent(paragraph, int(value_of(paragraph, "pPr/numPr/ilvl") or 0) + 1, theme)


def _restyle(numbering: etree._Element, theme: Theme) -> set[str]:
    """Restyle the definitions; return the ids of the lists whose bullet is a blank."""
    blank = set()
    for definition in numbering.findall(qn("abstractNum")):
        number = attribute(definition, "abstractNumId")
        if int(number) < _PANDOC_FIRST:
            continue
        levels = definition.findall(qn("lvl"))
        if all(not (value_of(level, "lvlText") or "").strip() for level in levels):
            blank.add(number)
        for level in levels:
            _restyle_level(level, theme)
    return {
        attribute(entry, "numId") for entry in numbering.findall(qn("num")) if value_of(entry, "abstractNumId") in blank
    }


def _restyle_level(level: etree._Element, theme: Theme) -> None:
    depth = int(attribute(level, "ilvl"))
    step = twips(theme.spacing.list_indent)
    set_property(properties_of(level, "pPr"), w("ind", left=step * (depth + 1), hanging=step))
    text = child_of(level, "lvlText")
    if value_of(level, "numFmt") != "bullet" or not attribute(text, "val").strip():
        return
    for old in level.findall(qn("rPr")):
        level.remove(old)
    if attribute(text, "val") in _BOXES:
        text.set(qn("val"), _BOXES[attribute(text, "val")])
        level.append(w("rPr", w("rFonts", ascii=_BOX_FONT, hAnsi=_BOX_FONT, eastAsia=_BOX_FONT, cs=_BOX_FONT)))
    else:
        text.set(qn("val"), _BULLETS[depth % len(_BULLETS)])
        level.append(w("rPr", font(theme.fonts.body)))


def _indent(paragraph: etree._Element, depth: int, theme: Theme) -> None:
    """Indent a paragraph that continues a list item, on top of what its style adds."""
    properties = properties_of(paragraph, "pPr")
    properties.remove(child_of(properties, "numPr"))
    left = theme.spacing.list_indent * depth
    style = style_of(paragraph)
    if style == "SourceCode":
        padding = theme.spacing.code + 1
        set_property(properties, w("ind", left=twips(left + padding), right=twips(padding)))
    else:
        set_property(properties, w("ind", left=twips(left + _QUOTED_EXTRA.get(style, 0))))
