"""Validate: every code with its place and mend, all faults at once, holes, tailoring, and the cross-checks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from specflow.diagnostics import Diagnostic, Severity, Span
from specflow.errors import InvalidData, InvalidTemplate
from specflow.languages import find_language
from specflow.load import load
from specflow.model import Kind, Place, Source, Spec, Template, Text, key_text
from specflow.template import find_template
from specflow.validate import validate
from specflow.validate.suggest import closest
from specflow.validate.versions import natural

KEYS = (Path(__file__).parents[1] / "data" / "keys.yaml").read_text("utf-8")

Check = Callable[..., tuple[Spec | None, list[str]]]


@lru_cache
def bundled() -> Template:
    return find_template("technical-specification", [])


def told(diagnostic: Diagnostic) -> str:
    """Return "line:column code: message | hint"."""
    span = diagnostic.span
    assert span is not None
    return f"{span.line}:{span.column} {diagnostic.code}: {diagnostic.message} | {diagnostic.hint}"


def run(source: Source, template: Template) -> tuple[Spec | None, list[str]]:
    """Return the spec, if there is one, and everything that was said: warnings, then errors."""
    warnings: list[Diagnostic] = []
    spec: Spec | None = None
    errors: tuple[Diagnostic, ...] = ()
    try:
        spec = validate(source, template, warnings.append, find_language(""))
    except InvalidData as fault:
        errors = fault.diagnostics
    assert {diagnostic.severity for diagnostic in warnings} <= {Severity.WARNING}
    assert {diagnostic.severity for diagnostic in errors} <= {Severity.ERROR}
    assert (spec is None) == bool(errors)
    return spec, [told(diagnostic) for diagnostic in [*warnings, *errors]]


def written(tmp_path: Path, text: str) -> Source:
    path = tmp_path / "spec.yaml"
    path.write_text(text, "utf-8")
    return load(path)


@pytest.fixture
def check(tmp_path: Path) -> Check:
    """`check((old, new), …)` validates the seed's data with edits; each `old` is replaced once."""

    def edited(*edits: tuple[str, str], template: Template | None = None) -> tuple[Spec | None, list[str]]:
        text = KEYS
        for old, new in edits:
            assert old in text, f"nothing to edit: {old}"
            text = text.replace(old, new, 1)
        return run(written(tmp_path, text), template or bundled())

    return edited


@pytest.fixture
def small(tmp_path: Path) -> Check:
    """`small(properties, yaml)` validates a few lines by a schema of these properties and a `status`."""

    def made(properties: dict[str, Any], text: str, required: list[str] | None = None, **more: Any) -> Any:
        schema = {
            "type": "object",
            "additionalProperties": False,
            "required": ["status", *(list(properties) if required is None else required)],
            "properties": {"status": {"enum": ["draft", "final"]}, **properties},
            **more,
        }
        template = replace(
            bundled(), schema=schema, checks=(), identity=dict.fromkeys(("id", "version", "status", "date"), "status")
        )
        return run(written(tmp_path, text), template)

    return made


def line(text: str) -> int:
    """Return the number of the line of the seed's data that holds the text."""
    return next(number for number, line in enumerate(KEYS.splitlines(), 1) if text in line)


# The seed's own data


def test_seed_data_are_valid_and_complete(check: Check) -> None:
    spec, said = check()
    assert said == []
    assert spec is not None
    assert str(spec.completeness) == "complete"
    assert (spec.identity.id, spec.identity.version, spec.identity.status) == ("{MILESTONE_ID}", "{VERSION}", "review")
    assert (spec.identity.date, spec.identity.draft) == ("2026-03-02", False)


def test_leaves_know_kind_and_key(check: Check) -> None:
    spec, _ = check(("estimated_effort: 640", "estimated_effort: 12.50"))
    assert spec is not None
    effort, purpose = spec.data["estimated_effort"], spec.data["overview"]["purpose"]
    component = spec.data["technical_requirements"]["functional_specifications"][1]
    assert (effort, effort.kind) == ("12.50", Kind.TEXT)
    assert (purpose.kind, key_text(purpose.path), purpose.hole) == (Kind.PROSE, "overview.purpose", False)
    assert component["name"].kind is Kind.INLINE
    assert component["inputs"].path == ("technical_requirements", "functional_specifications", 1, "inputs")
    assert spec.data["architecture_design"]["data_flow"].kind is Kind.CODE


