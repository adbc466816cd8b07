"""What a preview shows: the last good edition, and what is wrong with what was saved since."""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from specflow.diagnostics import Diagnostic, Severity, Span, error
from specflow.errors import SpecflowError
from specflow.model import Format, Job
from specflow.pipeline import build
from specflow.preview.inputs import Inputs
from specflow.tools.kit import Tools

_AROUND = 2
_LONGEST = 300


@dataclass(frozen=True, slots=True)
class Shown:
    """A state of the preview; `number` grows with each, `edition` is the number of the edition, 0 before the first."""

    number: int = 0
    edition: int = 0
    html: bytes = b""
    diagnostics: tuple[Diagnostic, ...] = ()

    @property
    def is_good(self) -> bool:
        """Whether the edition is that of the present data."""
        return not any(found.severity is Severity.ERROR for found in self.diagnostics)

    def as_json(self) -> dict[str, Any]:
        """Return the state as the page in the browser gets it."""
        told = [{**found.as_json(), "lines": excerpt(found.span)} for found in self.diagnostics]
        return {"number": self.number, "edition": self.edition, "good": self.is_good, "diagnostics": told}


class Session:
    """Builds one document again and again; a context manager that ends its programs and removes all it has written.

    `find_job` tells what to build; it is asked each time, because the project file may have changed.
    """

    def __init__(self, spec: Path, find_job: Callable[[Path], Job]) -> None:
        self._spec = spec
        self._find_job = find_job
        self._folder = tempfile.TemporaryDirectory(prefix="specflow-", ignore_cleanup_errors=True)
        self._tools, self._other_tools = Tools(), Tools()
        self._building = threading.Lock()
        self._news = threading.Condition()
        self._shown = Shown()
        self.is_over = False
        self.inputs = Inputs(spec)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._news:
            self.is_over = True
            self._news.notify_all()
        self._tools.close()
        self._other_tools.close()
        self._folder.cleanup()

    @property
    def stem(self) -> str:
        """The name of the document's files."""
        return self._spec.stem

    @property
    def shown(self) -> Shown:
        """What is to be shown now."""
        return self._shown

    def rebuild(self) -> Shown:
        """Return what is to be shown of the data as they are; a fault leaves the last good edition."""
        heard: list[Diagnostic] = []
        html = b""
        try:
            job = self._find_job(Path(self._folder.name) / "shown")
            self.inputs.expect(job)
            # the browser shows one edition: there is nothing that it could differ from
            job = replace(job, formats=(Format.HTML,), settings=replace(job.settings, verify=False))
            record = build(job, self._tools, heard.append, self.inputs)
            html = record.editions[Format.HTML].read_bytes()
        except SpecflowError as fault:
            heard += fault.diagnostics
        except Exception as fault:  # the next save may be better
            heard.append(_bug(self._spec, fault))
        return self._show(html, heard)

    def wait(self, known: int, seconds: float) -> Shown | None:
        """Return the state as soon as it is later than `known`; None if it is not in that time, or all is over."""
        with self._news:
            self._news.wait_for(lambda: self.is_over or self._shown.number > known, seconds)
            return None if self.is_over or self._shown.number <= known else self._shown

    def edition(self, form: Format) -> bytes:
        """Return another edition of the data as they are, made and verified as `specflow build` does.

        Raises SpecflowError with every fault.
        """
        with self._building:
            job = self._find_job(Path(self._folder.name) / "asked")
            record = build(replace(job, formats=tuple(Format)), self._other_tools, lambda _: None)
            return record.editions[form].read_bytes()

    def _show(self, html: bytes, heard: Sequence[Diagnostic]) -> Shown:
        with self._news:
            old = self._shown
            is_new = bool(html) and html != old.html
            self._shown = Shown(
                old.number + 1, old.edition + is_new, html if is_new else old.html, tuple(dict.fromkeys(heard))
            )
            self._news.notify_all()
            return self._shown


def excerpt(span: Span | None) -> list[tuple[int, str]]:
    """Return the line that a diagnostic points at and those around it, with their numbers; none if it has no line."""
    if span is None or span.line is None:
        return []
    try:
        lines = span.file.read_text("utf-8", "replace").split("\n")
    except OSError:
        return []
    first = max(span.line - _AROUND, 1)
    return [(first + at, line[:_LONGEST]) for at, line in enumerate(_between(lines, first, span.line + _AROUND))]


def _between(lines: Sequence[str], first: int, last: int) -> Iterable[str]:
    return lines[first - 1 : last]


def _bug(spec: Path, fault: Exception) -> Diagnostic:
    hint = "please report it with what `specflow build` prints for this document"
    message = f"this document brings out a bug in specflow: {type(fault).__name__}"
    return error("bug", message, Span(spec), hint)
