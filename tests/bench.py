"""What a build costs beside plain pandoc on the same text: `make bench`.

Each command runs in a process of its own, cold, in turns; the table shows the medians. The peer is what a user would
type by hand: pandoc for DOCX, for HTML with its resources embedded, and for Typst source that Typst then typesets.
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from specflow import filter_chain, pipeline
from specflow.convert import READER, filter_context
from specflow.merge import merge
from specflow.model import Job
from specflow.theme import default_theme
from specflow.tools.pandoc import Output, Pandoc, find_pandoc

SAMPLE = Path(__file__).parents[1] / "samples" / "payments-ledger" / "payments-ledger.yaml"
_TYPESET = "import sys, typst; typst.compile(sys.argv[1], output=sys.argv[2])"


@dataclass(frozen=True)
class Cost:
    """What commands took: seconds on the clock and of processor, and MiB of memory at the peak of all processes."""

    wall: float
    cpu: float
    peak: float


def main() -> None:
    """Measure, and print a Markdown table."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--runs", type=int, default=5, help="how often each is run (default: 5)")
    runs = options.parse_args().runs
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        text = folder / "same.md"
        text.write_bytes(bound_text())
        ours = [[sys.executable, "-m", "specflow", "build", str(SAMPLE), "--out", str(folder / "out")]]
        theirs = plain_pandoc(text, folder)
        pairs = [(measure(ours), measure(theirs)) for _ in range(runs)]
    one, other = (median([pair[side] for pair in pairs]) for side in (0, 1))
    print(f"One cold build of {SAMPLE.name} in three formats, median of {runs} runs.")
    print(f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}.\n")
    print("| what | wall s | CPU s | peak MiB |\n|---|---:|---:|---:|")
    print(f"| specflow build | {one.wall:.2f} | {one.cpu:.2f} | {one.peak:.0f} |")
    print(f"| pandoc, three times, and Typst | {other.wall:.2f} | {other.cpu:.2f} | {other.peak:.0f} |")
    ratios = one.wall / other.wall, one.cpu / other.cpu, one.peak / other.peak
    print(f"| **ratio** | {ratios[0]:.2f} | {ratios[1]:.2f} | {ratios[2]:.2f} |")


def bound_text() -> bytes:
    """Return the sample's text, values in place, as pandoc's Markdown."""
    spec = pipeline.check(Job(SAMPLE, Path("unused")), lambda _: None)
    merged = merge(spec, lambda _: None)
    bind = filter_chain.paths(["bind"])
    with Pandoc() as pandoc:
        output = Output("markdown", (), {"wrap_text": "none"})
        answer = pandoc.convert(
            merged.markdown, READER, bind, [output], filter_context(merged, spec, default_theme()), lambda _: ""
        )
    return answer.outputs[0]


def plain_pandoc(text: Path, folder: Path) -> list[list[str]]:
    """Return the commands that give the three formats without specflow."""
    pandoc = str(find_pandoc())
    typst = str(folder / "same.typ")
    return [
        [pandoc, str(text), "--toc", "-o", str(folder / "same.docx")],
        [pandoc, str(text), "--toc", "--standalone", "--embed-resources", "-o", str(folder / "same.html")],
        [pandoc, str(text), "--toc", "--standalone", "-t", "typst", "-o", typst],
        [sys.executable, "-c", _TYPESET, typst, str(folder / "same.pdf")],
    ]


def measure(commands: Sequence[Sequence[str]]) -> Cost:
    """Return what the commands cost one after the other."""
    wall = cpu = peak = 0.0
    for command in commands:
        before = os.times()
        start = time.monotonic()
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as process:
            highest = _Highest(process.pid)
            _, said = process.communicate()
            peak = max(peak, highest.stop())
        if process.returncode:
            raise SystemExit(f"{command[0]} failed:\n{said.decode()}")
        after = os.times()
        wall += time.monotonic() - start
        cpu += after.children_user - before.children_user + after.children_system - before.children_system
    return Cost(wall, cpu, peak)


def median(costs: Sequence[Cost]) -> Cost:
    """Return the median of each figure."""
    return Cost(*(statistics.median(getattr(cost, name) for cost in costs) for name in ("wall", "cpu", "peak")))


class _Highest:
    """Watches the memory of a process and its descendants (Linux: /proc; elsewhere nothing is seen)."""

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
        while not self._over.wait(0.02):
            self._peak = max(self._peak, sum(_resident(pid) for pid in _family(self._pid)))


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


if __name__ == "__main__":
    main()
