"""Small fonts for one document: of each face the characters that are used, in a regular and a bold cut."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from specflow.fonts.catalogue import Face, families_of
from specflow.fonts.clusters import IGNORABLE
from specflow.fonts.han import han_tag
from specflow.model import DocumentFont

_REGULAR = 400
_WEIGHTS = {_REGULAR: "Regular", 700: "Bold"}
_UNUSED = ["BASE", "DSIG", "LTSH", "MATH", "STAT", "VDMX", "VORG", "VVAR", "gasp", "hdmx", "prep", "vhea", "vmtx"]
_REDUNDANT = ["HVAR"]  # the advance widths of each weight stand in `gvar` as well
_LAYOUT = ["GSUB", "GPOS", "GDEF"]
_JAMO = re.compile("[\u1100-\u11ff\ua960-\ua97f\ud7b0-\ud7ff]")
_KEPT_NAMES = (0, 5, 13, 14)  # copyright, version, licence and its address, as the licence demands
_FAMILY, _STYLE, _UNIQUE, _FULL, _POSTSCRIPT = 1, 2, 3, 4, 6
_WINDOWS, _UNICODE, _ENGLISH = 3, 1, 0x409
_BOLD_SELECTION, _REGULAR_SELECTION, _STYLE_SELECTIONS = 1 << 5, 1 << 6, 0b1100001


def document_fonts(
    needs: Sequence[tuple[Face, Path, Iterable[str]]], usual: frozenset[int]
) -> tuple[DocumentFont, ...]:
    """Return the fonts for what is needed of each face; the same needs give the same bytes.

    A font's `characters` are those that the theme's own fonts lack. It may have more glyphs: of letters that signs are
    combined with. Faces without weights have a regular cut only.
    """
    return tuple(
        DocumentFont(face.family, weight, _needed(characters, usual), data)
        for face, path, characters in needs
        for weight, data in _cuts(face, path, "".join(sorted(characters)))
    )


def _needed(characters: Iterable[str], usual: frozenset[int]) -> str:
    return "".join(sorted(c for c in characters if ord(c) not in usual and ord(c) not in IGNORABLE))


def families(fonts: Iterable[DocumentFont], language: str) -> tuple[str, ...]:
    """Return the families of the fonts in the order in which a text of the language asks them.

    Families of Han characters stand in for one another, so the language's own comes first.
    """
    own = families_of(han_tag(language))
    names = tuple(dict.fromkeys(font.family for font in fonts))
    return tuple(sorted(names, key=lambda name: name not in own))


@lru_cache(maxsize=32)  # a document that is built again, or in several editions, needs the same
def _cuts(face: Face, path: Path, text: str) -> tuple[tuple[int, bytes], ...]:
    """Return the font file cut down to the text; a face without weights has a regular cut only."""
    from fontTools import subset
    from fontTools.ttLib import TTFont
    from fontTools.varLib import instancer

    options = subset.Options()
    options.hinting = False
    options.notdef_outline = True
    options.name_IDs = list(_KEPT_NAMES)
    options.recalc_timestamp = False
    options.legacy_kern = False
    options.ignore_missing_unicodes = True
    options.drop_tables += _UNUSED
    options.layout_features = [feature for feature in options.layout_features if feature not in ("vert", "vrt2")]
    if face.languages and not _JAMO.search(text):
        options.drop_tables += (
            _LAYOUT  # they hold vertical and alternative forms, and what puts spelled-out Hangul together
        )
    with TTFont(path, lazy=True, recalcTimestamp=False) as font:
        if "gvar" in font:
            options.drop_tables += _REDUNDANT
        font.setGlyphOrder([".notdef", *(f"g{number}" for number in range(1, font["maxp"].numGlyphs))])
        subsetter = subset.Subsetter(options)
        subsetter.populate(text=text)
        subsetter.subset(font)
        small = _saved(font)
    cuts = []
    for weight, style in _WEIGHTS.items():
        with TTFont(io.BytesIO(small), recalcTimestamp=False) as font:
            if "fvar" in font:
                limits = {axis.axisTag: axis.defaultValue for axis in font["fvar"].axes} | {"wght": weight}
                instancer.instantiateVariableFont(font, limits, inplace=True)
            elif weight != _REGULAR:
                continue
            _call(font, face.family, style, weight)
            cuts.append((weight, _saved(font)))
    return tuple(cuts)


def _call(font: Any, family: str, style: str, weight: int) -> None:
    """Name the font by its family and style alone, so that Word, LibreOffice, browsers and Typst find it by them."""
    names = font["name"]
    kept = {number: names.getDebugName(number) for number in _KEPT_NAMES}
    kept |= {_FAMILY: family, _STYLE: style, _UNIQUE: f"{family} {style}, subset", _FULL: f"{family} {style}"}
    kept[_POSTSCRIPT] = f"{family.replace(' ', '')}-{style}"
    names.names = []
    for number in sorted(kept):
        if kept[number]:
            names.setName(kept[number], number, _WINDOWS, _UNICODE, _ENGLISH)
    metrics = font["OS/2"]
    metrics.usWeightClass = weight
    metrics.fsSelection &= ~_STYLE_SELECTIONS
    metrics.fsSelection |= _BOLD_SELECTION if weight > _REGULAR else _REGULAR_SELECTION
    font["head"].macStyle = int(weight > _REGULAR)


def _saved(font: Any) -> bytes:
    buffer = io.BytesIO()
    font.save(buffer, reorderTables=True)
    return buffer.getvalue()
