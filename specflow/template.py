"""Find a template and read what it says of itself. A template is a folder of data; nothing in it is run here.

A folder is a template if it holds `manifest.yaml`. The manifest names the files beside it (Jinja2 Markdown, JSON
Schema, starter, filters), what the document's identity and front matter are, which statuses mean what, and the
cross-checks.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import Any

from specflow import assets
from specflow.diagnostics import Diagnostic, Span, error
from specflow.errors import FileAccess, InvalidData, InvalidTemplate
from specflow.files import read_bytes
from specflow.languages import language_names
from specflow.load import load_file
from specflow.model import KeyPath, Source, Template, key_text
from specflow.template_schema import EXTENDS, MANIFEST, loosened, offered, read_schema
from specflow.validate.judge import judge
from specflow.validate.read import read
from specflow.validate.shape import schema_at
from specflow.validate.suggest import closest, listed

_MANIFEST = "manifest.yaml"


def find_template(name: str, folders: Sequence[Path], *, span: Span | None = None) -> Template:
    """Return the template of that name: from the first of the folders that has it, else from the bundled ones.

    Raises InvalidData, pointing at `span`, if there is no such template, and InvalidTemplate, with every fault that was
    found, if its manifest or its schema is not valid.
    """
    known = _known(folders)
    if name not in known:
        names = listed(list(known), "and")
        meant = closest(name, known)
        hint = f"did you mean `{meant}`? The templates are {names}" if meant else f"the templates are {names}"
        raise InvalidData(error("unknown-template", f"there is no template `{name}`", span, hint))
    return _read(name, known[name], _translations(name, known[name], folders))


def template_names(folders: Sequence[Path]) -> tuple[str, ...]:
    """Return the names of all templates in the folders and of the bundled ones, sorted."""
    return tuple(_known(folders))


def _known(folders: Sequence[Path]) -> dict[str, Path]:
    """Return every template's folder by its name; the first of two with the same name wins.

    Only names that were found are ever looked up, so that no name from a document can lead out of the folders.
    """
    found: dict[str, Path] = {}
    for folder in (*folders, assets.templates()):
        try:
            manifests = sorted(folder.glob(f"*/{_MANIFEST}"))
        except OSError as fault:
            message = f"the folder of templates cannot be read: {fault.strerror or fault}"
            raise FileAccess(error("file-unreadable", message, Span(folder), "check the permissions")) from fault
        for manifest in manifests:
            found.setdefault(manifest.parent.name, manifest.parent)
    return dict(sorted(found.items()))


def _translations(name: str, home: Path, folders: Sequence[Path]) -> dict[str, tuple[Path, ...]]:
    """Return the files with the template's phrases in other languages, by tag, those of earlier folders first."""
    found: dict[str, tuple[Path, ...]] = {}
    for folder in (*folders, assets.templates()):
        for file in sorted((folder / name / "languages").glob("*.yaml")):
            found[file.stem] = (*found.get(file.stem, ()), file)
        if folder / name == home:
            break
    return found


def _read(name: str, folder: Path, translations: dict[str, tuple[Path, ...]]) -> Template:
    source, manifest = _manifest(folder / _MANIFEST, read_bytes(folder / _MANIFEST))
    files = _Files(source, folder)
    schema_file = files.take(("schema",), manifest["schema"])
    body = files.take(("body",), manifest["body"])
    starter = files.take(("starter",), manifest["starter"])
    filters = [files.take(("filters", at), filter_) for at, filter_ in enumerate(manifest["filters"])]
    if files.faults:
        raise InvalidTemplate(*files.faults)
    schema = read_schema(schema_file)
    if faults := [*_unknown_keys(source, manifest, schema)]:
        raise InvalidTemplate(*faults)
    return Template(
        name=name,
        title=str(manifest["title"]),
        folder=folder,
        body=body,
        schema=schema,
        starter=starter,
        identity={part: str(key) for part, key in manifest["identity"].items()},
        front_matter=tuple((str(row["key"]), str(row["label"])) for row in manifest["front_matter"]),
        checks=tuple(manifest["checks"]),
        draft=frozenset(map(str, manifest["statuses"]["draft"])),
        approved=frozenset(map(str, manifest["statuses"]["approved"])),
        superseded=frozenset(map(str, manifest["statuses"].get("superseded", []))),
        signoff={part: str(key) for part, key in manifest.get("signoff", {}).items()},
        index={part: str(key) for part, key in manifest.get("index", {}).items()},
        filters=tuple(filters),
        language=str(manifest.get("language", "en")),
        translations=translations,
    )


