"""Read what an HTML edition's style sheets show of their own: running header and footer, watermark; and what they hide.

Only as much of CSS is known as says words: margin boxes of `@page` (CSS Paged Media 3), `content` of `::before` and
`::after`, and `display: none` for simple selectors.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

_TOKEN = re.compile(r"""/\*.*?\*/|"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[{};]""", re.DOTALL)
_ESCAPE = re.compile(r"\\(?:([0-9a-fA-F]{1,6})\s?|(\n)|(.))", re.DOTALL)
_CONTENT = re.compile(r""""((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|counters?\(\s*(pages?)\b[^)]*\)|(/)""", re.DOTALL)
_IS = re.compile(r":is\(([^()]*)\)")
_SIMPLE = re.compile(r"(?P<tag>[a-z][a-z0-9]*)?(?P<marks>(?:[.#][\w-]+)*)", re.IGNORECASE)
_COUNTED = "#"

IsThere = Callable[[str, frozenset[str], str], bool]
"""Tells whether the page has an element of this tag (or any), these classes and this id (or any)."""


@dataclass(frozen=True, slots=True)
class _Rule:
    """A style rule: the at-rules around it, its selector, and its declarations in order."""

    around: tuple[str, ...]
    selector: str
    declared: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """What the style sheets say in words.

    `margins` are the margin boxes of ordinary pages by name ("top-left"), a page number being "#". `hidden` are the
    simple selectors that are shown neither on the screen nor on paper.
    """

    margins: Mapping[str, str] = field(default_factory=dict)
    watermarks: tuple[tuple[str, str], ...] = ()
    hidden: frozenset[str] = frozenset()

    def running(self, edge: str, *, is_rtl: bool) -> str:
        """Return what stands along the `top` or `bottom` edge, in the direction of reading, with tabs between."""
        sides = ("right", "center", "left") if is_rtl else ("left", "center", "right")
        return "\t".join(filter(None, (self.margins.get(f"{edge}-{side}", "") for side in sides)))

    def watermark(self, is_there: IsThere) -> str:
        """Return the words that are fixed behind the page for an element which the page has; "" for none."""
        for selector, words in self.watermarks:
            found = _SIMPLE.fullmatch(selector)
            if found and is_there(found["tag"] or "", classes_of(found["marks"]), identifier_of(found["marks"])):
                return words
        return ""


def read_sheet(css: str) -> Sheet:
    """Return what the style sheets say in words."""
    margins: dict[str, str] = {}
    watermarks: list[tuple[str, str]] = []
    shown: dict[str, list[bool]] = {}
    for rule in _rules(css):
        declared = dict(rule.declared)
        if rule.around == ("@page",) and rule.selector.startswith("@"):
            margins[rule.selector[1:]] = _words(rule.declared)
            continue
        if any(not around.startswith("@media") for around in rule.around):
            continue
        for selector in _selectors(rule.selector):
            owner, generated, _ = selector.partition("::")
            if generated:
                words = _words(rule.declared)
                if words and declared.get("position") == "fixed":
                    watermarks.append((owner or "*", words))
            elif "display" in declared and _SIMPLE.fullmatch(selector):
                _set_shown(shown.setdefault(selector, [True, True]), rule.around, declared["display"])
    return Sheet(margins, tuple(watermarks), frozenset(name for name, media in shown.items() if not any(media)))


def _selectors(text: str) -> Iterator[str]:
    """Yield the selectors of a list; one with `:is(…)` once for each of its alternatives."""
    found = _IS.search(text)
    if not found:
        yield from map(str.strip, text.split(","))
        return
    for alternative in found[1].split(","):
        yield from _selectors(f"{text[: found.start()]}{alternative.strip()}{text[found.end() :]}")


def classes_of(marks: str) -> frozenset[str]:
    """Return the classes in the marks of a simple selector."""
    return frozenset(re.findall(r"\.([\w-]+)", marks))


def identifier_of(marks: str) -> str:
    """Return the id in the marks of a simple selector, "" for none."""
    found = re.search(r"#([\w-]+)", marks)
    return found[1] if found else ""


def is_hidden(hidden: Iterable[str], tag: str, classes: frozenset[str], identifier: str) -> bool:
    """Tell whether one of the simple selectors is about an element like this."""
    for selector in hidden:
        found = _SIMPLE.fullmatch(selector)
        if (
            found
            and found["tag"] in (None, tag)
            and classes_of(found["marks"]) <= classes
            and identifier_of(found["marks"]) in ("", identifier)
        ):
            return True
    return False


def _set_shown(media: list[bool], around: tuple[str, ...], display: str) -> None:
    """Note for screen and paper whether the rule shows what it is about; conditions of a medium never hide."""
    for place, medium in enumerate(("screen", "print")):
        if not around or any(condition.split()[1:] == [medium] for condition in around):
            media[place] = not display.startswith("none")
        elif display != "none" and any(medium in condition for condition in around):
            media[place] = True


def _rules(css: str) -> Iterator[_Rule]:
    """Yield the rules with declarations. Strings and comments may hold any sign."""
    around: list[str] = []
    parts: list[str] = []
    declared: list[list[tuple[str, str]]] = [[]]
    at = 0
    for token in _TOKEN.finditer(css):
        parts.append(css[at : token.start()])
        at = token.end()
        sign = token[0]
        if sign[0] in "\"'":
            parts.append(sign)
        elif sign == "{":
            around.append(" ".join("".join(parts).split()))
            declared.append([])
            parts.clear()
        elif sign in (";", "}"):
            name, colon, value = "".join(parts).partition(":")
            if colon:
                declared[-1].append((name.strip().lower(), value.strip()))
            parts.clear()
            if sign == "}" and around:
                made, selector = declared.pop(), around.pop()
                if made:
                    yield _Rule(tuple(around), selector, tuple(made))


def _words(declared: Iterable[tuple[str, str]]) -> str:
    """Return the words of the last `content` that has any; its alternative, behind a slash, is not what is seen."""
    words = ""
    for name, value in declared:
        if name != "content":
            continue
        parts = []
        for found in _CONTENT.finditer(value):
            if found[4]:
                break
            parts.append(_COUNTED if found[3] else _unescaped(found[1] if found[1] is not None else found[2]))
        words = "".join(parts)
    return words


def _unescaped(text: str) -> str:
    def sign(found: re.Match[str]) -> str:
        if found[1]:
            code = int(found[1], 16)
            return chr(code) if 0 < code <= 0x10FFFF and not 0xD800 <= code <= 0xDFFF else "\ufffd"
        return found[3] or ""

    return _ESCAPE.sub(sign, text)
