"""The nouns of a house style: what a `theme.yaml` holds once it is read and checked."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

PAPERS = {"A4": (210.0, 297.0), "letter": (215.9, 279.4)}
"""The sizes of paper, upright, in millimetres."""

_GENERIC_FAMILIES = frozenset({"serif", "sans-serif", "monospace", "system-ui"})


@dataclass(frozen=True, slots=True)
class Page:
    """The paper and its margins, in millimetres; `header` and `footer` count from the edge of the paper."""

    size: str
    top: float
    right: float
    bottom: float
    left: float
    header: float
    footer: float

    @property
    def width(self) -> float:
        """Width of the paper when it stands upright."""
        return PAPERS[self.size][0]

    @property
    def height(self) -> float:
        """Height of the paper when it stands upright."""
        return PAPERS[self.size][1]


@dataclass(frozen=True, slots=True)
class Font:
    """One typeface: `family` is bundled (PDF), `word` is Word's name for the same metrics, `web` the HTML stack."""

    family: str
    word: str
    web: tuple[str, ...]

    @property
    def css(self) -> str:
        """The stack as the value of CSS `font-family`."""
        return ", ".join(name if name in _GENERIC_FAMILIES else f'"{name}"' for name in self.web)


@dataclass(frozen=True, slots=True)
class Fonts:
    """The three typefaces of a document."""

    body: Font
    headings: Font
    mono: Font


@dataclass(frozen=True, slots=True)
class Sizes:
    """Type sizes in points; `headings` has one for each of the six levels."""

    title: float
    subtitle: float
    headings: tuple[float, ...]
    body: float
    table: float
    code: float
    caption: float
    footnote: float
    running: float


@dataclass(frozen=True, slots=True)
class Colours:
    """Colours as "#RRGGBB", in capitals."""

    ink: str
    heading: str
    accent: str
    link: str
    muted: str
    rule: str
    table_header_fill: str
    table_header_ink: str
    code_fill: str
    code_border: str
    watermark: str
    missing: str
    banner_fill: str
    banner_ink: str


@dataclass(frozen=True, slots=True)
class Spacing:
    """White space in points; `line` is a multiple of the font's own line height."""

    line: float
    paragraph: float
    item: float
    list_indent: float
    heading_before: tuple[float, ...]
    heading_after: tuple[float, ...]
    cell_x: float
    cell_y: float
    code: float


@dataclass(frozen=True, slots=True)
class Token:
    """How one group of code tokens looks."""

    colour: str
    bold: bool = False
    italic: bool = False


@dataclass(frozen=True, slots=True)
class Highlight:
    """Syntax highlighting: one look for each group of pandoc's token types."""

    plain: Token
    keyword: Token
    type: Token
    number: Token
    string: Token
    escape: Token
    comment: Token
    function: Token
    variable: Token
    constant: Token
    operator: Token
    builtin: Token
    preprocessor: Token
    attribute: Token
    warning: Token
    error: Token


@dataclass(frozen=True, slots=True)
class Logo:
    """The picture on the cover or above the title: its bytes, how wide it is in millimetres, and what it shows."""

    file: Path
    data: bytes
    mime: str
    width: float
    alt: str


@dataclass(frozen=True, slots=True)
class Tables:
    """The lines of tables: `rules` is "grid" (around every cell) or "horizontal" (between rows only)."""

    rules: str


@dataclass(frozen=True, slots=True)
class Headings:
    """The looks of headings: `rule` is "below" for a line under those of level 1, or "none".

    `number` is "plain" for numbers that look like their heading, or "accent" for lighter, smaller ones in the accent
    colour.
    """

    rule: str
    number: str


@dataclass(frozen=True, slots=True)
class Lists:
    """Whether lists of tables and of figures follow the contents: "yes", "no", or "auto", from three captions on."""

    tables: str
    figures: str


@dataclass(frozen=True, slots=True)
class Theme:
    """The house style, checked.

    `title_block` is "cover" or "compact"; `approval` is "front" or "end", where the approval block stands;
    `classification` is what the banner on every page says, or "" for none. `name` is what the theme was asked for by;
    `files` are what it was read from: its own file first, then those that it extends, then the logo.
    """

    page: Page
    fonts: Fonts
    sizes: Sizes
    colours: Colours
    spacing: Spacing
    highlight: Highlight
    title_block: str
    approval: str
    classification: str
    logo: Logo | None
    lists: Lists
    tables: Tables
    headings: Headings
    name: str = ""
    files: tuple[Path, ...] = ()
