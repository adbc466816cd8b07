"""The style sheet of the HTML edition: the theme's looks, the running header of its print, the document's own fonts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from functools import lru_cache

from jinja2 import BaseLoader, Environment, StrictUndefined, Template

from specflow import assets
from specflow.files import read_bytes
from specflow.finish.html_colours import dark_ground, on_dark, palettes
from specflow.finish.html_fonts import css_string, face, formula_face, han_stacks, stacks
from specflow.finish.marks import content, notice, watermark
from specflow.model import Converted, Format, Spec
from specflow.theme import Theme, highlight_theme

_SHEETS = ("document.css.j2", "print.css.j2")

_CLASSES: Mapping[str, str] = {
    "Alert": "al", "Annotation": "an", "Attribute": "at", "BaseN": "bn", "BuiltIn": "bu", "Char": "ch", "Comment": "co",
    "CommentVar": "cv", "Constant": "cn", "ControlFlow": "cf", "DataType": "dt", "DecVal": "dv", "Documentation": "do",
    "Error": "er", "Extension": "ex", "Float": "fl", "Function": "fu", "Import": "im", "Information": "in",
    "Keyword": "kw", "Operator": "op", "Other": "ot", "Preprocessor": "pp", "RegionMarker": "re", "SpecialChar": "sc",
    "SpecialString": "ss", "String": "st", "Variable": "va", "VerbatimString": "vs", "Warning": "wa",
}  # fmt: skip
"""The class that pandoc's HTML writer gives to each token type of skylighting."""


@dataclass(frozen=True, slots=True)
class Look:
    """One token type's looks, and pandoc's classes for it."""

    colour: str
    bold: bool
    italic: bool
    classes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Colours:
    """What a theme looks like on a light and on a dark screen."""

    light: Mapping[str, str]
    dark: Mapping[str, str]
    light_tokens: Mapping[str, Look]
    dark_tokens: Mapping[str, Look]


def style_sheet(converted: Converted, spec: Spec, theme: Theme) -> str:
    """Return the style sheet with the theme's two palettes.

    Whatever comes from the document goes through `css_string`. Raises FileAccess when the layout cannot be read.
    """
    colours = _colours(theme)
    language = spec.language
    values = {
        "title": converted.title,
        "identity": spec.identity,
        "status": spec.identity.status_words,
        "notice": notice(spec),
        "watermark": watermark(spec),
        "content": content(converted, spec),
        "labels": language.labels,
        "theme": theme,
        "stacks": stacks(theme.fonts, converted.fonts, language.tag),
        "han_stacks": han_stacks(theme.fonts, converted.fonts, language.tag),
        "faces": [face(font) for font in converted.fonts],
        "formula_face": formula_face(converted.outputs[Format.HTML].decode("utf-8")),
        "hyphenate": language.named and language.hyphenate,
        "rtl": language.direction == "rtl",
        "light": colours.light,
        "dark": colours.dark,
        "light_tokens": colours.light_tokens,
        "dark_tokens": colours.dark_tokens,
        "page_counter": _page_counter(language.labels["page"]),
    }
    sheets = (read_bytes(assets.templates() / "layouts" / name).decode("utf-8") for name in _SHEETS)
    return "".join(_compiled(sheet).render(values) for sheet in sheets)


@lru_cache(maxsize=8)
def _compiled(sheet: str) -> Template:
    """Return the template of a style sheet."""
    environment = Environment(loader=BaseLoader(), autoescape=False, undefined=StrictUndefined)  # noqa: S701 - it is CSS
    environment.filters["css_string"] = css_string
    return environment.from_string(sheet)


def _page_counter(label: str) -> str:
    """Return the label "Page {page} of {pages}" as the value of CSS `content`."""
    return " ".join(_counted(label))


def _counted(label: str) -> Iterator[str]:
    before, _, after = label.partition("{page}")
    between, _, rest = after.partition("{pages}")
    yield from (css_string(before), "counter(page)", css_string(between), "counter(pages)", css_string(rest))


@lru_cache(maxsize=8)  # a worker has many documents of one theme
def _colours(theme: Theme) -> _Colours:
    light, dark = palettes(theme.colours)
    ground = dark_ground(dark)
    tokens = _tokens(theme)
    dark_tokens = {
        name: Look(on_dark(look.colour, ground), look.bold, look.italic, look.classes) for name, look in tokens.items()
    }
    return _Colours(light, dark, tokens, dark_tokens)


def _tokens(theme: Theme) -> dict[str, Look]:
    """Return the looks of code by the theme's names of its groups of tokens."""
    styles = highlight_theme(theme)["text-styles"]
    looks = {}
    for name, token in asdict(theme.highlight).items():
        classes = tuple(
            _CLASSES[kind]
            for kind, style in styles.items()
            if kind in _CLASSES
            and (style["text-color"], style["bold"], style["italic"])
            == (token["colour"], token["bold"], token["italic"])
        )
        looks[name] = Look(token["colour"], token["bold"], token["italic"], classes)
    return looks
