"""Typst, the typesetter of the PDF edition, as one object that is made once and used for every document.

Nothing but the bundled fonts, the source and the files that are handed over is seen: a document's root is a fresh
folder that holds these files and nothing else, system fonts are off, and the time is an argument. It runs in a process
of its own, within a time.
"""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from importlib import import_module, metadata
from importlib.util import find_spec
from pathlib import Path, PurePosixPath
from typing import Any

from specflow import assets
from specflow.diagnostics import Diagnostic, Warn, error, warning
from specflow.errors import ConversionFailed, ToolMissing
from specflow.model import DocumentFont
from specflow.tools import apart

SECONDS = 120.0
"""How long a document may take to be typeset."""
STANDARDS = ("a-2a", "ua-1")
"""Archivable and accessible: PDF/A-2a (ISO 19005-2) and PDF/UA-1 (ISO 14289-1)."""

_NO_GLYPH = re.compile(r"the text `\"(?P<text>.+?)\"` could not be displayed")
_FAULT = re.compile(r"^error: (?P<message>.+)$", re.MULTILINE)
_HINT = re.compile(r"^ *= hint: (?P<hint>.+)$", re.MULTILINE)
_EXCERPT = re.compile(r"^ *\d+ │ (?P<line>.+)$", re.MULTILINE)
_EXCERPT_LENGTH = 120


class Typst:
    """A typesetter with its fonts loaded; holds no state of any document and may be used by several threads."""

    def __init__(self, fonts: Sequence[Path] = ()) -> None:
        """Load the bundled fonts and those in the folders `fonts`; raise ToolMissing where the wheel is missing."""
        if find_spec("typst") is None:
            hint = "install it: pip install 'typst>=0.14'"
            raise ToolMissing(error("typst-missing", "the Python package typst is not installed", hint=hint))
        self._folders = (assets.templates() / "fonts", *fonts)
        apart.prepare(_kept_fonts, self._folders)

    def compile(
        self,
        source: bytes,
        inputs: Mapping[str, str],
        files: Mapping[str, bytes] | None = None,
        *,
        timestamp: int,
        warn: Warn | None = None,
        standards: Sequence[str] = STANDARDS,
        fonts: Sequence[DocumentFont] = (),
    ) -> bytes:
        """Return the PDF of the source, by the rules of the standards: PDF/A-2a and PDF/UA-1 unless others are named.

        `files` are what the source may read, by their relative paths; `inputs` arrive as `sys.inputs`; `timestamp` is
        the creation date in seconds of Unix time; `fonts` are the document's own. Typst's warnings go to `warn`. Raises
        ConversionFailed with every fault that Typst found, among them a character that no font has.
        """
        return self._typeset(source, inputs, files, timestamp, warn, standards, fonts, None)[0]

    def query(
        self,
        source: bytes,
        inputs: Mapping[str, str],
        files: Mapping[str, bytes] | None = None,
        *,
        selector: str,
        timestamp: int,
        warn: Warn | None = None,
        standards: Sequence[str] = STANDARDS,
        fonts: Sequence[DocumentFont] = (),
    ) -> tuple[bytes, Any]:
        """Return what `compile` returns, and the value of the one metadata element that the selector finds.

        The layout is made once for both.
        """
        return self._typeset(source, inputs, files, timestamp, warn, standards, fonts, selector)

    def _typeset(
        self,
        source: bytes,
        inputs: Mapping[str, str],
        files: Mapping[str, bytes] | None,
        timestamp: int,
        warn: Warn | None,
        standards: Sequence[str],
        fonts: Sequence[DocumentFont],
        selector: str | None,
    ) -> tuple[bytes, Any]:
        own = {f"{_FONTS}/{number}.ttf": font.data for number, font in enumerate(fonts)}
        given = {**(files or {}), **own, _MAIN: source}
        try:
            pdf, found, cautions = apart.call(
                SECONDS,
                _typeset,
                given,
                dict(inputs),
                timestamp=timestamp,
                standards=list(standards),
                folders=self._folders,
                has_fonts=bool(fonts),
                selector=selector,
            )
        except apart.Overrun as overrun:
            raise ConversionFailed(error("typst-worker", f"typesetting {overrun.reason}", hint=_LIGHTEN)) from overrun
        apart.prepare(_forget, self._folders)
        if warn:
            for message, hints in cautions:
                warn(warning("typst-warning", message, hint=hints or _MEND))
        return pdf, json.loads(found)

    @staticmethod
    def version() -> str:
        """Return the version of the Typst wheel."""
        return metadata.version("typst")


