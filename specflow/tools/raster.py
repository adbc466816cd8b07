"""Drawings as pixels, for Word: Typst paints an SVG file with the fonts of the PDF edition, so both look alike."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from specflow import assets
from specflow.diagnostics import error
from specflow.errors import ConversionFailed, ToolMissing
from specflow.fonts.drawing import with_fonts
from specflow.model import DocumentFont

_wheel: Any
try:
    import typst as _wheel
except ImportError:
    _wheel = None

RESOLUTION = 288.0
"""Dots to the inch: three times a screen's, sharp on paper."""

_PAGE = """#set page(width: {width:.4f}mm, height: {height:.4f}mm, margin: 0pt, fill: white)
#set text(font: "Liberation Sans")
#image("picture.svg", width: 100%, height: 100%, fit: "stretch")"""


class Raster:
    """Makes PNG files of SVG files, in the bundled fonts and in `fonts`, those of the document in that language."""

    def __init__(self, fonts: Sequence[DocumentFont] = (), language: str = "") -> None:
        self._fonts = tuple(fonts)
        self._language = language

    def png(self, svg: bytes, width: float, height: float) -> bytes:
        """Return the drawing on white, so many millimetres wide and high, at `RESOLUTION`; same input, same bytes.

        Raises ConversionFailed for what Typst cannot draw, ToolMissing where there is no Typst.
        """
        if _wheel is None:
            hint = "python -m pip install 'typst>=0.14'"
            raise ToolMissing(error("typst-missing", "the Python package typst is not installed", hint=hint))
        with TemporaryDirectory(prefix="specflow-") as name:
            root = Path(name)
            (root / "picture.svg").write_bytes(with_fonts(svg, self._fonts, self._language))
            (root / "main.typ").write_text(_PAGE.format(width=width, height=height), "utf-8")
            nowhere = str(root / ".packages")
            try:
                compiler = _wheel.Compiler(
                    str(root / "main.typ"),
                    root=name,
                    font_paths=_loaded(self._fonts, root / "fonts"),
                    ignore_system_fonts=True,
                    package_path=nowhere,
                    package_cache_path=nowhere,
                )
                made = compiler.compile(format="png", ppi=RESOLUTION)
            except _wheel.TypstError as fault:
                message = f"a drawing cannot be painted: {' '.join(str(fault.message).split())}"
                hint = "open the drawing in its editor and save it anew as plain SVG"
                raise ConversionFailed(error("typst-failed", message, hint=hint)) from fault
        return bytes(made)


def _loaded(fonts: Sequence[DocumentFont], folder: Path) -> Any:
    """Return the bundled fonts and these; the folder must stay, since Typst opens a font when it first needs it."""
    folder.mkdir()
    for number, font in enumerate(fonts):
        (folder / f"{number}.otf").write_bytes(font.data)
    folders = [str(assets.templates() / "fonts"), str(folder)]
    return _wheel.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=folders)