def test_text_is_not_retyped_but_trimmed_by_its_kind(check: Check) -> None:
    spec, said = check(
        ('version: "{VERSION}"', 'version: " 1.10 "'),
        ('    - version: "{VERSION}"', "    - version: 1.10"),
        ('  purpose: "{TECHNICAL_PURPOSE}"', "  purpose: |\n    one\n\n    two\n"),
        ('    - name: "{COMPONENT_1_NAME}"', "    - name: |\n        Ledger\n        core\n"),
        ('"{COMPONENT_ARCHITECTURE_DIAGRAM}"', "|\n      a -> b\n\n      b -> c\n"),
    )
    assert said == []
    assert spec is not None
    assert spec.data["version"] == "1.10"
    assert spec.data["overview"]["purpose"] == "one\n\ntwo"
    assert spec.data["technical_requirements"]["functional_specifications"][0]["name"] == "Ledger core"
    assert spec.data["architecture_design"]["component_architecture"] == "a -> b\n\nb -> c"


def test_checklist_items_are_texts_or_ticked(check: Check) -> None:
    item = '- "{TECHNICAL_SUCCESS_CRITERIA_1}"'
    spec, said = check((item, "- {text: It balances., done: yes}"))
    assert said == []
    assert spec is not None
    first, second = spec.data["overview"]["success_criteria"][:2]
    assert first == {"text": "It balances.", "done": True}
    assert second == "{TECHNICAL_SUCCESS_CRITERIA_2}"


def test_entity_schema_may_be_yaml(check: Check) -> None:
    spec, said = check(
        ('"{ENTITY_1_SCHEMA}"', '{id: 007, size: 1.50, "on": true, none: null, "tags": [a, {}], "q\\"": ü}')
    )
    assert said == []
    assert spec is not None
    entity = spec.data["data_design"]["data_models"][0]["schema"]
    assert entity.kind is Kind.CODE
    assert entity == (
        '{\n  "id": "007",\n  "size": 1.50,\n  "on": true,\n  "none": null,\n'
        '  "tags": [\n    "a",\n    {}\n  ],\n  "q\\"": "ü"\n}'
    )


def test_optional_keys_are_left_out_and_optional_lists_are_empty(check: Check) -> None:
    spec, said = check(
        ('dependencies: ["{DEPENDENCY_1}", "{DEPENDENCY_2}"]\n', ""),
        ('      contingency: "{RISK_CONTINGENCY}"    # optional: its line is left out where absent\n', ""),
        ("      date: 2026-03-05\n", '      date: 2026-03-05\n      comment:\n      name: ""\n'),
    )
    assert said == []
    assert spec is not None
    assert spec.data["dependencies"] == []
    assert "contingency" not in spec.data["risk_assessment_mitigation"]["technical_risks"][0]
    assert sorted(spec.data["document_control"]["review_approval"][0]) == ["approval", "date", "role"]


