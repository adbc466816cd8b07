"""A batch on a Dask cluster: a real scheduler and two workers on this machine, with no file in common."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from effort import SWEEP
from folder import ROOT, Folder

from specflow.batch.distributed_files import Tree, pack_folder, unpack
from specflow.errors import FileAccess


@dataclass(frozen=True)
class Cluster:
    """A scheduler's address, and the processes of its workers."""

    address: str
    workers: tuple[subprocess.Popen[bytes], ...]


@pytest.fixture
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    folder = tmp_path_factory.mktemp("cluster")
    told = folder / "scheduler.json"
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "XDG_CACHE_HOME": str(folder / "cache")}
    running: list[subprocess.Popen[bytes]] = []

    def start(*words: str) -> None:
        here = folder / str(len(running))
        here.mkdir()
        command = [sys.executable, "-m", *words]
        with (here / "log").open("wb") as log:
            running.append(subprocess.Popen(command, cwd=here, env=environment, stdout=log, stderr=log))

    options = ("--port", "0", "--host", "127.0.0.1", "--no-dashboard", "--scheduler-file", str(told))
    start("distributed.cli.dask_scheduler", *options)
    deadline = time.monotonic() + 120
    while not told.exists() or not told.read_bytes():
        assert time.monotonic() < deadline, (folder / "0" / "log").read_text("utf-8")
        time.sleep(0.1)
    address = json.loads(told.read_bytes())["address"]
    for _ in range(2):
        start("distributed.cli.dask_worker", address, "--nthreads", "1", "--no-nanny", "--no-dashboard")
    yield Cluster(address, tuple(running[1:]))
    for process in reversed(running):
        process.kill()
        process.wait()


def project(folder: Folder, count: int) -> None:
    """Write documents that need files of the project beside themselves, one of which is not valid."""
    (folder.path / "specs").mkdir()
    (folder.path / "specs" / "box.svg").write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="9" fill="red"/></svg>'
    )
    for at in range(count):
        folder.note(f"{at:02}", f"Words of {at}, a [link](00.yaml), [one](gone.yaml).\n\n![A box](specs/box.svg)")
    folder.note("05", "A [](#nowhere) reference.")


def made(out: Path) -> dict[str, bytes]:
    return {path.relative_to(out).as_posix(): path.read_bytes() for path in sorted(out.rglob("*")) if path.is_file()}


def test_a_worker_is_killed_and_the_output_is_that_of_this_machine(folder: Folder, cluster: Cluster) -> None:
    project(folder, 10)
    words = ("build", "specs", "-f", "html,docx")
    here = folder.run(*words, "--no-cache", "-o", "made-here")
    running = subprocess.Popen(
        folder.command(*words, "-o", "made-there", "--scheduler", cluster.address),
        cwd=folder.path,
        env=folder.environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    deadline = time.monotonic() + 240
    while len(list((folder.path / "made-there").glob("*.json"))) < 3:
        assert time.monotonic() < deadline
        assert running.poll() is None, running.communicate()
        time.sleep(0.02)
    cluster.workers[0].send_signal(signal.SIGKILL)
    is_half_done = len(list((folder.path / "made-there").glob("*.json"))) < 8
    results, told = running.communicate(timeout=300)
    assert is_half_done
    assert running.returncode == here.returncode == 3
    assert [line.split()[1] for line in results.splitlines()] == [f"{at:02}" for at in range(10) if at != 5]
    assert results.replace("restored", "built") == here.stdout
    assert told.replace("made-there", "made-here").replace("restored", "built") == here.stderr
    assert "specs/05.yaml:6:7: error[reference-unresolved]" in told
    assert made(folder.path / "made-there") == made(folder.path / "made-here")

    again = folder.run(*words, "-o", "made-there", "--scheduler", cluster.address)
    assert again.stderr.endswith("9 unchanged, 1 failed: specs/05.yaml (1 error)\n"), again.stderr
    (folder.path / "specs" / "box.svg").write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="8" height="9" fill="red"/></svg>'
    )
    again = folder.run(*words, "-o", "made-there", "--scheduler", cluster.address)
    assert again.stderr.endswith("9 built, 1 failed: specs/05.yaml (1 error)\n"), again.stderr


