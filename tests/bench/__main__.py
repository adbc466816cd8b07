"""What builds cost beside what else a user could run on the same text: `make bench`.

Every ratio is one of figures of the same run. Parts can be chosen, since all together take hours on a small machine:
`make bench BENCH="batch --sizes 10"`.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from bench import peers, texts
from bench.cost import Command, Cost, measure, median
from bench.report import Row, chart, table
from specflow import pipeline
from specflow.model import Job, Settings
from specflow.tools.kit import Tools

DOCS = Path(__file__).parents[2] / "docs"
SPECFLOW = (sys.executable, "-m", "specflow")
AT_ONCE = 2


def main() -> None:
    """Measure the chosen parts, print the table, and with --write put it and the chart into docs/."""
    options = _options()
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        bench = Bench(Path(name), options)
        rows: list[Row] = []
        for part in options.parts or PARTS:
            for row in PARTS[part](bench):
                rows.append(row)
                print(row.line(), flush=True)
    page = table(rows, bench.missing, " ".join(sys.argv[1:]) or "all parts")
    print(f"\n{page}")
    if options.write:
        (DOCS / "benchmarks.md").write_text(page, "utf-8")
        (DOCS / "images").mkdir(exist_ok=True)
        (DOCS / "images" / "bench.svg").write_text(chart(rows), "utf-8")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bench", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"one or more of: {', '.join(PARTS)} (default: all)")
    parser.add_argument("--runs", type=int, default=3, help="how often short things are run; medians are shown")
    parser.add_argument("--sizes", type=_numbers, default=(1, 50, 500), help="documents of a batch (default: 1,50,500)")
    parser.add_argument("--times", type=_numbers, default=(1, 4, 20), help="how long documents are, as multiples")
    parser.add_argument("--documents", type=int, default=1000, help="documents of a rebuild (default: 1000)")
    parser.add_argument("--keep", type=Path, help="a folder for the rebuild's documents, which the next run can use")
    parser.add_argument("--sample", type=Path, default=texts.SAMPLE, help="the spec of single documents and batches")
    parser.add_argument("--write", action="store_true", help="write docs/benchmarks.md and docs/images/bench.svg")
    options = parser.parse_args()
    if unknown := set(options.parts) - set(PARTS):
        parser.error(f"there is no part {', '.join(sorted(unknown))}")
    return options


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split(","))


class Bench:
    """The parts, each a function that yields rows; texts are written into the folder."""

    def __init__(self, folder: Path, options: argparse.Namespace) -> None:
        self._folder, self._options = folder, options
        self.missing: list[str] = []
        self._text = ""

    def start(self) -> Iterator[Row]:
        """What the command line takes to say its name."""
        for word in ("--version", "--help"):
            yield Row("start", f"specflow {word}", self._median([[*SPECFLOW, word]]))

    def one(self) -> Iterator[Row]:
        """One cold document, and one in a process that has built another."""
        spec = texts.variants(self._options.sample, 2, self._folder / "one")[0]
        ours = self._median(self._ours(spec))
        theirs = [
            ("pandoc three times, Typst; no unknown fence", self._median(peers.pandoc(self._plain("without")))),
            ("pandoc three times, Typst; with an http fence", self._median(peers.pandoc(self._plain("with")))),
        ]
        yield Row("one", "specflow build, cold", ours)
        yield Row("one", "specflow build, cold, not verified", self._median(self._ours(spec, "--no-verify")), ours)
        yield Row("one", "specflow, warm process", self._warm(verify=True), ours)
        yield Row("one", "specflow, warm process, not verified", self._warm(verify=False), ours)
        for what, cost in theirs:
            yield Row("one", what, cost, ours)
        found, self.missing = peers.others(self._plain("without"), 1)
        for what, commands in found.items():
            yield Row("one", what, self._median(commands), ours)

    def batch(self) -> Iterator[Row]:
        """Many different documents, two at a time on both sides."""
        for size in self._options.sizes:
            specs = texts.variants(self._options.sample, size, self._folder / f"batch-{size}")[0].parent
            part = f"batch of {size}"
            ours = measure([self._ours(specs, "-j", str(AT_ONCE))])
            yield Row(part, "specflow build, verified", ours)
            yield Row(
                part, "specflow build, not verified", measure([self._ours(specs, "-j", "2", "--no-verify")]), ours
            )
            for kind, what in (("without", "no unknown fence"), ("with", "with an http fence")):
                chains = [peers.pandoc(self._plain(kind, number)) for number in range(size)]
                cost = measure(chains, at_once=AT_ONCE)
                yield Row(part, f"pandoc three times, Typst; {what}", cost, ours)

    def pages(self) -> Iterator[Row]:
        """One document that gets longer."""
        first: Cost | None = None
        for times in self._options.times:
            spec = texts.longer(times, self._folder / "pages")
            cost = measure([self._ours(spec, "--no-verify")])
            pages = _pages(self._folder / "out" / f"{spec.stem}.pdf")
            yield Row("pages", f"specflow build of {pages} pages, cold, not verified", cost, first)
            first = first or cost

    def rebuild(self) -> Iterator[Row]:
        """Many documents that were built, none or one of them changed."""
        count = self._options.documents
        folder = self._options.keep or self._folder / "rebuild"
        specs = texts.variants(texts.SMALL, count, folder / "specs")
        command = [*SPECFLOW, "build", "specs", "--out", "out", "--no-verify"]
        environment = {**os.environ, "XDG_CACHE_HOME": str(folder / "cache"), "PYTHONPATH": os.pathsep.join(sys.path)}

        def build() -> Cost:
            return measure([[command]], folder=folder, environment=environment)

        build()
        time.sleep(3)  # so that the times of files can be trusted
        build()
        unchanged = median([build() for _ in range(self._options.runs)])
        yield Row("rebuild", f"specflow build of {count} documents, none changed", unchanged)
        changed = []
        text = specs[0].read_text("utf-8")
        for _ in range(self._options.runs):
            specs[0].write_text(text.replace("milestone_name:", f"milestone_name: {time.time_ns()}", 1), "utf-8")
            changed.append(build())
        specs[0].write_text(text, "utf-8")
        yield Row("rebuild", f"specflow build of {count} documents, one changed", median(changed), unchanged)

    def _ours(self, path: Path, *more: str) -> list[Command]:
        return [[*SPECFLOW, "build", str(path), "--out", str(self._folder / "out"), "--no-cache", *more]]

    def _median(self, commands: Sequence[Command]) -> Cost:
        return median([measure([commands]) for _ in range(self._options.runs)])

    def _plain(self, kind: str, number: int = 0) -> Path:
        """Return the sample's text for plain pandoc, numbered, with or without a fence of an unknown language."""
        self._text = self._text or texts.without_unknown_fences(texts.bound_text(self._options.sample))
        path = self._folder / "plain" / f"{kind}-{number}.md"
        path.parent.mkdir(exist_ok=True)
        text = f"{self._text}\n\nDocument {number}.\n"
        path.write_text(texts.with_unknown_fence(text) if kind == "with" else text, "utf-8")
        return path

    def _warm(self, *, verify: bool) -> Cost:
        """Return what a document costs in a process that has built another; its memory is not told."""
        specs = texts.variants(self._options.sample, 1 + self._options.runs, self._folder / "warm")
        settings, costs = Settings(verify=verify), []
        with Tools() as tools:
            for number, spec in enumerate(specs):
                start = time.monotonic()
                pipeline.build(Job(spec, self._folder / "out", settings=settings), tools, lambda _: None)
                if number:
                    costs.append(Cost(time.monotonic() - start, 0.0, 0.0))
        return median(costs)


def _pages(path: Path) -> int:
    import pikepdf

    with pikepdf.open(path) as opened:
        return len(opened.pages)


PARTS: dict[str, Callable[[Bench], Iterator[Row]]] = {
    "start": Bench.start,
    "one": Bench.one,
    "batch": Bench.batch,
    "pages": Bench.pages,
    "rebuild": Bench.rebuild,
}

if __name__ == "__main__":
    main()
