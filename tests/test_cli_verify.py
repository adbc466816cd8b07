"""`specflow verify`: from records, from editions, from folders and from data; and `build --no-verify`."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from sabotage import EVERYTHING
from workbench import Project, Ran

BUILT = ("--templates", "templates", "-f", "html", "--no-cache")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the data, the template, and the HTML edition of a document."""
    folder = tmp_path_factory.mktemp("built")
    shutil.copytree(EVERYTHING, folder, dirs_exist_ok=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        ran = Project(folder).run("build", "everything.yaml", *BUILT)
    assert ran.exit == 0, ran.text
    return folder


@pytest.fixture
def place(built: Path, project: Project) -> Project:
    """A copy of it, to be changed."""
    shutil.copytree(built, project.folder, dirs_exist_ok=True)
    return project


def change(place: Project, old: str, new: str) -> None:
    path = place.folder / "out" / "everything.html"
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


def codes(ran: Ran) -> set[str]:
    return {found["code"] for document in json.loads(ran.stdout)["documents"] for found in document["diagnostics"]}


@pytest.mark.parametrize("named", ["out", "out/everything.json", "out/everything.html", "everything.yaml"])
def test_what_was_built_is_verified(place: Project, named: str) -> None:
    ran = place.run("verify", named, "--templates", "templates")
    assert ran.exit == 0, ran.text
    assert ran.stdout.startswith("verified  ")
    assert "html" in ran.stdout


def test_a_changed_edition_is_told_by_its_bytes_and_by_what_it_says(place: Project) -> None:
    change(place, "Lighthouse rota</h1>", "Lightship rota</h1>")
    ran = place.run("verify", "out/everything.json", "--json")
    assert ran.exit == 6
    assert codes(ran) == {"edition-changed", "differs-title"}


def test_a_change_that_the_record_does_not_know_is_told_by_the_data(place: Project) -> None:
    change(place, "before dusk", "before dawn")
    assert codes(place.run("verify", "out", "--json")) == {"edition-changed"}
    ran = place.run("verify", "everything.yaml", "--templates", "templates", "--json")
    assert codes(ran) == {"edition-changed", "differs-paragraphs"}
    (document,) = json.loads(ran.stdout)["documents"]
    (difference,) = document["report"]["differences"]
    assert (difference["key"], difference["file"], difference["against"]) == ("opening", "everything.yaml", "document")
    assert difference["line"] > 1


def test_data_that_have_changed_since_are_told(place: Project) -> None:
    spec = place.folder / "everything.yaml"
    spec.write_text(spec.read_text("utf-8").replace("Oil has been weighed", "Oil has been tasted"), "utf-8")
    ran = place.run("verify", "everything.yaml", "--templates", "templates")
    assert ran.exit == 6
    assert "error[differs-list-items]: the HTML edition shows `Oil has been weighed`" in ran.stderr


def test_an_edition_that_is_gone_is_told(place: Project) -> None:
    (place.folder / "out" / "everything.html").unlink()
    ran = place.run("verify", "out", "--json")
    assert (ran.exit, codes(ran)) == (6, {"edition-missing"})


def test_an_edition_that_cannot_be_read_is_told(place: Project) -> None:
    (place.folder / "out" / "everything.html").write_bytes(b"")
    ran = place.run("verify", "out", "--json")
    assert (ran.exit, codes(ran)) == (6, {"edition-changed", "edition-unreadable"})


@pytest.mark.parametrize(
    ("name", "text", "code"),
    [
        ("other.json", None, "record-missing"),
        ("other.json", "not JSON", "record-unreadable"),
        ("other.json", '{"editions": {"html": 1}}', "record-unreadable"),
        ("other.json", "[]", "record-unreadable"),
    ],
)
def test_what_is_no_record_is_refused(project: Project, name: str, text: str | None, code: str) -> None:
    if text is not None:
        project.write(name, text)
    ran = project.run("verify", name, "--json")
    assert (ran.exit, codes(ran)) == (9, {code})


def test_the_page_is_written_whether_something_differs_or_not(place: Project) -> None:
    assert place.run("verify", "out", "--report", "good.html").exit == 0
    assert "The editions agree" in (place.folder / "good.html").read_text("utf-8")
    change(place, "Agnes Maddox", "Agnes Haddock")
    assert place.run("verify", "everything.yaml", "--templates", "templates", "--report", "bad.html").exit == 6
    page = (place.folder / "bad.html").read_text("utf-8")
    assert "Agnes <del>Maddox</del>" in page
    assert "Agnes <ins>Haddock</ins>" in page


def test_a_page_that_cannot_be_written_is_told(place: Project) -> None:
    ran = place.run("verify", "out", "--report", "no/such/folder.html")
    assert ran.exit == 9
    assert "file-unwritable" in ran.stderr


def test_the_record_says_which_checks_passed(built: Path) -> None:
    content = json.loads((built / "out" / "everything.json").read_text("utf-8"))
    assert content["verification"]["ran"] is True
    assert content["verification"]["passed"]["differs-paragraphs"] == ["html"]


@pytest.mark.parametrize("by", ["option", "project"])
def test_verification_can_be_switched_off(place: Project, by: str) -> None:
    if by == "project":
        place.write("specflow.yaml", "verify: no\n")
    words = ["--no-verify"] if by == "option" else []
    assert place.run("build", "everything.yaml", *BUILT, *words).exit == 0
    content = json.loads((place.folder / "out" / "everything.json").read_text("utf-8"))
    assert content["verification"] == {"ran": False, "passed": {}}
