"""What pandoc's HTML lacks for readers who do not see it."""

from __future__ import annotations

import re
from collections.abc import Mapping

from markupsafe import escape

_CHECKBOX = re.compile(r'(?P<label><label>)?<input\b(?=[^>]*\btype="checkbox")(?P<rest>[^>]*?) ?/?>')
_CODE = re.compile(r'(<div class="sourceCode"[^>]*) tabindex="0"([^>]*>)<pre ')
_CELLS = re.compile(r"<(?P<end>/?)(?P<name>thead|th)\b(?P<rest>[^>]*)>")


def accessible(body: str, labels: Mapping[str, str]) -> str:
    """Return the body with the scope of every header cell, and with checkboxes that are named and cannot be changed.

    A formula on lines of its own may scroll, and so may code, whose box alone pandoc lets the keyboard reach: what
    scrolls has to be reachable itself.
    """
    body = body.replace('<math display="block"', '<math display="block" tabindex="0"')
    body = _CODE.sub(r'\1\2<pre tabindex="0" ', body)
    return _CELLS.sub(_Scopes(), _CHECKBOX.sub(lambda box: _checkbox(box, labels), body))


def _checkbox(box: re.Match[str], labels: Mapping[str, str]) -> str:
    """Return the box with a name: its label's, or its state."""
    rest = box["rest"]
    if not re.search(r"\bdisabled\b", rest):
        rest += ' disabled=""'
    if not box["label"] and "aria-label" not in rest:
        state = "done" if re.search(r"\bchecked\b", rest) else "open"
        rest += f' aria-label="{escape(labels[state])}"'
    return f"{box['label'] or ''}<input{rest}>"


class _Scopes:
    """Give header cells their scope: that of the column in a table's head, that of the row below it."""

    def __init__(self) -> None:
        self._heads = 0

    def __call__(self, tag: re.Match[str]) -> str:
        if tag["name"] == "thead":
            self._heads += -1 if tag["end"] else 1
            return tag[0]
        if tag["end"] or "scope=" in tag["rest"]:
            return tag[0]
        group = "group" if re.search(r'\bcolspan="[2-9]', tag["rest"]) else ""
        scope = f"col{group}" if self._heads else "row"
        return f'<th scope="{scope}"{tag["rest"]}>'
