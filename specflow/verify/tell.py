"""Tell a difference as a diagnostic: one sentence, at the YAML line of the value that it is about."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from pathlib import Path

from specflow.diagnostics import Diagnostic, Severity, Span
from specflow.model import Source, key_text
from specflow.verify.parity import DOCUMENT, RECORD, Difference

_MOST = 20
"""So many differences of one check in one edition are told; the report has all."""
_LENGTH = 90
_AROUND = 30
HINT = "this is a fault of specflow or of a filter of the template: report it with what was kept"


def places(differences: Sequence[Difference], source: Source) -> list[Span | None]:
    """Return where each difference's text comes from, None where that is not known."""
    spans = {key_text(path): place.value for path, place in source.places.items()}
    return [spans.get(one.key) for one in differences]


def diagnostics(
    differences: Sequence[Difference], found_at: Sequence[Span | None], file: Path, hint: str = HINT
) -> Iterator[Diagnostic]:
    """Yield a diagnostic for each difference; of many of one check in one edition the first, and how many more.

    One whose place is not known points at `file`.
    """
    told: dict[tuple[str, str, str], int] = {}
    for one, place in zip(differences, found_at, strict=True):
        group = (one.check, one.edition, one.against)
        told[group] = told.get(group, 0) + 1
        if told[group] <= _MOST:
            key = one.key if place else None
            yield Diagnostic(Severity.ERROR, one.check, sentence(one), place or Span(file), hint, key)
    for (check, edition, against), count in told.items():
        if count > _MOST:
            message = f"{_sides(edition, against)} differ {count - _MOST} times more"
            yield Diagnostic(Severity.ERROR, check, message, Span(file), hint)


def sentence(one: Difference) -> str:
    """Return the difference in one sentence."""
    where = f" {one.place}" if one.place else ""
    subject = f"the {one.edition.upper()} edition"
    if not one.expected:
        verb = f"has {_quoted(one.found, '')} too many"
    elif not one.found:
        verb = f"lacks {_quoted(one.expected, '')}"
    else:
        verb = f"shows {_quoted(one.found, one.expected)} instead of {_quoted(one.expected, one.found)}"
    against = "" if one.against == DOCUMENT else f", unlike {_other(one.against)}"
    return f"{subject} {verb}{where}{against}"


def _sides(edition: str, against: str) -> str:
    return f"the {edition.upper()} edition and {_other(against)}"


def _other(against: str) -> str:
    return f"the {against}" if against in (DOCUMENT, RECORD) else f"the {against.upper()} edition"


def _quoted(text: str, other: str) -> str:
    """Return the text in quotes on one line, cut to where it differs from the other if it is long."""
    line, other = " ".join(text.split()), " ".join(other.split())
    if len(line) <= _LENGTH:
        return f"`{line}`"
    same = SequenceMatcher(None, line[:5000], other[:5000], autojunk=False).get_matching_blocks()[0] if other else None
    start = same.size if same and same.a == same.b == 0 else 0
    start = max(0, start - _AROUND)
    end = start + _LENGTH
    return f"`{'…' if start else ''}{line[start:end]}{'…' if end < len(line) else ''}`"
