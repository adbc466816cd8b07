"""A Word file that somebody brings along for its look: read, and refused where it is no such file or could do harm."""

from __future__ import annotations

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath

from lxml import etree

from specflow.diagnostics import Diagnostic, Span, error
from specflow.errors import InvalidTemplate
from specflow.files import read_bytes
from specflow.finish.wordml import parse

MOST_PACKED, MOST_UNPACKED, MOST_PART, MOST_FILES = 20_000_000, 100_000_000, 20_000_000, 1000
"""How large the file may be: in the zip, unpacked, each part unpacked (bytes), and how many parts it may have."""

_NEEDED = ("[Content_Types].xml", "word/document.xml", "word/styles.xml")
_DECLARATION = re.compile(rb"<!\s*(DOCTYPE|ENTITY)", re.IGNORECASE)
_ENCODING = re.compile(rb"""\s*(?:\xef\xbb\xbf)?<\?xml[^>]*?encoding\s*=\s*["']([^"']*)["']""")
_UTF8 = (b"utf-8", b"utf8", b"us-ascii", b"ascii")
_RELATION = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
_HARMLESS = ("/hyperlink", "/attachedTemplate")  # links wait for a click; the template is not carried over
_WORD = "open it in Word, save it as .docx, and name that file"


def read_reference(path: Path) -> dict[str, bytes]:
    """Return the parts of the file by name.

    Raises InvalidTemplate where it is no Word document, is larger than the limits, declares XML entities, holds macros,
    or fetches something from elsewhere; FileAccess when it cannot be read.
    """
    data = read_bytes(path, MOST_PACKED)
    if len(data) > MOST_PACKED:
        raise _refused("reference-docx-size", f"it has more than {MOST_PACKED:,} bytes", path, _SMALLER)
    files = _unpacked(data, path)
    absent = [name for name in _NEEDED if name not in files]
    if absent:
        raise _refused("reference-docx", f"it is no Word document: it has no {absent[0]}", path, _WORD)
    if faults := [*_faults(files, path)]:
        raise InvalidTemplate(*faults)
    return files


_SMALLER = "take the pictures and the text out of it; only its styles, page, headers and footers count"


def _refused(code: str, message: str, path: Path, hint: str) -> InvalidTemplate:
    return InvalidTemplate(error(code, message, Span(path), hint))


def _unpacked(data: bytes, path: Path) -> dict[str, bytes]:
    """Return the files in the zip; what it says of their sizes is not believed."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            entries = [entry for entry in package.infolist() if not entry.is_dir()]
            if len(entries) > MOST_FILES:
                message = f"it holds {len(entries)} files, and may hold {MOST_FILES}"
                raise _refused("reference-docx-size", message, path, _SMALLER)
            files: dict[str, bytes] = {}
            room = MOST_UNPACKED
            for entry in entries:
                if not _is_plain(entry.filename) or entry.filename in files:
                    message = f"it holds a file of the name {entry.filename!r}"
                    raise _refused("reference-docx", message, path, _WORD)
                if entry.compress_type not in _PACKED:  # OPC allows no other (ECMA-376 part 2, annex B)
                    raise _refused("reference-docx", f"{entry.filename} is packed in a way of its own", path, _WORD)
                with package.open(entry) as part:
                    files[entry.filename] = part.read(min(MOST_PART, room) + 1)
                room -= len(files[entry.filename])
                if len(files[entry.filename]) > MOST_PART or room < 0:
                    message = f"unpacked it is too large: {entry.filename} or all of it"
                    raise _refused("reference-docx-size", message, path, _SMALLER)
    except _TORN as fault:
        raise _refused("reference-docx", f"it is no Word document: {fault}", path, _WORD) from fault
    return files


_PACKED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_TORN = (
    zipfile.BadZipFile,
    zipfile.LargeZipFile,
    zlib.error,
    EOFError,
    RuntimeError,
    ValueError,
    OSError,
    struct.error,
)
"""What zipfile raises for a file that is torn or forged; NotImplementedError is a RuntimeError."""


def _is_plain(name: str) -> bool:
    return not name.startswith("/") and "\\" not in name and ".." not in PurePosixPath(name).parts


def _faults(files: Mapping[str, bytes], path: Path) -> Iterator[Diagnostic]:
    """Yield what is wrong with the parts, all of it."""
    if any(name.lower().endswith(("vbaproject.bin", "vbadata.xml")) for name in files) or (
        b"macroEnabled" in files["[Content_Types].xml"]
    ):
        yield error("reference-docx-macros", "it holds macros", Span(path), "save it as .docx: that drops them")
    for name, data in files.items():
        if not name.endswith((".xml", ".rels")):
            continue
        # Another encoding would hide a declaration from the search; Word writes UTF-8.
        encoding = _ENCODING.match(data)
        is_other = b"\x00" in data or data[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\x4c\x6f\xa7\x94" in data[:200]
        if _DECLARATION.search(data) or is_other or (encoding and encoding[1].lower() not in _UTF8):
            message = f"{name} declares XML entities, or is not UTF-8"
            yield error("reference-docx-xml", message, Span(path), _WORD)
            continue
        try:
            root = parse(data)
        except etree.XMLSyntaxError as fault:
            yield error("reference-docx-xml", f"{name} is not XML: {fault.msg}", Span(path), _WORD)
            continue
        if name.endswith(".rels"):
            yield from _external(name, root, path)


def _external(name: str, root: etree._Element, path: Path) -> Iterator[Diagnostic]:
    for entry in root.iter(_RELATION):
        if entry.get("TargetMode") == "External" and not (entry.get("Type") or "").endswith(_HARMLESS):
            target = (entry.get("Target") or "")[:80]
            hint = "put the picture into the document instead of linking it, or take it out"
            yield error("reference-docx-external", f"{name} fetches {target!r} from elsewhere", Span(path), hint)
