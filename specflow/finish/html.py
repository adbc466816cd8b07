"""Finish the HTML edition: one file that needs nothing else, reads well on paper, on a phone and in the dark."""

from __future__ import annotations

import colorsys
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields

from jinja2 import BaseLoader, Environment, StrictUndefined
from markupsafe import Markup

from specflow import assets
from specflow.files import read_bytes
from specflow.finish.labels import LABELS
from specflow.model import Converted, Format, Heading, Identity
from specflow.theme import Colours, Theme, contrast, highlight_theme

_DEPTH = 2
_READABLE = (5.0, 11.0)
"""Contrast of text in dark mode, at least and at most: WCAG 2.2 asks for 4.5 : 1; white on black dazzles."""

_CLASSES: Mapping[str, str] = {
    "Alert": "al", "Annotation": "an", "Attribute": "at", "BaseN": "bn", "BuiltIn": "bu", "Char": "ch", "Comment": "co",
    "CommentVar": "cv", "Constant": "cn", "ControlFlow": "cf", "DataType": "dt", "DecVal": "dv", "Documentation": "do",
    "Error": "er", "Extension": "ex", "Float": "fl", "Function": "fu", "Import": "im", "Information": "in",
    "Keyword": "kw", "Operator": "op", "Other": "ot", "Preprocessor": "pp", "RegionMarker": "re", "SpecialChar": "sc",
    "SpecialString": "ss", "String": "st", "Variable": "va", "VerbatimString": "vs", "Warning": "wa",
}  # fmt: skip
"""The class that pandoc's HTML writer gives to each token type of skylighting."""

_MARKER = re.compile(r'<div class="contents">\s*</div>')
_CHECKBOX = re.compile(r'(?P<label><label>)?<input\b(?=[^>]*\btype="checkbox")(?P<rest>[^>]*?) ?/?>')


@dataclass(frozen=True, slots=True)
class Part:
    """One line of the contents list, with the lines below it; `label` is "3.1" or "Appendix A"."""

    label: str
    heading: Heading
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Look:
    """One token type's looks, and pandoc's classes for it."""

    colour: str
    bold: bool
    italic: bool
    classes: tuple[str, ...]


def finish_html(converted: Converted, identity: Identity, theme: Theme) -> bytes:
    """Return one self-contained page without script: the fragment in the house's layout, with its contents list.

    Every value is escaped for where it stands: HTML by Jinja2, CSS by `css_string`. Same input, same bytes. Raises
    FileAccess when the layout cannot be read.
    """
    body = _accessible(converted.outputs[Format.HTML].decode("utf-8"))
    marker = _MARKER.search(body)
    before, after = (body[: marker.start()], body[marker.end() :]) if marker else ("", body)
    values = {
        "title": converted.title,
        "identity": identity,
        "status": identity.status_words,
        "labels": LABELS,
    }
    page = _environment(autoescape=True).from_string(_layout("document.html.j2"))
    text = page.render(
        **values,
        lang="en",
        description=f"{converted.title}: {identity.id}, version {identity.version}, {identity.status_words}",
        css=Markup(_css(theme, values)),  # noqa: S704 - every value in it went through css_string or was checked as a theme
        parts=_contents(converted.headings),
        has_contents=marker is not None,
        before=Markup(before.strip()),  # noqa: S704 - pandoc's writer has escaped the body
        after=Markup(after.strip()),  # noqa: S704
    )
    return (text.strip() + "\n").encode("utf-8")


def css_string(text: str) -> str:
    """Return the text as a CSS string in quotes; nothing in it can end the string, or the style element around it."""
    return '"' + "".join(c if c.isalnum() or c in " .,:-_·–" else f"\\{ord(c):x} " for c in text) + '"'


def on_dark(colour: str, ground: str) -> str:
    """Return the colour, lightened until it stands out from the dark ground nearly as it does from white paper.

    Hue stays; the contrast is never below what WCAG 2.2 asks of text.
    """
    least, most = _READABLE
    wanted = max(least, min(most, 0.85 * contrast(colour, "#FFFFFF")))
    hue, lightness, saturation = _hls(colour)
    while contrast(colour, ground) < wanted and lightness < 1:
        lightness = min(1.0, lightness + 0.01)
        colour = _hex(hue, lightness, min(saturation, 0.75))
    return colour


