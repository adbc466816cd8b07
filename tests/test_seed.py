"""The bundled template, filled with the seed's own values, reads as the seed reads: nothing lost, nothing added,
nothing moved.

The seed (data/seed.md) is the template that specflow was born from. Its typed placeholders are given the values of
data/keys.yaml, enumerations as they are printed; what is left of them stands for itself on both sides.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from specflow import filter_chain, pipeline
from specflow.convert import READER, filter_context
from specflow.merge import merge
from specflow.model import Job, Spec
from specflow.theme import default_theme
from specflow.tools.kit import Tools

DATA = Path(__file__).parent / "data"

TYPED = {
    "CREATED_DATE": "2026-01-12",
    "LAST_UPDATED": "2026-03-02",
    "STATUS": "Review",
    "PRIORITY": "High",
    "TARGET_COMPLETION_DATE": "2026-09-30",
    "ESTIMATED_EFFORT": "640",
    "COMPLEXITY": "Very high",
    "RISK_LEVEL": "Medium",
    "UNIT_TEST_COVERAGE": "85",
    "DEPLOYMENT_TYPE": "Blue-green",
    "APPROVAL_DATE": "2026-03-05",
    "NEXT_REVIEW_DATE": "2026-09-01",
}

WRAPPERS = {"key", "role", "decision", "date", "name", "function", "organisation", "approval-block", "change-history"}


@pytest.fixture(scope="module")
def spec() -> Spec:
    return pipeline.check(Job(DATA / "keys.yaml", Path("unused")), lambda found: pytest.fail(str(found)))


@pytest.fixture(scope="module")
def bound(spec: Spec, tools: Tools) -> dict[str, Any]:
    merged = merge(spec, lambda found: pytest.fail(str(found)))
    bind = filter_chain.paths(["bind"])
    context = filter_context(merged, spec, default_theme())
    return dict(tools.pandoc.convert(merged.markdown, READER, bind, [], context, lambda _: "").ast)


@pytest.fixture(scope="module")
def seed(tools: Tools) -> dict[str, Any]:
    text = (DATA / "seed.md").read_text("utf-8")
    text = text.replace("{DEPLOYMENT_TYPE} # blue-green, rolling, canary", "{DEPLOYMENT_TYPE}")  # a note to the author
    filled = re.sub(r"\{([A-Z0-9_]+)\}", lambda found: TYPED.get(found[1], found[0]), text)
    return dict(tools.pandoc.convert(filled, READER, [], [], {}, lambda _: "").ast)


def test_every_block_is_the_seeds(bound: dict[str, Any], seed: dict[str, Any]) -> None:
    ours, theirs = _lines(bound["blocks"]), _lines(seed["blocks"])
    assert ours == theirs
    assert len(theirs) > 300


def test_every_heading_is_the_seeds(bound: dict[str, Any], seed: dict[str, Any]) -> None:
    ours = [line for line in _lines(bound["blocks"]) if line.startswith("#")]
    assert ours == [line for line in _lines(seed["blocks"]) if line.startswith("#")]
    assert sum(line.startswith("## ") for line in ours) == 15


def test_the_front_matter_is_the_seeds(bound: dict[str, Any], seed: dict[str, Any]) -> None:
    assert {key: _meta(value) for key, value in bound["meta"].items()} == {
        key: _meta(value) for key, value in seed["meta"].items()
    }
    assert len(seed["meta"]) == 16


def test_no_placeholder_of_the_seed_is_missing_from_the_data(spec: Spec) -> None:
    placeholders = set(re.findall(r"\{([A-Z0-9_]+)\}", (DATA / "seed.md").read_text("utf-8")))
    typed_in = (DATA / "keys.yaml").read_text("utf-8")
    assert {name for name in placeholders if f"{{{name}}}" not in typed_in} == set(TYPED)


def _lines(blocks: list[Any], indent: str = "") -> list[str]:
    """Return the blocks as lines of text, one a block, with their structure but without what carries keys and
    classes."""
    lines: list[str] = []
    for block in blocks:
        kind, content = block["t"], block.get("c")
        if kind == "Header":
            lines.append(f"{'#' * content[0]} {_text(content[2])}")
        elif kind in ("Para", "Plain"):
            lines.append(f"{indent}{_text(content)}")
        elif kind == "BulletList":
            for item in content:
                lines += [f"{indent}-", *_lines(item, indent + "  ")]
        elif kind == "OrderedList":
            for number, item in enumerate(content[1], content[0][0]):
                lines += [f"{indent}{number}.", *_lines(item, indent + "  ")]
        elif kind == "CodeBlock":
            lines.append(f"{indent}```{' '.join(content[0][1])} {content[1]}")
        elif kind == "Table":
            rows = [*content[3][1], *content[4][0][3]]
            lines += ["| " + " | ".join(_text(_lines(cell[4])) for cell in row[1]) for row in rows]
        elif kind == "Div":
            assert _is_wrapper(content[0]), content[0]
            lines += _lines(content[1], indent)
        else:
            assert kind == "HorizontalRule", kind
            lines.append("----")
    return lines


def _text(inlines: list[Any]) -> str:
    """Return inlines as one line: labels in **, links with their targets."""
    text = ""
    for inline in inlines:
        if isinstance(inline, str):
            text += inline
            continue
        kind, content = inline["t"], inline.get("c")
        if kind == "Str":
            text += content
        elif kind in ("Space", "SoftBreak", "LineBreak"):
            text += " "
        elif kind == "Strong":
            text += f"**{_text(content)}**"
        elif kind == "Span":
            assert _is_wrapper(content[0]), content[0]
            text += _text(content[1])
        else:
            assert kind == "Link", kind
            text += f"[{_text(content[1])}]({unquote(content[2][0])})"
    return text


def _is_wrapper(attributes: list[Any]) -> bool:
    _, classes, pairs = attributes
    return bool(WRAPPERS & ({*classes} | {key for key, _ in pairs}))


def _meta(value: dict[str, Any]) -> Any:
    if value["t"] == "MetaList":
        return [_meta(item) for item in value["c"]]
    return _text(value["c"]) if value["t"] == "MetaInlines" else value["c"]
