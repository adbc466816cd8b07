"""Test pages: Markdown that explains a fault, holds the files that have it, and says what specflow prints.

A fenced block with `file=NAME` is written into an empty folder, with `encoding=` or `eol=crlf` where they are given. In
a `console` block each line `$ specflow …` is run there, in the page's order; the lines below it are what it must print,
standard error first, and `=> N` is the exit code where it is not 0. The templates in errors/templates/ are there
as `templates`.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from workbench import Project

_BLOCK = re.compile(r"^(?P<fence>`{3,}|~{3,})(?P<info>[^\n]*)\n(?P<body>.*?)^(?P=fence)[ ]*$", re.MULTILINE | re.DOTALL)
_PROMPT = "$ "


@dataclass(frozen=True)
class Block:
    """A fenced block: its language, its attributes, its text."""

    language: str
    attributes: dict[str, str]
    body: str


def page_blocks(text: str) -> Iterator[Block]:
    """Yield the page's fenced blocks."""
    for match in _BLOCK.finditer(text):
        yield _block(match)


def play(text: str, project: Project) -> str:
    """Return the page with what specflow prints now in its console blocks."""

    def renewed(match: re.Match[str]) -> str:
        block = _block(match)
        if "file" in block.attributes:
            _write(block, project)
        if block.language != "console":
            return match[0]
        return f"{match['fence']}{match['info']}\n{''.join(_session(block.body, project))}{match['fence']}"

    return _BLOCK.sub(renewed, text)


def _session(body: str, project: Project) -> Iterator[str]:
    for line in body.splitlines():
        if line.startswith(_PROMPT):
            program, *words = shlex.split(line.removeprefix(_PROMPT))
            assert program == "specflow", line
            yield f"{line}\n{project.run(*words).text}"


def _block(match: re.Match[str]) -> Block:
    language, *attributes = match["info"].split() or [""]
    return Block(language, dict(word.split("=", 1) for word in attributes), match["body"])


def _write(block: Block, project: Project) -> Path:
    text = block.body
    if block.attributes.get("eol") == "crlf":
        text = text.replace("\n", "\r\n")
    return project.write(block.attributes["file"], text.encode(block.attributes.get("encoding", "utf-8")))
