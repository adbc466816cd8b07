"""The wheel is complete: installed where there is no checkout, it builds documents from anywhere."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def run(*words: str | Path, cwd: Path) -> str:
    """Return what a program prints on standard output, in an environment that does not point to the checkout."""
    env = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "VIRTUAL_ENV")}
    ran = subprocess.run([str(word) for word in words], cwd=cwd, env=env, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, f"{words}\n{ran.stdout}\n{ran.stderr}"
    return ran.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "build", "--no-isolation", "--wheel", "--outdir", folder, ROOT, cwd=folder)
    (made,) = folder.glob("*.whl")
    return made


@pytest.fixture(scope="module")
def python(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python of a new environment with the wheel, and with the third-party libraries of the running one."""
    folder = tmp_path_factory.mktemp("venv")
    venv.create(folder, with_pip=False, symlinks=True)
    python = folder / "bin" / "python"
    site = Path(run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", cwd=folder).strip())
    run(sys.executable, "-m", "pip", "--python", python, "install", "--no-deps", "--no-index", wheel, cwd=folder)
    # A plain path in a .pth file: it comes after the environment's own packages, and its own .pth files (an editable
    # specflow among them) are not read.
    (site / "libraries.pth").write_text(sysconfig.get_path("purelib") + "\n", "utf-8")
    return python


def test_wheel_carries_templates_and_filters(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    for folder in ("templates", "filters"):
        files = [path for path in (ROOT / folder).rglob("*") if path.is_file() and "__pycache__" not in path.parts]
        assert files
        assert {f"specflow/assets/{path.relative_to(ROOT).as_posix()}" for path in files} <= names


def test_wheel_carries_every_module_and_nothing_else(wheel: Path) -> None:
    names = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name and "/assets/" not in name}
    modules = {path.relative_to(ROOT).as_posix() for path in (ROOT / "specflow").rglob("*") if path.is_file()}
    assert names == {name for name in modules if "__pycache__" not in name}


def test_installed_specflow_is_the_wheels(python: Path, tmp_path: Path) -> None:
    found = Path(run(python, "-c", "import specflow.cli.main as main; print(main.__file__)", cwd=tmp_path).strip())
    assert found.is_relative_to(python.parents[1])


def test_installed_command_builds_from_anywhere(python: Path, tmp_path: Path) -> None:
    command = python.with_name("specflow")
    work, specs = tmp_path / "work", tmp_path / "specs"
    work.mkdir()
    run(command, "new", specs, cwd=work)
    run(command, "build", specs, "--out", tmp_path / "out", cwd=work)
    made = {path.name for path in (tmp_path / "out").iterdir()}
    editions = {f"specification.{suffix}" for suffix in ("docx", "pdf", "html", "json")}
    assert made == {*editions, "index.csv", "index.html", "index.json"}
    assert not list(work.iterdir())


def test_installed_doctor_finds_everything(python: Path, tmp_path: Path) -> None:
    told = json.loads(run(python.with_name("specflow"), "doctor", "--json", cwd=tmp_path))
    assert told["exit"] == 0
    fonts = next(check for check in told["checks"] if check["name"] == "fonts")
    assert str(python.parents[1]) in fonts["detail"]
