"""What is still to be filled in, told as a warning in a draft and as an error from review on."""

from __future__ import annotations

from collections.abc import Mapping

from specflow.diagnostics import Diagnostic, error, warning
from specflow.model import KeyPath, Place, key_text
from specflow.validate.read import Cause, Gap
from specflow.validate.shape import TAILORED_OUT, Schema, asked, schema_at
from specflow.validate.wording import named, span_at

_CODES = {
    Cause.MISSING: "missing-key",
    Cause.EMPTY: "missing-key",
    Cause.UNDECIDED: "hole",
    Cause.SHORT: "too-few",
}


def explain(gap: Gap, schema: Schema, places: Mapping[KeyPath, Place], draft: bool) -> Diagnostic:
    """Return the diagnostic of one gap; `draft` makes it a warning."""
    span = span_at(gap.path, places, key=gap.cause is not Cause.UNDECIDED)
    message, hint = _message(gap, schema), _hint(gap, schema, draft)
    if draft:
        return warning("hole", message, span, hint, key_text(gap.path))
    return error(_CODES[gap.cause], message, span, hint, key_text(gap.path))


def _message(gap: Gap, schema: Schema) -> str:
    name = named(gap.path, schema)
    found = schema_at(schema, gap.path) or {}
    if gap.path and isinstance(gap.path[-1], str) and (found.get("x-tailorable") or "object" in asked(found)):
        name = f"section {name}" if gap.section else name
    state = {
        Cause.MISSING: "is missing",
        Cause.EMPTY: "is empty",
        Cause.UNDECIDED: f"still says {gap.typed}",
        Cause.SHORT: "has too few items",
    }[gap.cause]
    count = f": {gap.fields} {'field' if gap.fields == 1 else 'fields'} to fill" if gap.section else ""
    return f"{name} {state}{count}"


def _hint(gap: Gap, schema: Schema, draft: bool) -> str:
    found = schema_at(schema, gap.path) or {}
    key = gap.path[-1] if gap.path else ""
    if gap.cause is Cause.SHORT:
        hint = f"it needs at least {found.get('minItems')}"
    elif key == TAILORED_OUT:
        hint = "say in a sentence why the section does not apply"
    elif isinstance(key, int):
        hint = "fill it in, or remove the item"
    elif gap.cause is Cause.MISSING:
        where = f" below `{gap.path[-2]}`" if len(gap.path) > 1 and isinstance(gap.path[-2], str) else ""
        hint = f'add "{key}: {_example(found)}"{where}'
    elif "description" in found and not gap.section:
        description = str(found["description"]).rstrip(".")
        hint = f"fill it in: {description[:1].lower()}{description[1:]}"
    else:
        hint = "fill it in"
    if gap.section and found.get("x-tailorable"):
        return f'{hint}, or say why it does not apply: "{key}: {{{TAILORED_OUT}: …}}"'
    return hint if draft or gap.cause is not Cause.UNDECIDED else f"{hint}; only a draft may leave it open"


def _example(schema: Schema) -> str:
    if "enum" in schema:
        return " | ".join(map(str, schema["enum"]))
    if schema.get("format") == "date":
        return "YYYY-MM-DD"
    types = asked(schema)
    if types == {"array"}:
        return "[…]"
    return "…"
