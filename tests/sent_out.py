"""A memo that was sent out, and what one does with it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from word_files import MEMO, TEMPLATES, Edit, edited
from workbench import Project, Ran


@dataclass(frozen=True)
class Sent:
    """The memo in the current folder, as it was built, and what one does with it."""

    project: Project

    @property
    def docx(self) -> bytes:
        return (self.project.folder / "out" / "memo.docx").read_bytes()

    def returned(self, *edits: Edit) -> Path:
        return self.project.write("returned.docx", edited(self.docx, *edits))

    def run(self, *words: str | Path) -> Ran:
        return self.project.run(*words, "--templates", TEMPLATES)

    def review(self, *edits: Edit, record: bool = False) -> Ran:
        """Send the file back with the edits, and ask for its decisions."""
        self.returned(*edits)
        return self.run("review", "decisions", "returned.docx", "--spec", "memo.yaml", *["--record"] * record)

    def rebuilt(self, text: str = MEMO) -> None:
        self.project.write("memo.yaml", text)
        ran = self.run("build", "memo.yaml", "-f", "docx")
        assert not ran.exit, ran.text
