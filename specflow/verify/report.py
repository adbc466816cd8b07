"""The report of a comparison as data: what `--json` prints, and what the page shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from specflow.diagnostics import Diagnostic, Span
from specflow.model import Format
from specflow.verify.checks import CHECKS
from specflow.verify.parity import Difference, Parity


@dataclass(frozen=True, slots=True)
class Report:
    """One document's verification: its name and title, the files looked at, what they differ in, and where in the data.

    `files` maps each edition to its file's name and the hex digest of its bytes; `against` says what they were compared
    with; `places` has the place of each difference, None where it is not known. `faults` are those of the files
    themselves: missing, changed, unreadable.
    """

    name: str
    title: str
    against: str
    files: Mapping[Format, tuple[str, str]]
    parity: Parity
    places: Sequence[Span | None] = ()
    faults: Sequence[Diagnostic] = ()

    @property
    def is_good(self) -> bool:
        """Whether nothing was found."""
        return not self.faults and not self.parity.differences

    def as_json(self) -> dict[str, Any]:
        """Return the report as one JSON object; absent values are null."""
        return {
            "document": self.name,
            "title": self.title,
            "against": self.against,
            "editions": {
                str(form): {"file": file, "sha256": digest or None} for form, (file, digest) in self.files.items()
            },
            "checks": [
                {
                    "code": check.code,
                    "about": check.about,
                    "result": result_of(self.parity, check.code),
                    "editions": [str(form) for form in self.parity.looked_at.get(check.code, ())],
                }
                for check in CHECKS
            ],
            "differences": [
                _as_json(difference, place)
                for difference, place in zip(self.parity.differences, self._places(), strict=True)
            ],
        }

    def _places(self) -> Sequence[Span | None]:
        return self.places or [None] * len(self.parity.differences)

    def placed(self) -> Sequence[tuple[Difference, Span | None]]:
        """Return every difference with its place in the data."""
        return list(zip(self.parity.differences, self._places(), strict=True))


def result_of(parity: Parity, code: str) -> str:
    """Return "failed", "passed", or "not compared" where fewer sides than two say anything of it."""
    if any(difference.check == code for difference in parity.differences):
        return "failed"
    return "passed" if parity.looked_at.get(code) else "not compared"


def _as_json(one: Difference, place: Span | None) -> dict[str, Any]:
    return {
        "check": one.check,
        "edition": str(one.edition),
        "against": one.against,
        "where": one.place or None,
        "expected": one.expected,
        "found": one.found,
        "key": one.key or None,
        "file": place.file.as_posix() if place else None,
        "line": place.line if place else None,
        "column": place.column if place else None,
    }
