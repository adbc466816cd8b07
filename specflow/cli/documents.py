"""One command, many documents: a bad one does not stop the others, and every one is accounted for."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from specflow.cli.report import Report, placed, shown
from specflow.cli.specs import Found
from specflow.diagnostics import Diagnostic, Severity, Span, Warn, error
from specflow.errors import ExitCode, SpecflowError

_NAMED_FAILURES = 10
"""So many failed documents the summary names; each was reported above anyway."""


@dataclass(frozen=True, slots=True)
class Done:
    """What working on a document gave: the line to print, and for a build the record."""

    line: str
    record: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one document went; `kept` is the folder with what a failed build had made so far."""

    spec: Path
    exit_code: ExitCode
    diagnostics: tuple[Diagnostic, ...]
    done: Done | None = None
    kept: Path | None = None

    @property
    def errors(self) -> int:
        """How many errors, or, where warnings made it fail, how many warnings."""
        errors = sum(diagnostic.severity is Severity.ERROR for diagnostic in self.diagnostics)
        return errors or len(self.diagnostics)

    def as_json(self) -> dict[str, Any]:
        """Return the outcome as --json prints it."""
        return {
            "spec": shown(self.spec),
            "ok": self.exit_code is ExitCode.DONE,
            "exit": int(self.exit_code),
            "record": self.done.record if self.done else None,
            "kept": shown(self.kept) if self.kept else None,
            "diagnostics": [placed(diagnostic).as_json() for diagnostic in self.diagnostics],
        }


Work = Callable[[Found, Warn], Done]


def state(status: str, version: str) -> str:
    """Return a document's status and version as its line shows them; a draft may have no version yet."""
    return f"{status} v{version}" if version[:1].isdigit() else f"{status}, no version"


def work_through(
    command: str, verb: str, found: Sequence[Found], work: Work, report: Report, *, fail_on_warnings: bool
) -> ExitCode:
    """Do the work for each document, report each as it is done, and return the first failure's code in input order."""
    tally = Tally(report)
    for one in found:
        tally.add(_attempt(one, work, fail_on_warnings=fail_on_warnings))
    return tally.end(command, summary(verb, tally.outcomes) if len(found) > 1 else "")


class Tally:
    """The documents of one command so far, each reported when it is added."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self.outcomes: list[Outcome] = []

    def add(self, outcome: Outcome) -> None:
        """Report how a document went."""
        report = self._report
        self.outcomes.append(outcome)
        report.diagnostics(outcome.diagnostics)
        if outcome.kept:
            report.note(f"what was made of {shown(outcome.spec)} so far is kept in {shown(outcome.kept)}")
        if outcome.done and not report.json:
            report.result(outcome.done.line)
            if outcome.exit_code:
                report.note(f"{shown(outcome.spec)} fails for its {_count(outcome)}: --fail-on-warnings")

    def end(self, command: str, summary: str) -> ExitCode:
        """Print the summary, if there is one, and return the exit code of the first that failed, in input order."""
        outcomes = self.outcomes
        exit_code = next((outcome.exit_code for outcome in outcomes if outcome.exit_code), ExitCode.DONE)
        if self._report.json:
            documents = [outcome.as_json() for outcome in outcomes]
            self._report.document(command, exit_code, documents=documents, diagnostics=[])
        elif summary:
            self._report.note(summary)
        return exit_code


def summary(verb: str, outcomes: Sequence[Outcome]) -> str:
    """Return how many documents went well, and which did not: `3 built, 1 failed: x.yaml (3 errors)`."""
    failed = [outcome for outcome in outcomes if outcome.exit_code]
    counts = f"{len(outcomes) - len(failed)} {verb}"
    return f"{counts}, {failures(outcomes)}" if failed else counts


def failures(outcomes: Sequence[Outcome]) -> str:
    """Return which documents failed, the first of them by name: `1 failed: x.yaml (3 errors)`."""
    failed = [outcome for outcome in outcomes if outcome.exit_code]
    named = ", ".join(f"{shown(outcome.spec)} ({_count(outcome)})" for outcome in failed[:_NAMED_FAILURES])
    more = f" and {len(failed) - _NAMED_FAILURES} more" if len(failed) > _NAMED_FAILURES else ""
    return f"{len(failed)} failed: {named}{more}"


def _count(outcome: Outcome) -> str:
    is_error = any(diagnostic.severity is Severity.ERROR for diagnostic in outcome.diagnostics)
    word = "error" if is_error else "warning"
    return f"{outcome.errors} {word}" if outcome.errors == 1 else f"{outcome.errors} {word}s"


def _attempt(one: Found, work: Work, *, fail_on_warnings: bool) -> Outcome:
    if one.refusal:
        return Outcome(one.spec, one.refusal.exit_code, one.refusal.diagnostics)
    heard: list[Diagnostic] = []
    try:
        done = work(one, heard.append)
    except SpecflowError as fault:
        return Outcome(one.spec, fault.exit_code, (*heard, *fault.diagnostics), kept=fault.kept)
    except Exception as fault:  # a bug that one document brings out must not stop the others
        import traceback

        traceback.print_exc()
        hint = "please report it with the traceback and with what `specflow doctor` prints"
        message = f"this document brings out a bug in specflow: {type(fault).__name__}"
        return Outcome(one.spec, ExitCode.BUG, (*heard, error("bug", message, Span(one.spec), hint)))
    exit_code = ExitCode.INVALID_DATA if heard and fail_on_warnings else ExitCode.DONE
    return Outcome(one.spec, exit_code, tuple(heard), done)
