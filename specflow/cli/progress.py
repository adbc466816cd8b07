"""How far a batch is, on one line of the terminal that goes away again."""

from __future__ import annotations

import os
import time
from typing import IO

_CLEAR = "\r\x1b[2K"
_BAR = 24
_EACH_SECONDS = 0.1


class Progress:
    """A line with a bar, the rate and the time left; nothing at all where the stream is no terminal."""

    def __init__(self, total: int, stream: IO[str]) -> None:
        self._total = total
        self._stream = stream
        self._is_shown = total > 1 and stream.isatty() and os.environ.get("TERM") != "dumb"
        self._start = self._drawn_at = time.monotonic()
        self._drawn = False

    def show(self, done: int, failed: int, *, unchanged: int) -> None:
        """Draw the line anew, not more often than it can be read."""
        from shutil import get_terminal_size

        now = time.monotonic()
        if self._is_shown and now - self._drawn_at >= _EACH_SECONDS:
            self._drawn_at, self._drawn = now, True
            line = progress_line(done, self._total, failed, done - unchanged, now - self._start)
            width = get_terminal_size().columns - 1
            print(f"{_CLEAR}{line[:width]}", end="", file=self._stream, flush=True)

    def clear(self) -> None:
        """Take the line away, before something else is printed."""
        if self._drawn:
            print(_CLEAR, end="", file=self._stream, flush=True)
            self._drawn = False


def progress_line(done: int, total: int, failed: int, worked: int, seconds: float) -> str:
    """Return the line; rate and time left are told of the `worked` documents, which took the seconds."""
    full = _BAR * done // total
    parts = [f"[{'#' * full}{'.' * (_BAR - full)}]", f"{done}/{total}"]
    if failed:
        parts.append(f"{failed} failed")
    if worked and seconds:
        rate = worked / seconds
        parts += [f"{rate:.1f}/s" if rate >= 1 else f"{1 / rate:.1f} s each", f"{_clock((total - done) / rate)} left"]
    return "  ".join(parts)


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"
