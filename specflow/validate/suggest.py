"""What the author may have meant by a word that is not known."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence

_LONGEST = 100
"""Longer words are no slips of a key, and comparing them takes quadratic time."""


def closest(word: str, known: Iterable[str]) -> str | None:
    """Return the known word that is nearest to this one, or None if none is near; case, `-` and blanks do not count."""
    if len(word) > _LONGEST:
        return None
    by_form: dict[str, str] = {}
    for name in known:
        by_form.setdefault(_form(name), name)
    found = difflib.get_close_matches(_form(word), list(by_form), n=1, cutoff=0.66)
    return by_form[found[0]] if found else None


def _form(word: str) -> str:
    return "_".join(word.casefold().replace("-", " ").replace("_", " ").split())


def listed(words: Sequence[str], last: str = "or") -> str:
    """Return the words as a list in a sentence: `a, b or c`."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {last} {words[-1]}"
