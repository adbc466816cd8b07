"""Add to a ledger: all of an append is there, or nothing, whatever is interrupted and whoever else appends."""

from __future__ import annotations

import contextlib
import fcntl
import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from specflow.diagnostics import Span, error
from specflow.errors import FileAccess
from specflow.files import sha256
from specflow.signoff.entries import FIRST, Entry, line_of
from specflow.signoff.ledger import Ledger, head_path, read_ledger

Decide = Callable[[Ledger], Sequence[Entry]]
"""What an append adds, given the ledger as it is once nobody else can change it; it may raise SignOffRefused."""


def append(path: Path, decide: Decide) -> Ledger:
    """Return the ledger with what `decide` gave at its end, on the disk.

    Who comes at the same time waits for the lock on the folder, and then sees these entries. Raises SignOffRefused
    where the ledger is broken or `decide` refuses, FileAccess where it cannot be written; it then is as it was.
    """
    try:
        with _locked(path.parent):
            before = read_ledger(path)
            text, count, previous = before.text, len(before.entries), before.head or FIRST
            old = _head(count, previous)
            for entry in decide(before):
                count += 1
                line = line_of(count, entry, previous)
                text, previous = text + line + b"\n", sha256(line)
            new = _head(count, previous)
            head = head_path(path)
            _replace(head, old + new)
            _replace(path, text)
            _replace(head, new)
            return read_ledger(path)
    except OSError as fault:
        hint = "make room or change the permissions; nothing was recorded"
        message = f"the ledger cannot be written: {fault.strerror or fault}"
        raise FileAccess(error("ledger-unwritable", message, Span(path), hint)) from fault


def _head(count: int, last: str) -> bytes:
    return f"{count} {last}\n".encode()


@contextlib.contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Hold the folder's lock, waiting for it: an append takes milliseconds."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _replace(path: Path, data: bytes) -> None:
    """Put the bytes in the file's place at once, and on the disk; its permissions stay."""
    made = path.with_name(f".{path.name}.new")
    with made.open("wb") as stream:
        stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())
    if path.exists():
        made.chmod(path.stat().st_mode & 0o777)
    made.replace(path)
    handle = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
