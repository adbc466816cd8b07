"""The exceptions that end a build, and the exit code of each.

A stage raises with *all* the diagnostics it has; only the command line and the batch catch. The codes are a contract
with scripts (see docs/errors.md).
"""

from __future__ import annotations

from enum import IntEnum
from pathlib import Path

from specflow.diagnostics import Diagnostic


class ExitCode(IntEnum):
    """What `specflow` returns to the shell."""

    DONE = 0
    BUG = 1
    USAGE = 2
    INVALID_DATA = 3
    INVALID_TEMPLATE = 4
    CONVERSION_FAILED = 5
    VERIFICATION_FAILED = 6
    SIGNOFF_REFUSED = 7
    TOOL_MISSING = 8
    FILE_ACCESS = 9
    INTERRUPTED = 130


class SpecflowError(Exception):
    """Something specflow can explain; holds at least one diagnostic.

    `kept` is the folder in which a failed build left what it had made so far, if it did.
    """

    exit_code = ExitCode.BUG
    kept: Path | None = None

    def __init__(self, *diagnostics: Diagnostic) -> None:
        super().__init__(*diagnostics)

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """Every fault, in the order in which it is to be read."""
        return self.args

    def __str__(self) -> str:
        return "\n".join(str(diagnostic) for diagnostic in self.args)


class UsageError(SpecflowError):
    """The command line asks for something that does not exist."""

    exit_code = ExitCode.USAGE


class InvalidData(SpecflowError):
    """The YAML, or what it says, is not valid."""

    exit_code = ExitCode.INVALID_DATA


class InvalidTemplate(SpecflowError):
    """The template, its schema or its manifest is not valid."""

    exit_code = ExitCode.INVALID_TEMPLATE


class ConversionFailed(SpecflowError):
    """pandoc, a filter or Typst failed."""

    exit_code = ExitCode.CONVERSION_FAILED


class VerificationFailed(SpecflowError):
    """The editions do not agree; the old ones are left untouched."""

    exit_code = ExitCode.VERIFICATION_FAILED


class SignOffRefused(SpecflowError):
    """A decision cannot be recorded, approvals are missing, or the ledger was tampered with."""

    exit_code = ExitCode.SIGNOFF_REFUSED


class ToolMissing(SpecflowError):
    """A foreign program is not there, or too old."""

    exit_code = ExitCode.TOOL_MISSING


class FileAccess(SpecflowError):
    """A file cannot be read or written."""

    exit_code = ExitCode.FILE_ACCESS