@pytest.mark.skipif(SWEEP == 1, reason="three builds on a cluster take a minute: make sweep runs it")
def test_a_document_that_dies_or_hangs_and_the_first_failure(folder: Folder, cluster: Cluster) -> None:
    folder.note("a", "LOOP")
    ran = folder.run("build", "specs", "--scheduler", cluster.address, "--timeout", "3")
    assert ran.returncode == 5
    assert "specs/a.yaml: error[worker-timeout]" in ran.stderr
    for at in range(12):
        folder.note(f"b{at:02}")
    folder.note("a", "KILL")
    ran = folder.run("build", "specs", "--scheduler", cluster.address, "--fail-fast")
    assert ran.returncode == 5
    assert ran.stderr.endswith("not done: --fail-fast\n")
    ran = folder.run("build", "specs", "--scheduler", cluster.address)
    assert ran.returncode == 5
    assert "templates/note/own.lua: error[pandoc-worker]" in ran.stderr
    assert len(list((folder.path / "out").glob("b*.html"))) == 12


def test_a_cluster_that_cannot_be_had(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DASK_DISTRIBUTED__COMM__TIMEOUTS__CONNECT", "3s")
    folder.note("a")
    ran = folder.run("build", "specs", "--scheduler", "tcp://127.0.0.1:9")
    assert ran.returncode == 8
    assert "error[scheduler-unreachable]: the scheduler tcp://127.0.0.1:9 cannot be reached" in ran.stderr
    assert "hint: start one with `dask scheduler`" in ran.stderr
    ran = folder.run("build", "specs", "--scheduler", "nonsense://x")
    assert ran.returncode == 8
    assert "error[scheduler-unreachable]" in ran.stderr
    ran = folder.run("build", "specs", "--scheduler", "tcp://127.0.0.1:9", "-j", "2")
    assert ran.returncode == 2
    assert not (folder.path / "out").exists()


def packed(folder: Path, *specs: Path, left_out: tuple[str, ...] = ()) -> tuple[Tree, dict[str, dict[str, bytes]]]:
    packs: dict[str, dict[str, bytes]] = {}
    return pack_folder(folder, specs, left_out, packs.__setitem__), packs


def test_a_folder_travels_by_content(tmp_path: Path) -> None:
    home, far = tmp_path / "home", tmp_path / "far"
    for name in ("a.yaml", "same.yaml", "below/b.csv", ".hidden/x", ".secret", "out/a.html", "venv/pyvenv.cfg"):
        (home / name).parent.mkdir(parents=True, exist_ok=True)
        (home / name).write_text("the same" if "a.yaml" in name or "same" in name else name, "utf-8")
    (tmp_path / "outside").write_text("secret", "utf-8")
    (home / "link.csv").symlink_to(home / "below" / "b.csv")
    (home / "linked").symlink_to("below")
    (home / "leads-out").symlink_to(tmp_path / "outside")
    tree, packs = packed(home, left_out=(str(home / "out"),))
    assert set(tree.files) == {"a.yaml", "same.yaml", "below/b.csv"}
    assert tree.links == {"link.csv": "below/b.csv", "linked": "below"}
    assert sum(map(len, packs.values())) == 2
    unpack(tree, packs, far)
    unpack(tree, {}, far)  # it is there
    arrived = far / tree.name
    assert (
        (arrived / "link.csv").read_text("utf-8") == (arrived / "linked" / "b.csv").read_text("utf-8") == "below/b.csv"
    )
    assert [path.name for path in far.iterdir()] == [tree.name]
    assert packed(home, left_out=(str(home / "out"),))[0] == tree
    (home / "a.yaml").write_text("another", "utf-8")
    assert packed(home, left_out=(str(home / "out"),))[0].name != tree.name
    assert "out/a.html" in packed(home, home / "out" / "s.yaml", left_out=(str(home / "out"),))[0].files


def test_a_folder_that_is_too_large_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for at in range(4):
        (tmp_path / str(at)).write_text(str(at) * 100, "utf-8")
    monkeypatch.setattr("specflow.batch.distributed_files.MAX_FILES", 3)
    with pytest.raises(FileAccess, match="project-too-large"):
        packed(tmp_path)
    monkeypatch.setattr("specflow.batch.distributed_files.MAX_FILES", 4)
    monkeypatch.setattr("specflow.batch.distributed_files.MAX_BYTES", 399)
    with pytest.raises(FileAccess, match="project-too-large"):
        packed(tmp_path)
