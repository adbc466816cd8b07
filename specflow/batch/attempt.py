"""One document in a batch: whatever goes wrong with it becomes a result."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from specflow.batch.how import BUILT, UNCHANGED
from specflow.diagnostics import Diagnostic, Span, Warn, error
from specflow.errors import ExitCode, SpecflowError
from specflow.model import Format, Job, Record

if TYPE_CHECKING:
    from specflow.batch.documents import Documents, Standing
    from specflow.batch.store import Store
    from specflow.tools.kit import Tools


@dataclass(frozen=True, slots=True)
class Result:
    """How a document went: `how` tells where its editions come from, "" that there are none.

    `record` is the contents of its record, if asked for. `notes` are about the cache, not the document. `trace` is the
    traceback of a bug.
    """

    exit_code: ExitCode
    diagnostics: tuple[Diagnostic, ...] = ()
    how: str = ""
    status: str = ""
    version: str = ""
    completeness: str = ""
    formats: tuple[Format, ...] = ()
    record: Mapping[str, Any] | None = None
    kept: Path | None = None
    notes: tuple[Diagnostic, ...] = ()
    trace: str = ""


@dataclass(frozen=True, slots=True)
class Cache:
    """The cache as one process uses it; `notes` are the warnings about it so far."""

    store: Store
    documents: Documents
    notes: list[Diagnostic]


def open_cache(folder: Path, limit: int) -> Cache:
    """Return the cache in the folder."""
    from specflow.batch.documents import Documents
    from specflow.batch.store import Store

    notes: list[Diagnostic] = []
    store = Store(folder, notes.append, limit)
    return Cache(store, Documents(store), notes)


def attempt(job: Job, tools: Tools, cache: Cache | None, *, with_record: bool) -> Result:
    """Return how the document went; every fault of it, a bug too, is in the result."""
    heard: list[Diagnostic] = []
    try:
        record, how = _build(job, tools, cache, heard.append)
    except SpecflowError as fault:
        result = Result(fault.exit_code, (*heard, *fault.diagnostics), kept=fault.kept)
    except Exception as fault:  # a bug that one document brings out must not stop the others
        import traceback

        hint = "please report it with the traceback and with what `specflow doctor` prints"
        message = f"this document brings out a bug in specflow: {type(fault).__name__}"
        told = error("bug", message, Span(job.spec), hint)
        result = Result(ExitCode.BUG, (*heard, told), trace=traceback.format_exc())
    else:
        document = record.content["document"]
        result = Result(
            ExitCode.DONE,
            tuple(heard),
            how,
            document["status"],
            document["version"],
            str(record.completeness),
            tuple(record.editions),
            record.content if with_record else None,
        )
    if cache and cache.notes:
        result = replace(result, notes=tuple(cache.notes))
        cache.notes.clear()
    return result


def unchanged(job: Job, standing: Standing, *, with_record: bool) -> Result:
    """Return the result of a document whose editions are in place and right."""
    import json

    row = standing.row
    return Result(
        ExitCode.DONE,
        standing.warnings,
        UNCHANGED,
        row["document"]["status"],
        row["document"]["version"],
        row["completeness"],
        job.formats,
        json.loads(standing.record.read_bytes()) if with_record else None,
    )


def _build(job: Job, tools: Tools, cache: Cache | None, warn: Warn) -> tuple[Record, str]:
    if cache is None:
        from specflow.pipeline import build

        return build(job, tools, warn), BUILT
    from specflow.batch.cached import build_cached

    return build_cached(job, tools, cache.store, cache.documents, warn)
