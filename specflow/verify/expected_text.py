"""The text of the bound document's inlines, and what stands in it: links, notes, formulas, images, data keys."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from specflow.verify.sameness import squeezed
from specflow.verify.seen import Link

_MARKS = {"Space": " ", "SoftBreak": " ", "LineBreak": "\n"}
_QUOTES = {"SingleQuote": "‘’", "DoubleQuote": "“”"}
_WRAPPED = {"Span": 1, "Quoted": 1, "Cite": 1, "Link": 1}


class Collected:
    """What the inlines of a document hold besides text, in reading order; `keys` has the data key of each text."""

    def __init__(self) -> None:
        self.links: list[Link] = []
        self.notes: list[str] = []
        self.formulas: list[str] = []
        self.images: list[str] = []
        self.keys: dict[str, str] = {}

    def remember(self, text: str, key: str) -> None:
        """Note which key the text came from; the first one counts."""
        if key:
            self.keys.setdefault(squeezed(text), key)

    def text(self, inlines: Sequence[Mapping[str, Any]], key: str = "") -> str:
        """Return the inlines' text without formulas, images and notes, which are put aside; `key` is that around it."""
        return "".join(self._inline(inline, key) for inline in inlines).strip()

    def _inline(self, inline: Mapping[str, Any], key: str) -> str:
        kind: str = inline["t"]
        content: Any = inline.get("c")
        if kind == "Str":
            return str(content)
        if kind in _MARKS:
            return _MARKS[kind]
        if kind == "Code":
            return str(content[1])
        if kind == "Math":
            self.formulas.append(content[1])
            self.remember(content[1], key)
            return ""
        if kind == "Note":
            self._note(content, key)
            return ""
        if kind == "Image":
            words = self.text(content[1], key)
            self.images.append(words)
            self.remember(words, key)
            return ""
        if kind == "Link":
            return self._link(content, key)
        if kind in _WRAPPED:
            inner = own_key(content[0]) if kind == "Span" else ""
            words = "".join(self._inline(part, inner or key) for part in content[_WRAPPED[kind]])
            if kind == "Quoted":
                words = words.join(_QUOTES[content[0]["t"]])
            return words
        return "".join(self._inline(part, key) for part in content) if isinstance(content, list) else ""

    def _link(self, content: Any, key: str) -> str:
        words = "".join(self._inline(part, key) for part in content[1])
        self.links.append(Link(words.strip(), content[2][0], "sibling" in content[0][1]))
        self.remember(words, first_key(content[1]) or key)
        return words

    def _note(self, blocks: Any, key: str) -> None:
        at = len(self.notes)
        self.notes.append("")
        text = self.plain(blocks, key)
        self.notes[at] = text
        self.remember(text, first_key(blocks) or key)

    def plain(self, blocks: Any, key: str = "") -> str:
        """Return all text of blocks, a line each: what stands in a cell or a note."""
        lines: list[str] = []
        for block in blocks:
            kind: str = block["t"]
            content: Any = block.get("c")
            if kind in ("Para", "Plain"):
                lines.append(self._checked(content, key))
            elif kind == "LineBlock":
                lines += [self.text(line, key) for line in content]
            elif kind == "CodeBlock":
                lines.append(content[1])
            elif kind == "Header":
                lines.append(self.text(content[2], key))
            elif kind == "Div":
                lines.append(self.plain(content[1], own_key(content[0]) or key))
            elif kind == "BlockQuote":
                lines.append(self.plain(content, key))
            elif kind in ("BulletList", "OrderedList"):
                items = content if kind == "BulletList" else content[1]
                lines += [self.plain(item, key) for item in items]
            elif kind == "DefinitionList":
                for term, definitions in content:
                    lines.append(self.text(term, key))
                    lines += [self.plain(definition, key) for definition in definitions]
            elif kind == "Figure":
                lines += [self.plain(content[2], key), self.plain(content[1][1], key)]
            elif kind == "Table":
                _, caption, _, head, bodies, foot = content
                lines.append(self.plain(caption[1], key))
                rows = [*head[1], *(row for body in bodies for row in (*body[2], *body[3])), *foot[1]]
                lines += [self.plain(cell[4], key) for row in rows for cell in row[1]]
        return "\n".join(filter(None, lines))

    def _checked(self, inlines: Sequence[Mapping[str, Any]], key: str) -> str:
        """Return the text; the box of a task is its item's marker."""
        box, rest = task_box(inlines)
        return self.text(rest if box else inlines, key)


BOXES = ("☐", "☒")


def task_box(inlines: Sequence[Mapping[str, Any]]) -> tuple[str, Sequence[Mapping[str, Any]]]:
    """Return the box that the inlines begin with, "" for none, and what follows it."""
    is_task = len(inlines) > 1 and inlines[0].get("c") in BOXES and inlines[1]["t"] == "Space"
    return (inlines[0]["c"], inlines[2:]) if is_task else ("", inlines)


def own_key(attributes: Any) -> str:
    """Return the data key in an element's attributes; of several the first."""
    key = next((value for name, value in attributes[2] if name == "key"), "")
    return str(key).partition(" ")[0]


def first_key(node: Any) -> str:
    """Return the first data key in blocks or inlines, "" for none."""
    if isinstance(node, list):
        return next(filter(None, map(first_key, node)), "")
    if not isinstance(node, Mapping):
        return ""
    content: Any = node.get("c")
    if node["t"] in ("Span", "Div", "Code", "CodeBlock") and (key := own_key(content[0])):
        return key
    return first_key(content)
