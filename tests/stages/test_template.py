"""Templates: finding and reading them, what their authors get wrong, and the bundled one against its seed."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator, FormatChecker

from specflow.diagnostics import Diagnostic, Span
from specflow.errors import InvalidData, InvalidTemplate
from specflow.languages import find_language
from specflow.load import load
from specflow.merge import merge
from specflow.model import Source, Template
from specflow.template import editor_schema, find_template, template_names
from specflow.validate import validate
from specflow.validate.shape import applicable

DATA = Path(__file__).parents[1] / "data"
NAME = "technical-specification"

MANIFEST = """\
title: Note
description: A small note.
body: body.md.j2
schema: schema.json
starter: starter.yaml
identity: {id: id, version: version, status: status, date: date}
front_matter:
  - {key: id, label: Number}
statuses: {draft: [draft], approved: [final]}
checks: []
filters: [extra.lua]
"""
TEXT = {"type": "string", "x-kind": "text"}
SCHEMA: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        **dict.fromkeys(("template", "id", "version", "date"), TEXT),
        "status": {"enum": ["draft", "final"]},
    },
}


@pytest.fixture
def note(tmp_path: Path) -> Callable[..., Path]:
    """`note(manifest=…, schema=…)` writes a template folder and returns the folder to search."""

    def write(manifest: str = MANIFEST, schema: Mapping[str, Any] | str = SCHEMA, name: str = "note") -> Path:
        folder = tmp_path / "templates" / name
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "manifest.yaml").write_text(manifest, "utf-8")
        (folder / "schema.json").write_text(schema if isinstance(schema, str) else json.dumps(schema), "utf-8")
        for file in ("body.md.j2", "starter.yaml", "extra.lua"):
            (folder / file).write_text("", "utf-8")
        return folder.parent

    return write


def refused(folder: Path) -> list[str]:
    """Return "file:line:column code: message | hint" of every fault of the template."""
    with pytest.raises(InvalidTemplate) as caught:
        find_template("note", [folder])
    assert caught.value.exit_code == 4
    return [told(fault, folder / "note") for fault in caught.value.diagnostics]


def told(fault: Diagnostic, folder: Path) -> str:
    assert fault.span is not None
    place = str(fault.span).removeprefix(f"{folder.as_posix()}/")
    return f"{place} {fault.code}: {fault.message} | {fault.hint}"


# Finding


def test_bundled_template_is_read() -> None:
    template = find_template(NAME, [])
    assert (template.name, template.title) == (NAME, "Technical Specification")
    assert template.body.is_file()
    assert template.identity == {"id": "milestone_id", "version": "version", "status": "status", "date": "last_updated"}
    assert len(template.front_matter) == 16
    assert sorted(template.draft | template.approved) == ["approved", "completed", "draft", "in_progress"]
    assert {type(key) for key in template.identity.values()} == {str}


def test_own_folders_come_first(note: Callable[..., Path]) -> None:
    folder = note()
    (folder / "no-template").mkdir()
    assert template_names([folder]) == ("note", NAME)
    template = find_template("note", [folder])
    assert template.filters == (folder / "note" / "extra.lua",)
    note(name=NAME)
    assert find_template(NAME, [folder]).title == "Note"
    assert find_template(NAME, [folder / "missing"]).title == "Technical Specification"


@pytest.mark.parametrize("name", ["technical-specifcation", "Technical Specification"])
def test_an_unknown_name_brings_the_nearest(name: str) -> None:
    span = Span(Path("a.yaml"), 1, 11)
    with pytest.raises(InvalidData) as caught:
        find_template(name, [], span=span)
    assert str(caught.value) == (
        f"a.yaml:1:11: error[unknown-template]: there is no template `{name}`\n"
        f"  hint: did you mean `{NAME}`? The templates are {NAME}"
    )


@pytest.mark.parametrize("name", ["../templates/note", ".", "", "note/../note", "/etc"])
def test_a_name_is_no_path(note: Callable[..., Path], name: str) -> None:
    with pytest.raises(InvalidData, match="unknown-template"):
        find_template(name, [note()])


# What template authors get wrong


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("title: Note", "titel: Note", "manifest.yaml:1:1 unknown-key: unknown key `titel` | did you mean `title`?"),
        ("title: Note\n", "", 'manifest.yaml:1:1 missing-key: `title` is missing | add "title: …"'),
        (", date: date}", "}", "manifest.yaml:6:1 missing-key: `identity.date` is missing "
         '| add "date: …" below `identity`'),
        ("label: Number", "lable: Number", "manifest.yaml:8:15 unknown-key: unknown key `lable` in row 1 "
         "| did you mean `label`?"),
        ("{key: id,", "{key: idd,", "manifest.yaml:8:11 template-key: the schema has no key `idd` "
         "| did you mean `id`?"),
        ("[draft]", "[drafty]", "manifest.yaml:9:20 template-key: there is no status `drafty` "
         "| the schema allows draft and final"),
        ("body.md.j2", "text.md.j2", "manifest.yaml:3:7 template-file: there is no file `text.md.j2` "
         "| names are relative to the manifest"),
        ("[extra.lua]", "[../note/extra.lua]", "manifest.yaml:11:11 template-file: "
         "`../note/extra.lua` is outside of the template's folder | name a file of this folder"),
        ("checks: []", "checks: [{}]", 'manifest.yaml:10:10 missing-key: `rule` of check 1 is missing | add "rule: …"'),
    ],
)  # fmt: skip
def test_a_wrong_manifest(note: Callable[..., Path], old: str, new: str, expected: str) -> None:
    assert refused(note(MANIFEST.replace(old, new))) == [expected]


def test_a_manifest_that_is_no_yaml(note: Callable[..., Path]) -> None:
    (fault,) = refused(note("title: [\n"))
    assert fault.startswith("manifest.yaml:")


def changed(**properties: Any) -> dict[str, Any]:
    return {**SCHEMA, "properties": {**SCHEMA["properties"], **properties}}


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ('{"type": "object",\n "properties" {}}', "schema.json:2:15 template-schema: this is not JSON: expecting ':'"),
        ('{"type": "object", "type": "object"}', "schema.json template-schema: the key `type` is there twice"),
        (changed(id={"type": "txt"}), "this is not a JSON Schema, at /properties/id/type: "),
        (changed(id={"pattern": "("}), "this is not a JSON Schema, at /properties/id/pattern: "),
        (changed(id={"$ref": "#/$defs/none"}), "`$ref` leads nowhere: #/$defs/none"),
        (changed(id={"$ref": "https://example.com/x"}), "`$ref` leads nowhere: https://example.com/x"),
        (changed(id={"x-kind": "markdown"}), "there is no kind `markdown` | x-kind is text, inline, prose or code"),
        ({"type": "array", "items": {}}, "the schema is not one of a mapping"),
        ("[" * 100_000, "schema.json template-schema: the schema is nested too deeply"),
    ],
)
def test_a_wrong_schema(note: Callable[..., Path], schema: Any, expected: str) -> None:
    (fault,) = refused(note(schema=schema))
    assert expected in fault


# The bundled template


@pytest.fixture(scope="module")
def template() -> Template:
    return find_template(NAME, [])


def nodes(schema: Any, path: str = "") -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield every property of the schema with its path."""
    for name, node in schema.get("properties", {}).items():
        yield f"{path}.{name}", node
        yield from nodes(node, f"{path}.{name}")
    for name, node in schema.get("$defs", {}).items():
        yield from nodes(node, name)
    for at, node in enumerate(schema.get("anyOf", [])):
        yield from nodes(node, f"{path}<{at}>")


