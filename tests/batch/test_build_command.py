"""`specflow build` on folders, as a process of its own: order, summary, interruption."""

from __future__ import annotations

import contextlib
import io
import json
import signal
import subprocess
import time

import pytest
from effort import SWEEP
from folder import Folder

from specflow.cli.progress import Progress, progress_line


def test_reports_come_in_order_and_bad_documents_stop_nothing(folder: Folder) -> None:
    for at in range(5):
        folder.note(str(at), "A [](#nowhere) reference." if at in (1, 3) else "Words.")
    ran = folder.run("build", "specs", "-j", "2")
    assert ran.returncode == 3, ran.stderr
    assert [line.split()[1] for line in ran.stdout.splitlines()] == ["0", "2", "4"]
    places = [line.split(":")[0] for line in ran.stderr.splitlines() if "error[" in line]
    assert places == ["specs/1.yaml", "specs/3.yaml"]
    assert ran.stderr.endswith("3 built, 2 failed: specs/1.yaml (1 error), specs/3.yaml (1 error)\n")
    again = json.loads(folder.run("build", "specs", "--json").stdout)
    assert [one["spec"] for one in again["documents"]] == [f"specs/{at}.yaml" for at in range(5)]
    assert [one["record"] is None for one in again["documents"]] == [False, True, False, True, False]


def test_fail_fast_stops_at_the_first_failure(folder: Folder) -> None:
    folder.note("0", "A [](#nowhere) reference.")
    for at in range(1, 6):
        folder.note(str(at))
    ran = folder.run("build", "specs", "-j", "1", "--fail-fast", "--no-cache")
    assert ran.returncode == 3
    assert ran.stderr.endswith("0 built, 1 failed: specs/0.yaml (1 error), 5 not done: --fail-fast\n")


def test_three_bad_documents_among_many(folder: Folder) -> None:
    count = 200 if SWEEP > 1 else 20
    bad = {3: "KILL", 9: "A [](#nowhere) reference.", 14: "Words."}
    for at in range(count):
        spec = folder.note(f"{at:03}", bad.get(at, f"Words of {at}."))
        if at == 14:
            spec.write_text(spec.read_text("utf-8").replace("version:", "verson:"), "utf-8")
    ran = folder.run("build", "specs", "-j", "2")
    assert ran.returncode == 5, ran.stderr
    assert [line.split()[1] for line in ran.stdout.splitlines()] == [f"{at:03}" for at in range(count) if at not in bad]
    summary = ran.stderr.splitlines()[-1]
    assert summary.startswith(f"{count - 3} built, 3 failed: specs/003.yaml"), summary
    assert len(list((folder.path / "out").glob("*.html"))) == count - 3 + 1  # and the index
    again = folder.run("build", "specs", "-j", "2")
    assert again.stderr.splitlines()[-1].startswith(f"{count - 3} unchanged, 3 failed: specs/003.yaml")


def test_two_runs_at_once_leave_what_one_leaves(folder: Folder) -> None:
    for at in range(4):
        folder.note(str(at), f"Words of {at}.")
    assert folder.run("build", "specs", "-j", "1", "--no-cache", "-o", "alone").returncode == 0
    running = [
        subprocess.Popen(
            folder.command("build", "specs", "-j", "2", "-o", "together"), cwd=folder.path, env=folder.environment()
        )
        for _ in range(2)
    ]
    assert [one.wait(300) for one in running] == [0, 0]
    alone, together = (
        {path.name: path.read_bytes() for path in sorted((folder.path / name).iterdir())}
        for name in ("alone", "together")
    )
    assert together == alone
    assert folder.run("build", "specs", "-o", "together").stderr == "4 unchanged\n"


def test_ctrl_c_stops_at_once_and_leaves_whole_files(folder: Folder) -> None:
    folder.note("a")
    folder.note("b", "LOOP")
    folder.note("c", "LOOP")
    running = subprocess.Popen(
        folder.command("build", "specs", "-j", "2"),
        cwd=folder.path,
        env=folder.environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=_interruptible,
    )
    deadline = time.monotonic() + 120
    while not (folder.path / "out" / "a.json").exists():
        assert time.monotonic() < deadline
        time.sleep(0.1)
    running.send_signal(signal.SIGINT)
    started = time.monotonic()
    _, told = running.communicate(timeout=30)
    assert running.returncode == 130
    assert told.endswith("interrupted; nothing half-written was left\n")
    assert time.monotonic() - started < 15  # a second, where nothing else runs
    assert sorted(path.name for path in (folder.path / "out").iterdir()) == ["a.html", "a.json"]


def _interruptible() -> None:
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("-j", "0"), "no number of workers"),
        (("--timeout", "soon"), "no time"),
        (("--cache-limit", "much"), "no size"),
    ],
)
def test_values_that_are_none(words: tuple[str, str], told: str, folder: Folder) -> None:
    from specflow.cli.main import main

    with contextlib.redirect_stderr(io.StringIO()) as heard:
        assert main(["build", str(folder.path), *words]) == 2
    assert told in heard.getvalue()


def test_the_progress_line_has_rate_and_time_left() -> None:
    assert progress_line(50, 200, 3, 40, 20.0) == "[######..................]  50/200  3 failed  2.0/s  1:15 left"
    assert progress_line(10, 40, 0, 10, 40.0) == "[######..................]  10/40  4.0 s each  2:00 left"


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_progress_is_for_terminals(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("specflow.cli.progress._EACH_SECONDS", 0.0)
    for stream, is_shown in ((_Terminal(), True), (io.StringIO(), False)):
        progress = Progress(3, stream)
        progress.show(1, 0, unchanged=0)
        progress.clear()
        assert ("1/3" in stream.getvalue()) == is_shown
