"""The data as the PDF edition carries it: every file that the document was made from."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath

from specflow.diagnostics import Span, error
from specflow.errors import FileAccess
from specflow.files import read_bytes, sha256
from specflow.model import Source

_TYPES = {
    ".yaml": "application/yaml",  # RFC 9512
    ".yml": "application/yaml",
    ".md": "text/markdown",  # RFC 7763
    ".csv": "text/csv",  # RFC 4180
}


@dataclass(frozen=True, slots=True)
class Attached:
    """A file inside the PDF: `name` is what a reader sees, `path` where Typst finds it while it makes the PDF."""

    name: str
    path: str
    mime: str
    data: bytes


def attached(source: Source) -> tuple[Attached, ...]:
    """Return the files that went into the data, as they were when they were loaded.

    Raises FileAccess where one cannot be read, or is not the same any more.
    """
    found, changed = [], []
    for at, file in enumerate(source.files):
        path = source.folder / file.name
        data = read_bytes(path)
        if sha256(data) != file.sha256:
            hint = "build again, once nothing writes to it"
            changed.append(error("source-changed", "the file has changed while it was built", Span(path), hint))
        mime = _TYPES.get(PurePosixPath(file.name).suffix.lower(), "application/octet-stream")
        found.append(Attached(file.name, f"attached/{at}", mime, data))
    if changed:
        raise FileAccess(*changed)
    return tuple(found)
