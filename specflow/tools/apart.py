"""Run a function in a Python process beside this one, which can be ended: within a time, and with bounded memory.

Typst, which also paints drawings, and Mermaid are libraries. What an author wrote can keep them busy for hours, and
nothing stops a library that runs in one's own process. So they run in another one, which is started once and kept.
The other side is `apart_process.py`.
"""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import pickle
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from specflow.tools.pipes import Ended, Late, Reader, send

MEMORY_BYTES = 4 << 30
"""Address space of the process, where the system can enforce it."""
RECYCLE_JOBS = 500
"""After so many jobs the process is replaced: what the libraries remember grows."""

_PROGRAM = Path(__file__).with_name("apart_process.py")
_START_SECONDS = 30.0

_P = ParamSpec("_P")
_T = TypeVar("_T")


class Overrun(Exception):
    """The function took too much time or memory, or broke its process; `reason` is the end of a sentence about it."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def call(seconds: float, function: Callable[_P, _T], *arguments: _P.args, **named: _P.kwargs) -> _T:
    """Return what a function of a module returns, or raise what it raises; raises Overrun beyond the limits.

    Arguments and result cross over as copies. Threads take turns.
    """
    made: _T = _shared().call(seconds, function, arguments, named)
    return made


def prepare(function: Callable[_P, object], *arguments: _P.args, **named: _P.kwargs) -> None:
    """Start the process and let it run the function meanwhile, such as one that loads a library; nothing is raised."""
    _shared().prepare(function, arguments, named)


class _Beside:
    """The process and the pipes to it; started with its first job, replaced after a job that went wrong."""

    def __init__(self) -> None:
        self.owner = os.getpid()
        self._turn = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._jobs = 0

    def call(self, seconds: float, function: Callable[..., Any], arguments: Any, named: Any) -> Any:
        with self._turn:
            deadline = time.monotonic() + seconds
            try:
                self._send((seconds, True, function, arguments, named), deadline)
                (size,) = struct.unpack("<Q", self._reader.take(8, deadline))
                is_made, made = pickle.loads(self._reader.take(size, deadline))  # noqa: S301 (our own program's)
            except Late as late:
                self.close(kill=True)
                raise Overrun(f"takes more than {seconds:g} seconds") from late
            except Ended as ended:
                self.close(kill=True)
                raise Overrun("takes more memory than it may, or breaks the program") from ended
            except BaseException:
                self.close(kill=True)  # its answer would be taken for the next one's
                raise
            self._jobs += 1
            if self._jobs >= RECYCLE_JOBS:
                self.close()
        if is_made:
            return made
        if isinstance(made, MemoryError):
            raise Overrun("takes more memory than it may")
        raise made

    def prepare(self, function: Callable[..., Any], arguments: Any, named: Any) -> None:
        with self._turn, contextlib.suppress(Late, Ended):
            self._send((_START_SECONDS, False, function, arguments, named), time.monotonic() + 1)

    def close(self, *, kill: bool = False) -> None:
        """End the process; the next job would start a new one."""
        process, self._process = self._process, None
        if process is None:
            return
        if kill:
            process.kill()
        for pipe in (process.stdin, process.stdout):
            if pipe:
                pipe.close()
        try:
            process.wait(timeout=2)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def _send(self, job: Any, deadline: float) -> None:
        if self._process is None:
            self._start()
        assert self._process is not None and self._process.stdin is not None  # noqa: S101, PT018
        data = pickle.dumps(job)
        send(self._process.stdin.fileno(), struct.pack("<Q", len(data)) + data, deadline)

    def _start(self) -> None:
        process = subprocess.Popen(
            [sys.executable, "-P", str(_PROGRAM), json.dumps(sys.path), str(MEMORY_BYTES)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            bufsize=0,
            start_new_session=True,  # Ctrl-C is ours to handle
        )
        assert process.stdin is not None and process.stdout is not None  # noqa: S101, PT018
        os.set_blocking(process.stdin.fileno(), False)
        self._process, self._jobs = process, 0
        self._reader = Reader(process.stdout.fileno(), lambda: process.poll() is None)


_beside: _Beside | None = None


def _shared() -> _Beside:
    """Return the process of this process: one that was forked may not use its parent's pipes."""
    global _beside
    if _beside is None or _beside.owner != os.getpid():
        _beside = _Beside()
        atexit.register(_beside.close, kill=True)
    return _beside
