"""Characters that a reader cannot see, and that change what he reads or hold a text of their own.

A bidirectional override without an end turns round what stands after the value: "approved" could stand there as its
opposite. Fillers and tag characters hide text in two editions that the third one leaves out.
"""

from __future__ import annotations

import re
import unicodedata

_EMBEDDINGS, _POP = "\u202a\u202b\u202d\u202e", "\u202c"
_ISOLATES, _POP_ISOLATE = "\u2066\u2067\u2068", "\u2069"
_CONTROLS = re.compile(f"[{_EMBEDDINGS}{_POP}{_ISOLATES}{_POP_ISOLATE}]")
_PARAGRAPH = re.compile(r"\n[ \t]*\n")
_JAMO = "[\u1100-\u11ff\ua960-\ua97f\ud7b0-\ud7ff]"
_USED = re.compile(
    f"(?<={_JAMO})\u1160|\u115f(?={_JAMO})"  # half a syllable of Old Hangul
    "|\U0001f3f4[\U000e0020-\U000e007e]+\U000e007f"  # the flag of a region
)
_INVISIBLE = re.compile(
    "[\u115f\u1160\u180e\u206a-\u206f\u3164\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    "\U000e0000-\U000e00ff\U000e01f0-\U000e0fff]"
)

_BLANK = frozenset({"Zs", "Zl", "Zp", "Cc", "Cf"})
_SIGNS = "\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd"
"""Prepended_Concatenation_Mark of Unicode's PropList.txt: the format characters that are drawn."""


def stray_controls(text: str) -> set[str]:
    """Return the text's bidirectional controls where one of a paragraph has no end, or ends nothing (UAX #9, BD9-BD13).

    One of them is enough to doubt where all others belong.
    """
    found = set(_CONTROLS.findall(text))
    return found if found and any(map(_has_stray, _PARAGRAPH.split(text))) else set()


def invisible(text: str) -> set[str]:
    """Return the characters that nobody sees and no writing needs: fillers, tags, deprecated controls."""
    return set() if text.isascii() else set(_INVISIBLE.findall(_USED.sub("", text)))


def is_unseen(text: str) -> bool:
    """Say if nothing of the text could be seen on paper: spaces, and characters without a shape."""
    return all(unicodedata.category(each) in _BLANK and each not in _SIGNS for each in text)


def _has_stray(paragraph: str) -> bool:
    opened: list[str] = []
    for control in _CONTROLS.findall(paragraph):
        if control in _EMBEDDINGS or control in _ISOLATES:
            opened.append(control)
        elif control == _POP:
            if not opened or opened.pop() in _ISOLATES:
                return True
        else:
            while opened and opened[-1] in _EMBEDDINGS:  # an isolate's end ends these too
                opened.pop()
            if not opened:
                return True
            opened.pop()
    return bool(opened)
