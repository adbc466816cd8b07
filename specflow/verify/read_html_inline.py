"""Read the inline content of an HTML edition: words as a browser sets them, and what stands among them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from specflow.verify.read_html_style import is_hidden
from specflow.verify.seen import Link

_SPACES = re.compile("[ \t\r\n\f]+")
_AROUND_BREAK = re.compile(" *\n *")
_SILENT = frozenset(("script", "style", "template", "noscript", "rt", "rp", "head", "title", "svg", "datalist", "meta"))
_QUOTES = ("“", "”")


@dataclass(slots=True)
class Found:
    """What a page holds beside its words, in reading order."""

    links: list[Link] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    formulas: list[str] = field(default_factory=list)
    images: list[str] = field(default_factory=list)


def tidy(text: str) -> str:
    """Return the text without the blanks that a browser drops at the ends of lines."""
    return _AROUND_BREAK.sub("\n", re.sub("  +", " ", text)).strip(" \n")


class Inline:
    """Reads inline content; `note` is called with the anchor of a footnote where one is referred to."""

    def __init__(self, found: Found, hidden: frozenset[str], note: Callable[[str], None]) -> None:
        self._found = found
        self._hidden = hidden
        self._note = note
        self.box = ""
        """The state of the check box met last, which its list item takes for its marker."""

    def is_seen(self, element: Any) -> bool:
        """Tell whether the element is shown: neither code nor hidden by attribute, by its own style or by a sheet."""
        tag = element.tag
        if not isinstance(tag, str) or (tag in _SILENT and tag != "svg"):
            return False
        get = element.get
        if get("hidden") is not None or "display:none" in get("style", "").replace(" ", ""):
            return False
        return not self._hidden or not is_hidden(self._hidden, tag, frozenset(get("class", "").split()), get("id", ""))

    def text(self, element: Any) -> str:
        """Return the words of the element, its blanks and line breaks as a browser sets them."""
        return tidy(self.content(element))

    def content(self, element: Any, *, kept: bool = False) -> str:
        """Return what the element's content says; `kept` keeps its white space, as in preformatted text."""
        parts = [self.raw(element.text, kept=kept)]
        for child in element:
            parts.append(self.element(child, kept=kept))
            parts.append(self.raw(child.tail, kept=kept))
        return "".join(parts)

    def raw(self, text: str | None, *, kept: bool = False) -> str:
        """Return the characters as they are set."""
        if not text:
            return ""
        return text if kept else _SPACES.sub(" ", text)

    def element(self, element: Any, *, kept: bool = False) -> str:
        """Return what an inline element says, and note what it holds."""
        if not self.is_seen(element):
            return ""
        tag = element.tag
        if tag == "br":
            return "\n"
        if tag == "a":
            return self._anchor(element, kept=kept)
        if tag == "math":
            self._found.formulas.append(formula(element))
            return ""
        if tag in ("img", "svg"):
            self._found.images.append(alternative(element))
            return ""
        if tag == "input":
            return self._input(element)
        if tag == "q":
            return self.content(element, kept=kept).join(_QUOTES)
        if tag == "pre":
            return self.content(element, kept=True)
        return self.content(element, kept=kept)

    def _anchor(self, element: Any, *, kept: bool) -> str:
        href = element.get("href")
        role = element.get("role", "")
        classes = element.get("class", "").split()
        if role == "doc-backlink" or "footnote-back" in classes:
            return ""
        if role == "doc-noteref" or "footnote-ref" in classes:
            self._note((href or "").lstrip("#"))
            return ""
        place, images = len(self._found.links), len(self._found.images)
        words = self.content(element, kept=kept)
        if href and (words.strip() or len(self._found.images) > images):  # what shows nothing is no link to anybody
            self._found.links.insert(place, Link(tidy(words), href))
        return words

    def _input(self, element: Any) -> str:
        if element.get("type", "").lower() != "checkbox":
            return str(element.get("value", ""))
        self.box = "☐" if element.get("checked") is None else "☒"
        return self.box


def formula(element: Any) -> str:
    """Return the TeX that a formula was made of, or its letters where it does not tell."""
    for note in element.iter("annotation"):
        if note.get("encoding") in ("application/x-tex", "TeX", "LaTeX"):
            return str(note.text or "").strip()
    return "".join(element.itertext())


def alternative(element: Any) -> str:
    """Return the words for a picture: `alt`, or the name that a drawing in the page has."""
    if element.get("role") in ("presentation", "none") or element.get("aria-hidden") == "true":
        return ""
    named = element.get("alt") or element.get("aria-label")
    if named is None and element.tag == "svg":
        named = next((title.text for title in element.iter("title")), None)
    return str(named or element.get("title") or "")


def joined(lines: Iterable[str]) -> str:
    """Return the lines that say something, one below the other."""
    return "\n".join(line for line in lines if line.strip())
