"""The ledger `<stem>.signoff.jsonl` beside a spec: who decided what, in a chain that shows every later change.

Each entry holds the SHA-256 of the line before it. Beside it `<stem>.signoff.head` holds the number of entries and the
SHA-256 of the last one, without which a cut tail or an edited last line would not show. The head has a second line only
while an append is under way, or after one was interrupted: then either line may be the true one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from specflow.diagnostics import Diagnostic, Span, error
from specflow.errors import FileAccess, SignOffRefused
from specflow.files import read_bytes, sha256
from specflow.signoff.entries import FIRST, Content, Decision, Entry, Malformed, entry_of

SUFFIX, HEAD_SUFFIX = ".signoff.jsonl", ".signoff.head"
_MOST = 64 << 20
_CONFLICT = re.compile(rb"(<{7}|={7}|>{7}|\|{7})( .*)?$")
_HEAD = re.compile(r"([1-9][0-9]{0,8}|0) ([0-9a-f]{64})")
_RESTORE = "get the file back as it was from version control; the ledger is only ever added to, by specflow"
_BY_HAND = "entries are never edited: restore the line, and record a new decision with specflow approve"


@dataclass(frozen=True, slots=True)
class Ledger:
    """A ledger whose chain holds: its entries with the sequence numbers 1, 2, …, and the SHA-256 of each line."""

    path: Path
    entries: tuple[Entry, ...] = ()
    hashes: tuple[str, ...] = ()
    text: bytes = b""

    @property
    def head(self) -> str:
        """The SHA-256 of the last line, "" where there is none."""
        return self.hashes[-1] if self.hashes else ""

    @property
    def decisions(self) -> Iterator[tuple[int, Decision]]:
        """The decisions with their sequence numbers, in order."""
        return ((at, entry) for at, entry in enumerate(self.entries, 1) if isinstance(entry, Decision))

    def first(self, entries: int | None) -> Ledger:
        """Return the ledger as it was when it had so many entries, all of it for None."""
        return self if entries is None else replace(self, entries=self.entries[:entries], hashes=self.hashes[:entries])

    def content(self, digest: str) -> Content | None:
        """Return what a digest was made of, if the ledger says so."""
        return next((one for one in self.entries if isinstance(one, Content) and one.content == digest), None)


def ledger_path(spec: Path) -> Path:
    """Return where the ledger of a spec lies."""
    return spec.with_name(f"{spec.stem}{SUFFIX}")


def head_path(ledger: Path) -> Path:
    """Return where the head of a ledger lies."""
    return ledger.with_name(f"{ledger.name.removesuffix(SUFFIX)}{HEAD_SUFFIX}")


def read_ledger(path: Path) -> Ledger:
    """Return the ledger, empty where there is none.

    Raises SignOffRefused with every break of the chain, each with its line: an edited, deleted, moved or repeated
    entry, a cut tail, a merge that left both sides; FileAccess where a file cannot be read.
    """
    if not path.exists():
        if head_path(path).exists():
            count = _heads(path)[-1][0]
            message = f"the ledger is gone; it had {_entries(count)}"
            raise SignOffRefused(error("ledger-truncated", message, Span(path), _RESTORE))
        return Ledger(path)
    text = read_bytes(path, _MOST)
    if len(text) > _MOST:
        raise FileAccess(error("ledger-large", "the ledger is larger than 64 MiB", Span(path), _RESTORE))
    lines = _lines(text, path)
    ledger, faults = _chain(lines, path, text)
    if not faults:
        faults = [*_against_head(ledger)]
    if faults:
        raise SignOffRefused(*faults)
    return ledger


def _lines(text: bytes, path: Path) -> list[bytes]:
    """Return the lines without their ends, or raise SignOffRefused for what no single writer has left."""
    lines = text.split(b"\n")
    marks = [number for number, line in enumerate(lines, 1) if _CONFLICT.fullmatch(line.rstrip(b"\r"))]
    if marks:
        message = (
            f"two branches have added entries, and git has left both here, between lines {marks[0]} and {marks[-1]}"
        )
        hint = (
            f"take one side's {path.name} and its head file (git checkout --ours or --theirs, for both files), "
            "then let those of the other side record their decisions again"
        )
        raise SignOffRefused(error("ledger-conflict", message, Span(path, marks[0], 1), hint))
    if b"\r" in text:
        number = next(number for number, line in enumerate(lines, 1) if b"\r" in line)
        hint = 'restore the file, and add "*.signoff.* -text" to .gitattributes so that git keeps its line ends'
        message = "the line ends were changed to those of Windows"
        raise SignOffRefused(error("ledger-line-ends", message, Span(path, number), hint))
    if lines[-1]:
        message = "the last line has no end: the file was cut, or edited"
        raise SignOffRefused(error("ledger-truncated", message, Span(path, len(lines)), _RESTORE))
    return lines[:-1]


def _chain(lines: Sequence[bytes], path: Path, text: bytes) -> tuple[Ledger, list[Diagnostic]]:
    """Return the ledger, and where its chain breaks; a break is told once, not for all that follows it."""
    faults: list[Diagnostic] = []
    entries: list[Entry] = []
    known: set[str] = set()
    expected, previous = 1, FIRST
    for number, line in enumerate(lines, 1):
        try:
            sequence, entry, before = entry_of(line)
        except Malformed as fault:
            faults.append(error("ledger-entry", f"this line {fault}", Span(path, number, 1), _BY_HAND))
            expected, previous = expected + 1, sha256(line)
            continue
        if sequence != expected:
            faults.append(_sequence_fault(sequence, expected, Span(path, number, 1)))
        elif before != previous:
            message = f"entry {sequence} does not follow from the line before it: one of the two was edited"
            faults.append(error("ledger-chain", message, Span(path, number, 1), _RESTORE))
        if isinstance(entry, Content):
            known.add(entry.content)
        elif entry.content not in known:
            message = f"entry {sequence} decides on a content that no entry before it describes"
            faults.append(error("ledger-entry", message, Span(path, number, 1), _RESTORE))
        entries.append(entry)
        expected, previous = sequence + 1, sha256(line)
    return Ledger(path, tuple(entries), tuple(map(sha256, lines)), text), faults


def _sequence_fault(found: int, expected: int, span: Span) -> Diagnostic:
    if found == expected - 1:
        return error("ledger-sequence", f"the number {found} is there twice", span, _RESTORE)
    if found > expected:
        missing = f"entry {expected} is" if found == expected + 1 else f"entries {expected} to {found - 1} are"
        return error("ledger-sequence", f"{missing} missing before entry {found}", span, _RESTORE)
    message = f"entry {found} stands where entry {expected} belongs: lines were moved or repeated"
    return error("ledger-sequence", message, span, _RESTORE)


def _heads(path: Path) -> list[tuple[int, str]]:
    """Return the one or two heads that the head file allows; raise SignOffRefused where it is missing or broken."""
    file = head_path(path)
    if not file.exists():
        message = f"{file.name} is missing, which says how many entries the ledger has"
        raise SignOffRefused(error("ledger-head", message, Span(file), _RESTORE))
    text = read_bytes(file, 4096).decode("utf-8", "replace")
    lines = text.removesuffix("\n").split("\n")
    found = [_HEAD.fullmatch(line) for line in lines]
    heads = [(int(match[1]), match[2]) for match in found if match]
    if not text.endswith("\n") or len(heads) != len(lines) or len(heads) > 2:
        message = "this is not a head: the number of entries, and the SHA-256 of the last one"
        hint = f"restore it together with {path.name}; after a merge take both files from the same side"
        raise SignOffRefused(error("ledger-head", message, Span(file, 1), hint))
    return heads


def _against_head(ledger: Ledger) -> Iterator[Diagnostic]:
    """Yield what the head knows of the ledger that is not so."""
    heads = _heads(ledger.path)
    present = (len(ledger.entries), ledger.head or FIRST)
    if present in heads:
        return
    count, last = heads[-1]
    span = Span(ledger.path, min(count, present[0]) or None)
    if present[0] < count:
        message = f"the ledger was cut: it has {_entries(present[0])}, but had {count}"
        yield error("ledger-truncated", message, span, _RESTORE)
    elif present[0] > count:
        message = f"the ledger has {_entries(present[0])}, but specflow has written {count}"
        yield error("ledger-head", message, span, _RESTORE)
    else:
        message = f"entry {count} is not the one that was written: its line was edited"
        yield error("ledger-chain", message, span, _BY_HAND if last else _RESTORE)


def _entries(count: int) -> str:
    return f"{count} entry" if count == 1 else f"{count} entries"
