"""Which documents a command line means: its files, and the specs in its folders.

In a folder a spec is a YAML file with a top-level key `template:` or `extends:` that is not itself a layer: no other
file of the search extends it, and its project and `--data` do not name it. Other YAML may lie in the same folder. Order
is that of the command line, and by name within a folder, files before folders.
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from specflow.cli.report import shown
from specflow.diagnostics import Span, error
from specflow.errors import FileAccess, SpecflowError, UsageError
from specflow.project import PROJECT_FILE, Project, find_project, project_file, real_path
from specflow.siblings import SUFFIXES, spec_key

DEFAULT_OUT = Path("out")


@dataclass(frozen=True, slots=True)
class Found:
    """One document to work on: its spec, its folder below OUT, its project, and why it cannot be worked on, if so."""

    spec: Path
    folder: Path = Path()
    project: Project = field(default_factory=Project)
    refusal: SpecflowError | None = None

    @property
    def name(self) -> str:
        """The document's place below OUT, without a suffix."""
        return (self.folder / self.spec.stem).as_posix()


def find_specs(
    paths: Sequence[Path], excluded: Sequence[Path] = (), out: Path | None = None, data: Sequence[Path] = ()
) -> tuple[Found, ...]:
    """Return the documents that the paths mean, each once; what means none is there with its refusal.

    Not searched are hidden folders, virtual environments, `excluded`, what the project excludes, and where it is
    written to: `out`, or else the project's folder, or else the default one. `data` are layers.
    """
    search = _Search(excluded, out, data)
    found: dict[Path, Found] = {}
    for path in paths:
        for one in search.below(path) if path.is_dir() else [search.named(path)]:
            found.setdefault(search.real(one.spec), one)
    return tuple(found.values())


def out_folder(out: Path | None, project: Project) -> Path:
    """Return where to write to: what the command line says, or else the project, or else `out`."""
    return out or project.out or DEFAULT_OUT


def refuse_clashes(found: Sequence[Found], out: Path | None) -> tuple[Found, ...]:
    """Return the documents, refusing all that would write the same files as another.

    Names that differ in case alone clash too: on many file systems they are the same file.
    """
    rivals = defaultdict(list)
    folders = {path: real_path(path) for path in {out_folder(out, one.project) for one in found}}
    targets = [(folders[out_folder(out, one.project)], one.name.casefold()) for one in found]
    for one, target in zip(found, targets, strict=True):
        if one.refusal is None:
            rivals[target].append(one)
    return tuple(_refuse_clash(one, rivals[target]) for one, target in zip(found, targets, strict=True))


def _refuse_clash(one: Found, rivals: Sequence[Found]) -> Found:
    others = [shown(rival.spec) for rival in rivals if rival is not one]
    if one.refusal or not others:
        return one
    hint = "rename one of them, or build them into different folders with --out"
    message = f"would be written to the same files as {', '.join(others)}: {one.name}.*"
    return replace(one, refusal=UsageError(error("output-clash", message, Span(one.spec), hint)))


class _Search:
    """Looks for specs; a project file is read once, however many documents are below it."""

    def __init__(self, excluded: Sequence[Path], out: Path | None, data: Sequence[Path]) -> None:
        self._real: dict[Path, Path] = {}
        self._layered: set[Path] = set()
        self._left_out = {self.real(path) for path in (*excluded, *data)}
        self._out = out
        self._projects: dict[Path | None, Project | Found] = {None: Project()}

    def real(self, path: Path) -> Path:
        """Return the path, links followed; each is looked at once."""
        if path not in self._real:
            self._real[path] = real_path(path)
        return self._real[path]

    def named(self, path: Path) -> Found:
        """Return the document of a file that the command line names."""
        project = self._project(path)
        if isinstance(project, Found):
            return project
        if path.name == PROJECT_FILE:
            hint = "name a spec, or the folder to search for specs"
            fault = error("project-file", "this is the project file, not a spec", Span(path), hint)
            return Found(path, refusal=UsageError(fault))
        return Found(path, project=project)

    def below(self, folder: Path) -> list[Found]:
        """Return the documents in the folder and below it, or that there are none."""
        found = list(self._walk(folder))
        layers = self._layers(found)
        documents = [one for one in found if one.refusal or self.real(one.spec) not in layers]
        if documents:
            return documents
        message = "there is no spec in this folder"
        hint = 'a spec is a .yaml file with a top-level "template:" key; "specflow new DIR" writes one'
        return [Found(folder, refusal=UsageError(error("no-specs", message, Span(folder), hint)))]

    def _project(self, spec: Path) -> Project | Found:
        """Return the project of the spec, or its project file with what is wrong with it."""
        file = project_file(spec.parent)
        if file not in self._projects:
            try:
                self._projects[file] = find_project(spec)
            except SpecflowError as fault:
                self._projects[file] = Found(file or spec, refusal=fault)
        return self._projects[file]

    def _walk(self, folder: Path) -> Iterator[Found]:
        refused: list[OSError] = []
        for name, folders, files in os.walk(folder, onerror=refused.append):
            here = Path(name)
            project = self._project(here / PROJECT_FILE)
            if isinstance(project, Found):
                folders.clear()
                yield project
                continue
            left_out = self._left_out | {self.real(out_folder(self._out, project))}
            folders[:] = sorted(below for below in folders if self._is_searched(here / below, left_out, project))
            for file in sorted(files):
                path = here / file
                if path.suffix.lower() not in SUFFIXES or file == PROJECT_FILE:
                    continue
                if self._is_left_out(path, left_out, project):
                    continue
                key = spec_key(path)
                if key == "extends":
                    self._layered.add(path)
                if key:
                    yield Found(path, here.relative_to(folder), project)
        for fault in refused:
            path = Path(fault.filename or folder)
            message = f"this folder cannot be searched: {fault.strerror}"
            refusal = FileAccess(error("folder-unreadable", message, Span(path), "check its permissions"))
            yield Found(path, refusal=refusal)

    def _is_searched(self, folder: Path, left_out: set[Path], project: Project) -> bool:
        is_hidden = folder.name.startswith(".") or (folder / "pyvenv.cfg").exists()
        return not (is_hidden or self._is_left_out(folder, left_out, project))

    def _is_left_out(self, path: Path, left_out: set[Path], project: Project) -> bool:
        real = self.real(path)
        return real in left_out or project.excludes(real)

    def _layers(self, found: Iterable[Found]) -> set[Path]:
        """Return the files that are layers: of projects, or of other files found.

        Files that extend one another in a circle are none, so that loading them says so.
        """
        documents = [one for one in found if one.refusal is None]
        beneath: dict[Path, tuple[Path, ...]] = {}
        if self._layered:
            from specflow.load.layers import extended_by

            beneath = {self.real(one.spec): extended_by(one.spec) for one in documents if one.spec in self._layered}
        in_circles = {spec for spec in beneath if spec in _reached(spec, beneath)}
        extended = {path for paths in beneath.values() for path in paths}
        projects = {path for one in documents for path in one.project.settings.layers}
        return (extended - in_circles) | projects


def _reached(spec: Path, beneath: dict[Path, tuple[Path, ...]]) -> set[Path]:
    reached: set[Path] = set()
    waiting = list(beneath[spec])
    while waiting:
        path = waiting.pop()
        if path not in reached:
            reached.add(path)
            waiting.extend(beneath.get(path, ()))
    return reached
