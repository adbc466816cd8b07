"""The preview, the index and the verification report in Chromium, judged by what their readers see."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from folder import Folder

HERE = Path(__file__).parent
PACKAGES = ("axe-core", "puppeteer-core")


@pytest.fixture
def browser(require: Callable[[str], Path], demand: Callable[[str], None]) -> Callable[..., str]:
    """`browser(script, *words)` returns what the script prints."""
    node, chromium = require("node"), require("chromium")
    folder = os.environ.get("SPECFLOW_AXE", "")
    if not folder or not all((Path(folder) / "node_modules" / package).is_dir() for package in PACKAGES):
        demand(f"SPECFLOW_AXE names no folder in which {' and '.join(PACKAGES)} are installed")

    def run(script: str, *words: object) -> str:
        command = [str(node), str(HERE / script), *map(str, words)]
        environment = {**os.environ, "CHROMIUM": str(chromium)}
        ran = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        assert ran.returncode == 0, ran.stderr
        return ran.stdout

    return run


@pytest.fixture
def preview(folder: Folder) -> Iterator[tuple[subprocess.Popen[str], Path]]:
    spec = folder.note("a", "FIRST-WORDS\n\n" + "\n\n".join(f"Paragraph {number}." for number in range(150)))
    running = subprocess.Popen(
        folder.command("preview", str(spec)),
        cwd=folder.path,
        env=folder.environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        preexec_fn=_interruptible,
    )
    yield running, spec
    running.kill()
    running.communicate()


def _interruptible() -> None:
    signal.signal(signal.SIGINT, signal.default_int_handler)


def test_a_save_is_shown_and_a_fault_lies_above_the_last_good_edition(
    browser: Callable[..., str], preview: tuple[subprocess.Popen[str], Path]
) -> None:
    running, spec = preview
    assert running.stdout
    url = running.stdout.readline().split()[-1]
    seen = json.loads(browser("preview.mjs", url, spec))
    assert seen["errors"] == []
    assert seen["before"] == seen["after"] == seen["again"] == 900
    assert "verson" in seen["line"]
    assert "did you mean `version`?" in seen["overlay"]
    assert (seen["behind"], seen["mended"], seen["wide"]) == (True, True, 375)
    assert seen["axe"] == []
    assert seen["milliseconds"] < 30_000  # half a second, where nothing else runs
    running.send_signal(signal.SIGINT)
    started = time.monotonic()
    assert running.wait(60) == 130
    assert time.monotonic() - started < 15  # a second, where nothing else runs


@pytest.fixture
def index(tmp_path: Path) -> Path:
    """The index page of three documents."""
    from specflow.batch.index import index_files

    edition = {"format": "pdf", "file": "a.pdf", "bytes": 1, "sha256": "0" * 64}
    entry: dict[str, object] = {
        "title": "A title",
        "status": "draft",
        "date": "",
        "risk": None,
        "record": "a.json",
        "digest": "",
    }
    entry |= {"complete_percent": 87, "to_fill": 2, "roles": 2}
    rows = (("A-1", "1.10", "low", "2001-01-01"), ("A-2", "1.9", None, "2999-01-01"), ("A-10", "2.0", "critical", None))
    entries = [
        {**entry, "id": name, "version": version, "priority": priority, "review": review, "missing": ["QA"] * (2 - at)}
        | {"editions": [{**edition, "there": at != 1}]}
        for at, (name, version, priority, review) in enumerate(rows)
    ]
    page = tmp_path / "index.html"
    page.write_bytes(index_files(entries)["index.html"])
    return page


def test_nothing_in_the_index_stands_in_the_way_of_any_reader(browser: Callable[..., str], index: Path) -> None:
    runs = json.loads(browser("axe.mjs", index))
    assert [run["violations"] for run in runs] == [[], [], [], []]
    assert [run["width"] for run in runs if run["wide"] > run["width"]] == []


def test_the_index_is_sorted_and_searched(browser: Callable[..., str], index: Path) -> None:
    seen = json.loads(browser("index.mjs", index))
    assert seen["first"] == ["A-1", "A-2", "A-10"]
    assert seen["Version"] == ["A-2", "A-1", "A-10"]
    assert seen["Version, reversed"] == ["A-10", "A-1", "A-2"]
    assert seen["Priority"] == ["A-1", "A-10", "A-2"], "what is not there comes last"
    assert seen["Priority, reversed"] == ["A-10", "A-1", "A-2"]
    assert seen["Next review"] == ["A-1", "A-2", "A-10"]
    assert seen["Next review, reversed"] == ["A-2", "A-1", "A-10"]
    assert seen["sorted"] == [["Next review", "descending"]]
    assert seen["found"] == [["A-1"], "1 of 3 shown"]
    assert seen["attention"] == [["A-2", "A-1"], "1 review overdue"]


def test_nothing_in_the_verification_report_stands_in_the_way_of_any_reader(
    browser: Callable[..., str], folder: Folder
) -> None:
    for name in "ab":
        folder.note(name)
    assert folder.run("build", "specs", "-j", "1", "--no-cache").returncode == 0
    edition = folder.path / "out" / "a.html"
    edition.write_text(edition.read_text("utf-8").replace("Note N-a", "Note N-z"), "utf-8")
    assert folder.run("verify", "out", "--report", "report.html").returncode == 6
    page = folder.path / "report.html"
    assert "differs-title" in page.read_text("utf-8")
    runs = json.loads(browser("axe.mjs", page))
    assert [run["violations"] for run in runs] == [[], [], [], []]
    assert [run["width"] for run in runs if run["wide"] > run["width"]] == []
