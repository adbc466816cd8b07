"""What is refused of a file that came back, each with its place; nothing of it is recorded."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from lxml import etree
from sent_out import Sent
from word_files import (
    CUSTOM,
    DOCUMENT,
    MEMO,
    RELATIONS,
    Edit,
    Files,
    W,
    adding,
    edited,
    filling,
    found,
    packed,
    replacing,
    unpacked,
)

DECIDED = filling(author__decision="Approved")
TYPES = "[Content_Types].xml"
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
RELATION = f'<Relationship Id="rIdX" Type="{OFFICE}/{{}}" Target="{{}}"{{}}/></Relationships>'
OUTSIDE = ' TargetMode="External"'
BOMB = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;">]><x>&b;</x>'
EXTERNAL = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>'


MACRO = '<Override PartName="/word/vba.bin" ContentType="application/vnd.ms-office.vbaProject"/></Types>'
MAIN = "wordprocessingml.document.{}main"
ELSEWHERE = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
TEMPLATE = ELSEWHERE + RELATION.format("attachedTemplate", "http://example.org/x.dotm", OUTSIDE)
ADDED = "<w:p><w:r><w:t>One more line.</w:t></w:r></w:p>"
SETTINGS = "word/_rels/settings.xml.rels"


def related(kind: str, target: str, more: str = "") -> Edit:
    """Let the document name something else."""
    return replacing("</Relationships>", RELATION.format(kind, target, more), RELATIONS)


def header_of(files: Files) -> str:
    return next(name for name in files if name.startswith("word/header") and b"M-12" in files[name])


def in_header(files: Files) -> None:
    replacing("M-12", "M-13", header_of(files))(files)


def hidden(files: Files) -> None:
    """Hide a word that the reader then does not see."""
    replacing("then deleted", "")(files)


def new_picture(files: Files) -> None:
    """Put another picture in the place of the dot."""
    name = next(name for name in files if name.startswith("word/media/") and "signature" not in name)
    files[name] += b"\0"


def new_link(files: Files) -> None:
    replacing("https://example.org/plan", "https://example.org/other", RELATIONS)(files)


def unstruck(files: Files) -> None:
    replacing("<w:strike/>", "")(files)


@pytest.mark.parametrize(
    ("edit", "told"),
    [
        (
            replacing("for 35 days, then", "for 53 days, then"),
            'in 1 Decision, `decision`: "kept for 35 days, then" became "kept for 53 days, then"',
        ),
        (replacing("Security Review</w:t>", "Security</w:t>"), "row 3 of the table, `approvals[1].role`"),
        (replacing("Head of Operations", "Head of Nothing"), '"Head of Operations" became "Head of Nothing"'),
        (replacing(">Decision</w:t>", ">Decided</w:t>"), '"1 Decision" became "1 Decided"'),
        (replacing("<w:sectPr", f"{ADDED}<w:sectPr"), '"One more line." was added'),
        (hidden, "then deleted"),
        (in_header, 'the header: "M-12'),
        (new_picture, 'the pictures: "number 1" became "another one"'),
        (new_link, "the links"),
        (unstruck, "struck through"),
        (replacing("<w:tr>", "<w:tr><w:trPr><w:del w:id='9' w:author='x'/></w:trPr>"), "in 2 Approval"),
    ],
)  # fmt: skip
def test_a_file_that_was_edited(sent: Sent, edit: Edit, told: str) -> None:
    ran = sent.review(DECIDED, edit, record=True)
    assert ran.exit == 7
    assert "error[returned-edited]: the returned file was edited" in ran.stderr
    assert told in ran.stderr
    assert not ran.stdout
    assert not (sent.project.folder / "memo.signoff.jsonl").exists()


def test_a_tracked_change_is_an_edit(sent: Sent) -> None:
    tracked = '<w:ins w:id="90" w:author="Eve"><w:r><w:t>not </w:t></w:r></w:ins><w:r>'
    ran = sent.review(DECIDED, replacing("<w:r>", tracked))
    assert ran.exit == 7
    assert "not" in ran.stderr


def test_what_is_outside_of_a_bookmark_that_was_moved_is_compared(sent: Sent) -> None:
    """Who widens a control's place to hide an edit in it leaves a gap in what is compared."""

    def widened(files: Files) -> None:
        root = etree.fromstring(files[DOCUMENT])
        control = found(root, "approval.author.name")
        content = control.find(f"{W}sdtContent")
        assert content is not None
        for sibling in list(control.itersiblings()):
            if sibling.tag == f"{W}r":
                content.append(sibling)
        files[DOCUMENT] = etree.tostring(root)

    ran = sent.review(DECIDED, widened, replacing("Head of Operations", "Head of Nothing"))
    assert ran.exit == 7
    assert '"Head of Operations" is missing' in ran.stderr


