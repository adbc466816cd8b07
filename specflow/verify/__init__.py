"""Verify: read the finished editions again and prove that they say the same.

Each reader shares no code with what wrote its format. Every check compares what the readers saw with the AST that all
editions come from; one that fails stops the build before anything is replaced.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from specflow.diagnostics import Diagnostic, Span, error
from specflow.errors import VerificationFailed
from specflow.model import Converted, Edition, Format, Spec
from specflow.verify.seen import Seen, expected

Check = Callable[[Seen, Seen], Iterator[str]]
"""Yield one sentence for every difference between what is expected and what an edition shows."""


def verify(editions: Sequence[Edition], converted: Converted, spec: Spec) -> None:
    """Return if every edition agrees with the bound document, else raise VerificationFailed with all differences."""
    wanted = expected(converted)
    faults: list[Diagnostic] = []
    for edition in editions:
        seen = _read(edition)
        for code, check in CHECKS.items():
            for difference in check(wanted, seen):
                message = f"the {edition.format.upper()} edition {difference}"
                faults.append(error(code, message, Span(spec.source.path), _HINT))
    if faults:
        raise VerificationFailed(*faults)


_HINT = "this is a fault of specflow or of a filter of the template: report it with what was kept"


def _read(edition: Edition) -> Seen:
    if edition.format is Format.DOCX:
        from specflow.verify.read_docx import read_docx

        return read_docx(edition.data)
    if edition.format is Format.HTML:
        from specflow.verify.read_html import read_html

        return read_html(edition.data)
    from specflow.verify.read_pdf import read_pdf

    return read_pdf(edition.data)


def _same_title(wanted: Seen, seen: Seen) -> Iterator[str]:
    if seen.title != wanted.title:
        yield f"has the title `{seen.title}` instead of `{wanted.title}`"


def _same_headings(wanted: Seen, seen: Seen) -> Iterator[str]:
    for place, (left, right) in enumerate(zip(wanted.headings, seen.headings, strict=False), 1):
        if left != right:
            yield f"shows `{right}` as heading {place} instead of `{left}`"
            return
    if len(wanted.headings) != len(seen.headings):
        yield f"has {len(seen.headings)} headings instead of {len(wanted.headings)}"


def _same_tables(wanted: Seen, seen: Seen) -> Iterator[str]:
    if seen.tables is None or wanted.tables is None:
        return
    if len(seen.tables) != len(wanted.tables):
        yield f"has {len(seen.tables)} tables instead of {len(wanted.tables)}"
        return
    for number, (left, right) in enumerate(zip(wanted.tables, seen.tables, strict=True), 1):
        if len(left) != len(right):
            yield f"has {len(right)} rows in table {number} instead of {len(left)}"
            continue
        for row, (cells, found) in enumerate(zip(left, right, strict=True), 1):
            if cells != found:
                yield f"shows {list(found)} in row {row} of table {number} instead of {list(cells)}"
                break


CHECKS: Mapping[str, Check] = {
    "differs-title": _same_title,
    "differs-headings": _same_headings,
    "differs-tables": _same_tables,
}
"""Every check by the code of its diagnostic."""