@lru_cache(maxsize=16)
def _manifest(path: Path, _content: bytes) -> tuple[Source, dict[str, Any]]:
    """Return the manifest as typed and as read, or raise InvalidTemplate with all its faults.

    The same bytes are read only once: a worker has many documents of one template.
    """
    try:
        source = load_file(path)
    except InvalidData as fault:
        raise InvalidTemplate(*fault.diagnostics) from fault
    reading = read(source.data, MANIFEST)
    if faults := judge(source, MANIFEST, reading, draft=False):
        raise InvalidTemplate(*sorted(faults, key=lambda fault: (fault.span and fault.span.line) or 0))
    return source, reading.data


class _Files:
    """Takes the files that a manifest names, and notes what is wrong with them."""

    def __init__(self, source: Source, folder: Path) -> None:
        self._source = source
        self._folder = folder
        self.faults: list[Diagnostic] = []

    def take(self, key: KeyPath, name: str) -> Path:
        """Return the file's path, whether or not it is good."""
        path = self._folder / name
        named = PurePosixPath(name)
        span = self._source.places[key].value
        if named.is_absolute() or ".." in named.parts:
            message, hint = f"`{name}` is outside of the template's folder", "name a file of this folder"
        elif not os.path.isfile(path):  # noqa: PTH113 (no name is too long for it)
            message, hint = f"there is no file `{name}`", "names are relative to the manifest"
        else:
            return path
        self.faults.append(error("template-file", message, span, hint, key_text(key)))
        return path


def _unknown_keys(source: Source, manifest: dict[str, Any], schema: dict[str, Any]) -> Iterator[Diagnostic]:
    """Yield the data keys and statuses that the manifest names and the schema does not know."""
    named: list[tuple[KeyPath, str]] = [(("identity", part), key) for part, key in manifest["identity"].items()]
    named += [(("signoff", part), key) for part, key in manifest.get("signoff", {}).items()]
    named += [(("index", part), key) for part, key in manifest.get("index", {}).items()]
    named += [(("front_matter", at, "key"), row["key"]) for at, row in enumerate(manifest["front_matter"])]
    for path, key in named:
        if schema_at(schema, tuple(key.split("."))) is None:
            meant = closest(key, schema.get("properties", {}))
            hint = f"did you mean `{meant}`?" if meant else "name a key of the template's schema"
            yield error(
                "template-key", f"the schema has no key `{key}`", source.places[path].value, hint, key_text(path)
            )
    allowed = (schema_at(schema, tuple(manifest["identity"]["status"].split("."))) or {}).get("enum")
    for group, statuses in manifest["statuses"].items():
        for at, status in enumerate(statuses):
            if allowed is not None and status not in allowed:
                path = ("statuses", group, at)
                hint = f"the schema allows {listed(allowed, 'and')}"
                message = f"there is no status `{status}`"
                yield error("template-key", message, source.places[path].value, hint, key_text(path))


def editor_schema(template: Template) -> dict[str, Any]:
    """Return a copy of the template's schema for editors, which type YAML's scalars and know no `x-tailorable`.

    The keys that every template accepts are there with the languages to choose from.
    """
    names = language_names()
    made = loosened(template.schema, template.identity["status"])
    made["properties"] |= {"language": offered(names), "extends": EXTENDS}
    return made
