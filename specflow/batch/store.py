"""The cache on disk: what documents were made from, and what was made of it, for all processes of a user.

An SQLite database knows the documents and results; the bytes of editions and pictures lie beside it in files that are
named after their digest. Nothing is believed: rows bear a checksum, and bytes must have the digest of their name. What
is damaged is told, removed and made again. Beyond `limit` bytes the results that were used longest ago go first.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from specflow.diagnostics import Span, Warn, warning

LIMIT = 2 << 30
"""Bytes that the cache may take unless the command line says otherwise."""
_KEPT_SHARE = 0.9
"""How full it may be after something had to go, so that not every result makes another one go."""
_MOST_DOCUMENTS = 200_000
"""So many documents are remembered, the latest; each takes about two kilobytes."""
_LAYOUT = "v1"
_WAIT_SECONDS = 30.0
_HINT = 'it is made again; "specflow cache clear" removes all of it'

_TABLES = """
CREATE TABLE IF NOT EXISTS documents (id TEXT PRIMARY KEY, spec TEXT, row TEXT, sum TEXT, used_at REAL);
CREATE INDEX IF NOT EXISTS documents_of_spec ON documents (spec);
CREATE TABLE IF NOT EXISTS results (id TEXT PRIMARY KEY, front TEXT, row TEXT, sum TEXT, size INTEGER, used_at REAL);
CREATE INDEX IF NOT EXISTS results_of_front ON results (front);
CREATE TABLE IF NOT EXISTS uses (result TEXT, object TEXT, size INTEGER, PRIMARY KEY (result, object));
CREATE INDEX IF NOT EXISTS uses_of_object ON uses (object);
CREATE TABLE IF NOT EXISTS trees (folder TEXT PRIMARY KEY, row TEXT, sum TEXT);
"""

Row = Mapping[str, Any]
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Usage:
    """What the cache holds."""

    folder: Path
    documents: int
    results: int
    size: int
    limit: int


def cache_folder() -> Path:
    """Return the folder for specflow's cache by the rules of the platform (XDG Base Directory Specification 0.8)."""
    named = os.environ.get("XDG_CACHE_HOME", "")
    if Path(named).is_absolute():
        return Path(named) / "specflow"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "specflow"
    return Path.home() / ".cache" / "specflow"


