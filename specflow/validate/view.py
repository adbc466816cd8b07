"""One document's data as cross-checks see them: values and columns by data key, with what must not be judged marked."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any, NoReturn

from specflow.diagnostics import Span, error
from specflow.errors import InvalidTemplate
from specflow.model import KeyPath, Source, Template, Text, key_text
from specflow.validate.dates import parse_day
from specflow.validate.shape import schema_at, value_at
from specflow.validate.wording import noun_at, span_at


@dataclass(frozen=True, slots=True)
class Cell:
    """One value that a rule is about: `text` is None where it is absent, `sound` false for a hole or a faulty value."""

    path: KeyPath
    text: Text | None
    sound: bool

    @property
    def day(self) -> datetime.date | None:
        """The day that the cell holds, if it holds one."""
        return parse_day(self.text) if self.sound and self.text is not None else None

    @property
    def is_filled(self) -> bool:
        """Whether there is a sound value."""
        return self.sound and self.text is not None


class View:
    """One document's data as rules see them."""

    def __init__(self, source: Source, template: Template, data: Any, faulty: frozenset[str]) -> None:
        self.template = template
        self._source = source
        self._data = data
        self._faulty = faulty

    def cell(self, key: str) -> Cell:
        """Return the value of a key. Raises InvalidTemplate if the schema has no such key."""
        return self._cell(self._known(key, ()))

    def column(self, key: str) -> list[Cell]:
        """Return the cells of one field of every row, in order: `key` is "list[].field"."""
        before, mark, field = key.partition("[].")
        if not mark:
            self._fail(f"`{key}` is not a field of a list's rows", 'write it as "list[].field"')
        path = self._known(before, (0, field))
        rows = value_at(self._data, path)
        return [self._cell((*path, at, field)) for at in range(len(rows))] if isinstance(rows, list) else []

    def span(self, cell: Cell) -> Span | None:
        """Return where the cell's value stands."""
        return span_at(cell.path, self._source.places)

    def noun(self, cell: Cell) -> str:
        """Return what the schema calls the row that the cell belongs to."""
        return noun_at(cell.path[:-1], self.template.schema) or "item"

    def _known(self, key: str, rest: KeyPath) -> KeyPath:
        path = tuple(key.split("."))
        if schema_at(self.template.schema, (*path, *rest)) is None:
            self._fail(f"the schema has no key `{key_text((*path, *rest))}`", "rules name data keys of the schema")
        return path

    def _fail(self, message: str, hint: str) -> NoReturn:
        span = Span(self.template.folder / "manifest.yaml")
        raise InvalidTemplate(
            error("manifest-check", f"a check of template {self.template.name}: {message}", span, hint)
        )

    def _cell(self, path: KeyPath) -> Cell:
        value = value_at(self._data, path)
        is_faulty = any(key_text(path[:length]) in self._faulty for length in range(1, len(path) + 1))
        text = value if isinstance(value, Text) else None
        return Cell(path, text, sound=not is_faulty and not (text is not None and text.hole))