# Single faults


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (
            "  scope:",
            "  scoop:",
            "{at}:3 unknown-key: unknown key `scoop` in `overview` | did you mean `scope`?",
        ),
        (
            'milestone_id: "{MILESTONE_ID}"',
            'Milestone ID: "{MILESTONE_ID}"',
            "{at}:1 unknown-key: unknown key `Milestone ID` | did you mean `milestone_id`?",
        ),
        (
            "    versioning:",
            "    zzz: 1\n    versioning:",
            "{at}:5 unknown-key: unknown key `zzz` in `api_design.api_standards` "
            "| the keys here are authentication, versioning, error_handling and documentation",
        ),
        (
            'technical_lead: "{TECHNICAL_LEAD}"',
            "technical_lead: [Ada, Grace]",
            "{at}:17 wrong-type: `technical_lead` must be text, not a list "
            '| write one text; for several lines, or a list inside the text, begin it with "|"',
        ),
        (
            '      purpose: "{COMPONENT_2_PURPOSE}"',
            "      purpose: {Note: this}",
            "{at}:16 wrong-type: `purpose` of component 2 must be text, not a mapping "
            "| write one text; put quotes around a text that has a colon in it",
        ),
        (
            'architects: ["{ARCHITECT_1}", "{ARCHITECT_2}"]',
            "architects: Ada",
            '{at}:13 wrong-type: `architects` must be a list, not text | write each item on its own line: - "Ada"',
        ),
        (
            '    - "{DOD_CRITERIA_1}"',
            "    - [a]",
            "{at}:7 wrong-type: criterion 1 must be text or a mapping, not a list "
            '| write one text; for several lines, or a list inside the text, begin it with "|"',
        ),
        (
            '    - "{DOD_CRITERIA_1}"',
            "    - {text: x, doen: true}",
            "{at}:17 unknown-key: unknown key `doen` in criterion 1 | did you mean `done`?",
        ),
        (
            '    - "{DOD_CRITERIA_1}"',
            "    - {text: x, done: maybe}",
            '{at}:23 not-allowed: `done` of criterion 1 is neither true nor false: "maybe" | write true or false',
        ),
        (
            "status: review",
            "status: In Progres",
            '{at}:9 not-allowed: `status` is "In Progres", which is not allowed '
            "| did you mean in_progress? allowed: draft, review, approved, in_progress, completed, superseded",
        ),
        (
            "    - level: medium",
            "    - level: severe",
            '{at}:14 not-allowed: `level` of risk 2 is "severe", which is not allowed | allowed: low, medium, high',
        ),
        (
            "created_date: 2026-01-12",
            "created_date: 2026-02-30",
            '{at}:15 bad-date: `created_date`: there is no day "2026-02-30" | the last day of that month is 2026-02-28',
        ),
        (
            "created_date: 2026-01-12",
            "created_date: 12.1.2026",
            '{at}:15 bad-date: `created_date`: "12.1.2026" is not a date | write 2026-01-12',
        ),
        (
            "created_date: 2026-01-12",
            "created_date: 01/12/2026",
            '{at}:15 bad-date: `created_date`: "01/12/2026" is not a date | write year, month and day as YYYY-MM-DD',
        ),
        (
            "created_date: 2026-01-12",
            "created_date: 2026-W03-1",
            '{at}:15 bad-date: `created_date`: "2026-W03-1" is not a date | write year, month and day as YYYY-MM-DD',
        ),
        (
            "estimated_effort: 640",
            "estimated_effort: 1,200 h",
            '{at}:19 bad-number: `estimated_effort` is not a number: "1,200 h" '
            "| write a plain number such as 640 or 12.5, without unit, sign of percent or thousands separator",
        ),
        (
            "estimated_effort: 640",
            "estimated_effort: -1",
            "{at}:19 out-of-range: `estimated_effort` is out of range: -1 | write a number that is at least 0",
        ),
        (
            "coverage_target: 85",
            "coverage_target: 100.5",
            "{at}:22 out-of-range: `testing_specifications.unit_testing.coverage_target` is out of range: 100.5 "
            "| write a number that is at least 0 and at most 100",
        ),
        (
            '  scope: "{TECHNICAL_SCOPE}"',
            "  scope:",
            "{at}:3 missing-key: `overview.scope` is empty | fill it in: what belongs to it, and what does not",
        ),
        (
            '  scope: "{TECHNICAL_SCOPE}"',
            "  scope: tbd",
            "{at}:10 hole: `overview.scope` still says tbd "
            "| fill it in: what belongs to it, and what does not; only a draft may leave it open",
        ),
        (
            'architects: ["{ARCHITECT_1}", "{ARCHITECT_2}"]',
            "architects: []",
            "{at}:1 missing-key: `architects` is empty: 1 field to fill | fill it in",
        ),
        (
            'architects: ["{ARCHITECT_1}", "{ARCHITECT_2}"]',
            'architects: ["{ARCHITECT_1}", ""]',
            "{at}:31 missing-key: architect 2 is empty | fill it in, or remove the item",
        ),
    ],
)
def test_a_fault_has_its_place_its_code_and_its_mend(check: Check, old: str, new: str, expected: str) -> None:
    spec, said = check((old, new))
    assert spec is None
    assert said == [expected.format(at=line(old))]


def test_a_missing_key_is_reported_at_what_holds_it(check: Check) -> None:
    _, said = check(('      inputs: "{COMPONENT_2_INPUTS}"\n', ""), ('  scope: "{TECHNICAL_SCOPE}"\n', ""))
    assert said == [
        f'{line("overview:")}:1 missing-key: `overview.scope` is missing | add "scope: …" below `overview`',
        f'{line("COMPONENT_2_NAME") - 1}:7 missing-key: `inputs` of component 2 is missing | add "inputs: …"',
    ]


def test_a_missing_section_is_one_error(check: Check) -> None:
    start, end = KEYS.index("migration_strategy:"), KEYS.index("implementation_plan:")
    _, said = check((KEYS[start:end], ""))
    assert said == [
        "3:1 missing-key: section `migration_strategy` is missing: 11 fields to fill "
        '| add "migration_strategy: …", or say why it does not apply: "migration_strategy: {tailored_out: …}"'
    ]


