"""The documentation names everything that users meet: commands, options, exit codes, diagnostics, filters."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from specflow.cli.arguments import Parser
from specflow.cli.commands import COMMANDS
from specflow.convert import _HINTS
from specflow.errors import ExitCode

ROOT = Path(__file__).parents[1]
_CODE = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")


@cache
def documentation() -> str:
    return "\n".join(path.read_text("utf-8") for path in sorted((ROOT / "docs").rglob("*.md")))


def is_named(text: str) -> bool:
    """Whether the documentation has the text as a word of its own."""
    return re.search(rf"(?<![\w-]){re.escape(text)}(?![\w-])", documentation()) is not None


def options() -> Iterator[tuple[str, str]]:
    for command in COMMANDS:
        parser = Parser(prog=command.name)
        command.module.configure(parser)
        for option in parser.options():
            yield command.name, option


def diagnostic_codes() -> Iterator[str]:
    """Yield the codes that the source can print: what `error` and `warning` are first called with."""
    for path in sorted((ROOT / "specflow").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.args:
                if node.func.id in ("error", "warning"):
                    yield from literals(node.args[0])
                elif node.func.id == "Diagnostic" and len(node.args) > 1:
                    yield from literals(node.args[1])


def literals(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from literals(node.body)
        yield from literals(node.orelse)


@pytest.mark.parametrize("command", [command.name for command in COMMANDS])
def test_command_is_documented(command: str) -> None:
    assert is_named(f"specflow {command}")


@pytest.mark.parametrize("option", sorted({option for _, option in options()} - {"--help"}))
def test_option_is_documented(option: str) -> None:
    assert is_named(option)


@pytest.mark.parametrize("code", list(ExitCode))
def test_exit_code_is_documented(code: ExitCode) -> None:
    assert re.search(rf"^\| *{int(code)} *\|", documentation(), re.MULTILINE)


@pytest.mark.parametrize("code", sorted(set(diagnostic_codes())))
def test_diagnostic_is_documented(code: str) -> None:
    assert _CODE.fullmatch(code), "codes are kebab-case"
    assert is_named(code)


@pytest.mark.parametrize("name", sorted(path.name for path in (ROOT / "filters").glob("*.lua")))
def test_filter_is_documented(name: str) -> None:
    assert is_named(name)


def filter_codes() -> set[str]:
    """Return the codes of the messages that filters give: say('code', …) and '[code] …'."""
    sources = (path.read_text("utf-8") for path in (ROOT / "filters").rglob("*.lua"))
    found = (re.findall(r"say\('([a-z-]+)'|'\[([a-z]+(?:-[a-z]+)+)\]", source) for source in sources)
    return {said or written for pairs in found for said, written in pairs}


def test_every_message_of_a_filter_is_documented_and_has_a_hint() -> None:
    codes = filter_codes()
    assert len(codes) >= 8
    assert {code for code in codes if not is_named(f"`{code}`")} == set()
    assert codes <= set(_HINTS)


def test_every_page_that_is_linked_exists() -> None:
    pages = [*(ROOT / "docs").rglob("*.md"), *ROOT.glob("*.md")]
    linked = [
        (page, link) for page in pages for link in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text("utf-8"))
    ]
    assert not [(page.name, link) for page, link in linked if not (page.parent / link).exists()]
