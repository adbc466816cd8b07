"""The two palettes of the HTML edition: the theme's own, and the one for dark mode that is derived from it."""

from __future__ import annotations

import colorsys
from collections.abc import Mapping
from dataclasses import fields

from specflow.theme import Colours
from specflow.theme.contrast import contrast

PAPER = "#FFFFFF"
FILLS = frozenset({"paper", "rule", "table-header-fill", "code-fill", "code-border", "watermark", "missing"})
BANNER = frozenset({"banner-fill", "banner-ink"})
"""The classification looks the same everywhere."""

_READABLE = (5.0, 11.0)
"""Contrast of text in dark mode, at least and at most: WCAG 2.2 asks for 4.5 : 1; white on black dazzles."""

_COLOURFUL = (5.0, 6.5)
"""The same of what is told by its colour: any lighter, and the hue is gone."""


def palettes(colours: Colours) -> tuple[dict[str, str], dict[str, str]]:
    """Return the light and the dark palette: the same names, with hyphens, and "paper"."""
    light = {field.name.replace("_", "-"): getattr(colours, field.name) for field in fields(Colours)} | {"paper": PAPER}
    dark = {name: dark_fill(colour) for name, colour in light.items() if name in FILLS}
    ground = dark_ground(dark)
    for name, colour in light.items():
        if name not in FILLS | BANNER:
            dark[name] = on_dark(colour, ground, _COLOURFUL if name in ("link", "accent") else _READABLE)
    dark |= {name: light[name] for name in sorted(BANNER)}
    for palette in (light, dark):
        palette["watermark"] = _pale(palette["watermark"], palette["paper"])
    return light, dark


def dark_ground(dark: Mapping[str, str]) -> str:
    """Return the lightest of the dark palette's fills that text stands on."""
    return max((dark[name] for name in ("paper", "table-header-fill", "code-fill")), key=_lightness)


def on_dark(colour: str, ground: str, limits: tuple[float, float] = _READABLE) -> str:
    """Return the colour, lightened until it stands out from the dark ground nearly as it does from white paper.

    Hue stays; the contrast is never below what WCAG 2.2 asks of text.
    """
    least, most = limits
    wanted = max(least, min(most, 0.85 * contrast(colour, PAPER)))
    hue, lightness, saturation = _hls(colour)
    while contrast(colour, ground) < wanted and lightness < 1:
        lightness = min(1.0, lightness + 0.01)
        colour = _hex(hue, lightness, min(saturation, 0.75))
    return colour


def dark_fill(colour: str) -> str:
    """Return the fill or rule for dark mode that stands out from a dark page as this one does from a white page."""
    hue, lightness, saturation = _hls(colour)
    return _hex(hue, 0.08 + (1 - lightness) * 0.85, saturation * 0.5)


def _lightness(colour: str) -> float:
    return contrast(colour, "#000000")


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
