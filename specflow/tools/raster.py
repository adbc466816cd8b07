"""Drawings as pixels, for Word: Typst paints an SVG file with the fonts of the PDF edition, so both look alike."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from specflow import assets
from specflow.diagnostics import error
from specflow.errors import ConversionFailed, ToolMissing
from specflow.fonts.drawing import with_fonts
from specflow.model import DocumentFont
from specflow.tools import apart

SECONDS = 20.0
"""How long a drawing may take to be painted."""
RESOLUTION = 288.0
"""Dots to the inch: three times a screen's, sharp on paper."""

_PAGE = """#set page(width: {width:.4f}mm, height: {height:.4f}mm, margin: 0pt, fill: white)
#set text(font: "Liberation Sans")
#image("picture.svg", width: 100%, height: 100%, fit: "stretch")"""


class TooHeavy(ConversionFailed):
    """Painting a drawing takes too much time or memory; `reason` is the end of a sentence about it."""

    def __init__(self, reason: str) -> None:
        hint = "simplify the drawing, or save it as PNG"
        super().__init__(error("typst-worker", f"painting a drawing {reason}", hint=hint))
        self.reason = f"cannot be painted: that {reason}"


class Raster:
    """Makes PNG files of SVG files, in the bundled fonts and in `fonts`, those of the document in that language."""

    def __init__(self, fonts: Sequence[DocumentFont] = (), language: str = "") -> None:
        self._fonts = tuple(fonts)
        self._language = language

    def png(self, svg: bytes, width: float, height: float) -> bytes:
        """Return the drawing on white, so many millimetres wide and high, at `RESOLUTION`; same input, same bytes.

        Raises ConversionFailed for what Typst cannot draw, TooHeavy for what takes too much time or memory, ToolMissing
        where there is no Typst.
        """
        if find_spec("typst") is None:
            hint = "python -m pip install 'typst>=0.14'"
            raise ToolMissing(error("typst-missing", "the Python package typst is not installed", hint=hint))
        page = _PAGE.format(width=width, height=height)
        drawing = with_fonts(svg, self._fonts, self._language)
        try:
            return apart.call(SECONDS, _painted, page, drawing, [font.data for font in self._fonts])
        except apart.Overrun as overrun:
            raise TooHeavy(overrun.reason) from overrun


def _painted(page: str, svg: bytes, fonts: Sequence[bytes]) -> bytes:
    """Return the page with the drawing as PNG; runs apart."""
    typst: Any = import_module("typst")
    with TemporaryDirectory(prefix="specflow-") as name:
        root = Path(name)
        (root / "picture.svg").write_bytes(svg)
        (root / "main.typ").write_text(page, "utf-8")
        nowhere = str(root / ".packages")
        try:
            compiler = typst.Compiler(
                str(root / "main.typ"),
                root=name,
                font_paths=_loaded(fonts, root / "fonts"),
                ignore_system_fonts=True,
                package_path=nowhere,
                package_cache_path=nowhere,
            )
            return bytes(compiler.compile(format="png", ppi=RESOLUTION))
        except typst.TypstError as fault:
            message = f"a drawing cannot be painted: {' '.join(str(fault.message).split())}"
            hint = "open the drawing in its editor and save it anew as plain SVG"
            raise ConversionFailed(error("typst-failed", message, hint=hint)) from None


def _loaded(fonts: Sequence[bytes], folder: Path) -> Any:
    """Return the bundled fonts and these; the folder must stay, since Typst opens a font when it first needs it."""
    import typst

    folder.mkdir()
    for number, data in enumerate(fonts):
        (folder / f"{number}.otf").write_bytes(data)
    folders = [str(assets.templates() / "fonts"), str(folder)]
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=folders)
