"""The ledger: whatever is done to it but appending is found, and who appends at the same time loses nothing."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from effort import examples
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from specflow.errors import FileAccess, SignOffRefused
from specflow.files import sha256
from specflow.signoff.append import append
from specflow.signoff.canonical import digest_of
from specflow.signoff.digest import VERSION, groups
from specflow.signoff.entries import DECISIONS, Content, Decision, Entry, content_of, entry_of, line_of
from specflow.signoff.ledger import head_path, read_ledger

PARTS = {"data": {"title": "0" * 64}, "tools": {"pandoc": "3.9"}, "filters": {"bind.lua": "1" * 64}}
DIGEST = f"{VERSION}:{digest_of(groups(PARTS))}"
LIMITS = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])


def decision(name: str = "Ann Ex", word: str = "approved", comment: str = "") -> Decision:
    return Decision(
        document="M-12",
        version="1.0",
        role="Security Review",
        meaning="approval",
        name=name,
        function="",
        decision=word,
        comment=comment,
        date="2026-11-23T14:05:33+01:00",
        content=DIGEST,
        editions={"pdf": "2" * 64},
    )


def write(path: Path, count: int) -> bytes:
    """Write a ledger with a content and so many decisions; return its bytes."""
    append(path, lambda _: [content_of(DIGEST, PARTS)])
    for number in range(count):
        entry = decision(f"Signer {number}")
        append(path, lambda _, entry=entry: [entry])  # type: ignore[misc]  # mypy knows no defaults of lambdas
    return path.read_bytes()


def faults(path: Path) -> list[str]:
    """Return what reading the ledger says: line, code and message of each fault."""
    with pytest.raises(SignOffRefused) as raised:
        read_ledger(path)
    assert all(found.hint for found in raised.value.diagnostics)
    return [
        f"{found.span.line if found.span else '-'} {found.code}: {found.message}" for found in raised.value.diagnostics
    ]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "memo.signoff.jsonl"


def test_there_need_not_be_a_ledger(path: Path) -> None:
    assert read_ledger(path).entries == ()


def test_a_line_reads_in_a_diff(path: Path) -> None:
    write(path, 1)
    content, line = path.read_text("utf-8").splitlines()
    assert line == (
        '{"seq": 2, "document": "M-12", "version": "1.0", "role": "Security Review", "meaning": "approval", '
        '"name": "Signer 0", "function": "", "decision": "approved", "comment": "", '
        f'"date": "2026-11-23T14:05:33+01:00", "content": "{DIGEST}", "editions": {{"pdf": "{"2" * 64}"}}, '
        f'"evidence": {{}}, "previous": "{sha256(content.encode())}"}}'
    )
    assert list(json.loads(content)["parts"]) == ["data", "tools"]
    assert head_path(path).read_text("utf-8") == f"2 {sha256(line.encode())}\n"


@settings(LIMITS, max_examples=examples(40))
@given(st.text(min_size=1, max_size=20), st.sampled_from(DECISIONS), st.text(max_size=20))
def test_an_entry_is_one_line_that_gives_it_back(name: str, word: str, comment: str) -> None:
    entry = decision(name, word, comment)
    line = line_of(7, entry, "a" * 64)
    assert len((line + b"\n").splitlines()) == 1
    assert line.decode("utf-8").isprintable() or max(name + comment) >= "\xa0"
    assert entry_of(line) == (7, entry, "a" * 64)


# Tampering


@settings(LIMITS, max_examples=examples(60))
@given(st.data())
def test_every_edit_is_found(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    """A byte changed, lines deleted, moved, repeated or cut: reading the ledger refuses it."""
    path = tmp_path_factory.mktemp("ledger") / "memo.signoff.jsonl"
    before = write(path, 4)
    lines = before.splitlines(keepends=True)
    how = data.draw(st.sampled_from(["byte", "delete", "move", "repeat", "cut", "insert"]))
    if how == "byte":
        at = data.draw(st.integers(0, len(before) - 1))
        after = before[:at] + bytes([before[at] ^ data.draw(st.integers(1, 255))]) + before[at + 1 :]
    elif how == "cut":
        after = before[: data.draw(st.integers(0, len(before) - 1))]
    else:
        at, to = data.draw(st.integers(0, 4)), data.draw(st.integers(0, 4))
        taken = lines[at] if how in ("repeat", "insert") else lines.pop(at)
        if how == "insert":
            taken = line_of(to + 1, decision("Mallory"), sha256(lines[to][:-1])) + b"\n"
        if how != "delete":
            lines.insert(to, taken)
        after = b"".join(lines)
    path.write_bytes(after)
    if after == before:
        assert read_ledger(path).text == before
    else:
        assert faults(path)


def test_an_edited_line_is_told_where_it_is(path: Path) -> None:
    text = write(path, 3)
    path.write_bytes(text.replace(b"Signer 1", b"Signer 9"))
    assert faults(path) == [
        "4 ledger-chain: entry 4 does not follow from the line before it: one of the two was edited"
    ]
    path.write_bytes(text.replace(b"Signer 2", b"Signer 9"))
    assert faults(path) == ["4 ledger-chain: entry 4 is not the one that was written: its line was edited"]


def test_a_deleted_a_repeated_and_a_moved_line(path: Path) -> None:
    lines = write(path, 3).splitlines(keepends=True)

    def said(*order: int) -> list[str]:
        path.write_bytes(b"".join(lines[at] for at in order))
        return faults(path)

    assert said(0, 2, 3) == ["2 ledger-sequence: entry 2 is missing before entry 3"]
    assert said(0, 1, 1, 2, 3) == ["3 ledger-sequence: the number 2 is there twice"]
    assert said(0, 2, 1, 3) == [
        "2 ledger-sequence: entry 2 is missing before entry 3",
        "3 ledger-sequence: entry 2 stands where entry 4 belongs: lines were moved or repeated",
        "4 ledger-sequence: entry 3 is missing before entry 4",
    ]


def test_a_cut_tail_shows_in_the_head(path: Path) -> None:
    lines = write(path, 3).splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:2]))
    assert faults(path) == ["2 ledger-truncated: the ledger was cut: it has 2 entries, but had 4"]
    path.write_bytes(b"".join(lines)[:-3])
    assert faults(path) == ["4 ledger-truncated: the last line has no end: the file was cut, or edited"]
    path.unlink()
    assert faults(path) == ["None ledger-truncated: the ledger is gone; it had 4 entries"]


def test_a_lost_or_broken_head(path: Path) -> None:
    write(path, 1)
    head_path(path).write_text("2 abc\n", "utf-8")
    assert faults(path) == ["1 ledger-head: this is not a head: the number of entries, and the SHA-256 of the last one"]
    head_path(path).unlink()
    assert faults(path) == [
        "None ledger-head: memo.signoff.head is missing, which says how many entries the ledger has"
    ]


def test_a_merge_conflict_is_explained(path: Path) -> None:
    first, *others = write(path, 2).splitlines(keepends=True)
    path.write_bytes(b"".join([first, b"<<<<<<< HEAD\n", others[0], b"=======\n", others[1], b">>>>>>> work\n"]))
    assert faults(path) == [
        "2 ledger-conflict: two branches have added entries, and git has left both here, between lines 2 and 6"
    ]


def test_changed_line_ends(path: Path) -> None:
    path.write_bytes(write(path, 1).replace(b"\n", b"\r\n"))
    assert faults(path) == ["1 ledger-line-ends: the line ends were changed to those of Windows"]


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ('"seq": 2', '"seq": "2"', "has no sequence number"),
        ('"decision": "approved"', '"decision": "yes"', f"has no decision: it is one of {', '.join(DECISIONS)}"),
        ("T14:05:33+01:00", "T14:05:33", "has no date and time with a zone, such as 2026-11-23T14:05:33+01:00"),
        ('"name": "Signer 0"', '"name": ""', "does not say who decided"),
        ('"comment": ""', '"comment": 7', "has values that are no texts"),
        ('"comment": "", ', "", "does not have the keys of an entry in their order"),
        ('"comment": ""', '"comment": "", "comment": ""', "is not JSON"),
        ("sf1:", "sf0:", "does not hold a content digest"),
    ],
)
def test_what_is_no_entry(path: Path, old: str, new: str, why: str) -> None:
    content, line = write(path, 1).decode().splitlines()
    path.write_text(f"{content}\n{line.replace(old, new, 1)}\n", "utf-8")
    assert faults(path)[0] == f"2 ledger-entry: this line {why}"


def test_a_content_whose_parts_do_not_make_its_digest(path: Path) -> None:
    forged = Content(DIGEST, groups(PARTS), {"data": {"title": "9" * 64}})
    path.write_bytes(line_of(1, forged, "0" * 64) + b"\n")
    assert faults(path)[0] == "1 ledger-entry: this line has parts of `data` that do not make its digest"


def test_a_decision_on_a_content_that_nothing_describes(path: Path) -> None:
    path.write_bytes(line_of(1, decision(), "0" * 64) + b"\n")
    assert faults(path)[0] == "1 ledger-entry: entry 1 decides on a content that no entry before it describes"


# Appending

PROGRAM = """
import sys
from pathlib import Path
sys.path[:0] = sys.argv[3:]
from test_ledger import decision
from specflow.signoff.append import append
for number in range(int(sys.argv[2])):
    append(Path(sys.argv[1]), lambda _: [decision(f"{number} of many")])
