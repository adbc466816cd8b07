"""The fault of an edition that cannot be read at all."""

from __future__ import annotations

from specflow.diagnostics import error
from specflow.errors import VerificationFailed
from specflow.model import Format


def unreadable(edition: Format, why: str) -> VerificationFailed:
    """Return the exception that says why nothing can be read from the edition."""
    hint = "build the document again; if it stays so, report it with the data and the template"
    return VerificationFailed(
        error("edition-unreadable", f"the {edition.upper()} edition cannot be read: {why}", hint=hint)
    )
