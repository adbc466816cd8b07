"""Every page in errors/ tells the truth: what it says specflow prints is what specflow prints."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from pages import page_blocks, play
from workbench import Project

PAGES = Path(__file__).parent / "errors"
NAMES = sorted(path.relative_to(PAGES).with_suffix("").as_posix() for path in PAGES.rglob("*.md"))


@pytest.mark.parametrize("name", NAMES)
def test_page(name: str, project: Project, accept: bool) -> None:
    page = PAGES / f"{name}.md"
    shutil.copytree(PAGES / "templates", project.folder / "templates")
    text = page.read_text("utf-8")
    assert any(block.language == "console" for block in page_blocks(text)), (
        "a page without a console block tests nothing"
    )
    played = play(text, project)
    if accept:
        page.write_text(played, "utf-8")
    else:
        assert played == text


def test_there_are_pages() -> None:
    assert len(NAMES) >= 25


def test_a_wrong_page_is_found_out(project: Project) -> None:
    page = "# Wrong\n\n```console\n$ specflow bild\nwhat it never prints\n```\n"
    assert play(page, project) != page


def test_files_are_written_as_the_page_says(project: Project) -> None:
    play("~~~yaml file=a/b.yaml encoding=latin-1 eol=crlf\nä: ```\n~~~\n", project)
    assert (project.folder / "a/b.yaml").read_bytes() == b"\xe4: ```\r\n"
