"""Find the DOCX edition that was sent out: beside its record, as it was built."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from specflow.diagnostics import Span, error
from specflow.errors import FileAccess, SignOffRefused
from specflow.files import read_bytes, sha256
from specflow.model import Format
from specflow.review.decisions import refuse_other
from specflow.review.returned import WordFile
from specflow.verify.files import load_record


@dataclass(frozen=True, slots=True)
class Issued:
    """A DOCX edition as it was built, and the roles of its document in signing order."""

    data: bytes
    roles: tuple[str, ...]


def issued_by_record(record: Path, file: WordFile) -> Issued | None:
    """Return the DOCX edition beside a record, if it is the one that the returned file says that it comes from.

    It is the one if it shows the same content and decisions, and is as it was built.
    """
    edition = record.with_suffix(f".{Format.DOCX}")
    if not record.is_file() or not edition.is_file():
        return None
    try:
        content = load_record(record)
        signed = content["signoff"]
        same = signed["digest"] == file.content and signed["ledger"]["entries"] == file.entries
        roles = tuple(str(role["role"]) for role in signed["roles"])
        wanted = content["editions"][Format.DOCX]["sha256"]
    except (FileAccess, KeyError, TypeError):
        return None
    data = read_bytes(edition)
    return Issued(data, roles) if same and sha256(data) == wanted else None


def find_issued(folder: Path, file: WordFile, path: Path) -> Issued:
    """Return the DOCX edition in a folder, or below it, that the returned file says that it comes from.

    Raises SignOffRefused where there is none, or the one of that document is of another version or content.
    """
    others = []
    for record, content in _records(folder):
        if content["document"]["id"] != file.document:
            continue
        found = issued_by_record(record, file)
        if found:
            return found
        others.append(content)
    for content in others:
        refuse_other(file, path, file.document, content["document"]["version"], content["signoff"]["digest"])
    what = f"below {folder} there is no DOCX edition of {file.document} that it can be compared with"
    hint = "name the spec with --spec, so that the edition is made again, or the folder that it was built into with -o"
    raise SignOffRefused(error("returned-not-issued", what, Span(path), hint))


def _records(folder: Path) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    for name, folders, files in os.walk(folder):
        folders[:] = sorted(below for below in folders if not below.startswith("."))
        for file in sorted(files):
            if file.endswith(".json"):
                try:
                    content = load_record(Path(name) / file)
                except FileAccess:
                    continue
                if "signoff" in content:
                    yield Path(name) / file, content
