"""Whatever is written as YAML comes back as it was, with true places; whatever is not YAML is refused, soon."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from functools import reduce
from pathlib import Path
from typing import Any

import pytest
import yaml
from effort import examples
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from specflow.diagnostics import Diagnostic, Span
from specflow.errors import SpecflowError
from specflow.load import load
from specflow.load.layers import merged
from specflow.model import KeyPath, Source
from specflow.yaml_text.nodes import FORBIDDEN, Node

TEXTS = st.text(
    st.one_of(st.characters(exclude_categories=["Cs"]), st.sampled_from("\t\n \"'\\:#-&*!|>%@`{}[],?~<é日🙂"))
).map(lambda text: FORBIDDEN.sub("", text).replace("\r", ""))
DATA = st.dictionaries(
    TEXTS,
    st.recursive(
        TEXTS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4), max_leaves=12
    ),
    min_size=1,
    max_size=5,
)
PIECES = (
    *("a", "b: ", "c:", "\n", "\n  ", "\n    ", "- ", "-", "? ", ": ", "|", ">-", "[", "]", "{", "}", ", ", '"', "'"),
    *("&a ", "*a", "*a : ", "!!str ", "!x ", "<<: ", "#", " # ", "---\n", "...\n", "%YAML 1.2\n", "%", "@", "\t"),
    *("\\", "\\x0", "é", "🙂", "\r\n", "\ufeff", "\u2028", "\x00", "key: value\n", "- item\n"),
)
YAMLISH = st.lists(st.sampled_from(PIECES) | st.text(max_size=3), max_size=24).map("".join)


class Quoting(yaml.SafeDumper):
    """Writes every string in double quotes, so that none is read as anything else."""


Quoting.add_representer(str, lambda dumper, text: dumper.represent_scalar("tag:yaml.org,2002:str", text, style='"'))


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("load") / "spec.yaml"


def walk(value: Any, path: KeyPath = ()) -> Iterator[tuple[KeyPath, Any]]:
    yield path, value
    steps = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, child in steps:
        yield from walk(child, (*path, step))


def text_from(lines: list[str], line: int | None, column: int | None) -> str:
    assert line is not None
    assert column is not None
    assert column <= len(lines[line - 1]) + 1
    return "\n".join([lines[line - 1][column - 1 :], *lines[line:]])


def quoted(text: str) -> str:
    """Return the text that a double-quoted scalar at the start says."""
    found = re.match(r'"(?:[^"\\]|\\.)*"', text, re.DOTALL)
    assert found, text[:40]
    said = yaml.safe_load(found[0])
    assert isinstance(said, str)
    return said


def check_places(source: Source, written: str) -> None:
    lines = written.split("\n")
    assert set(source.places) == {path for path, _ in walk(source.data)}
    for path, value in walk(source.data):
        place = source.places[path]
        here = text_from(lines, place.value.line, place.value.column)
        if isinstance(value, str):
            assert quoted(here) == value
        elif not value:
            assert here.startswith("{}" if isinstance(value, dict) else "[]")
        else:
            first = '{"?' if isinstance(value, dict) else "[-"
            assert here[0] in first
        if path and isinstance(path[-1], str):
            assert place.key is not None
            assert quoted(text_from(lines, place.key.line, place.key.column)) == path[-1]
        else:
            assert place.key is None


@settings(max_examples=examples(50), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=DATA, unicode=st.booleans(), flow=st.booleans(), width=st.sampled_from([20, 80, 10_000]))
def test_what_is_written_comes_back_with_its_places(
    data: dict[str, Any], unicode: bool, flow: bool, width: int, file: Path
) -> None:
    written = yaml.dump(
        data, Dumper=Quoting, allow_unicode=unicode, default_flow_style=flow, width=width, sort_keys=False
    )
    file.write_bytes(written.encode())
    source = load(file)
    assert source.data == data
    check_places(source, written)


def attempt(content: bytes, file: Path) -> Source | None:
    """Return what was loaded, or None if it was refused as it should be."""
    file.write_bytes(content)
    started = time.process_time()
    faults: tuple[Diagnostic, ...] = ()
    source = None
    try:
        source = load(file)
    except SpecflowError as refusal:
        faults = refusal.diagnostics
    assert time.process_time() - started < 2
    assert bool(source) != bool(faults)
    for fault in faults:
        assert fault.hint
        assert fault.span
        assert fault.message.isprintable()
        assert not fault.message.endswith(".")
    return source


@settings(max_examples=examples(100), deadline=None)
@given(content=st.binary(max_size=200))
@example(content=b"[" * 200_000)
@example(content=b"a: " + b"[{a: " * 10_000)
def test_any_bytes_are_loaded_or_refused(content: bytes, file: Path) -> None:
    attempt(content, file)


@settings(max_examples=examples(200), deadline=None)
@given(text=YAMLISH)
@example(text="a: &a\n- &a b\n- *a\nc: *a\n")
def test_anything_like_yaml_is_refused_or_reads_as_yaml_says(text: str, file: Path) -> None:
    source = attempt(text.encode("utf-8", "surrogatepass"), file)
    if source is None:
        return
    assert set(source.places) == {path for path, _ in walk(source.data)}
    try:
        expected = yaml.load(text.removeprefix("\ufeff"), Loader=yaml.CBaseLoader)  # noqa: S506  # it makes text only
    except yaml.composer.ComposerError as stricter:
        assert "duplicate anchor" in str(stricter)  # noqa: PT017  # YAML 1.2.2, section 7.1, allows it
    else:
        assert source.data == expected


KEYS = st.sampled_from("abc")
SHAPES = st.recursive(
    st.sampled_from(["text", "list"]), lambda inner: st.dictionaries(KEYS, inner, max_size=3), max_leaves=8
).filter(lambda shape: isinstance(shape, dict))


@st.composite
def of_shape(draw: st.DrawFn, shape: Any) -> Any:
    """Draw a layer of a document whose sections are sections in every layer."""
    if shape == "text":
        return draw(st.sampled_from(["", "x", "y"]))
    if shape == "list":
        return draw(st.lists(st.sampled_from("xy"), max_size=2))
    return {key: draw(of_shape(inner)) for key, inner in shape.items() if draw(st.booleans())}


def node(value: Any) -> Node:
    steps = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return Node(Span(Path("x")), value, [(step, None, node(child)) for step, child in steps])


def over(*layers: Any) -> Any:
    """Return the layers merged from the bottom up."""
    return reduce(merged, map(node, layers)).data


@settings(max_examples=examples(100), deadline=None)
@given(data=st.data(), shape=SHAPES)
def test_layers_of_one_shape_merge_in_any_grouping(data: st.DataObject, shape: Any) -> None:
    below, between, above = (data.draw(of_shape(shape)) for _ in range(3))
    assert over(below, over(between, above)) == over(over(below, between), above)


@settings(max_examples=examples(40), deadline=None)
@given(below=DATA, above=DATA)
def test_the_upper_layer_is_all_there_and_the_lower_one_where_it_is_silent(below: Any, above: Any) -> None:
    both = over(below, above)
    assert over(below, {}) == over({}, below) == over(below, below) == below
    assert over(both, above) == both
    assert set(both) == {*below, *above}
    for path, value in walk(above):
        if not isinstance(value, dict):
            found: Any = both
            for step in path:
                found = found[step]
            assert found == value
    for key in set(below) - set(above):
        assert both[key] == below[key]


NAMES = ("spec.yaml", "a.yaml", "b/c.yaml", "t.md", "t.csv", "../x.yaml", "b", "/x", "")
REFERENCES = st.sampled_from([f"{tag} {name}" for tag in ("!include", "extends:") for name in NAMES])
LINES = st.lists(
    REFERENCES | st.sampled_from(PIECES) | st.sampled_from(["\nk: ", "\nextends: [", "\n- ", "]"]), max_size=12
)


@settings(max_examples=examples(80), deadline=None)
@given(texts=st.tuples(*[LINES.map("".join)] * 5))
@example(texts=("extends: a.yaml\nk: !include t.csv", "extends: b/c.yaml", "!include ../a.yaml", "x", "a,b\n1"))
def test_any_set_of_files_is_loaded_or_refused(texts: tuple[str, ...], file: Path) -> None:
    for name, text in zip(NAMES[1:5], texts[1:], strict=True):
        path = file.parent / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(text.encode("utf-8", "surrogatepass"))
    source = attempt(texts[0].encode("utf-8", "surrogatepass"), file)
    if source:
        assert set(source.places) == {path for path, _ in walk(source.data)}
        assert {place.value.file for place in source.places.values()} <= {
            file.parent / read.name for read in source.files
        }
