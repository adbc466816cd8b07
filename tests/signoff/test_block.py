"""What readers see of the sign-off: the approval block, the digest on every page, the mark of what is superseded."""

from __future__ import annotations

import re
import zipfile
from dataclasses import replace
from io import BytesIO

import pypdfium2
import pytest
from lxml import html
from memos import Memo

from specflow.model import Format, Record
from specflow.pipeline import build
from specflow.tools.kit import Tools

STATES = """\
  - {role: By hand, name: Per Hand, in_sequence: no, approval: Approved, date: 2026-11-18}
  - {role: Stale, name: Анна Каренина, in_sequence: no}
  - {role: Rejected, name: 山田 太郎, in_sequence: no}
  - {role: Withdrawn, name: Ó Súilleabháin, in_sequence: no}
"""


def texts(record: Record) -> dict[Format, str]:
    """Return each edition's text without white space and without marks of direction."""
    pdf = pypdfium2.PdfDocument(record.editions[Format.PDF])
    pages = "".join(page.get_textpage().get_text_bounded() for page in pdf)
    page = html.parse(record.editions[Format.HTML]).getroot()
    with zipfile.ZipFile(BytesIO(record.editions[Format.DOCX].read_bytes())) as docx:
        parts = [docx.read(name).decode() for name in docx.namelist() if re.match(r"word/(document|footer)", name)]
    found = {
        Format.PDF: pages,
        Format.HTML: page.text_content(),
        Format.DOCX: "".join(re.sub("<[^>]+>", "", part) for part in parts),
    }
    return {form: re.sub(r"[\s\u200e\xad\ufffe\x02]+", "", text) for form, text in found.items()}


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


@pytest.fixture
def states(memo: Memo, tools: Tools) -> Record:
    """The editions of a memo with a role in every state."""
    memo.edit(("  - role: Management\n", f"  - role: Management\n{STATES}"), ("35 days, then", "34 days, then"))
    memo.decide("Stale", "Анна Каренина")
    memo.edit(("34 days, then", "35 days, then"))
    memo.decide("Author", "Nora Lind")
    memo.decide("Security Review", "Ann Ex", "approved-with-comments", "Not the <mail> archive & *its* index")
    memo.decide("Rejected", "山田 太郎", "rejected", "Costs are missing")
    memo.decide("Withdrawn", "Ó Súilleabháin")
    memo.decide("Withdrawn", "Ó Súilleabháin", "withdrawn")
    return build(memo.job, tools, lambda found: pytest.fail(str(found)))


def test_every_state_is_in_every_edition(memo: Memo, states: Record) -> None:
    signed = memo.stand()[1]
    assert [str(role.state) for role in signed.roles] == [
        *("approved", "approved", "pending", "pending"),
        *("by-hand", "stale", "rejected", "withdrawn"),
    ]
    stale = signed.roles[5]
    old = " ".join(re.findall("....", stale.content.removeprefix("sf1:")[:12]))
    for text in texts(states).values():
        assert squeezed(f"Content digest: {signed.digest}") in text
        assert squeezed("Authorship") in text
        assert squeezed("2026-11-23 14:05:33 UTC+01:00") in text
        assert squeezed("Approved with comments Not the <mail> archive & *its* index") in text.replace(
            "&lt;", "<"
        ).replace("&gt;", ">").replace("&amp;", "&")
        assert squeezed("Approved recorded by hand") in text
        assert squeezed("Rejected Costs are missing") in text
        assert squeezed(f"Stale Approved Content {old}") in text
        assert squeezed(f"Content {old} has changed since it was decided on: decision") in text
        assert squeezed(f"Content {signed.short}") in text
        assert text.count(squeezed("Works Council optional")) == 1
        assert "山田" in text


def test_a_program_can_read_the_html(memo: Memo, states: Record) -> None:
    block = html.parse(states.editions[Format.HTML]).getroot().find_class("approval-block")[0]
    digest = memo.stand()[1].digest
    assert block.get("data-digest") == digest
    rows = [dict(row.attrib) for row in block.iter("tr") if "data-role" in row.attrib]
    assert rows[0] == {
        "data-role": "Author",
        "data-name": "Nora Lind",
        "data-meaning": "authorship",
        "data-state": "approved",
        "data-decision": "approved",
        "data-date": "2026-11-23T14:05:33+01:00",
        "data-digest": digest,
        "data-entry": "4",
        "data-required": "yes",
    }
    assert [row["data-state"] for row in rows] == [str(role.state) for role in memo.stand()[1].roles]
    assert rows[2] == {"data-role": "Works Council", "data-state": "pending", "data-required": "no"}


def test_the_record_says_the_same(memo: Memo, states: Record) -> None:
    said = states.content["signoff"]
    assert (said["digest"], said["ledger"]["entries"]) == (memo.stand()[1].digest, 8)
    assert said["roles"][5]["changed"] == ["decision"]


def test_a_superseded_document_says_so_on_every_page(memo: Memo, tools: Tools) -> None:
    memo.edit(("status: review", "status: superseded"))
    record = build(memo.job, tools, lambda found: pytest.fail(str(found)))
    for text in texts(record).values():
        assert squeezed("SUPERSEDED – no longer valid") in text
    page = record.editions[Format.HTML].read_text("utf-8")
    assert '<body class="superseded">' in page
    assert 'content: "SUPERSEDED"' in page
    with zipfile.ZipFile(record.editions[Format.DOCX]) as docx:
        assert any(b'string="SUPERSEDED"' in docx.read(name) for name in docx.namelist() if "header" in name)


NAMES = ("سلمى الراوي", "שרה כהן", "山田 太郎", "김철수", "Ἀριστοτέλης", "Nguyễn Thị Minh Khai", "Ó Súilleabháin")


def test_fifty_approvers_with_names_in_any_script(memo: Memo, tools: Tools) -> None:
    names = [NAMES[number % len(NAMES)] for number in range(50)]
    roles = "".join(
        f"  - {{role: Head of department number {number}, name: {name}, in_sequence: no}}\n"
        for number, name in enumerate(names)
    )
    memo.edit(("  - role: Management\n", roles))
    memo.decide("Head of department number 7", names[7], comment="موافق")
    record = build(memo.job, tools, lambda found: pytest.fail(str(found)))
    for form, text in texts(record).items():
        assert all(f"departmentnumber{number}" in text for number in range(50))
        # pdfium gives words from right to left in an order of its own
        expected = NAMES[2:] if form is Format.PDF else NAMES
        assert [name for name in expected if squeezed(name) not in text] == []
    assert len(pypdfium2.PdfDocument(record.editions[Format.PDF])) > 2


def test_groups_of_digits_keep_their_order_from_right_to_left(memo: Memo, tools: Tools) -> None:
    arabic = memo.with_settings(language="ar")
    record = build(replace(arabic.job, formats=(Format.HTML,)), tools, lambda _: None)
    page = html.parse(record.editions[Format.HTML]).getroot()
    (footer,) = page.find_class("document-footer")
    assert f"\u200e{arabic.stand()[1].short}" in footer.text_content()
