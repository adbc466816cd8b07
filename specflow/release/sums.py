"""SHA256SUMS: the list of a pack's files with their hashes, as `sha256sum -c` of GNU coreutils reads it."""

from __future__ import annotations

import re
from collections.abc import Mapping

_LINE = re.compile(r"(?P<escaped>\\?)(?P<hash>[0-9a-f]{64})  (?P<name>.+)")
_ESCAPES = {"\\": "\\\\", "\n": "\\n", "\r": "\\r"}
_ESCAPED = re.compile(r"\\(.)")
_MEANT = {"\\": "\\", "n": "\n", "r": "\r"}


class Malformed(ValueError):
    """A line is none of such a list; the message says which."""


def sums_text(hashes: Mapping[str, str]) -> str:
    """Return the list, sorted by name; a name with a backslash or a line end is escaped as coreutils does it."""
    return "".join(_line(name, hashes[name]) for name in sorted(hashes))


def read_sums(text: str) -> dict[str, str]:
    """Return the hashes by name; raise Malformed for anything that `sums_text` does not write."""
    found: dict[str, str] = {}
    for number, line in enumerate(text.removesuffix("\n").split("\n"), 1):
        match = _LINE.fullmatch(line)
        if match is None:
            raise Malformed(f"line {number} is no hash with a name")
        name = _ESCAPED.sub(lambda one: _MEANT.get(one[1], ""), match["name"]) if match["escaped"] else match["name"]
        if name in found:
            raise Malformed(f"line {number} names a file again")
        found[name] = match["hash"]
    return found


def _line(name: str, digest: str) -> str:
    escaped = "".join(_ESCAPES.get(character, character) for character in name)
    mark = "\\" if escaped != name else ""
    return f"{mark}{digest}  {escaped}\n"
