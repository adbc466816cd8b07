"""The files of a built document: its record, and the editions that the record names, looked at byte by byte."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from specflow.diagnostics import Diagnostic, Span, error
from specflow.errors import FileAccess
from specflow.files import read_bytes, sha256
from specflow.model import Format
from specflow.verify.recorded import recorded

_HINT = "if nobody meant to change it, take it from where it was kept, or build the document again"


@dataclass(frozen=True, slots=True)
class Files:
    """A document's files: the record's content, the bytes of each edition, and what is wrong with them."""

    record: Path
    content: Mapping[str, Any]
    editions: Mapping[Format, bytes]
    faults: tuple[Diagnostic, ...]

    @property
    def named(self) -> dict[Format, tuple[str, str]]:
        """The name and the digest of each edition."""
        return {form: (f"{self.record.stem}.{form}", sha256(data)) for form, data in self.editions.items()}


def load_record(path: Path) -> Mapping[str, Any]:
    """Return a record's content; raises FileAccess for a file that is not there, or is no record."""
    if not path.exists():
        hint = "build the document, or name the folder that it was built into"
        raise FileAccess(error("record-missing", "there is no record of this document", Span(path), hint))
    try:
        content = json.loads(read_bytes(path))
        recorded(content)
        _ = [(Format(form), entry["sha256"]) for form, entry in content["editions"].items()]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as fault:
        hint = "name the .json file that specflow has put beside the editions"
        raise FileAccess(error("record-unreadable", "this is no record of specflow", Span(path), hint)) from fault
    return dict(content)


def is_record(path: Path) -> bool:
    """Return whether the file is a record, as far as can be told."""
    try:
        load_record(path)
    except FileAccess:
        return False
    return True


def load_files(record: Path, formats: Sequence[Format]) -> Files:
    """Return the record and those of its editions that are wanted; raises FileAccess for what cannot be read.

    An edition that is not there, or has other bytes than the record says, is a fault.
    """
    content = load_record(record)
    editions: dict[Format, bytes] = {}
    faults = []
    for form in (form for form in formats if form in content["editions"]):
        path = record.with_suffix(f".{form}")
        if not path.exists():
            message = f"the {form.upper()} edition that the record names is not there"
            faults.append(error("edition-missing", message, Span(path), _HINT))
            continue
        editions[form] = read_bytes(path)
        if sha256(editions[form]) != content["editions"][form]["sha256"]:
            message = f"the {form.upper()} edition has changed since it was built: its SHA-256 is not the recorded one"
            faults.append(error("edition-changed", message, Span(path), _HINT))
    return Files(record, content, editions, tuple(faults))
