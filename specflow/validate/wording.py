"""How diagnostics name keys, items and values."""

from __future__ import annotations

from collections.abc import Mapping

from specflow.diagnostics import Span
from specflow.model import KeyPath, Place, key_text
from specflow.validate.shape import Schema, schema_at

_LONGEST = 40


def named(path: KeyPath, root: Schema) -> str:
    """Return the words for a value: `overview.purpose`, "component 2", "`inputs` of component 2"."""
    last = max((at for at, step in enumerate(path) if isinstance(step, int)), default=None)
    if last is None:
        return f"`{key_text(path)}`" if path else "the document"
    noun = noun_at(path[: last + 1], root)
    number = path[last]
    item = f"{noun} {number + 1}" if noun and isinstance(number, int) else f"`{key_text(path[: last + 1])}`"
    rest = path[last + 1 :]
    return f"`{key_text(rest)}` of {item}" if rest else item


def noun_at(item: KeyPath, root: Schema) -> str | None:
    """Return what the schema calls the list item at the path, or None."""
    schema = schema_at(root, item)
    noun = schema.get("x-noun") if schema else None
    return noun if isinstance(noun, str) else None


def quoted(value: str) -> str:
    """Return the value in quotes, on one line, printable and cut to a readable length."""
    line = " ".join(value[: 4 * _LONGEST].split())
    shown = "".join(character if character.isprintable() else "\ufffd" for character in line)
    return f'"{shown[: _LONGEST - 1]}…"' if len(shown) > _LONGEST else f'"{shown}"'


def span_at(path: KeyPath, places: Mapping[KeyPath, Place], key: bool = False) -> Span | None:
    """Return where the value stands (or its key, if `key`), or the nearest thing around it that has a place."""
    for length in range(len(path), -1, -1):
        place = places.get(path[:length])
        if place is not None:
            return place.best if key or length < len(path) else place.value
    return None
