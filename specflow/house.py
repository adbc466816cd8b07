"""The house style as the writers need it: the theme, and the reference document that it becomes."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

from specflow.model import Format
from specflow.theme import Theme, default_theme, highlight_theme


class House:
    """One theme, prepared for pandoc; the reference document lives in a temporary folder until `close`."""

    def __init__(self, theme: Theme | None = None) -> None:
        self._given = theme
        self._folder: tempfile.TemporaryDirectory[str] | None = None

    @cached_property
    def theme(self) -> Theme:
        """The theme given, or the bundled one."""
        return self._given or default_theme()

    @cached_property
    def writer_options(self) -> Mapping[Format, Mapping[str, Any]]:
        """Pandoc's WriterOptions for each format."""
        from specflow.finish.reference import reference_docx

        self._folder = tempfile.TemporaryDirectory(prefix="specflow-")
        reference = Path(self._folder.name) / "reference.docx"
        reference.write_bytes(reference_docx(self.theme))
        colours = {"highlight_method": highlight_theme(self.theme)}
        return {
            Format.DOCX: {"reference_doc": str(reference), **colours},
            Format.HTML: {"html_math_method": "mathml", **colours},
            Format.PDF: colours,
        }

    def close(self) -> None:
        """Remove the temporary folder."""
        if self._folder:
            self._folder.cleanup()
            self._folder = None
            del self.writer_options