@pytest.mark.parametrize(
    ("code", "edits"),
    [
        ("returned-decision", [filling(author__decision="Perhaps")]),
        ("returned-decision", [filling(author__decision="")]),
        ("returned-control", [*(replacing(name, "x") for name in ("approval.author.date", "sf_approval_author_date"))]),
        ("returned-control", [replacing('"approval.author.date"', '"approval.author.comment"')]),
        ("returned-control", [DECIDED, replacing("<w:sdtContent>", "<w:sdtContent><w:hyperlink w:anchor='x'/>")]),
        ("returned-document", [replacing(">M-12<", ">M-99<", CUSTOM)]),
        ("returned-version", [replacing(">1.0<", ">0.9<", CUSTOM)]),
        ("returned-stale", [replacing("sf1:", "sf1:0", CUSTOM)]),
        ("returned-unknown", [replacing("Content Digest", "Other", CUSTOM)]),
        ("returned-active", [adding("word/vba.bin", b"x"), replacing("</Types>", MACRO, TYPES)]),
        ("returned-active", [replacing(MAIN.format(""), MAIN.format("macroEnabled."), TYPES)]),
        ("returned-active", [related("oleObject", "x.bin")]),
        ("returned-active", [related("aFChunk", "x.html")]),
        ("returned-active", [related("image", "http://example.org/x.png", OUTSIDE)]),
        ("returned-active", [adding(SETTINGS, TEMPLATE.encode())]),
        ("returned-unreadable", [adding("customXml/item1.xml", BOMB)]),
        ("returned-unreadable", [adding("customXml/item1.xml", EXTERNAL)]),
        ("returned-unreadable", [adding(DOCUMENT, EXTERNAL)]),
        ("returned-unreadable", [adding(DOCUMENT, b"<w:document")]),
        ("returned-unreadable", [adding("word/media/x.bin", bytes(64 << 20))]),
        ("returned-undecided", []),
        ("returned-name", [filling(works_council__decision="Approved")]),
        ("returned-comment", [filling(author__decision="Approved with comments")]),
        ("signoff-order", [filling(security_review__decision="Approved")]),
        ("signoff-person", [filling(author__decision="Approved", author__name="Eve")]),
    ],
)  # fmt: skip
def test_a_file_that_is_not_taken(sent: Sent, code: str, edits: list[Edit]) -> None:
    ran = sent.review(*edits, record=True)
    assert ran.exit == 7, ran.text
    assert f"error[{code}]" in ran.stderr
    assert "hint: " in ran.stderr
    assert not (sent.project.folder / "memo.signoff.jsonl").exists()


def test_what_is_no_word_file(sent: Sent) -> None:
    sent.project.write("returned.docx", b"%PDF-1.7")
    ran = sent.run("review", "decisions", "returned.docx", "--spec", "memo.yaml")
    assert (ran.exit, "error[returned-unreadable]" in ran.stderr) == (7, True)


def test_a_part_that_is_there_twice(sent: Sent) -> None:
    """Two programs could read two different ones."""
    made = io.BytesIO(packed(unpacked(sent.docx)))
    with zipfile.ZipFile(made, "a") as package, pytest.warns(UserWarning, match="Duplicate name"):
        package.writestr(DOCUMENT, unpacked(sent.docx)[DOCUMENT])
    sent.project.write("returned.docx", made.getvalue())
    ran = sent.run("review", "decisions", "returned.docx", "--spec", "memo.yaml")
    assert (ran.exit, "word/document.xml is in it twice" in ran.stderr) == (7, True)


def test_a_file_of_content_that_has_changed_since(sent: Sent) -> None:
    sent.returned(DECIDED)
    sent.project.write("memo.yaml", MEMO.replace("35 days, then", "53 days, then"))
    ran = sent.run("review", "decisions", "returned.docx", "--spec", "memo.yaml", "--record")
    assert (ran.exit, "error[returned-stale]" in ran.stderr) == (7, True)


def test_a_locked_control_that_was_changed(sent: Sent) -> None:
    """The controls of a role that has approved hold what the ledger says."""
    assert not sent.review(DECIDED, record=True).exit
    sent.rebuilt()
    ran = sent.review(filling(author__name="Eve", security_review__decision="Approved"))
    assert ran.exit == 7
    assert 'the locked control approval.author.name: "Nora Lind" became "Eve"' in ran.stderr


def test_a_decision_is_recorded_once(sent: Sent) -> None:
    assert not sent.review(DECIDED, record=True).exit
    ran = sent.review(DECIDED, record=True)
    assert (ran.exit, "error[signoff-decided]" in ran.stderr) == (7, True)


def test_without_the_spec_the_edition_has_to_be_there(sent: Sent) -> None:
    sent.returned(DECIDED)
    ran = sent.run("review", "decisions", "returned.docx", "--out", "nowhere")
    assert (ran.exit, "error[returned-not-issued]" in ran.stderr) == (7, True)
    (sent.project.folder / "out" / "memo.docx").write_bytes(edited(sent.docx, DECIDED))
    ran = sent.run("review", "decisions", "returned.docx")
    assert (ran.exit, "error[returned-not-issued]" in ran.stderr) == (7, True)


def test_usage(sent: Sent) -> None:
    sent.returned()
    ran = sent.run("review", "decisions", "returned.docx", "--record")
    assert (ran.exit, "error[review-no-spec]" in ran.stderr) == (2, True)
    ran = sent.run("review", "decisions", "returned.docx", "--spec", Path())
    assert (ran.exit, "error[review-folder]" in ran.stderr) == (2, True)
