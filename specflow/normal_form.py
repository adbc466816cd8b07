"""Characters that pandoc's CommonMark reader would change.

It puts what it reads into Unicode's normalisation form C, and so a name's ideograph 神 (U+FA19) becomes 神 (U+795E),
which looks different and is another name in a Japanese register. `bind.lua` reads a value with a stand-in for each
such sequence, and puts the sequence back into the AST.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator


def changeable(text: str) -> list[str]:
    """Return the sequences of the text that normalisation form C (UAX #15) changes: each once, longer ones first."""
    if unicodedata.is_normalized("NFC", text):
        return []
    return sorted({part for part in _parts(text) if _normal(part) != part}, key=lambda part: (-len(part), part))


def _parts(text: str) -> Iterator[str]:
    """Yield the text cut wherever normalising the two sides apart gives what normalising the whole gives."""
    part = ""
    for char in text:
        if part and not unicodedata.combining(char) and _normal(part + char) == _normal(part) + _normal(char):
            yield part
            part = ""
        part += char
    yield part


def _normal(text: str) -> str:
    return unicodedata.normalize("NFC", text)
