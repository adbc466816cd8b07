"""Schemas of templates: the one that every manifest must obey, reading a template's own, and its form for editors."""

from __future__ import annotations

import functools
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError

from specflow.diagnostics import Diagnostic, Span, error
from specflow.errors import InvalidTemplate
from specflow.files import read_bytes
from specflow.model import Kind
from specflow.validate.shape import TAILORED, Schema, asked, referred, rewritten
from specflow.validate.suggest import listed


def _text(description: str, kind: str = "text") -> dict[str, Any]:
    return {"type": "string", "x-kind": kind, "description": description}


def _mapping(meaning: str, /, **properties: Schema) -> dict[str, Any]:
    return {
        "type": "object",
        "description": meaning,
        "required": list(properties),
        "additionalProperties": False,
        "properties": properties,
    }


def _list(items: Schema, least: int = 0) -> dict[str, Any]:
    return {"type": "array", "minItems": least, "items": items}


_CHECK = {
    "type": "object",
    "required": ["rule"],
    "properties": {"rule": _text("The rule's name.")},
    "additionalProperties": {"type": ["string", "array"], "x-kind": "text", "items": _text("A word.")},
    "x-noun": "check",
}

MANIFEST: Schema = {
    **_mapping(
        "What a template says of itself.",
        title=_text("The template's title.", "inline"),
        description=_text("What the template is for, in a sentence."),
        body=_text("The Jinja2 Markdown, a file of this folder."),
        schema=_text("The JSON Schema of the data, a file of this folder."),
        starter=_text("The YAML that a new document starts with, a file of this folder."),
        identity=_mapping(
            "The data keys that say which document this is.",
            id=_text("The key of the identifier."),
            version=_text("The key of the version."),
            status=_text("The key of the status."),
            date=_text("The key of the date."),
        ),
        front_matter=_list(
            {**_mapping("A row.", key=_text("The data key."), label=_text("The label, as printed.")), "x-noun": "row"}
        ),
        statuses=_mapping(
            "Which statuses mean what.",
            draft=_list(_text("A status that may have gaps."), 1),
            superseded=_list(_text("A status that marks every page as no longer valid.")),
            approved=_list(_text("A status that needs every approval.")),
        )
        | {"required": ["draft", "approved"]},
        signoff={
            **_mapping(
                "The data keys that sign-off asks for.",
                roles=_text("The key of the list of roles that sign, in signing order."),
                review=_text("The key of the day of the next review."),
            ),
            "required": ["roles"],
        },
        index={
            **_mapping(
                "The data keys that the index of a folder shows beside the identity.",
                priority=_text("The key that says how urgent the document's matter is."),
                risk=_text("The key that says how risky it is."),
            ),
            "required": [],
        },
        checks=_list(_CHECK),
        filters=_list(_text("A Lua or JSON filter, a file of this folder.")),
        language=_text("The tag of the language that the template is written in, if that is not English."),
    ),
    "required": ["title", "description", "body", "schema", "starter", "identity", "front_matter", "statuses", "checks"],
}


RESERVED: Schema = {
    "template": {"title": "Template", **_text("The template of the document.")},
    "language": {"title": "Language", **_text("The language of the document: a tag such as de or de-AT.")},
}
"""The top-level keys that every template accepts, whether or not its schema names them."""


def read_schema(path: Path) -> dict[str, Any]:
    """Return the schema in the file and the keys that every template accepts; raise InvalidTemplate with all faults.

    It must be a JSON Schema (2020-12) of a mapping, refer to nothing outside of itself, and use no kind that does not
    exist.
    """
    return _read(path, read_bytes(path))


@functools.lru_cache(maxsize=64)
def _read(path: Path, content: bytes) -> dict[str, Any]:
    """Return the schema; the same bytes are checked only once, since that takes as long as many documents do."""
    try:
        schema = json.loads(content, object_pairs_hook=_without_duplicates)
        Draft202012Validator.check_schema(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)
    except json.JSONDecodeError as fault:
        message = f"this is not JSON: {fault.msg[:1].lower()}{fault.msg[1:]}"
        span = Span(path, fault.lineno, fault.colno)
        raise _refused(message, span, "check brackets, commas and quotes around this place") from fault
    except UnicodeDecodeError as fault:
        raise _refused("the schema is not UTF-8", Span(path), "save the file as UTF-8") from fault
    except RecursionError as fault:
        raise _refused("the schema is nested too deeply", Span(path), "move its inner parts to `$defs`") from fault
    except SchemaError as fault:
        pointer = "".join(f"/{step}" for step in fault.absolute_path) or "/"
        hint = "see https://json-schema.org/draft/2020-12 for the keyword"
        raise _refused(f"this is not a JSON Schema, at {pointer}: {_sentence(fault)}", Span(path), hint) from fault
    except _DuplicateKeyError as fault:
        raise _refused(f"the key `{fault}` is there twice in one object", Span(path), "remove one of them") from fault
    if faults := [*_misused(schema, path)]:
        raise InvalidTemplate(*faults)
    made: dict[str, Any] = schema
    made["properties"] = {**RESERVED, **made["properties"]}
    return made