def test_all_faults_come_in_one_run_sorted_by_place(check: Check) -> None:
    _, said = check(
        ("status: review", "status: reviewed"),
        ("created_date: 2026-01-12", "created_date: 2026-04-12"),
        ("coverage_target: 85", "coverage_target: 85%"),
        ("  scope:", "  scoop:"),
        ('name: "{PHASE_2_NAME}"', 'name: "{phase_1_name}"'),
        ('      approval: "{SECURITY_APPROVAL}"\n', ""),
    )
    assert [text.split(":")[1].split()[1] for text in said] == [
        "created-after-updated",
        "not-allowed",
        "unknown-key",
        "bad-number",
        "duplicate-name",
        "approval-decision",
    ]
    assert [int(text.split(":")[0]) for text in said] == sorted(int(text.split(":")[0]) for text in said)


# What only other templates' schemas ask for


@pytest.mark.parametrize(
    ("schema", "value", "expected"),
    [
        ({"type": "string", "pattern": "^[A-Z]+$"}, "ab1", 'bad-pattern: `x` does not have the form asked for: "ab1"'),
        ({"type": "string", "minLength": 3}, "ab", 'too-short: `x` is too short: "ab" | write at least 3 characters'),
        ({"type": "string", "maxLength": 1}, "ab", 'too-long: `x` is too long: "ab" | write at most 1 characters'),
        ({"type": "integer"}, "1.5", 'bad-number: `x` is not a whole number: "1.5"'),
        ({"type": "integer"}, "٣", 'bad-number: `x` is not a whole number: "٣"'),
        (
            {"type": "number", "exclusiveMinimum": 0},
            "0",
            "out-of-range: `x` is out of range: 0 | write a number that is",
        ),
        ({"const": "a"}, "b", 'not-allowed: `x` is "b", which is not allowed | allowed: a'),
        (
            {"type": "array", "maxItems": 1, "items": {"type": "string"}},
            "[a, b]",
            "too-many: `x` has 2 of at most 1 item",
        ),
        (
            {"type": "array", "minItems": 2, "items": {"type": "string"}},
            "[a]",
            "too-few: `x` has too few items: 1 field",
        ),
        (
            {"type": "array", "uniqueItems": True, "items": {"type": "string"}},
            "[a, a]",
            "duplicate-item: `x` has the same",
        ),
        ({"type": "array", "contains": {"const": "z"}}, "[a]", "not-valid: `x` breaks the schema's rule `contains`"),
        ({"not": {"const": "a"}, "type": "string"}, "a", "not-valid: `x` breaks the schema's rule `not`"),
        (
            {"type": "object", "dependentRequired": {"a": ["b"]}, "properties": {"a": {"type": "string"}}},
            "{a: 1}",
            "not-valid: `x` breaks the schema's rule `dependentRequired`",
        ),
        (
            {"type": "object", "patternProperties": {"^n": {"type": "number"}}, "additionalProperties": False},
            "{n1: 5, n2: five, m: 1}",
            'bad-number: `x.n2` is not a number: "five"',
        ),
        (
            {"oneOf": [{"type": "array", "items": {"type": "integer"}}, {"type": "string", "maxLength": 2}]},
            "[1, b]",
            'bad-number: `x[1]` is not a whole number: "b"',
        ),
        (
            {
                "type": "object",
                "properties": {"a": {"type": "string"}, "b": {"type": "string"}},
                "if": {"properties": {"a": {"const": "yes"}}, "required": ["a"]},
                "then": {"required": ["b"]},
            },
            "{a: yes}",
            'missing-key: `x.b` is missing | add "b:"',
        ),
    ],
)
def test_other_keywords(small: Check, schema: dict[str, Any], value: str, expected: str) -> None:
    _, said = small({"x": schema}, f"status: final\nx: {value}\n")
    assert any(expected in text for text in said), said


def test_numbers_are_read_only_where_the_schema_asks_for_them(small: Check) -> None:
    spec, said = small(
        {"a": {"type": "number"}, "b": {"type": "string"}, "c": {"type": "boolean"}, "d": {}},
        "status: final\na: +1.50\nb: 1.50\nc: No\nd: {e: [1, {f: g}]}\n",
    )
    assert said == []
    assert spec is not None
    assert spec.data == {"status": "final", "a": "+1.50", "b": "1.50", "c": False, "d": {"e": ["1", {"f": "g"}]}}


def test_a_schema_that_requires_itself_is_the_templates_fault(small: Check) -> None:
    node = {"type": "object", "required": ["next"], "properties": {"next": {"$ref": "#/properties/x"}}}
    with pytest.raises(InvalidTemplate, match="requires itself"):
        small({"x": node}, "status: draft\n")


# Drafts


