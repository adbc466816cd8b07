"""What a reader sees as one character, and which code points need no glyph."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

_IGNORABLE = (
    *((0x00AD, 0x00AD), (0x034F, 0x034F), (0x061C, 0x061C), (0x115F, 0x1160), (0x17B4, 0x17B5), (0x180B, 0x180F)),
    *((0x200B, 0x200F), (0x2028, 0x202E), (0x2060, 0x206F), (0x3164, 0x3164), (0xFE00, 0xFE0F), (0xFFA0, 0xFFA0)),
    *((0xFFF0, 0xFFFB), (0x1BCA0, 0x1BCA3), (0x1D173, 0x1D17A), (0xE0000, 0xE0FFF)),
)
"""Default_Ignorable_Code_Point of Unicode's DerivedCoreProperties.txt, with line separators and annotation marks.

U+FEFF is not among them: PDF/A-2a and PDF/UA-1 forbid it in text.
"""

IGNORABLE = frozenset(
    {character for first, last in _IGNORABLE for character in range(first, last + 1)}
    | {ord(character) for character in "\t\n\r"}
)
"""The code points that no font needs a glyph for: nothing is drawn for them."""

_JOINER = "\u200d"
_MODIFIERS = "\U0001f3fb-\U0001f3ff"
_FLAGS = "\U0001f1e6-\U0001f1ff"
_CLUSTER = re.compile(f"[{_FLAGS}]{{2}}|.", re.DOTALL)
_MODIFIER = re.compile(f"[{_MODIFIERS}]")


def clusters(text: str) -> Iterator[str]:
    """Yield the text in pieces that one font has to draw: a letter with its marks, an emoji with what is joined to it.

    A simplification of the extended grapheme clusters of UAX #29: Hangul syllables that are spelled out stay in pieces.
    """
    held = ""
    for match in _CLUSTER.finditer(text):
        piece = match[0]
        if held and (held.endswith(_JOINER) or _extends(piece)):
            held += piece
            continue
        if held:
            yield held
        held = piece
    if held:
        yield held


def is_mark(character: str) -> bool:
    """Return whether the character is drawn onto the one before it."""
    return unicodedata.category(character)[0] == "M"


def is_emoji(cluster: str) -> bool:
    """Return whether the cluster asks to be drawn as an emoji, or is the sign of a key."""
    return "\ufe0f" in cluster or "\u20e3" in cluster


def is_space(character: str) -> bool:
    """Return whether the character is blank; typesetters make a space that a font lacks."""
    return unicodedata.category(character) == "Zs"


def is_private(character: str) -> bool:
    """Return whether Unicode gives the character no meaning of its own; PDF/A-2a refuses such text."""
    return unicodedata.category(character) == "Co"


def _extends(piece: str) -> bool:
    return is_mark(piece[0]) or (ord(piece[0]) in IGNORABLE and piece not in "\t\n\r") or bool(_MODIFIER.match(piece))
