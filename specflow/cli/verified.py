"""Which documents `verify` means, and what is found in each."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from specflow.cli import clock
from specflow.cli.arguments import chosen_settings
from specflow.cli.release import line
from specflow.cli.report import relative, shown
from specflow.cli.specs import Found, find_specs, out_folder
from specflow.diagnostics import Diagnostic, Span
from specflow.errors import ExitCode, SpecflowError
from specflow.model import Format, Job
from specflow.release.check import Checked, check_pack
from specflow.release.pack import is_pack
from specflow.tools.kit import Tools
from specflow.verify import compare, mutual, read
from specflow.verify.files import Files, is_record, load_files
from specflow.verify.parity import Parity
from specflow.verify.recorded import recorded
from specflow.verify.report import Report
from specflow.verify.seen import Seen
from specflow.verify.tell import diagnostics, places

_RECORD = ".json"
_EDITIONS = {f".{form}" for form in Format}
_SPECS = {".yaml", ".yml"}
_HINT = "if the files are as they were built, report it; else build the document again"


@dataclass(frozen=True, slots=True)
class Verified:
    """How verifying one document went; `report` is None where nothing could be compared."""

    path: Path
    exit_code: ExitCode
    diagnostics: tuple[Diagnostic, ...]
    report: Report | None = None
    pack: Checked | None = None

    @property
    def line(self) -> str:
        """The one line that a document gets that was verified."""
        report = self.report
        if self.pack:
            return line("verified", self.pack)
        if report is None:
            return f"verified  {shown(self.path)}"
        return f"verified  {shown(self.path)}  {' '.join(report.files)}  {len(report.parity.passed)} checks passed"


def verified(options: argparse.Namespace, templates: Sequence[Path], formats: Sequence[Format]) -> Iterator[Verified]:
    """Yield what was found in each document that the paths mean, one after the other."""
    with Tools() as tools:
        for path in options.paths:
            packs = list(_packs(path)) if path.is_dir() else []
            for pack in packs:
                yield _attempt(pack, partial(_of_pack, pack, options, formats))
            records = list(_records(path)) if path.is_dir() else []
            if path.suffix.lower() in {_RECORD, *_EDITIONS} and not path.is_dir():
                records = [path.with_suffix(_RECORD)]
            for record in records:
                yield _attempt(record, partial(_of_record, record, formats))
            if not records and not packs:
                for found in find_specs([path], options.exclude, options.out, options.data):
                    yield _attempt(found.spec, partial(_of_spec, found, options, templates, formats, tools))


def _packs(folder: Path) -> Iterator[Path]:
    """Yield the folder if it is a release, or else the releases below it."""
    if is_pack(folder):
        yield folder
        return
    for below in sorted(path for path in folder.iterdir() if path.is_dir() and not path.name.startswith(".")):
        yield from _packs(below)


def _of_pack(pack: Path, options: argparse.Namespace, formats: Sequence[Format]) -> Verified:
    """Check a release, and compare its editions with each other; altered files come before a sign-off that fails."""
    checked = check_pack(pack, options.trust, now=clock.now(), crls=options.crl, ocsps=options.ocsp)
    if checked.altered:
        return Verified(pack, ExitCode.VERIFICATION_FAILED, checked.faults, pack=checked)
    editions = _of_record(pack / str(checked.manifest["record"]), formats)
    code = editions.exit_code or (ExitCode.SIGNOFF_REFUSED if checked.unapproved else ExitCode.DONE)
    return Verified(pack, code, (*editions.diagnostics, *checked.faults), editions.report, checked)


def _records(folder: Path) -> Iterator[Path]:
    """Yield the records in the folder and below it, by name; hidden folders and releases are not searched."""
    for name, folders, files in os.walk(folder):
        if is_pack(Path(name)):
            folders.clear()
            continue
        folders[:] = sorted(below for below in folders if not below.startswith("."))
        for file in sorted(files):
            path = Path(name) / file
            if path.suffix == _RECORD and is_record(path):
                yield path


def _attempt(path: Path, work: Callable[[], Verified]) -> Verified:
    try:
        return work()
    except SpecflowError as fault:
        return Verified(path, fault.exit_code, fault.diagnostics)


def _of_record(record: Path, formats: Sequence[Format]) -> Verified:
    """Compare the recorded editions with the record, and with each other."""
    files = load_files(record, formats)
    seen, unread = _read(files.editions)
    found = mutual(seen, recorded(files.content))
    return _verified(record, "the record, and with each other", files, found, (*files.faults, *unread), [])


def _of_spec(
    found: Found, options: argparse.Namespace, templates: Sequence[Path], formats: Sequence[Format], tools: Tools
) -> Verified:
    """Compare the editions that were built from a spec with the document that its data give now."""
    from specflow.pipeline import bind

    if found.refusal:
        raise found.refusal
    project = found.project
    out = out_folder(options.out, project) / found.folder
    files = load_files(out / f"{found.spec.stem}{_RECORD}", formats)
    settings = chosen_settings(options, found.spec, project.settings)
    job = Job(found.spec, out, tuple(files.editions), (*templates, *project.templates), settings)
    heard: list[Diagnostic] = []
    spec, converted = bind(job, tools, heard.append)
    seen, unread = _read(files.editions)
    parity = compare(seen, converted, spec)
    at = places(parity.differences, spec.source)
    faults = (*files.faults, *unread)
    return _verified(found.spec, "the document that the data give now, and with each other", files, parity, faults, at)


def _read(editions: Mapping[Format, bytes]) -> tuple[dict[Format, Seen], list[Diagnostic]]:
    """Return what the readers see, and the faults of what they cannot read."""
    seen: dict[Format, Seen] = {}
    faults: list[Diagnostic] = []
    for form, data in editions.items():
        try:
            seen[form] = read(form, data)
        except SpecflowError as fault:
            faults += fault.diagnostics
    return seen, faults


def _verified(
    path: Path,
    against: str,
    files: Files,
    parity: Parity,
    faults: tuple[Diagnostic, ...],
    at: Sequence[Span | None],
) -> Verified:
    at = at or [None] * len(parity.differences)
    told = (*faults, *diagnostics(parity.differences, at, path, _HINT))
    report = Report(shown(path), files.content["document"]["title"], against, files.named, parity, _shown(at), faults)
    return Verified(path, ExitCode.VERIFICATION_FAILED if told else ExitCode.DONE, told, report)


def _shown(at: Sequence[Span | None]) -> list[Span | None]:
    """Return the places with their files as they are printed."""
    return [replace(place, file=relative(place.file)) if place else None for place in at]
