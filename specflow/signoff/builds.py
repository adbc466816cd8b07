"""What was there to be seen when somebody decided: the editions beside their record, as the last build left them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from specflow.diagnostics import Diagnostic, Span, error
from specflow.errors import SignOffRefused
from specflow.files import read_bytes, sha256
from specflow.model import short_digest
from specflow.signoff.ledger import Ledger

_RESTORE = "get the ledger back as it was from version control; it is only ever added to, by specflow"


@dataclass(frozen=True, slots=True)
class Build:
    """A record, as far as sign-off asks for it: the content digest, the ledger as it was then, and the editions."""

    path: Path
    digest: str
    entries: int
    head: str
    editions: Mapping[str, Mapping[str, Any]]


def find_build(out: Path, stem: str) -> Build | None:
    """Return what the record in the folder says; None where there is none, or it is one without a sign-off."""
    path = out / f"{stem}.json"
    if not path.is_file():
        return None
    try:
        content = json.loads(read_bytes(path))
        signed = content["signoff"]
        ledger = signed["ledger"]
        return Build(
            path, str(signed["digest"]), int(ledger["entries"]), str(ledger["head"]), dict(content["editions"])
        )
    except (ValueError, KeyError, TypeError, RecursionError):
        return None


def seen_editions(build: Build | None, out: Path, stem: str, digest: str, spec: Path) -> dict[str, str]:
    """Return the SHA-256 of the editions that show the content with the digest, by format.

    Raises SignOffRefused where there are none, they show another content, or a file is not the one that was built. A
    PDF edition may have been signed since: signatures are appended to it.
    """
    again = f"specflow build {spec.name}, look at the editions, and decide again; -o names another folder than {out}"
    if build is None or not build.editions:
        message = f"there are no editions of {stem} in {out} that anybody could have seen"
        raise SignOffRefused(error("signoff-not-built", message, Span(spec), f"run {again}"))
    if build.digest != digest:
        message = (
            f"the editions in {out} show content {short_digest(build.digest)}, "
            f"but the present one is {short_digest(digest)}"
        )
        raise SignOffRefused(error("signoff-stale-build", message, Span(spec), f"run {again}"))
    changed = [name for name, edition in build.editions.items() if not _is_as_built(out, name, edition)]
    if changed:
        files = ", ".join(str(build.editions[name]["file"]) for name in changed)
        message = f"{files} is not what was built, or is missing"
        raise SignOffRefused(error("signoff-stale-build", message, Span(out / f"{stem}.json"), f"run {again}"))
    return {name: str(edition["sha256"]) for name, edition in build.editions.items()}


def against_build(ledger: Ledger, build: Build | None) -> Diagnostic | None:
    """Return what the record knows of the ledger that is not so: that it was cut, or rewritten, since the build."""
    if build is None or not build.entries:
        return None
    if build.entries > len(ledger.entries):
        message = f"the ledger was cut: it has {len(ledger.entries)} entries, but had {build.entries} when it was built"
    elif ledger.hashes[build.entries - 1] != build.head:
        message = f"entry {build.entries} is not the one that the editions were built with: the ledger was rewritten"
    else:
        return None
    return error("ledger-truncated", message, Span(ledger.path), f"{_RESTORE}; the record is {build.path.name}")


def _is_as_built(out: Path, name: str, edition: Mapping[str, Any]) -> bool:
    path = out / str(edition["file"])
    if not path.is_file():
        return False
    data = read_bytes(path)
    return sha256(data[: int(edition["bytes"])] if name == "pdf" else data) == str(edition["sha256"])
