"""The document's own fonts in a DOCX: embedded in the package, and named by the runs that need them."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterable, Sequence
from copy import deepcopy
from itertools import groupby

from lxml import etree

from specflow.finish.docx_package import TYPES, TYPES_PART, relate
from specflow.finish.docx_settings import embed_fonts_in
from specflow.finish.wordml import R, attribute, parent_of, parse, properties_of, qn, serialise, set_property, w
from specflow.fonts.stretches import stretches
from specflow.model import DocumentFont

_TABLE = "word/fontTable.xml"
_TABLE_RELATIONS = "word/_rels/fontTable.xml.rels"
_SETTINGS = "word/settings.xml"
_OBFUSCATED = "application/vnd.openxmlformats-officedocument.obfuscatedFont"
_EXTENSION = "odttf"
_HIDDEN = 32
_BOLD = 700
_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
_LINE = (
    0.905,
    0.212,
    0.033,
)  # above and below the base line, and between lines, em: those of Liberation Sans and Arial
_SLOTS = ("ascii", "hAnsi", "eastAsia", "cs")
_CHARSETS = {
    "Noto Sans Arabic": "B2",
    "Noto Sans Hebrew": "B1",
    "Noto Sans JP": "80",
    "Noto Sans KR": "81",
    "Noto Sans SC": "86",
    "Noto Sans TC": "88",
}
"""The `charset` of a family (ECMA-376 part 1, 17.8.3.2), by which Word finds a likeness where a font is missing."""


def embed_fonts(files: dict[str, bytes], fonts: Sequence[DocumentFont]) -> None:
    """Put the fonts into the package, where Word and LibreOffice find them by their families.

    Each is hidden as ECMA-376 part 1, 17.8.1 has it, with a key made of its own digest: the same fonts give the same
    bytes. Without fonts nothing changes.
    """
    if not fonts:
        return
    table = parse(files[_TABLE])
    for family, cuts in groupby(fonts, key=lambda font: font.family):
        entry = _entry(table, family)
        for cut in cuts:
            data = _lined(cut.data)
            number = 1 + sum(name.endswith(f".{_EXTENSION}") for name in files)
            key = _key(data)
            files[f"word/fonts/font{number}.{_EXTENSION}"] = _hidden(data, key)
            identifier = f"rId{number}"
            relate(files, _TABLE_RELATIONS, identifier, f"{R}/font", f"fonts/font{number}.{_EXTENSION}")
            embedded = w("embedBold" if cut.weight >= _BOLD else "embedRegular", fontKey=key, subsetted="1")
            embedded.set(f"{{{R}}}id", identifier)
            entry.append(embedded)
    table[:] = sorted(table, key=lambda entry: attribute(entry, "name"))
    files[_TABLE] = serialise(table)
    settings = parse(files[_SETTINGS])
    embed_fonts_in(settings)
    files[_SETTINGS] = serialise(settings)
    types = parse(files[TYPES_PART])
    if all(entry.get("Extension") != _EXTENSION for entry in types):
        types.insert(0, etree.Element(f"{{{TYPES}}}Default", Extension=_EXTENSION, ContentType=_OBFUSCATED))
        files[TYPES_PART] = serialise(types)


def name_fonts(parts: Iterable[etree._Element], fonts: Sequence[DocumentFont], language: str) -> None:
    """Let every run with characters of the document's own fonts name them; runs are parted where the font changes.

    A run that tells its language has the Han characters in the shapes of that, others in those of `language`.
    """
    own = frozenset().union(*(font.characters for font in fonts))
    for part in parts:
        for run in list(part.iter(qn("r"))):
            text = "".join(leaf.text or "" for leaf in run.iter(qn("t")))
            if not own.isdisjoint(text):
                _part(run, fonts, _language(run) or language)


def _entry(table: etree._Element, family: str) -> etree._Element:
    """Return the new entry of a family in the font table."""
    for old in [entry for entry in table if attribute(entry, "name") == family]:
        table.remove(old)
    charset = w("charset", val=_CHARSETS.get(family, "00"))
    entry = w("font", charset, w("family", val="swiss"), w("pitch", val="variable"), name=family)
    table.append(entry)
    return entry


def _lined(data: bytes) -> bytes:
    """Return the font with lines as high as those of the theme's: Word takes their height from the font.

    Fonts of other scripts ask for up to twice the room, and a page of the DOCX would hold half of one of the PDF.
    """
    from fontTools.ttLib import TTFont

    with TTFont(io.BytesIO(data), recalcTimestamp=False, recalcBBoxes=False) as font:
        em, lines, metrics = font["head"].unitsPerEm, font["hhea"], font["OS/2"]
        above, below, gap = (round(share * em) for share in _LINE)
        lines.ascent, lines.descent, lines.lineGap = above, -below, gap
        metrics.sTypoAscender, metrics.sTypoDescender, metrics.sTypoLineGap = above, -below, gap
        metrics.usWinAscent, metrics.usWinDescent = above, below
        buffer = io.BytesIO()
        font.save(buffer, reorderTables=True)
    return buffer.getvalue()


def _key(data: bytes) -> str:
    digest = hashlib.sha256(data).hexdigest()[:32].upper()
    return f"{{{digest[:8]}-{digest[8:12]}-{digest[12:16]}-{digest[16:20]}-{digest[20:]}}}"


def _hidden(data: bytes, key: str) -> bytes:
    """Return the font with its first 32 bytes combined with the key, whose bytes are taken from the last on."""
    mask = bytes.fromhex(key.strip("{}").replace("-", ""))[::-1]
    return bytes(byte ^ mask[place % len(mask)] for place, byte in enumerate(data[:_HIDDEN])) + data[_HIDDEN:]


def _language(run: etree._Element) -> str | None:
    """Return the tag of the language that the run tells."""
    told = run.find(f"{qn('rPr')}/{qn('lang')}")
    if told is None:
        return None
    tag = told.get(qn("eastAsia")) or told.get(qn("val")) or ""
    return {"zh-CN": "zh-Hans", "zh-TW": "zh-Hant"}.get(tag, tag) or None


def _part(run: etree._Element, fonts: Sequence[DocumentFont], language: str) -> None:
    """Part the run so that each piece of it is in one font."""
    properties = run.find(qn("rPr"))
    pieces: list[tuple[str | None, etree._Element]] = []
    for child in run:
        if child.tag == qn("t"):
            pieces += [(family, _leaf(text)) for family, text in stretches(child.text or "", fonts, language)]
        elif child is not properties:
            pieces.append((pieces[-1][0] if pieces else None, child))
    for family, group in groupby(pieces, key=lambda piece: piece[0]):
        twin = w("r")
        if properties is not None:
            twin.append(deepcopy(properties))
        twin.extend(child for _, child in group)
        if family:
            set_property(properties_of(twin, "rPr"), w("rFonts", **dict.fromkeys(_SLOTS, family)))
        run.addprevious(twin)
    parent_of(run).remove(run)


def _leaf(text: str) -> etree._Element:
    leaf = w("t")
    leaf.text = text
    leaf.set(_SPACE, "preserve")
    return leaf
