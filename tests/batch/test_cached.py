"""What is built again and what is not, in this process."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from folder import Folder

from specflow import assets
from specflow.batch.attempt import Cache, Result, attempt, open_cache, unchanged
from specflow.batch.explain import explain
from specflow.batch.run import Plan, results
from specflow.model import Job
from specflow.tools.kit import Tools

Build = Callable[[Job], str]


@pytest.fixture(autouse=True)
def unmoved(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let specflow's own files count by one folder that nobody works on while the tests run."""
    fonts = str(assets.templates() / "fonts")
    monkeypatch.setattr("specflow.batch.documents.folders_that_render", lambda: {"fonts": fonts})


@pytest.fixture
def cache(tmp_path: Path) -> Iterator[Callable[[], Cache]]:
    """Open the cache, as each run of specflow does."""
    opened: list[Cache] = []

    def fresh() -> Cache:
        opened.append(open_cache(tmp_path / "cache", 1 << 30))
        return opened[-1]

    yield fresh
    for one in opened:
        one.store.close()


@pytest.fixture
def build(tools: Tools, cache: Callable[[], Cache]) -> Callable[[Job], Result]:
    """Do what a run does with one document."""

    def one(job: Job) -> Result:
        opened = cache()
        standing = opened.documents.standing(job)
        if standing:
            return unchanged(job, standing, with_record=True)
        return attempt(job, tools, opened, with_record=True)

    return one


def files(job: Job) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(job.out.iterdir()) if path.is_file()}


def test_what_has_not_changed_is_left_alone(folder: Folder, build: Callable[[Job], Result]) -> None:
    job = folder.job("a", "A [link](javascript:x) and words.")
    first = build(job)
    made = {path: path.stat().st_mtime_ns for path in job.out.iterdir()}
    again = build(job)
    assert (first.how, again.how) == ("built", "unchanged")
    assert first.diagnostics
    assert replace(again, how="built") == first
    assert {path: path.stat().st_mtime_ns for path in job.out.iterdir()} == made


def test_a_comment_builds_nothing_but_the_record_is_that_of_the_file(
    folder: Folder, build: Callable[[Job], Result], tools: Tools
) -> None:
    job = folder.job("a", "A [link](javascript:x) and words.")
    line = build(job).diagnostics[0].span
    before = files(job)
    job.spec.write_text("# a comment\n" + job.spec.read_text("utf-8"), "utf-8")
    again = build(job)
    assert again.how == "restored"
    moved = again.diagnostics[0].span
    assert line is not None
    assert moved is not None
    assert moved.line == (line.line or 0) + 1
    after = files(job)
    assert after["a.html"] == before["a.html"]
    assert after["a.json"] != before["a.json"]
    assert build(job).how == "unchanged"
    elsewhere = replace(job, out=folder.path / "elsewhere")
    attempt(elsewhere, tools, None, with_record=False)
    assert files(elsewhere) == after


def test_what_was_built_before_is_restored(folder: Folder, build: Callable[[Job], Result]) -> None:
    job = folder.job("a", "One.")
    build(job)
    one = files(job)
    folder.job("a", "Two.")
    assert build(job).how == "built"
    assert files(job)["a.html"] != one["a.html"]
    folder.job("a", "One.")
    assert build(job).how == "restored"
    assert files(job) == one
    (job.out / "a.html").write_bytes(b"spoilt")
    assert build(job).how == "restored"
    assert files(job) == one


