"""Where something is wrong, what it is, and how to mend it.

A diagnostic is data until the last moment: stages make it, the command line prints it, and the same fields go out as
JSON. The printed form is a contract that editors and scripts rely on::

    specs/ledger.yaml:41:5: error[approval-date]: approval by Security Review has no date
      hint: add "date: 2026-11-23" beside "role: Security Review"
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path


class Severity(StrEnum):
    """How bad it is: an error stops the build, a warning does not."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A place in a file; lines and columns count from 1, columns in Unicode characters."""

    file: Path
    line: int | None = None
    column: int | None = None

    def __str__(self) -> str:
        parts = [self.file.as_posix()]
        if self.line is not None:
            parts.append(str(self.line))
            if self.column is not None:
                parts.append(str(self.column))
        return ":".join(parts)


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One fault: its stable code, one sentence (lower case, no full stop), and the mend.

    `key` is the data key that the fault is about (`overview.purpose`), where there is one.
    """

    severity: Severity
    code: str
    message: str
    span: Span | None = None
    hint: str | None = None
    key: str | None = None

    def __str__(self) -> str:
        place = f"{self.span}: " if self.span else ""
        text = f"{place}{self.severity}[{self.code}]: {self.message}"
        return f"{text}\n  hint: {self.hint}" if self.hint else text

    def as_json(self) -> dict[str, str | int | None]:
        """Return the fields as one flat JSON object; absent ones are null."""
        span = self.span
        return {
            "severity": str(self.severity),
            "code": self.code,
            "message": self.message,
            "file": span.file.as_posix() if span else None,
            "line": span.line if span else None,
            "column": span.column if span else None,
            "hint": self.hint,
            "key": self.key,
        }


Warn = Callable[[Diagnostic], None]
"""Where a stage sends what does not stop the build; tests pass `list.append`."""


def error(
    code: str, message: str, span: Span | None = None, hint: str | None = None, key: str | None = None
) -> Diagnostic:
    """Return a diagnostic that stops the build."""
    return Diagnostic(Severity.ERROR, code, message, span, hint, key)


def warning(
    code: str, message: str, span: Span | None = None, hint: str | None = None, key: str | None = None
) -> Diagnostic:
    """Return a diagnostic that does not stop the build."""
    return Diagnostic(Severity.WARNING, code, message, span, hint, key)
