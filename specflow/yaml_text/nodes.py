"""YAML text to a tree of dicts, lists and str in which every value knows its place.

The events come from libyaml, one at a time; the tree is built here without recursion and without resolving a single
type. PyYAML's own composer and constructor would recurse, guess types and silently keep one of two equal keys.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from specflow.diagnostics import Diagnostic, Span, error
from specflow.errors import InvalidData, ToolMissing
from specflow.model import KeyPath, key_text
from specflow.yaml_text.faults import QUOTE_IT, directive, shown, span_at, syntax_fault, unknown_tag

MAX_DEPTH = 64
"""Levels of lists and mappings. Counted event by event: libyaml's own time grows with the square of open brackets."""
MAX_VALUES = 100_000
"""Values after aliases are expanded: some hundred times what a large specification has, and about a second's work."""

FORBIDDEN = re.compile("[^\t\n\r\x20-\x7e\xa0-\u2027\u202a-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
"""What no text may hold: control characters, which YAML and XML exclude; a byte order mark inside the text; and NEL, LS
and PS, which are line breaks to YAML 1.1 and ordinary characters to YAML 1.2 (YAML 1.2.2, sections 5.1 and 5.4)."""

MAX_TEXT = 16 * 1024 * 1024
"""Characters of all keys and values, as often as aliases and includes repeat them: no file alone can have more."""

INCLUDE = "!include"

_NOTHING = re.compile(r"(?:[ \t\r\n]++|#[^\r\n]*+|\.\.\.(?![^ \t\r\n]))*+")
_VERSION = re.compile(r"%YAML 1\.[12][ \t]*(?:#[^\r\n]*)?(?=[\r\n])")
_CORE_TAG = "tag:yaml.org,2002:"


@dataclass(slots=True)
class Node:
    """One value: `entries` are a list's or a mapping's children, each with its step and the place of its key.

    A node that aliases repeat is one object; `size`, its values, `length`, its characters, and `height` count it as
    often as it is repeated.
    """

    span: Span
    data: Any
    entries: list[tuple[str | int, Span | None, Node]] = field(default_factory=list)
    size: int = 1
    length: int = 0
    height: int = 0
    is_open: bool = False


@dataclass(slots=True)
class _Frame:
    """A list or mapping that is still open, and the index of its first character in the text.

    `key` is None where the key cannot be used, so that its value is dropped; `named` are the keys met so far.
    """

    node: Node
    is_list: bool
    index: int
    key: str | None = None
    key_span: Span | None = None
    named: dict[str, Span] = field(default_factory=dict)


Include = Callable[[str, Span, str | None], Node]
"""Return the value in the file of that name; the span and the data key are those of the value that names it."""


def compose(text: str, file: Path, include: Include | None = None, *, is_part: bool = False) -> Node:
    """Return the document's root: a mapping, or any value if the file is a part of another one.

    With `include` the tag `!include` is replaced by the value of the file that it names, else it is refused like all
    other tags.

    Raises InvalidData with every fault up to the first one that ends the parse, ToolMissing if PyYAML has no libyaml.
    """
    composer = _Composer(text, file, include, is_part=is_part)
    try:
        for event in _events(text):
            composer.take(event)
    except yaml.YAMLError as fault:
        opened = composer.frames[-1].index if composer.frames else None
        raise InvalidData(*composer.faults, syntax_fault(fault, text, file, opened, composer.latest)) from fault
    if composer.faults or composer.root is None:
        raise InvalidData(*composer.faults)
    return composer.root


def _events(text: str) -> Iterator[yaml.Event]:
    loader = getattr(yaml, "CSafeLoader", None)
    if loader is None:
        hint = 'pip install --force-reinstall --only-binary :all: "pyyaml>=6.0.2"'
        raise ToolMissing(error("libyaml-missing", "the installed PyYAML was built without libyaml", None, hint))
    return yaml.parse(text, Loader=loader)


class _Composer:
    """Takes events in order.

    `root` is the document, `faults` what is wrong with it, `frames` what is still open, `latest` where the last scalar
    starts in the text.
    """

    def __init__(self, text: str, file: Path, include: Include | None, *, is_part: bool) -> None:
        self.text, self.file = text, file
        self._include, self._is_part = include, is_part
        self.root: Node | None = None
        self.faults: list[Diagnostic] = []
        self.frames: list[_Frame] = []
        self.latest = 0
        self._anchors: dict[str, Node] = {}
        self._values = 0
        self._characters = 0

    def take(self, event: yaml.Event) -> None:
        """Build on; raises InvalidData where going on would not be safe or would say nothing new."""
        if isinstance(event, yaml.ScalarEvent):
            self._scalar(event)
        elif isinstance(event, yaml.CollectionStartEvent):
            self._open(event)
        elif isinstance(event, yaml.CollectionEndEvent):
            closed = self.frames.pop().node
            closed.is_open = False
            self._add(closed, closed.span)
        elif isinstance(event, yaml.AliasEvent):
            self._alias(event)
        elif isinstance(event, yaml.StreamStartEvent):
            self._before()
        elif isinstance(event, yaml.DocumentEndEvent):
            self._after(event)

    def _scalar(self, event: yaml.ScalarEvent) -> None:
        span = self._span(event)
        self._count(1, len(event.value), span)
        self.latest = event.start_mark.index if event.start_mark else 0
        is_include = event.tag == INCLUDE and self._include is not None
        if event.tag not in (None, f"{_CORE_TAG}str") and not is_include:
            self._unknown_tag(event.tag, span)
        if event.style == '"' and (found := FORBIDDEN.search(event.value)):
            message = f"an escape in this value makes U+{ord(found[0]):04X}, which no document can show"
            self.faults.append(error("yaml-character", message, span, "delete the escape", self._key()))
        node = self._included(event.value, span) if is_include else Node(span, event.value, length=len(event.value))
        if event.anchor is not None:
            self._anchors[event.anchor] = node
        is_plain = not event.style and event.tag is None
        if is_plain and event.value == "<<" and self._expects_key():
            hint = "write the keys out; an alias may stand only for a whole value"
            self._refuse_key(error("yaml-merge-key", 'the merge key "<<" is not supported', span, hint), span)
        elif is_include and self._expects_key():
            hint = f"write the key out; {INCLUDE} may stand only for a value"
            self._refuse_key(error("include-place", f"{INCLUDE} stands where a key is expected", span, hint), span)
        elif is_plain and not event.value and not self.frames:
            self._empty()
        else:
            self._add(node, span)

    def _included(self, name: str, span: Span) -> Node:
        """Return the value in the file of that name."""
        node = self._include(name, span, self._key()) if self._include and not self._expects_key() else Node(span, "")
        self._count(node.size, node.length, span, "include")
        if len(self.frames) + node.height > MAX_DEPTH:
            self._too_deep(span)
        return node

    def _open(self, event: yaml.CollectionStartEvent) -> None:
        span = self._span(event)
        self._count(1, 0, span)
        if event.tag == INCLUDE and self._include is not None:
            message, hint = f"{INCLUDE} takes the name of one file", f'write "{INCLUDE} part.yaml", once for each file'
            self.faults.append(error("include-place", message, span, hint, self._key()))
        elif event.tag is not None:
            self._unknown_tag(event.tag, span)
        if len(self.frames) >= MAX_DEPTH:
            self._too_deep(span)
        is_list = isinstance(event, yaml.SequenceStartEvent)
        node = Node(span, [] if is_list else {}, height=1, is_open=True)
        if event.anchor is not None:
            self._anchors[event.anchor] = node
        self.frames.append(_Frame(node, is_list, event.start_mark.index if event.start_mark else 0))

    def _alias(self, event: yaml.AliasEvent) -> None:
        span = self._span(event)
        alias, anchor = f"*{event.anchor}", f"&{event.anchor}"
        node = self._anchors.get(event.anchor or "")
        if node is None:
            message = f"the alias {shown(alias)} has no anchor {shown(anchor)} above it"
            hint = 'put the value in quotes if the "*" belongs to it'
            self.faults.append(error("yaml-alias", message, span, hint, self._key()))
        elif node.is_open:
            message = f"the alias {shown(alias)} stands inside the value that it repeats"
            hint = f"move the anchor {shown(anchor)} to a smaller value, or write the text out"
            self.faults.append(error("yaml-alias-loop", message, span, hint, self._key()))
            node = None
        else:
            self._count(node.size, node.length, span, "alias")
            if len(self.frames) + node.height > MAX_DEPTH:
                self._too_deep(span)
        self._add(node or Node(span, ""), span)

    def _add(self, node: Node, span: Span) -> None:
        """Put a finished value, or a key, where it belongs; `span` is where it is used."""
        if not self.frames:
            self.root = node
            return
        frame = self.frames[-1]
        parent = frame.node
        if not frame.is_list and frame.key_span is None:
            self._name(frame, node, span)
            return
        parent.size += node.size
        parent.length += node.length + len(frame.key or "")
        parent.height = max(parent.height, node.height + 1)
        if frame.is_list:
            parent.entries.append((len(parent.data), None, node))
            parent.data.append(node.data)
        elif frame.key is not None:
            parent.entries.append((frame.key, frame.key_span, node))
            parent.data[frame.key] = node.data
        frame.key = frame.key_span = None

    def _name(self, frame: _Frame, node: Node, span: Span) -> None:
        if not isinstance(node.data, str):
            kind = "list" if isinstance(node.data, list) else "mapping"
            self._refuse_key(error("yaml-key", f"a {kind} is used as a key", span, QUOTE_IT + ", if it is text"), span)
        elif first := frame.named.get(node.data):
            message = f"the key {shown(node.data)} is already on line {first.line}"
            lines = f"line {first.line}" if first.line == span.line else f"lines {first.line} and {span.line}"
            path = key_text((*where, node.data)) if (where := self._where()) is not None else None
            hint = f"keep one of the two on {lines}, or rename one"
            self._refuse_key(error("yaml-duplicate-key", message, span, hint, path), span)
        else:
            frame.named[node.data] = span
            frame.key, frame.key_span = node.data, span

    def _expects_key(self) -> bool:
        return bool(self.frames) and not self.frames[-1].is_list and self.frames[-1].key_span is None

    def _refuse_key(self, fault: Diagnostic, span: Span) -> None:
        """Note the fault and drop the value that follows; what is wrong inside the value is still reported."""
        self.faults.append(fault)
        self.frames[-1].key, self.frames[-1].key_span = None, span

    def _unknown_tag(self, tag: str, span: Span) -> None:
        self.faults.append(unknown_tag(tag.replace(_CORE_TAG, "!!"), span, self._key()))

    def _count(self, size: int, length: int, span: Span, by: str = "") -> None:
        """Stop at what unfolds to too much; `by` is the alias or the include that repeats it."""
        self._values += size
        self._characters += length
        if self._values <= MAX_VALUES and (self._characters <= MAX_TEXT or not by):
            return
        many = f"{MAX_VALUES} values" if self._values > MAX_VALUES else f"{MAX_TEXT} characters"
        if by == "alias":
            message = f"with this alias the file unfolds to more than {many}"
            self._stop(error("yaml-alias-bomb", message, span, "write the text out instead of repeating it by aliases"))
        if by == "include":
            message = f"with this include the file unfolds to more than {many}"
            self._stop(error("include-bomb", message, span, "include less, or split the document"))
        message = f"the file has more than {MAX_VALUES} values"
        self._stop(error("yaml-too-many-values", message, span, "split the document into several files"))

    def _too_deep(self, span: Span) -> None:
        message = f"lists and mappings are nested more than {MAX_DEPTH} levels deep"
        hint = 'flatten the data, or put the value in quotes if its "[" or "{" are text'
        self._stop(error("yaml-depth", message, span, hint))

    def _before(self) -> None:
        """Refuse an empty file, and directives before libyaml reads them: many `%TAG` lines would take it minutes."""
        start = self._next(0)
        if start == len(self.text):
            self._empty()
        if version := _VERSION.match(self.text, start):
            start = self._next(version.end())
        if self.text.startswith("%", start) and self.text[:start][-1:] in ("", "\n", "\r"):
            self._stop(directive(span_at(self.file, self.text, start)))

    def _after(self, event: yaml.DocumentEndEvent) -> None:
        if self.root is not None and not (self._is_part or isinstance(self.root.data, dict)):
            kind = "a list" if isinstance(self.root.data, list) else "text"
            hint = 'start with the keys of the document, such as "title: …", at the left margin'
            self._stop(error("yaml-top-level", f"the file holds {kind}, not keys with values", self.root.span, hint))
        start = self._next(event.end_mark.index if event.end_mark else len(self.text))
        if start == len(self.text):
            return
        span = span_at(self.file, self.text, start)
        if event.explicit or self.text.startswith("---", start):
            hint = 'move what follows to a file of its own; a "---" inside a text has to be indented'
            self._stop(error("yaml-documents", "a second document starts here", span, hint))
        if self.root and (span.column or 0) < (self.root.span.column or 0):
            hint = "start all keys of the document at the left margin"
            self._stop(error("yaml-indentation", "this line is indented less than the first key", span, hint))
        hint = "delete the brackets around the keys above, or move this inside"
        self._stop(error("yaml-trailing", "this stands after the end of the document", span, hint))

    def _next(self, index: int) -> int:
        """Return the index of the first character that is not blank or comment."""
        found = _NOTHING.match(self.text, index)
        return found.end() if found else index

    def _empty(self) -> None:
        hint = 'fill it in; "specflow new" writes a file to start from'
        self._stop(error("yaml-empty", "the file holds no data", Span(self.file, 1, 1), hint))

    def _stop(self, fault: Diagnostic) -> None:
        raise InvalidData(*self.faults, fault)

    def _span(self, event: yaml.Event) -> Span:
        mark = event.start_mark
        return Span(self.file, mark.line + 1, mark.column + 1) if mark else Span(self.file)

    def _where(self) -> KeyPath | None:
        """Return the path of the innermost open list or mapping, or None inside a value that has no name."""
        path: list[str | int] = []
        for frame in self.frames[:-1]:
            step = len(frame.node.data) if frame.is_list else frame.key
            if step is None:
                return None
            path.append(step)
        return tuple(path)

    def _key(self) -> str | None:
        """Return the data key of the value that is being read."""
        where = self._where()
        if where is None or not self.frames:
            return None
        frame = self.frames[-1]
        step = len(frame.node.data) if frame.is_list else frame.key
        return None if step is None else key_text((*where, step))
