"""Drawings of the HTML edition: a browser shows an SVG as an image of its own, without the fonts of the page."""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Sequence

from specflow.finish.html_fonts import face
from specflow.fonts.drawing import with_fonts
from specflow.model import DocumentFont

_DRAWING = re.compile(r'(?<=src="data:image/svg\+xml;base64,)[A-Za-z0-9+/=]+(?=")')
_OPENING = re.compile(r"<svg\b[^>]*>")
_REGULAR = 400


def lettered(body: str, fonts: Sequence[DocumentFont], language: str) -> str:
    """Return the body with what its drawings need of the document's fonts inside them.

    A drawing whose texts need none of the fonts stays as it is. Raises etree.XMLSyntaxError for what is no XML.
    """
    if not fonts:
        return body
    return _DRAWING.sub(lambda found: _encoded(_drawn(base64.b64decode(found[0]), fonts, language)), body)


def _drawn(svg: bytes, fonts: Sequence[DocumentFont], language: str) -> bytes:
    named = with_fonts(svg, fonts, language).decode("utf-8")
    weights = {font.weight for font in fonts} if "font-weight" in named else {_REGULAR}
    faces = [
        face(_cut(font, shown))
        for font in fonts
        if font.weight in weights and f"'{font.family}'" in named and (shown := _shared(font, named))
    ]
    if not faces:
        return svg
    opening = _OPENING.search(named)
    if not opening:
        return svg
    at = opening.end()
    return f"{named[:at]}<style>{''.join(faces)}</style>{named[at:]}".encode()


def _shared(font: DocumentFont, text: str) -> str:
    return "".join(sorted(set(font.characters) & set(text)))


def _cut(font: DocumentFont, characters: str) -> DocumentFont:
    """Return the font with nothing but the characters, and the forms that they take beside one another."""
    from fontTools import subset
    from fontTools.ttLib import TTFont

    options = subset.Options()
    options.recalc_timestamp = False
    options.notdef_outline = True
    with TTFont(io.BytesIO(font.data), lazy=True, recalcTimestamp=False) as cut:
        subsetter = subset.Subsetter(options)
        subsetter.populate(text=characters)
        subsetter.subset(cut)
        buffer = io.BytesIO()
        cut.save(buffer, reorderTables=True)
    return DocumentFont(font.family, font.weight, characters, buffer.getvalue())


def _encoded(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")
