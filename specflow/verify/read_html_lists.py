"""The markers of HTML lists, as a browser counts them (HTML 4.4.5 to 4.4.8, CSS Counter Styles 3)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

_TYPES = {"a": "lower-alpha", "A": "upper-alpha", "i": "lower-roman", "I": "upper-roman", "1": "decimal"}
_ROMAN = (
    *((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl")),
    *((10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i")),
)
_MOST_ROMAN = 3999
_LETTERS = 26
BULLET = "•"


def items(element: Any) -> Iterator[tuple[Any, str]]:
    """Yield the items of a list with their markers: "•" for any bullet, "1.", "a." or "iv." for a number."""
    entries = [child for child in element if child.tag == "li"]
    if element.tag != "ol":
        yield from ((entry, BULLET) for entry in entries)
        return
    is_reversed = element.get("reversed") is not None
    number = _whole(element.get("start"), len(entries) if is_reversed else 1)
    style = _style(element, "decimal")
    for entry in entries:
        number = _whole(entry.get("value"), number)
        own = _style(entry, style)
        yield entry, "" if own == "none" else f"{_written(number, own)}."
        number += -1 if is_reversed else 1


def _style(element: Any, default: str) -> str:
    for declaration in element.get("style", "").split(";"):
        name, _, value = declaration.partition(":")
        if name.strip() in ("list-style-type", "list-style"):
            return str(value.strip())
    return _TYPES.get(element.get("type", ""), default)


def _whole(text: str | None, default: int) -> int:
    try:
        return default if text is None else int(text)
    except ValueError:
        return default


def _written(number: int, style: str) -> str:
    if style.endswith(("-alpha", "-latin")) and number > 0:
        text = _alphabetic(number)
    elif style.endswith("-roman") and 0 < number <= _MOST_ROMAN:
        text = _roman(number)
    else:
        text = f"{number:02}" if style == "decimal-leading-zero" else str(number)
    return text.upper() if style.startswith("upper-") else text


def _alphabetic(number: int) -> str:
    """Return a … z, aa, ab …: browsers count on with two letters, where Word doubles one."""
    text = ""
    while number:
        number, place = divmod(number - 1, _LETTERS)
        text = chr(ord("a") + place) + text
    return text


def _roman(number: int) -> str:
    text = ""
    for value, letters in _ROMAN:
        count, number = divmod(number, value)
        text += letters * count
    return text