def test_a_draft_may_have_gaps_and_counts_them(tmp_path: Path) -> None:
    text = "template: technical-specification\nstatus: draft\nversion: TODO\noverview:\n  purpose: p\n  scope: ???\n"
    spec, said = run(written(tmp_path, text), bundled())
    assert spec is not None
    assert {text.split(" ")[1] for text in said} == {"hole:"}
    todo = next(text for text in said if "TODO" in text)
    assert todo.startswith("3:10 hole: `version` still says TODO | fill it in: this document's version, such as 1.0")
    assert said[-1] == "6:10 hole: `overview.scope` still says ??? | fill it in: what belongs to it, and what does not"
    assert (
        "1:1 hole: section `api_design` is missing: 13 fields to fill "
        '| add "api_design: …", or say why it does not apply: "api_design: {tailored_out: …}"'
    ) in said
    assert spec.completeness.filled == 3
    assert ("overview", "scope") in spec.completeness.holes
    assert ("api_design", "rest_api_endpoints", 0, "path") in spec.completeness.holes
    assert str(spec.completeness) == f"1 % complete, {len(spec.completeness.holes)} fields to fill"
    assert (spec.identity.id, spec.identity.draft) == ("TBD", True)


def test_holes_have_the_shape_of_what_is_missing(tmp_path: Path) -> None:
    spec, _ = run(written(tmp_path, "template: t\nstatus: draft\n"), bundled())
    assert spec is not None
    component = spec.data["technical_requirements"]["functional_specifications"][0]["inputs"]
    assert isinstance(component, Text)
    assert (component, component.hole, component.kind) == ("TBD", True, Kind.PROSE)
    assert spec.data["dependencies"] == []
    assert spec.data["related_documents"] == []
    assert "contingency" not in spec.data["risk_assessment_mitigation"]["technical_risks"][0]


def test_a_section_of_blanks_is_one_hole(check: Check) -> None:
    start, end = KEYS.index("architecture_design:"), KEYS.index("technical_requirements:")
    blank = "architecture_design:\n  system_overview:\n  data_flow: ''\n  component_architecture:\n\n"
    _, said = check((KEYS[start:end], blank), ("status: review", "status: draft"))
    assert said == [
        f"{line('architecture_design:')}:1 hole: section `architecture_design` is empty: 4 fields to fill "
        '| fill it in, or say why it does not apply: "architecture_design: {tailored_out: …}"'
    ]


def test_a_short_list_of_a_draft_is_filled_up(small: Check) -> None:
    schema = {"type": "array", "minItems": 3, "items": {"type": "string"}}
    spec, said = small({"x": schema}, "status: draft\nx: [a]\n")
    assert said == ["2:1 hole: `x` has too few items: 2 fields to fill | it needs at least 3"]
    assert spec is not None
    assert spec.data["x"] == ["a", "TBD", "TBD"]
    assert spec.completeness.holes == (("x", 1), ("x", 2))


def test_a_draft_is_still_checked(check: Check) -> None:
    _, said = check(
        ("status: review", "status: draft"), ("  scope:", "  scoop:"), ("estimated_effort: 640", "estimated_effort: x")
    )
    assert [text.split()[1] for text in said] == ["bad-number:", "unknown-key:"]


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("", "1:1 missing-key: `status` is missing | "),
        ("status:\n", "1:1 missing-key: `status` is empty | "),
        ("status: TBD\n", "1:9 hole: `status` still says TBD | "),
        ("status: [draft]\n", "1:9 wrong-type: `status` must be text, not a list | "),
    ],
)
def test_status_may_never_be_open_and_brings_no_cascade(tmp_path: Path, status: str, expected: str) -> None:
    warnings: list[Diagnostic] = []
    with pytest.raises(InvalidData) as caught:
        validate(written(tmp_path, f"{status}template: t\n"), bundled(), warnings.append, find_language(""))
    assert [told(fault).startswith(expected) for fault in caught.value.diagnostics] == [True]
    assert {warning.code for warning in warnings} == {"hole"}


# Tailoring


@pytest.mark.parametrize(
    ("start", "end", "key"),
    [
        ("migration_strategy:", "implementation_plan:", "migration_strategy"),
        ("    scalability_requirements:", "    security_requirements:", "    scalability_requirements"),
        ("  rest_api_endpoints:", "  api_standards:", "  rest_api_endpoints"),
        ("  scope:", "  objectives:", "  scope"),
        ("  next_review_date:", "\nrelated_documents:", "  next_review_date"),
        ("appendices:", "document_control:", "appendices"),
    ],
)
def test_a_section_with_a_heading_can_be_tailored_out(check: Check, start: str, end: str, key: str) -> None:
    old = KEYS[KEYS.index(start) : KEYS.index(end)]
    spec, said = check((old, f"{key}: {{tailored_out: Not for us.}}\n"))
    assert said == []
    assert spec is not None
    assert spec.completeness.holes == ()


