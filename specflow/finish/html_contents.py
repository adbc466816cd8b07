"""The contents list of the HTML edition, and the lists of its tables and figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from specflow.model import Caption, Converted, Heading, Language

_DEPTH = 2
_KINDS = {"tables": "table", "figures": "figure"}


@dataclass(frozen=True, slots=True)
class Part:
    """One line of the contents list, with the lines below it."""

    heading: Heading
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class CaptionList:
    """One list of captions: `name` is "tables" or "figures", `title` what it is called."""

    name: str
    title: str
    captions: tuple[Caption, ...]


def contents(headings: Sequence[Heading]) -> tuple[Part, ...]:
    """Return the headings of the first two levels as a tree; deeper ones are left out."""
    parts: list[Part] = []
    for heading in headings:
        if heading.level > _DEPTH:
            continue
        part = Part(heading, ())
        if heading.level > 1 and parts:
            last = parts[-1]
            parts[-1] = Part(last.heading, (*last.parts, part))
        else:
            parts.append(part)
    return tuple(parts)


def lists(converted: Converted, language: Language) -> tuple[CaptionList, ...]:
    """Return the lists that follow the contents."""
    return tuple(
        CaptionList(
            name,
            language.labels[name],
            tuple(caption for caption in converted.captions if caption.kind == _KINDS[name]),
        )
        for name in converted.lists
    )
