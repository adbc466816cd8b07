"""Count the lists of a Word file as Word does: ECMA-376 part 1, 17.9, and what Word makes of it.

All lists of one definition (`abstractNum`) share its counters; a `startOverride` sets them back when its list is met
for the first time. A level starts anew after any level above it, unless `lvlRestart` says otherwise.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from lxml import etree

from specflow.verify.read_docx_numerals import numeral
from specflow.verify.read_docx_package import W, attribute, is_on, whole_number
from specflow.verify.read_docx_styles import Styles

_LEVELS = 9
_BULLET = "•"
_BOXES = {"☐": "☐", "□": "☐", "☑": "☒", "☒": "☒", "🗹": "☒", "🗷": "☒"}
_WINGDINGS_BOXES = {"\uf06f": "☐", "\uf0a8": "☐", "\uf0fd": "☒", "\uf0fe": "☒"}


@dataclass(frozen=True, slots=True)
class _Level:
    """How one level of a list is written; `restart` is the level, from 1, after whose use it starts anew."""

    start: int = 0
    numerals: str = "decimal"
    text: str = ""
    style: str = ""
    restart: int | None = None
    is_legal: bool = False
    font: str = ""


@dataclass(frozen=True, slots=True)
class _List:
    definition: str
    levels: tuple[_Level, ...]
    restarts: dict[int, int]


class Lists:
    """The numbering of a document, counted on with every paragraph in reading order."""

    def __init__(self, root: etree._Element | None, styles: Styles) -> None:
        self._styles = styles
        self._definitions: dict[str, etree._Element] = {}
        self._numbers: dict[str, etree._Element] = {}
        self._made: dict[str, _List | None] = {}
        self._defined: dict[str, tuple[_Level, ...]] = {}
        self._counts: dict[str, list[int | None]] = {}
        self._met: set[tuple[str, int]] = set()
        if root is not None:
            for definition in root.iterchildren(f"{W}abstractNum"):
                self._definitions[attribute(definition, "abstractNumId") or ""] = definition
            for number in root.iterchildren(f"{W}num"):
                self._numbers[attribute(number, "numId") or ""] = number

    def level_of(self, list_id: str, style_id: str) -> int | None:
        """Return the level of the list that is tied to the style."""
        found = self._list(list_id)
        levels = found.levels if found else ()
        return next((depth for depth, level in enumerate(levels) if level.style and level.style == style_id), None)

    def count(self, list_id: str, depth: int) -> str:
        """Count on, and return the label that the next paragraph of this list gets: empty where none is shown.

        Any bullet is "•", and a bullet that is a box is "☐" or "☒".
        """
        found = self._list(list_id)
        if found is None:
            return ""
        depth = min(max(depth, 0), _LEVELS - 1)
        counts = self._counts.setdefault(found.definition, [None] * _LEVELS)
        current = counts[depth]
        if depth in found.restarts and (list_id, depth) not in self._met:
            counts[depth] = found.restarts[depth]
        else:
            counts[depth] = found.levels[depth].start if current is None else current + 1
        self._met.add((list_id, depth))
        for above in range(depth):
            if counts[above] is None:
                counts[above] = found.levels[above].start
        for below in range(depth + 1, _LEVELS):
            restart = found.levels[below].restart
            if restart is None or (restart != 0 and depth < restart):
                counts[below] = None
        return _written(found.levels, depth, counts)

    def _list(self, list_id: str) -> _List | None:
        if list_id not in self._made:
            self._made[list_id] = self._read(list_id)
        return self._made[list_id]

    def _levels(self, identifier: str, definition: etree._Element) -> tuple[_Level, ...]:
        if identifier not in self._defined:
            levels = [_Level() for _ in range(_LEVELS)]
            for element in definition.iterchildren(f"{W}lvl"):
                _set(levels, element)
            self._defined[identifier] = tuple(levels)
        return self._defined[identifier]

    def _read(self, list_id: str) -> _List | None:
        number = self._numbers.get(list_id)
        definition_id = attribute(number.find(f"{W}abstractNumId")) if number is not None else None
        definition = self._definitions.get(definition_id or "")
        if number is None or definition is None:
            return None
        linked = attribute(definition.find(f"{W}numStyleLink"))
        target = self._styles.numbering(linked) if linked else None
        if target is not None and target != list_id and target in self._numbers:
            definition_id = attribute(self._numbers[target].find(f"{W}abstractNumId"))
            definition = self._definitions.get(definition_id or "", definition)
        levels = list(self._levels(definition_id or "", definition))
        restarts: dict[int, int] = {}
        for override in number.iterchildren(f"{W}lvlOverride"):
            own = override.find(f"{W}lvl")
            if own is not None:
                _set(levels, own)
            depth = whole_number(attribute(override, "ilvl"), -1)
            start = attribute(override.find(f"{W}startOverride"))
            if start is not None and 0 <= depth < _LEVELS:
                restarts[depth] = whole_number(start)
                levels[depth] = replace(levels[depth], start=whole_number(start))
        return _List(definition_id or "", tuple(levels), restarts)


def _set(levels: list[_Level], element: etree._Element) -> None:
    depth = whole_number(attribute(element, "ilvl"), -1)
    if not 0 <= depth < _LEVELS:
        return
    restart = attribute(element.find(f"{W}lvlRestart"))
    levels[depth] = _Level(
        whole_number(attribute(element.find(f"{W}start"))),
        attribute(element.find(f"{W}numFmt")) or "decimal",
        attribute(element.find(f"{W}lvlText")) or "",
        attribute(element.find(f"{W}pStyle")) or "",
        None if restart is None else whole_number(restart),
        bool(is_on(element, "isLgl")),
        (attribute(element.find(f"{W}rPr/{W}rFonts"), "ascii") or "").lower(),
    )


def _written(levels: tuple[_Level, ...], depth: int, counts: list[int | None]) -> str:
    level = levels[depth]
    if level.numerals == "bullet":
        return _bullet(level)

    def written(found: re.Match[str]) -> str:
        place = int(found[1]) - 1
        numerals = "decimal" if level.is_legal else levels[place].numerals
        return numeral(counts[place] or 0, numerals)

    return re.sub("%([1-9])", written, level.text).strip()


def _bullet(level: _Level) -> str:
    mark = level.text.strip()
    if not mark:
        return ""
    if level.font.startswith("wingdings") and mark in _WINGDINGS_BOXES:
        return _WINGDINGS_BOXES[mark]
    return _BOXES.get(mark, _BULLET)