@pytest.mark.parametrize("change", ["theme", "paper", "body", "filter", "ledger", "picture", "version"])
def test_what_decides_about_a_document_builds_it_again(
    change: str, folder: Folder, build: Callable[[Job], Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder.path / "picture.svg").write_text(_SVG.format("red"), "utf-8")
    theme = folder.path / "themes" / "default" / "theme.yaml"
    theme.parent.mkdir(parents=True)
    theme.write_text('extends: default\ncolours: {ink: "#101010"}\n', "utf-8")
    job = folder.job("a", "Words.\n\n![A box](picture.svg)")
    assert build(job).how == "built"
    template = folder.path / "templates" / "note"
    if change == "theme":
        theme.write_text('extends: default\ncolours: {ink: "#202020"}\n', "utf-8")
    elif change == "paper":
        job = replace(job, settings=replace(job.settings, page_size="letter"))
    elif change == "body":
        (template / "body.md.j2").write_text("# Other {{ id }}\n\n## Text\n\n{{ text }}\n", "utf-8")
    elif change == "filter":
        (template / "own.lua").write_text("function Str(str) return pandoc.Str(str.text .. '!') end", "utf-8")
    elif change == "ledger":
        job.spec.with_name("a.signoff.jsonl").write_text("", "utf-8")
    elif change == "picture":
        (folder.path / "picture.svg").write_text(_SVG.format("blue"), "utf-8")
    else:
        monkeypatch.setattr("specflow.batch.keys.version", lambda: "99.0")
    how = build(job).how
    assert how == "built" or (change == "ledger" and how != "unchanged")  # an empty ledger changes nothing that shows


def test_a_decision_on_one_document_leaves_the_others_alone(folder: Folder, build: Callable[[Job], Result]) -> None:
    jobs = [folder.job(name) for name in "ab"]
    assert [build(job).how for job in jobs] == ["built", "built"]
    jobs[0].spec.with_name("a.signoff.jsonl").write_text("", "utf-8")
    assert build(jobs[0]).how != "unchanged"
    assert build(jobs[1]).how == "unchanged"


_SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="9" fill="{}"/></svg>'


def test_a_damaged_edition_is_built_again_with_a_warning(
    folder: Folder, build: Callable[[Job], Result], tmp_path: Path
) -> None:
    job = folder.job("a")
    build(job)
    made = files(job)
    for path in (tmp_path / "cache").rglob("objects/*/*"):
        path.write_bytes(b"spoilt")
    (job.out / "a.html").unlink()
    again = build(job)
    assert again.how == "built"
    assert [found.code for found in again.notes] == ["cache-damaged"]
    assert files(job) == made
    assert not again.diagnostics


def test_a_document_that_fails_is_not_kept(folder: Folder, build: Callable[[Job], Result]) -> None:
    job = folder.job("a", "A [](#nowhere) reference.")
    assert [build(job).exit_code, build(job).exit_code] == [3, 3]


def test_explain_names_what_has_changed(
    folder: Folder, build: Callable[[Job], Result], cache: Callable[[], Cache]
) -> None:
    def explained() -> tuple[str, str]:
        opened = cache()
        found = explain(job.spec, opened.store, opened.documents)
        return found.verdict, " ".join(found.lines)

    job = folder.job("a", "One.")
    assert "nothing is known" in explained()[0]
    build(job)
    assert explained() == ("its editions are in place and right", "last built because of: it was not built before")
    job.spec.write_text(job.spec.read_text("utf-8") + "# a comment\n", "utf-8")
    verdict, lines = explained()
    assert "restored" in verdict
    assert f"file {job.spec.resolve()}" in lines
    folder.job("a", "Two.")
    verdict, lines = explained()
    assert "built again" in verdict
    assert "changed: data text" in lines
    build(job)
    assert "data text" in explained()[1]


def test_a_run_gives_every_result_with_its_number(
    folder: Folder, build: Callable[[Job], Result], cache: Callable[[], Cache], tmp_path: Path
) -> None:
    jobs = [folder.job(name) for name in "ab"]
    build(jobs[1])
    opened = cache()
    found = list(results(jobs, opened, Plan(1, tmp_path / "cache")))
    assert [(number, result.how) for number, result in found] == [(1, "unchanged"), (0, "built")]
    record = json.loads((jobs[0].out / "a.json").read_bytes())
    assert record["document"]["id"] == "N-a"
