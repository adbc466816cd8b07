"""Load what later stages need while this one waits for a program: a cold start is then shorter by most of it."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator, Sequence
from importlib import import_module
from threading import Thread


@contextlib.contextmanager
def loading(modules: Sequence[str]) -> Iterator[None]:
    """Load the modules in a thread while the block runs; it ends with the block, so that no stage meets half a module.

    A module that cannot be loaded is told of by whoever imports it.
    """
    missing = [name for name in modules if name not in sys.modules]
    if not missing:
        yield
        return
    thread = Thread(target=_load, args=(missing,))
    thread.start()
    try:
        yield
    finally:
        thread.join()


def _load(modules: Sequence[str]) -> None:
    for name in modules:
        with contextlib.suppress(Exception):
            import_module(name)
