"""Finish the PDF edition: put the layout in front of the body, typeset it, and tell on which page everything stands."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, date, datetime
from typing import Any

from specflow import assets
from specflow.diagnostics import Warn
from specflow.files import read_bytes
from specflow.finish.labels import LABELS
from specflow.model import Converted, Format, Identity
from specflow.theme import Theme, highlight_theme
from specflow.tools.typst import Typst

_PAGES = """

#context [#metadata((query(heading) + query(std.figure)).filter(it => it.has("label")).map(it => (
  str(it.label),
  counter(page).at(it.location()).first(),
)))<specflow-pages>]
"""


def finish_pdf(
    converted: Converted, identity: Identity, theme: Theme, typst: Typst, warn: Warn
) -> tuple[bytes, dict[str, int]]:
    """Return the PDF, and the printed page number of every heading and caption by its id.

    Same input, same bytes: the creation date is the document's date. Raises ConversionFailed when Typst refuses the
    body, FileAccess when the layout cannot be read.
    """
    layout = read_bytes(assets.templates() / "layouts" / "document.typ")
    source = layout + b"\n" + converted.outputs[Format.PDF] + _PAGES.encode()
    inputs = {"document": json.dumps(_values(converted, identity, theme), ensure_ascii=False)}
    pdf, places = typst.query(
        source,
        inputs,
        converted.media,
        selector="<specflow-pages>",
        timestamp=_timestamp(identity),
        warn=warn,
    )
    pages = dict(places)
    wanted = [heading.id for heading in converted.headings] + [caption.id for caption in converted.captions]
    return pdf, {name: pages[name] for name in wanted if name in pages}


def _values(converted: Converted, identity: Identity, theme: Theme) -> dict[str, Any]:
    """Return everything that the layout asks for, as JSON takes it."""
    day = _day(identity)
    look = asdict(theme)
    look["page"] |= {"width": theme.page.width, "height": theme.page.height}
    return {
        "title": converted.title,
        "id": identity.id,
        "version": identity.version,
        "status": identity.status_words,
        "description": f"{identity.id}, version {identity.version}, {identity.status_words}",
        "date": [day.year, day.month, day.day] if day else None,
        "draft": identity.draft,
        "lang": "en",
        "labels": dict(LABELS),
        "theme": look,
        "tokens": {
            name: {"colour": style["text-color"], "bold": style["bold"], "italic": style["italic"]}
            for name, style in highlight_theme(theme)["text-styles"].items()
        },
    }


def _day(identity: Identity) -> date | None:
    try:
        return date.fromisoformat(identity.date)
    except ValueError:
        return None


def _timestamp(identity: Identity) -> int:
    """Return midnight (UTC) of the document's date as Unix time; that of 1980, as in the DOCX, where it is a hole."""
    day = _day(identity) or date(1980, 1, 1)
    return max(0, int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()))
