"""Diagrams as text, drawn offline: Mermaid, Graphviz (DOT) and D2, each behind one module.

The programs come with the extra `diagrams`; nothing of them is loaded before the first diagram. Whatever they draw goes
through the same checks as an SVG file of the project.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from importlib import import_module
from typing import Any

from specflow.diagnostics import error
from specflow.diagrams.faults import DiagramInvalid
from specflow.diagrams.house import dressed
from specflow.errors import ToolMissing
from specflow.svg import Drawing, SvgRefused, sanitised

KINDS: Mapping[str, str] = {"mermaid": "mermaid", "dot": "graphviz", "graphviz": "graphviz", "d2": "d2"}
"""What a fence may be called, and the module that draws it."""
MAX_CHARACTERS = 100_000
INSTALL = "python -m pip install 'specflow[diagrams]'"

__all__ = ["INSTALL", "KINDS", "MAX_CHARACTERS", "DiagramInvalid", "draw"]


@lru_cache(maxsize=256)
def draw(kind: str, text: str) -> Drawing:
    """Return the diagram as a drawing in the house's fonts; same text, same bytes.

    Raises DiagramInvalid for a text that is no diagram, and ToolMissing where the extra is not installed.
    """
    if not text.strip():
        raise DiagramInvalid("is empty")
    if len(text) > MAX_CHARACTERS:
        raise DiagramInvalid(f"has more than {MAX_CHARACTERS:,} characters")
    try:
        program: Callable[[str], bytes] = import_module(f"specflow.diagrams.{KINDS[kind]}").svg_of
        made = program(text)
    except ImportError as fault:
        message = f"a {kind} diagram cannot be drawn: {_missing(fault)} is not installed"
        raise ToolMissing(error("diagrams-missing", message, hint=INSTALL)) from fault
    try:
        return sanitised(dressed(made), pictures=False)
    except SvgRefused as refused:
        raise DiagramInvalid(f"makes a drawing that {refused.reason}") from refused


def _missing(fault: Any) -> str:
    return f"the Python package {fault.name}" if fault.name else "its program"
