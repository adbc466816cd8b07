"""What comes back in a Word file is what was decided in it, whichever program has saved it."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

from sent_out import Sent
from word_files import filling, unpacked, untagging

ALL = filling(
    author__decision="Approved with comments",
    author__comment="Fine,  but soon",
    author__date="2026-11-22",
    works_council__name="Bo By",
)


def test_the_decisions_are_told(sent: Sent) -> None:
    ran = sent.review(ALL)
    assert not ran.exit, ran.text
    assert ran.stdout == (
        'approved-with-comments  Author: Nora Lind  2026-11-22  "Fine, but soon"\n'
        "-  Security Review: Ann Ex  not decided (Pending)\n"
        "-  Works Council: Bo By  not decided (Pending)\n"
    )
    assert "Works Council has filled in name, but has not decided\n" in ran.stderr
    assert "nothing but the approval block was changed: M-12 v1.0" in ran.stderr
    assert not (sent.project.folder / "memo.signoff.jsonl").exists()


def test_without_the_spec_the_edition_beside_its_record_is_enough(sent: Sent) -> None:
    sent.returned(ALL)
    ran = sent.run("review", "decisions", "returned.docx")
    assert (ran.exit, ran.stdout.count("\n")) == (0, 3), ran.text


def test_json(sent: Sent) -> None:
    sent.returned(ALL)
    ran = sent.run("review", "decisions", "returned.docx", "--spec", "memo.yaml", "--record", "--json")
    told = json.loads(ran.stdout)
    assert told["document"]["id"] == "M-12"
    assert [(one["role"], one["decision"], one["entry"]) for one in told["decisions"]] == [
        ("Author", "approved-with-comments", 2),
        ("Security Review", "", None),
        ("Works Council", "", None),
    ]


def test_recording(sent: Sent) -> None:
    ran = sent.review(ALL, filling(security_review__decision="Rejected"), record=True)
    assert not ran.exit, ran.text
    entries = [json.loads(line) for line in (sent.project.folder / "memo.signoff.jsonl").read_text().splitlines()]
    assert [(one["role"], one["decision"], one["comment"]) for one in entries[1:]] == [
        ("Author", "approved-with-comments", "Fine, but soon"),
        ("Security Review", "rejected", ""),
    ]
    assert entries[1]["date"] == "2026-11-23T14:05:33+00:00"
    assert entries[1]["evidence"]["kind"] == "returned-docx"
    assert entries[1]["evidence"]["date"] == "2026-11-22"
    assert list(entries[1]["editions"]) == ["docx"]


def test_a_file_that_was_sent_before_others_decided(sent: Sent) -> None:
    """The edition that it came from is made again, with as much of the ledger as there was then."""
    late = sent.returned(filling(works_council__decision="Approved", works_council__name="Bo By")).read_bytes()
    assert not sent.review(filling(author__decision="Approved"), record=True).exit
    sent.rebuilt()
    assert "Approved</w:t>" in unpacked(sent.docx)["word/document.xml"].decode()
    sent.project.write("returned.docx", late)
    ran = sent.run("review", "decisions", "returned.docx", "--spec", "memo.yaml", "--record")
    assert (ran.exit, "approved  Works Council: Bo By" in ran.stdout) == (0, True), ran.text


def test_a_stale_role_decides_again(sent: Sent) -> None:
    assert not sent.review(filling(author__decision="Approved"), record=True).exit
    text = (sent.project.folder / "memo.yaml").read_text().replace("35 days, then", "53 days, then")
    sent.rebuilt(text)
    ran = sent.review()
    assert "-  Author: Nora Lind  not decided (Stale)" in ran.stdout
    ran = sent.review(filling(author__decision="Approved"), record=True)
    assert (ran.exit, "approved  Author: Nora Lind  entry 4" in ran.stdout) == (0, True), ran.text


def test_bookmarks_are_enough(sent: Sent) -> None:
    ran = sent.review(ALL, untagging)
    assert 'approved-with-comments  Author: Nora Lind  2026-11-22  "Fine, but soon"\n' in ran.stdout, ran.text


def test_libreoffice_opens_and_saves_it(sent: Sent, require: Callable[[str], Path], tmp_path: Path) -> None:
    sent.returned(ALL)
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    command = [str(require("soffice")), "--headless", profile, "--convert-to", "docx:MS Word 2007 XML"]
    done = [*command, "--outdir", str(tmp_path / "saved"), "returned.docx"]
    subprocess.run(done, check=True, capture_output=True, timeout=240, cwd=sent.project.folder)
    saved = (tmp_path / "saved" / "returned.docx").read_bytes()
    assert b"approval.author.decision" not in unpacked(saved)["word/document.xml"]
    sent.project.write("returned.docx", saved)
    ran = sent.run("review", "decisions", "returned.docx", "--spec", "memo.yaml", "--json")
    told = json.loads(ran.stdout)["decisions"]
    assert [(one["decision"], one["name"], one["date"], one["comment"]) for one in told] == [
        ("approved-with-comments", "Nora Lind", "2026-11-22", "Fine, but soon"),
        ("", "Ann Ex", "", ""),
        ("", "Bo By", "", ""),
    ]
    assert {one["found_by"] for one in told} == {"bookmark"}
