"""Files appear together or not at all, whatever happens in between."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from specflow import publish as module
from specflow.errors import FileAccess
from specflow.publish import forget, keep, publish, recover

OLD = {"a.docx": b"old docx", "a.pdf": b"old pdf", "a.html": b"old html", "a.json": b"old json"}
NEW = {name: data.replace(b"old", b"new") for name, data in OLD.items()}


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


def test_all_files_appear_and_nothing_else_stays(tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "out"
    publish(OLD, folder, "a")
    assert contents(folder) == OLD
    publish(NEW, folder, "a")
    assert contents(folder) == NEW
    assert sorted(path.name for path in folder.iterdir()) == sorted(NEW)


@pytest.mark.parametrize("fails_at", [1, 2, 3, 4])
def test_a_rename_that_fails_puts_all_old_files_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fails_at: int
) -> None:
    publish(OLD, tmp_path, "a")
    renamed = 0
    real = Path.replace

    def replace(self: Path, target: Path) -> Path:
        nonlocal renamed
        if self.parent.name == "new":
            renamed += 1
            if renamed == fails_at:
                raise PermissionError(13, "Permission denied")
        return real(self, target)

    monkeypatch.setattr(Path, "replace", replace)
    with pytest.raises(
        FileAccess, match=r"error\[output-unwritable\]: the editions of a cannot be written: permission denied"
    ):
        publish(NEW, tmp_path, "a")
    assert contents(tmp_path) == OLD
    assert len(list(tmp_path.iterdir())) == len(OLD)


def test_a_first_build_that_fails_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = Path.replace

    def replace(self: Path, target: Path) -> Path:
        if self.name == "a.json":
            raise OSError(28, "No space left on device")
        return real(self, target)

    monkeypatch.setattr(Path, "replace", replace)
    with pytest.raises(FileAccess, match="no space left on device"):
        publish(NEW, tmp_path, "a")
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_while_writing_leaves_the_old_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    publish(OLD, tmp_path, "a")

    def write(path: Path, data: bytes) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(module, "_write", write)
    with pytest.raises(FileAccess, match="make room"):
        publish(NEW, tmp_path, "a")
    assert contents(tmp_path) == OLD


def test_an_interrupt_in_the_middle_puts_all_old_files_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    publish(OLD, tmp_path, "a")
    real = Path.replace

    def replace(self: Path, target: Path) -> Path:
        if self.parent.name == "new" and self.name == "a.html":
            raise KeyboardInterrupt
        return real(self, target)

    monkeypatch.setattr(Path, "replace", replace)
    with pytest.raises(KeyboardInterrupt):
        publish(NEW, tmp_path, "a")
    assert contents(tmp_path) == OLD


def test_a_folder_that_is_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("not a folder")
    with pytest.raises(FileAccess, match="output-unwritable"):
        publish(NEW, tmp_path / "out", "a")


_KILLED = """
import sys, os, signal
from pathlib import Path
from specflow import publish as module
real, at, seen = Path.replace, int(sys.argv[2]), 0
def replace(self, target):
    global seen
    seen += self.parent.name == "new"
    if seen == at:
        os.kill(os.getpid(), signal.SIGKILL)
    return real(self, target)
Path.replace = replace
files = {name: b"new " + name[2:].encode() for name in ("a.docx", "a.pdf", "a.html", "a.json")}
module.publish(files, Path(sys.argv[1]), "a")
"""


@pytest.mark.parametrize("killed_at", [1, 2, 4])
def test_a_killed_process_is_carried_through_by_the_next(tmp_path: Path, killed_at: int) -> None:
    publish(OLD, tmp_path, "a")
    done = subprocess.run([sys.executable, "-c", _KILLED, tmp_path, str(killed_at)], check=False, cwd=Path.cwd())
    assert done.returncode == -signal.SIGKILL
    recover(tmp_path)
    assert contents(tmp_path) == NEW
    assert len(list(tmp_path.iterdir())) == len(NEW)


def test_what_a_killed_process_had_not_begun_to_publish_is_cleared_away(tmp_path: Path) -> None:
    publish(OLD, tmp_path, "a")
    work = tmp_path / ".a.x.work" / "new"
    work.mkdir(parents=True)
    (work / "a.pdf").write_bytes(b"half")
    recover(tmp_path)
    assert contents(tmp_path) == OLD
    assert not work.exists()


def test_the_work_of_a_living_process_is_left_alone(tmp_path: Path) -> None:
    code = (
        "import sys, time\nfrom pathlib import Path\nfrom specflow.publish import _work_folder\n"
        "with _work_folder(Path(sys.argv[1]), 'a') as work:\n    print(work, flush=True)\n    time.sleep(30)\n"
    )
    with subprocess.Popen([sys.executable, "-c", code, tmp_path], stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        work = Path(other.stdout.readline().strip())
        recover(tmp_path)
        assert (work / "new").is_dir()
        other.kill()
    recover(tmp_path)
    assert not work.exists()


def test_two_processes_that_publish_at_once_do_not_mix(tmp_path: Path) -> None:
    code = (
        "import sys\nfrom pathlib import Path\nfrom specflow.publish import publish\n"
        "for n in range(30):\n"
        "    files = {f'a.{x}': f'{sys.argv[2]} {n}'.encode() for x in ('docx', 'pdf', 'html', 'json')}\n"
        "    publish(files, Path(sys.argv[1]), 'a')\n"
    )
    others = [subprocess.Popen([sys.executable, "-c", code, tmp_path, name]) for name in ("one", "two")]
    deadline = time.monotonic() + 60
    while any(other.poll() is None for other in others) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert [other.wait() for other in others] == [0, 0]
    assert len(set(contents(tmp_path).values())) == 1


def test_what_failed_is_kept_until_it_succeeds(tmp_path: Path) -> None:
    first = keep({"merged.md": b"one", "ast.json": b"{}"}, tmp_path, "a")
    assert first == tmp_path / ".a.failed"
    assert contents(first) == {"merged.md": b"one", "ast.json": b"{}"}
    assert keep({"merged.md": b"two"}, tmp_path, "a") == first
    assert contents(first) == {"merged.md": b"two"}
    forget(tmp_path, "a")
    assert not first.exists()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_read_only_folder_is_refused(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(FileAccess, match="permission denied"):
            publish(NEW, tmp_path, "a")
        assert keep(NEW, tmp_path, "a") is None
    finally:
        tmp_path.chmod(0o700)