def test_the_reason_is_bound_as_prose(check: Check) -> None:
    spec, _ = check(('scope: "{TECHNICAL_SCOPE}"', "scope: {tailored_out: Not *here*.}"))
    assert spec is not None
    reason = spec.data["overview"]["scope"]["tailored_out"]
    assert (reason, reason.kind, key_text(reason.path)) == ("Not *here*.", Kind.PROSE, "overview.scope.tailored_out")


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (
            '  scope: "{TECHNICAL_SCOPE}"',
            "  scope: {tailored_out: No., text: x}",
            "{at}:30 unknown-key: unknown key `text` in `overview.scope` "
            "| a section that is tailored out has no content: remove this key, or `tailored_out`",
        ),
        (
            '  scope: "{TECHNICAL_SCOPE}"',
            "  scope: {tailored_out: }",
            "{at}:11 missing-key: `overview.scope.tailored_out` is empty "
            "| say in a sentence why the section does not apply",
        ),
        (
            '      inputs: "{COMPONENT_1_INPUTS}"',
            "      inputs: {tailored_out: No.}",
            "{at}:15 wrong-type: `inputs` of component 1 must be text, not a mapping "
            "| write one text; put quotes around a text that has a colon in it",
        ),
        (
            "    versioning:",
            "    tailored_out: No.\n    versioning:",
            None,
        ),
    ],
)
def test_tailoring_gone_wrong(check: Check, old: str, new: str, expected: str | None) -> None:
    _, said = check((old, new))
    if expected is None:
        assert len(said) == 4
        assert all("a section that is tailored out has no content" in text for text in said)
    else:
        assert said == [expected.format(at=line(old))]


def test_document_control_cannot_be_tailored_out(check: Check) -> None:
    start, end = KEYS.index("document_control:"), KEYS.index("related_documents:")
    _, said = check((KEYS[start:end], "document_control: {tailored_out: No.}\n"))
    at = line("document_control:")
    assert said[-1] == (
        f"{at}:20 unknown-key: unknown key `tailored_out` in `document_control` "
        "| only a section below a heading of its own can be tailored out"
    )
    assert [text.split()[1] for text in said] == ["missing-key:", "missing-key:", "missing-key:", "unknown-key:"]


# Cross-checks

HISTORY = """  change_history:
    - version: "{VERSION}"
      date: 2026-03-02
      changes: "{CHANGE_DESCRIPTION}"
      author: "{AUTHOR}"
"""


def history(*rows: tuple[str, str]) -> str:
    text = "  change_history:\n"
    for version, date in rows:
        text += f"    - {{version: {version}, date: {date}, changes: c, author: a}}\n"
    return text


AT = line("  change_history:") + 1


