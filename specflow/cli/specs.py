"""Which documents a command line means: its files, and the specs in its folders.

A spec is a YAML file with a top-level `template:` key; other YAML may lie in the same folder. Order is that of
the command line, and by name within a folder, files before folders.
"""

from __future__ import annotations

import os
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from specflow.cli.report import shown
from specflow.diagnostics import Span, error
from specflow.errors import FileAccess, SpecflowError, UsageError

_SUFFIXES = (".yaml", ".yml")
_LOOKED_AT = 64 * 1024
_TEMPLATE_KEY = re.compile(r"""^(?:template|"template"|'template')\s*:""", re.MULTILINE)
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True, slots=True)
class Found:
    """One document to work on: its spec, its folder below OUT, and why it cannot be worked on, if so."""

    spec: Path
    folder: Path = Path()
    refusal: SpecflowError | None = None

    @property
    def name(self) -> str:
        """The document's place below OUT, without a suffix."""
        return (self.folder / self.spec.stem).as_posix()


def find_specs(paths: Sequence[Path], excluded: Sequence[Path] = (), out: Path | None = None) -> tuple[Found, ...]:
    """Return the documents that the paths mean, each once; a path that means none is there with its refusal.

    Hidden folders, virtual environments, `excluded` and `out` (where it lies below a searched folder) are not searched.
    """
    left_out = {path.resolve() for path in excluded}
    if out is not None:
        left_out.add(out.resolve())
    found: dict[Path, Found] = {}
    for path in paths:
        for one in _below(path, left_out) if path.is_dir() else [Found(path)]:
            found.setdefault(one.spec.resolve(), one)
    return tuple(found.values())


def refuse_clashes(found: Sequence[Found]) -> tuple[Found, ...]:
    """Return the documents, refusing all that would write the same files as another.

    Names that differ in case alone clash too: on many file systems they are the same file.
    """
    rivals = defaultdict(list)
    for one in found:
        if one.refusal is None:
            rivals[one.name.casefold()].append(one)
    return tuple(_refuse_clash(one, rivals[one.name.casefold()]) for one in found)


def _refuse_clash(one: Found, rivals: Sequence[Found]) -> Found:
    others = [shown(rival.spec) for rival in rivals if rival is not one]
    if one.refusal or not others:
        return one
    hint = "rename one of them, or build them into different folders with --out"
    message = f"would be written to the same files as {', '.join(others)}: {one.name}.*"
    return replace(one, refusal=UsageError(error("output-clash", message, Span(one.spec), hint)))


def _below(folder: Path, left_out: set[Path]) -> Iterator[Found]:
    any_spec = False
    for spec in _search(folder, left_out):
        any_spec = True
        yield spec
    if not any_spec:
        message = "there is no spec in this folder"
        hint = 'a spec is a .yaml file with a top-level "template:" key; "specflow new DIR" writes one'
        yield Found(folder, refusal=UsageError(error("no-specs", message, Span(folder), hint)))


def _search(folder: Path, left_out: set[Path]) -> Iterator[Found]:
    refused: list[OSError] = []
    for name, folders, files in os.walk(folder, onerror=refused.append):
        here = Path(name)
        folders[:] = sorted(below for below in folders if _is_searched(here / below, left_out))
        for file in sorted(files):
            path = here / file
            if path.suffix.lower() in _SUFFIXES and path.resolve() not in left_out and _is_spec(path):
                yield Found(path, here.relative_to(folder))
    for fault in refused:
        path = Path(fault.filename or folder)
        message = f"this folder cannot be searched: {fault.strerror}"
        yield Found(path, refusal=FileAccess(error("folder-unreadable", message, Span(path), "check its permissions")))


def _is_searched(folder: Path, left_out: set[Path]) -> bool:
    return not (folder.name.startswith(".") or folder.resolve() in left_out or (folder / "pyvenv.cfg").exists())


def _is_spec(path: Path) -> bool:
    """Return if the file's beginning has the key; a file that cannot be read counts, so that loading it says why."""
    try:
        with path.open("rb") as stream:
            start = stream.read(_LOOKED_AT)
    except OSError:
        return True
    encoding = "utf-16" if start.startswith(_UTF16_MARKS) else "utf-8-sig"
    return bool(_TEMPLATE_KEY.search(start.decode(encoding, "replace")))
