"""What a worker of a Dask cluster does with one document.

It unpacks the document's files into its own folder and builds there with a process of specflow's own for each of its
threads, as a batch on one machine does: a document that crashes, hangs or grows takes only that process along. What it
has made goes back as bytes; nothing is put in place here.
"""

from __future__ import annotations

import shutil
import threading
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from specflow import assets
from specflow.batch.attempt import Result
from specflow.batch.distributed_files import Tree, moved, unpack
from specflow.batch.documents import document_id
from specflow.batch.fingerprints import Fingerprints, real
from specflow.batch.keys import changes, environment, folders_that_render
from specflow.batch.limits import Limits
from specflow.batch.pool import Pool
from specflow.batch.store import LIMIT, Row, Store
from specflow.batch.worker import Setup
from specflow.diagnostics import Span, error
from specflow.errors import ExitCode
from specflow.model import Job

_KEPT_TREES = 16
"""Trees that stay for documents to come."""


@dataclass(frozen=True, slots=True)
class Order:
    """A document to build: its paths are relative to where the trees lie. `renders` is what must render it."""

    job: Job
    trees: tuple[Tree, ...]
    limits: Limits
    renders: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Parcel:
    """What came of an order: the result, the files to put in place, and those that a failed build has left.

    `home` is where the trees lay and `templates` the bundled templates, which paths in the result and in `row`, what
    the cache would note of it, begin with.
    """

    result: Result
    home: str = ""
    templates: str = ""
    files: Mapping[str, bytes] | None = None
    kept: Mapping[str, bytes] | None = None
    row: Row | None = None


@cache
def renders() -> Mapping[str, str]:
    """Return what renders documents on this machine, by name, as far as it can be compared with another one."""
    trees = {name: Fingerprints().tree(path) for name, path in folders_that_render().items()}
    return {name: found for name, found in environment(trees).items() if name != "pandoc"}  # its time is a place's own


def differences(expected: Mapping[str, str]) -> list[str]:
    """Return the names of what renders documents here in another way."""
    return changes(expected, renders())


def fulfil(order: Order, packs: Sequence[Mapping[str, bytes]]) -> Parcel:
    """Return what came of the order; the packs are those of its trees, in their order. Every fault is in the result."""
    from distributed import get_worker

    if different := differences(order.renders):
        return Parcel(_different(order.job, get_worker().address, different))
    home = Path(real(Path(get_worker().local_directory) / "specflow"))
    names = [name for tree in order.trees for name in tree.packs]
    out = home / f"out-{threading.get_ident()}"
    job = replace(moved(order.job, lambda path: home / path), out=out)
    shutil.rmtree(out, ignore_errors=True)
    with _TREES.held(order.trees, dict(zip(names, packs, strict=True)), home):
        ((_, result),) = _pool(home / "cache", order.limits).results([job])
        with Store(home / "cache", lambda _: None) as store:
            row = store.document(document_id(job)) if result.how else None
    files = _contents(out) if result.how else None
    kept = _contents(result.kept) if result.kept else None
    shutil.rmtree(out, ignore_errors=True)
    return Parcel(result, str(home), real(assets.templates()), files, kept, row)


class _Trees:
    """The trees on this machine; those that no document needs now go when there are too many."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._used: dict[str, Path] = {}
        self._held: Counter[str] = Counter()

    @contextmanager
    def held(self, trees: Sequence[Tree], packs: Mapping[str, Mapping[str, bytes]], home: Path) -> Iterator[None]:
        """Keep the trees in place meanwhile."""
        with self._lock:
            for tree in trees:
                unpack(tree, packs, home)
                self._used.pop(tree.name, None)
                self._used[tree.name] = home / tree.name
                self._held[tree.name] += 1
        try:
            yield
        finally:
            with self._lock:
                self._held.subtract(tree.name for tree in trees)
                idle = [name for name in self._used if not self._held[name]]
                for name in idle[: max(0, len(self._used) - _KEPT_TREES)]:
                    shutil.rmtree(self._used.pop(name), ignore_errors=True)
                    del self._held[name]


_TREES = _Trees()
_OWN = threading.local()


def _pool(cache_folder: Path, limits: Limits) -> Pool:
    """Return this thread's pool of one process, which stays warm from one document to the next."""
    known: tuple[Limits, Pool] | None = getattr(_OWN, "pool", None)
    if known and known[0] == limits:
        return known[1]
    if known:
        known[1].close()
    pool = Pool(1, Setup(cache_folder, LIMIT, with_record=False), limits)
    _OWN.pool = limits, pool
    return pool


def _contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir()) if path.is_file()}


def _different(job: Job, address: str, names: Sequence[str]) -> Result:
    return Result(ExitCode.TOOL_MISSING, (difference(address, names, Span(job.spec)),))


def difference(address: str, names: Sequence[str], span: Span | None = None) -> Any:
    """Return the fault of a worker that would render documents in another way."""
    message = f"the worker {address} would make other editions than this machine: {', '.join(names)}"
    hint = "install the same specflow, Python and libraries there, from requirements.lock"
    return error("worker-differs", message, span, hint)
