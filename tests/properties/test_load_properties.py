"""Whatever is written as YAML comes back as it was, with true places; whatever is not YAML is refused, soon."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from effort import examples
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from specflow.diagnostics import Diagnostic
from specflow.errors import SpecflowError
from specflow.load import load
from specflow.model import KeyPath, Source
from specflow.yaml_nodes import FORBIDDEN

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
