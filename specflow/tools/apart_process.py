"""The process that `apart` keeps: it runs the functions that arrive on stdin, and writes what they give to stdout."""

from __future__ import annotations

import contextlib
import json
import math
import os
import pickle
import resource
import signal
import struct
import sys

_GRACE_SECONDS = 5


def serve(path: list[str], memory: int) -> None:
    """Run the jobs that come on stdin until there are no more; modules are looked for where the parent does."""
    sys.path[:] = path
    jobs, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints must not reach the answers
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    while head := jobs.read(8):
        is_wanted, answer = done(jobs.read(struct.unpack("<Q", head)[0]))
        if is_wanted:
            answers.write(struct.pack("<Q", len(answer)) + answer)
            answers.flush()


def done(job: bytes) -> tuple[bool, bytes]:
    """Run the job; return whether its answer is wanted, and the answer."""
    is_wanted = True
    try:
        seconds, is_wanted, function, arguments, named = pickle.loads(job)  # noqa: S301 (from our own parent)
        signal.alarm(math.ceil(seconds) + _GRACE_SECONDS)  # ends this process even if its parent was killed meanwhile
        return is_wanted, pickle.dumps((True, function(*arguments, **named)))
    except Exception as fault:
        return is_wanted, _fault(fault)
    finally:
        signal.alarm(0)


def _fault(fault: Exception) -> bytes:
    """Return the answer that a function failed, in a form that can cross over."""
    try:
        made = pickle.dumps((False, fault))
        pickle.loads(made)  # noqa: S301
    except Exception:
        return pickle.dumps((False, RuntimeError(f"{type(fault).__name__}: {fault}")))
    return made


if __name__ == "__main__":
    serve(json.loads(sys.argv[1]), int(sys.argv[2]))
