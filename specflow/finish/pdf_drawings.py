"""Drawings as the PDF edition can hold them: letters that are joined or stacked as pixels, everything else as it is.

PDF/A-2a wants a character behind each glyph of a text. Typst has it for its own text, but not for a drawing's: there
one character that is shaped to several glyphs, such as an Arabic letter and its dots, stops the document. Pixels do
not, and the drawing's words are in its alternative text in any case.
"""

from __future__ import annotations

import base64
import unicodedata
from collections.abc import Mapping, Sequence

from lxml import etree

from specflow.fonts.clusters import IGNORABLE
from specflow.image_size import millimetres
from specflow.model import DocumentFont
from specflow.svg import is_svg
from specflow.tools.raster import Raster

_SHAPED = (
    *((0x0590, 0x08FF), (0x0900, 0x109F), (0x1100, 0x11FF), (0x1780, 0x18AF), (0xA960, 0xA97F), (0xFB50, 0xFDFF)),
    *((0xFE70, 0xFEFF),),
)
"""Scripts that run from right to left, those of India and South East Asia, and hangul that is spelled out."""

_SHARPNESS = 2
"""So many times the pixels of a drawing in Word: a PDF is printed, too."""

_PARSER = etree.XMLParser(resolve_entities=False, no_network=True)
_PIXELS = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}">'
    '<image width="{width}" height="{height}" preserveAspectRatio="none" href="data:image/png;base64,{png}"/></svg>'
)


def pdf_drawings(media: Mapping[str, bytes], fonts: Sequence[DocumentFont], language: str) -> dict[str, bytes]:
    """Return the media, the drawings in it as Typst can put them into a PDF/A-2a; same input, same bytes.

    Raises ConversionFailed for a drawing that Typst cannot paint.
    """
    raster = Raster(fonts, language)
    return {name: _painted(data, raster) if is_svg(data) and _is_shaped(data) else data for name, data in media.items()}


def _is_shaped(svg: bytes) -> bool:
    """Return whether the drawing holds a character that its font may draw with several glyphs."""
    return any(
        unicodedata.category(character)[0] == "M" or any(first <= ord(character) <= last for first, last in _SHAPED)
        for character in set("".join(str(text) for text in etree.fromstring(svg, _PARSER).itertext()))
        if ord(character) not in IGNORABLE
    )


def _painted(svg: bytes, raster: Raster) -> bytes:
    """Return a drawing of the same size that shows the pixels of this one."""
    root = etree.fromstring(svg, _PARSER)
    width, height = (float(root.get(side, "0")) for side in ("width", "height"))
    png = raster.png(svg, _SHARPNESS * millimetres(width), _SHARPNESS * millimetres(height))
    return _PIXELS.format(width=f"{width:.6g}", height=f"{height:.6g}", png=base64.b64encode(png).decode()).encode()
