"""A batch on a Dask cluster: files travel by content, editions come back, and are put in place here.

A document's result is the one that a worker of this machine would give. Dask hands a lost worker's documents to another
one; what was sent stays with the scheduler, so no worker holds the only copy of anything.
"""

from __future__ import annotations

import contextlib
import json
import logging
import queue
import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from specflow import assets
from specflow.batch.attempt import Cache, Result
from specflow.batch.distributed_files import Tree, moved, pack_file, pack_folder
from specflow.batch.distributed_worker import Order, Parcel, difference, differences, fulfil, renders
from specflow.batch.documents import diagnostic_of, document_id
from specflow.batch.fingerprints import real
from specflow.batch.keys import changes
from specflow.diagnostics import Diagnostic, Span, error
from specflow.errors import ExitCode, FileAccess, SpecflowError, ToolMissing
from specflow.model import Job
from specflow.publish import forget, is_published, keep, outdated, publish

if TYPE_CHECKING:
    from specflow.batch.run import Plan

_CONNECT_SECONDS = 10.0
_NO_WORKER_SECONDS = 60.0
_LOOK_SECONDS = 1.0
_AHEAD = 2
"""Documents for each thread of the cluster that are under way at a time: one is built, the next one waits beside it."""
_INSTALL = "python -m pip install 'specflow[distributed]'"
_START = "start some: dask worker ADDRESS, on machines with the same specflow"


def on_cluster(waiting: Mapping[int, Job], cache: Cache | None, plan: Plan) -> Iterator[tuple[int, Result]]:
    """Yield the result of each job with its number, as they come in; what a cluster has made is in place then.

    Raises ToolMissing where Dask is not installed, the scheduler cannot be reached, or no worker is fit. Whoever stops
    asking drops what was not begun; a document that a worker has in hand is built to its end there, and thrown away.
    """
    with _client(plan.scheduler) as client:
        threads = _fit(client, plan.scheduler)
        yield from _Cluster(client, cache, plan, waiting).results(_AHEAD * threads)


@contextlib.contextmanager
def _client(address: str) -> Iterator[Any]:
    """Give a connection to the scheduler; how TLS is done, Dask's own configuration says."""
    try:
        import dask
        from distributed import Client
    except ImportError as fault:
        raise ToolMissing(error("dask-missing", "the Python package distributed is missing", hint=_INSTALL)) from fault
    logging.getLogger("distributed").setLevel(logging.CRITICAL)  # what it has to say, diagnostics do
    with dask.config.set({"distributed.admin.large-graph-warning-threshold": "1GiB"}):
        try:
            client = Client(address, timeout=_CONNECT_SECONDS, set_as_default=False)
        except (OSError, ValueError, TypeError) as fault:  # TypeError: tls:// without certificates
            why = next(iter(str(fault).splitlines()), "") or type(fault).__name__
            message = f"the scheduler {address} cannot be reached: {why}"
            hint = f"start one with `dask scheduler`, and look at its address; or leave out --scheduler ({_TLS})"
            raise ToolMissing(error("scheduler-unreachable", message, hint=hint)) from fault
        try:
            yield client
        finally:
            client.close()


_TLS = "tls:// needs certificates in Dask's configuration"


def _fit(client: Any, address: str) -> int:
    """Return how many threads the cluster has; raise ToolMissing if it has none, or would make other editions."""
    try:
        client.wait_for_workers(1, timeout=_CONNECT_SECONDS)
    except TimeoutError as fault:
        message = f"the scheduler {address} has no workers"
        raise ToolMissing(error("scheduler-idle", message, hint=_START)) from fault
    try:
        found = client.run(differences, renders(), on_error="return")
    except Exception as fault:  # whatever a worker without specflow, or with another one, makes of it
        found = dict.fromkeys(client.nthreads(), fault)
    faults = [
        difference(worker, [f"specflow does not run there ({names})"] if isinstance(names, BaseException) else names)
        for worker, names in sorted(found.items())
        if names
    ]
    if faults:
        raise ToolMissing(*faults)
    threads: dict[str, int] = client.nthreads()
    return max(1, sum(threads.values()))


