"""Which characters a font file has and what it is called, read from its tables `cmap` and `name` and nothing else.

A font library could tell as well, but takes longer to start than a document of Latin text takes to be looked through.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from specflow.files import read_bytes

_FORMATS = {4: 0, 12: 1}
"""The `cmap` formats that are read, the better one last: 16-bit segments, and groups of any character."""

_UNICODE_PLATFORMS = (0, 3)
_SYMBOL_ENCODING = 0
_FAMILY, _TYPOGRAPHIC_FAMILY = 1, 16
_LAST = 0xFFFF


@dataclass(frozen=True, slots=True)
class FontFile:
    """A font file: its family, and the code points that it has a glyph for."""

    path: Path
    family: str
    characters: frozenset[int]


@lru_cache(maxsize=128)
def read_font(path: Path) -> FontFile | None:
    """Return what the font file says of itself; None if it is not a TrueType or OpenType font.

    The format is that of ISO/IEC 14496-22 (OpenType). Raises FileAccess when the file cannot be read.
    """
    data = read_bytes(path)
    try:
        tables = _tables(data)
        return FontFile(path, _family(data, tables[b"name"]), _characters(data, tables[b"cmap"]))
    except (struct.error, KeyError, IndexError, ValueError):
        return None


def _tables(data: bytes) -> dict[bytes, int]:
    """Return where each table begins."""
    count = struct.unpack_from(">H", data, 4)[0]
    records = (struct.unpack_from(">4sIII", data, 12 + 16 * number) for number in range(count))
    return {tag: offset for tag, _, offset, _ in records}


def _family(data: bytes, start: int) -> str:
    """Return the family under which typesetters know the font."""
    count, storage = struct.unpack_from(">HH", data, start + 2)
    found: dict[int, str] = {}
    for number in range(count):
        platform, _, _, name, length, offset = struct.unpack_from(">6H", data, start + 6 + 12 * number)
        if platform in _UNICODE_PLATFORMS and name in (_FAMILY, _TYPOGRAPHIC_FAMILY):
            at = start + storage + offset
            found.setdefault(name, data[at : at + length].decode("utf-16-be"))
    return found.get(_TYPOGRAPHIC_FAMILY) or found[_FAMILY]


def _characters(data: bytes, start: int) -> frozenset[int]:
    count = struct.unpack_from(">H", data, start + 2)[0]
    subtables = []
    for number in range(count):
        platform, encoding, offset = struct.unpack_from(">HHI", data, start + 4 + 8 * number)
        kind = struct.unpack_from(">H", data, start + offset)[0]
        is_unicode = platform in _UNICODE_PLATFORMS and (platform, encoding) != (3, _SYMBOL_ENCODING)
        if is_unicode and kind in _FORMATS:
            subtables.append((_FORMATS[kind], start + offset))
    best, at = max(subtables)
    return _groups(data, at) if best else _segments(data, at)


def _groups(data: bytes, at: int) -> frozenset[int]:
    """Return the characters of a subtable of format 12."""
    count = struct.unpack_from(">I", data, at + 12)[0]
    found: set[int] = set()
    for first, last, _ in struct.iter_unpack(">III", data[at + 16 : at + 16 + 12 * count]):
        found.update(range(first, last + 1))
    return frozenset(found)


def _segments(data: bytes, at: int) -> frozenset[int]:
    """Return the characters of a subtable of format 4; those that a segment maps to glyph 0 are not there."""
    count = struct.unpack_from(">H", data, at + 6)[0] // 2
    ends = struct.unpack_from(f">{count}H", data, at + 14)
    starts, deltas, offsets = (
        struct.unpack_from(f">{count}H", data, at + 16 + 2 * count * number) for number in (1, 2, 3)
    )
    found: set[int] = set()
    for index, (first, last, delta, offset) in enumerate(zip(starts, ends, deltas, offsets, strict=True)):
        for character in range(first, min(last, _LAST - 1) + 1):
            glyph = character
            if offset:
                place = at + 16 + 6 * count + 2 * index + offset + 2 * (character - first)
                glyph = struct.unpack_from(">H", data, place)[0]
                if not glyph:
                    continue
            if (glyph + delta) & 0xFFFF:
                found.add(character)
    return frozenset(found)
