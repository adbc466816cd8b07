"""Pictures that a document names: only files of the project folder, only what all three formats can show."""

from __future__ import annotations

import hashlib
from pathlib import Path

MAX_BYTES = 64 << 20
"""A picture larger than this is refused."""

_KINDS = ((b"\x89PNG\r\n\x1a\n", "image/png", "png"), (b"\xff\xd8\xff", "image/jpeg", "jpg"))


class Pictures:
    """The pictures of one project folder, and those that a document has used so far.

    `used` maps the name under which pandoc knows a picture (SHA-1 of its bytes, and an extension) to its bytes.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder.resolve()
        self.used: dict[str, bytes] = {}

    def fetch(self, source: str) -> tuple[str, bytes] | str:
        """Return the picture's media type and bytes, or why it may not be used, as the end of a sentence.

        Links are followed before the place is judged, so a symbolic link cannot lead out of the folder.
        """
        if "://" in source or source.startswith(("data:", "//")):
            return "is not a file of the project"
        path = Path(source)
        if path.is_absolute() or "\\" in source or "\0" in source:
            return "lies outside the project folder"
        try:
            found = (self._folder / path).resolve(strict=True)
        except (OSError, RuntimeError):
            return "does not exist"
        if not found.is_relative_to(self._folder):
            return "lies outside the project folder"
        try:
            with found.open("rb") as stream:
                data = stream.read(MAX_BYTES + 1)
        except OSError as fault:
            return f"cannot be read: {fault.strerror}"
        if len(data) > MAX_BYTES:
            return f"is larger than {MAX_BYTES >> 20} MiB"
        for signature, mime, extension in _KINDS:
            if data.startswith(signature):
                name = hashlib.sha1(data, usedforsecurity=False).hexdigest()
                self.used[f"{name}.{extension}"] = data
                return mime, data
        return "is neither PNG nor JPEG"
