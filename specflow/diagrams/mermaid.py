"""Mermaid, drawn by merman: no browser, no script, no clock, bounded work."""

from __future__ import annotations

import json
import re
from functools import cache
from typing import Any

import merman

from specflow.diagrams.faults import DiagramInvalid
from specflow.diagrams.house import COLOURS

_OPTIONS = {
    # without this pipeline labels are HTML, which only browsers show
    "svg": {"pipeline": "resvg-safe", "diagram_id": "diagram"},
    **json.loads(merman.ResourceOptionsBuilder().profile(merman.ResourceProfile.CONSTRAINED).build().to_options_json()),
    "site_config": {
        "theme": "base",
        "fontFamily": "Liberation Sans, Arial, sans-serif",
        "themeVariables": {
            "fontFamily": "Liberation Sans, Arial, sans-serif",
            "fontSize": "14px",
            "background": "#FFFFFF",
            "primaryColor": COLOURS.fill,
            "primaryTextColor": COLOURS.ink,
            "primaryBorderColor": COLOURS.line,
            "secondaryColor": COLOURS.pale,
            "tertiaryColor": COLOURS.pale,
            "tertiaryBorderColor": COLOURS.rule,
            "lineColor": COLOURS.line,
            "textColor": COLOURS.ink,
            "edgeLabelBackground": "#FFFFFF",
            "clusterBkg": COLOURS.pale,
            "clusterBorder": COLOURS.rule,
            "noteBkgColor": COLOURS.note,
            "noteBorderColor": COLOURS.rule,
            "noteTextColor": COLOURS.ink,
        },
    },
}
_CLIPPED = re.compile(r"overflow\s*:\s*hidden")
_PREFIX = re.compile(r"^Diagram parse error \([^)]*\): ")


def svg_of(text: str) -> bytes:
    """Return the drawing of a Mermaid diagram; raise DiagramInvalid with the line that cannot be read."""
    try:
        made = _engine().render_svg(text, None)
    except merman.MermanError as fault:
        raise _fault(text, fault) from fault
    return _CLIPPED.sub("overflow:visible", made).encode()  # labels are measured a little too narrow, and would be cut


@cache
def _engine() -> Any:
    return merman.MermanEngine(options_json=json.dumps(_OPTIONS), services=None)


def _fault(text: str, fault: Any) -> DiagramInvalid:
    found = json.loads(_engine().analyze_json(text, None)).get("diagnostics", [])
    for item in found:
        if item.get("severity") == "error":
            span = item.get("span") or {}
            return DiagramInvalid(str(item["message"]), span.get("line"))
    message = _PREFIX.sub("", str(getattr(fault, "message", fault)))
    return DiagramInvalid(f"cannot be drawn: {message}")
