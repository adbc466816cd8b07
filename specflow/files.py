"""Reading whole, hashing, and the one way in which specflow reports what the file system refuses."""

from __future__ import annotations

import hashlib
from pathlib import Path

from specflow.diagnostics import Diagnostic, Span, error
from specflow.errors import FileAccess

SIGNED_SUFFIX = ".signed"
"""What stands before the extension of a file that was signed, beside the one that was not."""


def sha256(data: bytes) -> str:
    """Return the SHA-256 of the bytes as 64 lower-case hex digits."""
    return hashlib.sha256(data).hexdigest()


def read_bytes(path: Path, limit: int | None = None) -> bytes:
    """Return the file's bytes; at most `limit` + 1 of them where a limit is given, so that the caller sees the excess.

    Raises FileAccess for a missing file, a folder, or a file that may not be read.
    """
    try:
        with path.open("rb") as stream:
            return stream.read() if limit is None else stream.read(limit + 1)
    except OSError as fault:
        raise FileAccess(_refusal(path, fault)) from fault


def _refusal(path: Path, fault: OSError) -> Diagnostic:
    span = Span(path)
    if isinstance(fault, FileNotFoundError):
        return error(
            "file-missing", "there is no such file", span, "check the path; relative paths start at the current folder"
        )
    if isinstance(fault, IsADirectoryError):
        return error("file-is-folder", "this is a folder, not a file", span, "name the YAML file inside it")
    return error("file-unreadable", f"cannot be read: {fault.strerror or fault}", span, "check the permissions")
