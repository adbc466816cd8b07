"""The preview and the index in Chromium, judged by what their readers see."""

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


def test_nothing_in_the_index_stands_in_the_way_of_any_reader(browser: Callable[..., str], tmp_path: Path) -> None:
    from specflow.batch.index import index_files

    edition = {"format": "pdf", "file": "a.pdf", "bytes": 1, "sha256": "0" * 64}
    said = {"title": "A title", "version": "1.0", "status": "draft", "date": "", "priority": "high", "risk": None}
    entry = {**said, "id": "A-1", "record": "a.json", "complete_percent": 87, "to_fill": 2, "roles": 2, "digest": ""}
    reviews = ("2001-01-01", "2999-01-01", None)
    entries = [
        {**entry, "review": review, "missing": ["QA"] * at, "editions": [{**edition, "there": at > 0}]}
        for at, review in enumerate(reviews)
    ]
    page = tmp_path / "index.html"
    page.write_bytes(index_files(entries)["index.html"])
    runs = json.loads(browser("axe.mjs", page))
    assert [run["violations"] for run in runs] == [[], [], [], []]
    assert [run["width"] for run in runs if run["wide"] > run["width"]] == []
