"""The cache on disk: what is put in comes out, or nothing does."""

from __future__ import annotations

import hashlib
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from folder import ROOT

from specflow.batch.store import Store, cache_folder
from specflow.diagnostics import Diagnostic


@pytest.fixture
def told() -> list[Diagnostic]:
    return []


@pytest.fixture
def store(tmp_path: Path, told: list[Diagnostic]) -> Iterator[Store]:
    with Store(tmp_path, told.append, 10_000) as made:
        yield made


def keep(store: Store, name: str, data: bytes) -> str:
    digest = hashlib.sha256(data).hexdigest()
    store.keep(name, f"front of {name}", {"blob": digest}, {digest: data})
    return digest


def test_what_is_kept_is_found(store: Store, told: list[Diagnostic]) -> None:
    digest = keep(store, "a", b"bytes")
    assert store.results("front of a") == [("a", {"blob": digest})]
    assert store.blobs("a", [digest]) == [b"bytes"]
    store.note_documents({"d": {"spec": "/x.yaml", "is": 1}})
    assert store.document("d") == {"spec": "/x.yaml", "is": 1}
    assert store.documents_of("/x.yaml") == [{"spec": "/x.yaml", "is": 1}]
    assert not told


def test_a_damaged_file_is_told_and_forgotten(store: Store, told: list[Diagnostic]) -> None:
    digest = keep(store, "a", b"bytes")
    next(store.folder.rglob(digest)).write_bytes(b"bites")
    assert store.blobs("a", [digest]) is None
    assert [found.code for found in told] == ["cache-damaged"]
    assert store.results("front of a") == []
    keep(store, "a", b"bytes")
    assert store.blobs("a", [digest]) == [b"bytes"]


def test_a_damaged_row_is_told_and_forgotten(store: Store, told: list[Diagnostic]) -> None:
    store.note_documents({"d": {"spec": "/x.yaml"}})
    with sqlite3.connect(store.folder / "index.sqlite") as database:
        database.execute("""UPDATE documents SET row = '{"spec":"/y.yaml"}'""")
    assert store.document("d") is None
    assert [found.code for found in told] == ["cache-damaged"]


def test_a_database_that_is_none_is_replaced(tmp_path: Path, told: list[Diagnostic]) -> None:
    (tmp_path / "v1").mkdir()
    (tmp_path / "v1" / "index.sqlite").write_bytes(b"nonsense " * 1000)
    with Store(tmp_path, told.append) as store:
        assert [found.code for found in told] == ["cache-damaged"]
        digest = keep(store, "a", b"bytes")
        assert store.blobs("a", [digest]) == [b"bytes"]


def test_a_folder_that_cannot_be_made_is_told_once(tmp_path: Path, told: list[Diagnostic]) -> None:
    (tmp_path / "file").write_bytes(b"")
    with Store(tmp_path / "file", told.append) as store:
        keep(store, "a", b"bytes")
        assert store.results("front of a") == []
    assert [found.code for found in told] == ["cache-unusable"]


def test_what_was_used_longest_ago_goes_first(store: Store) -> None:
    digests = {name: keep(store, name, name.encode() * 2900) for name in "abc"}
    assert store.blobs("a", [digests["a"]])
    keep(store, "d", b"d" * 2900)
    assert [name for name in "abcd" if store.results(f"front of {name}")] == ["a", "c", "d"]
    assert not list(store.folder.rglob(digests["b"]))
    assert store.usage().size <= 10_000


def test_what_two_results_share_is_counted_once_and_stays(store: Store) -> None:
    for name in "abcdef":
        keep(store, name, b"shared" * 1000)
    assert store.usage().results == 6
    assert store.usage().size < 8_000


def test_clear_leaves_nothing(store: Store) -> None:
    digest = keep(store, "a", b"bytes")
    store.clear()
    assert (store.usage().results, store.usage().documents, store.results("front of a")) == (0, 0, [])
    assert not list(store.folder.rglob(digest))


_MANY = """
import hashlib, sys
from pathlib import Path
from specflow.batch.store import Store
with Store(Path(sys.argv[1]), lambda found: sys.exit(str(found))) as store:
    for number in range(60):
        data = b"%d" % (number % 20)
        name = hashlib.sha256(data).hexdigest()
        store.keep(f"{sys.argv[2]}{number}", "front", {"blob": name}, {name: data})
        assert store.blobs(f"{sys.argv[2]}{number}", [name]) == [data]
"""


def test_two_processes_at_once(tmp_path: Path) -> None:
    running = [subprocess.Popen([sys.executable, "-c", _MANY, tmp_path, name], cwd=ROOT) for name in "ab"]
    assert [one.wait(120) for one in running] == [0, 0]
    with Store(tmp_path, lambda _: None) as store:
        assert store.usage().results == 120


def test_the_folder_is_that_of_the_platform(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache_folder() == tmp_path / "specflow"
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")  # to be ignored, says the specification
    assert cache_folder().is_relative_to(Path.home())
