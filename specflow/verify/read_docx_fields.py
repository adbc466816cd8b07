"""Fields of a Word file: what their instructions say (ECMA-376 part 1, 17.16)."""

from __future__ import annotations

import re
from dataclasses import dataclass

_WORD = re.compile(r'"((?:[^"\\]|\\.)*)"|(\S+)')


@dataclass(slots=True)
class Field:
    """A field that is being read: its instruction so far, and where in the paragraph its result begins.

    The result of a silent field is not read: the page number of an entry in the contents list.
    """

    code: str = ""
    is_shown: bool = False
    is_silent: bool = False
    start: int = 0
    box: str = ""

    @property
    def name(self) -> str:
        """What the field does: TOC, PAGEREF, SEQ …."""
        return self.code.split(maxsplit=1)[0].upper() if self.code.strip() else ""

    @property
    def is_listing(self) -> bool:
        """Tell whether the field makes the contents list, or one of tables or figures."""
        return self.name == "TOC"

    @property
    def target(self) -> str | None:
        """Where the field leads: a web address, or "#" and the bookmark; None for fields that are no links."""
        if self.name == "REF":
            words = arguments(self.code)
            return f"#{words[1]}" if len(words) > 1 else None
        if self.name == "HYPERLINK":
            anchor = switch(self.code, "l")
            words = [word for word in arguments(self.code)[1:] if not word.startswith("\\")]
            place = next((word for word in words if word != anchor), "")
            return (f"{place}#{anchor}" if anchor else place) or None
        return None


def arguments(code: str) -> list[str]:
    """Return the words of an instruction, quoted ones without their quotation marks."""
    return [
        found[2] if found[1] is None else found[1].replace('\\"', '"').replace("\\\\", "\\")
        for found in _WORD.finditer(code)
    ]


def switch(code: str, letter: str) -> str | None:
    r"""Return the argument of a switch: `Table` for `c` in `TOC \\h \\c "Table"`; None without the switch."""
    words = arguments(code)
    marks = [at for at, word in enumerate(words) if word == f"\\{letter}"]
    if not marks:
        return None
    following = words[marks[0] + 1 : marks[0] + 2]
    return following[0] if following and not following[0].startswith("\\") else ""