"""


def test_two_processes_lose_nothing(path: Path) -> None:
    write(path, 0)
    here = Path(__file__).parent
    words = [sys.executable, "-c", PROGRAM, str(path), "12", str(here), str(here.parent), str(here.parents[1])]
    both = [subprocess.Popen(words, stderr=subprocess.PIPE) for _ in range(2)]
    said = [process.communicate()[1] for process in both]
    assert [process.returncode for process in both] == [0, 0], said
    ledger = read_ledger(path)
    assert len(ledger.entries) == 25
    names = [entry.name for entry in ledger.entries if isinstance(entry, Decision)]
    assert sorted(names) == sorted(f"{number} of many" for number in range(12) for _ in range(2))


@pytest.mark.parametrize("survivors", ["old", "new"])
def test_an_interrupted_append_is_there_or_not(path: Path, survivors: str) -> None:
    old = write(path, 1)
    old_head = head_path(path).read_text("utf-8")
    write_one: Callable[..., list[Entry]] = lambda _: [decision("Last")]  # noqa: E731
    append(path, write_one)
    new_head = head_path(path).read_text("utf-8")
    head_path(path).write_text(old_head + new_head, "utf-8")
    if survivors == "old":
        path.write_bytes(old)
    assert len(read_ledger(path).entries) == (2 if survivors == "old" else 3)
    append(path, write_one)
    assert head_path(path).read_text("utf-8").count("\n") == 1


def test_a_broken_ledger_takes_no_entry(path: Path) -> None:
    text = write(path, 1).replace(b"Signer 0", b"Signer 1")
    path.write_bytes(text)
    with pytest.raises(SignOffRefused):
        append(path, lambda _: [decision()])
    assert path.read_bytes() == text


def test_a_ledger_that_cannot_be_written(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = write(path, 1)
    monkeypatch.setattr("os.fsync", lambda _: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    with pytest.raises(FileAccess, match="the ledger cannot be written: No space left on device"):
        append(path, lambda _: [decision()])
    monkeypatch.undo()
    assert path.read_bytes() == before
    assert len(read_ledger(path).entries) == 2
