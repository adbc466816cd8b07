"""How hard property tests try: a little in `make test`, a lot in `make sweep`."""

from __future__ import annotations

import os

SWEEP = int(os.environ.get("SPECFLOW_SWEEP", "1"))
"""How many times the usual number of examples; above 1 they are random, so that each sweep tries others."""


def examples(usual: int) -> int:
    """Return how many examples to try where `usual` are enough for a quick run."""
    return usual * SWEEP
