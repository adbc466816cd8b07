"""A JSON Schema validator's errors, told as specflow's own: place, code, and mend."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import ValidationError
from referencing import Registry

from specflow.diagnostics import Diagnostic, error
from specflow.model import KeyPath, Place, key_text
from specflow.validate import dates
from specflow.validate.shape import (
    TAILORED,
    TAILORED_OUT,
    Schema,
    asked,
    property_schema,
    resolve,
    strict,
    suits,
    value_at,
)
from specflow.validate.suggest import closest, listed
from specflow.validate.wording import named, quoted, span_at

FORMATS = FormatChecker(formats=())
FORMATS.checks("date")(lambda value: not isinstance(value, str) or dates.parse_day(value) is not None)

_WORDS = {
    "string": "text",
    "number": "a number",
    "integer": "a whole number",
    "boolean": "true or false",
    "object": "a mapping",
    "array": "a list",
    "null": "nothing",
}
_BRANCHES = ("anyOf", "oneOf")


@dataclass(frozen=True, slots=True)
class Fault:
    """One keyword of a schema that a value breaks: `limit` is what the keyword says, `schema` is where it stands."""

    rule: str
    limit: Any
    path: KeyPath
    schema: Schema
    instance: Any
    message: str
    pointer: str

    @property
    def absent(self) -> str:
        """The key that a `required` fault misses; the validator names it only in its message, one fault for each."""
        return str(next(key for key in self.limit if self.message.startswith(f"{key!r} ")))


def errors(instance: Any, schema: Schema) -> list[Fault]:
    """Return what the instance breaks; references out of the schema are refused, never fetched.

    What has the wrong type is reported as that, and not also as one of the words that are not allowed.
    """
    validator = Draft202012Validator(strict(schema), registry=Registry(), format_checker=FORMATS)
    found = [_fault(inner) for outer in validator.iter_errors(instance) for inner in _specific(outer)]
    mistyped = {fault.path for fault in found if fault.rule == "type"}
    return [fault for fault in found if fault.rule == "type" or fault.path not in mistyped]


def _fault(found: ValidationError) -> Fault:
    schema = found.schema if isinstance(found.schema, Mapping) else {}
    pointer = "".join(f"/{step}" for step in found.absolute_schema_path)
    path = tuple(found.absolute_path)
    return Fault(str(found.validator), found.validator_value, path, schema, found.instance, found.message, pointer)


def _specific(found: ValidationError) -> Iterator[ValidationError]:
    """Yield, for "none of these forms", the errors of the form that the value has the shape of."""
    if found.validator not in _BRANCHES or not found.context:
        yield found
        return
    by_branch: dict[Any, list[ValidationError]] = {}
    for inner in found.context:
        by_branch.setdefault(inner.relative_schema_path[0], []).append(inner)
    for branch in by_branch.values():
        if not any(inner.validator == "type" and not inner.relative_path for inner in branch):
            for inner in branch:
                yield from _specific(inner)
            return
    yield found


class Explain:
    """Turns validator errors into diagnostics, with the words and places of one document."""

    def __init__(self, data: Any, schema: Schema, places: Mapping[KeyPath, Place]) -> None:
        self._data = data
        self._schema = schema
        self._places = places
        self.misspelt: set[KeyPath] = set()
        """Keys that are there under another, wrong name: that they are missing needs no second report."""

    def __call__(self, fault: Fault) -> list[Diagnostic]:
        """Return the diagnostics of one fault: one for each unknown key, else exactly one."""
        if fault.rule == "additionalProperties" and fault.limit is False:
            return self._unknown(fault)
        code, message, hint = _TELL.get(fault.rule, Explain._other)(self, fault)
        return [error(code, message, span_at(fault.path, self._places), hint, key_text(fault.path))]

    def typed(self, path: KeyPath) -> Any:
        """Return what the author wrote at the path, or None."""
        return value_at(self._data, path)

    def _shown(self, path: KeyPath) -> str:
        value = self.typed(path)
        return quoted(value) if isinstance(value, str) else _shape(value)

    def _unknown(self, fault: Fault) -> list[Diagnostic]:
        known = list(fault.schema.get("properties", {}))
        there = self.typed(fault.path) or {}
        free = [name for name in known if name not in there]
        found = []
        for key in [key for key in fault.instance if property_schema(fault.schema, key) is None]:
            here = (*fault.path, key)
            meant = closest(key, free) or closest(key, known)
            if fault.schema.get("properties") == TAILORED["properties"]:
                hint = f"a section that is tailored out has no content: remove this key, or `{TAILORED_OUT}`"
            elif key == TAILORED_OUT:
                hint = "only a section below a heading of its own can be tailored out"
            elif meant:
                hint = f"did you mean `{meant}`?"
                self.misspelt.add((*fault.path, meant))
            else:
                hint = f"the keys here are {listed(known, 'and')}" if known else "no key is allowed here"
            where = f" in {named(fault.path, self._schema)}" if fault.path else ""
            message = f"unknown key {_key(key)}{where}"
            found.append(error("unknown-key", message, span_at(here, self._places, key=True), hint, key_text(here)))
        return found

    def _type(self, fault: Fault) -> tuple[str, str, str]:
        types = asked(fault.schema)
        value = self.typed(fault.path)
        name = named(fault.path, self._schema)
        if isinstance(value, str) and types & {"number", "integer"}:
            whole = "whole " if "number" not in types else ""
            example = "640" if whole else "640 or 12.5"
            hint = (
                f"write a plain {whole}number such as {example}, without unit, sign of percent or thousands separator"
            )
            return "bad-number", f"{name} is not a {whole}number: {quoted(value)}", hint
        if isinstance(value, str) and types == {"boolean"}:
            return "not-allowed", f"{name} is neither true nor false: {quoted(value)}", "write true or false"
        return self._shape_fault(name, value, [fault.schema])

    def _no_branch(self, fault: Fault) -> tuple[str, str, str]:
        options = [resolve(option, self._schema) for option in fault.limit]
        value = self.typed(fault.path)
        if fault.rule == "oneOf" and any(suits(option, value) for option in options):
            return self._other(fault)
        return self._shape_fault(named(fault.path, self._schema), value, options)

    def _shape_fault(self, name: str, value: Any, wanted: list[Schema]) -> tuple[str, str, str]:
        types = [_WORDS[word] for word in _WORDS if any(word in asked(schema) for schema in wanted)]
        message = f"{name} must be {listed(types)}, not {_shape(value)}"
        properties = next((schema["properties"] for schema in wanted if "properties" in schema), None)
        if isinstance(value, str) and "a list" in types:
            hint = f"write each item on its own line: - {quoted(value)}"
        elif isinstance(value, str) and properties:
            hint = f"write its keys on the lines below, indented: {', '.join(list(properties)[:4])}"
        elif isinstance(value, Mapping) and "text" in types:
            hint = "write one text; put quotes around a text that has a colon in it"
        elif isinstance(value, list) and "text" in types:
            hint = 'write one text; for several lines, or a list inside the text, begin it with "|"'
        elif isinstance(value, list) and properties:
            hint = f"write its keys without dashes: {', '.join(list(properties)[:4])}"
        else:
            hint = f"write {listed(types)}"
        return "wrong-type", message, hint

    def _choice(self, fault: Fault) -> tuple[str, str, str]:
        allowed = fault.limit if fault.rule == "enum" else [fault.limit]
        words = [str(word) for word in allowed]
        value = self.typed(fault.path)
        meant = closest(value, words) if isinstance(value, str) else None
        message = f"{named(fault.path, self._schema)} is {self._shown(fault.path)}, which is not allowed"
        only = f"allowed: {', '.join(words)}"
        return "not-allowed", message, f"did you mean {meant}? {only}" if meant else only

    def _format(self, fault: Fault) -> tuple[str, str, str]:
        value = str(self.typed(fault.path)).strip()
        message, hint = dates.complaint(value, quoted(value))
        return "bad-date", f"{named(fault.path, self._schema)}: {message}", hint

    def _range(self, fault: Fault) -> tuple[str, str, str]:
        bounds = [f"{words} {fault.schema[keyword]}" for keyword, words in _BOUNDS.items() if keyword in fault.schema]
        message = f"{named(fault.path, self._schema)} is out of range: {self.typed(fault.path)}"
        return "out-of-range", message, f"write a number that is {' and '.join(bounds)}"

    def _count(self, fault: Fault) -> tuple[str, str, str]:
        limit, size = fault.limit, len(self.typed(fault.path) or ())
        few = fault.rule in ("minItems", "minProperties")
        message = (
            f"{named(fault.path, self._schema)} has {size} of at {'least' if few else 'most'} {limit} {_items(limit)}"
        )
        return ("too-few", message, f"add {limit - size}") if few else ("too-many", message, f"remove {size - limit}")

    def _length(self, fault: Fault) -> tuple[str, str, str]:
        least = fault.rule == "minLength"
        side = "short" if least else "long"
        limit = f"{'at least' if least else 'at most'} {fault.limit} characters"
        return (
            f"too-{side}",
            f"{named(fault.path, self._schema)} is too {side}: {self._shown(fault.path)}",
            f"write {limit}",
        )

    def _pattern(self, fault: Fault) -> tuple[str, str, str]:
        message = f"{named(fault.path, self._schema)} does not have the form asked for: {self._shown(fault.path)}"
        described = fault.schema.get("description")
        return "bad-pattern", message, str(described) if described else f"the form is {fault.limit}"

    def _required(self, fault: Fault) -> tuple[str, str, str]:
        key = fault.absent
        return "missing-key", f"{named((*fault.path, key), self._schema)} is missing", f'add "{key}:"'

    def _duplicate(self, fault: Fault) -> tuple[str, str, str]:
        return "duplicate-item", f"{named(fault.path, self._schema)} has the same item twice", "remove one of them"

    def _other(self, fault: Fault) -> tuple[str, str, str]:
        message = f"{named(fault.path, self._schema)} breaks the schema's rule `{fault.rule}`"
        return "not-valid", message, f"see {fault.pointer} in the template's schema"


def _shape(value: Any) -> str:
    return "a mapping" if isinstance(value, Mapping) else "a list" if isinstance(value, list) else "text"


def _items(count: int) -> str:
    return "item" if count == 1 else "items"


def _key(key: str) -> str:
    shown = quoted(key)
    return f"`{shown[1:-1]}`"


_BOUNDS = {
    "minimum": "at least",
    "exclusiveMinimum": "more than",
    "maximum": "at most",
    "exclusiveMaximum": "less than",
    "multipleOf": "a multiple of",
}
_TELL: Mapping[str, Callable[[Explain, Fault], tuple[str, str, str]]] = {
    "type": Explain._type,
    "anyOf": Explain._no_branch,
    "oneOf": Explain._no_branch,
    "enum": Explain._choice,
    "const": Explain._choice,
    "format": Explain._format,
    "minItems": Explain._count,
    "maxItems": Explain._count,
    "minProperties": Explain._count,
    "maxProperties": Explain._count,
    "minLength": Explain._length,
    "maxLength": Explain._length,
    "pattern": Explain._pattern,
    "required": Explain._required,
    "uniqueItems": Explain._duplicate,
    **dict.fromkeys(_BOUNDS, Explain._range),
}
