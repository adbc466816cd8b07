"""Validate: the source and its template's schema become the spec, or *all* faults at once, each with place and mend.

Three steps, each in a module of its own: `read` the text by the schema's types and find the holes; `judge` what was
read, with the `jsonschema` library, and explain its faults; run the template's cross-`checks` on what is sound.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from specflow.diagnostics import Diagnostic, Severity, Warn
from specflow.errors import InvalidData
from specflow.languages.phrases import worded
from specflow.model import Completeness, Identity, KeyPath, Language, Source, Spec, Template, Text
from specflow.validate import checks, footnotes
from specflow.validate.judge import judge
from specflow.validate.read import read
from specflow.validate.shape import schema_at
from specflow.validate.view import View

__all__ = ["validate"]


def validate(source: Source, template: Template, warn: Warn, language: Language) -> Spec:
    """Return the spec: the data read by the template's schema, with a hole for whatever a draft still lacks.

    What holes, dates and enumerations print is in the document's language.

    Holes are warnings in a draft and errors in any other status; without a valid status they are taken for a draft's,
    so that one slip does not bring a hundred errors. Raises InvalidData with every fault, sorted by place.
    """
    reading = read(source.data, template.schema, language, template.phrases)
    status = _status(reading.data, template)
    draft = status is None or status in template.draft
    found = judge(source, template.schema, reading, draft, _path(template.identity["status"]))
    faulty = frozenset(fault.key for fault in found if fault.key)
    found += checks.run(View(source, template, reading.data, faulty))
    found += footnotes.faults(reading.data, source.places)
    for diagnostic in _sorted(found, Severity.WARNING):
        warn(diagnostic)
    if errors := _sorted(found, Severity.ERROR):
        raise InvalidData(*errors)
    completeness = Completeness(reading.filled, reading.holes)
    return Spec(source, template, reading.data, _identity(reading.data, template, draft), completeness, language)


def _identity(data: Any, template: Template, draft: bool) -> Identity:
    values = {part: _at(data, template.identity[part]) for part in ("id", "version", "status", "date")}
    texts = {part: value if isinstance(value, Text) else Text("") for part, value in values.items()}
    status, date = texts["status"], texts["date"]
    return Identity(
        **{part: str(text) for part, text in texts.items()},
        draft=draft,
        status_words=str(status) if status.hole else status.word or worded(status),
        date_words=date.printed or str(date),
        superseded=str(status) in template.superseded,
    )


def _sorted(found: Iterable[Diagnostic], severity: Severity) -> list[Diagnostic]:
    """Return those of the severity by place; those of one place keep their order, which is the schema's."""

    def place(diagnostic: Diagnostic) -> tuple[str, int, int]:
        span = diagnostic.span
        return (span.file.as_posix(), span.line or 0, span.column or 0) if span else ("", 0, 0)

    return sorted((diagnostic for diagnostic in found if diagnostic.severity is severity), key=place)


def _path(key: str) -> KeyPath:
    return tuple(key.split("."))


def _at(data: Any, key: str) -> Any:
    for step in _path(key):
        data = data.get(step) if isinstance(data, dict) else None
    return data


def _status(data: Any, template: Template) -> str | None:
    """Return the document's status if it is one that the schema allows."""
    key = template.identity["status"]
    status = _at(data, key)
    if not isinstance(status, Text) or status.hole:
        return None
    allowed = (schema_at(template.schema, _path(key)) or {}).get("enum")
    return status if allowed is None or status in allowed else None
