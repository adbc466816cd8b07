"""The house style: one `theme.yaml` that drives DOCX, PDF and HTML.

A theme is checked as strictly as data: every key is known, every length and colour is one, and text can be read on what
lies behind it (WCAG 2.2, success criterion 1.4.3: a contrast of 4.5 : 1). All faults are reported at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from specflow import assets
from specflow.diagnostics import Diagnostic, Span, error
from specflow.errors import InvalidTemplate
from specflow.files import read_bytes
from specflow.theme_values import Read, choice, colour, items, number, refuse, section, text

_PAPERS = {"A4": (210.0, 297.0), "letter": (215.9, 279.4)}
_LEVELS = 6
_CONTRAST = 4.5
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
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
        return _PAPERS[self.size][0]

    @property
    def height(self) -> float:
        """Height of the paper when it stands upright."""
        return _PAPERS[self.size][1]


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
    link: str
    muted: str
    rule: str
    table_header_fill: str
    table_header_ink: str
    code_fill: str
    code_border: str
    watermark: str
    missing: str


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
class Theme:
    """The house style, checked."""

    page: Page
    fonts: Fonts
    sizes: Sizes
    colours: Colours
    spacing: Spacing
    highlight: Highlight


def load_theme(path: Path) -> Theme:
    """Return the theme in the YAML file.

    Raises InvalidTemplate with every unknown or missing key, bad length and bad colour, each with its place, or else
    with every pair of colours that cannot be read; FileAccess when the file cannot be read.
    """
    try:
        node = yaml.compose(read_bytes(path).decode("utf-8"), Loader=_LOADER)
    except UnicodeDecodeError as fault:
        raise InvalidTemplate(
            error("theme-encoding", "the theme is not UTF-8", Span(path), "save it as UTF-8")
        ) from fault
    except yaml.YAMLError as fault:
        raise InvalidTemplate(_syntax(path, fault)) from fault
    if node is None:
        raise InvalidTemplate(
            error("theme-empty", "the theme is empty", Span(path), "start from templates/themes/default")
        )
    theme = _THEME(node, path)
    _check_contrast(theme, path)
    return theme


@cache
def default_theme() -> Theme:
    """Return the bundled house style."""
    return load_theme(assets.templates() / "themes" / "default" / "theme.yaml")


def highlight_theme(theme: Theme) -> dict[str, Any]:
    """Return the theme's highlighting as pandoc's JSON theme, the value of its writers' `highlight_method`."""
    look = theme.highlight
    styles = {}
    for field in fields(look):
        token: Token = getattr(look, field.name)
        style = {
            "text-color": token.colour,
            "background-color": None,
            "bold": token.bold,
            "italic": token.italic,
            "underline": False,
        }
        styles.update(dict.fromkeys(_PANDOC_TOKENS[field.name], style))
    return {
        "text-color": look.plain.colour,
        "background-color": theme.colours.code_fill,
        "line-number-color": theme.colours.muted,
        "line-number-background-color": None,
        "text-styles": styles,
    }


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two "#RRGGBB" colours, 1 to 21, as WCAG 2.2 defines it."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    channels = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


_PANDOC_TOKENS: Mapping[str, tuple[str, ...]] = {
    "plain": ("Normal", "Other", "RegionMarker", "Extension"),
    "keyword": ("Keyword", "ControlFlow", "Import"),
    "type": ("DataType",),
    "number": ("DecVal", "BaseN", "Float"),
    "string": ("String", "Char", "VerbatimString"),
    "escape": ("SpecialChar", "SpecialString"),
    "comment": ("Comment", "Documentation", "CommentVar", "Annotation"),
    "function": ("Function",),
    "variable": ("Variable",),
    "constant": ("Constant",),
    "operator": ("Operator",),
    "builtin": ("BuiltIn",),
    "preprocessor": ("Preprocessor",),
    "attribute": ("Attribute",),
    "warning": ("Warning", "Information"),
    "error": ("Error", "Alert"),
}
"""Every token type of skylighting, once: pandoc shows a type that its theme does not name as plain text."""


def _syntax(path: Path, fault: yaml.YAMLError) -> Diagnostic:
    mark = getattr(fault, "problem_mark", None)
    place = Span(path, mark.line + 1, mark.column + 1) if mark else Span(path)
    problem = getattr(fault, "problem", None) or "it cannot be parsed"
    hint = "mend the syntax; see templates/themes/default"
    return error("theme-syntax", f"the theme is not YAML: {problem}", place, hint)


def _token(node: yaml.Node, path: Path) -> Token:
    if not isinstance(node, yaml.SequenceNode) or not node.value:
        raise refuse("theme-token", "this is not the look of a token", node, path, 'write ["#14304F", bold]')
    weights = [choice("bold", "italic")(item, path) for item in node.value[1:]]
    return Token(colour(node.value[0], path), "bold" in weights, "italic" in weights)


def _all_of(kind: type, read: Read[Any]) -> dict[str, Read[Any]]:
    return {field.name: read for field in fields(kind)}


_margin = number(5, 60, "millimetres")
_type_size = number(5, 48, "points")
_space = number(0, 72, "points")
_font = section(Font, family=text, word=text, web=items(text))

_THEME = section(
    Theme,
    page=section(Page, **{**_all_of(Page, _margin), "size": choice(*_PAPERS)}),
    fonts=section(Fonts, **_all_of(Fonts, _font)),
    sizes=section(Sizes, **{**_all_of(Sizes, _type_size), "headings": items(_type_size, _LEVELS)}),
    colours=section(Colours, **_all_of(Colours, colour)),
    spacing=section(
        Spacing,
        **{
            **_all_of(Spacing, _space),
            "line": number(0.9, 2, "line heights"),
            "heading_before": items(_space, _LEVELS),
            "heading_after": items(_space, _LEVELS),
        },
    ),
    highlight=section(Highlight, **_all_of(Highlight, _token)),
)


def _check_contrast(theme: Theme, path: Path) -> None:
    colours = theme.colours
    pairs = [(f"colours.{name}", getattr(colours, name), "#FFFFFF") for name in ("ink", "heading", "link", "muted")]
    pairs.append(("colours.table_header_ink", colours.table_header_ink, colours.table_header_fill))
    for field in fields(Highlight):
        pairs.append((f"highlight.{field.name}", getattr(theme.highlight, field.name).colour, colours.code_fill))
    faults = [
        error(
            "theme-contrast",
            f"{name} cannot be read: {ink} on {ground} has a contrast of {contrast(ink, ground):.1f} : 1",
            Span(path),
            f"darken the one or lighten the other until it is {_CONTRAST} : 1",
        )
        for name, ink, ground in pairs
        if contrast(ink, ground) < _CONTRAST
    ]
    if faults:
        raise InvalidTemplate(*faults)
