"""The HTML edition in Chromium, judged by axe-core: both themes, wide and narrow, light and dark.

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

from specflow.model import Format, Record
from specflow.theme import bundled_themes

HERE = Path(__file__).parent
SPEC = HERE.parents[1] / "samples" / "payments-ledger" / "payments-ledger.yaml"
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


@pytest.mark.parametrize("theme", bundled_themes())
def test_nothing_stands_in_the_way_of_any_reader(
    theme: str, editions: Callable[..., Record], axe: Callable[..., list[dict[str, Any]]]
) -> None:
    runs = axe(editions(SPEC, theme).editions[Format.HTML])
    assert {(run["scheme"], run["width"]) for run in runs} == {
        (scheme, width) for scheme in ("light", "dark") for width in (1280, 320)
    }
    for run in runs:
        assert run["violations"] == [], (run["scheme"], run["width"])
        assert run["passes"] >= 20
        assert run["wide"] <= run["width"], "the page scrolls sideways"


def test_axe_sees_what_is_wrong(tmp_path: Path, axe: Callable[..., list[dict[str, Any]]]) -> None:
    page = tmp_path / "bad.html"
    page.write_text("<!DOCTYPE html><html><title>x</title><img src='data:,'><p style='color:#ccc'>x</p>", "utf-8")
    found = {violation["id"] for run in axe(page) for violation in run["violations"]}
    assert {"html-has-lang", "image-alt", "color-contrast"} <= found
