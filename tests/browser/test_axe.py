"""The HTML editions in Chromium, judged by axe-core: every sample in every theme, wide and narrow, light and dark.

SPECFLOW_AXE names the folder whose node_modules holds axe-core and puppeteer-core.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from editions import ALL, Built
from effort import SWEEP

from specflow.model import Format

HERE = Path(__file__).parent
PAGES = ALL if SWEEP > 1 else (("minimal", "default"),)
"""A page takes Chromium and axe-core many seconds. `make test` looks at the smallest; `make sweep` at all."""
PACKAGES = ("axe-core", "puppeteer-core")


@pytest.fixture(scope="module")
def axe(require: Callable[[str], Path], demand: Callable[[str], None]) -> Callable[..., list[dict[str, Any]]]:
    """`axe(*files)` returns what axe-core finds in each file, at each width and in each colour scheme."""
    node, chromium = require("node"), require("chromium")
    folder = os.environ.get("SPECFLOW_AXE", "")
    if not folder or not all((Path(folder) / "node_modules" / package).is_dir() for package in PACKAGES):
        demand(f"SPECFLOW_AXE names no folder in which {' and '.join(PACKAGES)} are installed")

    def run(*files: Path) -> list[dict[str, Any]]:
        environment = {**os.environ, "CHROMIUM": str(chromium)}
        ran = subprocess.run(
            [node, HERE / "axe.mjs", *files], env=environment, capture_output=True, text=True, check=False
        )
        assert ran.returncode == 0, ran.stderr
        found: list[dict[str, Any]] = json.loads(ran.stdout)
        return found

    return run


@pytest.fixture(scope="module")
def pages(editions: Callable[..., Built]) -> list[Path]:
    """The HTML editions to look at."""
    return [editions(name, theme).editions[Format.HTML] for name, theme in PAGES]


def test_nothing_stands_in_the_way_of_any_reader(axe: Callable[..., list[dict[str, Any]]], pages: list[Path]) -> None:
    runs = axe(*pages)
    assert len(runs) == 4 * len(pages)
    faults = {(run["file"], run["scheme"], run["width"]): run["violations"] for run in runs if run["violations"]}
    assert faults == {}
    wide = [(run["file"], run["width"]) for run in runs if run["wide"] > run["width"]]
    assert wide == [], "the page scrolls sideways"
    assert all(run["passes"] for run in runs)


def test_axe_sees_what_is_wrong(tmp_path: Path, axe: Callable[..., list[dict[str, Any]]]) -> None:
    page = tmp_path / "bad.html"
    page.write_text(
        "<!DOCTYPE html><html><title>x</title><img src='data:,'><p style='color:#ccc;background:#fff'>Pale words</p>",
        "utf-8",
    )
    found = {violation["id"] for run in axe(page) for violation in run["violations"]}
    assert {"html-has-lang", "image-alt", "color-contrast"} <= found
