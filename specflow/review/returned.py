"""Open a Word file that somebody has sent back: nothing in it is trusted, and nothing in it can run or fetch."""

from __future__ import annotations

import io
import zipfile
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from specflow.diagnostics import Span, error
from specflow.errors import SignOffRefused, VerificationFailed
from specflow.files import read_bytes, sha256
from specflow.finish.docx_properties import CONTENT, DOCUMENT_ID, LEDGER, VERSION
from specflow.verify.read_docx_package import Package, WordPart
from specflow.verify.read_docx_running import properties

_MOST_BYTES = 128 << 20
_MOST_ENTRIES = 9  # digits of the number of a ledger's entries
_XML = (".xml", ".rels", ".vml")
_TYPES = "[Content_Types].xml"
_ACTIVE = ("macroEnabled", "vbaProject", "vbaData", "activeX", "oleObject", "attachedToolbars")
"""Words in the media types of what can run."""
_RUNNING = frozenset(
    ["vbaProject", "wordVbaData", "control", "activeXControlBinary", "oleObject", "package", "aFChunk"]
)
"""The kinds of relationships that lead to what can run, or to another file inside the file."""
_LINKING = "hyperlink"
"""The one kind that may lead out of the file: a reader follows a link, or does not."""


@dataclass(frozen=True, slots=True)
class WordFile:
    """A Word file that can be read: its bytes, its package, and its main part.

    `document`, `version`, `content` and `entries` are what it says that it is an edition of, and how many entries the
    ledger then had; nothing proves them.
    """

    data: bytes
    package: Package
    main: WordPart
    document: str
    version: str
    content: str
    entries: int

    @property
    def sha256(self) -> str:
        """The SHA-256 of the file."""
        return sha256(self.data)

    def bytes_of(self, name: str) -> bytes:
        """Return the bytes of a part, b"" where there is none."""
        with zipfile.ZipFile(io.BytesIO(self.data)) as package:
            return package.read(name) if name in package.namelist() else b""


def open_returned(path: Path) -> WordFile:
    """Return the file that somebody has sent back.

    Raises SignOffRefused for what is no Word file, unpacks beyond all measure, declares entities, holds macros or other
    files, fetches something, or is no edition of specflow's; FileAccess for what cannot be read.
    """
    data = read_bytes(path, _MOST_BYTES)
    if len(data) > _MOST_BYTES:
        hint = "ask for the file that was sent out, filled in"
        raise SignOffRefused(error("returned-unreadable", "the file is larger than 128 MiB", Span(path), hint))
    try:
        opened = open_word(data)
        _refuse_active(opened.package, data, path)
    except VerificationFailed as fault:
        hint = "ask for the file again, saved as a Word document (.docx)"
        messages = (found.message.replace("the DOCX edition", "the returned file") for found in fault.diagnostics)
        raise SignOffRefused(*(error("returned-unreadable", text, Span(path), hint) for text in messages)) from fault
    if not opened.document or not opened.content:
        message = "the file does not say which document it is, as every DOCX edition with an approval block does"
        hint = "name the edition that was sent out, filled in; a copy of its text is none"
        raise SignOffRefused(error("returned-unknown", message, Span(path), hint))
    return opened


def open_word(data: bytes) -> WordFile:
    """Return a Word file; raises VerificationFailed for what is none, or unpacks beyond all measure."""
    package = Package(data)
    said = properties(package)
    count = said.get(LEDGER, "")
    entries = int(count) if count.isascii() and count.isdigit() and len(count) <= _MOST_ENTRIES else 0
    main = package.document()
    return WordFile(
        data, package, main, said.get(DOCUMENT_ID, ""), said.get(VERSION, ""), said.get(CONTENT, ""), entries
    )


def _refuse_active(package: Package, data: bytes, path: Path) -> None:
    """Raise for what can run or fetch; every XML part is parsed, so that none of them can declare entities."""
    with zipfile.ZipFile(io.BytesIO(data)) as opened:
        names = opened.namelist()
    twice = [name for name, count in Counter(name.casefold() for name in names).items() if count > 1]
    faults = [f"{name} is in it twice" for name in twice]
    for name in names:
        if not name.lower().endswith(_XML):
            continue
        part = package.part(name)
        if part is None:
            continue
        for element in part.root.iter():
            if isinstance(element.tag, str):
                faults += _faults(name, {str(key): str(value) for key, value in element.items()})
    if faults:
        hint = "do not open it; ask for the file that was sent out, filled in and saved as a Word document (.docx)"
        raise SignOffRefused(
            *(error("returned-active", f"the file holds more than text: {fault}", Span(path), hint) for fault in faults)
        )


def _faults(name: str, attributes: Mapping[str, str]) -> Iterator[str]:
    """Yield what a media type or a relationship says that no edition has."""
    media = attributes.get("ContentType", "") if name == _TYPES else ""
    yield from (f"{word} ({media})" for word in _ACTIVE if word.lower() in media.lower())
    if not name.endswith(".rels"):
        return
    kind = attributes.get("Type", "").rsplit("/", 1)[-1]
    target = attributes.get("Target", "")
    if kind in _RUNNING:
        yield f"{kind} ({target})"
    elif attributes.get("TargetMode") == "External" and kind != _LINKING:
        yield f"it fetches {target} ({kind})"
