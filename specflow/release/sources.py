"""The source files of a released document: what it was built from, so that it can be built again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from specflow import assets
from specflow.diagnostics import Span, error
from specflow.errors import FileAccess
from specflow.files import read_bytes, sha256
from specflow.model import Converted, Job, Spec
from specflow.project import project_file, real_path
from specflow.signoff.ledger import head_path, ledger_path
from specflow.theme import Theme

FOLDER = "source"
_TEMPLATES = "templates"


@dataclass(frozen=True, slots=True)
class Sources:
    """The files by their POSIX paths in the pack, that of the spec, and the options with which to build it again."""

    files: Mapping[str, bytes]
    spec: str
    options: tuple[str, ...]


def sources(job: Job, spec: Spec, theme: Theme, converted: Converted) -> Sources:
    """Return every file of the project that the document was built from, laid out as in the project folder.

    These are the data with all layers, pictures, the ledger with its head, the project file, and what the project has
    of its own: template, theme, languages, Word file. What specflow brings along is not among them. Raises FileAccess
    for a file that cannot be read, or that is no longer what was built from.
    """
    home = spec.source.folder
    known = {file.name: file.sha256 for file in spec.source.files} | dict(converted.pictures)
    named = {name: home / name for name in known}
    own = map(real_path, _own(job, spec, theme))
    named |= {path.relative_to(home).as_posix(): path for path in own if path.is_relative_to(home)}
    options = ["--attach-source"] if job.settings.attach_source else []
    template = real_path(spec.template.folder)
    if not template.is_relative_to(real_path(assets.templates())):
        place = template.parent.relative_to(home).as_posix() if template.is_relative_to(home) else _TEMPLATES
        named |= {f"{place}/{template.name}/{path.relative_to(template).as_posix()}": path for path in _files(template)}
        options += ["--templates", f"{FOLDER}/{place}"]
    made = {}
    for name, path in sorted(named.items()):
        data = made[f"{FOLDER}/{name}"] = read_bytes(path)
        if sha256(data) != known.get(name, sha256(data)):
            hint = "release again, while nobody works on it"
            raise FileAccess(error("release-meanwhile", "the file was changed meanwhile", Span(path), hint))
    return Sources(made, f"{FOLDER}/{spec.source.files[0].name}", tuple(options))


def _own(job: Job, spec: Spec, theme: Theme) -> Iterator[Path]:
    """Yield the files of the project that are neither data nor pictures, where there are any.

    Its folders of templates are there as a whole, because the project file names them.
    """
    ledger = ledger_path(spec.source.path)
    project = project_file(spec.source.path.parent)
    reference = spec.settings.reference
    singles = (ledger, head_path(ledger), project, reference)
    yield from (path for path in singles if path and path.is_file())
    yield from theme.files
    for folder in (*job.templates, spec.source.folder / "languages"):
        yield from _files(folder)


def _files(folder: Path) -> Iterator[Path]:
    """Yield the files below the folder; hidden ones and what Python keeps are left out."""
    for path in sorted(folder.rglob("*")):
        inner = path.relative_to(folder).parts
        if path.is_file() and not any(part.startswith((".", "__pycache__")) for part in inner):
            yield path
