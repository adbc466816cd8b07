"""The samples' editions, built once for all tests that look at them, whichever process asks first."""

from __future__ import annotations

import fcntl
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from effort import SWEEP

from specflow.cli.specs import find_specs
from specflow.model import Format, Job
from specflow.pipeline import build
from specflow.project import find_settings
from specflow.theme import bundled_themes
from specflow.tools.kit import Tools

SAMPLES = Path(__file__).parents[1] / "samples"
SPECS = {found.spec.stem: found.spec for found in find_specs([SAMPLES], excluded=[SAMPLES / "broken"])}
ALL = tuple((name, theme) for theme in bundled_themes() for name in SPECS)
"""Every sample in every theme: what `make sweep` looks at."""
SOME = tuple(pair for pair in ALL if pair[0] == "minimal" or pair == ("port-customs-ar", "default"))
"""The smallest sample in every theme, and the one that runs from right to left: what `make test` looks at."""
LOOKED_AT = ALL if SWEEP > 1 else SOME


@dataclass(frozen=True)
class Built:
    """A sample's editions by format, and its record."""

    editions: Mapping[Format, Path]
    content: Mapping[str, Any]


def built(name: str, theme: str, shared: Path, tools: Tools, *, attached: bool = False) -> Built:
    """Return the sample's editions in the folder that all processes of a run share, made by the first that asks."""
    spec = SPECS[name]
    out = shared / f"{theme}{'-attached' if attached else ''}" / name
    out.mkdir(parents=True, exist_ok=True)
    with (out / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        record = out / f"{name}.json"
        if not record.exists():
            settings = replace(find_settings(spec), theme=theme, attach_source=attached)
            build(Job(spec, out, settings=settings), tools, lambda _: None)
    return Built({form: out / f"{name}.{form}" for form in Format}, json.loads(record.read_text("utf-8")))
