"""Many documents on several workers: each gets the next one when it is free, and none takes the others along."""

from __future__ import annotations

import contextlib
import selectors
import tempfile
import time
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from specflow.batch.attempt import Result
from specflow.batch.handle import Ticket, Worker
from specflow.batch.limits import Limits
from specflow.batch.processes import processes
from specflow.batch.worker import Setup
from specflow.diagnostics import Diagnostic, Span, error
from specflow.errors import ExitCode
from specflow.model import Job
from specflow.publish import recover

_TRIES = 2
_LOOK_SECONDS = 0.5
_BROKEN = frozenset({"pandoc-worker", "typst-worker"})
"""Faults of a tool that a document broke; a fresh one may fare better."""
_ALONE = "build it alone; if it happens again, report it with what `specflow doctor` prints"
_SPLIT = "split the document, or look for what takes so much in its data and template"


class Pool:
    """Workers for one batch; a context manager that leaves no process and only whole files behind."""

    def __init__(self, count: int, setup: Setup, limits: Limits | None = None) -> None:
        self._count = count
        self._setup = setup
        self._limits = limits or Limits()
        self._folder = tempfile.TemporaryDirectory(prefix="specflow-", ignore_cleanup_errors=True)
        self._workers: list[Worker] = []
        self._dismissed: list[Worker] = []
        self._ready = selectors.DefaultSelector()
        self._looked_at = 0.0
        self.started = 0

    def __enter__(self) -> Pool:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End all workers, those with a document at once; what such a one was putting in place is carried through."""
        for worker in list(self._workers):
            if worker.ticket:
                self._end(worker)
            else:
                self._dismiss(worker)
        for worker in self._dismissed:
            worker.wait()
        self._ready.close()
        self._folder.cleanup()

    def results(self, jobs: Sequence[Job]) -> Iterator[tuple[int, Result]]:
        """Yield each document's result with its number among `jobs`, as they come in.

        A document that loses its worker, or breaks a tool, is begun once more in a fresh one.
        """
        waiting = deque(Ticket(number, job) for number, job in enumerate(jobs))
        while waiting or any(worker.ticket for worker in self._workers):
            self._hand_out(waiting)
            for ticket, result, is_lost in (*self._answered(), *self._lost()):
                if is_lost and ticket.tries + 1 < _TRIES:
                    waiting.appendleft(replace(ticket, tries=ticket.tries + 1))
                else:
                    yield ticket.number, result

    def _hand_out(self, waiting: deque[Ticket]) -> None:
        """Give every free worker a document, in new workers where there may be more of them."""
        for worker in [worker for worker in self._workers if not worker.ticket]:
            if worker.done >= self._limits.recycle_jobs or worker.size > self._limits.recycle_bytes:
                self._dismiss(worker)
        while waiting:
            idle = [worker for worker in self._workers if not worker.ticket]
            if waiting[0].tries and idle:  # it may have been the worker's fault
                self._dismiss(idle.pop())
            if not idle and len(self._workers) >= self._count:
                return
            worker = idle[0] if idle and not waiting[0].tries else self._start()
            worker.take(waiting.popleft(), self._limits.seconds)

    def _answered(self) -> Iterator[tuple[Ticket, Result, bool]]:
        """Yield the results that come in before it is time to look after the workers."""
        for key, _ in self._ready.select(_LOOK_SECONDS):
            worker: Worker = key.data
            ticket = worker.ticket
            try:
                result = worker.read()
            except EOFError:
                message = f"its worker died: {worker.last_words()}"
                self._end(worker)
                if ticket:
                    yield ticket, _lost(ticket, "worker-died", message, _ALONE), True
            else:
                if ticket and result:
                    yield ticket, result, any(found.code in _BROKEN for found in result.diagnostics)

    def _lost(self) -> Iterator[tuple[Ticket, Result, bool]]:
        """Yield the documents that took more than they may, their workers ended."""
        now = time.monotonic()
        if now - self._looked_at < _LOOK_SECONDS:
            return
        self._looked_at = now
        known, limits = processes(), self._limits
        for worker in list(self._workers):
            worker.look(known)
            ticket = worker.ticket
            if ticket and now > worker.deadline:
                message = f"it was not done within {limits.seconds:g} seconds"
                result = _lost(ticket, "worker-timeout", message, f"{_SPLIT}; --timeout gives it more")
            elif ticket and worker.size > limits.most_bytes:
                message = f"its worker took more than {limits.most_bytes >> 20} MiB of memory"
                result = _lost(ticket, "worker-memory", message, _SPLIT)
            else:
                continue
            self._end(worker)
            yield ticket, result, True

    def _start(self) -> Worker:
        self.started += 1
        folder = Path(self._folder.name) / str(self.started)
        folder.mkdir()
        worker = Worker(folder, self._setup)
        self._workers.append(worker)
        self._ready.register(worker.answers, selectors.EVENT_READ, worker)
        return worker

    def _dismiss(self, worker: Worker) -> None:
        """Let a free worker go."""
        self._ready.unregister(worker.answers)
        self._workers.remove(worker)
        worker.dismiss()
        self._dismissed.append(worker)

    def _end(self, worker: Worker) -> None:
        """End a worker, and carry through what it was putting in place."""
        self._ready.unregister(worker.answers)
        self._workers.remove(worker)
        worker.end()
        worker.wait()
        if worker.ticket and worker.ticket.job.out.is_dir():
            with contextlib.suppress(OSError):
                recover(worker.ticket.job.out)


def _lost(ticket: Ticket, code: str, message: str, hint: str) -> Result:
    again = "; a fresh one fared no better" if ticket.tries else ""
    found: Diagnostic = error(code, message + again, Span(ticket.job.spec), hint)
    return Result(ExitCode.CONVERSION_FAILED, (found,))
