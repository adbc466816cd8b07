"""Text cut where another of the document's own fonts has to draw it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from specflow.fonts.clusters import IGNORABLE, is_mark
from specflow.fonts.subset import families
from specflow.model import DocumentFont


def stretches(text: str, fonts: Sequence[DocumentFont], language: str) -> Iterator[tuple[str | None, str]]:
    """Yield the text in stretches of one family, None for the theme's; marks stay with their letter.

    Han characters have the family of the language, where the fonts have one.
    """
    known = {font.family: font.characters for font in fonts}
    order = [(family, known[family]) for family in families(fonts, language)]
    named: list[tuple[str | None, str]] = []
    for character in text:
        family = next((family for family, characters in order if character in characters), None)
        if family is None and named and (ord(character) in IGNORABLE or is_mark(character)):
            family = named[-1][0]
        named.append((family, character))
    for family, group in groupby(named, key=lambda pair: pair[0]):
        yield family, "".join(character for _, character in group)
