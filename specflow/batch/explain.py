"""Why a document was built, and what would make it be built again."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from specflow.batch.documents import Documents
from specflow.batch.fingerprints import real
from specflow.batch.how import RESTORED
from specflow.batch.keys import changes, digest
from specflow.batch.store import Row, Store
from specflow.errors import SpecflowError
from specflow.model import Job
from specflow.project import find_project

_UNKNOWN = "nothing is known of it: it would be built"
_RIGHT = "its editions are in place and right"
_SAME = "it would be restored: what has changed does not show in its data"
_AGAIN = "it would be built again"


@dataclass(frozen=True, slots=True)
class Explanation:
    """A verdict; the names of what has `changed` since the last build, and of what had changed before it (`why`)."""

    verdict: str
    changed: tuple[str, ...] = ()
    why: tuple[str, ...] = ()
    how: str = ""

    @property
    def lines(self) -> list[str]:
        """The names with what they mean."""
        last = "restored from the cache because of" if self.how == RESTORED else "built because of"
        return [*(f"changed: {name}" for name in self.changed), *(f"last {last}: {name}" for name in self.why)]


def explain(spec: Path, store: Store, documents: Documents) -> Explanation:
    """Return what is known of the latest build of a spec, and what has changed since."""
    rows = store.documents_of(real(spec))
    if not rows:
        return Explanation(_UNKNOWN)
    row = rows[0]
    changed = documents.changed(row)
    why = tuple(row["why"]) or ("nothing that shows: comments, or missing editions",)
    if not changed:
        return Explanation(_RIGHT, (), why, row["how"])
    inputs = {f"file {path}" for path in row["inputs"]}
    keys = _changed_data(spec, row) if any(name in inputs for name in changed) else []
    outputs = {name for name in changed if name.startswith("edition ")}
    only_files = all(name in inputs or name in outputs for name in changed)
    verdict = _SAME if only_files and keys == [] else _AGAIN
    return Explanation(verdict, (*changed, *(keys or ())), why, row["how"])


def _changed_data(spec: Path, row: Row) -> list[str]:
    """Return the data keys whose values are not those of the last build; settings are those of the project."""
    from specflow.pipeline import check

    project = find_project(spec)
    job = Job(spec, Path(), templates=project.templates, settings=project.settings)
    try:
        data = check(job, lambda _: None).data
    except SpecflowError:
        return ["data that is not valid"]
    now = {f"data {key}": digest(value) for key, value in data.items()}
    return changes({name: found for name, found in row["parts"].items() if name.startswith("data ")}, now)
