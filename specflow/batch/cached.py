"""Build one document, or put in place what was made of the same content before.

The stages up to merge always run: they are quick, and they find the data's faults and tell where they stand. What comes
after them, up to the proof that the editions agree, is known by its input: the merged text, the data, the theme, the
bytes of the pictures, and everything that renders them. The record is written anew from both.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any
from urllib.parse import unquote

from specflow.batch.documents import Documents, diagnostic_of, document_id
from specflow.batch.fingerprints import real
from specflow.batch.how import BUILT, RESTORED
from specflow.batch.keys import changes, digest
from specflow.batch.store import Row, Store
from specflow.diagnostics import Diagnostic, Span, Warn
from specflow.files import sha256
from specflow.model import Caption, Converted, Edition, Format, Heading, Job, Merged, Record, Source, Spec, key_text
from specflow.pipeline import Made, build
from specflow.siblings import Siblings
from specflow.theme import Theme
from specflow.tools.kit import Tools


def build_cached(job: Job, tools: Tools, store: Store, documents: Documents, warn: Warn) -> tuple[Record, str]:
    """Return the record, and if the document was built or restored: what is known is not made again.

    Raises SpecflowError as `build` does.
    """
    memory = _Memory(job, store, documents)
    record = build(job, tools, warn, memory)
    memory.note(record)
    return record, RESTORED if memory.is_known else BUILT


class _Memory:
    """What is known of one document; the pipeline asks it before it converts, and tells it what it has made."""

    def __init__(self, job: Job, store: Store, documents: Documents) -> None:
        self._job, self._store, self._documents = job, store, documents
        self._front: Mapping[str, str] = {}
        self._inputs: dict[str, str] = {}
        self._folders: list[str] = []
        self.is_known = False

    def known(self, merged: Merged, spec: Spec, theme: Theme, *more: object) -> tuple[Made, list[Diagnostic]] | None:
        """Return what was made of the same input, and the warnings about it where they belong now."""
        self._look_at(spec, theme)
        self._front = self._parts(merged, spec, theme, *more)
        for result, row in self._store.results(digest(self._front)):
            pictures = {name: self._picture(spec, name) for name in row["pictures"]}
            if pictures != row["pictures"] or not self._leads_there(spec, row["siblings"]):
                continue
            blobs = self._store.blobs(result, [*row["media"].values(), *row["editions"].values()])
            if blobs is not None:
                self.is_known = True
                return _made(row, blobs), [_placed(fields, spec.source) for fields in row["warnings"]]
        return None

    def learn(self, made: Made, spec: Spec, warnings: Sequence[Diagnostic]) -> None:
        """Keep what was made, if all of its inputs are still what they were."""
        pictures = made.converted.pictures
        self._inputs |= {real(spec.source.folder / name): sha256 for name, sha256 in pictures.items()}
        siblings = made.converted.siblings
        self._leads_there(spec, siblings)
        told = [_unplaced(found, spec) for found in warnings]
        if None in told or not self._documents.is_as_it_was():
            return
        row, blobs = _row(made, told)
        self._store.keep(digest(self._front, pictures, siblings), digest(self._front), row, blobs)

    def note(self, record: Record) -> None:
        """Note that the editions are in place, so that the next run need not look further."""
        before = self._store.document(document_id(self._job))
        document = record.content["document"]
        made = {
            "parts": dict(self._front),
            "why": changes(before["parts"], self._front) if before else ["it was not built before"],
            "how": RESTORED if self.is_known else BUILT,
            "document": {name: document[name] for name in ("status", "version")},
            "completeness": str(record.completeness),
            "warnings": [found.as_json() for found in record.warnings],
        }
        outputs = [record.path, *record.editions.values()]
        self._documents.note(self._job, made, self._inputs, self._folders, outputs)

    def _look_at(self, spec: Spec, theme: Theme) -> None:
        """Find all files and folders that decide about this document beside what renders all of them."""
        job, folder, settings = self._job, spec.source.folder, spec.settings
        files = Documents(self._store).fingerprints
        self._inputs = {real(folder / file.name): file.sha256 for file in spec.source.files[1:]}
        self._inputs[real(job.spec)] = spec.source.sha256
        besides = [*theme.files, job.spec.with_name(f"{job.spec.stem}.signoff.jsonl")]
        besides += [folder / settings.theme / "theme.yaml"] if settings.theme else []
        besides += [settings.reference] if settings.reference else []
        self._inputs |= {path: files.file(path).sha256 for path in map(real, besides)}
        own = [*job.templates, spec.template.folder, folder / "themes", folder / "languages"]
        self._folders = [real(path) for path in dict.fromkeys(own)]

    def _parts(self, merged: Merged, spec: Spec, theme: Theme, *more: object) -> dict[str, str]:
        """Return everything that decides about the editions, pictures apart, as digests by name."""
        settings = spec.settings
        parts = {f"data {key}": digest(value) for key, value in spec.data.items()}
        parts |= self._documents.environment
        parts |= {"template": self._documents.tree(real(spec.template.folder)).sha256, "theme": digest(theme)}
        parts |= {"language": digest(spec.language), "formats": ", ".join(self._job.formats)}
        chosen = (settings.attach_source, settings.by_hand, settings.protect, settings.verify)
        parts["options"] = digest(chosen, spec.source.files if settings.attach_source else ())
        if settings.reference:
            parts["reference"] = self._inputs[real(settings.reference)]
        data = replace(spec, settings=type(settings)())
        return parts | {
            "text": digest(replace(merged, prefix="", markdown=_unprefixed(merged))),
            "all": digest(data, more),
        }

    def _leads_there(self, spec: Spec, siblings: Mapping[str, str]) -> bool:
        """Return whether the links to other documents lead where they led; their specs are noted as inputs."""
        known = Siblings(spec.source.path, spec.source.folder, spec.template.identity["id"])
        files = Documents(self._store).fingerprints
        for target in siblings:
            known.answer({"sibling": target})
            path = real(spec.source.path.parent / unquote((known.asked[target] or target).partition("#")[0]))
            self._inputs[path] = files.file(path).sha256
        return known.asked == dict(siblings)

    def _picture(self, spec: Spec, name: str) -> str:
        """Return the digest of a picture of the project folder."""
        path = real(spec.source.folder / name)
        self._inputs[path] = Documents(self._store).fingerprints.file(path).sha256
        return self._inputs[path]


def _unprefixed(merged: Merged) -> str:
    """Return the merged text with tokens that are the same for all files that say the same."""
    return merged.markdown.replace(merged.prefix, "\0")


def _row(made: Made, warnings: Sequence[Any]) -> tuple[Row, dict[str, bytes]]:
    converted, verified = made.converted, made.verified
    media = {name: sha256(data) for name, data in converted.media.items()}
    row: dict[str, Any] = {
        "title": converted.title,
        "headings": [asdict(heading) for heading in converted.headings],
        "captions": [asdict(caption) for caption in converted.captions],
        "lists": list(converted.lists),
        "media": media,
        "pictures": dict(converted.pictures),
        "siblings": dict(converted.siblings),
        "editions": {str(edition.format): edition.sha256 for edition in made.editions},
        "pandoc": made.pandoc,
        "verified": None
        if verified is None
        else {check: [str(form) for form in forms] for check, forms in verified.items()},
        "warnings": list(warnings),
    }
    blobs = {media[name]: data for name, data in converted.media.items()}
    return row, blobs | {edition.sha256: edition.data for edition in made.editions}


def _made(row: Row, blobs: Sequence[bytes]) -> Made:
    converted = Converted(
        title=row["title"],
        outputs={},
        headings=tuple(Heading(**heading) for heading in row["headings"]),
        captions=tuple(Caption(**caption) for caption in row["captions"]),
        ast={},
        media=dict(zip(row["media"], blobs, strict=False)),
        lists=tuple(row["lists"]),
    )
    found = zip(row["editions"].items(), blobs[len(row["media"]) :], strict=True)
    editions = tuple(Edition(Format(form), data, name) for (form, name), data in found)
    verified = row["verified"]
    if verified is not None:
        verified = {check: tuple(map(Format, forms)) for check, forms in verified.items()}
    return Made(converted, editions, row["pandoc"], verified)


def _unplaced(found: Diagnostic, spec: Spec) -> dict[str, Any] | None:
    """Return the warning without its place in the data; None if it could not be found again from its key."""
    source, span = spec.source, found.span
    fields = found.as_json()
    if span is None:
        return fields
    if _places(source).get(found.key or "") == span:
        return {**fields, "file": None, "at": "key"}
    if span == Span(source.path):
        return {**fields, "file": None, "at": "spec"}
    return fields if span.file.is_relative_to(spec.template.folder) else None


def _placed(fields: Mapping[str, Any], source: Source) -> Diagnostic:
    found = diagnostic_of(fields)
    if fields.get("at") == "key":
        return replace(found, span=_places(source)[str(found.key)])
    return replace(found, span=Span(source.path)) if fields.get("at") == "spec" else found


def _places(source: Source) -> dict[str, Span]:
    return {key_text(path): place.value for path, place in source.places.items()}
