"""The project: what a file `specflow.yaml` says for all documents below its folder.

The command line asks this module before it knows if there is such a file; what reads one is imported only then.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from pathlib import Path

from specflow.model import Format, Settings

PROJECT_FILE = "specflow.yaml"


@dataclass(frozen=True, slots=True)
class Project:
    """What a project file says; the default is that of a document without one.

    `folder` is the file's own folder, links resolved, and all paths lie below it. No `formats`, no `out`: it says
    nothing of them. `exclude` holds patterns of what a search for specs leaves out.
    """

    folder: Path | None = None
    file: Path | None = None
    settings: Settings = field(default_factory=Settings)
    formats: tuple[Format, ...] = ()
    out: Path | None = None
    templates: tuple[Path, ...] = ()
    exclude: tuple[str, ...] = ()

    def excludes(self, path: Path) -> bool:
        """Return if a pattern matches the file or folder, or a folder above it.

        `*` and `?` stand for characters of one name, `**` for any folders. A pattern without a slash matches the name
        at any depth, any other one the path from the project folder on.
        """
        if self.folder is None or not self.exclude or not path.is_relative_to(self.folder):
            return False
        below = path.relative_to(self.folder).as_posix()
        return any(_expression(pattern).fullmatch(below) for pattern in self.exclude)


def find_project(spec: Path) -> Project:
    """Return the project that the spec belongs to, by the nearest `specflow.yaml` upward from its folder.

    Raises InvalidData with every fault of that file, FileAccess if it cannot be read.
    """
    file = project_file(spec.parent)
    if file is None:
        return Project()
    from specflow.project_reader import read_project

    return read_project(file)


def find_settings(spec: Path) -> Settings:
    """Return the settings of the project that the spec belongs to; raises as find_project does."""
    return find_project(spec).settings


def project_file(folder: Path) -> Path | None:
    """Return the nearest project file in the folder or above it."""
    here = real_path(folder)
    return next((above / PROJECT_FILE for above in (here, *here.parents) if (above / PROJECT_FILE).is_file()), None)


def real_path(path: Path) -> Path:
    """Return the absolute path, links followed; a loop of links is no fault, as it is to Path.resolve."""
    return Path(os.path.realpath(path))


_WILD = re.compile(r"\*\*/|\*\*|\*|\?")
_MEANING = {"**/": r"(?:[^/]+/)*", "**": r".*", "*": r"[^/]*", "?": r"[^/]"}


def _expression(pattern: str) -> re.Pattern[str]:
    pattern = pattern.strip().removeprefix("./").strip("/")
    if "/" not in pattern:
        pattern = f"**/{pattern}"
    made, end = "", 0
    for wild in _WILD.finditer(pattern):
        made += re.escape(pattern[end : wild.start()]) + _MEANING[wild[0]]
        end = wild.end()
    return re.compile(made + re.escape(pattern[end:]) + "(?:/.*)?", re.DOTALL)