def dark_fill(colour: str) -> str:
    """Return the fill or rule for dark mode that stands out from a dark page as this one does from a white page."""
    hue, lightness, saturation = _hls(colour)
    return _hex(hue, 0.08 + (1 - lightness) * 0.85, saturation * 0.5)


def _accessible(body: str) -> str:
    """Return the body with checkboxes that cannot be changed and that have a name: their label's, or their state."""

    def shown(box: re.Match[str]) -> str:
        rest = box["rest"]
        if not re.search(r"\bdisabled\b", rest):
            rest += ' disabled=""'
        if not box["label"] and "aria-label" not in rest:
            state = LABELS["done" if re.search(r"\bchecked\b", rest) else "open"]
            rest += f' aria-label="{state}"'
        return f"{box['label'] or ''}<input{rest}>"

    return _CHECKBOX.sub(shown, body)


def _contents(headings: Sequence[Heading]) -> tuple[Part, ...]:
    """Return the headings of the first two levels as a tree; deeper ones are left out."""
    listed = [heading for heading in headings if heading.level <= _DEPTH]
    parts: list[Part] = []
    for heading in listed:
        prefix = "Appendix " if heading.appendix and len(heading.number) <= _DEPTH and "." not in heading.number else ""
        part = Part(f"{prefix}{heading.number}" if heading.number else "", heading, ())
        if heading.level > 1 and parts:
            last = parts[-1]
            parts[-1] = Part(last.label, last.heading, (*last.parts, part))
        else:
            parts.append(part)
    return tuple(parts)


def _css(theme: Theme, values: Mapping[str, object]) -> str:
    """Return the style sheet with the theme's two palettes."""
    environment = _environment(autoescape=False)
    environment.filters["css_string"] = css_string
    light = {field.name.replace("_", "-"): getattr(theme.colours, field.name) for field in fields(Colours)}
    light["paper"] = "#FFFFFF"
    fills = {"paper", "rule", "table-header-fill", "code-fill", "code-border", "watermark", "missing"}
    dark = {name: dark_fill(colour) for name, colour in light.items() if name in fills}
    ground = dark["table-header-fill"]
    dark |= {name: on_dark(colour, ground) for name, colour in light.items() if name not in fills}
    for palette in (light, dark):
        palette["watermark"] = _pale(palette["watermark"], palette["paper"])
    page = css_string(LABELS["page"]).replace(css_string("{page}")[1:-1], '" counter(page) "')
    page = page.replace(css_string("{pages}")[1:-1], '" counter(pages) "')
    running = f"font: {theme.sizes.running:g}pt {theme.fonts.body.css}; color: {theme.colours.muted};"
    tokens = _tokens(theme)
    return environment.from_string(_layout("document.css.j2")).render(
        **values,
        theme=theme,
        light=light,
        dark=dark,
        light_tokens=tokens,
        dark_tokens={
            name: Look(on_dark(look.colour, ground), look.bold, look.italic, look.classes)
            for name, look in tokens.items()
        },
        page_counter=page,
        running=lambda: running,
    )


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


def _environment(*, autoescape: bool) -> Environment:
    """Return Jinja2 for one layout; without autoescape only for CSS, where HTML's escapes mean nothing."""
    return Environment(loader=BaseLoader(), autoescape=autoescape, undefined=StrictUndefined)  # noqa: S701


def _layout(name: str) -> str:
    return read_bytes(assets.templates() / "layouts" / name).decode("utf-8")


def _rgb(colour: str) -> tuple[float, float, float]:
    red, green, blue = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    return red, green, blue


def _hls(colour: str) -> tuple[float, float, float]:
    return colorsys.rgb_to_hls(*_rgb(colour))


def _hex(hue: float, lightness: float, saturation: float) -> str:
    return "#" + "".join(f"{round(255 * value):02X}" for value in colorsys.hls_to_rgb(hue, lightness, saturation))


def _pale(colour: str, paper: str) -> str:
    """Return the colour, a third as strong as it is on that paper."""
    pairs = zip(_rgb(colour), _rgb(paper), strict=True)
    return "#" + "".join(f"{round(255 * ((one + 2 * other) / 3)):02X}" for one, other in pairs)
