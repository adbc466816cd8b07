"""Mermaid, drawn by merman in a process of its own: no browser, no script, no clock, bounded work, time and memory."""

from __future__ import annotations

import json
import re
from functools import cache
from importlib.util import find_spec
from typing import Any

from specflow.diagrams.faults import DiagramInvalid
from specflow.diagrams.house import COLOURS
from specflow.tools import apart

SECONDS = 20.0
"""How long a diagram may take: merman counts its work, but not all of it."""

_OPTIONS = {
    # without this pipeline labels are HTML, which only browsers show
    "svg": {"pipeline": "resvg-safe", "diagram_id": "diagram"},
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
    if find_spec("merman") is None:
        raise ModuleNotFoundError(name="merman")
    try:
        made = apart.call(SECONDS, _drawn, text)
    except apart.Overrun as overrun:
        raise DiagramInvalid(overrun.reason) from overrun
    return _CLIPPED.sub("overflow:visible", made).encode()  # labels are measured a little too narrow, and would be cut


def _drawn(text: str) -> str:
    """Return merman's drawing; runs apart."""
    import merman

    try:
        return str(_engine().render_svg(text, None))
    except merman.MermanError as fault:
        raise _fault(text, fault) from None


@cache
def _engine() -> Any:
    import merman

    bounds = merman.ResourceOptionsBuilder().profile(merman.ResourceProfile.CONSTRAINED).build()
    options = {**json.loads(bounds.to_options_json()), **_OPTIONS}
    return merman.MermanEngine(options_json=json.dumps(options), services=None)


def _fault(text: str, fault: Any) -> DiagramInvalid:
    found = json.loads(_engine().analyze_json(text, None)).get("diagnostics", [])
    for item in found:
        if item.get("severity") == "error":
            span = item.get("span") or {}
            return DiagramInvalid(str(item["message"]), span.get("line"))
    message = _PREFIX.sub("", str(getattr(fault, "message", fault)))
    return DiagramInvalid(f"cannot be drawn: {message}")
