"""`specflow build --watch`: build again what changes, and go on whatever goes wrong."""

from __future__ import annotations

import argparse
import os
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import NoReturn, Protocol

from specflow.cli.arguments import template_folders
from specflow.cli.report import Report
from specflow.cli.specs import Found, find_specs, out_folder
from specflow.errors import ExitCode, SpecflowError
from specflow.project import PROJECT_FILE, project_file, real_path
from specflow.watch import Watch, tree, with_folders


class Build(Protocol):
    """Builds once."""

    def __call__(self, options: argparse.Namespace, report: Report, *, again: bool) -> ExitCode:
        """Build what has changed; or raise SpecflowError."""


def keep_building(options: argparse.Namespace, report: Report, build: Build) -> NoReturn:
    """Build, and again whenever an input changes, until somebody stops it; faults are reported and waited out."""
    watch, again = Watch(_inputs(options)), False
    while True:
        try:
            build(options, report, again=again)
        except SpecflowError as fault:
            report.diagnostics(fault.diagnostics)
        if not again:
            report.note("watching; Ctrl-C ends it")
        again = True
        watch.renew(_inputs(options))
        watch.wait()


def _inputs(options: argparse.Namespace) -> set[Path]:
    """Return all files and folders that decide about the documents, as far as they are known."""
    found = find_specs(options.paths, options.exclude, options.out, options.data)
    files = with_folders({*options.paths, *options.data, *_of_documents(found, options)})
    outs = {real_path(out_folder(options.out, one.project)) for one in found}
    return files | {path for folder in options.paths for path in _searched(folder, outs)}


def _of_documents(documents: Sequence[Found], options: argparse.Namespace) -> Iterator[Path]:
    """Yield the specs, and what their latest builds were made from."""
    from specflow.batch.documents import document_id
    from specflow.batch.store import Store, cache_folder
    from specflow.cli.build import job_of

    folders: set[str] = set()
    templates = template_folders(options)
    with Store(cache_folder(), lambda _: None) as store:
        for found in documents:
            yield found.spec
            yield from filter(None, [project_file(found.spec.parent)])
            row = store.document(document_id(job_of(found, options, templates))) if not found.refusal else None
            if row:
                yield from map(Path, row["inputs"])
                folders.update(row["trees"])
    for folder in sorted(folders):
        yield from tree(Path(folder))


def _searched(folder: Path, left_out: Collection[Path]) -> Iterator[Path]:
    """Yield the folders in which new specs, or a project file, may come up."""
    if not folder.is_dir():
        return
    yield folder / PROJECT_FILE
    for name, folders, _ in os.walk(folder):
        here = Path(name)
        folders[:] = [below for below in folders if below[0] != "." and real_path(here / below) not in left_out]
        yield here
