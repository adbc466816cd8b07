"""What is wrong with single values, and what is not there: everything that a schema alone can tell."""

from __future__ import annotations

from specflow.diagnostics import Diagnostic, error
from specflow.model import KeyPath, Source, key_text
from specflow.validate import faults, gaps
from specflow.validate.read import MAX_DEPTH, Cause, Reading
from specflow.validate.shape import Schema
from specflow.validate.wording import span_at


def judge(source: Source, schema: Schema, reading: Reading, draft: bool, never_open: KeyPath = ()) -> list[Diagnostic]:
    """Return every fault of what was read; gaps are warnings in a draft, except where `never_open` is the key."""
    explain = faults.Explain(source.data, schema, source.places)
    open_ends = {gap.path for gap in reading.gaps if gap.cause is not Cause.SHORT}
    short = {gap.path for gap in reading.gaps if gap.cause is Cause.SHORT}
    found: list[Diagnostic] = []
    for fault in faults.errors(reading.instance, schema):
        path = fault.path
        about = (*path, fault.absent) if fault.rule == "required" else path
        is_gap = any(about[:length] in open_ends for length in range(len(about) + 1))
        is_short = fault.rule == "minItems" and path in short
        if not (is_gap or is_short or path in reading.too_deep):
            found += explain(fault)
    for path in reading.too_deep:
        message = f"the data are nested more than {MAX_DEPTH} levels deep"
        found.append(error("too-deep", message, span_at(path, source.places), "give it as text", key_text(path)))
    found += [
        gaps.explain(gap, schema, source.places, draft and gap.path != never_open)
        for gap in reading.gaps
        if gap.path not in explain.misspelt
    ]
    return found
