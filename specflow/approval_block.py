"""What the approval block shows of the sign-off: the filters' view of it, and the texts that come from the ledger.

These texts are handed over as slots, as the data's values are, so that characters that no font has, or that hide from
the reader, become visible marks in them too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from specflow.languages.moments import moment_words
from specflow.model import Kind, Language, RoleState, SignOff, Slot, State, short_digest

LRM = "\u200e"
_BLANKS = re.compile(r"[ \t\r\n]+")
_FROM_LEDGER = ("name", "function", "comment")
_MOST_CHANGES = 12
"""So many changes a note names; of a document that was written anew nobody reads them all."""


def ledger_slots(signed: SignOff) -> tuple[Slot, ...]:
    """Return a slot for each text that the block shows beside the data's own, in the order of the context."""
    of_roles = [slot for role in signed.roles for slot in _role_slots(role)]
    of_notes = [Slot(Kind.TEXT, "", name) for _, changes in _notes(signed) for name in changes[:_MOST_CHANGES]]
    return (*of_roles, *of_notes)


def signoff_context(signed: SignOff, slots: Sequence[Slot], language: Language) -> dict[str, Any]:
    """Return what filters see as SPECFLOW.signoff; `slots` are those of `ledger_slots`, marked where they had to be."""
    given = iter(slots)
    roles = [_role(role, [next(given) for _ in _role_slots(role)], language) for role in signed.roles]
    notes = [
        {
            "content": short_words(content, language),
            "changes": [next(given).value for _ in changes[:_MOST_CHANGES]],
            "more": max(0, len(changes) - _MOST_CHANGES),
        }
        for content, changes in _notes(signed)
    ]
    return {"digest": signed.digest, "roles": roles, "notes": notes}


def _role_slots(role: RoleState) -> tuple[Slot, ...]:
    if not role.entry:
        return ()
    return tuple(
        Slot(Kind.TEXT, f"{role.key}.{part}", _BLANKS.sub(" ", getattr(role, part)).strip()) for part in _FROM_LEDGER
    )


def _role(role: RoleState, slots: Sequence[Slot], language: Language) -> dict[str, Any]:
    made: dict[str, Any] = {
        "key": role.key,
        "state": str(role.state),
        "meaning": role.meaning,
        "required": role.required,
        "data": _data(role),
    }
    if not role.entry:
        return made
    texts = {part: slot.value for part, slot in zip(_FROM_LEDGER, slots, strict=True)}
    return made | {
        "decision": role.decision,
        "moment": list(moment_words(role.moment, language)),
        "content": short_words(role.content, language),
        "texts": texts,
    }


def short_words(digest: str, language: Language) -> str:
    """Return the short digest as a text prints it, in one direction also where the text runs from right to left.

    Between right-to-left words groups of digits alone would change places (UAX #9, rule W2); a left-to-right mark in
    front keeps them.
    """
    return f"{LRM if language.direction == 'rtl' else ''}{short_digest(digest)}"


def _data(role: RoleState) -> dict[str, str]:
    """Return what a program can read of the role's row."""
    made = {
        "role": role.role,
        "name": role.name,
        "meaning": role.meaning,
        "state": str(role.state),
        "decision": role.decision,
        "date": role.moment,
        "digest": role.content,
        "entry": str(role.entry) if role.entry else "",
        "required": "yes" if role.required else "no",
    }
    return {name: value for name, value in made.items() if value}


def _notes(signed: SignOff) -> Iterator[tuple[str, Sequence[str]]]:
    """Yield each content that a decision has outlived, and what has changed since, once."""
    told: Mapping[str, Sequence[str]] = {
        role.content: role.changed for role in signed.roles if role.state is State.STALE
    }
    yield from told.items()