class _Cluster:
    """One batch: which trees were sent, and which documents are under way."""

    def __init__(self, client: Any, cache: Cache | None, plan: Plan, jobs: Mapping[int, Job]) -> None:
        self._client, self._cache, self._plan, self._jobs = client, cache, plan, jobs
        self._packs: dict[str, Any] = {}
        self._trees: dict[Path, Tree] = {}
        self._done: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self._run = f"specflow-{time.time_ns():x}"
        self._busy_at = time.monotonic()

    def results(self, window: int) -> Iterator[tuple[int, Result]]:
        """Yield what comes in; no more than `window` documents are under way."""
        under_way: dict[Any, tuple[int, Mapping[Path, Path]]] = {}
        waiting = iter(self._jobs.items())
        is_over = False
        try:
            while under_way or not is_over:
                while len(under_way) < window and not is_over:
                    number, job = next(waiting, (-1, None))
                    is_over = job is None
                    if job is None:
                        break
                    try:
                        future, places = self._send(number, job)
                    except SpecflowError as fault:
                        yield number, Result(fault.exit_code, fault.diagnostics)
                    else:
                        under_way[future] = number, places
                        future.add_done_callback(self._done.put)
                if not under_way:
                    continue
                future = self._next()
                if future is None:
                    for number, _ in under_way.values():
                        yield number, _lost(self._jobs[number], "no worker is left on the cluster")
                    for number, job in waiting:
                        yield number, _lost(job, "no worker is left on the cluster")
                    return
                number, places = under_way.pop(future)
                yield number, self._taken(future, self._jobs[number], places)
        finally:
            self._client.cancel([*under_way, *self._packs.values()])

    def _next(self) -> Any:
        """Return a document that is done; None if there has been no worker for so long that none will be."""
        while True:
            with contextlib.suppress(queue.Empty):
                future = self._done.get(timeout=_LOOK_SECONDS)
                self._busy_at = time.monotonic()
                return future
            with contextlib.suppress(Exception):  # a scheduler that is gone ends the futures
                if self._client.nthreads():
                    self._busy_at = time.monotonic()
            if time.monotonic() - self._busy_at > _NO_WORKER_SECONDS:
                return None

    def _send(self, number: int, job: Job) -> tuple[Any, Mapping[Path, Path]]:
        """Return the document under way, and where each of its paths has gone; raises FileAccess."""
        trees: dict[str, Tree] = {}
        places: dict[Path, Path] = {}
        folder = job.settings.folder or job.spec.parent

        def place(path: Path) -> Path:
            found = Path(real(path.parent), path.name) if path == job.spec else Path(real(path))
            for top, tree in trees.items():
                if found.is_relative_to(top):
                    places[path] = Path(tree.name, found.relative_to(top))
                    return places[path]
            return found

        own = trees[real(folder)] = self._tree(folder)
        places[folder] = Path(own.name)
        for path in job.templates:
            if not Path(real(path)).is_relative_to(real(folder)):
                trees[real(path)] = self._tree(path)
        reference = job.settings.reference
        if reference and not Path(real(reference)).is_relative_to(real(folder)):
            trees[str(Path(real(reference)).parent)] = self._file(reference)
        order = Order(moved(job, place), tuple(trees.values()), self._plan.limits, renders())
        packs = [self._packs[name] for tree in order.trees for name in tree.packs]
        key = f"{self._run}-{number}"
        return self._client.submit(fulfil, order, packs, key=key, pure=False, retries=1), places

    def _tree(self, folder: Path) -> Tree:
        if folder not in self._trees:
            specs = [job.spec for job in self._jobs.values()]
            outs = {real(job.out) for job in self._jobs.values()}
            self._trees[folder] = pack_folder(folder, specs, outs, self._send_pack)
        return self._trees[folder]

    def _file(self, path: Path) -> Tree:
        if path not in self._trees:
            self._trees[path] = pack_file(Path(real(path)), self._send_pack)
        return self._trees[path]

    def _send_pack(self, name: str, pack: dict[str, bytes]) -> None:
        """Let the scheduler have the bytes: a task gives them, and gives them again where a worker was lost."""
        if name not in self._packs:
            self._packs[name] = self._client.submit(_same, pack, key=f"specflow-files-{name}", pure=False)

    def _taken(self, future: Any, job: Job, places: Mapping[Path, Path]) -> Result:
        """Return the result of a document whose editions are in place now."""
        try:
            parcel: Parcel = future.result()
        except Exception as fault:  # a worker that died again and again, or a scheduler that is gone
            return _lost(job, f"{type(fault).__name__}: {next(iter(str(fault).splitlines()), '')}")
        finally:
            future.release()
        return _Home(job, parcel, places).take(self._cache, with_record=self._plan.with_record)


