"""From the characters of a document to the fonts that it needs beside the theme's, and what none of them has."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from specflow.fonts.catalogue import EMOJI, Pack, faces, font_file, pack_for, theme_characters
from specflow.fonts.clusters import IGNORABLE, clusters, is_emoji, is_mark, is_private, is_space
from specflow.fonts.han import han_language, is_east_asian
from specflow.fonts.subset import document_fonts
from specflow.model import DocumentFont

_BYTE_ORDER_MARK = "\ufeff"


@dataclass(frozen=True, slots=True)
class Missing:
    """Characters of one text that no font has: the text's key, and the package that would have them, if any."""

    key: str
    characters: tuple[str, ...]
    pack: Pack | None


@dataclass(frozen=True, slots=True)
class Coverage:
    """What a document needs of fonts.

    `fonts` are to be embedded, in the order in which they are asked. `missing` is in the order of the texts.
    """

    fonts: tuple[DocumentFont, ...] = ()
    missing: tuple[Missing, ...] = ()


def cover(texts: Iterable[tuple[str, str]], theme_families: Iterable[str], language: str) -> Coverage:
    """Return what the texts, each with its key, need beside the theme's families in a document of the language.

    The same texts and fonts give the same bytes. A text that the theme's families have whole costs next to nothing.
    Raises FileAccess when a font cannot be read.
    """
    usual = theme_characters(frozenset(theme_families))
    needs: dict[Path, set[str]] = {}
    missing: dict[tuple[str, Pack | None], dict[str, None]] = {}
    for key, text in texts:
        if text.isascii():
            continue
        own = han_language(text, language)
        for cluster in _beyond(text, usual):
            drawn, lost = _place(cluster, usual, own)
            if drawn:
                needs.setdefault(drawn.path, set()).update(drawn.text)
            for character in lost:
                missing.setdefault((key, pack_for(ord(character))), {})[character] = None
    fonts = document_fonts([(face, path, needs[path]) for face, path in faces() if path in needs], usual)
    return Coverage(fonts, tuple(Missing(key, tuple(found), pack) for (key, pack), found in missing.items()))


@dataclass(frozen=True, slots=True)
class _Drawn:
    """A font file, and the characters of it that a cluster is drawn with."""

    path: Path
    text: str


def _beyond(text: str, usual: frozenset[int]) -> Iterator[str]:
    """Yield each cluster once that the usual characters do not make up."""
    if {ord(character) for character in text} - usual <= IGNORABLE:
        return
    for cluster in dict.fromkeys(clusters(text)):
        if _spelling(usual, cluster) is None:
            yield cluster


def _place(cluster: str, usual: frozenset[int], language: str | None) -> tuple[_Drawn | None, list[str]]:
    """Return what the cluster is drawn with, and those of its characters that no font has."""
    lost = [character for character in cluster if is_private(character) or character == _BYTE_ORDER_MARK]
    if not lost:
        known = [usual]
        for path in _candidates(cluster, language):
            known.append(font_file(path).characters)
            spelling = _spelling(known[-1], cluster)
            if spelling is not None:
                return _Drawn(path, cluster + spelling), []
        lost = [character for character in cluster if all(_spelling(has, character) is None for has in known)]
        lost = lost or [character for character in cluster[1:] if is_mark(character)]
    rest = "".join(character for character in cluster if character not in lost)
    if rest and rest != cluster and _spelling(usual, rest) is None:
        drawn, more = _place(rest, usual, language)
        return drawn, lost + more
    return None, lost


def _candidates(cluster: str, language: str | None) -> Iterator[Path]:
    """Yield the files in the order in which they are asked; of those for Han the language's own comes first."""
    wants_han = is_east_asian(cluster)
    if wants_han:
        yield from (path for face, path in faces() if language in face.languages)
    if is_emoji(cluster):
        yield from (path for face, path in faces() if face.family == EMOJI)
    for face, path in faces():
        if not face.languages or wants_han:
            yield path


def _spelling(characters: frozenset[int], cluster: str) -> str | None:
    """Return the spelling in which a font with these characters draws the cluster, None if it cannot.

    Text shaping composes and decomposes letters with marks as the font has them.
    """
    if _draws(characters, cluster):
        return cluster
    if cluster.isascii():
        return None
    forms = (unicodedata.normalize(form, cluster) for form in ("NFC", "NFD"))
    return next((form for form in forms if _draws(characters, form)), None)


def _draws(characters: frozenset[int], text: str) -> bool:
    return all(ord(c) in characters or ord(c) in IGNORABLE or is_space(c) for c in text)
