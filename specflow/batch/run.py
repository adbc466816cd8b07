"""A batch: what has changed among many documents is built, by as many workers as wanted."""

from __future__ import annotations

import os
from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from specflow.batch.attempt import Cache, Result, attempt, unchanged
from specflow.batch.limits import Limits
from specflow.batch.store import LIMIT
from specflow.model import Job


@dataclass(frozen=True, slots=True)
class Plan:
    """How a batch is to be worked through.

    `folder` is that of the cache, None for none, which holds `cache_limit` bytes at most. With `in_workers` a single
    document gets a worker, too: it can then be ended when its time is over. `with_record` asks for
    the records' contents. With the address of a `scheduler` the workers are those of its cluster.
    """

    workers: int
    folder: Path | None = None
    cache_limit: int = LIMIT
    limits: Limits = field(default_factory=Limits)
    in_workers: bool = False
    with_record: bool = False
    scheduler: str = ""


def cores() -> int:
    """Return how many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def results(jobs: Sequence[Job], cache: Cache | None, plan: Plan) -> Generator[tuple[int, Result], None, None]:
    """Yield the result of each job with its number, in any order: first those of documents that have not changed.

    Whoever stops asking ends the workers, which leave whole files only.
    """
    waiting: dict[int, Job] = {}
    for number, job in enumerate(jobs):
        standing = cache.documents.standing(job) if cache else None
        if standing:
            yield number, unchanged(job, standing, with_record=plan.with_record)
        else:
            waiting[number] = job
    if cache:
        cache.documents.keep_hints()
    if waiting and plan.scheduler:
        from specflow.batch.distributed import on_cluster

        yield from on_cluster(waiting, cache, plan)
    elif len(waiting) == 1 and not plan.in_workers:
        yield from _here(waiting, cache, plan)
    elif waiting:
        yield from _in_workers(waiting, plan)


def _here(waiting: Mapping[int, Job], cache: Cache | None, plan: Plan) -> Iterator[tuple[int, Result]]:
    from specflow.tools.kit import Tools

    with Tools().prepare() as tools:
        for number, job in waiting.items():
            yield number, attempt(job, tools, cache, with_record=plan.with_record)


def _in_workers(waiting: Mapping[int, Job], plan: Plan) -> Iterator[tuple[int, Result]]:
    from specflow.batch.pool import Pool
    from specflow.batch.worker import Setup

    numbers = list(waiting)
    setup = Setup(plan.folder, plan.cache_limit, plan.with_record)
    with Pool(min(plan.workers, len(numbers)), setup, plan.limits) as pool:
        for at, result in pool.results(list(waiting.values())):
            yield numbers[at], result
