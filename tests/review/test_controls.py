"""The content controls of the approval block: their names, locks and lists, and that the block reads as before."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from lxml import etree
from sent_out import Sent
from word_files import MEMO, W, filling, found, unpacked

from specflow.finish.control_names import PARTS, role_controls
from specflow.languages import find_language
from specflow.languages.word_dates import date_format

ROLES = ["审批", "Лектор", "المراجعة القانونية", "Ä b", "A b", "a  B", "x" * 60, "x" * 61]
PROTECTION = '<w:documentProtection w:edit="forms" w:enforcement="1"/>'


def controls(docx: bytes) -> dict[str, etree._Element]:
    root = etree.fromstring(unpacked(docx)["word/document.xml"])
    return {str(one.get(f"{W}val")): found(root, str(one.get(f"{W}val"))) for one in root.iter(f"{W}tag")}


def with_roles(roles: list[str], more: str = "") -> str:
    head = MEMO.partition("approvals:")[0]
    listed = json.dumps([{"role": role, "name": f"{role} {at}"} for at, role in enumerate(roles)], ensure_ascii=False)
    return f"{head}approvals: {listed}\n{more}"


def validated(docx: bytes, validator: Path, folder: Path) -> list[object]:
    path = folder / "validated.docx"
    path.write_bytes(docx)
    done = subprocess.run([str(validator), str(path)], capture_output=True, timeout=120, check=False)
    return list(json.loads(done.stdout)["errors"])


def test_every_role_has_its_controls(sent: Sent) -> None:
    made = controls(sent.docx)
    assert list(made) == [
        f"approval.{role}.{part}"
        for role in ("author", "security-review", "works-council")
        for part in ("name", "decision", "comment", "date")
    ]
    xml = etree.tostring(made["approval.security-review.decision"]).decode()
    assert re.findall('displayText="(.+?)" w:value="(.+?)"', xml) == [
        ("Pending", "pending"),
        ("Approved", "approved"),
        ("Approved with comments", "approved-with-comments"),
        ("Rejected", "rejected"),
    ]
    assert '<w:lock w:val="sdtLocked"/>' in xml
    assert "Ann Ex" in etree.tostring(made["approval.security-review.name"]).decode()
    assert '<w:dateFormat w:val="yyyy-MM-dd"/>' in etree.tostring(made["approval.author.date"]).decode()
    bookmarks = set(re.findall(r'w:name="(sf_approval_\w+)"', unpacked(sent.docx)["word/document.xml"].decode()))
    roles = ("author", "security_review", "works_council")
    assert bookmarks == {f"sf_approval_{role}_{part}" for role in roles for part in PARTS}


def test_the_controls_of_who_has_approved_are_locked(sent: Sent) -> None:
    assert not sent.review(filling(author__decision="Approved"), record=True).exit
    sent.rebuilt()
    locks = {tag: one.find(f"{W}sdtPr/{W}lock").get(f"{W}val") for tag, one in controls(sent.docx).items()}  # type: ignore[union-attr]
    assert {locks[f"approval.author.{part}"] for part in PARTS} == {"sdtContentLocked"}
    assert {locks[f"approval.works-council.{part}"] for part in PARTS} == {"sdtLocked"}
    date = etree.tostring(controls(sent.docx)["approval.author.date"]).decode()
    assert 'w:fullDate="2026-11-23T00:00:00Z"' in date


@pytest.mark.parametrize(
    ("tag", "named", "pattern"),
    [
        ("en", False, "yyyy-MM-dd"),
        ("en", True, "d\u00a0MMMM yyyy"),
        ("de", True, "d.\u00a0MMMM yyyy"),
        ("es", True, "d\u00a0'de' MMMM 'de' yyyy"),
        ("ja", True, "yyyy'年'M'月'd'日'"),
    ],
)
def test_dates_are_written_as_the_language_does(tag: str, named: bool, pattern: str) -> None:
    from dataclasses import replace

    assert date_format(replace(find_language(tag), named=named)) == pattern


@pytest.mark.parametrize(
    ("status", "project", "expected"),
    [("review", "", True), ("draft", "", False), ("review", "signoff: {protect: no}\n", False)],
)
def test_protection(word_file: Callable[..., bytes], tmp_path: Path, status: str, project: str, expected: bool) -> None:
    from specflow.model import Settings

    if project:
        (tmp_path / "specflow.yaml").write_text(project, "utf-8")
    from specflow.project import find_settings

    settings = find_settings(tmp_path / "memo.yaml") if project else Settings()
    docx = word_file(MEMO.replace("status: review", f"status: {status}"), settings)
    assert (PROTECTION in unpacked(docx)["word/settings.xml"].decode()) == expected
    assert "approval.author.decision" in controls(docx)


def test_names_in_any_script(word_file: Callable[..., bytes], require: Callable[[str], Path], tmp_path: Path) -> None:
    names = role_controls(ROLES)
    assert len({one.slug for one in names}) == len(ROLES)
    bookmarks = [one.bookmark(part) for one in names for part in PARTS]
    assert len({name.casefold() for name in bookmarks}) == len(bookmarks)
    assert all(re.fullmatch(r"[a-z][a-z0-9_]{0,39}", name) for name in bookmarks)
    roles = [role for role in ROLES if role not in ("A b", "a  B")]  # to a reader they are one
    docx = word_file(with_roles(roles))
    assert len(controls(docx)) == 4 * len(roles)
    assert not validated(docx, require("ooxml-validator"), tmp_path)


def test_fifty_approvers(word_file: Callable[..., bytes], require: Callable[[str], Path], tmp_path: Path) -> None:
    docx = word_file(with_roles([f"Approver {number}" for number in range(1, 51)]))
    made = controls(docx)
    assert len(made) == 200
    ids = {one.find(f"{W}sdtPr/{W}id").get(f"{W}val") for one in made.values()}  # type: ignore[union-attr]
    assert len(ids) == 200
    text = unpacked(docx)["word/document.xml"].decode()
    lines = re.findall(r'signatureline [^>]*? id="(\{.+?\})"[^>]*issignatureline="t"', text)
    assert len(set(lines)) == 50
    assert not validated(docx, require("ooxml-validator"), tmp_path)


def test_a_document_that_runs_from_right_to_left(
    word_file: Callable[..., bytes], require: Callable[[str], Path], tmp_path: Path
) -> None:
    from specflow.model import Settings

    head = MEMO.partition("title:")[0]
    listed = "approvals: [{role: المراجعة, name: ليلى}, {role: Security}]"
    text = f"{head}title: مذكرة القرار\ndecision: تحفظ النسخ الاحتياطية ثم تحذف بعد ذلك.\n{listed}\n"
    docx = word_file(text, Settings(language="ar"))
    assert len(controls(docx)) == 8
    choices = controls(docx)["approval.security.decision"].iter(f"{W}listItem")
    assert find_language("ar").labels["rejected"] in [one.get(f"{W}displayText") for one in choices]
    assert not validated(docx, require("ooxml-validator"), tmp_path)


def test_the_same_bytes_each_time(word_file: Callable[..., bytes]) -> None:
    assert word_file(MEMO) == word_file(MEMO)


def test_the_editions_still_agree(sent: Sent) -> None:
    """Placeholders show no words that the other editions do not have."""
    ran = sent.run("verify", "out/memo.json")
    assert not ran.exit, ran.text
