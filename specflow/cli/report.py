"""What the command line prints: results on standard output, everything else on standard error.

Paths below the current folder are printed relative to it. Only the words "error" and "warning" are coloured,
and only on a terminal that wants colour (https://no-color.org).
"""

from __future__ import annotations

import dataclasses
import os
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import IO, Any

from specflow.diagnostics import Diagnostic, Severity, error
from specflow.errors import FileAccess
from specflow.version import version

FORMAT = 1
"""Version of the JSON that --json prints; it rises when a field changes its meaning or goes away."""

_COLOURS = {Severity.ERROR: "\x1b[1;31m", Severity.WARNING: "\x1b[1;33m"}
_RESET = "\x1b[0m"
# A file name or a value may hold escape sequences; a terminal must show them, not obey them.
_CONTROLS = {code: f"\\x{code:02x}" for code in (*range(0x20), *range(0x7F, 0xA0)) if code != 0x0A}


class Report:
    """The two streams, and how diagnostics look on them; with `json`, diagnostics wait for the JSON object."""

    def __init__(self, *, json: bool = False) -> None:
        self.json = json

    def result(self, text: str) -> None:
        """Print a result."""
        _write(sys.stdout, text)

    def note(self, text: str) -> None:
        """Print what is not a result; nothing with `json`."""
        if not self.json:
            _write(sys.stderr, text)

    def diagnostics(self, diagnostics: Iterable[Diagnostic]) -> None:
        """Print each diagnostic with its hint; nothing with `json`."""
        for diagnostic in diagnostics:
            self.note(diagnostic_text(diagnostic, colour=_wants_colour(sys.stderr)))

    def document(self, command: str, exit_code: int, **fields: Any) -> None:
        """Print the JSON object of a command; ASCII, so that it is valid whatever the terminal's encoding."""
        head = {"specflow": version(), "format": FORMAT, "command": command}
        self.result(json_text({**head, **fields, "exit": int(exit_code)}))


def json_text(value: Mapping[str, Any]) -> str:
    """Return the value as indented ASCII JSON, keys in the given order."""
    import json

    return json.dumps(value, indent=2)


def shown(path: Path) -> str:
    """Return the path as it is printed: relative to the current folder when it lies below."""
    return relative(path).as_posix().translate(_CONTROLS)


def relative(path: Path) -> Path:
    """Return the path relative to the current folder when it lies below it, else unchanged."""
    here = Path.cwd()
    if path.is_absolute():
        for below in (path, path.resolve()):
            if below.is_relative_to(here):
                return below.relative_to(here)
    return path


def placed(diagnostic: Diagnostic) -> Diagnostic:
    """Return the diagnostic with its file as it is printed."""
    span = diagnostic.span
    return (
        dataclasses.replace(diagnostic, span=dataclasses.replace(span, file=relative(span.file)))
        if span
        else diagnostic
    )


def diagnostic_text(diagnostic: Diagnostic, *, colour: bool) -> str:
    """Return the printed form, one or two lines."""
    diagnostic = placed(diagnostic)
    text = str(diagnostic).translate(_CONTROLS)
    if not colour:
        return text
    severity = str(diagnostic.severity)
    start = len(f"{diagnostic.span}: ".translate(_CONTROLS)) if diagnostic.span else 0
    return f"{text[:start]}{_COLOURS[diagnostic.severity]}{severity}{_RESET}{text[start + len(severity) :]}"


def _wants_colour(stream: IO[str]) -> bool:
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def _write(stream: IO[str], text: str) -> None:
    try:
        print(text, file=stream, flush=True)
    except BrokenPipeError:
        raise
    except OSError as fault:
        hint = "is the disk full, or the terminal gone?"
        raise FileAccess(error("output-unwritable", f"cannot print: {fault.strerror or fault}", hint=hint)) from fault
