"""YAML data printed as JSON text, for fields that show a JSON document."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

_LITERAL = re.compile(r"true|false|null|-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?", re.ASCII)


class TooDeep(Exception):
    """The data are nested more deeply than the limit allows."""


def json_text(value: Any, depth: int, indent: str = "") -> str:
    """Return the data as JSON, indented by two, keys in their order.

    A text that is a plain JSON number, `true`, `false` or `null` is printed as that literal, digit for digit: the
    loader keeps no quotes, so that a quoted "1" cannot be told from a plain one. Raises TooDeep beyond `depth` levels.
    """
    if isinstance(value, str):
        return value if _LITERAL.fullmatch(value) else json.dumps(value, ensure_ascii=False)
    if not depth:
        raise TooDeep
    inner = f"{indent}  "
    if isinstance(value, Mapping):
        parts = [
            f"{json.dumps(key, ensure_ascii=False)}: {json_text(item, depth - 1, inner)}" for key, item in value.items()
        ]
        opening, closing = "{", "}"
    else:
        parts = [json_text(item, depth - 1, inner) for item in value]
        opening, closing = "[", "]"
    if not parts:
        return opening + closing
    return f"{opening}\n{inner}" + f",\n{inner}".join(parts) + f"\n{indent}{closing}"