class _Home:
    """A parcel, and the way from the paths of the other machine to those of this one."""

    def __init__(self, job: Job, parcel: Parcel, places: Mapping[Path, Path]) -> None:
        self._job, self._parcel = job, parcel
        names = {f"{parcel.home}/{gone.as_posix()}": str(path) for path, gone in places.items()}
        names |= {parcel.templates: real(assets.templates())} if parcel.templates else {}
        self._names = sorted(names.items(), key=lambda pair: -len(pair[0]))  # a file before its folder

    def take(self, cache: Cache | None, *, with_record: bool) -> Result:
        """Put the files in place and return the result as it is told here."""
        job, parcel, result = self._job, self._parcel, self._parcel.result
        told = tuple(map(self._diagnostic, result.diagnostics))
        try:
            if parcel.files is None:
                kept = keep(parcel.kept, job.out, job.spec.stem) if parcel.kept else None
                return replace(result, diagnostics=told, kept=kept, notes=())
            told = (*told, *outdated(job.out, job.spec.stem, job.formats))
            if not is_published(parcel.files, job.out):
                publish(parcel.files, job.out, job.spec.stem)
            forget(job.out, job.spec.stem)
        except FileAccess as fault:
            return Result(fault.exit_code, (*told, *fault.diagnostics))
        if cache and parcel.row:
            self._note(cache, parcel.row, list(parcel.files))
        record = json.loads(parcel.files[f"{job.spec.stem}.json"]) if with_record else None
        return replace(result, diagnostics=told, record=record, notes=())

    def _note(self, cache: Cache, row: Mapping[str, Any], names: list[str]) -> None:
        """Note in the cache of this machine what the document was made from, if that has not changed meanwhile."""
        before = cache.store.document(document_id(self._job))
        here = cache.documents.environment
        parts = {name: here.get(name, value) for name, value in row["parts"].items()}
        made = {
            **{name: row[name] for name in ("how", "document", "completeness")},
            "parts": parts,
            "why": changes(before["parts"], parts) if before else ["it was not built before"],
            "warnings": [self._diagnostic(diagnostic_of(found)).as_json() for found in row["warnings"]],
        }
        inputs = {real(Path(self._path(path))): noted[0] for path, noted in row["inputs"].items()}
        folders = [real(Path(self._path(path))) for path in row["trees"]]
        cache.documents.note(self._job, made, inputs, folders, [self._job.out / name for name in names])

    def _diagnostic(self, found: Diagnostic) -> Diagnostic:
        span = replace(found.span, file=Path(self._path(str(found.span.file)))) if found.span else None
        return replace(found, span=span, message=self._text(found.message), hint=self._text(found.hint or "") or None)

    def _path(self, path: str) -> str:
        for there, here in self._names:
            if path == there or path.startswith(f"{there}/"):
                return here + path[len(there) :]
        return path

    def _text(self, text: str) -> str:
        for there, here in self._names:
            text = text.replace(there, here)
        return text


def _same(pack: dict[str, bytes]) -> dict[str, bytes]:
    """Return the pack: this runs on the cluster, and gives the bytes a place there."""
    return pack


def _lost(job: Job, why: str) -> Result:
    hint = "look at the cluster's logs; the next build makes only what is not there yet"
    told = error("cluster-lost", f"it was lost on the cluster: {why}", Span(job.spec), hint)
    return Result(ExitCode.TOOL_MISSING, (told,))