@pytest.mark.parametrize(
    "rows",
    [
        [("1.10", "2026-03-02")],
        [("1.8", "2026-01-01"), ("1.9", "2026-01-01"), ("1.10", "2026-03-02")],
        [("1.10", "2026-03-02"), ("1.9", "2026-01-01")],
        [("1.10", "2026-03-02"), ("1.10-rc1", "2026-02-01"), ("1.2", "2026-01-01")],
    ],
)
def test_good_histories(check: Check, rows: list[tuple[str, str]]) -> None:
    _, said = check((HISTORY, history(*rows)), ('version: "{VERSION}"', "version: 1.10"))
    assert said == []


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (
            [("1.8", "2026-01-01"), ("1.9", "2026-03-02")],
            f'{AT + 1}:17 history-version: the newest version in the history is "1.9", but the document is "1.10" '
            '| add a row for "1.10", or set `version` to "1.9"',
        ),
        (
            [("1.10", "2026-03-01")],
            f"{AT}:29 history-date: the newest version in the history is of 2026-03-01, "  # noqa: S608 - is no SQL
            "but the last update is of 2026-03-02 | set it to 2026-03-02, or add a row for it",
        ),
        (
            [("1.8", "2026-01-01"), ("1.10", "2026-03-02"), ("1.9", "2026-02-01"), ("1.9.1", "2026-02-02")],
            f'{AT + 2}:17 history-order: version "1.9" comes after "1.10" '
            "| elsewhere the versions rise from row to row: move one of the two",
        ),
        (
            [("1.10", "2026-03-02"), ("1.10", "2026-03-02")],
            f'{AT + 1}:17 history-order: version "1.10" follows itself | give each version one row',
        ),
        (
            [("1.9", "2026-03-03"), ("1.10", "2026-03-02")],
            f'{AT + 1}:29 history-dates: version "1.10" is of 2026-03-02, before version "1.9" of 2026-03-03 '
            "| correct one of the two dates",
        ),
    ],
)
def test_bad_histories(check: Check, rows: list[tuple[str, str]], expected: str) -> None:
    _, said = check((HISTORY, history(*rows)), ('version: "{VERSION}"', "version: 1.10"))
    assert said == [expected]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (
            "created_date: 2026-01-12",
            "created_date: 2026-03-03",
            "{at}:15 created-after-updated: created on 2026-03-03, after the last update on 2026-03-02 "
            "| correct `created_date`, or set `last_updated` to 2026-03-03",
        ),
        (
            "  next_review_date: 2026-09-01",
            "  next_review_date: 2026-03-02",
            "{at}:21 review-date: the next review on 2026-03-02 is not after the last update on 2026-03-02 "
            "| set it to a day after 2026-03-02",
        ),
        (
            '    - role: Security Review\n      approval: "{SECURITY_APPROVAL}"\n      date: 2026-03-05\n',
            "    - role: Security Review\n      approval: Approved\n",
            "{at}+1:17 approval-date: approval by Security Review has no date "
            '| add "date: 2026-03-02" beside "role: Security Review"',
        ),
        (
            '    - role: Security Review\n      approval: "{SECURITY_APPROVAL}"\n',
            "    - role: Security Review\n",
            "{at}+1:13 approval-decision: Security Review has a date, but no approval "
            '| add "approval: …" beside "role: Security Review", or remove the date',
        ),
        (
            "    - role: Security Review",
            "    - role: technical   lead",
            '{at}:13 duplicate-role: approval of "technical lead" is there twice, '
            f"in line {line('- role: Technical Lead')} and in line {{at}} | rename or remove one of them",
        ),
    ]
    + [
        (
            f'name: "{{{noun.upper()}_2_NAME}}"',
            f'name: "{{{noun}_1  Name}}"'.replace("  ", "_"),
            f'{{at}}:13 duplicate-name: {noun} "{{{{{noun}_1_Name}}}}" is there twice, '
            f"in line {line(f'{noun.upper()}_1_NAME')} and in line {{at}} | rename or remove one of them",
        )
        for noun in ("component", "entity", "endpoint", "phase")
    ]
    + [
        (
            "  - title: Database Schema",
            "  - title: detailed  ALGORITHMS",
            '{at}:12 duplicate-name: appendix "detailed ALGORITHMS" is there twice, '
            f"in line {line('- title: Detailed Algorithms')} and in line {{at}} | rename or remove one of them",
        )
    ],
)
def test_bad_pairs(check: Check, old: str, new: str, expected: str) -> None:
    _, said = check((old, new))
    at = line(old.splitlines()[0])
    assert said == [expected.replace("{at}+1", str(at + 1)).format(at=at)]


def test_pending_needs_no_date(check: Check) -> None:
    row = '      approval: "{SECURITY_APPROVAL}"\n      date: 2026-03-05\n'
    for new in ("      approval: pending\n", ""):
        spec, said = check((row, new))
        assert said == []
        assert spec is not None


@pytest.mark.parametrize("status", ["approved", "in_progress", "completed"])
def test_no_role_refuses_an_approved_document(check: Check, status: str) -> None:
    row = '      approval: "{SECURITY_APPROVAL}"\n      date: 2026-03-05\n'
    at = line("role: Security Review")
    assert check(("status: review", f"status: {status}"))[1] == []
    assert check(("status: review", f"status: {status}"), (row, ""))[1] == []  # the sign-off says who has not
    rejected = "      approval: not  Approved\n      date: 2026-03-05\n"
    assert check(("status: review", f"status: {status}"), (row, rejected))[1] == [
        f'{at}:13 approval-refused: status is {status}, but the decision of Security Review is "not Approved" '
        '| correct "approval:" beside "role: Security Review", or set `status` back to review'
    ]


def test_checks_pass_over_holes_and_faulty_values(check: Check) -> None:
    _, said = check(
        ("status: review", "status: draft"),
        ("last_updated: 2026-03-02", "last_updated: 2026-13-02"),
        ('name: "{PHASE_2_NAME}"', "name: TBD"),
        ('name: "{PHASE_3_NAME}"', "name: TBD"),
        ("created_date: 2026-01-12", "created_date: 2027-01-12"),
        ("next_review_date: 2026-09-01", "next_review_date: TBD"),
    )
    assert [text.split()[1] for text in said] == ["hole:", "hole:", "hole:", "bad-date:"]


