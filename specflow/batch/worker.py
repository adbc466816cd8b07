"""A worker: a process that builds one document after the other, with tools that stay warm.

Jobs come on standard input and results leave on standard output, each a length and a pickle; both ends are this
program. The end of the input is the end of the worker.
"""

from __future__ import annotations

import os
import pickle
import signal
import struct
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from specflow.batch.attempt import attempt, open_cache

LENGTH = struct.Struct("<Q")


@dataclass(frozen=True, slots=True)
class Setup:
    """What a worker is told first: where the cache is, None for none, its limit, and if records are wanted."""

    cache: Path | None
    cache_limit: int
    with_record: bool


def packed(value: object) -> bytes:
    """Return the value as it goes through the pipe."""
    data = pickle.dumps(value, pickle.HIGHEST_PROTOCOL)
    return LENGTH.pack(len(data)) + data


def work() -> None:
    """Take jobs until there are no more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever started the worker decides
    incoming, outgoing = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints must not look like a result
    setup: Setup = _received(incoming)
    from specflow.tools.kit import Tools

    with Tools().prepare() as tools:
        from specflow.pipeline import build  # noqa: F401  (loaded while the tools start)

        cache = open_cache(setup.cache, setup.cache_limit) if setup.cache else None
        while (job := _received(incoming)) is not None:
            outgoing.write(packed(attempt(job, tools, cache, with_record=setup.with_record)))
            outgoing.flush()
    if cache:
        cache.store.close()


def _received(stream: IO[bytes]) -> Any:
    head = stream.read(LENGTH.size)
    if len(head) < LENGTH.size:
        return None
    (length,) = LENGTH.unpack(head)
    return pickle.loads(stream.read(length))  # noqa: S301  (the other end is this program)
