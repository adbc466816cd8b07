"""Footnotes that lead back to themselves: pandoc's reader would unfold them without end."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from specflow.diagnostics import Diagnostic, error
from specflow.model import KeyPath, Kind, Place, Text, key_text
from specflow.validate.wording import span_at

MAX_UNFOLDED = 1000
"""So many footnotes may stand in one another, each counted as often as it is repeated."""

_LABEL = r"\[\^(?P<label>[^\]\n]{1,1000})\]"
_DEFINITION = re.compile(rf"^[ \t>]*(?:(?:[-*+]|\d{{1,9}}[.)])[ \t]+)*{_LABEL}:")
_REFERENCE = re.compile(rf"(?<!\\){_LABEL}")
_CODE = re.compile(r"(?<!`)(`+)(?!`).+?(?<!`)\1(?!`)")
_INDENT = 4


def faults(data: Any, places: Mapping[KeyPath, Place]) -> Iterator[Diagnostic]:
    """Yield a fault for each value whose footnotes refer to themselves, or unfold to too many."""
    for text in _markdown(data):
        label = endless(text)
        if label is not None:
            message = f"the footnote [^{label}] refers to itself, or its footnotes to too many others"
            hint = "put a blank line behind the footnote, or take the reference out of it"
            yield error("footnote-loop", message, span_at(text.path, places), hint, key_text(text.path))


def endless(text: str) -> str | None:
    """Return the label of a footnote that has no end, None if there is no such."""
    if "]:" not in text:
        return None
    referred: dict[str, list[str]] = {}
    for label, line in _defined(text):
        referred.setdefault(label, []).extend(_label(found) for found in _REFERENCE.finditer(_CODE.sub("", line)))
    sizes: dict[str, int] = {}
    return next((label for label in referred if _size(label, referred, sizes) > MAX_UNFOLDED), None)


def _size(start: str, referred: Mapping[str, list[str]], sizes: dict[str, int]) -> int:
    """Return how many footnotes one unfolds to, above `MAX_UNFOLDED` for one in a circle, without recursion."""
    waiting, open_ones = [start], set[str]()
    while waiting:
        label = waiting[-1]
        inner = [name for name in referred[label] if name in referred]
        missing = [name for name in dict.fromkeys(inner) if name not in sizes]
        if label not in sizes and any(name in open_ones or name == label for name in missing):
            return MAX_UNFOLDED + 1
        if label in sizes or not missing:
            sizes.setdefault(label, 1 + sum(sizes[name] for name in inner))
            open_ones.discard(waiting.pop())
        else:
            open_ones.add(label)
            waiting.append(missing[0])
    return sizes[start]


def _defined(text: str) -> Iterator[tuple[str, str]]:
    """Yield each line of a footnote with the footnote's label: up to a blank line and a line that is not indented."""
    label, is_after_blank = None, False
    for line in text.splitlines():
        found = _DEFINITION.match(line)
        content = line.lstrip(" \t>")
        if found:
            label, content = _label(found), line[found.end() :]
        elif is_after_blank and content and len(line.expandtabs(_INDENT)) - len(content) < _INDENT:
            label = None
        is_after_blank = not content
        if label is not None:
            yield label, content


def _label(found: re.Match[str]) -> str:
    return " ".join(found["label"].casefold().split())


def _markdown(data: Any) -> Iterator[Text]:
    """Yield the values that are read as Markdown."""
    waiting = [data]
    while waiting:
        value = waiting.pop()
        if isinstance(value, Text):
            if value.kind in (Kind.INLINE, Kind.PROSE) and not value.hole:
                yield value
        elif isinstance(value, dict):
            waiting.extend(value.values())
        elif isinstance(value, list):
            waiting.extend(value)
