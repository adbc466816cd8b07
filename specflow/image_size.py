"""How large a PNG or JPEG picture is, told by its first bytes."""

from __future__ import annotations

import struct

SCREEN = 96.0
"""Pixels to the inch of a picture that names no finer resolution (CSS Values 4, section 6.2)."""

_INCH = 25.4


def pixels_of(data: bytes) -> tuple[int, int, float] | None:
    """Return width and height in pixels and the pixels to the inch, or None for a file that is cut or no picture.

    A resolution coarser than a screen's is what careless programs write into every file: it counts as the screen's.
    """
    try:
        found = _png(data) if data.startswith(b"\x89PNG") else _jpeg(data)
    except (struct.error, IndexError):
        return None
    if found is None or not found[0] or not found[1]:
        return None
    return found[0], found[1], max(SCREEN, found[2])


def millimetres(pixels: float, resolution: float = SCREEN) -> float:
    """Return the length of so many pixels."""
    return pixels / resolution * _INCH


def _png(data: bytes) -> tuple[int, int, float] | None:
    """Read IHDR and pHYs (PNG, third edition, sections 11.2.1 and 11.3.4.3)."""
    if data[12:16] != b"IHDR":
        return None
    width, height = struct.unpack(">II", data[16:24])
    at, resolution = 8, 0.0
    while at + 8 <= len(data):
        length, kind = struct.unpack(">I4s", data[at : at + 8])
        if kind in (b"IDAT", b"IEND"):
            break
        if kind == b"pHYs":
            across, _, unit = struct.unpack(">IIB", data[at + 8 : at + 17])
            resolution = across * _INCH / 1000 if unit == 1 else 0.0
        at += 12 + length
    return width, height, resolution


def _jpeg(data: bytes) -> tuple[int, int, float] | None:
    """Read the frame header and JFIF's density (ITU-T T.81, B.2.2; JFIF 1.02)."""
    at, resolution = 2, 0.0
    while at + 4 <= len(data) and data[at] == 0xFF:
        marker = data[at + 1]
        if marker == 0xFF:
            at += 1
            continue
        (length,) = struct.unpack(">H", data[at + 2 : at + 4])
        if marker == 0xE0 and data[at + 4 : at + 9] == b"JFIF\0":
            unit, across = struct.unpack(">BH", data[at + 11 : at + 14])
            resolution = {1: float(across), 2: across * 2.54}.get(unit, 0.0)
        elif 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack(">HH", data[at + 5 : at + 9])
            return width, height, resolution
        at += 2 + length
    return None
