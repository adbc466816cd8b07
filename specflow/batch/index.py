"""The index of an output folder: one page, one JSON file and one table of all documents whose records lie there.

It is made from the records alone, so that building a part of a folder keeps the other documents. No clock takes part:
reviews have their day, and the page marks those that are overdue when it is opened. Same records, same bytes.
"""

from __future__ import annotations

import csv
import io
import json
import os
import posixpath
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from specflow.batch.fingerprints import Fingerprint, Fingerprints, real, unpacked
from specflow.diagnostics import Diagnostic, Span, warning
from specflow.files import sha256
from specflow.model import Format

if TYPE_CHECKING:
    from specflow.batch.attempt import Cache

FORMAT = 1
"""The version of the structure of index.json; it grows when a field changes its meaning."""
STEM = "index"
NAMES = tuple(f"{STEM}.{suffix}" for suffix in ("html", "json", "csv"))

Entry = Mapping[str, Any]

_SAID = ("id", "title", "version", "status", "date", "priority", "risk", "complete_percent", "review")
_COLUMNS = ("id", "title", "version", "status", "date", "priority", "risk", "complete_percent", "to_fill")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet takes for the beginning of a formula (OWASP, CSV Injection)."""


def write_index(out: Path, cache: Cache | None) -> Diagnostic | None:
    """Write the index of the folder unless it is in place and right; with a `cache`, only what is new is read.

    Return a warning, nothing written, where a document of the folder is itself called "index". Raises FileAccess.
    """
    from specflow.publish import is_published, publish

    known = cache.store.tree(_name(out)) if cache else None
    files = Fingerprints()
    noted: dict[str, list[Any]] = dict(known["records"]) if known else {}
    found = dict(_read(out, files, noted))
    if f"{STEM}.json" in found:
        message = "the folder gets no index: a document in it has that name"
        return warning("index-clash", message, Span(out / f"{STEM}.json"), "give the spec another name")
    entries = [_with_files(entry, out) for _, entry in sorted(found.values(), key=_order)]
    seal = sha256(json.dumps([entries, dict(cache.documents.environment) if cache else {}]).encode())
    if known and known["seal"] == seal and _is_there(out, known["files"], files):
        return None
    made = index_files(entries)
    if not is_published(made, out):
        publish(made, out, STEM)
    if cache:
        fresh = Fingerprints()
        cache.store.note_tree(
            _name(out),
            {
                "records": {place: [mark.packed(), entry] for place, (mark, entry) in found.items()},
                "seal": seal,
                "files": {name: fresh.file(real(out / name)).packed() for name in NAMES},
            },
        )
    return None


def index_files(entries: Sequence[Entry]) -> dict[str, bytes]:
    """Return the three files by name."""
    from specflow.batch.index_page import page

    content = {"format": FORMAT, "documents": list(entries)}
    text = json.dumps(content, indent=2, ensure_ascii=False) + "\n"
    return dict(zip(NAMES, (page(entries), text.encode(), _table(entries).encode("utf-8-sig")), strict=True))


def entry_of(record: Mapping[str, Any], place: str) -> Entry | None:
    """Return what the index says of a record at that place below the folder; None for what is no record."""
    try:
        document, signed, folder = record["document"], record.get("signoff", {}), posixpath.dirname(place)
        editions = [
            {
                "format": str(form),
                "file": posixpath.join(folder, posixpath.basename(str(found["file"]))),
                "bytes": int(found["bytes"]),
                "sha256": str(found["sha256"]),
            }
            for form in Format
            if (found := record["editions"].get(form))
        ]
        said = {name: document.get(name) for name in _SAID}
        return {
            "record": place,
            **said,
            "to_fill": len(document["to_fill"]),
            "roles": len(signed.get("roles", ())),
            "missing": [str(role) for role in signed.get("missing", ())],
            "digest": signed.get("digest", ""),
            "editions": editions,
        }
    except (AttributeError, KeyError, TypeError, ValueError):
        return None


def _read(
    out: Path, files: Fingerprints, noted: Mapping[str, Sequence[Any]]
) -> Iterator[tuple[str, tuple[Fingerprint, Entry]]]:
    """Yield each record's place, its fingerprint and its entry; what was noted is used where it still holds."""
    top = real(out)
    for place in _places(top):
        path = f"{top}/{place}"
        before = noted.get(place)
        mark = files.file(path, unpacked(before[0]) if before else None)
        if before and mark.sha256 == before[0][0]:
            yield place, (mark, before[1])
            continue
        try:
            entry = entry_of(json.loads(Path(path).read_bytes()), place)
        except (OSError, ValueError, RecursionError):
            continue
        if entry:
            yield place, (mark, entry)


def _places(top: str) -> Iterator[str]:
    for name, folders, files in os.walk(top):
        folders[:] = sorted(folder for folder in folders if not folder.startswith("."))
        here = name[len(top) + 1 :]
        yield from (posixpath.join(here, file) for file in sorted(files) if file.endswith(".json") and file[0] != ".")


def _order(found: tuple[Fingerprint, Entry]) -> tuple[str, str]:
    entry = found[1]
    return str(entry["id"]).casefold(), str(entry["record"])


def _with_files(entry: Entry, out: Path) -> Entry:
    """Return the entry with the editions marked that are not there."""
    there = os.path.isfile  # this runs for thousands of files
    editions = [{**edition, "there": there(f"{out}/{edition['file']}")} for edition in entry["editions"]]
    return {**entry, "editions": editions}


def _is_there(out: Path, noted: Mapping[str, Sequence[Any]], files: Fingerprints) -> bool:
    """Return whether the index in the folder is the one that was noted."""
    return all(files.file(real(out / name), unpacked(mark)).sha256 == mark[0] for name, mark in noted.items())


def _table(entries: Sequence[Entry]) -> str:
    """Return the index as CSV (RFC 4180), with nothing in it that a spreadsheet would run."""
    forms = [f"{form}{what}" for form in Format for what in ("", "_sha256")]
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow([*_COLUMNS, "approvals_outstanding", "review", "digest", "record", *forms])
    for entry in entries:
        row = [*(entry[name] for name in _COLUMNS), "; ".join(entry["missing"]), entry["review"], entry["digest"]]
        row.append(entry["record"])
        editions = {edition["format"]: edition for edition in entry["editions"] if edition["there"]}
        for form in Format:
            edition = editions.get(str(form), {})
            row += [edition.get("file"), edition.get("sha256")]
        writer.writerow([_cell(value) for value in row])
    return text.getvalue()


def _cell(value: object) -> str:
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text


def _name(out: Path) -> str:
    return f"index of {real(out)}"
