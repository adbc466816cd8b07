"""`specflow build`: make the editions of documents."""

from __future__ import annotations

import argparse
import contextlib
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from specflow.batch.how import BUILT, RESTORED, UNCHANGED
from specflow.cli.arguments import (
    add_fail_on_warnings,
    add_json,
    add_paths,
    add_settings,
    add_templates,
    chosen_settings,
    describe,
    require_files,
    template_folders,
)
from specflow.cli.documents import Done, Outcome, Tally, failures, state
from specflow.cli.progress import Progress
from specflow.cli.report import Report
from specflow.cli.specs import Found, find_specs, out_folder, refuse_clashes
from specflow.diagnostics import Diagnostic, error
from specflow.errors import ExitCode, UsageError
from specflow.model import Format, Job, Settings

if TYPE_CHECKING:
    from specflow.batch.attempt import Cache, Result

NAME = "build"
_UNITS = {"": 0, "K": 10, "M": 20, "G": 30}


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    describe(
        parser,
        "Write OUT/<relative folder>/<stem>.docx, .pdf, .html and the record .json for every spec. A document\n"
        "with a fault, or whose editions do not agree, keeps its earlier editions; the others go on. What is\n"
        "in place and right already is left alone.",
        [
            "specflow build specs/ledger.yaml",
            "specflow build specs --out dist --formats pdf,html",
            "specflow build specs --exclude specs/old --json",
            "specflow build specs -j 4 --timeout 120 --fail-fast",
            "specflow build specs --scheduler tcp://host:8786",
            "specflow build specs/ledger.yaml --data release.yaml --page-size letter",
        ],
    )
    add_paths(parser)
    parser.add_argument(
        "-o",
        "--out",
        type=Path,
        metavar="OUT",
        help="the folder to write to (default: that of the project file, or out)",
    )
    parser.add_argument(
        "-f",
        "--formats",
        type=formats,
        metavar="LIST",
        help="which editions, comma-separated: docx,pdf,html (default: those of the project file, or all)",
    )
    parser.add_argument(
        "-j", "--jobs", type=positive, metavar="N", help="so many documents at once (default: as there are processors)"
    )
    parser.add_argument(
        "--scheduler", default="", metavar="ADDRESS", help="build on a Dask cluster, such as tcp://host:8786"
    )
    parser.add_argument("--watch", action="store_true", help="go on, and build again what changes, until Ctrl-C")
    parser.add_argument("--fail-fast", action="store_true", help="stop at the first document that fails")
    parser.add_argument(
        "--timeout",
        type=seconds,
        metavar="SECONDS",
        help="how long a document may take (default: 600)",
    )
    parser.add_argument("--no-cache", action="store_true", help="build everything, and keep nothing in the cache")
    parser.add_argument(
        "--cache-limit", type=size, metavar="SIZE", help="how large the cache may grow, such as 500M (default: 2G)"
    )
    parser.add_argument(
        "--verify",
        action=argparse.BooleanOptionalAction,
        help="read the editions again and compare them before they are put in place (default: yes)",
    )
    add_settings(parser)
    add_templates(parser)
    add_fail_on_warnings(parser)
    add_json(parser)


def formats(text: str) -> tuple[Format, ...]:
    """Return the formats that a comma-separated list names, each once, in the canonical order."""
    names = [name.strip().lower() for name in text.split(",") if name.strip()]
    unknown = [name for name in names if name not in set(Format)]
    if unknown or not names:
        message = f'there is no format "{unknown[0] if unknown else text}"; the formats are {", ".join(Format)}'
        raise argparse.ArgumentTypeError(message)
    return tuple(made for made in Format if made in names)


def positive(text: str) -> int:
    """Return the number of workers."""
    if not text.isdecimal() or not int(text):
        raise argparse.ArgumentTypeError(f'"{text}" is no number of workers; write 1 or more')
    return int(text)


def seconds(text: str) -> float:
    """Return a time."""
    try:
        found = float(text)
    except ValueError:
        found = 0.0
    if not 0 < found < float("inf"):
        raise argparse.ArgumentTypeError(f'"{text}" is no time; write seconds, such as 90')
    return found


def size(text: str) -> int:
    """Return a number of bytes."""
    number, unit = (text[:-1], text[-1:].upper()) if not text.isdecimal() else (text, "")
    if not number.isdecimal() or unit not in _UNITS:
        raise argparse.ArgumentTypeError(f'"{text}" is no size; write a whole number and K, M or G, such as 500M')
    return int(number) << _UNITS[unit]


def run(options: argparse.Namespace, report: Report) -> ExitCode:
    """Build every document whose editions are not those of its inputs; with --watch, again and again."""
    if options.scheduler and (options.jobs or options.watch):
        message = f"--scheduler does not go with {'--jobs' if options.jobs else '--watch'}"
        raise UsageError(error("usage", message, hint="leave out one of them"))
    if not options.watch:
        return build(options, report)
    if report.json or options.no_cache:
        message = f"--watch does not go with {'--json' if report.json else '--no-cache'}"
        raise UsageError(error("usage", message, hint="leave out one of them"))
    from specflow.cli.watching import keep_building

    return keep_building(options, report, build)


