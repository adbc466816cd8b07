"""The files that one document's data come from: none outside of the project folder, each read once, all counted."""

from __future__ import annotations

import os
from difflib import get_close_matches
from pathlib import Path, PurePosixPath, PureWindowsPath

from specflow.diagnostics import Diagnostic, Span, error
from specflow.errors import InvalidData
from specflow.files import read_bytes, sha256
from specflow.model import InputFile
from specflow.project import PROJECT_FILE, real_path
from specflow.yaml_text.decode import decode
from specflow.yaml_text.faults import shown

MAX_BYTES = 16 * 1024 * 1024
"""Bytes of all files of a document together."""
MAX_FILES = 500
"""Different names of files that the data of a document may hold."""

_STAY = f'copy the file into the project folder, or put a file "{PROJECT_FILE}" into the folder that holds both'
_NAMES_SHOWN = 2000


class ProjectFiles:
    """The files of one document, known by their real paths (links followed); `folder` is the project folder's."""

    def __init__(self, spec: Path, folder: Path | None = None) -> None:
        self._spec = spec
        self.spec = real_path(spec)
        self._shown_folder = spec.parent if folder is None else folder
        self.folder = real_path(self._shown_folder)
        self._contents: dict[Path, bytes] = {}
        self._names: set[tuple[Path, str]] = set()
        self._similar: dict[Path, str | None] = {}

    def shown(self, file: Path) -> Path:
        """Return the path of a located file as diagnostics name it."""
        return self._spec if file == self.spec else self._shown_folder / file.relative_to(self.folder)

    @property
    def inputs(self) -> tuple[InputFile, ...]:
        """The files that were read, in that order."""
        return tuple(InputFile(self._name(file), sha256(content)) for file, content in self._contents.items())

    def given(self, path: Path) -> Path:
        """Return the real path of a file that the project or the command line names; InvalidData if it is outside."""
        found = real_path(path)
        if found != self.spec and not found.is_relative_to(self.folder):
            message = f"this file lies outside of the project folder {self._shown_folder.as_posix()}"
            raise InvalidData(error("file-outside", message, Span(path), _STAY))
        return found

    def locate(self, name: str, span: Span, key: str | None = None) -> Path:
        """Return the real path of the file that a value names, relative to the folder of the file it stands in.

        Raises InvalidData, pointing at the value, for a path that leads out of the project folder, also by links, and
        for what is no file. Raises TooManyFiles beyond `MAX_FILES` names.
        """
        self._names.add((span.file.parent, name))
        if len(self._names) > MAX_FILES:
            message = f"the data of this document name more than {MAX_FILES} files"
            raise TooManyFiles(error("files-too-many", message, span, "join some of them, or split the document", key))
        if fault := _misnamed(name, span, key):
            raise InvalidData(fault)
        try:
            found = real_path(span.file.parent / name)
            is_inside = found == self.spec or found.is_relative_to(self.folder)
            exists, is_file = is_inside and found.exists(), is_inside and found.is_file()
        except (OSError, ValueError) as reason:  # a name that no file can have
            raise InvalidData(_missing(name, span, key, None)) from reason
        if not is_inside:
            message = f"{shown(name)} lies outside of the project folder"
            raise InvalidData(error("file-outside", message, span, _STAY, key))
        if not exists:
            if found not in self._similar:
                self._similar[found] = _similar(found)
            raise InvalidData(_missing(name, span, key, self._similar[found]))
        if not is_file:
            message = f"{shown(name)} is a folder or a device, not a file"
            raise InvalidData(error("file-is-folder", message, span, "name a file inside of it", key))
        return found

    def text(self, file: Path) -> str:
        """Return the text of a located file; raises InvalidData if it is too large or not UTF-8, FileAccess."""
        return decode(self.content(file), self.shown(file))

    def content(self, file: Path) -> bytes:
        """Return the bytes of a located file; raises InvalidData if it is too large, FileAccess."""
        if file not in self._contents:
            rest = MAX_BYTES - sum(map(len, self._contents.values()))
            content = read_bytes(self.shown(file), MAX_BYTES)
            if len(content) > rest:
                raise InvalidData(self._too_large(file, alone=len(content) > MAX_BYTES))
            self._contents[file] = content
        return self._contents[file]

    def chain(self, files: tuple[Path, ...]) -> str:
        """Return the files as the chain in which one names the next."""
        return " → ".join(self._name(file) for file in files)

    def _name(self, file: Path) -> str:
        return file.relative_to(self.folder).as_posix() if file.is_relative_to(self.folder) else file.name

    def _too_large(self, file: Path, *, alone: bool) -> Diagnostic:
        limit, hint = MAX_BYTES // 1024 // 1024, "move images and other attachments out of the YAML file, or split the"
        if alone:
            message = f"the file is larger than {limit} MiB"
            return error("yaml-too-large", message, Span(self.shown(file)), f"{hint} document")
        message = f"with this file the data of the document are larger than {limit} MiB"
        return error("yaml-too-large", message, Span(self.shown(file)), f"{hint} document")


class TooManyFiles(InvalidData):
    """The limit on files is reached: one report of it is enough."""


def _misnamed(name: str, span: Span, key: str | None) -> Diagnostic | None:
    """Return what is wrong with a name, whatever files there are."""
    if not name.strip():
        return error("file-missing", "no file is named here", span, "write the name of a file of the project", key)
    if "://" in name:
        message = f"{shown(name)} is a web address, and nothing is ever fetched"
        return error("file-outside", message, span, "download the file into the project folder, and name that", key)
    if PurePosixPath(name).is_absolute() or PureWindowsPath(name).drive or name.startswith(("~", "\\")):
        hint = "name the file relative to the folder of this one"
        return error("file-outside", f"{shown(name)} is not relative to this file", span, hint, key)
    if "\\" in name:
        message = f"{shown(name)} has a backslash, which separates folders on one system only"
        return error("file-missing", message, span, f"write {shown(name.replace(chr(92), '/'))}", key)
    return None


def _missing(name: str, span: Span, key: str | None, meant: str | None) -> Diagnostic:
    """Return that there is no such file; `meant` is the name of the one that is most like it."""
    hint = "names are relative to the folder of the file that they stand in"
    if meant:
        hint = f"did you mean {shown(str(PurePosixPath(name).with_name(meant)))}?"
    return error("file-missing", f"there is no file {shown(name)}", span, hint, key)


def _similar(path: Path) -> str | None:
    """Return the name of the file in the same folder that is most like this one."""
    try:
        with os.scandir(path.parent) as found:
            names = sorted(entry.name for entry, _ in zip(found, range(_NAMES_SHOWN), strict=False) if entry.is_file())
    except OSError:
        return None
    by_form = {name.casefold(): name for name in reversed(names)}
    return next((by_form[form] for form in get_close_matches(path.name.casefold(), by_form, 1, 0.66)), None)
