"""Read the author's text by the schema's types, and find what is still to be filled in.

One walk over schema and data gives two things: the plain instance that a JSON Schema validator can judge, and the
bound data that templates print. The walk follows `properties`, `items`, `$ref` and, by the value's shape, `anyOf` and
`oneOf`; all other keywords are the validator's. What has the wrong shape goes into the instance as an empty stand-in
of that shape, so that the validator never has to print, or to descend into, what nobody asked for.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType
from typing import Any

from specflow.diagnostics import error
from specflow.errors import InvalidTemplate
from specflow.hidden import is_unseen
from specflow.languages.phrases import worded
from specflow.model import KeyPath, Kind, Language, Text, key_text
from specflow.validate.dates import day_words
from specflow.validate.json_text import TooDeep, json_text
from specflow.validate.shape import (
    TAILORED,
    TAILORED_OUT,
    Schema,
    applicable,
    asked,
    is_tailored,
    kind,
    property_schema,
)

HOLE = "TBD"
"""What a hole prints, where no language has another word for it."""

MAX_DEPTH = 64
"""No template asks for data this deep."""

_UNDECIDED = frozenset({"tbd", "todo", "???"})
_NUMBER = re.compile(r"[+-]?[0-9]{1,30}(\.[0-9]{1,30})?", re.ASCII)
_TRUTH = {"true": True, "yes": True, "false": False, "no": False}
_BLANK = " \t\r\n"
"""What is left out around a value; a no-break or an ideographic space was put there on purpose."""
_LEAVES = frozenset({"string", "number", "integer", "boolean"})


class Cause(Enum):
    """Why a value is a hole: its key is not there, it is blank, it says TBD, or its list is too short."""

    MISSING = "missing"
    EMPTY = "empty"
    UNDECIDED = "undecided"
    SHORT = "short"


@dataclass(frozen=True, slots=True)
class Gap:
    """A hole, or a section full of them: how many fields there are to fill, and what the author typed instead."""

    path: KeyPath
    cause: Cause
    fields: int
    section: bool
    typed: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """The data as the validator sees them and as templates see them, and how much of them is there."""

    instance: Any
    data: Any
    gaps: tuple[Gap, ...]
    holes: tuple[KeyPath, ...]
    filled: int
    too_deep: tuple[KeyPath, ...]


def read(
    data: Any, schema: Schema, language: Language | None = None, phrases: Mapping[str, str] = MappingProxyType({})
) -> Reading:
    """Return the data read by the schema; holes stand wherever a required value is not there.

    What holes, dates and enumerations print is in the language, and in the words of `phrases`.

    Raises InvalidTemplate where the schema requires itself, so that no data could ever be complete.
    """
    reader = _Reader(schema, language, phrases)
    instance, bound = reader.value(data, schema, ())
    return Reading(instance, bound, tuple(reader.gaps), tuple(reader.holes), reader.filled, tuple(reader.too_deep))


def _is_nothing(value: Any) -> bool:
    """Say if the value is blank or empty: for an optional key, as if it were not there."""
    return not value or (isinstance(value, str) and is_unseen(value))


class _Reader:
    def __init__(self, root: Schema, language: Language | None, phrases: Mapping[str, str]) -> None:
        self.root = root
        self.hole = language.labels["missing"] if language else HOLE
        self.language = language if language and language.named else None
        self.phrases = phrases
        self.gaps: list[Gap] = []
        self.holes: list[KeyPath] = []
        self.filled = 0
        self.too_deep: list[KeyPath] = []
        self._given = 0  # values that the author gave, good or bad: a section without any is reported as a whole

    def value(self, value: Any, schema: Any, path: KeyPath) -> tuple[Any, Any]:
        """Return the value for the validator, and the value for templates."""
        if len(path) > MAX_DEPTH:
            self.too_deep.append(path)
            return "", Text("", path=path)
        chosen = applicable(schema, value, self.root)
        if is_tailored(chosen, value):
            chosen = TAILORED
        types = asked(chosen)
        if isinstance(value, str):
            return self._scalar(value, chosen, path)
        if chosen.get("x-json"):
            return self._json(value, chosen, path)
        if isinstance(value, Mapping) and "object" in types:
            return self._section(value, chosen, path)
        if isinstance(value, list) and "array" in types:
            return self._list(value, chosen, path)
        self._given += 1
        return {} if isinstance(value, Mapping) else [], self._stand_in(chosen, path)

    def _scalar(self, value: str, schema: Schema, path: KeyPath) -> tuple[Any, Any]:
        word = value.strip() if len(value) < 100 else value
        if is_unseen(word):
            return self._gap(path, Cause.EMPTY, schema)
        types = asked(schema)
        if types == {"boolean"} and word.casefold() in _TRUTH:
            truth = _TRUTH[word.casefold()]  # a flag is no content: it does not make a section filled
            return truth, truth
        self._given += 1
        if word.casefold() in _UNDECIDED:
            return self._gap(path, Cause.UNDECIDED, schema, word)
        if not types & _LEAVES:
            return value, self._stand_in(schema, path)
        self.filled += 1
        if "string" in types:
            text = self._text(_trimmed(value, kind(schema)), schema, path)
            return str(text), text
        if types & {"number", "integer"} and _NUMBER.fullmatch(word):
            return float(word) if "." in word else int(word), Text(word, Kind.TEXT, path)
        return word, self._stand_in(schema, path)

    def _text(self, value: str, schema: Schema, path: KeyPath) -> Text:
        """Return the text with what is printed for it, if it is a date, and with its word, if it is one of a list."""
        if schema.get("format") == "date" and self.language:
            return Text(value, kind(schema), path, printed=day_words(value, self.language))
        if "enum" in schema:
            word = str(schema.get("x-labels", {}).get(value) or worded(value))
            key = next((step for step in reversed(path) if isinstance(step, str)), "")
            word = self.phrases.get(f"{word} ({key})") or self.phrases.get(word, word)
            return Text(value, kind(schema), path, word=word)
        return Text(value, kind(schema), path)

    def _json(self, value: Any, schema: Schema, path: KeyPath) -> tuple[Any, Any]:
        if not value:
            return self._gap(path, Cause.EMPTY, schema)
        self._given += 1
        self.filled += 1
        try:
            text = json_text(value, MAX_DEPTH)
        except TooDeep:
            self.too_deep.append(path)
            text = ""
        return text, Text(text, kind(schema), path)

    def _section(self, value: Mapping[str, Any], schema: Schema, path: KeyPath) -> tuple[Any, Any]:
        """Return the mapping; if it holds nothing but gaps, they are reported as one."""
        given, first = self._given, len(self.gaps)
        instance, data = self._mapping(value, schema, path)
        if schema is TAILORED:
            instance.setdefault(TAILORED_OUT, "")  # even without its reason it is what tells the form
        inside = self.gaps[first:]
        if path and self._given == given and len(inside) > 1:
            self.gaps[first:] = [Gap(path, Cause.EMPTY, sum(gap.fields for gap in inside), section=True)]
        return instance, data

    def _mapping(self, value: Mapping[str, Any], schema: Schema, path: KeyPath) -> tuple[Any, Any]:
        instance: dict[str, Any] = {}
        data: dict[str, Any] = {}
        required = schema.get("required", ())
        for key, inner in schema.get("properties", {}).items():
            here = (*path, key)
            if key in value and (key in required or not _is_nothing(value[key])):
                seen, data[key] = self.value(value[key], inner, here)
                if seen is not None:
                    instance[key] = seen
            elif key in required:
                _, data[key] = self._gap(here, Cause.MISSING, applicable(inner, None, self.root))
            elif asked(applicable(inner, None, self.root)) == {"array"}:
                data[key] = []
        for key in value:
            if key in schema.get("properties", {}):
                continue
            extra = property_schema(schema, key)
            if extra is None:
                self._given += 1
                instance[key] = ""  # the validator has only to see that it is there
            else:
                instance[key], data[key] = self.value(value[key], extra, (*path, key))
        return instance, data

    def _list(self, value: list[Any], schema: Schema, path: KeyPath) -> tuple[Any, Any]:
        least = schema.get("minItems", 0)
        if not value and least:
            _, data = self._gap(path, Cause.EMPTY, schema)
            return None, data
        inner = schema.get("items", {})
        pairs = [self.value(item, inner, (*path, at)) for at, item in enumerate(value)]
        data = [bound for _, bound in pairs]
        if len(value) < least:
            before = len(self.holes)
            data += [self._blank(inner, (*path, at)) for at in range(len(value), least)]
            self.gaps.append(Gap(path, Cause.SHORT, len(self.holes) - before, section=True))
        return [seen for seen, _ in pairs], data

    def _gap(self, path: KeyPath, cause: Cause, schema: Schema, typed: str = "") -> tuple[None, Any]:
        before = len(self.holes)
        data = self._blank(schema, path)
        if len(self.holes) == before:
            self.holes.append(path)  # a list that may be empty, but has to be there
        fields = len(self.holes) - before
        self.gaps.append(Gap(path, cause, fields, isinstance(data, dict | list), typed))
        return None, data

    def _stand_in(self, schema: Schema, path: KeyPath) -> Any:
        """Return holes for a faulty value; they are not counted, since the fault itself is reported."""
        before = len(self.holes)
        data = self._blank(schema, path)
        del self.holes[before:]
        return data

    def _blank(self, schema: Any, path: KeyPath) -> Any:
        if len(path) > MAX_DEPTH:
            message = f"the schema never ends: `{key_text(path[:4])}…` requires itself"
            raise InvalidTemplate(error("template-schema", message, hint="make one of its keys optional"))
        chosen = applicable(schema, None, self.root)
        types = asked(chosen)
        if types & _LEAVES:
            self.holes.append(path)
            return False if types == {"boolean"} else Text(self.hole, kind(chosen), path, hole=True)
        if "object" in types:
            return self._blank_mapping(chosen, path)
        inner = chosen.get("items", {})
        return [self._blank(inner, (*path, at)) for at in range(chosen.get("minItems", 0))]

    def _blank_mapping(self, schema: Schema, path: KeyPath) -> dict[str, Any]:
        data: dict[str, Any] = {}
        required = schema.get("required", ())
        for key, inner in schema.get("properties", {}).items():
            if key in required:
                data[key] = self._blank(inner, (*path, key))
            elif asked(applicable(inner, None, self.root)) == {"array"}:
                data[key] = []
        return data


def _trimmed(value: str, how: Kind) -> str:
    """Return the text without what YAML's block scalars add, and as far as its kind allows on one line."""
    if how is Kind.TEXT:
        return value.strip(_BLANK)
    if how is Kind.INLINE:
        return " ".join(line.strip(_BLANK) for line in value.strip(_BLANK).split("\n"))
    return value.rstrip("\n")
