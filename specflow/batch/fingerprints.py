"""What a file held when it was last looked at, and whether it can still be trusted without reading it again.

A fingerprint is the SHA-256 of a file's bytes. Its size, times and inode are a hint only: while they stay, the bytes
need not be read. As in git, the hint does not count for a file that was written so shortly before it was read that a
later change could bear the same time.
"""

from __future__ import annotations

import hashlib
import os
import stat
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_GRAIN = 2_000_000_000
"""Nanoseconds that file systems may round times to: two seconds on FAT."""

ABSENT = ""
"""Stands for the digest of a file that is not there, or cannot be read."""


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """A file's digest, the hint that it still holds, and when the file was read, in nanoseconds of Unix time."""

    sha256: str
    hint: tuple[int, ...] = ()
    read_at: int = 0

    def packed(self) -> list[Any]:
        """Return the fingerprint as JSON can hold it."""
        return [self.sha256, list(self.hint), self.read_at]


def unpacked(fields: Sequence[Any]) -> Fingerprint:
    """Return the fingerprint of what `packed` gave."""
    sha256, hint, read_at = fields
    return Fingerprint(sha256, tuple(hint), read_at)


class Fingerprints:
    """Fingerprints of files and folders; each is taken once, so that all documents of a run see the same."""

    def __init__(self) -> None:
        self._files: dict[str, Fingerprint] = {}
        self._trees: dict[str, Fingerprint] = {}

    def file(self, path: str, known: Fingerprint | None = None) -> Fingerprint:
        """Return the fingerprint of the file as it is: `known` where its hint tells that nothing has changed."""
        if path not in self._files:
            self._files[path] = _file(path, known)
        return self._files[path]

    def tree(self, folder: str, known: Fingerprint | None = None) -> Fingerprint:
        """Return the fingerprint of all files below the folder, by name and content; compiled Python is left out."""
        if folder not in self._trees:
            self._trees[folder] = _tree(folder, known)
        return self._trees[folder]


_NONE = Fingerprint(ABSENT)


def _file(path: str, known: Fingerprint | None) -> Fingerprint:
    now = time.time_ns()
    absent = known if known and known.sha256 == ABSENT else _NONE
    try:
        found = os.stat(path)  # noqa: PTH116  (this runs for thousands of files)
        if not stat.S_ISREG(found.st_mode):
            return absent
        hint = _hint(found)
        if known and known.hint == hint and _is_settled(hint, known.read_at):
            return known
        with open(path, "rb") as stream:  # noqa: PTH123
            return Fingerprint(hashlib.file_digest(stream, "sha256").hexdigest(), hint, now)
    except OSError:
        return absent


def _tree(folder: str, known: Fingerprint | None) -> Fingerprint:
    now = time.time_ns()
    files = list(_below(folder))
    newest = max((max(hint[1:3]) for _, _, hint in files), default=0)
    shape = hashlib.sha256(repr([(name, hint) for name, _, hint in files]).encode()).digest()
    hint = (len(files), newest, newest, int.from_bytes(shape[:7]))
    if known and known.hint == hint and _is_settled(hint, known.read_at):
        return known
    whole = hashlib.sha256()
    for name, path, _ in files:
        whole.update(f"{name}\0{_file(path, None).sha256}\n".encode())
    return Fingerprint(whole.hexdigest(), hint, now)


def _below(folder: str, above: str = "") -> Iterator[tuple[str, str, tuple[int, ...]]]:
    """Yield the name, path and hint of every file below the folder, sorted; what cannot be read is not there."""
    try:
        with os.scandir(folder) as found:
            entries = sorted(found, key=lambda entry: entry.name)
    except OSError:
        return
    for entry in entries:
        name = f"{above}{entry.name}"
        if entry.is_dir():
            if entry.name != "__pycache__":
                yield from _below(entry.path, f"{name}/")
        elif entry.is_file():
            yield name, entry.path, _hint(entry.stat())


def _hint(found: os.stat_result) -> tuple[int, ...]:
    return found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino


def _is_settled(hint: tuple[int, ...], read_at: int) -> bool:
    """Return whether any change after the reading must have changed the times."""
    return max(hint[1:3]) + _GRAIN < read_at


def real(path: Path) -> str:
    """Return the absolute path, links followed, as text."""
    return os.path.realpath(path)
