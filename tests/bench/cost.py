"""What commands cost: time on the clock, time of processors, memory."""

from __future__ import annotations

import os
import statistics
import subprocess
import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

Command = Sequence[str]


@dataclass(frozen=True)
class Cost:
    """What commands took: seconds on the clock and of processor, and MiB of memory at the peak of all processes."""

    wall: float
    cpu: float
    peak: float


def measure(
    chains: Iterable[Sequence[Command]],
    *,
    at_once: int = 1,
    folder: Path | None = None,
    environment: Mapping[str, str] | None = None,
) -> Cost:
    """Return what the chains cost, so many of them running at once; the commands of a chain run one after the other.

    Raises SystemExit with what a command said that failed.
    """

    def run(chain: Sequence[Command]) -> None:
        for command in chain:
            ran = subprocess.run(
                command, cwd=folder, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False
            )
            if ran.returncode:
                raise SystemExit(f"{' '.join(command)} failed:\n{ran.stderr.decode()[-2000:]}")

    before, start, highest = os.times(), time.monotonic(), _Highest(os.getpid())
    try:
        with ThreadPoolExecutor(at_once) as pool:
            list(pool.map(run, chains))
    finally:
        peak = highest.stop()
    after, wall = os.times(), time.monotonic() - start
    cpu = after.children_user - before.children_user + after.children_system - before.children_system
    return Cost(wall, cpu, peak)


def median(costs: Sequence[Cost]) -> Cost:
    """Return the median of each figure."""
    return Cost(*(statistics.median(getattr(cost, name) for cost in costs) for name in ("wall", "cpu", "peak")))


class _Highest:
    """Watches the memory of a process's descendants, itself left out (Linux: /proc; elsewhere nothing is seen)."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._peak = 0.0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch)
        self._thread.start()

    def stop(self) -> float:
        """Return the peak in MiB."""
        self._over.set()
        self._thread.join()
        return self._peak

    def _watch(self) -> None:
        while not self._over.wait(0.1):
            self._peak = max(self._peak, sum(_resident(pid) for pid in _family(self._pid)[1:]))


def _family(root: int) -> list[int]:
    """Return the process and its descendants."""
    parents: dict[int, list[int]] = {}
    for entry in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = entry.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        parents.setdefault(int(fields[1]), []).append(int(entry.parent.name))
    family = [root]
    for pid in family:
        family += parents.get(pid, [])
    return family


def _resident(pid: int) -> float:
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    except (OSError, IndexError):
        return 0.0
    return pages * os.sysconf("SC_PAGE_SIZE") / (1 << 20)
