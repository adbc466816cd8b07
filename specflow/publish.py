"""Publish: all editions and their record appear together, or none does.

Everything is written into a work folder beside the target first. Publishing then replaces the old files one after the
other by renaming, under a lock on the target folder; a failure puts the old ones back. A journal in the work folder
makes it safe against a killed process too: whoever builds into that folder next finds the journal and carries the
renaming through.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from specflow.diagnostics import Diagnostic, Span, error, warning
from specflow.errors import FileAccess
from specflow.model import Format

_WORK = ".work"
_JOURNAL = "publish.json"
_NEW, _OLD = "new", "old"


def publish(files: Mapping[str, bytes], folder: Path, stem: str) -> None:
    """Put the files (by their names) into the folder; the old ones of these names go away together or stay together.

    Raises FileAccess when something cannot be written, after putting back what was there.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        recover(folder)
        with _work_folder(folder, stem) as work:
            for name, data in files.items():
                _write(work / _NEW / name, data)
            with _locked(folder):
                _write(work / _JOURNAL, json.dumps(sorted(files)).encode())
                _sync(work)
                _replace(sorted(files), work, folder)
                (work / _JOURNAL).unlink()
    except OSError as fault:
        raise FileAccess(_refusal(folder, stem, fault)) from fault


def is_published(files: Mapping[str, bytes], folder: Path) -> bool:
    """Return whether the folder holds exactly these bytes already, with no unfinished build beside them."""
    try:
        unfinished = next(folder.glob(f".*{_WORK}"), None)
        return not unfinished and all((folder / name).read_bytes() == data for name, data in files.items())
    except OSError:
        return False


def outdated(folder: Path, stem: str, formats: Iterable[Format]) -> list[Diagnostic]:
    """Return a warning for each edition in the folder that is of none of these formats: an earlier build left it."""
    names = [f"{stem}.{form}" for form in Format if form not in set(formats)]
    hint = "build all formats, or remove it"
    return [
        warning(
            "edition-outdated", f"{name} is from an earlier build: it may not say the same", Span(folder / name), hint
        )
        for name in names
        if (folder / name).exists()
    ]


def keep(files: Mapping[str, bytes], folder: Path, stem: str) -> Path | None:
    """Return the folder `.<stem>.failed` that now holds what a failed build has made; None if that failed as well."""
    target = folder / f".{stem}.failed"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with _work_folder(folder, stem) as work:
            for name, data in files.items():
                _write(work / _NEW / name, data)
            with _locked(folder):
                if target.exists():
                    shutil.rmtree(target)
                (work / _NEW).rename(target)
    except OSError:
        return None
    return target


def forget(folder: Path, stem: str) -> None:
    """Remove what an earlier failed build of this document left."""
    shutil.rmtree(folder / f".{stem}.failed", ignore_errors=True)


def recover(folder: Path) -> None:
    """Carry through, or clear away, what a killed process left in the folder."""
    with _locked(folder):
        for work in sorted(folder.glob(f".*{_WORK}")):
            with _owned(work) as is_ours:
                if not is_ours:
                    continue  # its process lives
                if (work / _JOURNAL).exists():
                    for name in json.loads((work / _JOURNAL).read_bytes()):
                        if (work / _NEW / name).exists():
                            (work / _NEW / name).replace(folder / name)
                shutil.rmtree(work, ignore_errors=True)


def _replace(names: list[str], work: Path, folder: Path) -> None:
    """Rename the new files into place; put the old ones back if that cannot be done for all."""
    (work / _OLD).mkdir()
    done: list[str] = []
    try:
        for name in names:
            if (folder / name).exists():
                os.link(folder / name, work / _OLD / name)
        for name in names:
            done.append(name)
            (work / _NEW / name).replace(folder / name)
        _sync(folder)
    except BaseException:
        for name in done:
            if (work / _OLD / name).exists():
                (work / _OLD / name).replace(folder / name)
            elif not (work / _NEW / name).exists():
                (folder / name).unlink(missing_ok=True)
        (work / _JOURNAL).unlink(missing_ok=True)
        raise


@contextlib.contextmanager
def _work_folder(folder: Path, stem: str) -> Iterator[Path]:
    """Give a new folder that is locked while its process lives, and remove it at the end."""
    with contextlib.ExitStack() as held:
        with _locked(folder):  # or a recovery could take the folder for a dead one before it is locked
            work = Path(tempfile.mkdtemp(prefix=f".{stem}.", suffix=_WORK, dir=folder))
            held.callback(shutil.rmtree, work, ignore_errors=True)
            held.enter_context(_owned(work))
        (work / _NEW).mkdir()
        yield work


@contextlib.contextmanager
def _owned(folder: Path) -> Iterator[bool]:
    """Give whether the folder's lock could be had without waiting; hold it meanwhile."""
    try:
        handle = os.open(folder, os.O_RDONLY)
    except FileNotFoundError:
        yield False
        return
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True
    finally:
        os.close(handle)


@contextlib.contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Hold the folder's lock, waiting for it: publishing takes milliseconds."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _write(path: Path, data: bytes) -> None:
    with path.open("wb") as stream:
        stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _refusal(folder: Path, stem: str, fault: OSError) -> Diagnostic:
    why = fault.strerror or str(fault)
    message = f"the editions of {stem} cannot be written: {why[:1].lower()}{why[1:]}"
    return error(
        "output-unwritable",
        message,
        Span(folder),
        "make room or change the permissions, or choose another folder with -o",
    )
