"""The HTML editions in Chromium, judged by axe-core: every sample in every theme, wide and narrow, light and dark.

SPECFLOW_AXE names the folder whose node_modules holds axe-core and puppeteer-core.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from specflow.model import Format, Job
from specflow.pipeline import build
from specflow.project import find_settings
from specflow.theme import bundled_themes
from specflow.tools.kit import Tools

HERE = Path(__file__).parent
SAMPLES = HERE.parents[1] / "samples"
SPECS = (
    "minimal/minimal.yaml",
    "payments-ledger/payments-ledger.yaml",
    "telemetry-gateway/telemetry-gateway.yaml",
    "port-customs/port-customs.yaml",
    "port-customs/port-customs-ar.yaml",
)
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
def pages(tools: Tools, tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """The HTML edition of every sample in every theme, each built once."""
    made = []
    for theme in bundled_themes():
        out = tmp_path_factory.mktemp(theme)
        for name in SPECS:
            spec = SAMPLES / name
            settings = replace(find_settings(spec), theme=theme)
            record = build(Job(spec, out, (Format.HTML,), settings=settings), tools, lambda _: None)
            made.append(record.editions[Format.HTML])
    return made


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
    page.write_text("<!DOCTYPE html><html><title>x</title><img src='data:,'><p style='color:#ccc'>x</p>", "utf-8")
    found = {violation["id"] for run in axe(page) for violation in run["violations"]}
    assert {"html-has-lang", "image-alt", "color-contrast"} <= found
