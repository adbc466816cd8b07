"""Workers that die, hang or grow: one document is lost at most, and by name."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator

from folder import Folder

from specflow.batch.attempt import Result
from specflow.batch.limits import Limits
from specflow.batch.pool import Pool
from specflow.batch.processes import family, processes
from specflow.batch.worker import Setup
from specflow.model import Job

_BARE = Setup(None, 0, False)


def run(jobs: list[Job], count: int, limits: Limits | None = None) -> tuple[dict[int, Result], int]:
    """Return the results by number, and how many workers there were."""
    with Pool(count, _BARE, limits) as pool:
        return dict(pool.results(jobs)), pool.started


def codes(result: Result) -> list[str]:
    return [found.code for found in result.diagnostics]


def test_bad_documents_among_good_ones_and_the_same_bytes_whatever_the_number_of_workers(folder: Folder) -> None:
    texts = ["One.", "KILL", "Two.", "A [](#nowhere) reference.", "Three."]
    jobs = [folder.job(str(at), text) for at, text in enumerate(texts)]
    found, started = run(jobs, 2)
    assert sorted(found) == [0, 1, 2, 3, 4]
    assert [int(found[at].exit_code) for at in range(5)] == [0, 5, 0, 3, 0], found
    assert codes(found[1]) == ["pandoc-worker"]
    assert started >= 3
    good = [jobs[at] for at in (0, 2, 4)]
    made = {path.name: path.read_bytes() for path in jobs[0].out.glob("*.html")}
    for path in jobs[0].out.glob("*.html"):
        path.unlink()
    run(good, 1)
    assert {path.name: path.read_bytes() for path in jobs[0].out.glob("*.html")} == made


def test_a_document_that_hangs_is_reported(folder: Folder) -> None:
    found, started = run([folder.job("a", "LOOP")], 1, Limits(seconds=2))
    assert codes(found[0]) == ["worker-timeout"]
    assert "a fresh one fared no better" in found[0].diagnostics[0].message
    assert started == 2


def ours() -> set[int]:
    return {process.number for process in family(os.getpid(), processes())} - {os.getpid()}


def test_a_killed_worker_costs_nothing(folder: Folder) -> None:
    jobs = [folder.job(str(at)) for at in range(3)]
    before = ours()
    with Pool(1, _BARE) as pool:
        coming = pool.results(jobs)
        found = dict([next(coming)])
        workers = [number for number in ours() - before if processes()[number].parent == os.getpid()]
        os.kill(workers[0], signal.SIGKILL)
        found |= dict(coming)
        assert pool.started == 2
    assert [int(found[at].exit_code) for at in range(3)] == [0, 0, 0]
    assert not ours() - before


def test_a_worker_that_dies_twice_is_reported(folder: Folder) -> None:
    jobs = [folder.job("a")]
    with Pool(1, _BARE) as pool:
        coming: Iterator[tuple[int, Result]] = pool.results(jobs)
        _kill_each(pool)
        (found,) = [result for _, result in coming]
    assert codes(found) == ["worker-died"]
    assert "SIGKILL" in found.diagnostics[0].message
    assert found.diagnostics[0].span is not None
    assert found.diagnostics[0].span.file == jobs[0].spec


def _kill_each(pool: Pool) -> None:
    """Let every worker of the pool die as soon as it has a document."""
    start = pool._start

    def started() -> object:
        worker = start()
        take = worker.take

        def taken(ticket: object, seconds: float) -> None:
            take(ticket, seconds)  # type: ignore[arg-type]
            worker._process.kill()

        worker.take = taken  # type: ignore[method-assign]
        return worker

    pool._start = started  # type: ignore[method-assign, assignment]


def test_workers_are_replaced_after_so_many_documents_or_so_much_memory(folder: Folder) -> None:
    jobs = [folder.job(str(at)) for at in range(3)]
    found, started = run(jobs, 1, Limits(recycle_jobs=2))
    assert (len(found), started) == (3, 2)
    assert not any(result.exit_code for result in found.values())


def test_a_worker_that_takes_too_much_memory_is_ended(folder: Folder) -> None:
    found, started = run([folder.job("a", "LOOP")], 1, Limits(most_bytes=1 << 20))
    assert codes(found[0]) == ["worker-memory"]
    assert started == 2


def test_leaving_ends_what_works(folder: Folder) -> None:
    before = ours()
    with Pool(1, _BARE) as pool:
        coming = pool.results([folder.job("a"), folder.job("b", "LOOP")])
        next(coming)
        started = time.monotonic()
    assert time.monotonic() - started < 20
    assert not ours() - before
