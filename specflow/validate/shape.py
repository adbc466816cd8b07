"""What a JSON Schema says of the shape of data: which branch applies, which types, what may be tailored out.

Four annotations are ours: `x-kind` (how a text is read), `x-noun` (what a list item is called), `x-json` (a mapping or
list is printed as JSON text) and `x-tailorable` (`{tailored_out: "why"}` may stand in place of the content).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from specflow.model import KeyPath, Kind

Schema = Mapping[str, Any]

TAILORED_OUT = "tailored_out"
TAILORED: Schema = {
    "title": "Tailored out",
    "description": "Why this section does not apply: printed below its heading in place of the content.",
    "type": "object",
    "required": [TAILORED_OUT],
    "additionalProperties": False,
    "properties": {
        TAILORED_OUT: {
            "type": "string",
            "title": "Tailored out",
            "description": "One sentence that says why the section does not apply.",
            "x-kind": "prose",
        }
    },
}

_LEAVES = frozenset({"string", "number", "integer", "boolean"})
_BRANCHES = ("anyOf", "oneOf")
_TEXTUAL = ("enum", "const", "pattern", "format", "minLength", "maxLength")
_REFERENCES = 32


def resolve(schema: Any, root: Schema) -> Schema:
    """Return the schema with its local `$ref` followed; what stands beside the `$ref` wins over what it refers to.

    A reference that leads nowhere, or in a circle, leaves what stands beside it.
    """
    merged: dict[str, Any] = {}
    for _ in range(_REFERENCES):
        if not isinstance(schema, Mapping):
            break
        merged = {**schema, **merged}
        reference = merged.pop("$ref", None)
        if reference is None:
            break
        schema = referred(reference, root)
    return merged


def referred(reference: object, root: Schema) -> Any:
    """Return what a local JSON Pointer (`#/$defs/name`) refers to, or None."""
    if not isinstance(reference, str) or not (reference == "#" or reference.startswith("#/")):
        return None
    node: Any = root
    for step in reference.split("/")[1:]:
        name = step.replace("~1", "/").replace("~0", "~")
        if not isinstance(node, Mapping) or name not in node:
            return None
        node = node[name]
    return node


def applicable(schema: Any, value: object, root: Schema) -> Schema:
    """Return the schema of the value: resolved, and of `anyOf` or `oneOf` the first branch of the value's shape."""
    merged = resolve(schema, root)
    for keyword in _BRANCHES:
        if keyword in merged:
            options = [resolve(option, root) for option in merged[keyword]]
            chosen = next((option for option in options if suits(option, value)), options[0])
            rest = {name: part for name, part in merged.items() if name != keyword}
            return {**rest, **chosen}
    return merged


def suits(schema: Schema, value: object) -> bool:
    """Say if the value has the shape that the schema asks for: a mapping, a list or a scalar."""
    types = asked(schema)
    if isinstance(value, Mapping):
        return "object" in types
    if isinstance(value, list):
        return "array" in types
    return bool(types & _LEAVES)


def asked(schema: Schema) -> frozenset[str]:
    """Return the JSON types that the schema asks for; where it does not say, those that its keywords imply."""
    types = schema.get("type")
    if isinstance(types, str):
        return frozenset({types})
    if isinstance(types, list):
        return frozenset(types)
    if "properties" in schema:
        return frozenset({"object"})
    if "items" in schema:
        return frozenset({"array"})
    if any(keyword in schema for keyword in _TEXTUAL):
        return frozenset({"string"})
    return frozenset({"string", "object", "array"})


def kind(schema: Schema) -> Kind:
    """Return how a text under this schema is read: as `x-kind` says, else literal for what has a format, else prose."""
    named = schema.get("x-kind")
    if named is not None:
        return Kind(named)
    if asked(schema) & {"number", "integer"} or any(keyword in schema for keyword in ("enum", "const", "format")):
        return Kind.TEXT
    return Kind.PROSE


def is_tailored(schema: Schema, value: object) -> bool:
    """Say if the value tailors its section out, and the schema allows that."""
    return bool(schema.get("x-tailorable")) and isinstance(value, Mapping) and TAILORED_OUT in value


def property_schema(schema: Schema, key: str) -> Any:
    """Return the schema of one key of a mapping, or None where the mapping has no such key."""
    properties = schema.get("properties", {})
    if key in properties:
        return properties[key]
    for pattern, inner in schema.get("patternProperties", {}).items():
        if re.search(pattern, key):
            return inner
    extra = schema.get("additionalProperties", True)
    return None if extra is False else extra


def schema_at(root: Schema, path: KeyPath) -> Schema | None:
    """Return the resolved schema of the value at the path, or None where the schema knows no such key."""
    node: Schema = resolve(root, root)
    for step in path:
        wanted: object = {} if isinstance(step, str) else []
        node = applicable(node, wanted, root)
        found = property_schema(node, step) if isinstance(step, str) else node.get("items")
        if found is None or not suits(node, wanted):
            return None
        node = resolve(found, root)
    return node


Form = Callable[[dict[str, Any]], dict[str, Any]]
_SCHEMAS = ("items", "additionalProperties", "contains", "not", "if", "then", "else", "propertyNames")
_LISTS = ("anyOf", "oneOf", "allOf", "prefixItems")
_MAPPINGS = ("properties", "patternProperties", "$defs", "definitions", "dependentSchemas")


def value_at(data: Any, path: KeyPath) -> Any:
    """Return what stands at the path, or None where the data does not go that far."""
    for step in path:
        try:
            data = data[step]
        except (KeyError, IndexError, TypeError):
            return None
    return data


def rewritten(schema: Any, form: Form) -> Any:
    """Return a copy of the schema in which every subschema, innermost first, has passed through `form`."""
    if not isinstance(schema, Mapping):
        return schema
    copy: dict[str, Any] = {}
    for keyword, part in schema.items():
        if keyword in _SCHEMAS:
            copy[keyword] = rewritten(part, form)
        elif keyword in _LISTS:
            copy[keyword] = [rewritten(option, form) for option in part]
        elif keyword in _MAPPINGS:
            copy[keyword] = {name: rewritten(option, form) for name, option in part.items()}
        else:
            copy[keyword] = part
    return form(copy)


def strict(schema: Schema) -> dict[str, Any]:
    """Return the schema with `x-tailorable` spelled out, as validators want it.

    `if`/`then`/`else` rather than `anyOf`, so that faults inside the chosen form are reported as themselves.
    """

    def spelled(node: dict[str, Any]) -> dict[str, Any]:
        if not node.pop("x-tailorable", False):
            return node
        is_mapping_of_it = {"type": "object", "required": [TAILORED_OUT]}
        return {"if": is_mapping_of_it, "then": dict(TAILORED), "else": node}

    made: dict[str, Any] = rewritten(schema, spelled)
    return made
