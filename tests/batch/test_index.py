"""The index of an output folder, made from the records alone."""

from __future__ import annotations

import base64
import csv
import hashlib
import json
import re
from pathlib import Path
from typing import Any

import pytest
from folder import Folder
from lxml import html

from specflow.batch.attempt import open_cache
from specflow.batch.index import NAMES, index_files, write_index
from specflow.batch.keys import digest
from specflow.diagnostics import Diagnostic
from specflow.model import SignOff


def parsed(data: bytes | str) -> Any:
    """Return a page's elements."""
    return html.fromstring(data)


def record(out: Path, place: str, **said: Any) -> None:
    """Write a record and its editions."""
    stem, folder = Path(place).stem, (out / place).parent
    folder.mkdir(parents=True, exist_ok=True)
    editions = {}
    for form in ("docx", "pdf", "html"):
        (folder / f"{stem}.{form}").write_bytes(form.encode())
        editions[form] = {"file": f"{stem}.{form}", "bytes": 4, "sha256": hashlib.sha256(form.encode()).hexdigest()}
    document: dict[str, Any] = {
        "id": stem,
        "title": "A title",
        "version": "1.0",
        "status": "in_progress",
        "date": "2026-11-23",
    }
    document |= {"complete_percent": 100, "to_fill": [], "priority": "high", "risk": None, "review": "2026-01-05"}
    content = {"document": {**document, **said}, "signoff": {"missing": ["QA"], "roles": [{}]}, "editions": editions}
    (folder / f"{stem}.json").write_text(json.dumps(content), "utf-8")


@pytest.fixture
def out(tmp_path: Path) -> Path:
    record(tmp_path / "out", "b.json", title="<script>alert(1)</script>")
    record(tmp_path / "out", "sub/a #1.json", title="=cmd()")
    (tmp_path / "out" / "b.pdf").unlink()
    (tmp_path / "out" / "other.json").write_text('{"mine": [1]}', "utf-8")
    return tmp_path / "out"


def test_the_index_says_what_the_records_say(out: Path) -> None:
    assert write_index(out, None) is None
    documents = json.loads((out / "index.json").read_bytes())["documents"]
    assert [(one["record"], one["missing"], one["review"]) for one in documents] == [
        ("sub/a #1.json", ["QA"], "2026-01-05"),
        ("b.json", ["QA"], "2026-01-05"),
    ]
    assert [edition["there"] for edition in documents[1]["editions"]] == [True, False, True]
    page = parsed((out / "index.html").read_bytes())
    first, second = page.xpath("//tbody/tr")
    links = [Path(out, link.replace("%20", " ").replace("%23", "#")) for link in first.xpath(".//a/@href")]
    assert all(link.is_file() for link in links)
    assert len(links) == 3
    assert len(second.xpath(".//a")) == 2
    assert "PDF missing" in " ".join(second.text_content().split())
    assert "<script>alert(1)</script>" in second.text_content()
    assert [time.text for time in first.xpath(".//time")] == ["2026-01-05"]
    assert "overdue" not in first.text_content()  # which day it is, only the reader's browser knows
    with (out / "index.csv").open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert [row["title"] for row in rows] == ["'=cmd()", "<script>alert(1)</script>"]
    assert [row["pdf"] for row in rows] == ["sub/a #1.pdf", ""]


def test_the_page_allows_its_own_script_alone(out: Path) -> None:
    write_index(out, None)
    text = (out / "index.html").read_text("utf-8")
    (script,) = re.findall(r"<script>(.*?)</script>", text, re.DOTALL)
    found = parsed(text).xpath("//meta[@http-equiv='Content-Security-Policy']/@content")[0]
    expected = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"script-src 'sha256-{expected}'" in found
    assert found.startswith("default-src 'none'")


def test_with_a_cache_nothing_is_done_twice_and_every_change_is_seen(
    out: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[int] = []

    def counted(entries: Any) -> dict[str, bytes]:
        made.append(len(entries))
        return index_files(entries)

    monkeypatch.setattr("specflow.batch.index.index_files", counted)
    cache = open_cache(tmp_path / "cache", 1 << 30)

    def look() -> int:
        made.clear()
        write_index(out, cache)
        return len(made)

    assert [look(), look()] == [1, 0]
    before = {name: (out / name).read_bytes() for name in NAMES}
    (out / "index.html").write_text("changed", "utf-8")
    assert [look(), look()] == [1, 0]
    assert {name: (out / name).read_bytes() for name in NAMES} == before
    record(out, "b.json", title="Another title")
    assert [look(), look()] == [1, 0]
    assert b"Another title" in (out / "index.html").read_bytes()
    (out / "b.docx").unlink()
    assert look() == 1
    assert (
        index_files(json.loads((out / "index.json").read_bytes())["documents"])["index.html"]
        == (out / "index.html").read_bytes()
    )
    cache.store.close()


def test_a_document_called_index_keeps_its_record(out: Path) -> None:
    record(out, "index.json")
    before = (out / "index.json").read_bytes()
    found = write_index(out, None)
    assert isinstance(found, Diagnostic)
    assert found.code == "index-clash"
    assert (out / "index.json").read_bytes() == before


def test_links_between_documents_lead_to_editions_of_the_same_format(folder: Folder) -> None:
    folder.note(
        "a", "See [one](b.yaml), [two](b), [three](N-b), [four](b.yaml#text), [gone](gone.yaml), [file](x.pdf)."
    )
    folder.note("b")
    ran = folder.run("build", "specs", "-j", "1", "-f", "html,docx")
    assert ran.returncode == 0, ran.stderr
    assert "specs/a.yaml:6:7: warning[link-dangling]: the link leads to `gone.yaml`, which is not there" in ran.stderr
    links = parsed((folder.path / "out" / "a.html").read_bytes()).xpath("//main//p//a/@href")
    assert links == ["b.html", "b.html", "b.html", "b.html#text", "gone.yaml", "x.pdf"]
    assert "differs-links" in json.loads((folder.path / "out" / "a.json").read_bytes())["verification"]["passed"]
    assert (folder.path / "out" / "index.html").is_file()
    (folder.path / "specs" / "b.yaml").unlink()
    ran = folder.run("build", "specs", "-j", "1", "-f", "html,docx")
    assert "the link leads to `b.yaml`, which is not there" in ran.stderr
    listed = json.loads((folder.path / "out" / "index.json").read_bytes())["documents"]
    assert [one["id"] for one in listed] == ["N-a", "N-b"]  # its editions are still there


def test_the_day_of_the_review_is_content() -> None:
    days = ["2026-11-23", "2027-11-23", ""]
    assert len({digest(SignOff("", {}, review=day)) for day in days}) == 3
