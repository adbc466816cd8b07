"""Includes: what each kind of file becomes, and that no chain of them runs away."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from specflow.diagnostics import Span
from specflow.errors import InvalidData
from specflow.load import load
from specflow.load.includes import MAX_CHAIN
from specflow.model import Source, key_text
from specflow.yaml_text import nodes as yaml_nodes
from specflow.yaml_text.nodes import MAX_DEPTH

SPEC = Path("spec.yaml")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def loaded(files: Mapping[str, str | bytes]) -> Source:
    for name, content in files.items():
        path = Path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return load(SPEC)


def refused(files: Mapping[str, str | bytes]) -> tuple[str, ...]:
    with pytest.raises(InvalidData) as caught:
        loaded(files)
    return tuple(f"{fault.span} {fault.code} {fault.key}" for fault in caught.value.diagnostics)


@pytest.mark.parametrize(
    ("name", "content", "value"),
    [
        ("part.yaml", "a: 1\nb: [no]\n", {"a": "1", "b": ["no"]}),
        ("part.yml", "- 1\n- 2\n", ["1", "2"]),
        ("part.YAML", "1.10\n", "1.10"),
        ("text.md", "# One\r\n\r\ntwo\r\n\n", "# One\n\ntwo\n"),
        ("text.markdown", "one", "one"),
        ("text.txt", b"\xef\xbb\xbf a: b \n", " a: b "),
        ("empty.txt", "", ""),
        ("table.csv", "A,B\n1,2\n", "| A | B |\n| ---: | ---: |\n| 1 | 2 |"),
        ("table.tsv", "A\tB\nx\ty\n", "| A | B |\n| --- | --- |\n| x | y |"),
    ],
)
def test_kinds(name: str, content: str | bytes, value: object) -> None:
    spec = f"a: !include {name}\nb: [!include {name}, {{c: !include '{name}'}}]\nd: &x !include {name}\ne: *x\n"
    source = loaded({name: content, "spec.yaml": spec})
    assert source.data == {"a": value, "b": [value, {"c": value}], "d": value, "e": value}
    assert source.places[("a",)].value == Span(Path(name), 1, 1)
    assert source.places[("a",)].key == Span(SPEC, 1, 1)
    assert [file.name for file in source.files] == ["spec.yaml", name]


def test_a_whole_file_may_be_an_include() -> None:
    files = {"spec.yaml": "!include parts/all.yaml", "parts/all.yaml": "extends: base.yaml\na: 1\n"}
    assert loaded({**files, "parts/base.yaml": "b: 2\n"}).data == {"b": "2", "a": "1"}
    assert refused({**files, "parts/all.yaml": "- a\n"}) == ("parts/all.yaml:1:1 yaml-top-level None",)


def test_names_are_relative_to_the_file_that_names_them() -> None:
    source = loaded(
        {
            "spec.yaml": "a: !include parts/a.yaml\n",
            "parts/a.yaml": "b: !include deep/b.yaml\nc: !include ../c.md\n",
            "parts/deep/b.yaml": "d: [!include d.csv]\n",
            "parts/deep/d.csv": "x\n",
            "c.md": "words",
        }
    )
    assert source.data == {"a": {"b": {"d": ["| x |\n| --- |"]}, "c": "words"}}
    spans = {key_text(path): str(place.value) for path, place in source.places.items()}
    assert spans == {
        "": "spec.yaml:1:1",
        "a": "parts/a.yaml:1:1",
        "a.b": "parts/deep/b.yaml:1:1",
        "a.b.d": "parts/deep/b.yaml:1:4",
        "a.b.d[0]": "parts/deep/d.csv:1:1",
        "a.c": "c.md:1:1",
    }


@pytest.mark.parametrize(
    ("name", "content", "fault"),
    [
        ("part.yaml", "", "part.yaml:1:1 yaml-empty None"),
        ("part.yaml", "a: b: c", "part.yaml:1:5 yaml-value-colon None"),
        ("part.yaml", "a: !x b", "part.yaml:1:4 yaml-tag a"),
        ("part.yaml", "*a", "part.yaml:1:1 yaml-alias None"),
        ("text.md", b"one\n\xe9", "text.md:2:1 yaml-encoding None"),
        ("text.md", "one\x00", "text.md:1:4 yaml-character None"),
        ("table.csv", "A;\x07", "table.csv:1:3 yaml-character None"),
        ("table.csv", "A,B\n1\n", "table.csv:2 csv-ragged None"),
        ("part.json", "{}", "spec.yaml:1:4 include-kind a"),
        ("part", "{}", "spec.yaml:1:4 include-kind a"),
    ],
)
def test_faults_are_told_once_and_all(name: str, content: str | bytes, fault: str) -> None:
    spec = f"a: !include {name}\nb: !include {name}\nc: !include gone.md\n"
    assert refused({name: content, "spec.yaml": spec}) == (fault, "spec.yaml:3:4 file-missing c")


def test_circles() -> None:
    files = {
        "spec.yaml": "a: !include one.yaml\n",
        "one.yaml": "b: !include two.yaml\n",
        "two.yaml": "!include one.yaml",
    }
    with pytest.raises(InvalidData) as caught:
        loaded(files)
    assert str(caught.value) == (
        "two.yaml:1:1: error[file-cycle]: this include leads back to its own file: one.yaml → two.yaml → one.yaml\n"
        "  hint: remove one include of the chain"
    )
    assert refused({"spec.yaml": "a: !include spec.yaml\n"}) == ("spec.yaml:1:4 file-cycle a",)
    assert refused({"spec.yaml": "!include spec.yaml\n"}) == ("spec.yaml:1:1 file-cycle None",)


def test_a_chain_has_an_end() -> None:
    files = {f"{at}.yaml": f"!include {at + 1}.yaml\n" for at in range(MAX_CHAIN - 1)}
    files[f"{MAX_CHAIN - 1}.yaml"] = "end\n"
    assert loaded({**files, "spec.yaml": "a: !include 1.yaml\n"}).data == {"a": "end"}
    assert refused({"spec.yaml": "a: !include 0.yaml\n"}) == (f"{MAX_CHAIN - 2}.yaml:1:1 files-too-deep None",)


def test_includes_cannot_go_deeper() -> None:
    half = MAX_DEPTH // 2
    part = "[" * half + "]" * half
    assert loaded({"part.yaml": part, "spec.yaml": f"a: {'[' * (half - 1)}!include part.yaml {']' * (half - 1)}"}).data
    spec = f"a: {'[' * half}!include part.yaml {']' * half}"
    assert refused({"spec.yaml": spec}) == (f"spec.yaml:1:{4 + half} yaml-depth None",)


def test_what_is_included_again_counts_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(yaml_nodes, "MAX_VALUES", 50)
    files = {"part.yaml": "[" + "x, " * 20 + "]", "spec.yaml": "a: !include part.yaml\n"}
    assert loaded(files).data
    assert refused({"spec.yaml": "a: !include part.yaml\nb: !include part.yaml\nc: !include part.yaml\n"}) == (
        "spec.yaml:3:4 include-bomb None",
    )


def test_long_texts_cannot_be_multiplied(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(yaml_nodes, "MAX_TEXT", 1000)
    text = "x" * 300
    assert loaded({"text.md": text, "spec.yaml": "a: [!include text.md, !include text.md]\n"}).data
    assert refused(
        {"spec.yaml": "a: [!include text.md, !include text.md]\nb: !include text.md\nc: !include text.md"}
    ) == ("spec.yaml:3:4 include-bomb None",)
    assert refused({"spec.yaml": f"a: &a {text}\nb: [*a, *a]\nc: *a\n"}) == ("spec.yaml:3:4 yaml-alias-bomb None",)
    assert refused({"spec.yaml": f"a: &a {{{text}: x}}\nb: [*a, *a]\nc: *a\n"}) == (
        "spec.yaml:3:4 yaml-alias-bomb None",
    )