class _DuplicateKeyError(Exception):
    """A JSON object has the same key twice, of which Python would keep the last."""


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        keys = [key for key, _ in pairs]
        raise _DuplicateKeyError(next(key for key in keys if keys.count(key) > 1))
    return made


def _refused(message: str, span: Span, hint: str) -> InvalidTemplate:
    return InvalidTemplate(error("template-schema", message, span, hint))


def _sentence(fault: SchemaError) -> str:
    return f"{fault.message[:1].lower()}{fault.message[1:200]}"


def _misused(schema: Any, path: Path) -> Iterator[Diagnostic]:
    span = Span(path)
    if not isinstance(schema, dict) or "object" not in asked(schema) or "properties" not in schema:
        yield error("template-schema", "the schema is not one of a mapping", span, 'give it "properties"')
        return
    found: list[Diagnostic] = []

    def look(node: dict[str, Any]) -> dict[str, Any]:
        reference = node.get("$ref")
        if reference is not None and not isinstance(referred(reference, schema), Mapping | bool):
            message, hint = f"`$ref` leads nowhere: {reference}", 'a reference has the form "#/$defs/name"'
            found.append(error("template-schema", message, span, hint))
        if "$dynamicRef" in node:
            message = "`$dynamicRef` is not supported"
            found.append(error("template-schema", message, span, "use `$ref` with a definition of this file"))
        if "x-kind" in node and node["x-kind"] not in list(Kind):
            message = f"there is no kind `{node['x-kind']}`"
            found.append(error("template-schema", message, span, f"x-kind is {listed(list(Kind))}"))
        return node

    rewritten(schema, look)
    yield from found


_OPEN = "[Tt][Bb][Dd]|[Tt][Oo][Dd][Oo]|\\?\\?\\?"
_NUMBERS = frozenset({"number", "integer"})


def loosened(schema: Schema, status: str = "") -> dict[str, Any]:
    """Return the schema as editors need it, which read `version: 1.10` as a number and an empty value as null.

    Texts may be numbers, booleans or null there; numbers and dates may be open (null, TBD); sections may be null; and
    the tailored-out form is spelled out wherever it is allowed. `status` is the key that may never be open.
    """

    def loose(node: dict[str, Any]) -> dict[str, Any]:
        tailorable = node.pop("x-tailorable", False)
        if "type" in node:
            node = _loose(node)
        if not tailorable:
            return node
        outside = ("title", "description")
        content = {keyword: part for keyword, part in node.items() if keyword not in outside}
        labels = {keyword: node[keyword] for keyword in outside if keyword in node}
        return {**labels, "anyOf": [content, {"$ref": f"#/$defs/{_TAILORED}"}]}

    made: dict[str, Any] = rewritten(schema, loose)
    made["type"] = "object"
    made["$defs"] = {**made.get("$defs", {}), _TAILORED: dict(TAILORED)}
    if status in schema.get("properties", {}):
        made["properties"][status] = schema["properties"][status]
    return made


def offered(languages: Mapping[str, str]) -> dict[str, Any]:
    """Return the schema of `language` for editors: the tags, with the names that describe them, or a regional tag."""
    tags = [{"const": tag, "description": name} for tag, name in languages.items()]
    regional = {"type": "string", "pattern": "^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})+$", "description": "A regional tag."}
    return {
        "title": "Language",
        "description": "The language of the document: of the words that editions add, of dates and of quotation marks.",
        "anyOf": [*tags, regional],
    }


EXTENDS: Schema = {
    "title": "Extends",
    "description": "The YAML file, or the list of files, that this one adds to or changes; relative to this file.",
    "anyOf": [{"type": "string"}, {"type": "array", "minItems": 1, "items": {"type": "string"}}],
}

_TAILORED = "tailored-out"


def _loose(node: dict[str, Any]) -> dict[str, Any]:
    types = asked(node)
    if "enum" in node:
        return {**node, "type": sorted({*types, "string", "null"}), "enum": [*node["enum"], "TBD", None]}
    if node.get("format") == "date":
        rest = {keyword: part for keyword, part in node.items() if keyword not in ("type", "format")}
        open_or_date = [{"type": "string", "format": "date"}, {"type": ["string", "null"], "pattern": f"^({_OPEN})?$"}]
        return {**rest, "anyOf": open_or_date}
    if "string" in types:
        return {**node, "type": sorted({*types, "string", "number", "boolean", "null"})}
    if types & _NUMBERS:
        number = "[+-]?[0-9]+(\\.[0-9]+)?"
        return {**node, "type": sorted({*types, "string", "null"}), "pattern": f"^\\s*({number}|{_OPEN})?\\s*$"}
    return {**node, "type": sorted({*types, "null"})}
