"""The roles that sign, as the data list them in signing order."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from specflow.diagnostics import Span
from specflow.model import KeyPath, Spec, Text, key_text

BY_HAND = ("approval", "date", "comment")
"""The keys of a role with a decision recorded by hand: no content, or a signature would change what it signs."""

USUAL_MEANING = "approval"
MEANINGS = ("authorship", "review", "approval", "responsibility")


@dataclass(frozen=True, slots=True)
class Role:
    """A role as the data have it; `decision` and `date` are what was recorded by hand, "" where nothing was.

    `is_refused` tells if that decision is no approval; one that says that it is pending is none at all.
    """

    key: str
    role: str
    name: str
    function: str
    organisation: str
    meaning: str
    required: bool
    in_sequence: bool
    decision: str
    date: str
    is_refused: bool
    place: Span | None


def roles(spec: Spec) -> tuple[Role, ...]:
    """Return the roles in signing order; those whose name is a hole are left out."""
    return tuple(_roles(spec))


def review_day(spec: Spec) -> str:
    """Return the day of the next review as an ISO date, "" where the data name none."""
    value: Any = spec.data
    for step in spec.template.signoff.get("review", "").split("."):
        value = value.get(step) if isinstance(value, Mapping) else None
    if not isinstance(value, Text) or value.hole:
        return ""
    try:
        return date.fromisoformat(value).isoformat()
    except ValueError:
        return ""


def same(one: str, other: str) -> bool:
    """Return whether two names are the same to a reader: width of blanks, case and composition do not count."""
    return _folded(one) == _folded(other)


def _roles(spec: Spec) -> Iterator[Role]:
    key = spec.template.signoff.get("roles", "")
    listed: Any = spec.data
    for step in key.split("."):
        listed = listed.get(step) if isinstance(listed, Mapping) else None
    pending, refusals = _words(spec, "pending"), _words(spec, "refusals")
    for at, entry in enumerate(listed if isinstance(listed, list) else []):
        if not isinstance(entry, Mapping) or not _text(entry, "role"):
            continue
        path: KeyPath = (*key.split("."), at)
        decision = _text(entry, "approval")
        is_pending = any(same(decision, word) for word in pending)
        place = spec.source.places.get((*path, "role"))
        yield Role(
            key=key_text(path),
            role=_text(entry, "role"),
            name=_text(entry, "name"),
            function=_text(entry, "function"),
            organisation=_text(entry, "organisation"),
            meaning=_text(entry, "meaning"),
            required=_flag(entry, "required"),
            in_sequence=_flag(entry, "in_sequence"),
            decision="" if is_pending else decision,
            date="" if is_pending else _text(entry, "date"),
            is_refused=any(same(decision, word) for word in refusals),
            place=place.value if place else None,
        )


def _text(entry: Mapping[str, Any], key: str) -> str:
    value = entry.get(key)
    return str(value) if isinstance(value, Text) and not value.hole else ""


def _flag(entry: Mapping[str, Any], key: str) -> bool:
    return entry.get(key) is not False


def _words(spec: Spec, name: str) -> tuple[str, ...]:
    """Return the words that the template's checks know for a decision that is pending, or that is a refusal."""
    found = [check[name] for check in spec.template.checks if name in check]
    return tuple(word for value in found for word in ([value] if isinstance(value, str) else map(str, value)))


def _folded(name: str) -> str:
    return " ".join(unicodedata.normalize("NFC", name).split()).casefold()
