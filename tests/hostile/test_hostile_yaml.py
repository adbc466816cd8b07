"""Whatever is written into a YAML file, the loader and the schema stage answer soon, with diagnostics that mend."""

from __future__ import annotations

import contextlib
import copy
import time
from pathlib import Path
from typing import Any

import pytest
import yaml
from effort import SWEEP, examples
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from specflow.diagnostics import Diagnostic
from specflow.errors import SpecflowError
from specflow.languages import find_language
from specflow.load import load
from specflow.model import Template
from specflow.template import find_template
from specflow.validate import validate

ROOT = Path(__file__).parents[2]
LIMITS = settings(
    deadline=None,
    derandomize=SWEEP == 1,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
STARTER = (ROOT / "templates" / "technical-specification" / "starter.yaml").read_bytes()
INSERTED = (
    *(b"\n", b"\n  ", b"- ", b"? ", b": ", b"|\n", b">-\n", b"[", b"]", b"{", b"}", b",", b'"', b"'", b"&a ", b"*a "),
    *(b"!include part.yaml\n", b"!include t.csv\n", b"!include ../x\n", b"!!str ", b"<<: ", b"# ", b"---\n", b"%TAG\n"),
    *(b"\t", b"\\x0", b"\xff", b"\x00", b"\xc2\x85", b"\xef\xbb\xbf", b"extends: part.yaml\n", b"tailored_out: x\n"),
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("hostile")
    (made / "part.yaml").write_text("x: [1, {a: b}]\n", "utf-8")
    (made / "t.csv").write_text("a,b\n1,2\n", "utf-8")
    return made


@pytest.fixture(scope="module")
def templates() -> tuple[Template, ...]:
    own = ROOT / "tests" / "errors" / "templates"
    return find_template("technical-specification", ()), find_template("note", (own,))


def told(faults: tuple[Diagnostic, ...]) -> None:
    """See that each diagnostic has what it needs."""
    assert faults
    for fault in faults:
        assert fault.hint
        assert fault.span
        assert fault.message.isprintable()
        assert not fault.message.endswith(".")


edits = st.lists(st.tuples(st.integers(0, 1 << 16), st.integers(0, 30), st.sampled_from(INSERTED)), max_size=4)


@settings(LIMITS, max_examples=examples(120))
@given(start=st.integers(0, len(STARTER)), size=st.integers(0, 400), changes=edits)
def test_a_spoilt_spec_is_loaded_or_refused(
    start: int, size: int, changes: list[tuple[int, int, bytes]], folder: Path
) -> None:
    content = bytearray(STARTER[start : start + size])
    for at, length, inserted in changes:
        place = at % (len(content) + 1)
        content[place : place + length] = inserted
    file = folder / "spec.yaml"
    file.write_bytes(content)
    started = time.process_time()
    try:
        load(file)
    except SpecflowError as refusal:
        told(refusal.diagnostics)
    assert time.process_time() - started < 3


@pytest.mark.parametrize(
    "content",
    [
        "".join(f"k{at}: !include absent.yaml\n" for at in range(8000)),
        "".join(f"k{at}: !x y\n" for at in range(8000)),
        "key: value\n" * 8000,
        "".join(f"k{at}: *a\n" for at in range(8000)),
        "a: &a [x, y]\n" + "".join(f"k{at}: *a\n" for at in range(20000)),
        "extends: [" + "absent.yaml, " * 3000 + "]\n",
    ],
    ids=lambda content: content[:24],
)
def test_many_faults_take_no_longer_than_as_many_times_one(content: str, folder: Path) -> None:
    file = folder / "spec.yaml"
    file.write_text(content, "utf-8")
    started = time.process_time()
    with contextlib.suppress(SpecflowError):
        load(file)
    assert time.process_time() - started < 8


ODD = st.sampled_from(
    [
        *(
            "",
            "TBD",
            "x",
            "approved",
            "in review",
            "2026-02-30",
            "9" * 40,
            "-1",
            "1e999",
            "NaN",
            "yes",
            "a\nb",
            "\u0661\u0662",
        ),
        *(
            "x" * 3000,
            [],
            {},
            [[]],
            [{}],
            {"tailored_out": "x"},
            {"tailored_out": []},
            ["x"] * 3,
            {"a": {"b": "c"}},
            {"": ""},
        ),
        *("[^1]: [^1]", "```", "<b>", "![](x)", "{{ x }}"),
    ]
)
STEPS = st.lists(st.tuples(st.integers(0, 1 << 16), st.integers(0, 5), ODD), min_size=1, max_size=6)


class Quoting(yaml.SafeDumper):
    """Writes every string in double quotes, and no aliases."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


Quoting.add_representer(str, lambda dumper, text: dumper.represent_scalar("tag:yaml.org,2002:str", text, style='"'))
BASE: dict[str, Any] = yaml.load(STARTER, yaml.BaseLoader)  # noqa: S506 (texts only)
KEYS = sorted(BASE)


def places(node: Any) -> list[tuple[Any, Any]]:
    """Return every container with each of its steps."""
    found: list[tuple[Any, Any]] = []
    pairs = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for step, child in list(pairs):
        found.append((node, step))
        found += places(child)
    return found


@settings(LIMITS, max_examples=examples(40))
@given(
    keys=st.sets(st.sampled_from(KEYS), max_size=2),
    steps=STEPS,
    which=st.integers(0, 1),
    tag=st.sampled_from(["", "de"]),
)
@example(keys={"overview"}, steps=[(3, 4, "x")] * 6, which=0, tag="")
def test_spoilt_data_is_valid_or_refused(
    keys: set[str],
    steps: list[tuple[int, int, Any]],
    which: int,
    tag: str,
    folder: Path,
    templates: tuple[Template, ...],
) -> None:
    data = copy.deepcopy({key: BASE[key] for key in ("template", "document_control", *sorted(keys)) if key in BASE})
    for at, change, value in steps:
        node, step = (known := places(data))[at % len(known)]
        if change == 0:
            del node[step]
        elif change == 1 and isinstance(node, dict):
            node[f"{step}s"] = node.pop(step)
        elif change == 2 and isinstance(node, list):
            node.append(value)
        elif change == 3:
            for _ in range(70):
                node[step] = [node[step]]
        else:
            node[step] = copy.deepcopy(value)
        if not data:
            data["template"] = "x"
    file = folder / "spec.yaml"
    file.write_text(yaml.dump(data, Dumper=Quoting, allow_unicode=True, sort_keys=False), "utf-8")
    warnings: list[Diagnostic] = []
    started = time.process_time()
    try:
        validate(load(file), templates[which], warnings.append, find_language(tag, ()))
    except SpecflowError as refusal:
        told(refusal.diagnostics)
    assert time.process_time() - started < 5
    if warnings:
        told(tuple(warnings))
