"""The house style as the writers need it: themes, and the reference documents that they become."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from specflow.files import read_bytes
from specflow.model import Format, Language, Settings
from specflow.theme import Theme, highlight_theme


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What a reference document is made of: `own` are the bytes of the Word file that was brought along."""

    theme: Theme
    language: Language
    reference: Path | None
    own: bytes


class House:
    """Reference documents, one for each theme, language and Word file that was asked for.

    They lie in a temporary folder until `close`.
    """

    def __init__(self) -> None:
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._last: tuple[_Wanted, Path] | None = None

    def writer_options(
        self, theme: Theme, language: Language, settings: Settings
    ) -> Mapping[Format, Mapping[str, Any]]:
        """Return pandoc's WriterOptions for each format.

        Raises InvalidTemplate for a Word file of `settings.reference` that cannot be used, FileAccess for one that
        cannot be read.
        """
        colours = {"highlight_method": highlight_theme(theme)}
        return {
            Format.DOCX: {"reference_doc": str(self._reference(theme, language, settings)), **colours},
            Format.HTML: {"html_math_method": "mathml", **colours},
            Format.PDF: colours,
        }

    def close(self) -> None:
        """Remove the temporary folder."""
        if self._folder:
            self._folder.cleanup()
            self._folder = self._last = None

    def _reference(self, theme: Theme, language: Language, settings: Settings) -> Path:
        """Return the file of the reference document; that of the last document is seldom not the next one's, too."""
        own = read_bytes(settings.reference) if settings.reference else b""
        wanted = _Wanted(theme, language, settings.reference, own)
        if self._last is None or self._last[0] != wanted:
            from specflow.finish.docx_reference import house_reference

            self._last = wanted, self._kept(house_reference(theme, language, settings))
        return self._last[1]

    def _kept(self, data: bytes) -> Path:
        """Return a file that holds the bytes; the same bytes are written once."""
        if self._folder is None:
            self._folder = tempfile.TemporaryDirectory(prefix="specflow-")
        path = Path(self._folder.name) / f"{sha256(data).hexdigest()}.docx"
        if not path.exists():
            path.write_bytes(data)
        return path
