"""What every edition must show: the bound document, put into the nouns that the readers use."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from specflow.model import Converted, Spec
from specflow.verify.expected_text import Collected, first_key, own_key, task_box
from specflow.verify.seen import Block, Cell, Part, Seen

CONTENTS_DEPTH = 2
"""The contents list shows headings of so many levels."""

APPROVAL, HISTORY, APPENDIX = "approval", "history", "appendix"
"""The roles of blocks that only the bound document knows."""

_ROLES = {"approval-block": APPROVAL, "change-history": HISTORY}
_KINDS = {"tables": "table", "figures": "figure"}
_ROMAN = {1000: "m", 900: "cm", 500: "d", 400: "cd", 100: "c", 90: "xc", 50: "l", 40: "xl", 10: "x", 9: "ix", 5: "v"}
_ROMAN |= {4: "iv", 1: "i"}


def expected(converted: Converted, spec: Spec) -> Seen:
    """Return what every edition of this document must show, each block with the data key that it came from."""
    identity, labels = spec.identity, spec.language.labels
    walk = _Walk()
    blocks = tuple(walk.blocks(converted.ast["blocks"]))
    found = walk.found
    title = converted.ast["meta"].get("title", {}).get("c", [])
    found.remember(converted.title, first_key(title))
    version = f"{labels['version']} {identity.version}"
    return Seen(
        title=converted.title,
        language=spec.language.tag,
        direction=spec.language.direction,
        blocks=blocks,
        properties=_properties(converted, spec),
        front=tuple(walk.front),
        links=tuple(found.links),
        notes=tuple(found.notes),
        formulas=tuple(found.formulas),
        images=tuple(found.images),
        contents=_contents(converted) if walk.has_contents else (),
        lists=_lists(converted) if walk.has_contents else {},
        header=" ".join(filter(None, (identity.id, converted.title))),
        footer=f"{_footer(converted, spec)} {_page(labels['page'])}",
        watermark=_state(spec, "watermark", "superseded_watermark"),
        version=version,
        status=identity.status_words,
        keys=found.keys | _identity_keys(spec, version),
    )


def _properties(converted: Converted, spec: Spec) -> dict[str, str]:
    identity = spec.identity
    return {
        "title": converted.title,
        "id": identity.id,
        "version": identity.version,
        "status": identity.status_words,
    }


def _state(spec: Spec, draft: str, superseded: str) -> str:
    """Return the word of a draft, of a superseded document, "" for all others."""
    labels = spec.language.labels
    return labels[draft] if spec.identity.draft else labels[superseded] if spec.identity.superseded else ""


def _footer(converted: Converted, spec: Spec) -> str:
    """Return what the footer says of the document: its state, and the short digest of its content."""
    signed = converted.signoff
    content = spec.language.labels["content"].replace("{digest}", signed.short) if signed else ""
    state = _state(spec, "draft", "superseded") or spec.identity.status_words
    return " · ".join(filter(None, (state, content)))


def _page(pattern: str) -> str:
    """Return the words of the page number, a sign for each number: it differs from page to page, and in HTML."""
    return pattern.replace("{pages}", "#").replace("{page}", "#")


def _identity_keys(spec: Spec, version: str) -> dict[str, str]:
    """Return the data keys of what every page says of the document."""
    identity, keys = spec.identity, spec.template.identity
    words = {version: "version", identity.status_words: "status", identity.id: "id"}
    return {"".join(text.split()): keys[name] for text, name in words.items() if text and name in keys}


def _contents(converted: Converted) -> tuple[str, ...]:
    return tuple(
        f"{heading.label} {heading.text}".strip() for heading in converted.headings if heading.level <= CONTENTS_DEPTH
    )


def _lists(converted: Converted) -> Mapping[str, tuple[str, ...]]:
    return {
        name: tuple(f"{made.label} {made.text}" for made in converted.captions if made.kind == _KINDS[name])
        for name in converted.lists
    }


class _Walk:
    """Goes through the bound document in reading order."""

    def __init__(self) -> None:
        self.found = Collected()
        self.front: list[tuple[str, str]] = []
        self.has_contents = False

    def blocks(
        self,
        blocks: Sequence[Mapping[str, Any]],
        key: str = "",
        *,
        depth: int = 0,
        part: Part = Part.PARAGRAPH,
        role: str = "",
    ) -> Iterator[Block]:
        """Yield the blocks; `depth` is the nesting of lists around them, `part` what a paragraph is here."""
        for block in blocks:
            kind: str = block["t"]
            content: Any = block.get("c")
            if kind == "Div":
                yield from self._div(content, key, depth, part, role)
            elif kind == "Header":
                yield self._heading(content, key)
            elif kind in ("Para", "Plain"):
                yield from self._paragraph(content, key, part)
            elif kind == "LineBlock":
                lines = [self.found.text(line, key) for line in content]
                yield Block(part, "\n".join(lines), key=first_key(content) or key)
            elif kind == "CodeBlock":
                yield Block(Part.CODE, content[1], key=own_key(content[0]) or key)
            elif kind == "BlockQuote":
                yield from self.blocks(content, key, depth=depth, part=Part.QUOTE)
            elif kind == "BulletList":
                for item in content:
                    yield from self._item(item, "•", key, depth + 1)
            elif kind == "OrderedList":
                (start, style, delimiter), items = content
                for number, item in enumerate(items, start):
                    yield from self._item(item, _marker(number, style["t"], delimiter["t"]), key, depth + 1)
            elif kind == "DefinitionList":
                for term, definitions in content:
                    yield from self._paragraph(term, key, part)
                    for definition in definitions:
                        yield from self.blocks(definition, key, depth=depth, part=part)
            elif kind == "Table":
                yield from self._table(content, key, role)
            elif kind == "Figure":
                yield from self._figure(content, key, depth, part)

    def _div(self, content: Any, key: str, depth: int, part: Part, role: str) -> Iterator[Block]:
        attributes, blocks = content
        classes = attributes[1]
        if "front" in classes:
            self.front += self._front(blocks)
        elif "contents" in classes:
            self.has_contents = True
        else:
            role = next((_ROLES[name] for name in classes if name in _ROLES), role)
            yield from self.blocks(blocks, own_key(attributes) or key, depth=depth, part=part, role=role)

    def _front(self, blocks: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
        """Yield label and value of each row of the document information."""
        for block in blocks:
            if block["t"] == "Table":
                for row in _rows(block["c"]):
                    label, value = (self.found.plain(cell[4]) for cell in row[:2])
                    self.found.remember(value, first_key(row[1][4]))
                    self.found.remember(f"{label}: {value}", first_key(row[1][4]))
                    yield label, value

    def _heading(self, content: Any, key: str) -> Block:
        level, (_, classes, pairs), inlines = content
        attributes = dict(pairs)
        text = self.found.text(inlines, key)
        role = APPENDIX if "appendix" in attributes or "appendix" in classes else ""
        label = attributes.get("label", "")
        return Block(Part.HEADING, text, level, label, key=first_key(inlines) or key, role=role)

    def _paragraph(
        self, inlines: Sequence[Mapping[str, Any]], key: str, part: Part, level: int = 0, label: str = ""
    ) -> Iterator[Block]:
        images, formulas = len(self.found.images), len(self.found.formulas)
        text = self.found.text(inlines, key)
        key = first_key(inlines) or key
        if text or part is Part.ITEM:
            yield Block(part, text, level, label, key=key)
        elif len(self.found.images) > images:
            yield Block(Part.IMAGE, "", key=key)
        elif len(self.found.formulas) > formulas:
            yield Block(Part.FORMULA, "", key=key)

    def _item(self, blocks: Sequence[Mapping[str, Any]], marker: str, key: str, depth: int) -> Iterator[Block]:
        """Yield an item: its first paragraph with the marker, then what else stands in it."""
        rest: list[Mapping[str, Any]] = list(blocks) or [{"t": "Plain", "c": []}]
        first = rest.pop(0)
        if first["t"] == "Div" and first["c"][1]:
            key = own_key(first["c"][0]) or key
            rest = [*first["c"][1], *rest]
            first = rest.pop(0)
        if first["t"] in ("Para", "Plain"):
            box, inlines = task_box(first["c"])
            yield from self._paragraph(inlines, key, Part.ITEM, depth, box or marker)
        else:
            yield Block(Part.ITEM, "", depth, marker, key=first_key(blocks) or key)
            rest = [first, *rest]
        yield from self.blocks(rest, key, depth=depth)

    def _table(self, content: Any, key: str, role: str) -> Iterator[Block]:
        attributes, caption, *_ = content
        own = own_key(attributes) or key
        if caption[1]:
            yield self._caption(attributes, caption, own)
        rows = tuple(self._cells(row, own) for row in _typed_rows(content))
        yield Block(Part.TABLE, "", rows=rows, key=own or first_key(content), role=role)

    def _cells(self, row: tuple[Any, bool, int], key: str) -> tuple[Cell, ...]:
        cells, is_head, heads = row
        made, column = [], 0
        for _, _, rows, columns, blocks in cells:
            text = self.found.plain(blocks, key)
            made.append(Cell(text, is_head or column < heads, columns, rows, first_key(blocks) or key))
            column += columns
        return tuple(made)

    def _figure(self, content: Any, key: str, depth: int, part: Part) -> Iterator[Block]:
        attributes, caption, blocks = content
        own = own_key(attributes) or key
        yield from self.blocks(blocks, own, depth=depth, part=part)
        if caption[1]:
            yield self._caption(attributes, caption, own)

    def _caption(self, attributes: Any, caption: Any, key: str) -> Block:
        text = self.found.plain(caption[1], key)
        return Block(Part.CAPTION, text, label=dict(attributes[2]).get("label", ""), key=first_key(caption[1]) or key)


def _typed_rows(table: Any) -> Iterator[tuple[Any, bool, int]]:
    """Yield the cells of each row, whether it is of the head, and how many of its columns are headers."""
    _, _, _, head, bodies, foot = table
    for row in head[1]:
        yield row[1], True, 0
    for body in bodies:
        for row in body[2]:
            yield row[1], True, 0
        for row in body[3]:
            yield row[1], False, body[1]
    for row in foot[1]:
        yield row[1], False, 0


def _rows(table: Any) -> Iterator[Any]:
    return (cells for cells, _, _ in _typed_rows(table))


def _marker(number: int, style: str, delimiter: str) -> str:
    if style in ("LowerAlpha", "UpperAlpha"):
        text = chr(ord("a") + (number - 1) % 26) * ((number - 1) // 26 + 1)
    elif style in ("LowerRoman", "UpperRoman"):
        text = _roman(number)
    else:
        text = str(number)
    text = text.upper() if style.startswith("Upper") else text
    return {"OneParen": f"{text})", "TwoParens": f"({text})"}.get(delimiter, f"{text}.")


def _roman(number: int) -> str:
    text = ""
    for value, letters in _ROMAN.items():
        count, number = divmod(number, value)
        text += letters * count
    return text
