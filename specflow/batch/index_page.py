"""The index as a page that needs nothing else: a plain table, which a small script makes sortable and searchable."""

from __future__ import annotations

import base64
import hashlib
from collections import Counter
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from jinja2 import BaseLoader, Environment, StrictUndefined
from markupsafe import Markup

from specflow import assets
from specflow.batch.index import Entry
from specflow.files import read_bytes
from specflow.finish.html_colours import palettes
from specflow.model import short_digest
from specflow.theme import find_theme

_RANKS = {word: rank for rank, word in enumerate(("low", "medium", "high", "critical"))}


def page(entries: Sequence[Entry]) -> bytes:
    """Return the page, with the look of the default theme; the script is allowed by its digest, and no other one.

    Raises FileAccess when the layout cannot be read.
    """
    layouts = assets.templates() / "layouts"
    script = read_bytes(layouts / "index.js").decode("utf-8")
    theme = find_theme("", layouts)
    light, dark = palettes(theme.colours)
    environment = Environment(loader=BaseLoader(), autoescape=True, undefined=StrictUndefined)
    environment.filters |= {"words": _words, "href": quote, "short": short_digest, "rank": _rank}
    text = environment.from_string(read_bytes(layouts / "index.html.j2").decode("utf-8")).render(
        entries=entries,
        statuses=_counts(entries),
        missing=sum(len(entry["missing"]) for entry in entries),
        lost=sum(not edition["there"] for entry in entries for edition in entry["editions"]),
        light=light,
        dark=dark,
        body=Markup(theme.fonts.body.css),  # noqa: S704 - the theme's reader has checked the names of fonts
        headings=Markup(theme.fonts.headings.css),  # noqa: S704
        mono=Markup(theme.fonts.mono.css),  # noqa: S704
        script=Markup(script),  # noqa: S704 - a file of ours
        script_digest=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
    )
    return (text.strip() + "\n").encode("utf-8")


def _words(value: Any) -> str:
    """Return a value of an enumeration as words: `in_progress` reads "in progress"."""
    return str(value).replace("_", " ")


def _rank(value: Any) -> str:
    """Return what a priority or risk is sorted by."""
    text = str(value or "").casefold()
    return str(_RANKS.get(text, text))


def _counts(entries: Sequence[Entry]) -> list[tuple[str, int]]:
    return sorted(Counter(str(entry["status"]) for entry in entries).items())
