"""The pack as files in a folder: what is in it, what each file is for, and how it is put into place all at once."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from specflow.diagnostics import Span, error
from specflow.errors import FileAccess, UsageError
from specflow.files import SIGNED_SUFFIX, sha256
from specflow.release.sums import sums_text

FORMAT = 1
"""The version of the manifest's structure; it grows when a field changes its meaning."""

MANIFEST, SUMS, GUIDE = "manifest.json", "SHA256SUMS", "README.txt"
REPORT, REPORT_DATA = "verification.html", "verification.json"
SIGNED = f"{SIGNED_SUFFIX}.pdf"


def is_pack(folder: Path) -> bool:
    """Return whether the folder looks like a pack, whatever state it is in."""
    return (folder / SUMS).is_file() and (folder / MANIFEST).is_file()


def guide(manifest: Mapping[str, Any]) -> str:
    """Return what README.txt tells somebody who has never heard of specflow."""
    document = manifest["document"]
    command = " ".join(["specflow", "build", *manifest["rebuild"]])
    signed = manifest["signed"]
    signatures = [
        "",
        f"The signatures in {signed}, with poppler's tool or any PDF reader that shows signatures:",
        "",
        f"    pdfsig {signed}",
    ]
    lines = [
        f"{document['title']}",
        f"{document['id']}, version {document['version']}, {document['status']}, {document['date']}",
        "",
        "This folder is a released document with all that belongs to it. What each file is for stands in",
        f"{MANIFEST}. Nothing here needs a network.",
        "",
        "To check that no file has changed, run in this folder:",
        "",
        f"    sha256sum -c {SUMS}",
        *(signatures if signed else []),
        "",
        "To check all of it, with specflow: the files, the editions against each other, the ledger's chain, that",
        "every required role has approved this content, and the signatures:",
        "",
        f"    specflow verify .{' --trust ROOTS.pem' if signed else ''}",
        "",
        f"To build it again, with the versions that {manifest['record']} lists under `tools`; the editions come out",
        "the same, byte for byte:",
        "",
        f"    {command} --out ../again",
        "",
        f"Whoever can change this folder can also change {SUMS}. The SHA-256 of that file, as `specflow release`",
        "printed it, should therefore be kept somewhere else, too.",
    ]
    return "\n".join(lines) + "\n"


def manifest_text(manifest: Mapping[str, Any], files: Mapping[str, bytes], purposes: Mapping[str, str]) -> str:
    """Return the manifest with the files, each with its purpose, size and hash."""
    listed = [
        {
            "path": name,
            "purpose": purposes.get(name, "source"),
            "bytes": len(files[name]),
            "sha256": sha256(files[name]),
        }
        for name in sorted(files)
    ]
    return json.dumps({**manifest, "files": listed}, indent=2, ensure_ascii=False) + "\n"


def with_sums(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return the files with the list of their hashes."""
    return {**files, SUMS: sums_text({name: sha256(data) for name, data in files.items()}).encode()}


def refuse_taken(target: Path) -> None:
    """Raise UsageError where something is in the pack's place already: archives are not written over."""
    if target.exists() and not (target.is_dir() and not any(target.iterdir())):
        hint = "name a folder that does not exist yet; a release is never written over"
        raise UsageError(error("release-exists", "there is something in this place already", Span(target), hint))


@contextlib.contextmanager
def staged(target: Path) -> Iterator[Path]:
    """Give a hidden folder beside the target, which takes the target's place at the end, or vanishes.

    Raises FileAccess where that cannot be written.
    """
    place = target.resolve()
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        work = Path(tempfile.mkdtemp(prefix=f".{place.name}.", suffix=".release", dir=place.parent))
    except OSError as fault:
        raise _unwritable(target, fault) from fault
    try:
        yield work
        try:
            work.chmod(0o777 & ~_umask())
            if place.is_dir():
                place.rmdir()  # an empty one, or it is refused
            work.rename(place)
            _sync(place.parent)
        except OSError as fault:
            raise _unwritable(target, fault) from fault
    finally:
        shutil.rmtree(work, ignore_errors=True)


def write(folder: Path, files: Mapping[str, bytes]) -> None:
    """Put the files into the folder, and on the disk; raise FileAccess where one cannot be written."""
    for name, data in files.items():
        path = folder / name
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("wb") as stream:
                stream.write(data)
                stream.flush()
                os.fsync(stream.fileno())
        except OSError as fault:
            raise _unwritable(folder / name, fault) from fault


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _umask() -> int:
    """Return the mask of new files' permissions; it can only be read by setting it."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask


def _unwritable(path: Path, fault: OSError) -> FileAccess:
    message = f"the release cannot be written: {fault.strerror or fault}"
    return FileAccess(error("release-unwritable", message, Span(path), "make room or change the permissions"))
