"""The page of a DOCX in Word's own measure, from the theme or from a file that somebody brought along."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from lxml import etree

from specflow.finish.wordml import attribute, child_of, qn, twips_of_mm, w
from specflow.theme import Theme

_SIDES = ("top", "right", "bottom", "left", "header", "footer", "gutter")


@dataclass(frozen=True, slots=True)
class Paper:
    """An upright page in twips; `header` and `footer` count from the edge of the paper."""

    width: int
    height: int
    top: int
    right: int
    bottom: int
    left: int
    header: int
    footer: int
    gutter: int = 0

    @classmethod
    def of_theme(cls, theme: Theme) -> Self:
        """Return the theme's page."""
        page = theme.page
        return cls(
            width=twips_of_mm(page.width),
            height=twips_of_mm(page.height),
            top=twips_of_mm(page.top),
            right=twips_of_mm(page.right),
            bottom=twips_of_mm(page.bottom),
            left=twips_of_mm(page.left),
            header=twips_of_mm(page.header),
            footer=twips_of_mm(page.footer),
        )

    @classmethod
    def of_section(cls, section: etree._Element) -> Self:
        """Return the page of a section; raises LookupError or ValueError where it has no whole one."""
        size, margins = child_of(section, "pgSz"), child_of(section, "pgMar")
        lengths = {side: _length(margins, side) for side in _SIDES if margins.get(qn(side)) is not None}
        width, height = sorted((_length(size, "w"), _length(size, "h")))
        made = cls(width, height, **dict.fromkeys(_SIDES[:-1], 0) | lengths)
        if min(made.text_width, made.height - made.left - made.right) < _LEAST:
            raise ValueError("the page has no room for text")
        return made

    @property
    def text_width(self) -> int:
        """Width of the text on the upright page."""
        return self.width - self.left - self.right - self.gutter

    def section(self, *, landscape: bool = False, rtl: bool = False) -> etree._Element:
        """Return the section properties of the page; a landscape one keeps the upright page's margins."""
        size = w("pgSz", w=self.width, h=self.height)
        if landscape:
            size = w("pgSz", w=self.height, h=self.width, orient="landscape")
        margins = w("pgMar", **{side: getattr(self, side) for side in _SIDES})
        return w("sectPr", size, margins, *([w("bidi")] if rtl else []))


_LEAST = 2000
"""The narrowest text, in twips, that anything can be set in."""


def _length(element: etree._Element, name: str) -> int:
    """Return a length of the page in twips; Word writes fractions in some versions."""
    return abs(round(float(attribute(element, name))))
