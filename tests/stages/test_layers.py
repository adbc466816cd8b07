"""Layers: what lies on what, what a later one changes, and where each value says it comes from."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from specflow.diagnostics import Span
from specflow.errors import FileAccess, InvalidData
from specflow.load import files as project_files
from specflow.load import layers, load, load_file
from specflow.load.includes import MAX_CHAIN
from specflow.load.layers import extended_by
from specflow.model import Settings, Source, key_text

SPEC = Path("spec.yaml")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    below = tmp_path / "project"
    below.mkdir()
    monkeypatch.chdir(below)
    return below


def written(files: Mapping[str, str]) -> None:
    for name, text in files.items():
        path = Path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")


def loaded(files: Mapping[str, str], settings: Settings | None = None) -> Source:
    written(files)
    return load(SPEC, settings or Settings())


def refused(files: Mapping[str, str], settings: Settings | None = None) -> tuple[str, ...]:
    with pytest.raises(InvalidData) as caught:
        loaded(files, settings)
    return tuple(f"{fault.span} {fault.code} {fault.key}" for fault in caught.value.diagnostics)


@pytest.mark.parametrize(
    ("below", "above", "result"),
    [
        pytest.param("a: 1\nb: 2", "b: 3\nc: 4", {"a": "1", "b": "3", "c": "4"}, id="keys"),
        pytest.param("a: {b: {c: 1, d: 2}}", "a: {b: {d: 3}}", {"a": {"b": {"c": "1", "d": "3"}}}, id="deep"),
        pytest.param("a: [1, 2, 3]", "a: [4]", {"a": ["4"]}, id="lists replace"),
        pytest.param("a: [{b: 1}]", "a: [{c: 2}]", {"a": [{"c": "2"}]}, id="mappings in lists too"),
        pytest.param("a: 1", "a:", {"a": ""}, id="nothing hides"),
        pytest.param("a: {b: 1}", "a:", {"a": ""}, id="nothing hides a section"),
        pytest.param("a: [1]", "a: []", {"a": []}, id="an empty list hides"),
        pytest.param("a: {b: 1}", "a: {}", {"a": {"b": "1"}}, id="an empty mapping says nothing"),
        pytest.param("a: {b: 1}", "a: text", {"a": "text"}, id="text over a section"),
        pytest.param("a: text", "a: {b: 1}", {"a": {"b": "1"}}, id="a section over text"),
        pytest.param("a: {b: 1}", "a: {tailored_out: no}", {"a": {"tailored_out": "no"}}, id="tailored out above"),
        pytest.param("a: {tailored_out: no}", "a: {b: 1}", {"a": {"b": "1"}}, id="tailored out below"),
    ],
)
def test_later_wins(below: str, above: str, result: Mapping[str, Any]) -> None:
    assert loaded({"common.yaml": below, "spec.yaml": f"extends: common.yaml\n{above}\n"}).data == result
    assert loaded({"spec.yaml": below, "extra.yaml": above}, Settings(data=(Path("extra.yaml"),))).data == result
    assert loaded({"house.yaml": below, "spec.yaml": above}, Settings(layers=(Path("house.yaml"),))).data == result


def test_from_the_bottom_up() -> None:
    names = ["house1", "house2", "base", "mid1", "mid2", "spec", "under", "extra1", "extra2"]
    files = {f"{name}.yaml": f"last: {name}\n{name}: x\n" for name in names}
    files["mid1.yaml"] += "extends: base.yaml\n"
    files["mid2.yaml"] += "extends: [base.yaml]\n"
    files["spec.yaml"] += "extends:\n- mid1.yaml\n- mid2.yaml\n"
    files["extra1.yaml"] += "extends: under.yaml\n"
    settings = Settings(
        layers=(Path("house1.yaml"), Path("house2.yaml")), data=(Path("extra1.yaml"), Path("extra2.yaml"))
    )
    source = loaded(files, settings)
    assert list(source.data) == ["last", *names]
    assert source.data["last"] == "extra2"
    assert source.places[("last",)].value == Span(Path("extra2.yaml"), 1, 7)
    assert [file.name for file in source.files] == [
        f"{name}.yaml" for name in ("spec", "house1", "house2", "mid1", "base", "mid2", "extra1", "under", "extra2")
    ]
    assert source.sha256 == source.files[0].sha256 == hashlib.sha256(files["spec.yaml"].encode()).hexdigest()


def test_what_two_layers_extend_lies_beneath_both() -> None:
    files = {
        "base.yaml": "a: base\nb: base\n",
        "one.yaml": "extends: base.yaml\na: one\n",
        "two.yaml": "extends: base.yaml\nb: two\n",
        "spec.yaml": "extends: [one.yaml, two.yaml]\n",
    }
    assert loaded(files).data == {"a": "one", "b": "two"}


def test_data_may_lay_a_layer_again_on_top() -> None:
    files = {"common.yaml": "a: common\n", "spec.yaml": "extends: common.yaml\na: spec\n"}
    assert loaded(files, Settings(data=(Path("common.yaml"),))).data == {"a": "common"}


def test_a_spec_that_is_a_layer_of_its_project_is_not_laid_twice() -> None:
    source = loaded({"spec.yaml": "a: b\n"}, Settings(layers=(SPEC,)))
    assert (source.data, len(source.files)) == ({"a": "b"}, 1)


def test_places_name_the_layer() -> None:
    source = loaded(
        {"layers/common.yaml": "# house\ns:\n  a: 1\n  b: 2\n", "spec.yaml": "extends: layers/common.yaml\ns: {b: 3}\n"}
    )
    spans = {key_text(path): (str(place.key), str(place.value)) for path, place in source.places.items()}
    assert spans == {
        "": ("None", "spec.yaml:1:1"),
        "s": ("spec.yaml:2:1", "spec.yaml:2:4"),
        "s.a": ("layers/common.yaml:3:3", "layers/common.yaml:3:6"),
        "s.b": ("spec.yaml:2:5", "spec.yaml:2:8"),
    }


def test_the_document_stands_where_the_spec_does() -> None:
    source = loaded({"spec.yaml": "# one\na: b\n", "extra.yaml": "c: d\n"}, Settings(data=(Path("extra.yaml"),)))
    assert source.places[()].value == Span(SPEC, 2, 1)


@pytest.mark.parametrize("typed", ["", "template:\n", "extends:\n", "extends: []\n"])
def test_the_settings_name_the_template_where_no_layer_does(typed: str) -> None:
    source = loaded({"spec.yaml": f"{typed}a: b\n"}, Settings(template="note"))
    assert (source.data["template"], source.data["a"]) == ("note", "b")
    assert source.places[("template",)].value.file == SPEC
    source = loaded({"spec.yaml": "template: mine\n"}, Settings(template="note"))
    assert source.data == {"template": "mine"}


def test_extends_is_not_data_and_stays_so_below_the_top() -> None:
    source = loaded({"common.yaml": "a: b\n", "spec.yaml": "extends: common.yaml\nc: {extends: d}\n"})
    assert source.data == {"a": "b", "c": {"extends": "d"}}
    assert ("extends",) not in source.places


def test_one_file_alone_has_no_layers() -> None:
    written({"spec.yaml": "extends: common.yaml\n"})
    assert load_file(SPEC).data == {"extends": "common.yaml"}
    written({"spec.yaml": "a: !include part.yaml\n"})
    with pytest.raises(InvalidData, match="yaml-tag"):
        load_file(SPEC)


def test_faults_of_all_layers_at_once() -> None:
    files = {
        "common.yaml": "a: b: c\n",
        "house.yaml": "a: @\n",
        "extra.yaml": "a: b\na: c\n",
        "spec.yaml": "extends: [common.yaml, 'gone.yaml', {}]\n",
    }
    assert refused(files, Settings(layers=(Path("house.yaml"),), data=(Path("extra.yaml"),))) == (
        "house.yaml:1:4 yaml-value-start None",
        "common.yaml:1:5 yaml-value-colon None",
        "spec.yaml:1:24 file-missing extends[1]",
        "spec.yaml:1:37 wrong-type extends[2]",
        "extra.yaml:2:1 yaml-duplicate-key a",
    )


def test_a_layer_must_be_a_mapping() -> None:
    assert refused({"common.yaml": "- a\n", "spec.yaml": "extends: common.yaml\n"}) == (
        "common.yaml:1:1 yaml-top-level None",
    )


def test_circles_are_named() -> None:
    files = {
        "spec.yaml": "extends: b/one.yaml\n",
        "b/one.yaml": "extends: two.yaml\n",
        "b/two.yaml": "extends: one.yaml",
    }
    written(files)
    with pytest.raises(InvalidData) as caught:
        load(SPEC)
    assert str(caught.value) == (
        "b/two.yaml:1:10: error[file-cycle]: this file extends itself: b/one.yaml → b/two.yaml → b/one.yaml\n"
        "  hint: remove one name of the chain"
    )


def test_a_chain_has_an_end() -> None:
    files = {f"{at}.yaml": f"extends: {at + 1}.yaml\n" for at in range(MAX_CHAIN - 1)}
    files |= {f"{MAX_CHAIN - 1}.yaml": "a: b\n", "spec.yaml": "extends: 1.yaml\n"}
    assert loaded(files).data == {"a": "b"}
    assert refused({"spec.yaml": "extends: 0.yaml\n"}) == (f"{MAX_CHAIN - 2}.yaml:1:10 files-too-deep extends",)


class TestProjectFolder:
    @pytest.fixture(params=["up", "symlink", "folder symlink", "absolute"])
    def name(self, request: pytest.FixtureRequest, folder: Path) -> str:
        secret = folder.parent / "secret.yaml"
        secret.write_text("a: secret\n", "utf-8")
        (folder / "link.yaml").symlink_to("../secret.yaml")
        (folder / "above").symlink_to("..")
        names = {"up": "../secret.yaml", "symlink": "link.yaml", "folder symlink": "above/secret.yaml"}
        return names.get(request.param, str(secret))

    def test_no_layer_lies_outside(self, name: str) -> None:
        assert refused({"spec.yaml": f"extends: {name}\n"}) == ("spec.yaml:1:10 file-outside extends",)
        assert refused({"spec.yaml": f"a: [!include {name}]\n"}) == ("spec.yaml:1:5 file-outside a[0]",)
        assert refused({"spec.yaml": "a: b\n"}, Settings(data=(Path(name),))) == (f"{name} file-outside None",)
        assert refused({"spec.yaml": "a: b\n"}, Settings(layers=(Path(name),))) == (f"{name} file-outside None",)

    def test_a_project_folder_above_the_spec(self, folder: Path) -> None:
        written({"common.yaml": "a: 1\n", "specs/spec.yaml": "extends: ../common.yaml\nb: !include ../specs/b.txt\n"})
        written({"specs/b.txt": "2\n"})
        source = load(Path("specs/spec.yaml"), Settings(folder=folder))
        assert source.data == {"a": "1", "b": "2"}
        assert source.folder == folder.resolve()
        assert [file.name for file in source.files] == ["specs/spec.yaml", "specs/b.txt", "common.yaml"]
        assert source.places[("a",)].value.file == folder / "common.yaml"

    def test_links_within_the_folder_are_followed(self) -> None:
        written({"layers/common.yaml": "a: b\n"})
        Path("link.yaml").symlink_to("layers/common.yaml")
        source = loaded({"spec.yaml": "extends: [link.yaml, layers/common.yaml]\n"})
        assert [file.name for file in source.files] == ["spec.yaml", "layers/common.yaml"]

    @pytest.mark.parametrize("name", ["loop", "a" * 300, "x/y.yaml", "spec.yaml/x.yaml"])
    def test_names_that_lead_nowhere(self, name: str) -> None:
        Path("loop").symlink_to("loop")
        assert refused({"spec.yaml": f"extends: {name}\n"}) == ("spec.yaml:1:10 file-missing extends",)

    def test_a_pipe_is_not_waited_for(self) -> None:
        os.mkfifo("pipe.yaml")
        assert refused({"spec.yaml": "extends: pipe.yaml\n"}) == ("spec.yaml:1:10 file-is-folder extends",)

    def test_a_missing_file_of_the_command_line(self) -> None:
        with pytest.raises(FileAccess) as caught:
            loaded({"spec.yaml": "a: b\n"}, Settings(data=(Path("gone.yaml"),)))
        assert [(fault.code, fault.span) for fault in caught.value.diagnostics] == [
            ("file-missing", Span(Path("gone.yaml")))
        ]


class TestLimits:
    def test_values_of_all_layers_count(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(layers, "MAX_VALUES", 6)
        assert loaded({"common.yaml": "a: b\n", "spec.yaml": "extends: common.yaml\nb: c\n"}).data
        files = {"common.yaml": "a: [b, c]\n", "spec.yaml": "extends: common.yaml\nb: c\n"}
        assert refused(files) == ("spec.yaml:1:1 yaml-too-many-values None",)

    def test_characters_of_all_layers_count(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(layers, "MAX_TEXT", 100)
        files = {"common.yaml": f"a: {'x' * 60}\n", "spec.yaml": f"extends: common.yaml\nb: {'x' * 60}\n"}
        assert refused(files) == ("spec.yaml:1:1 yaml-too-many-values None",)

    def test_bytes_of_all_files_count(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(project_files, "MAX_BYTES", 100)
        files = {"common.yaml": f"a: {'x' * 60}\n", "spec.yaml": f"extends: common.yaml\nb: {'x' * 60}\n"}
        assert refused(files) == ("common.yaml yaml-too-large None",)

    def test_names_of_files_count_once_each(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(project_files, "MAX_FILES", 3)
        written({"a.txt": "a", "b.txt": "b"})
        spec = "a: [!include a.txt, !include a.txt, !include b.txt, !include gone, !include x, !include y]\n"
        assert refused({"spec.yaml": spec}) == (
            "spec.yaml:1:53 file-missing a[3]",
            "spec.yaml:1:68 files-too-many a[4]",
        )
        assert refused({"spec.yaml": "extends: [x, y, z, u, v]\n"})[-1] == "spec.yaml:1:20 files-too-many extends[3]"


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("extends: a.yaml", ["a.yaml"]),
        ("extends: [a.yaml, ../b.yaml]\nc: !include d.yaml", ["a.yaml", "../b.yaml"]),
        ("extends: [a.yaml, {}]", []),
        ("a: b", []),
        ("a: b: c", []),
        ("- a", []),
    ],
)
def test_what_a_file_extends_is_known_without_loading_it(text: str, names: list[str], folder: Path) -> None:
    written({"spec.yaml": text})
    assert extended_by(SPEC) == tuple((folder / name).resolve() for name in names)
    assert extended_by(Path("gone.yaml")) == ()


def test_hostile_includes_end_soon() -> None:
    for level in range(12):
        written({f"{level}.yaml": "[" + f"!include {level + 1}.yaml, " * 50 + "]"})
    written({"12.yaml": "[x]"})
    started = time.process_time()
    assert refused({"spec.yaml": "a: !include 0.yaml\n"})[0].split()[1] == "include-bomb"
    assert refused({"spec.yaml": "a: [" + ", ".join(f"!include {at}" for at in range(20_000)) + "]"})
    assert time.process_time() - started < 10
