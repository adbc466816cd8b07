"""Whole messages through pipes to another process, each before a deadline: no program can make us wait for ever."""

from __future__ import annotations

import os
import select
import time
from collections.abc import Callable

_LOOK_SECONDS = 0.5
_CHUNK = 1 << 20


class Late(Exception):
    """The other side did not read or write in time."""


class Ended(Exception):
    """The other side is gone."""


def send(pipe: int, data: bytes, deadline: float) -> None:
    """Write all of the data into a pipe that does not block; raise Late or Ended. `deadline` is in monotonic time."""
    rest = memoryview(data)
    poll = select.poll()
    poll.register(pipe, select.POLLOUT)
    while rest:
        _wait(poll, deadline)
        try:
            rest = rest[os.write(pipe, rest[:_CHUNK]) :]
        except BlockingIOError:
            continue
        except OSError as fault:
            raise Ended from fault


class Reader:
    """Takes bytes from a pipe; `is_alive` tells whether the writer lives, since its children may hold the pipe open."""

    def __init__(self, pipe: int, is_alive: Callable[[], bool]) -> None:
        self._pipe = pipe
        self._is_alive = is_alive
        self._buffer = bytearray()

    def take(self, size: int, deadline: float) -> bytes:
        """Return exactly so many bytes; raise Late or Ended."""
        poll = select.poll()
        poll.register(self._pipe, select.POLLIN)
        while len(self._buffer) < size:
            lives = self._is_alive()  # asked first: what it wrote before its end is in the pipe by then
            if not _ready(poll, deadline):
                if not lives:
                    raise Ended
                _wait_no_longer(deadline)
                continue
            chunk = os.read(self._pipe, _CHUNK)
            if not chunk:
                raise Ended
            self._buffer += chunk
        taken = bytes(self._buffer[:size])
        del self._buffer[:size]
        return taken


def _wait(poll: select.poll, deadline: float) -> None:
    while not _ready(poll, deadline):
        _wait_no_longer(deadline)


def _wait_no_longer(deadline: float) -> None:
    if time.monotonic() >= deadline:
        raise Late


def _ready(poll: select.poll, deadline: float) -> bool:
    """Return whether the pipe is ready, after waiting for it a moment, or until the deadline."""
    left = min(_LOOK_SECONDS, max(0.0, deadline - time.monotonic()))
    return bool(poll.poll(left * 1000))
