"""Open a Word file: its zip within bounds, its XML without entities, its parts by relationship.

The layout of the package is that of ECMA-376 part 2 (Open Packaging Conventions).
"""

from __future__ import annotations

import io
import posixpath
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field

from lxml import etree

from specflow.model import Format
from specflow.verify.unreadable import unreadable

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"

_MOST_BYTES = 512 * 2**20  # unpacked, all files together
_MOST_RATIO = 1000  # of a file's unpacked size to its packed one; deflate cannot do more than 1032
_SMALL = 2**20  # files below are read whatever their ratio
_MOST_FILES = 10_000
_RELATION = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"


@dataclass(frozen=True, slots=True)
class WordPart:
    """A part of the package: its XML, and the targets of its relationships, files by name and links as they are."""

    root: etree._Element
    targets: Mapping[str, str] = field(default_factory=dict)
    kinds: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


class Package:
    """The parts of a Word file. Raises VerificationFailed for what is no whole zip, or unpacks beyond all measure."""

    def __init__(self, data: bytes) -> None:
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        except (zipfile.BadZipFile, NotImplementedError, ValueError) as fault:
            raise unreadable(Format.DOCX, f"it is no zip package ({fault})") from fault
        entries = self._zip.infolist()
        if len(entries) > _MOST_FILES or sum(entry.file_size for entry in entries) > _MOST_BYTES:
            raise unreadable(Format.DOCX, "it unpacks to more than a document can hold")
        for entry in entries:
            if entry.file_size > _SMALL and entry.file_size > _MOST_RATIO * max(entry.compress_size, 1):
                raise unreadable(Format.DOCX, f"{entry.filename} is packed beyond all measure")
        self._names = {entry.filename for entry in entries}
        self.document_name = self._first("", "officeDocument") or "word/document.xml"

    def part(self, name: str | None) -> WordPart | None:
        """Return the part of this name with its relationships; None where there is none."""
        if name is None or name not in self._names:
            return None
        targets, kinds = self._relations(name)
        return WordPart(self._parsed(name), targets, kinds)

    def document(self) -> WordPart:
        """Return the main part; raises VerificationFailed where the package has none."""
        part = self.part(self.document_name)
        if part is None:
            raise unreadable(Format.DOCX, f"there is no {self.document_name} in it")
        return part

    def related(self, part: WordPart, kind: str) -> WordPart | None:
        """Return the first part that the given one names as its `styles`, `numbering`, `footnotes` …."""
        return self.part(next(iter(part.kinds.get(kind, ())), None))

    def package_part(self, kind: str) -> WordPart | None:
        """Return the part that the package itself names as its `core-properties`, `custom-properties` …."""
        return self.part(self._first("", kind))

    def _first(self, name: str, kind: str) -> str | None:
        return next(iter(self._relations(name)[1].get(kind, ())), None)

    def _relations(self, name: str) -> tuple[dict[str, str], dict[str, tuple[str, ...]]]:
        """Return the targets by id, and the names of parts by the last word of their relationship's type."""
        folder, base = posixpath.split(name)
        relations = posixpath.join(folder, "_rels", f"{base}.rels")
        targets: dict[str, str] = {}
        kinds: dict[str, tuple[str, ...]] = {}
        if relations not in self._names:
            return targets, kinds
        for relation in self._parsed(relations).iter(_RELATION):
            target = relation.get("Target", "")
            if relation.get("TargetMode") != "External":
                target = posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")
                kind = relation.get("Type", "").rsplit("/", 1)[-1]
                kinds[kind] = (*kinds.get(kind, ()), target)
            targets[relation.get("Id", "")] = target
        return targets, kinds

    def _parsed(self, name: str) -> etree._Element:
        # A parser for each part: lxml's are not for two threads at once. No DTD, no entity, no network is needed.
        parser = etree.XMLParser(
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            remove_comments=True,
            remove_pis=True,
            huge_tree=True,
        )
        try:
            with self._zip.open(name) as file:
                data = file.read(self._zip.getinfo(name).file_size + 1)
            root = etree.fromstring(data, parser)
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as fault:
            raise unreadable(Format.DOCX, f"{name} cannot be unpacked ({fault})") from fault
        except etree.XMLSyntaxError as fault:
            raise unreadable(Format.DOCX, f"{name} is not well-formed XML ({fault})") from fault
        if etree.ElementTree(root).docinfo.internalDTD is not None:
            raise unreadable(Format.DOCX, f"{name} declares a document type, which no Word file does")
        return root


def attribute(element: etree._Element | None, name: str = "val") -> str | None:
    """Return an attribute of WordprocessingML; None for none, and for no element."""
    return None if element is None else element.get(W + name)


def whole_number(text: str | None, default: int = 0) -> int:
    """Return the number that the text is, and the default for what is none."""
    try:
        return default if text is None else int(text)
    except ValueError:
        return default


def is_on(parent: etree._Element | None, name: str) -> bool | None:
    """Return what the on-off property says (ECMA-376 part 1, 17.17.4); None where it is not stated."""
    if parent is None:
        return None
    found = parent.find(W + name)
    return None if found is None else found.get(W + "val", "true") not in ("0", "false", "off")
