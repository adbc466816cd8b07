"""The house style: one `theme.yaml` that drives DOCX, PDF and HTML.

A theme is checked as strictly as data: every key is known, every length and colour is one, and text can be read on what
lies behind it (WCAG 2.2, success criterion 1.4.3: a contrast of 4.5 : 1). All faults are reported at once.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, replace
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from specflow import assets
from specflow.diagnostics import Span, error
from specflow.errors import InvalidTemplate
from specflow.theme.contrast import contrast
from specflow.theme.layers import FILE, bundled_themes, layered, theme_file
from specflow.theme.parts import (
    PAPERS,
    Colours,
    Font,
    Fonts,
    Headings,
    Highlight,
    Lists,
    Logo,
    Page,
    Sizes,
    Spacing,
    Tables,
    Theme,
    Token,
)
from specflow.theme.values import (
    Read,
    choice,
    colour,
    font_name,
    items,
    line,
    logo,
    number,
    refuse,
    section,
    span,
)

__all__ = [
    "Colours", "Font", "Fonts", "Headings", "Highlight", "Lists", "Logo", "Page", "Sizes", "Spacing", "Tables", "Theme",
    "Token", "bundled_themes", "contrast", "default_theme", "find_theme", "highlight_theme", "load_theme",
]  # fmt: skip

_LEVELS = 6
_CONTRAST = 4.5
_PAPER = "#FFFFFF"


def find_theme(name: str, folder: Path, *, page_size: str = "", place: Span | None = None) -> Theme:
    """Return the theme of that name, or the default one for "", on that paper where one is named.

    A name is that of a folder in the project folder's `themes/`, a path below the project folder (to a theme's folder
    or file), or that of a bundled theme, in this order. Raises InvalidTemplate with every fault of the theme; for a
    theme or paper that does not exist it points at `place`.
    """
    theme = load_theme(theme_file(name or "default", folder, place), folder)
    if not page_size:
        return replace(theme, name=name or "default")
    papers = {paper.casefold(): paper for paper in PAPERS}
    if page_size.casefold() not in papers:
        hint = f"write {' or '.join(PAPERS)}"
        raise InvalidTemplate(error("page-size", f"{page_size!r} is no size of paper", place, hint))
    return replace(theme, name=name or "default", page=replace(theme.page, size=papers[page_size.casefold()]))


def load_theme(path: Path, folder: Path | None = None) -> Theme:
    """Return the theme in the YAML file, on top of those that it extends.

    `folder` is the project folder, in which these are looked for; without one it is the theme's own. Raises
    InvalidTemplate with every unknown or missing key, bad length and bad colour, each with its place, or else with
    every pair of colours that cannot be read; FileAccess when a file cannot be read.
    """
    root, files = layered(path, folder or path.parent)
    theme: Theme = _THEME(root)
    _check_contrast(theme, root)
    return replace(theme, name=path.parent.name, files=(*files, theme.logo.file) if theme.logo else files)


@cache
def default_theme() -> Theme:
    """Return the bundled house style."""
    return load_theme(assets.templates() / "themes" / "default" / FILE)


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


def _token(node: yaml.Node) -> Token:
    if not isinstance(node, yaml.SequenceNode) or not node.value:
        raise refuse("theme-token", "this is not the look of a token", node, 'write ["#14304F", bold]')
    weights = [choice("bold", "italic")(item) for item in node.value[1:]]
    return Token(colour(node.value[0]), "bold" in weights, "italic" in weights)


def _all_of(kind: type, read: Read[Any]) -> dict[str, Read[Any]]:
    return {field.name: read for field in fields(kind)}


_margin = number(5, 60, "millimetres")
_type_size = number(5, 48, "points")
_space = number(0, 72, "points")
_font = section(Font, family=font_name, word=font_name, web=items(font_name))
_when = choice("auto", "yes", "no")

_THEME = section(
    Theme,
    page=section(Page, **{**_all_of(Page, _margin), "size": choice(*PAPERS)}),
    title_block=choice("cover", "compact"),
    approval=choice("front", "end"),
    classification=line,
    logo=logo,
    lists=section(Lists, tables=_when, figures=_when),
    tables=section(Tables, rules=choice("grid", "horizontal")),
    headings=section(Headings, rule=choice("below", "none"), number=choice("plain", "accent")),
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


def _pairs(theme: Theme) -> Iterator[tuple[str, str, str, str]]:
    """Yield section and key of every text colour, the colour, and the ground that it stands on."""
    colours = theme.colours
    for name in ("ink", "heading", "accent", "link", "muted"):
        yield "colours", name, getattr(colours, name), _PAPER
    for name, ink, ground in (
        ("ink", colours.ink, colours.missing),
        ("ink", colours.ink, colours.code_fill),
        ("table_header_ink", colours.table_header_ink, colours.table_header_fill),
        ("banner_ink", colours.banner_ink, colours.banner_fill),
    ):
        yield "colours", name, ink, ground
    for field in fields(Highlight):
        yield "highlight", field.name, getattr(theme.highlight, field.name).colour, colours.code_fill


def _check_contrast(theme: Theme, root: yaml.MappingNode) -> None:
    faults = [
        error(
            "theme-contrast",
            f"{part}.{name} cannot be read: {ink} on {ground} has a contrast of {contrast(ink, ground):.1f} : 1",
            span(_value(_value(root, part), name)),
            f"darken the one or lighten the other until it is {_CONTRAST} : 1",
        )
        for part, name, ink, ground in _pairs(theme)
        if contrast(ink, ground) < _CONTRAST
    ]
    if faults:
        raise InvalidTemplate(*faults)


def _value(node: yaml.Node, name: str) -> yaml.Node:
    """Return the value of the mapping's key, which is known to be there."""
    found: yaml.Node = next(value for key, value in node.value if key.value == name)
    return found