def test_every_key_has_title_description_and_kind(template: Template) -> None:
    found = dict(nodes(template.schema))
    assert len(found) > 200
    for path, node in found.items():
        assert node["title"], path
        assert len(node["description"]) > 10, path
        asked_for = applicable(node, "", template.schema)
        assert asked_for["type"] in ("object", "array", "boolean") or asked_for["x-kind"], path


def test_printed_words_are_those_of_the_values(template: Template) -> None:
    found = [node for _, node in nodes(template.schema) if "enum" in node]
    assert [node["title"] for node in found if "x-labels" not in node] == ["Meaning"]  # its words are the house's
    found = [node for node in found if "x-labels" in node]
    assert len(found) == 6
    for node in found:
        assert list(node["x-labels"]) == node["enum"]
        assert list(node["x-labels"].values()) == [word.replace("_", " ").capitalize() for word in node["enum"]]


def keys_of(data: Any) -> set[tuple[str, ...]]:
    """Return the path of every key, without the numbers of items."""
    if isinstance(data, dict):
        return {path for key, value in data.items() for path in {(key,), *((key, *rest) for rest in keys_of(value))}}
    return {path for item in data for path in keys_of(item)} if isinstance(data, list) else set()


def keys_in(schema: Mapping[str, Any], root: Mapping[str, Any]) -> set[tuple[str, ...]]:
    node = applicable(schema, {}, root)
    inside = {key: keys_in(inner, root) for key, inner in node.get("properties", {}).items()}
    items = keys_in(node["items"], root) if "items" in node else set()
    return {path for key, inner in inside.items() for path in {(key,), *((key, *rest) for rest in inner)}} | items


