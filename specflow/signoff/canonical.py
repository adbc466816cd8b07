"""JSON in its one canonical form, so that the same content has the same digest wherever it is computed (RFC 8785)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from specflow.files import sha256

_MOST = 1e21
_LEAST = 1e-6
"""Between these Python and ECMAScript, which RFC 8785 follows, write a number with the same digits."""


def canonical(value: Any) -> bytes:
    """Return the value as canonical JSON: members by name in UTF-16 order, no white space, shortest numbers, UTF-8.

    Takes mappings, lists, tuples, texts, booleans, None and numbers of ordinary size; raises ValueError for others.
    """
    return _text(value).encode("utf-8", "surrogatepass")


def digest_of(value: Any) -> str:
    """Return the SHA-256 of the value's canonical form, as 64 lower-case hex digits."""
    return sha256(canonical(value))


def _text(value: Any) -> str:
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, str):
        return json.dumps(str(value), ensure_ascii=False)
    if isinstance(value, int | float):
        return _number(value)
    if isinstance(value, Mapping):
        names = sorted(value, key=lambda name: name.encode("utf-16-be", "surrogatepass"))
        return "{" + ",".join(f"{_text(str(name))}:{_text(value[name])}" for name in names) + "}"
    if isinstance(value, list | tuple):
        return "[" + ",".join(map(_text, value)) + "]"
    raise ValueError(f"no canonical form for {type(value).__name__}")


def _number(value: float) -> str:
    if value != value or (value and not _LEAST <= abs(value) < _MOST):
        raise ValueError(f"no canonical form for {value}")
    return str(int(value)) if value == int(value) else repr(float(value))
