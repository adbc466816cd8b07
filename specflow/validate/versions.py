"""The natural order of version texts: 1.9 before 1.10, 2.0-rc1 before 2.0, A before B."""

from __future__ import annotations

import re

_PARTS = re.compile(r"[0-9]+|[^\W\d_]+")
_BEFORE_RELEASE = {"snapshot": 0, "dev": 1, "draft": 2, "pre": 3, "preview": 3, "alpha": 4, "beta": 5, "rc": 6}

Key = tuple[tuple[int, int, str], ...]


def natural(version: str) -> Key:
    """Return a key that sorts versions naturally; 1.0 and 1.0.0 are the same, as are v1 and 1.

    Words that are known to come before a release (alpha, beta, rc, …) sort before it, all other words after it.
    """
    parts: list[tuple[int, int, str]] = []
    for part in _PARTS.findall(version.casefold()):
        if part.isdecimal():
            digits = part.lstrip("0")
            parts.append((3, len(digits), digits))  # longer is larger, so that no number is too long to compare
        elif part in _BEFORE_RELEASE:
            parts.append((0, _BEFORE_RELEASE[part], ""))
        elif parts or part not in ("v", "version", "rev", "revision"):
            parts.append((2, 0, part))
    return (*_without_zeros(parts), (1, 0, ""))


def _without_zeros(parts: list[tuple[int, int, str]]) -> list[tuple[int, int, str]]:
    """Return the parts without the zeros that end a run of numbers, at the end or before a word."""
    kept: list[tuple[int, int, str]] = []
    for part in parts:
        if part[0] != 3:
            while kept and kept[-1] == (3, 0, ""):
                kept.pop()
        kept.append(part)
    while kept and kept[-1] == (3, 0, ""):
        kept.pop()
    return kept
