"""Read a project file, and look for what it names: all faults at once, each with its place."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from specflow.diagnostics import Diagnostic, Span, error
from specflow.errors import InvalidData, InvalidTemplate
from specflow.languages import find_language
from specflow.load import load_file
from specflow.load.files import ProjectFiles
from specflow.model import Format, KeyPath, Settings, Source, key_text
from specflow.project import Project, real_path
from specflow.theme.layers import theme_file
from specflow.validate.judge import judge
from specflow.validate.read import read


def _names(noun: str) -> dict[str, Any]:
    return {"type": "array", "items": {"type": "string"}, "description": f"A list of {noun}."}


SCHEMA: Mapping[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "template": {"type": "string", "description": "The template of specs that name none."},
        "theme": {"type": "string", "description": "The name of a theme, or its folder."},
        "formats": {"type": "array", "items": {"enum": [str(form) for form in Format]}},
        "out": {"type": "string", "description": "The folder to write to."},
        "layers": _names("YAML files that lie beneath every spec"),
        "page_size": {"enum": ["A4", "letter"]},
        "language": {"type": "string", "description": "The tag of a language, such as de."},
        "templates": _names("folders of templates"),
        "reference": {"type": "string", "description": "A Word file whose styles the DOCX takes on."},
        "attach_source": {"type": "boolean", "description": "If the PDF holds the data."},
        "verify": {"type": "boolean", "description": "If the editions are read again and compared."},
        "exclude": _names("patterns of files that are no specs"),
        "signoff": {
            "type": "object",
            "additionalProperties": False,
            "description": "What counts as an approval, and how the document is sent out for it.",
            "properties": {
                "by_hand": {"type": "boolean", "description": "If decisions typed into the data count."},
                "protect": {"type": "boolean", "description": "If only the approval block of a DOCX can be edited."},
            },
        },
    },
}


def read_project(file: Path) -> Project:
    """Return what the project file says; an empty one says nothing, but makes its folder the project folder.

    Raises InvalidData with every fault, FileAccess if it cannot be read.
    """
    folder = real_path(file.parent)
    try:
        source = load_file(file)
    except InvalidData as fault:
        if [found.code for found in fault.diagnostics] == ["yaml-empty"]:
            return Project(folder, file, Settings(folder=folder))
        raise
    reading = read(source.data, SCHEMA)
    faults = judge(source, SCHEMA, reading, draft=False)
    return _Reader(source, reading.data, folder, faults).project()


class _Reader:
    """Makes the project of what was read, and looks for what it names."""

    def __init__(self, source: Source, data: Mapping[str, Any], folder: Path, faults: list[Diagnostic]) -> None:
        self._source, self._data, self._folder = source, data, folder
        self._files = ProjectFiles(source.path)
        self._faulty = {fault.key for fault in faults}
        self._faults = list(faults)

    def project(self) -> Project:
        self._look(("language",), lambda tag, span: find_language(tag, (self._folder,), span=span))
        self._look(("theme",), lambda name, span: theme_file(name, self._folder, span))
        settings = Settings(
            folder=self._folder,
            template=self._text("template"),
            theme=self._text("theme"),
            page_size=self._text("page_size"),
            language=self._text("language"),
            layers=self._paths("layers"),
            reference=self._file(("reference",), self._text("reference")),
            attach_source=self._data.get("attach_source") is True,
            verify=self._data.get("verify") is not False,
            by_hand=self._group("signoff").get("by_hand") is True,
            protect=self._group("signoff").get("protect") is not False,
        )
        out = self._below(("out",), self._text("out"))
        templates = [self._templates(("templates", at), str(name)) for at, name in enumerate(self._list("templates"))]
        if self._faults:
            raise InvalidData(*sorted(self._faults, key=_place))
        return Project(
            folder=self._folder,
            file=self._source.path,
            settings=settings,
            formats=tuple(form for form in Format if form in self._list("formats")),
            out=out,
            templates=tuple(path for path in templates if path),
            exclude=tuple(map(str, self._list("exclude"))),
        )

    def _text(self, key: str) -> str:
        return str(self._data.get(key, ""))

    def _group(self, key: str) -> Mapping[str, Any]:
        found = self._data.get(key, {})
        return found if isinstance(found, dict) else {}

    def _list(self, key: str) -> list[Any]:
        found = self._data.get(key, [])
        return found if isinstance(found, list) else []

    def _look(self, path: KeyPath, look: Callable[[str, Span], object]) -> None:
        """Note what is wrong with what a key names."""
        name = self._text(str(path[0]))
        if name and key_text(path) not in self._faulty:
            try:
                look(name, self._source.places[path].value)
            except (InvalidData, InvalidTemplate) as fault:
                self._faults += fault.diagnostics

    def _paths(self, key: str) -> tuple[Path, ...]:
        found = (self._file((key, at), str(name)) for at, name in enumerate(self._list(key)))
        return tuple(path for path in found if path)

    def _file(self, path: KeyPath, name: str) -> Path | None:
        """Return the file that a value names, or None, with a fault, if there is none in the project folder."""
        if not name or path not in self._source.places or key_text(path) in self._faulty:
            return None
        try:
            return self._files.locate(name, self._source.places[path].value, key_text(path))
        except InvalidData as fault:
            self._faults += fault.diagnostics
            return None

    def _below(self, path: KeyPath, name: str) -> Path | None:
        """Return the folder that a value names, or None, with a fault, if it is outside of the project folder."""
        if not name or path not in self._source.places or key_text(path) in self._faulty:
            return None
        found = real_path(self._folder / name)
        if not Path(name).is_absolute() and found.is_relative_to(self._folder):
            return found
        hint = "name a folder below that of the project file; the command line may name any other"
        message = f"the folder `{name}` lies outside of the project folder"
        self._faults.append(error("file-outside", message, self._source.places[path].value, hint, key_text(path)))
        return None

    def _templates(self, path: KeyPath, name: str) -> Path | None:
        found = self._below(path, name)
        if found and not os.path.isdir(found):  # noqa: PTH112 (no name is too long for it)
            hint = "name the folder that holds your templates, each a folder with a manifest.yaml"
            span = self._source.places[path].value
            self._faults.append(error("templates-missing", f"there is no folder `{name}`", span, hint, key_text(path)))
        return found


def _place(fault: Diagnostic) -> tuple[int, int]:
    return (fault.span.line or 0, fault.span.column or 0) if fault.span else (0, 0)
