"""Fixtures of the tests of returned files: a memo that was built and sent out."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sent_out import Sent
from word_files import MEMO, PNG, TEMPLATES
from workbench import Project

from specflow import pipeline
from specflow.cli import clock
from specflow.model import Format, Job, Settings
from specflow.tools.kit import Tools


@pytest.fixture(scope="session")
def issued(tools: Tools, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The memo's folder, built once."""
    folder = tmp_path_factory.mktemp("sent")
    (folder / "memo.yaml").write_text(MEMO, "utf-8")
    (folder / "dot.png").write_bytes(PNG)
    pipeline.build(Job(folder / "memo.yaml", folder / "out", templates=(TEMPLATES,)), tools, lambda _: None)
    return folder


@pytest.fixture
def sent(issued: Path, project: Project, monkeypatch: pytest.MonkeyPatch) -> Sent:
    """The memo, in a folder of its own; it is five past two on the 23rd of November 2026, in UTC."""
    shutil.copytree(issued, project.folder, dirs_exist_ok=True)
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 11, 23, 14, 5, 33, tzinfo=UTC))
    return Sent(project)


@pytest.fixture
def word_file(tools: Tools, tmp_path: Path) -> Callable[..., bytes]:
    """`word_file(text, settings)` returns the DOCX edition of a memo."""

    def make(text: str, settings: Settings | None = None) -> bytes:
        (tmp_path / "dot.png").write_bytes(PNG)
        (tmp_path / "memo.yaml").write_text(text, "utf-8")
        job = Job(tmp_path / "memo.yaml", tmp_path / "out", (Format.DOCX,), (TEMPLATES,), settings or Settings())
        return pipeline.build(job, tools, lambda _: None).editions[Format.DOCX].read_bytes()

    return make