_MAIN = "specflow-main.typ"
_FONTS = "specflow-fonts"
_EMPTY_COMPILATIONS = 6
_MEND = "mend the Markdown that this comes from; the message is Typst's own"
_LIGHTEN = "split the document, or look for a drawing, a table or a filter of the template that makes too much"


def _typeset(
    files: Mapping[str, bytes],
    inputs: dict[str, str],
    *,
    timestamp: int,
    standards: list[str],
    folders: tuple[Path, ...],
    has_fonts: bool,
    selector: str | None,
) -> tuple[bytes, str, list[tuple[str, str]]]:
    """Return the PDF, what the selector finds as JSON, and Typst's warnings with their hints; runs apart."""
    typst: Any = import_module("typst")
    with _world(files) as root:
        # Packages would come from the network or the user's home: both places are set to where nothing is. The
        # source is a file, since a compiler that is given bytes forgets them after its first operation.
        nowhere = str(root / ".packages")
        try:
            compiler = typst.Compiler(
                str(root / _MAIN),
                root=str(root),
                font_paths=_fonts((*folders, root / _FONTS)) if has_fonts else _kept_fonts(folders),
                ignore_system_fonts=True,
                sys_inputs=inputs,
                package_path=nowhere,
                package_cache_path=nowhere,
            )
            pdf, cautions = compiler.compile_with_warnings(format="pdf", pdf_standards=standards, timestamp=timestamp)
            found = compiler.query(selector, field="value", one=True) if selector else "null"
        except typst.TypstError as fault:
            raise ConversionFailed(*_faults(fault)) from None
    return bytes(pdf), found, [(str(caution.message), _joined(caution.hints)) for caution in cautions]


def _forget(folders: tuple[Path, ...]) -> None:
    """Let Typst forget what it remembers of all documents but the last; runs apart, while nobody waits.

    It keeps each result until ten compilations have passed that did not need it, as its Python package has it. For
    documents of a batch that is ten times the memory of one, for nothing: what the next one shares with the last is
    enough. So some of these compilations are of an empty document.
    """
    typst: Any = import_module("typst")
    with _world({_MAIN: b""}) as root:
        compiler = typst.Compiler(
            str(root / _MAIN), root=str(root), font_paths=_kept_fonts(folders), ignore_system_fonts=True
        )
        for _ in range(_EMPTY_COMPILATIONS):
            compiler.compile(format="svg")


@contextmanager
def _world(files: Mapping[str, bytes]) -> Iterator[Path]:
    """Give a folder that holds the files, and remove it afterwards."""
    with tempfile.TemporaryDirectory(prefix="specflow-") as name:
        root = Path(name)
        for path, data in files.items():
            place = PurePosixPath(path)
            if place.is_absolute() or ".." in place.parts:
                hint = "name it by a path below the document's folder"
                raise ConversionFailed(error("media-path", f"the file {path!r} lies outside the document", hint=hint))
            target = root.joinpath(*place.parts)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)
        yield root


def _fonts(folders: Iterable[Path]) -> Any:
    """Return the fonts in the folders, and those that Typst sets formulas in."""
    import typst

    return typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=True, font_paths=[str(folder) for folder in folders]
    )


@lru_cache(maxsize=4)
def _kept_fonts(folders: tuple[Path, ...]) -> Any:
    """Return the fonts in folders that do not change."""
    return _fonts(folders)


def _faults(fault: Any) -> list[Diagnostic]:
    """Return a diagnostic for each error in Typst's report; a character that no font has is told once."""
    report = str(fault.diagnostic)
    starts = [match.start() for match in _FAULT.finditer(report)] or [0]
    found: dict[Diagnostic, None] = {}
    for start, end in zip(starts, [*starts[1:], len(report)], strict=True):
        found[_fault(report[start:end], fault)] = None
    return list(found)


def _fault(report: str, fault: Any) -> Diagnostic:
    match = _FAULT.search(report)
    message = match["message"] if match else str(fault.message)
    glyph = _NO_GLYPH.search(message)
    if glyph:
        points = " ".join(f"U+{ord(character):04X}" for character in glyph["text"])
        hint = "replace the character"
        return error("glyph-missing", f"no font has the character {glyph['text']!r} ({points})", hint=hint)
    excerpt = _EXCERPT.search(report)
    if excerpt:
        message += f", near: {excerpt['line'].strip()[:_EXCERPT_LENGTH]}"
    hints = _HINT.findall(report) if match else list(fault.hints)
    return error("typst-failed", message, hint=_joined(hints) or _MEND)


def _joined(hints: Sequence[str]) -> str:
    return "; ".join(hints)
