"""Readers of the values that a theme holds: each takes a YAML node and returns the value.

A node knows its file, so that a theme may be made of several. What is not such a value is refused with InvalidTemplate,
which names the place.
"""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import yaml

from specflow.diagnostics import Span, error
from specflow.errors import FileAccess, InvalidTemplate
from specflow.files import read_bytes
from specflow.theme.parts import Logo

T = TypeVar("T")
Read = Callable[[yaml.Node], T]

_LONGEST_LINE = 60
_LOGO_LIMIT = 2 * 1024 * 1024
_SIGNATURES = ((b"\x89PNG\r\n\x1a\n", "image/png"), (b"\xff\xd8\xff", "image/jpeg"))


def span(node: yaml.Node) -> Span:
    """Return the place of the node."""
    return Span(Path(node.start_mark.name), node.start_mark.line + 1, node.start_mark.column + 1)


def refuse(code: str, message: str, node: yaml.Node, hint: str) -> InvalidTemplate:
    """Return the exception that says what is wrong at the node."""
    return InvalidTemplate(error(code, message, span(node), hint))


def number(low: float, high: float, unit: str) -> Read[float]:
    """Return a reader of a number from low to high."""

    def read(node: yaml.Node) -> float:
        try:
            value = float(node.value) if isinstance(node, yaml.ScalarNode) else math.nan
        except ValueError:
            value = math.nan
        if not low <= value <= high:
            shown = node.value if isinstance(node, yaml.ScalarNode) else "a list or mapping"
            hint = f"write a number from {low:g} to {high:g}, without a unit; it is in {unit}"
            raise refuse("theme-length", f"{shown!r} is not a length", node, hint)
        return value

    return read


def font_name(node: yaml.Node) -> str:
    """Return the name of a font."""
    if not isinstance(node, yaml.ScalarNode) or not re.fullmatch(r"[\w .+-]{1,31}", node.value.strip()):
        # 31 characters is what Word takes; a quotation mark in a font's name would end the CSS string that holds it.
        raise refuse("theme-font", "this is not the name of a font", node, "write a name of at most 31 letters")
    return str(node.value.strip())


def line(node: yaml.Node) -> str:
    """Return a line of text, which may be empty."""
    if not isinstance(node, yaml.ScalarNode) or not re.fullmatch(
        rf"[^\x00-\x1f\x7f-\x9f]{{0,{_LONGEST_LINE}}}", node.value
    ):
        hint = f"write at most {_LONGEST_LINE} characters on one line"
        raise refuse("theme-line", "this is not a line of text", node, hint)
    return str(node.value.strip())


def choice(*names: str) -> Read[str]:
    """Return a reader of one of the names."""

    def read(node: yaml.Node) -> str:
        if not isinstance(node, yaml.ScalarNode) or node.value not in names:
            raise refuse("theme-choice", "this is not one of the choices", node, f"write {' or '.join(names)}")
        return str(node.value)

    return read


def colour(node: yaml.Node) -> str:
    """Return a colour as "#RRGGBB", in capitals."""
    if not isinstance(node, yaml.ScalarNode) or not re.fullmatch(r"#[0-9A-Fa-f]{6}", node.value):
        hint = 'write "#" and six hex digits, in quotes: "#14304F"'
        raise refuse("theme-colour", "this is not a colour", node, hint)
    return str(node.value.upper())


def items(read: Read[T], count: int | None = None) -> Read[tuple[T, ...]]:
    """Return a reader of a list that has something in it, and exactly `count` values where that is given."""

    def read_all(node: yaml.Node) -> tuple[T, ...]:
        if not isinstance(node, yaml.SequenceNode) or not node.value or count not in (None, len(node.value)):
            wanted = f"a list of {count} values" if count else "a list of values"
            raise refuse("theme-list", f"this is not {wanted}", node, f"write {wanted}: [one, two]")
        return tuple(read(item) for item in node.value)

    return read_all


def section(make: Callable[..., T], **readers: Read[Any]) -> Read[T]:
    """Return a reader of a mapping with exactly these keys; it reports the faults of all of them."""

    def read(node: yaml.Node) -> T:
        if not isinstance(node, yaml.MappingNode):
            hint = f"write the keys {', '.join(readers)}"
            raise refuse("theme-mapping", "keys are expected here", node, hint)
        faults = []
        values: dict[str, Any] = {}
        for key, value in node.value:
            name = key.value
            if not isinstance(name, str) or name not in readers:
                hint = _known(name if isinstance(name, str) else "", tuple(readers))
                faults.append(error("theme-unknown-key", f"{name!r} is not a key of a theme", span(key), hint))
            elif name in values:
                faults.append(error("theme-duplicate-key", f"{name} stands here twice", span(key), "remove one"))
            else:
                values[name] = None
                try:
                    values[name] = readers[name](value)
                except (InvalidTemplate, FileAccess) as fault:
                    faults.extend(fault.diagnostics)
        for name in readers:
            if name not in values:
                hint = f"add {name}; or take it over from a bundled theme with the first line `extends: default`"
                faults.append(error("theme-missing-key", f"{name} is missing", span(node), hint))
        if faults:
            raise InvalidTemplate(*faults)
        return make(**values)

    return read


def _known(word: str, names: tuple[str, ...]) -> str:
    """Return the hint that says which keys there are, and which one may be meant."""
    near = difflib.get_close_matches(word.casefold().replace("-", "_"), names, n=1)
    keys = f"the keys here are {', '.join(names)}"
    return f"did you mean `{near[0]}`? {keys[0].upper()}{keys[1:]}" if near else f"remove it; {keys}"


_logo_parts: Read[dict[str, Any]] = section(dict, file=line, width=number(5, 120, "millimetres"), alt=line)


def logo(node: yaml.Node) -> Logo | None:
    """Return the logo with its bytes, or None where the theme says `none`; its file lies in the folder of the theme.

    Raises InvalidTemplate for a file that is not there, lies elsewhere, is too large, or is no PNG, JPEG or SVG, and
    for a missing text alternative.
    """
    if isinstance(node, yaml.ScalarNode) and node.value == "none":
        return None
    parts = _logo_parts(node)
    keys = {key.value: value for key, value in node.value}
    if not parts["alt"]:
        hint = "say what it shows, such as the organisation's name"
        raise refuse("theme-logo", "the logo has no text alternative", keys["alt"], hint)
    folder = Path(keys["file"].start_mark.name).resolve().parent
    path = folder / parts["file"]
    if not parts["file"] or not path.resolve().is_relative_to(folder) or not path.is_file():
        hint = "name a file in the folder of the theme, by its path from there"
        raise refuse("theme-logo", f"there is no logo {parts['file']!r} in the theme's folder", keys["file"], hint)
    data = read_bytes(path, _LOGO_LIMIT)
    mime = _mime(data)
    if mime is None or len(data) > _LOGO_LIMIT:
        raise refuse("theme-logo", "the logo cannot be used", keys["file"], "use a PNG, JPEG or SVG of at most 2 MB")
    return Logo(path, data, mime, parts["width"], parts["alt"])


def _mime(data: bytes) -> str | None:
    for start, mime in _SIGNATURES:
        if data.startswith(start):
            return mime
    return (
        "image/svg+xml"
        if re.match(rb"(?:\xef\xbb\xbf)?\s*<(?:\?xml|!--|!DOCTYPE|svg)", data) and b"<svg" in data
        else None
    )
