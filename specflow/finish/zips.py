"""Zip packages with nothing of the moment in them: no clock, no user, no order of arrival."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

from specflow.diagnostics import error
from specflow.errors import ConversionFailed

_PLAIN_FILE = 0o644 << 16
_EPOCH = (1980, 1, 1, 0, 0, 0)
_FIRST = ("[Content_Types].xml", "_rels/.rels")


def read_zip(data: bytes) -> dict[str, bytes]:
    """Return the files in the zip by name, folders left out. Raises ConversionFailed when it is not a whole zip."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            return {name: package.read(name) for name in package.namelist() if not name.endswith("/")}
    except (zipfile.BadZipFile, zipfile.LargeZipFile, EOFError, NotImplementedError) as fault:
        hint = "build again; if it stays so, report it with the template"
        raise ConversionFailed(error("docx-zip", f"the writer's output is not a zip: {fault}", hint=hint)) from fault


def write_zip(files: Mapping[str, bytes]) -> bytes:
    """Return a zip of the files, the same bytes for the same files: sorted, all dated 1980-01-01.

    The content types come first, as readers that sniff the type of an office file expect. The compressed bytes are
    those of the zlib that Python runs with; another zlib may pack the same files into other bytes.
    """
    names = sorted(files, key=lambda name: (_FIRST.index(name) if name in _FIRST else len(_FIRST), name))
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as package:
        for name in names:
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.create_system = 0
            entry.external_attr = _PLAIN_FILE
            entry.compress_type = zipfile.ZIP_DEFLATED
            package.writestr(entry, files[name], compresslevel=6)
    return buffer.getvalue()
