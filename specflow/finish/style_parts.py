"""The parts that styles are made of: fonts, sizes, colours, borders, space; and the four kinds of style."""

from __future__ import annotations

from collections.abc import Sequence

from lxml import etree

from specflow.finish.wordml import twips, w
from specflow.theme import Font

Elements = Sequence[etree._Element]
SIDES = ("top", "left", "bottom", "right")
_EIGHTHS = 8  # borders are measured in eighths of a point
_CODE_SHARE = 0.92
_SINGLE = 240  # one line of `line`


def font(face: Font) -> etree._Element:
    """Return the run property that sets the face for every script; Word finds another where it lacks the letters."""
    return w("rFonts", ascii=face.word, hAnsi=face.word, eastAsia=face.word, cs=face.word)


def size(points: float) -> tuple[etree._Element, etree._Element]:
    """Return the type size for simple and for complex scripts; without the second, Arabic would stay at the default."""
    half_points = round(points * 2)
    return w("sz", val=half_points), w("szCs", val=half_points)


def code_size(points: float) -> float:
    """Return the type size of code in text of the size, to half a point; the PDF has the same share."""
    return round(points * _CODE_SHARE * 2) / 2


def bold() -> tuple[etree._Element, etree._Element]:
    """Return bold for simple and for complex scripts."""
    return w("b"), w("bCs")


def italic() -> tuple[etree._Element, etree._Element]:
    """Return italic for simple and for complex scripts."""
    return w("i"), w("iCs")


def colour(value: str) -> etree._Element:
    """Return the colour of text."""
    return w("color", val=value.removeprefix("#"))


def fill(value: str) -> etree._Element:
    """Return the colour behind a paragraph or a cell."""
    return w("shd", val="clear", color="auto", fill=value.removeprefix("#"))


def border(side: str, value: str, points: float, space: float = 0) -> etree._Element:
    """Return one side of a border; `space` is the distance from the text in points, 31 at most."""
    return w(side, val="single", sz=points * _EIGHTHS, space=min(space, 31), color=value.removeprefix("#"))


def around(before: float, after: float, line: float | None = None) -> etree._Element:
    """Return the space around a paragraph in points, and the height of its lines where it is not the default."""
    spacing = {"before": twips(before), "after": twips(after)}
    if line is None:
        return w("spacing", **spacing)
    return w("spacing", **spacing, line=line * _SINGLE, lineRule="auto")


def style(kind: str, name: str, parts: Elements, identifier: str | None, *, own: bool, default: bool) -> etree._Element:
    """Return a style of the kind; its id is its name in CamelCase, unless it is given."""
    flags = {"customStyle": "1"} if own else {}
    if default:
        flags["default"] = "1"
    named = identifier or "".join(word[0].upper() + word[1:] for word in name.split())
    return w("style", w("name", val=name), *parts, type=kind, styleId=named, **flags)


def paragraph_style(
    name: str,
    look: Elements = (),
    letters: Elements = (),
    *,
    based: str | None = "Normal",
    following: str | None = None,
    identifier: str | None = None,
    own: bool = False,
    default: bool = False,
) -> etree._Element:
    """Return a paragraph style; its id is its name in CamelCase. `own` says that Word has no such style itself."""
    parts = [w("basedOn", val=based)] if based else []
    if following:
        parts.append(w("next", val=following))
    parts.append(w("qFormat"))
    if look:
        parts.append(w("pPr", *look))
    if letters:
        parts.append(w("rPr", *letters))
    return style("paragraph", name, parts, identifier, own=own, default=default)


def character_style(
    name: str,
    letters: Elements = (),
    *,
    based: str | None = "DefaultParagraphFont",
    own: bool = False,
    default: bool = False,
) -> etree._Element:
    """Return a character style."""
    parts = [w("basedOn", val=based)] if based else [w("uiPriority", val=1), w("semiHidden"), w("unhideWhenUsed")]
    if letters:
        parts.append(w("rPr", *letters))
    return style("character", name, parts, None, own=own, default=default)


def table_style(
    name: str, parts: Elements, *, based: str | None, identifier: str | None = None, own: bool = False
) -> etree._Element:
    """Return a table style; one that is based on none is the default."""
    base = [w("basedOn", val=based)] if based else [w("uiPriority", val=99), w("semiHidden"), w("unhideWhenUsed")]
    return style("table", name, [*base, *parts], identifier, own=own, default=based is None)