@pytest.mark.parametrize(
    ("rule", "message", "hint"),
    [
        ({"rule": "review-dat"}, 'there is no check "review-dat"', "did you mean `review-date`?"),
        ({"rule": "xyzzy"}, 'there is no check "xyzzy"', "the rules are created-after-updated, review-date"),
        ({"rule": "history-order", "version": "a[].b"}, "check history-order does not fit", "it takes versions"),
        (
            {"rule": "history-order", "versions": "version"},
            "not a field of a list's rows",
            'write it as "list[].field"',
        ),
        ({"rule": "duplicate-name", "names": "appendices[].titel"}, "no key `appendices[0].titel`", "data keys of the"),
    ],
)
def test_a_wrong_check_is_the_templates_fault(check: Check, rule: dict[str, str], message: str, hint: str) -> None:
    with pytest.raises(InvalidTemplate) as caught:
        check(template=replace(bundled(), checks=(rule,)))
    (fault,) = caught.value.diagnostics
    assert message in fault.message
    assert fault.hint is not None
    assert hint in fault.hint
    assert fault.span is not None
    assert fault.span.file.name == "manifest.yaml"


def test_versions_sort_naturally() -> None:
    ordered = [
        "draft",
        "0.9",
        "1.0-alpha",
        "1.0-rc1",
        "1.0-rc2",
        "1.0",
        "1.0a",
        "1.2",
        "1.10",
        "1.10.1",
        "2026.01",
        "2026.2",
    ]
    assert sorted(set(ordered), key=natural) == ordered
    assert natural("v1.0.0") == natural("1") == natural("Rev. 1.0")
    assert natural("9" * 6000) < natural("1" + "0" * 6000)
    assert natural("A") < natural("B")


@pytest.mark.parametrize(
    ("word", "meant"),
    [("purpos", "purpose"), ("In Progress", "in_progress"), ("PURPOSE", "purpose"), ("x", None), ("p" * 5000, None)],
)
def test_closest(word: str, meant: str | None) -> None:
    assert closest(word, ["purpose", "in_progress", "scope"]) == meant


# Hostile data


def source_of(data: Any) -> Source:
    """Return a source as no file could give it: without places, and as deep as memory allows."""
    path = Path("x.yaml")
    return Source(path, data, {(): Place(Span(path, 1, 1))}, "0" * 64)


def test_deep_data_are_refused_where_they_are_wanted_and_ignored_elsewhere() -> None:
    deep: Any = "x"
    for _ in range(5000):
        deep = [deep]
    for where in ({"overview": deep}, {"nonsense": deep}, {"overview": {"purpose": deep}}, {"template": {"a": deep}}):
        with pytest.raises(InvalidData):
            validate(source_of({"status": "draft", **where}), bundled(), lambda _: None, find_language(""))
    entity = {"data_design": {"data_models": [{"schema": deep}]}}
    with pytest.raises(InvalidData) as caught:
        validate(source_of({"status": "draft", **entity}), bundled(), lambda _: None, find_language(""))
    assert [fault.code for fault in caught.value.diagnostics] == ["too-deep"]


def test_huge_data_stay_readable() -> None:
    data = {
        "status": "draft",
        "estimated_effort": "9" * 100_000,
        "priority": "x" * 100_000,
        "k" * 100_000: "",
        "a\x1b[31m": "",
    }
    with pytest.raises(InvalidData) as caught:
        validate(source_of(data), bundled(), lambda _: None, find_language(""))
    faults = caught.value.diagnostics
    assert sorted(fault.code for fault in faults) == ["bad-number", "not-allowed", "unknown-key", "unknown-key"]
    assert all(len(fault.message) < 200 and fault.message.isprintable() for fault in faults)


VALUES = st.recursive(
    st.text(max_size=8) | st.sampled_from(["draft", "review", "2026-01-01", "TBD", "1.0", "true", ""]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.text(max_size=4)
            | st.sampled_from(["tailored_out", "purpose", "text", "done", "name", "role", "version", "date"]),
            inner,
            max_size=3,
        )
    ),
    max_leaves=12,
)
TOP = st.dictionaries(st.sampled_from(sorted(bundled().schema["properties"])) | st.text(max_size=5), VALUES, max_size=6)


@settings(deadline=None, max_examples=200)
@given(TOP, st.sampled_from(["draft", "review", "approved"]))
def test_no_data_raise_anything_but_specflow_errors(data: dict[str, Any], status: str) -> None:
    spec, said = run(source_of({**data, "status": status}), bundled())
    if spec is None:
        assert said
    else:
        assert status == "draft" or not spec.completeness.holes
