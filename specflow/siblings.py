"""Other documents that a document links to: which spec is meant, by its path or by the document's id."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote

if TYPE_CHECKING:
    from specflow.tools.pandoc import Reply

SUFFIXES = (".yaml", ".yml")
_LOOKED_AT = 64 * 1024
_SPEC_KEY = re.compile(r"""^(?P<quote>["']?)(?:template|(?P<layer>extends))(?P=quote)\s*:""", re.MULTILINE)
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")


def spec_key(path: Path) -> str:
    """Return the key in the file's beginning that makes it a spec, "template" or "extends"; "" if there is none.

    A file that cannot be read counts as a spec, so that loading it says why.
    """
    try:
        text = _beginning(path)
    except OSError:
        return "template"
    keys = [found["layer"] or "template" for found in _SPEC_KEY.finditer(text)]
    return "extends" if "extends" in keys else "".join(keys[:1])


class Siblings:
    """The documents beside a spec, in one project folder; `asked` maps each target that was asked for to the answer.

    `id_key` is the data key that holds a document's id, in documents of the same template.
    """

    def __init__(self, spec: Path, folder: Path, id_key: str) -> None:
        self._spec = spec
        self._folder = folder.resolve()
        self._id_key = id_key
        self.asked: dict[str, str] = {}

    def answer(self, request: Mapping[str, Any]) -> Reply | str:
        """Return the path of the spec that a link means, as the link's target; or why it means none.

        The reason is "" where the link is not meant for a document. Paths that leave the project folder are not looked
        at.
        """
        target = str(request["sibling"])
        path, mark, fragment = target.partition("#")
        found = self._find(unquote(path))
        self.asked[target] = found or ""
        if found:
            from specflow.tools.pandoc import Reply  # (whoever only looks for specs needs no pandoc)

            return Reply({"target": quote(found) + mark + fragment}, [])
        if path.endswith(SUFFIXES) and not (self._spec.parent / unquote(path)).exists():
            return f"the link leads to `{unquote(path)}`, which is not there"
        return ""

    def _find(self, path: str) -> str | None:
        """Return the path of the spec relative to this one."""
        for suffix in ("", *SUFFIXES):
            file = self._spec.parent / f"{path}{suffix}"
            inside = Path(os.path.realpath(file)).is_relative_to(self._folder)
            if file.suffix in SUFFIXES and inside and file.is_file() and spec_key(file):
                return f"{path}{suffix}"
        return None if "/" in path else next(self._with_id(path), None)

    def _with_id(self, name: str) -> Iterator[str]:
        line = re.compile(
            rf"""^{re.escape(self._id_key)}\s*:\s*(?P<quote>["']?){re.escape(name)}(?P=quote)\s*(?:#.*)?$""",
            re.MULTILINE,
        )
        here = self._spec.parent.resolve()
        for file in sorted(file for suffix in SUFFIXES for file in self._folder.rglob(f"*{suffix}")):
            if not any(part.startswith(".") for part in file.relative_to(self._folder).parts) and spec_key(file):
                try:
                    if line.search(_beginning(file)):
                        yield Path(os.path.relpath(file, here)).as_posix()
                except OSError:
                    continue


def _beginning(path: Path) -> str:
    with path.open("rb") as stream:
        start = stream.read(_LOOKED_AT)
    return start.decode("utf-16" if start.startswith(_UTF16_MARKS) else "utf-8-sig", "replace")
