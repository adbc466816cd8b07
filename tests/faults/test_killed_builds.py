"""A build that is killed, or cannot write, leaves the editions of one build that belong together, and no rubbish."""

from __future__ import annotations

import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest
from effort import SWEEP

from specflow.errors import FileAccess
from specflow.files import sha256
from specflow.publish import publish, recover

ROOT = Path(__file__).parents[2]
KILLS = 20 * SWEEP
SPEC = """template: note
id: N-1
version: 1.0
status: draft
updated: 2026-11-23
title: Backups {}
summary: What is copied, and when.
"""
BUILD = [sys.executable, "-m", "specflow", "build", "note.yaml", "--templates", "templates", "-f", "html", "-o", "out"]
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT), "NO_COLOR": "1"}


def built(folder: Path) -> dict[str, bytes]:
    """Build in the foreground; return what the output folder then holds, hidden files and all."""
    subprocess.run(BUILD, cwd=folder, env=ENVIRONMENT, check=True, capture_output=True)
    return held(folder / "out")


def held(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() if path.is_file() else b"" for path in sorted(folder.iterdir())}


def visible(folder: Path) -> dict[str, bytes]:
    return {name: data for name, data in held(folder).items() if not name.startswith(".")} if folder.exists() else {}


def test_a_build_may_be_killed_at_any_moment(tmp_path: Path) -> None:
    (tmp_path / "templates").symlink_to(ROOT / "tests" / "errors" / "templates")
    spec, out = tmp_path / "note.yaml", tmp_path / "out"
    whole = []
    for word in ("old", "new"):
        spec.write_text(SPEC.format(word), "utf-8")
        started = time.monotonic()
        whole.append(built(tmp_path))
        lasting = time.monotonic() - started
    assert whole[0] != whole[1]
    for name, data in whole[0].items():
        (out / name).write_bytes(data)
    dice = random.Random(7)  # noqa: S311 (no secret)
    killed = 0
    for _ in range(KILLS):
        running = subprocess.Popen(
            BUILD, cwd=tmp_path, env=ENVIRONMENT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        try:
            running.wait(timeout=lasting * dice.uniform(0.05, 1.05))
        except subprocess.TimeoutExpired:
            running.kill()
            killed += 1
            running.wait()
        for name, data in visible(out).items():
            assert data in (whole[0][name], whole[1][name]), "an edition is neither old nor new"
        recover(out)  # as the next build does first
        found = held(out)
        assert found in whole, "editions of two builds lie side by side, or rubbish"
        record = json.loads(found["note.json"])
        assert record["editions"]["html"]["sha256"] == sha256(found["note.html"])
        for name, data in whole[0].items():
            (out / name).write_bytes(data)
    assert killed >= KILLS // 2
    assert built(tmp_path) == whole[1]


OLD = {"a.docx": b"old", "a.json": b"old record"}
NEW = {"a.docx": b"new" * 100_000, "a.json": b"new record"}


def limited(folder: Path) -> subprocess.CompletedProcess[bytes]:
    """Publish in a process that may write no file of more than 64 KiB, as on a full disk."""
    code = (
        "import resource, signal, sys; from pathlib import Path; from specflow.publish import publish\n"
        "from specflow.errors import FileAccess\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN); resource.setrlimit(resource.RLIMIT_FSIZE, (65536, 65536))\n"
        "try: publish({'a.docx': b'new' * 100000, 'a.json': b'new record'}, Path(sys.argv[1]), 'a')\n"
        "except FileAccess as fault: print(fault); sys.exit(9)\n"
    )
    return subprocess.run([sys.executable, "-c", code, str(folder)], capture_output=True, check=False, cwd=ROOT)


def test_a_full_disk_leaves_the_old_editions(tmp_path: Path) -> None:
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] in (resource.RLIM_INFINITY, -1)
    publish(OLD, tmp_path, "a")
    ran = limited(tmp_path)
    assert ran.returncode == 9
    assert b"output-unwritable" in ran.stdout
    assert b"hint: make room" in ran.stdout
    assert held(tmp_path) == OLD
    publish(NEW, tmp_path, "a")
    assert held(tmp_path) == NEW


def test_a_folder_that_may_not_be_written_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Root may write everywhere, so the system is made to refuse."""
    publish(OLD, tmp_path, "a")

    def refuse(*_: object, **__: object) -> str:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(tempfile, "mkdtemp", refuse)
    with pytest.raises(FileAccess, match="permission denied") as caught:
        publish(NEW, tmp_path, "a")
    assert caught.value.diagnostics[0].hint
    assert held(tmp_path) == OLD


@pytest.mark.parametrize("place", ["/proc/specflow", "/sys/specflow"])
def test_a_read_only_folder_is_told(place: str) -> None:
    if not Path(place).parent.is_dir():
        pytest.skip("there is no such file system")
    with pytest.raises(FileAccess, match="output-unwritable"):
        publish(NEW, Path(place), "a")


@pytest.mark.parametrize("name", ["a.docx", "a.json"])
def test_an_output_path_that_is_a_folder_is_told(name: str, tmp_path: Path) -> None:
    publish(OLD, tmp_path, "a")
    (tmp_path / name).unlink()
    (tmp_path / name).mkdir()
    with pytest.raises(FileAccess, match="output-unwritable"):
        publish(NEW, tmp_path, "a")
    assert (tmp_path / name).is_dir()
    assert {path.name for path in tmp_path.iterdir()} == set(OLD)
    other = next(other for other in OLD if other != name)
    assert (tmp_path / other).read_bytes() == OLD[other]