def build(options: argparse.Namespace, report: Report, *, again: bool = False) -> ExitCode:
    """Build what has changed, and say so; `again` says nothing of documents that have not."""
    templates = template_folders(options)
    require_files(options)
    found = refuse_clashes(find_specs(options.paths, options.exclude, options.out, options.data), options.out)
    from specflow.batch.attempt import Result, open_cache
    from specflow.batch.limits import Limits
    from specflow.batch.run import Plan, cores, results
    from specflow.batch.store import LIMIT, cache_folder

    plan = Plan(
        options.jobs or cores(),
        None if options.no_cache else cache_folder(),
        options.cache_limit or LIMIT,
        Limits(seconds=options.timeout) if options.timeout else Limits(),
        in_workers=bool(options.timeout),
        with_record=report.json,
        scheduler=options.scheduler,
    )
    cache = open_cache(plan.folder, plan.cache_limit) if plan.folder else None
    numbers = [at for at, one in enumerate(found) if one.refusal is None]
    done: dict[int, Result] = {
        at: Result(one.refusal.exit_code, one.refusal.diagnostics) for at, one in enumerate(found) if one.refusal
    }
    batch = _Batch(found, report, fail_on_warnings=options.fail_on_warnings, again=again)
    for at, result in done.items():
        batch.take(at, result)
    came_in = results([job_of(found[at], options, templates) for at in numbers], cache, plan)
    with contextlib.closing(came_in):
        while not (options.fail_fast and batch.failed) and (one := next(came_in, None)):
            batch.take(numbers[one[0]], one[1])
    if len(found) > 1 or any(path.is_dir() for path in options.paths):
        batch.note(_index({out_folder(options.out, found[at].project) for at in numbers}, cache))
    if cache:
        batch.note(cache.notes)
        cache.store.close()
    return batch.end()


def job_of(one: Found, options: argparse.Namespace, templates: Sequence[Path]) -> Job:
    """Return what is to be done about a document."""
    project = one.project
    return Job(
        spec=one.spec,
        out=out_folder(options.out, project) / one.folder,
        formats=options.formats or project.formats or tuple(Format),
        templates=(*templates, *project.templates),
        settings=_settings(options, one.spec, project.settings),
    )


def _settings(options: argparse.Namespace, spec: Path, given: Settings) -> Settings:
    """Return what the project file and the command line choose; either of them can switch verification off."""
    chosen = chosen_settings(options, spec, given)
    return chosen if options.verify is None else replace(chosen, verify=options.verify)


def _index(folders: Iterable[Path], cache: Cache | None) -> list[Diagnostic]:
    """Write the index of every folder that was written to; return what there is to say about them."""
    from specflow.batch.index import write_index

    warnings = [write_index(folder, cache) for folder in sorted(folders) if folder.is_dir()]
    return [found for found in warnings if found]


class _Batch:
    """What came in so far; reports wait for those of the documents before them."""

    def __init__(self, found: Sequence[Found], report: Report, *, fail_on_warnings: bool, again: bool) -> None:
        self._found = found
        self._again = again
        self._report = report
        self._fail_on_warnings = fail_on_warnings
        self._tally = Tally(report)
        self._progress = Progress(0 if report.json else len(found), sys.stderr)
        self._waiting: dict[int, Outcome] = {}
        self._noted: set[Diagnostic] = set()
        self._how: Counter[str] = Counter()
        self.failed = 0

    def take(self, at: int, result: Result) -> None:
        """Take a document's result, and report all whose turn it is."""
        if result.trace:
            print(result.trace, end="", file=sys.stderr)
        self.note(result.notes)
        self._how[result.how] += 1
        outcome = self._waiting[at] = self._outcome(self._found[at], result)
        self.failed += bool(outcome.exit_code)
        while len(self._tally.outcomes) in self._waiting:
            self._progress.clear()
            self._tally.add(self._waiting.pop(len(self._tally.outcomes)))
        done = len(self._tally.outcomes) + len(self._waiting)
        self._progress.show(done, self.failed, unchanged=self._how[UNCHANGED])

    def note(self, notes: Iterable[Diagnostic]) -> None:
        """Print what is told of the cache, each once."""
        new = [found for found in dict.fromkeys(notes) if found not in self._noted]
        if new:
            self._progress.clear()
            self._noted.update(new)
            self._report.diagnostics(new)

    def end(self) -> ExitCode:
        """Report what is left, and all of them together."""
        self._progress.clear()
        for at in sorted(self._waiting):
            self._tally.add(self._waiting[at])
        outcomes = self._tally.outcomes
        counts = [f"{self._how[how]} {how}" for how in (BUILT, RESTORED, UNCHANGED) if self._how[how]] or [f"0 {BUILT}"]
        if self.failed:
            counts.append(failures(outcomes))
        if len(outcomes) < len(self._found):
            counts.append(f"{len(self._found) - len(outcomes)} not done: --fail-fast")
        return self._tally.end(NAME, ", ".join(counts) if len(self._found) > 1 else "")

    def _outcome(self, one: Found, result: Result) -> Outcome:
        exit_code = result.exit_code
        if self._again and result.how == UNCHANGED:
            return Outcome(one.spec, exit_code, ())
        if result.diagnostics and self._fail_on_warnings:
            exit_code = exit_code or ExitCode.INVALID_DATA
        done = Done(built_line(one, result), result.record) if result.how else None
        return Outcome(one.spec, exit_code, result.diagnostics, done, result.kept)


def built_line(one: Found, result: Result) -> str:
    """Return the one line that a document with editions gets."""
    shown_state = state(result.status, result.version)
    return f"{result.how}  {one.name}  {shown_state}  {' '.join(result.formats)}  {result.completeness}"
