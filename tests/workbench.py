"""A folder in which specflow is run as a user would, and what it printed."""

from __future__ import annotations

import contextlib
import io
from dataclasses import dataclass
from pathlib import Path

from specflow.cli.main import main
from specflow.version import version


@dataclass(frozen=True)
class Ran:
    """What a command printed, with the folder and the version redacted, and its exit code."""

    stdout: str
    stderr: str
    exit: int

    @property
    def text(self) -> str:
        """Everything printed, standard error first, and `=> N` where the exit code is not 0."""
        return f"{self.stderr}{self.stdout}" + (f"=> {self.exit}\n" if self.exit else "")


@dataclass(frozen=True)
class Project:
    """A folder that is the current one while the test runs."""

    folder: Path

    def write(self, name: str, text: str | bytes) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return path

    def run(self, *words: str | Path) -> Ran:
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = main([str(word) for word in words])
        return Ran(self.redact(out.getvalue()), self.redact(err.getvalue()), code)

    def redact(self, text: str) -> str:
        for folder in {str(self.folder), str(self.folder.resolve())}:
            text = text.replace(folder, "[ROOT]")
        for written in ("specflow {}", '"specflow": "{}"'):
            text = text.replace(written.format(version()), written.format("[VERSION]"))
        return text