class Store:
    """The cache in a folder. It never fails: where it cannot be used, a warning says so and nothing is found."""

    def __init__(self, folder: Path, warn: Warn, limit: int = LIMIT) -> None:
        self.folder = folder / _LAYOUT
        self._limit = limit
        self._warn = warn
        self._database: sqlite3.Connection | None = None
        self._is_usable = self._open()

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the database."""
        if self._database:
            self._database.close()
        self._database = None

    def document(self, name: str) -> Row | None:
        """Return what was noted of the document."""
        return self._read("documents", "id", name)

    def documents_of(self, spec: str) -> list[Row]:
        """Return what was noted of the spec, in whatever way it was built, the latest first."""

        def look(database: sqlite3.Connection) -> list[str]:
            query = "SELECT id FROM documents WHERE spec = ? ORDER BY used_at DESC"
            return [name for (name,) in database.execute(query, (spec,))]

        return [row for name in self._tried(look) or () if (row := self.document(name)) is not None]

    def note_documents(self, rows: Mapping[str, Row]) -> None:
        """Note documents, each with its `spec`, in place of what was noted of them."""
        now = time.time()
        packed = [(name, row["spec"], *_packed(row), now) for name, row in rows.items()]

        def put(database: sqlite3.Connection) -> None:
            with _writing(database):
                database.executemany("INSERT OR REPLACE INTO documents VALUES (?, ?, ?, ?, ?)", packed)
                if database.execute("SELECT count(*) FROM documents").fetchone()[0] > _MOST_DOCUMENTS:
                    latest = "SELECT id FROM documents ORDER BY used_at DESC LIMIT ?"
                    database.execute(f"DELETE FROM documents WHERE id NOT IN ({latest})", (_MOST_DOCUMENTS // 2,))  # noqa: S608

        if packed:
            self._tried(put)

    def tree(self, folder: str) -> Row | None:
        """Return what was noted of a folder."""
        return self._read("trees", "folder", folder)

    def note_tree(self, folder: str, row: Row) -> None:
        """Note what is known of a folder."""

        def put(database: sqlite3.Connection) -> None:
            with _writing(database):
                database.execute("INSERT OR REPLACE INTO trees VALUES (?, ?, ?)", (folder, *_packed(row)))

        self._tried(put)

    def results(self, front: str) -> list[tuple[str, Row]]:
        """Return the results that share the first part of their key, each with its id, the latest first."""

        def look(database: sqlite3.Connection) -> list[str]:
            query = "SELECT id FROM results WHERE front = ? ORDER BY used_at DESC"
            return [name for (name,) in database.execute(query, (front,))]

        found = ((name, self._read("results", "id", name)) for name in self._tried(look) or ())
        return [(name, row) for name, row in found if row is not None]

    def blobs(self, result: str, names: Sequence[str]) -> list[bytes] | None:
        """Return the bytes of these digests, None if one is missing or damaged; the result is then forgotten."""
        found = []
        for name in names:
            try:
                data = self._object(name).read_bytes()
            except OSError:
                data = None
            if data is None or hashlib.sha256(data).hexdigest() != name:
                if data is not None:
                    self._damaged(self._object(name), "does not hold what was put into it")
                self._forget("results", "id", result)
                with contextlib.suppress(OSError):
                    self._object(name).unlink(missing_ok=True)
                return None
            found.append(data)

        def use(database: sqlite3.Connection) -> None:
            with _writing(database):
                database.execute("UPDATE results SET used_at = ? WHERE id = ?", (time.time(), result))

        self._tried(use)
        return found

    def keep(self, result: str, front: str, row: Row, blobs: Mapping[str, bytes]) -> None:
        """Keep a result with the bytes that it needs, by their digests, and make room if there is too much."""
        packed = _packed(row)
        size = len(packed[0]) + sum(map(len, blobs.values()))

        def put(database: sqlite3.Connection) -> None:
            with _writing(database):
                for name, data in blobs.items():
                    self._put(name, data)
                values = (result, front, *packed, size, time.time())
                database.execute("INSERT OR REPLACE INTO results VALUES (?, ?, ?, ?, ?, ?)", values)
                uses = [(result, name, len(data)) for name, data in blobs.items()]
                database.executemany("INSERT OR REPLACE INTO uses VALUES (?, ?, ?)", uses)
                self._evict(database)

        if size <= self._limit:
            self._tried(put)

    def usage(self) -> Usage:
        """Return what the cache holds."""

        def count(database: sqlite3.Connection) -> tuple[int, int, int]:
            documents, length = database.execute("SELECT count(*), total(length(row)) FROM documents").fetchone()
            results = database.execute("SELECT count(*) FROM results").fetchone()[0]
            return documents, results, int(length) + _size(database)

        return Usage(self.folder, *(self._tried(count) or (0, 0, 0)), self._limit)

    def clear(self) -> None:
        """Remove everything; processes that run meanwhile go on without what was there."""

        def empty(database: sqlite3.Connection) -> None:
            with _writing(database):
                for table in ("documents", "results", "uses", "trees"):
                    database.execute(f"DELETE FROM {table}")  # noqa: S608  (names from the line above)
                shutil.rmtree(self.folder / "objects", ignore_errors=True)
            database.execute("VACUUM")

        self._tried(empty)

    def _open(self) -> bool:
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)  # documents may be confidential
            self.folder.chmod(0o700)
            if self.folder.stat().st_uid != os.getuid():
                raise PermissionError(0, "it belongs to somebody else")
            self._connect()
        except sqlite3.DatabaseError as fault:
            return self._start_again(fault)
        except OSError as fault:
            self._unusable(fault.strerror or str(fault))
            return False
        return True

    def _connect(self) -> None:
        database = sqlite3.connect(self.folder / "index.sqlite", timeout=_WAIT_SECONDS, isolation_level=None)
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("PRAGMA synchronous = NORMAL")
        database.executescript(_TABLES)
        self._database = database

    def _start_again(self, fault: sqlite3.Error) -> bool:
        """Put a new database in place of one that cannot be read; one that is only busy stays."""
        self.close()
        if isinstance(fault, sqlite3.OperationalError) and "malformed" not in str(fault):
            self._unusable(str(fault))
            return False
        self._damaged(self.folder / "index.sqlite", str(fault))
        try:
            for name in ("index.sqlite", "index.sqlite-wal", "index.sqlite-shm"):
                (self.folder / name).unlink(missing_ok=True)
            shutil.rmtree(self.folder / "objects", ignore_errors=True)
            self._connect()
        except (OSError, sqlite3.Error) as again:
            self._unusable(str(again))
            return False
        return True

    def _tried(self, work: Callable[[sqlite3.Connection], _T]) -> _T | None:
        """Return what the work on the database gives, None where the cache cannot be used."""
        if self._database is None:
            return None
        try:
            return work(self._database)
        except sqlite3.OperationalError as fault:
            if "malformed" in str(fault) or "no such table" in str(fault):
                self._start_again(sqlite3.DatabaseError(str(fault)))
            else:
                self._unusable(str(fault))
                self.close()
        except sqlite3.DatabaseError as fault:
            self._start_again(fault)
        except OSError as fault:
            self._unusable(fault.strerror or str(fault))
        return None

    def _read(self, table: str, key: str, name: str) -> Row | None:
        query = f"SELECT row, sum FROM {table} WHERE {key} = ?"  # noqa: S608  (both are literals of this module)
        found = self._tried(lambda database: database.execute(query, (name,)).fetchone())
        if found is None:
            return None
        text, checksum = found
        if not isinstance(text, str) or _checksum(text) != checksum:
            self._damaged(self.folder / "index.sqlite", f"a row of its {table} is not what was put there")
            self._forget(table, key, name)
            return None
        row: Row = json.loads(text)
        return row

    def _forget(self, table: str, key: str, name: str) -> None:
        def remove(database: sqlite3.Connection) -> None:
            with _writing(database):
                database.execute(f"DELETE FROM {table} WHERE {key} = ?", (name,))  # noqa: S608
                if table == "results":
                    database.execute("DELETE FROM uses WHERE result = ?", (name,))

        self._tried(remove)

    def _object(self, name: str) -> Path:
        return self.folder / "objects" / name[:2] / name

    def _put(self, name: str, data: bytes) -> None:
        """Write the bytes unless a file of that size is there; what it holds is looked at when it is used."""
        path = self._object(name)
        if path.is_file() and path.stat().st_size == len(data):
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, made = tempfile.mkstemp(dir=path.parent)
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
        Path(made).replace(path)

    def _evict(self, database: sqlite3.Connection) -> None:
        """Let go of the results that were used longest ago until there is room again."""
        size = _size(database)
        if size <= self._limit:
            return
        oldest = database.execute("SELECT id FROM results ORDER BY used_at").fetchall()
        for (result,) in oldest:
            if size <= self._limit * _KEPT_SHARE:
                break
            objects = database.execute("SELECT object FROM uses WHERE result = ?", (result,)).fetchall()
            database.execute("DELETE FROM results WHERE id = ?", (result,))
            database.execute("DELETE FROM uses WHERE result = ?", (result,))
            for (name,) in objects:
                if not database.execute("SELECT 1 FROM uses WHERE object = ?", (name,)).fetchone():
                    self._object(name).unlink(missing_ok=True)
            size = _size(database)

    def _damaged(self, path: Path, why: str) -> None:
        self._warn(warning("cache-damaged", f"the cache is damaged: {why}", Span(path), _HINT))

    def _unusable(self, why: str) -> None:
        message = f"the cache cannot be used: {why}; documents are built without it"
        hint = "mend the folder's permissions, set XDG_CACHE_HOME, or say --no-cache"
        self._warn(warning("cache-unusable", message, Span(self.folder), hint))


@contextlib.contextmanager
def _writing(database: sqlite3.Connection) -> Iterator[None]:
    """Hold the only right to write; all of it is done or nothing."""
    database.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        database.execute("ROLLBACK")
        raise
    database.execute("COMMIT")


def _size(database: sqlite3.Connection) -> int:
    """Return the bytes of all results, what several of them use counted once."""
    rows = database.execute("SELECT total(length(row)) FROM results").fetchone()[0]
    objects = "SELECT total(size) FROM (SELECT max(size) AS size FROM uses GROUP BY object)"
    return int(rows) + int(database.execute(objects).fetchone()[0])


def _packed(row: Row) -> tuple[str, str]:
    text = json.dumps(row, ensure_ascii=True, separators=(",", ":"))
    return text, _checksum(text)


def _checksum(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
