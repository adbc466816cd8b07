"""Readers of the values that a theme holds: each takes a YAML node and returns the value.

What is not such a value is refused with InvalidTemplate, which names the place.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import yaml

from specflow.diagnostics import Span, error
from specflow.errors import InvalidTemplate

T = TypeVar("T")
Read = Callable[[yaml.Node, Path], T]


def span(node: yaml.Node, path: Path) -> Span:
    """Return the place of the node."""
    return Span(path, node.start_mark.line + 1, node.start_mark.column + 1)


def refuse(code: str, message: str, node: yaml.Node, path: Path, hint: str) -> InvalidTemplate:
    """Return the exception that says what is wrong at the node."""
    return InvalidTemplate(error(code, message, span(node, path), hint))


def number(low: float, high: float, unit: str) -> Read[float]:
    """Return a reader of a number from low to high."""

    def read(node: yaml.Node, path: Path) -> float:
        try:
            value = float(node.value) if isinstance(node, yaml.ScalarNode) else math.nan
        except ValueError:
            value = math.nan
        if not low <= value <= high:
            shown = node.value if isinstance(node, yaml.ScalarNode) else "a list or mapping"
            hint = f"write a number from {low:g} to {high:g}, without a unit; it is in {unit}"
            raise refuse("theme-length", f"{shown!r} is not a length", node, path, hint)
        return value

    return read


def text(node: yaml.Node, path: Path) -> str:
    """Return the name of a font."""
    if not isinstance(node, yaml.ScalarNode) or not re.fullmatch(r"[\w .+-]{1,31}", node.value.strip()):
        # 31 characters is what Word takes; a quotation mark in a font's name would end the CSS string that holds it.
        raise refuse("theme-font", "this is not the name of a font", node, path, "write a name of at most 31 letters")
    return str(node.value.strip())


def choice(*names: str) -> Read[str]:
    """Return a reader of one of the names."""

    def read(node: yaml.Node, path: Path) -> str:
        if not isinstance(node, yaml.ScalarNode) or node.value not in names:
            raise refuse("theme-choice", "this is not one of the choices", node, path, f"write {' or '.join(names)}")
        return str(node.value)

    return read


def colour(node: yaml.Node, path: Path) -> str:
    """Return a colour as "#RRGGBB", in capitals."""
    if not isinstance(node, yaml.ScalarNode) or not re.fullmatch(r"#[0-9A-Fa-f]{6}", node.value):
        hint = 'write "#" and six hex digits, in quotes: "#14304F"'
        raise refuse("theme-colour", "this is not a colour", node, path, hint)
    return str(node.value.upper())


def items(read: Read[T], count: int | None = None) -> Read[tuple[T, ...]]:
    """Return a reader of a list that has something in it, and exactly `count` values where that is given."""

    def read_all(node: yaml.Node, path: Path) -> tuple[T, ...]:
        if not isinstance(node, yaml.SequenceNode) or not node.value or count not in (None, len(node.value)):
            wanted = f"a list of {count} values" if count else "a list of values"
            raise refuse("theme-list", f"this is not {wanted}", node, path, f"write {wanted}: [one, two]")
        return tuple(read(item, path) for item in node.value)

    return read_all


def section(make: Callable[..., T], **readers: Read[Any]) -> Read[T]:
    """Return a reader of a mapping with exactly these keys; it reports the faults of all of them."""

    def read(node: yaml.Node, path: Path) -> T:
        if not isinstance(node, yaml.MappingNode):
            hint = f"write the keys {', '.join(readers)}"
            raise refuse("theme-mapping", "keys are expected here", node, path, hint)
        faults = []
        values: dict[str, Any] = {}
        for key, value in node.value:
            name = key.value
            if name not in readers:
                hint = f"remove it; the keys here are {', '.join(readers)}"
                faults.append(error("theme-unknown-key", f"{name!r} is not a key of a theme", span(key, path), hint))
            elif name in values:
                faults.append(error("theme-duplicate-key", f"{name} stands here twice", span(key, path), "remove one"))
            else:
                values[name] = None
                try:
                    values[name] = readers[name](value, path)
                except InvalidTemplate as fault:
                    faults.extend(fault.diagnostics)
        for name in readers:
            if name not in values:
                hint = f"add {name}; see templates/themes/default/theme.yaml"
                faults.append(error("theme-missing-key", f"{name} is missing", span(node, path), hint))
        if faults:
            raise InvalidTemplate(*faults)
        return make(**values)

    return read
