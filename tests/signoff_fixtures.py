"""Fixtures of the sign-off's tests: a memo, and a clock that does not move by itself."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from memos import MEMO, TEMPLATES, Memo
from workbench import Project, Ran

from specflow.cli import clock
from specflow.tools.kit import Tools


@pytest.fixture
def memo(project: Project, tools: Tools) -> Memo:
    """The memo, written into an empty folder that is the current one."""
    return Memo(project.write("memo.yaml", MEMO), tools.pandoc)


@pytest.fixture
def frozen(monkeypatch: pytest.MonkeyPatch) -> None:
    """The time is five past two on the 23rd of November 2026, in UTC."""
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 11, 23, 14, 5, 33, tzinfo=UTC))


@pytest.fixture
def specflow(project: Project, frozen: None) -> Callable[..., Ran]:
    """`specflow("status", ".")` runs a command on the memo's templates."""

    def run(command: str, *words: str) -> Ran:
        own = [] if command == "log" else ["--templates", str(TEMPLATES)]
        return project.run(command, *words, *own)

    return run
