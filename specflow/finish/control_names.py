"""What the content controls of the approval block are called: one set of names for who makes and who reads them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from specflow.finish.pdf_fields import field_name

PARTS = ("decision", "date", "name", "comment")
"""The parts of a role that have a control each."""

_MOST = 40  # characters of a bookmark's name in Word
_HASH = 8


@dataclass(frozen=True, slots=True)
class RoleControls:
    """The names of a role's controls; `slug` is that of its signature field in the PDF edition."""

    slug: str

    def tag(self, part: str) -> str:
        """Return the control's tag: `approval.security-review.decision`."""
        return f"approval.{self.slug}.{part}"

    def bookmark(self, part: str) -> str:
        """Return the name of the bookmark around the control, as Word wants it: letters, digits, at most 40."""
        name = f"sf_approval_{self.slug.replace('-', '_')}_{part}"
        if len(name) <= _MOST:
            return name
        room = _MOST - len(f"sf_approval__{part}") - _HASH - 1
        hashed = hashlib.sha256(self.slug.encode()).hexdigest()[:_HASH]
        return f"sf_approval_{self.slug.replace('-', '_')[:room]}_{hashed}_{part}"


def role_controls(roles: Iterable[str]) -> tuple[RoleControls, ...]:
    """Return the names for the roles, in their order; where two roles would share one, the later gets a number."""
    taken: set[str] = set()
    found = []
    for role in roles:
        first = slug = field_name(role)
        number = 1
        while slug in taken:
            number += 1
            slug = f"{first}-{number}"
        taken.add(slug)
        found.append(RoleControls(slug))
    return tuple(found)


def parts_by_tag(controls: Iterable[RoleControls]) -> Mapping[str, str]:
    """Return the bookmark of each control by its tag."""
    return {one.tag(part): one.bookmark(part) for one in controls for part in PARTS}


def stable_id(text: str) -> int:
    """Return a number for the text that is the same on every machine: positive, of 31 bits, as ids in Word are."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:4], "big") & 0x7FFFFFFF or 1
