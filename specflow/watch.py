"""Notice that files have changed, by looking at them ten times a second.

Looking at a thousand files takes a few milliseconds, and works on every file system, in containers and over networks.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterable
from pathlib import Path

_EACH_SECONDS = 0.1
_SETTLED_SECONDS = 0.03
"""Many programs empty a file and then fill it: what has just changed is looked at again before anybody reads it."""

_ABSENT = (-1, -1, -1)
_State = tuple[int, int, int]


class Watch:
    """A set of files and folders; a folder changes when something in it comes, goes or gets another name."""

    def __init__(self, paths: Iterable[Path]) -> None:
        self._seen = _look(set(paths))

    def changed(self) -> bool:
        """Return whether anything is not as it was when this was last asked; what is new counts from now on."""
        now = _look(self._seen)
        is_changed = now != self._seen
        self._seen = now
        return is_changed

    def wait(self) -> None:
        """Wait until something has changed, and no more does."""
        while not self.changed():
            time.sleep(_EACH_SECONDS)
        while True:
            time.sleep(_SETTLED_SECONDS)
            if not self.changed():
                return

    def renew(self, paths: Iterable[Path]) -> None:
        """Watch these paths from now on; of those watched before, a change that nobody has asked for still counts."""
        wanted = set(paths)
        self._seen = _look(wanted - self._seen.keys()) | {path: self._seen[path] for path in wanted & self._seen.keys()}


def with_folders(files: Iterable[Path]) -> set[Path]:
    """Return the files and the folders that they lie in: editors often replace a file by a new one."""
    found = set(files)
    return found | {path.parent for path in found}


def tree(folder: Path) -> set[Path]:
    """Return the folder and all below it, hidden files and compiled Python apart."""
    found = {folder}
    for name, folders, files in os.walk(folder):
        folders[:] = [below for below in folders if not below.startswith(".") and below != "__pycache__"]
        found |= {Path(name, entry) for entry in (*folders, *files) if not entry.startswith(".")}
    return found


def _look(paths: Iterable[Path]) -> dict[Path, _State]:
    return {path: _state(path) for path in paths}


def _state(path: Path) -> _State:
    try:
        found = os.stat(path)  # noqa: PTH116  (this runs for thousands of files)
    except OSError:
        return _ABSENT
    return found.st_mtime_ns, found.st_size, found.st_ino
