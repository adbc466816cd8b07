"""The processes of this machine: who started whom, and how much memory each has."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

_PROC = Path("/proc")
_PAGE = os.sysconf("SC_PAGE_SIZE")
_PARENT, _STARTED, _PAGES = 1, 19, 21  # of /proc/PID/stat, counted from behind the name (proc_pid_stat(5))


@dataclass(frozen=True, slots=True)
class Process:
    """A process: its parent, its resident bytes, and when it started, which tells it from a later one of its number."""

    number: int
    parent: int
    started: str
    size: int


def processes() -> dict[int, Process]:
    """Return all processes by number; what ends meanwhile is left out."""
    if (_PROC / "self" / "stat").exists():
        found = (_read(int(path.name)) for path in _PROC.iterdir() if path.name.isdecimal())
        return {process.number: process for process in found if process}
    return {process.number: process for process in _listed()}


def family(number: int, known: Mapping[int, Process]) -> list[Process]:
    """Return the process and all that it has started, and these in turn."""
    children: dict[int, list[Process]] = {}
    for process in known.values():
        children.setdefault(process.parent, []).append(process)
    found = [known[number]] if number in known else []
    for process in found:
        found.extend(children.get(process.number, ()))
    return found


def kill(members: Iterable[Process]) -> None:
    """End the processes that still are the ones that were seen."""
    for process in members:
        now = _read(process.number) if _PROC.is_dir() else process
        if now and now.started == process.started:
            with contextlib.suppress(OSError):
                os.kill(process.number, signal.SIGKILL)


def _read(number: int) -> Process | None:
    try:
        text = (_PROC / str(number) / "stat").read_text("ascii", "replace")
    except OSError:
        return None
    fields = text.rpartition(")")[2].split()
    return Process(number, int(fields[_PARENT]), fields[_STARTED], int(fields[_PAGES]) * _PAGE)


def _listed() -> Iterable[Process]:
    """Yield the processes by the POSIX command, where there is no /proc."""
    command = ["ps", "-A", "-o", "pid=,ppid=,rss="]
    shown = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    for line in shown.splitlines():
        number, parent, kilobytes = line.split()
        yield Process(int(number), int(parent), "", int(kilobytes) << 10)
