"""Fixtures that every test may use; see README.md for how to run them."""

from __future__ import annotations

import itertools
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from editions import Built, built
from folder import Folder, make
from workbench import Project

from specflow.tools.kit import Tools

pytest_plugins = ["review_fixtures", "signoff_fixtures"]

REQUIRE_ALL = "SPECFLOW_REQUIRE_ALL"
"""With this set to 1 a missing reader fails the test that needs it, so that CI cannot pass by skipping."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--accept", action="store_true", help="rewrite the expected texts with what came out")


@pytest.fixture
def accept(request: pytest.FixtureRequest) -> bool:
    """Whether expected texts are to be rewritten."""
    return bool(request.config.getoption("--accept"))


@pytest.fixture(autouse=True)
def cache(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no test see what another one, or the user, has built."""
    folder = tmp_path_factory.getbasetemp() / f"cache-{next(_NUMBERS)}"
    monkeypatch.setenv("XDG_CACHE_HOME", str(folder))


_NUMBERS = itertools.count()


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """A project of notes, as the tests of batches build it."""
    return make(tmp_path)


@pytest.fixture(scope="session")
def require() -> Callable[[str], Path]:
    """`require("soffice")` returns the program's path, or skips the test; it fails where all readers are required.

    A variable such as SPECFLOW_OOXML_VALIDATOR names a program that is not on the PATH.
    """

    def find(program: str) -> Path:
        variable = f"SPECFLOW_{program.upper().replace('-', '_')}"
        found = os.environ.get(variable) or shutil.which(program)
        if found:
            return Path(found)
        message = f"{program} is not installed ({variable} can name it)"
        if os.environ.get(REQUIRE_ALL) == "1":
            pytest.fail(message)
        pytest.skip(message)

    return find


@pytest.fixture(scope="session")
def tools() -> Iterator[Tools]:
    """One pandoc and one Typst for the whole run."""
    with Tools() as kept:
        yield kept


@pytest.fixture(scope="session")
def demand() -> Callable[[str], None]:
    """`demand(what)` says that something is missing: it skips the test, or fails it where nothing may be skipped."""

    def tell(what: str) -> None:
        if os.environ.get(REQUIRE_ALL) == "1":
            pytest.fail(what)
        pytest.skip(what)

    return tell


@pytest.fixture(scope="session")
def editions(tools: Tools, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Built]:
    """`editions(name, theme)` returns a sample's editions, built once in the whole run; `attached` holds its data."""
    base = tmp_path_factory.getbasetemp()
    shared = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "editions"

    def find(name: str, theme: str, *, attached: bool = False) -> Built:
        return built(name, theme, shared, tools, attached=attached)

    return find


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """An empty folder to write specs into and to run specflow in."""
    folder = tmp_path / "project"
    folder.mkdir()
    monkeypatch.chdir(folder)
    monkeypatch.delenv("NO_COLOR", raising=False)
    return Project(folder)
