"""The DOT language, as far as a fault's line and the house's look need it; Graphviz itself says what is valid.

The grammar is Graphviz's own (https://graphviz.org/doc/info/lang.html).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from specflow.diagrams.faults import DiagramInvalid

_TOKEN = re.compile(
    r"""(?P<skip>\s+|//[^\n]*|/\*.*?\*/|^\#[^\n]*)
    |(?P<text>"(?:\\.|[^"\\])*")
    |(?P<html><)
    |(?P<edge>->|--)
    |(?P<word>[A-Za-z_\u0080-\U0010ffff][\w\u0080-\U0010ffff]*|-?(?:\.\d+|\d+(?:\.\d*)?))
    |(?P<mark>[{}\[\]=;,:+])""",
    re.VERBOSE | re.DOTALL | re.MULTILINE,
)
_FILES = frozenset({"image", "shapefile", "imagepath", "fontpath", "stylesheet"})
_DEFAULTS = frozenset({"graph", "node", "edge"})


@dataclass(frozen=True, slots=True)
class Token:
    """A word, text, arrow or mark, its line, and where it ends in the source."""

    kind: str
    text: str
    line: int
    end: int

    @property
    def is_name(self) -> bool:
        """Whether it can name a node."""
        return self.kind in ("word", "text")


def tokens_of(source: str) -> tuple[Token, ...]:
    """Return the tokens of a diagram; raise DiagramInvalid for what Graphviz would drop or open a file for."""
    found: list[Token] = []
    at = 0
    while at < len(source):
        line = source.count("\n", 0, at) + 1
        match = _TOKEN.match(source, at)
        if not match:
            reason = "a quotation mark is not closed" if source[at] == '"' else f"`{source[at]}` is not expected"
            raise DiagramInvalid(reason, line)
        at = match.end()
        kind = match.lastgroup or ""
        if kind == "html":
            raise DiagramInvalid("a label in HTML (`<…>`) cannot be drawn; write it in quotation marks", line)
        if kind != "skip":
            found.append(Token(kind, match[0], line, at))
            if match[0] == "=" and len(found) > 1 and found[-2].text.strip('"').lower() in _FILES:
                raise DiagramInvalid(f"files cannot be part of a diagram (`{found[-2].text}`)", line)
    return tuple(found)


def body_start(tokens: Sequence[Token]) -> int | None:
    """Return where the graph's first brace ends in the source."""
    return next((token.end for token in tokens if token.text == "{" and token.kind == "mark"), None)


def check(tokens: Sequence[Token]) -> None:
    """Raise DiagramInvalid with the first line that does not follow the grammar."""
    _Parser(tokens).graph()


class _Parser:
    def __init__(self, tokens: Sequence[Token]) -> None:
        self._tokens = tokens
        self._at = 0
        self._arrow = "--"

    def graph(self) -> None:
        self._takes_word("strict")
        if self._takes_word("digraph"):
            self._arrow = "->"
        elif not self._takes_word("graph"):
            self._fail("`digraph` or `graph`")
        if self._next and self._next.is_name:
            self._at += 1
        self._braces()
        if self._next:
            raise DiagramInvalid("the graph ends before this line; a diagram is one graph", self._next.line)

    @property
    def _next(self) -> Token | None:
        return self._tokens[self._at] if self._at < len(self._tokens) else None

    def _is(self, *marks: str) -> bool:
        return self._next is not None and not self._next.is_name and self._next.text in marks

    def _takes(self, mark: str) -> bool:
        found = self._is(mark)
        self._at += found
        return found

    def _takes_word(self, *words: str) -> bool:
        found = self._next is not None and self._next.kind == "word" and self._next.text.lower() in words
        self._at += found
        return found

    def _need(self, mark: str) -> None:
        if not self._takes(mark):
            self._fail(f"`{mark}`")

    def _name(self, what: str = "a name") -> None:
        if not (self._next and self._next.is_name):
            self._fail(what)
        self._at += 1
        while self._takes("+"):
            self._name("a text")

    def _fail(self, wanted: str) -> None:
        if self._next is None:
            line = self._tokens[-1].line if self._tokens else 1
            raise DiagramInvalid(f"the text ends where {wanted} is expected", line)
        raise DiagramInvalid(f"`{self._next.text[:40]}` stands where {wanted} is expected", self._next.line)

    def _braces(self) -> None:
        self._need("{")
        while not self._takes("}"):
            if self._next is None:
                self._fail("`}`")
            self._statement()
            self._takes(";")

    def _statement(self) -> None:
        if self._takes_word(*_DEFAULTS):
            if self._takes("="):
                self._name()
            else:
                self._attributes(required=True)
            return
        first = self._at
        self._operand()
        if self._at == first + 1 and self._takes("="):
            self._name("a value")
            return
        while self._next and self._next.kind == "edge":
            if self._next.text != self._arrow:
                raise DiagramInvalid(f"`{self._next.text}` in a graph whose lines are `{self._arrow}`", self._next.line)
            self._at += 1
            self._operand()
        self._attributes(required=False)

    def _operand(self) -> None:
        if self._takes_word("subgraph"):
            if self._next and self._next.is_name:
                self._at += 1
            self._braces()
        elif self._is("{"):
            self._braces()
        else:
            self._name("a node")
            for _ in range(2):
                if self._takes(":"):
                    self._name("a port")

    def _attributes(self, *, required: bool) -> None:
        if required and not self._is("["):
            self._fail("`[`")
        while self._takes("["):
            while not self._takes("]"):
                self._name("an attribute")
                self._need("=")
                self._name("a value")
                if not self._takes(";"):
                    self._takes(",")
