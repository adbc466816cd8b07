"""The stages stand side by side: the pipeline alone knows more than one, and nothing below knows the command line."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "specflow"
STAGES = ("load", "validate", "merge", "signoff", "convert", "finish", "verify", "record")
MODULES = sorted(PACKAGE.rglob("*.py"))


def module_name(path: Path) -> str:
    parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imported(path: Path) -> Iterator[str]:
    """Yield the dotted names that the module imports, also those inside functions."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} imports relatively"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def part(name: str) -> str | None:
    """Return the part of specflow that a dotted name belongs to: its stage, `cli`, `tools` …."""
    words = name.split(".")
    return words[1] if words[0] == "specflow" and len(words) > 1 else None


@pytest.mark.parametrize("stage", STAGES)
def test_a_stage_imports_no_other_stage(stage: str) -> None:
    own = [path for path in MODULES if part(module_name(path)) == stage]
    assert own, f"there is no stage {stage}"
    foreign = {
        (module_name(path), name)
        for path in own
        for name in imported(path)
        if part(name) in {*STAGES, "pipeline"} - {stage}
    }
    assert not foreign


@pytest.mark.parametrize("path", [path for path in MODULES if part(module_name(path)) != "cli"], ids=module_name)
def test_nothing_but_the_command_line_imports_it(path: Path) -> None:
    if path.name != "__main__.py":
        assert not [name for name in imported(path) if part(name) == "cli"]


@pytest.mark.parametrize("path", [path for path in MODULES if part(module_name(path)) == "tools"], ids=module_name)
def test_tools_know_no_stage(path: Path) -> None:
    assert not [name for name in imported(path) if part(name) in {*STAGES, "pipeline"}]


def test_help_loads_nothing_heavy() -> None:
    program = (
        "import sys, contextlib, io\n"
        "from specflow.cli.main import main\n"
        "with contextlib.redirect_stdout(io.StringIO()): code = main(['--help'])\n"
        "heavy = {'jinja2', 'jsonschema', 'lxml', 'pikepdf', 'typst', 'docx', 'yaml', 'shtab'}\n"
        "print(code, *sorted(heavy & set(sys.modules)))\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program], cwd=PACKAGE.parent, capture_output=True, text=True, check=True
    )
    assert ran.stdout == "0\n"
