"""What a document and a worker may take."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """A document gets `seconds`.

    A worker is replaced after `recycle_jobs` documents, and when it holds more than `recycle_bytes` between two of
    them, its tools included; beyond `most_bytes` it is ended at once.
    """

    seconds: float = 600.0
    recycle_jobs: int = 500
    recycle_bytes: int = 700 << 20
    most_bytes: int = 6 << 30
