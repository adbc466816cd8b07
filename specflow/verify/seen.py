"""What a reader sees in an edition: the nouns that the readers of all formats and the bound document are put into."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Part(StrEnum):
    """What a block is."""

    HEADING = "heading"
    PARAGRAPH = "paragraph"
    ITEM = "item"
    QUOTE = "quote"
    CODE = "code"
    TABLE = "table"
    CAPTION = "caption"
    IMAGE = "image"
    FORMULA = "formula"


@dataclass(frozen=True, slots=True)
class Cell:
    """A table's cell: all of its text in reading order, and how many columns and rows it takes.

    `key` is the data key that the text came from, which only the bound document knows.
    """

    text: str
    header: bool = False
    columns: int = 1
    rows: int = 1
    key: str = ""


@dataclass(frozen=True, slots=True)
class Block:
    """A block of the body, in reading order.

    `text` is what is read, without numbers, markers, formulas, images and footnotes. `level` is a heading's level (1 is
    the highest below the title) or an item's nesting (1 is the outermost; paragraphs that go on inside an item are
    paragraphs). `label` is the number of a heading or caption as printed ("3.1", "Appendix A", "Table A-1"), and the
    marker of an item ("•", "3.", "☐", "☒"). `rows` are a table's. Only the bound document knows `key`, the data key
    that the text came from, and `role`: of a table, if it is the "approval" block or the change "history", of a
    heading, if it is part of an "appendix".
    """

    part: Part
    text: str
    level: int = 0
    label: str = ""
    rows: tuple[tuple[Cell, ...], ...] = ()
    key: str = ""
    role: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """A link of the body: its words, and where it leads; `#` and the anchor for a reference inside the document.

    The bound document leads to the spec of a sibling (`is_sibling`), of which each edition links the one of its format.
    """

    text: str
    target: str
    is_sibling: bool = False


@dataclass(frozen=True, slots=True)
class Seen:
    """One edition as its reader sees it; None stands for what the format does not tell.

    `properties` has the metadata that a file's properties dialogue shows: title, subject, keywords, language.
    `front` is the title block's labels and values. `links`, `notes`, `formulas` and `images` (alternative texts) are in
    reading order, wherever they stand, cells included. `contents` and `lists` have their entries as "label text",
    without page numbers. `header`, `footer` and `watermark` are those of an ordinary page of the body. Only the bound
    document knows `version` and `status`, the words of the header that say them, and the data `keys` of texts that are
    no blocks.
    """

    title: str
    language: str
    direction: str
    blocks: tuple[Block, ...]
    properties: Mapping[str, str] = field(default_factory=dict)
    front: tuple[tuple[str, str], ...] = ()
    links: tuple[Link, ...] | None = None
    notes: tuple[str, ...] | None = None
    formulas: tuple[str, ...] | None = None
    images: tuple[str, ...] | None = None
    contents: tuple[str, ...] | None = None
    lists: Mapping[str, tuple[str, ...]] | None = None
    header: str | None = None
    footer: str | None = None
    watermark: str | None = None
    version: str | None = None
    status: str | None = None
    keys: Mapping[str, str] = field(default_factory=dict)
