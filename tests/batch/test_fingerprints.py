"""When a file need not be read again, and when it must."""

from __future__ import annotations

import os
import time
from dataclasses import replace
from pathlib import Path

from specflow.batch.fingerprints import ABSENT, Fingerprint, Fingerprints, unpacked

_LATER = 60 * 1_000_000_000


def taken(path: Path, known: Fingerprint | None = None) -> Fingerprint:
    return Fingerprints().file(str(path), known)


def settled(found: Fingerprint) -> Fingerprint:
    """Return the fingerprint as if it had been taken a minute later."""
    return replace(found, read_at=found.read_at + _LATER)


def test_a_settled_file_is_not_read_again(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_text("one")
    known = settled(taken(path))
    assert taken(path, known) is known
    assert unpacked(known.packed()) == known


def test_a_file_that_was_just_written_is_read_again(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_text("one")
    known = taken(path)
    found = taken(path, known)
    assert found is not known
    assert found.sha256 == known.sha256


def test_the_same_size_and_time_do_not_hide_a_change(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_text("one")
    known = settled(taken(path))
    before = path.stat()
    time.sleep(0.02)
    path.write_text("two")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert taken(path, known).sha256 != known.sha256


def test_what_is_no_file_is_absent(tmp_path: Path) -> None:
    assert taken(tmp_path / "none").sha256 == ABSENT
    assert taken(tmp_path).sha256 == ABSENT


def test_a_folder_is_its_names_and_contents(tmp_path: Path) -> None:
    (tmp_path / "below").mkdir()
    (tmp_path / "below" / "a").write_text("one")
    first = Fingerprints().tree(str(tmp_path))
    os.utime(tmp_path / "below" / "a", ns=(1, 1))
    assert Fingerprints().tree(str(tmp_path), settled(first)).sha256 == first.sha256
    (tmp_path / "below" / "__pycache__").mkdir()
    (tmp_path / "below" / "__pycache__" / "x").write_text("")
    assert Fingerprints().tree(str(tmp_path)).sha256 == first.sha256
    (tmp_path / "below" / "a").rename(tmp_path / "below" / "b")
    assert Fingerprints().tree(str(tmp_path), settled(first)).sha256 != first.sha256
