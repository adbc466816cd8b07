"""The same input gives the same bytes: elsewhere, in another environment, in two processes at once, after many jobs."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from editions import SAMPLES, SPECS, Built
from effort import SWEEP, examples

import specflow
from specflow.model import Format

RICH = "telemetry-gateway"  # layers, includes, a table in a file, pictures, diagrams
SAMPLE = RICH if SWEEP > 1 else "minimal"

_ELSEWHERE = """
import os, sys
from dataclasses import replace
from pathlib import Path
from specflow.model import Format, Job
from specflow.pipeline import build
from specflow.project import find_settings
from specflow.tools.kit import Tools
from specflow.tools.pandoc import Pandoc

spec, small, out, umask, jobs = sys.argv[1:]
os.umask(int(umask, 8))
with Tools(Pandoc(job_seconds=1000)) as tools:  # however busy the machine is
    for number in range(int(jobs)):
        build(Job(Path(small), Path(out) / "small", (Format.HTML,)), tools, lambda _: None)
    settings = replace(find_settings(Path(spec)), theme="default")
    build(Job(Path(spec), Path(out), settings=settings), tools, lambda _: None)
"""


def start(folder: Path, umask: str, jobs: int, **environment: str) -> subprocess.Popen[bytes]:
    """Start a build of the sample's copy in the folder, behind so many small jobs, in another environment."""
    folder.mkdir(parents=True)
    shutil.copytree(SAMPLES / SAMPLE, folder / "spec")
    home = folder / "home"
    home.mkdir()
    kept = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT") if name in os.environ}
    around = {
        **kept,
        "PYTHONPATH": str(Path(specflow.__file__).parents[1]),
        "HOME": str(home),
        "XDG_CACHE_HOME": str(home / "cache"),
        "SPECFLOW_CACHE": str(home / "specflow"),
        **environment,
    }
    spec = Path("spec") / SPECS[SAMPLE].relative_to(SAMPLES / SAMPLE)
    words = [str(spec), str(SPECS["minimal"]), "built", umask, str(jobs)]
    return subprocess.Popen([sys.executable, "-c", _ELSEWHERE, *words], cwd=folder, env=around)


def hashes(folder: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir() if path.is_file()}


def test_the_same_input_gives_the_same_bytes(editions: Callable[..., Built], tmp_path: Path) -> None:
    here = editions(SAMPLE, "default").editions[Format.PDF].parent
    expected = {name: digest for name, digest in hashes(here).items() if not name.startswith(".")}
    assert len(expected) == len(Format) + 1
    first = start(
        tmp_path / "ein Ordner ü",
        "077",
        0,
        TZ="Pacific/Kiritimati",
        LC_ALL="C",
        PYTHONHASHSEED="7",
        SOURCE_DATE_EPOCH="1",
    )
    later = start(
        tmp_path / "b",
        "002",
        examples(3),
        TZ="America/St_Johns",
        LC_ALL="tr_TR.UTF-8",
        LANG="tr",
        PYTHONHASHSEED="1234",
    )
    assert first.wait(timeout=1200) == 0
    assert hashes(tmp_path / "ein Ordner ü" / "built") == expected
    assert later.wait(timeout=1200) == 0
    assert hashes(tmp_path / "b" / "built") == expected


def test_the_record_names_everything_that_went_in(editions: Callable[..., Built]) -> None:
    built = editions(RICH, "default")
    inputs, tools = built.content["inputs"], built.content["tools"]
    folder = SAMPLES / RICH
    for name in ("organisation.yaml", "approvals.yaml", "parameters.csv", "safety-case.md"):
        assert inputs["layers"][name] == hashlib.sha256((folder / name).read_bytes()).hexdigest()
    assert inputs["spec"]["sha256"] == hashlib.sha256(SPECS[RICH].read_bytes()).hexdigest()
    assert hashlib.sha256((folder / "gateway.svg").read_bytes()).hexdigest() in inputs["picture_files"].values()
    assert {"body.md.j2", "schema.json", "manifest.yaml"} <= set(inputs["template"]["files"])
    for part in (inputs["filters"], inputs["house"], inputs["theme"]["files"], inputs["picture_files"]):
        assert part
        assert all(len(digest) == 64 for digest in part.values())
    assert {"fonttools", "lxml", "pandoc", "python", "specflow", "typst", "zlib"} <= set(tools)
    for form, place in built.editions.items():
        assert built.content["editions"][form]["sha256"] == hashlib.sha256(place.read_bytes()).hexdigest()
