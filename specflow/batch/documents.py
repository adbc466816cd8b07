"""What is noted of a document that was built: whether its editions are still those of its inputs.

This runs for a thousand documents before anything is built, so it imports no stage and reads no file whose hint holds.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from specflow.batch.fingerprints import ABSENT, Fingerprint, Fingerprints, real, unpacked
from specflow.batch.keys import changes, environment, folders_that_render
from specflow.batch.store import Row, Store
from specflow.diagnostics import Diagnostic, Severity, Span
from specflow.model import Job
from specflow.publish import outdated


@dataclass(frozen=True, slots=True)
class Standing:
    """A document whose editions are in place and right: its record's place, and the warnings of its build."""

    row: Row
    record: Path
    warnings: tuple[Diagnostic, ...]


def document_id(job: Job) -> str:
    """Return the name under which a document is noted: its spec, where it goes, and everything that was chosen.

    Paths count as they were typed, because diagnostics show them so.
    """
    chosen = (str(Path.cwd()), job.spec, job.out, sorted(job.formats), job.templates, job.settings)
    return hashlib.sha256(repr(chosen).encode("utf-8", "surrogateescape")).hexdigest()


class Documents:
    """The documents of one run: what renders them is looked at once."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.fingerprints = Fingerprints()
        self._trees: dict[str, Fingerprint] = {}
        self._environment: Mapping[str, str] | None = None
        self._renewed: dict[str, Row] = {}

    @property
    def environment(self) -> Mapping[str, str]:
        """What renders all documents, by name."""
        if self._environment is None:
            self._environment = environment({name: self.tree(path) for name, path in folders_that_render().items()})
        return self._environment

    def tree(self, folder: str) -> Fingerprint:
        """Return the fingerprint of a folder; what is noted of it is used where it still holds."""
        if folder not in self._trees:
            row = self._store.tree(folder)
            known = unpacked(row["is"]) if row else None
            found = self.fingerprints.tree(folder, known)
            if found is not known:
                self._store.note_tree(folder, {"is": found.packed()})
            self._trees[folder] = found
        return self._trees[folder]

    def is_as_it_was(self) -> bool:
        """Return whether the folders still hold what they held when this run looked at them."""
        fresh = Fingerprints()
        return all(fresh.tree(folder, known).sha256 == known.sha256 for folder, known in self._trees.items())

    def standing(self, job: Job) -> Standing | None:
        """Return the document if neither its inputs nor its editions have changed since they were noted.

        `keep_hints` notes what was learnt on the way.
        """
        name = document_id(job)
        row = self._store.document(name)
        if row is None or row["environment"] != dict(self.environment):
            return None
        if any(self.tree(folder).sha256 != sha256 for folder, sha256 in row["trees"].items()):
            return None
        hints: dict[str, list[Any]] = {}
        for path, noted in (*row["inputs"].items(), *row["outputs"].items()):
            known = unpacked(noted)
            found = self.fingerprints.file(path, known)
            if found.sha256 != known.sha256:
                return None
            if found is not known:
                hints[path] = found.packed()
        if hints:
            fresh = {part: {**row[part], **_among(hints, row[part])} for part in ("inputs", "outputs")}
            self._renewed[name] = {**row, **fresh}
        record = Path(job.out) / f"{job.spec.stem}.json"
        return Standing(
            row, record, (*outdated(job.out, job.spec.stem, job.formats), *map(diagnostic_of, row["warnings"]))
        )

    def keep_hints(self) -> None:
        """Note the new hints of documents whose files were read again and found to be the same, all in one go."""
        self._store.note_documents(self._renewed)
        self._renewed = {}

    def changed(self, row: Row) -> list[str]:
        """Return the names of what has changed since the document was noted."""
        found = changes(row["environment"], self.environment)
        for folder, sha256 in row["trees"].items():
            if self.tree(folder).sha256 != sha256:
                found.append(f"folder {folder}")
        for part, kind in (("inputs", "file"), ("outputs", "edition")):
            for path, noted in row[part].items():
                before, now = noted[0], self.fingerprints.file(path, unpacked(noted)).sha256
                if now != before:
                    what = " (new)" if before == ABSENT else " (gone)" if now == ABSENT else ""
                    found.append(f"{kind} {path}{what}")
        return found

    def note(
        self, job: Job, made: Row, inputs: Mapping[str, str], folders: Iterable[str], outputs: Sequence[Path]
    ) -> bool:
        """Note a document that was built from `inputs`, by path with the digests of what was read.

        Return False, nothing noted, if one of them or what renders it has changed meanwhile.
        """
        fresh = Fingerprints()
        found = {path: fresh.file(path) for path in inputs}
        trees = {folder: self.tree(folder).sha256 for folder in folders}
        if not self.is_as_it_was() or any(found[path].sha256 != sha256 for path, sha256 in inputs.items()):
            return False
        row = {
            **made,
            "spec": real(job.spec),
            "environment": dict(self.environment),
            "trees": trees,
            "inputs": {path: found[path].packed() for path in inputs},
            "outputs": {real(path): fresh.file(real(path)).packed() for path in outputs},
        }
        self._store.note_documents({document_id(job): row})
        return True


def diagnostic_of(fields: Mapping[str, Any]) -> Diagnostic:
    """Return the diagnostic of what `as_json` gave."""
    span = Span(Path(fields["file"]), fields["line"], fields["column"]) if fields["file"] is not None else None
    return Diagnostic(
        Severity(fields["severity"]), fields["code"], fields["message"], span, fields["hint"], fields["key"]
    )


def _among(hints: Mapping[str, Any], part: Mapping[str, Any]) -> dict[str, Any]:
    return {path: found for path, found in hints.items() if path in part}
