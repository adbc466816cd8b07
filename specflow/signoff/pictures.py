"""Which picture files a document shows, found in its text before it is converted.

What a Markdown reader takes for a picture's target depends on escapes, quotes and nesting. So every reading is tried
that could be meant, and what is a picture file of the project counts. A file too many makes an approval stale too
early; one too few is caught when the document is converted.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import unquote

from specflow.files import read_bytes, sha256
from specflow.svg import is_svg

_TARGET = re.compile(r"\]\(|\]:")
_TITLE = re.compile(r"""\s+(?:"[^"]*"|'[^']*'|\([^()]*\))\s*$""")
_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")
_LONGEST = 1024
_CLOSES = 4
_SIGNATURES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")


def named_pictures(texts: Iterable[str], folder: Path) -> dict[str, str]:
    """Return the SHA-256 of each picture file that the texts may show, by its path below the project folder."""
    home = folder.resolve()
    found: dict[str, str] = {}
    for target in sorted({target for text in texts for target in _targets(text)}):
        path = _file(home, target)
        if path is not None:
            data = read_bytes(path)
            if data.startswith(_SIGNATURES) or is_svg(data):
                found[path.relative_to(home).as_posix()] = sha256(data)
    return dict(sorted(found.items()))


def _file(home: Path, target: str) -> Path | None:
    try:
        path = (home / target).resolve()
        return path if path.is_relative_to(home) and path.is_file() else None
    except (OSError, ValueError, RuntimeError):
        return None


def _targets(text: str) -> Iterator[str]:
    """Yield everything behind a bracket that could be the target of a picture."""
    for start in _TARGET.finditer(text):
        rest = text[start.end() : start.end() + _LONGEST].split("\n\n")[0].lstrip()
        for raw in _readings(rest, inline=start[0] == "]("):
            for plain in {raw, _ESCAPE.sub(r"\1", raw)}:
                for decoded in (plain, html.unescape(plain)):
                    yield decoded
                    yield unquote(decoded)


def _readings(rest: str, *, inline: bool) -> Iterator[str]:
    """Yield what stands in angle brackets, the first word, and what ends with a closing parenthesis or the line."""
    if rest.startswith("<"):
        yield rest[1:].partition(">")[0]
        return
    if not inline:
        rest = rest.partition("\n")[0]
        yield from (rest.strip(), _TITLE.sub("", rest).strip(), *rest.split()[:1])
        return
    at = -1
    for _ in range(_CLOSES):
        at = rest.find(")", at + 1)
        if at < 0:
            return
        inside = rest[:at].strip()
        yield from (inside, _TITLE.sub("", inside).strip(), *inside.split()[:1])
