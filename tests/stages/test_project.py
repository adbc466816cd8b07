"""The project file: where it is found, what it says, what of it is refused, and which files it leaves out."""

from __future__ import annotations

from pathlib import Path

import pytest

from specflow.errors import InvalidData
from specflow.model import Format, Settings
from specflow.project import Project, find_project, find_settings


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("layers/house.yaml", "word/house.docx", "templates/note/manifest.yaml", "specs/deep/spec.yaml"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("a: b\n", "utf-8")
    return tmp_path.resolve()


def found(folder: Path, text: str) -> Project:
    (folder / "specflow.yaml").write_text(text, "utf-8")
    return find_project(folder / "specs/deep/spec.yaml")


def test_everything_is_said(folder: Path) -> None:
    project = found(
        folder,
        "template: note\ntheme: default\nformats: [html, pdf]\nout: dist/docs\nlayers: [layers/house.yaml]\n"
        "page_size: letter\nlanguage: de\ntemplates: [templates]\nreference: word/house.docx\nattach_source: yes\n"
        "exclude: [old, '*.part.yaml']\n",
    )
    assert project == Project(
        folder=folder,
        file=folder / "specflow.yaml",
        settings=Settings(
            folder=folder,
            template="note",
            theme="default",
            page_size="letter",
            language="de",
            layers=(folder / "layers/house.yaml",),
            reference=folder / "word/house.docx",
            attach_source=True,
        ),
        formats=(Format.PDF, Format.HTML),
        out=folder / "dist/docs",
        templates=(folder / "templates",),
        exclude=("old", "*.part.yaml"),
    )
    assert type(project.settings.template) is str


@pytest.mark.parametrize("text", ["", "# nothing yet\n", "theme:\nlayers: []\n", "out: ''\n"])
def test_what_is_not_said_is_the_default(text: str, folder: Path) -> None:
    assert found(folder, text) == Project(folder, folder / "specflow.yaml", Settings(folder=folder))


def test_the_nearest_file_upward_counts(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert find_project(folder / "specs/deep/spec.yaml") == Project()
    assert find_settings(folder / "specs/deep/spec.yaml") == Settings()
    found(folder, "template: far\n")
    (folder / "specs/specflow.yaml").write_text("template: near\n", "utf-8")
    assert find_settings(folder / "specs/deep/spec.yaml").template == "near"
    assert find_settings(folder / "layers/spec.yaml").template == "far"
    assert find_settings(folder / "not/there/spec.yaml").template == "far"
    monkeypatch.chdir(folder / "specs/deep")
    assert find_settings(Path("spec.yaml")).folder == folder / "specs"


@pytest.mark.parametrize(
    ("line", "code", "key"),
    [
        ("pagesize: A4", "unknown-key", "pagesize"),
        ("theme: [a]", "wrong-type", "theme"),
        ("layers: layers/house.yaml", "wrong-type", "layers"),
        ("layers: [[a]]", "wrong-type", "layers[0]"),
        ("formats: [docx, doc]", "not-allowed", "formats[1]"),
        ("page_size: a4", "not-allowed", "page_size"),
        ("attach_source: maybe", "not-allowed", "attach_source"),
        ("template: TBD", "hole", "template"),
        ("language: xx-klingon", "unknown-language", "language"),
        ("theme: nowhere", "theme-missing", None),
        ("layers: [layers/hause.yaml]", "file-missing", "layers[0]"),
        ("layers: [layers]", "file-is-folder", "layers[0]"),
        ("layers: [/etc/hosts]", "file-outside", "layers[0]"),
        ("reference: ../house.docx", "file-outside", "reference"),
        ("out: ..", "file-outside", "out"),
        ("out: /tmp", "file-outside", "out"),
        ("out: link/x", "file-outside", "out"),
        ("templates: [link]", "file-outside", "templates[0]"),
        ("templates: [word/house.docx]", "templates-missing", "templates[0]"),
        ("theme: !include x.md", "yaml-tag", "theme"),
        ("extends: x.yaml", "unknown-key", "extends"),
        ("theme: a: b", "yaml-value-colon", None),
        ("- a", "yaml-top-level", None),
    ],
)
def test_faults_have_their_place(line: str, code: str, key: str | None, folder: Path) -> None:
    (folder / "link").symlink_to("..")
    with pytest.raises(InvalidData) as caught:
        found(folder, line + "\n")
    (fault,) = caught.value.diagnostics
    assert (fault.code, fault.key) == (code, key)
    assert fault.span is not None
    assert (fault.span.file, fault.span.line) == (folder / "specflow.yaml", 1)
    assert fault.hint


@pytest.mark.parametrize(
    ("pattern", "path", "excluded"),
    [
        ("old", "old", True),
        ("old", "specs/old", True),
        ("old", "specs/old/deep/a.yaml", True),
        ("old", "older/a.yaml", False),
        ("old/", "old/a.yaml", True),
        ("*.part.yaml", "a.part.yaml", True),
        ("*.part.yaml", "specs/deep/a.part.yaml", True),
        ("*.part.yaml", "specs/a.yaml", False),
        ("specs/*.yaml", "specs/a.yaml", True),
        ("specs/*.yaml", "specs/deep/a.yaml", False),
        ("specs/*.yaml", "more/specs/a.yaml", False),
        ("specs/**/a.yaml", "specs/a.yaml", True),
        ("specs/**/a.yaml", "specs/b/c/a.yaml", True),
        ("specs/**", "specs/b/c/a.yaml", True),
        ("./specs", "specs/a.yaml", True),
        ("?.yaml", "a.yaml", True),
        ("?.yaml", "ab.yaml", False),
        ("a.yaml", "abyaml", False),
        ("[a].yaml", "a.yaml", False),
    ],
)
def test_patterns(pattern: str, path: str, excluded: bool) -> None:
    folder = Path("/project")
    project = Project(folder=folder, exclude=("nothing", pattern))
    assert project.excludes(folder / path) is excluded
    assert not Project().excludes(folder / path)
    assert not project.excludes(Path("/elsewhere") / path)
