"""One worker as the pool sees it: the process, what it works on, and how much memory it has with all it started."""

from __future__ import annotations

import contextlib
import json
import os
import pickle
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from specflow.batch.attempt import Result
from specflow.batch.processes import Process, family, kill, processes
from specflow.batch.worker import LENGTH, Setup, packed
from specflow.model import Job

_PROGRAM = "import json, sys; sys.path[:] = json.loads(sys.argv[1]); from specflow.batch.worker import work; work()"
_END_SECONDS = 5.0
_SHOWN = 800


@dataclass(frozen=True, slots=True)
class Ticket:
    """A document that waits or is worked on: its number, and how often it was begun before."""

    number: int
    job: Job
    tries: int = 0


class Worker:
    """A worker process; its temporary files, and those of what it starts, lie in a folder of its own."""

    def __init__(self, folder: Path, setup: Setup) -> None:
        self.ticket: Ticket | None = None
        self.deadline = 0.0
        self.done = self.size = 0
        self._family: list[Process] = []
        self._buffer = bytearray()
        self._errors = (folder / "errors").open("w+b")
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-X", "faulthandler", "-c", _PROGRAM, json.dumps(sys.path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            env={**os.environ, "TMPDIR": str(folder)},
            start_new_session=True,  # Ctrl-C is the pool's to handle
        )
        if self._process.stdout is None:
            raise AssertionError
        self.answers = self._process.stdout.fileno()
        os.set_blocking(self.answers, False)
        self._send(setup)

    def take(self, ticket: Ticket, seconds: float) -> None:
        """Begin with a document."""
        self.ticket, self.deadline = ticket, time.monotonic() + seconds
        self._send(ticket.job)

    def read(self) -> Result | None:
        """Return the result if it has come in whole; raises EOFError where there will be none."""
        with contextlib.suppress(BlockingIOError):
            while chunk := os.read(self.answers, 1 << 20):
                self._buffer += chunk
            raise EOFError
        if len(self._buffer) < LENGTH.size:
            return None
        (length,) = LENGTH.unpack(self._buffer[: LENGTH.size])
        if len(self._buffer) < LENGTH.size + length:
            return None
        result: Result = pickle.loads(self._buffer[LENGTH.size :])  # noqa: S301  (the other end is this program)
        self._buffer.clear()
        self.ticket = None
        self.done += 1
        return result

    def look(self, known: Mapping[int, Process]) -> None:
        """Take note of what the worker has started, and of their memory."""
        self._family = family(self._process.pid, known) or self._family
        self.size = sum(process.size for process in self._family)

    def last_words(self) -> str:
        """Return how the process ended, and the end of what it printed."""
        code = self._process.wait()
        ended = signal.Signals(-code).name if code < 0 else f"exit {code}"
        self._errors.seek(0, os.SEEK_END)
        self._errors.seek(max(0, self._errors.tell() - _SHOWN))
        said = " ".join(self._errors.read().decode("utf-8", "replace").split())
        return f"{ended}, {said}" if said else ended

    def dismiss(self) -> None:
        """Let the worker end after what it does now."""
        if self._process.stdin:
            with contextlib.suppress(OSError):
                self._process.stdin.close()

    def end(self) -> None:
        """End the worker at once, with everything that it has started."""
        members = {process.number: process for process in (*self._family, *family(self._process.pid, processes()))}
        self._process.kill()
        kill(process for process in members.values() if process.number != self._process.pid)

    def wait(self) -> None:
        """Wait until the process is gone; one that does not end by itself is ended."""
        self.dismiss()
        try:
            self._process.wait(_END_SECONDS)
        except subprocess.TimeoutExpired:
            self.end()
            self._process.wait()
        if self._process.stdout:
            self._process.stdout.close()
        self._errors.close()

    def _send(self, value: object) -> None:
        if self._process.stdin:
            with contextlib.suppress(OSError):  # a dead worker is noticed when it is read
                self._process.stdin.write(packed(value))
                self._process.stdin.flush()