def test_starter_explains_every_key_and_is_a_valid_draft(template: Template) -> None:
    text = template.starter.read_text("utf-8")
    lines = text.splitlines()
    assert lines[0] == "# yaml-language-server: $schema=technical-specification.schema.json"
    assert [line for line in lines if line.strip() and "#" not in line] == []
    assert max(map(len, lines)) <= 120
    source = load(template.starter)
    diagrams = {("architecture_design", name) for name in ("component_architecture", "data_flow")}
    drawn = {path for path in keys_in(template.schema, template.schema) if len(path) > 2 and path[:2] in diagrams}
    assert keys_of(source.data) | {("language",)} == keys_in(template.schema, template.schema) - drawn
    warnings: list[Diagnostic] = []
    spec = validate(source, template, warnings.append, find_language(""))
    assert {warning.code for warning in warnings} == {"hole"}
    assert spec.identity.draft
    assert spec.completeness.filled == 3
    for node in (node for _, node in nodes(template.schema) if "enum" in node):
        assert ", ".join(node["enum"]) in text


@pytest.mark.parametrize("data", ["keys.yaml", "starter"])
def test_editors_accept_what_specflow_accepts(template: Template, data: str) -> None:
    schema = editor_schema(template)
    Draft202012Validator.check_schema(schema)
    assert '"x-tailorable":' not in json.dumps(schema)
    path = template.starter if data == "starter" else DATA / data
    typed = yaml.load(path.read_text("utf-8"), EditorLoader)  # noqa: S506 - a safe loader without dates
    typed["version"] = 1.1
    typed["overview"] = {"tailored_out": "No."}
    typed["api_design"] = {"rest_api_endpoints": None, "api_standards": {"tailored_out": "No."}}
    if data == "starter":
        typed["estimated_effort"] = typed["created_date"] = "TBD"
    assert [error.message for error in Draft202012Validator(schema, format_checker=DATES).iter_errors(typed)] == []


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("status", None),
        ("status", "done"),
        ("priority", "urgent"),
        ("created_date", "soon"),
        ("estimated_effort", "about 5"),
        ("overview", {"tailored_out": "x", "scope": "y"}),
        ("document_control", {"tailored_out": "x"}),
        ("architects", "Ada"),
        ("colour", "red"),
    ],
)
def test_editors_refuse_what_specflow_refuses(template: Template, key: str, value: Any) -> None:
    typed = yaml.load((DATA / "keys.yaml").read_text("utf-8"), EditorLoader)  # noqa: S506
    typed[key] = value
    assert [*Draft202012Validator(editor_schema(template), format_checker=DATES).iter_errors(typed)]


DATES = FormatChecker(["date"])


class EditorLoader(yaml.SafeLoader):
    """Types scalars as YAML 1.2 editors do: dates stay text."""


EditorLoader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if not tag.endswith("timestamp")]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


# The body


def body(template: Template, source: Source) -> list[str]:
    """Return the lines of the body with every slot replaced by its value."""
    merged = merge(validate(source, template, lambda _: None, find_language("")), lambda _: None)
    slot = re.compile(f"{merged.prefix}([0-9]+){merged.suffix}")
    return slot.sub(lambda found: merged.slots[int(found[1])].value, merged.markdown).splitlines()


def edited(tmp_path: Path, *edits: tuple[str, str]) -> Source:
    text = (DATA / "keys.yaml").read_text("utf-8")
    for old, new in edits:
        assert old in text
        text = text.replace(old, new, 1)
    path = tmp_path / "spec.yaml"
    path.write_text(text, "utf-8")
    return load(path)


TYPED = {
    "{CREATED_DATE}": "2026-01-12",
    "{LAST_UPDATED}": "2026-03-02",
    "{STATUS}": "Review",
    "{PRIORITY}": "High",
    "{TARGET_COMPLETION_DATE}": "2026-09-30",
    "{ESTIMATED_EFFORT}": "640",
    "{COMPLEXITY}": "Very high",
    "{RISK_LEVEL}": "Medium",
    "{UNIT_TEST_COVERAGE}": "85",
    "{DEPLOYMENT_TYPE}": "Blue-green",
    "{APPROVAL_DATE}": "2026-03-05",
    "{NEXT_REVIEW_DATE}": "2026-09-01",
}


def test_body_reads_line_for_line_as_the_seed(template: Template) -> None:
    seed = (DATA / "seed.md").read_text("utf-8")
    for placeholder, value in TYPED.items():
        assert placeholder in seed
        seed = seed.replace(placeholder, value)
    expected = [re.sub(r" # [a-z].*", "", line) for line in seed.splitlines()]  # its remarks on values
    expected = [re.sub(r"^[0-9]\. ", "1. ", line) for line in expected]  # Markdown counts
    found = [
        re.sub(r"\[([^\]]*)\]\{\.\w+\}|\\$| \{[.#][^}]*\}$", r"\1", line)  # spans, hard break, identifiers and classes
        for line in body(template, load(DATA / "keys.yaml"))
        if not line.startswith(":::")
    ]
    assert [line for line in found if line] == [line for line in expected if line]


