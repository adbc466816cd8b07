"""Verify: read the finished editions again and prove that they say the same.

Each reader shares no code with what wrote its format. Every check compares what the readers saw with the AST that all
editions come from, and with each other; one that fails stops the build before anything is replaced.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from specflow.errors import VerificationFailed
from specflow.model import Converted, Edition, Format, Spec
from specflow.verify.expected import expected
from specflow.verify.parity import Difference, Parity, mutual, parity
from specflow.verify.seen import Seen
from specflow.verify.tell import diagnostics, places

__all__ = ["Difference", "Parity", "compare", "mutual", "read", "verify"]


def verify(editions: Sequence[Edition], converted: Converted, spec: Spec) -> Mapping[str, tuple[Format, ...]]:
    """Return which editions each check looked at, if all agree with the bound document and with each other.

    Else raises VerificationFailed with all differences as diagnostics, at the YAML lines of the values.
    """
    found = compare({edition.format: read(edition.format, edition.data) for edition in editions}, converted, spec)
    if found.differences:
        at = places(found.differences, spec.source)
        raise VerificationFailed(*diagnostics(found.differences, at, spec.source.path))
    return found.looked_at


def compare(editions: Mapping[Format, Seen], converted: Converted, spec: Spec) -> Parity:
    """Return how the editions compare with the bound document and with each other."""
    return parity(editions, expected(converted, spec))


def read(form: Format, data: bytes) -> Seen:
    """Return what the reader of that format sees; raises VerificationFailed for what is no such file."""
    if form is Format.DOCX:
        from specflow.verify.read_docx import read_docx

        return read_docx(data)
    if form is Format.HTML:
        from specflow.verify.read_html import read_html

        return read_html(data)
    from specflow.verify.read_pdf import read_pdf

    return read_pdf(data)