def test_tailored_sections_keep_their_heading(template: Template, tmp_path: Path) -> None:
    text = (DATA / "keys.yaml").read_text("utf-8")
    start, end = text.index("migration_strategy:"), text.index("implementation_plan:")
    reasons = [
        (text[start:end], "migration_strategy: {tailored_out: Nothing to migrate.}\n"),
        ('"{DATA_FLOW_DIAGRAM}"', "{tailored_out: No data flow.}"),
        ('"{TECHNICAL_SCOPE}"', "{tailored_out: No scope.}"),
        ("next_review_date: 2026-09-01", "next_review_date: {tailored_out: Never.}"),
    ]
    lines = body(template, edited(tmp_path, *reasons))
    for heading, reason in (
        ("## Migration Strategy", "Nothing to migrate."),
        ("### Data Flow", "No data flow."),
        ("### Scope", "No scope."),
        ("### Next Review Date", "Never."),
    ):
        at = next(at for at, line in enumerate(lines) if line.partition(" {")[0] == heading)
        assert lines[at + 1 :][:2] == [reason, ""]
    assert not [line for line in lines if line.startswith("### Data Migration")]


@pytest.mark.parametrize("depth", [1, 2, 3])
def test_every_tailorable_key_is_tailored_by_the_body(template: Template, tmp_path: Path, depth: int) -> None:
    paths = [path.strip(".").split(".") for path, node in nodes(template.schema) if node.get("x-tailorable")]
    chosen = [path for path in paths if len(path) == depth]
    assert len(chosen) >= 3
    data: dict[str, Any] = {"status": "draft", "template": NAME}
    for path in chosen:
        inner = data
        for key in path:
            inner = inner.setdefault(key, {})
        inner["tailored_out"] = f"Reason for {path}"
    file = tmp_path / "draft.yaml"
    file.write_text(json.dumps(data), "utf-8")
    lines = body(template, load(file))
    assert [line for line in lines if line.startswith("Reason for")] == [f"Reason for {path}" for path in chosen]


def test_what_is_absent_leaves_nothing_broken(template: Template, tmp_path: Path) -> None:
    text = (DATA / "keys.yaml").read_text("utf-8")
    source = edited(
        tmp_path,
        ('dependencies: ["{DEPENDENCY_1}", "{DEPENDENCY_2}"]', "dependencies: []"),
        ('      contingency: "{RISK_CONTINGENCY}"', "      contingency:"),
        (text[text.index("related_documents:") :], "related_documents: []\n"),
        ('      approval: "{SECURITY_APPROVAL}"\n      date: 2026-03-05\n', ""),
        ('approval: "{TECH_LEAD_APPROVAL}"', "approval: Approved\n      name: Ada\n      comment: Done."),
    )
    lines = body(template, source)
    assert "dependencies: []" in lines
    assert not [line for line in lines if "Contingency" in line or "Related" in line]
    assert "- [**Security Review**]{.role}: [Pending]{.decision}" in lines
    assert (
        "- [**Technical Lead**]{.role}: [Approved]{.decision} - [2026-03-05]{.date}, [Ada]{.name}, [Done.]{.comment}"
    ) in lines
    assert lines[-1] == "2026-09-01"


def test_a_draft_of_nothing_renders(template: Template, tmp_path: Path) -> None:
    path = tmp_path / "draft.yaml"
    path.write_text(f"template: {NAME}\nstatus: draft\n", "utf-8")
    lines = body(template, load(path))
    assert "- **Coverage Target**: TBD" in lines
    assert "#### TBD Risk: TBD" in lines
    assert "- [ ] TBD" in lines


def test_done_criteria_are_ticked(template: Template, tmp_path: Path) -> None:
    lines = body(template, edited(tmp_path, ('- "{DOD_CRITERIA_2}"', "- {text: Reviewed, done: true}")))
    assert "- [x] Reviewed" in lines
    assert "- [ ] {DOD_CRITERIA_1}" in lines


def test_appendices_run_past_z(template: Template, tmp_path: Path) -> None:
    text = (DATA / "keys.yaml").read_text("utf-8")
    start, end = text.index("appendices:"), text.index("document_control:")
    many = "appendices:\n" + "".join(f"  - {{title: T{number}, content: c}}\n" for number in range(1, 29))
    lines = body(template, edited(tmp_path, (text[start:end], many)))
    assert "### Appendix Z: T26" in lines
    assert "### Appendix AA: T27" in lines
