"""Verification lines up what it compares, tells each difference once, at its place in the data, and reports it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from sabotage import Whole, in_html, whole

from specflow.diagnostics import Span
from specflow.errors import VerificationFailed
from specflow.files import sha256
from specflow.model import Edition, Format
from specflow.tools.kit import Tools
from specflow.verify import verify
from specflow.verify.align import aligned, alike
from specflow.verify.expected import expected
from specflow.verify.page import marked, page
from specflow.verify.parity import Difference, Parity, mutual, parity
from specflow.verify.recorded import recorded
from specflow.verify.report import Report
from specflow.verify.running import told_apart
from specflow.verify.sameness import code_lines, letters, squeezed
from specflow.verify.seen import Block, Link, Part, Seen
from specflow.verify.tell import diagnostics, sentence

DOCX, HTML, PDF = Format.DOCX, Format.HTML, Format.PDF


@pytest.fixture(scope="module")
def made(tools: Tools) -> Whole:
    return whole(tools)


def seen(*texts: str, **fields: object) -> Seen:
    blocks = tuple(Block(Part.PARAGRAPH, text, key=f"key.{text[:1]}") for text in texts)
    return replace(Seen("Title", "en", "ltr", blocks), **fields)  # type: ignore[arg-type]


def differences(wanted: Seen, **editions: Seen) -> list[tuple[str, str, str, str, str]]:
    found = parity({Format(form): shown for form, shown in editions.items()}, wanted)
    return [(one.check, str(one.edition), one.against, one.expected, one.found) for one in found.differences]


def test_editions_that_agree_pass(made: Whole) -> None:
    looked_at = verify(made.editions, made.converted, made.spec)
    assert set(looked_at["differs-paragraphs"]) == set(Format)


def test_a_cover_and_approvals_in_front_of_the_contents_change_nothing(tools: Tools) -> None:
    made = whole(tools, "civic")
    assert verify(made.editions, made.converted, made.spec)
    assert made.seen[PDF].blocks[0].text == "Control"


def test_a_difference_points_at_the_yaml_line_of_its_value(made: Whole) -> None:
    data = in_html("trimmed before dusk", "trimmed before dawn")(made)
    editions = [Edition(HTML, data, sha256(data))]
    with pytest.raises(VerificationFailed) as caught:
        verify(editions, made.converted, made.spec)
    (found,) = caught.value.diagnostics
    place = made.spec.source.places[("opening",)].value
    assert (found.code, found.key, found.span) == ("differs-paragraphs", "opening", place)
    assert "shows `Lamps are trimmed before dawn.` instead of `Lamps are trimmed before dusk.`" in found.message


def test_every_bound_value_of_the_document_has_its_key(made: Whole) -> None:
    wanted = expected(made.converted, made.spec)
    keys = {block.key for block in wanted.blocks}
    keys |= {cell.key for block in wanted.blocks for row in block.rows for cell in row}
    assert {"opening", "body", "appendix", "approvals[1].decision", "changes[0].text"} <= keys
    assert wanted.keys[squeezed("Agnes Maddox")] == "owner"


def test_one_lost_paragraph_is_one_difference() -> None:
    texts = [f"{number} paragraph" for number in range(500)]
    found = differences(seen(*texts), docx=seen(*texts[:7], *texts[8:]))
    assert found == [("differs-paragraphs", "docx", "document", "7 paragraph", "")]


def test_one_paragraph_too_many_is_one_difference() -> None:
    texts = ["TBD"] * 50
    found = differences(seen(*texts), docx=seen(*texts[:20], "Something else", *texts[20:]))
    assert found == [("differs-paragraphs", "docx", "document", "", "Something else")]


def test_a_paragraph_in_another_place_is_a_difference_of_the_order_alone() -> None:
    texts = ["The first one", "A second", "Yet another", "One more", "And the last"]
    found = differences(seen(*texts), docx=seen(*texts[1:4], texts[0], texts[4]))
    assert [check for check, *_ in found] == ["differs-reading-order"]


def test_an_item_that_became_a_paragraph_is_a_difference_of_the_items_alone() -> None:
    item = Block(Part.ITEM, "weigh the oil", 1, "•")
    wanted = replace(seen(), blocks=(item, Block(Part.PARAGRAPH, "then go")))
    shown = replace(seen(), blocks=(Block(Part.PARAGRAPH, "weigh the oil"), Block(Part.PARAGRAPH, "then go")))
    assert [check for check, *_ in differences(wanted, docx=shown)] == ["differs-list-items"]


def test_what_a_format_does_not_tell_is_not_compared() -> None:
    wanted = seen(notes=("A note",), watermark="DRAFT")
    found = parity({DOCX: seen(), HTML: seen(notes=("A note",))}, wanted)
    assert not found.differences
    assert found.looked_at["differs-footnotes"] == (HTML,)
    assert "differs-watermark" not in found.passed


def test_two_editions_that_are_wrong_in_two_ways_are_told_apart() -> None:
    found = differences(
        seen("twelve casks"), docx=seen("eleven casks"), html=seen("thirteen casks"), pdf=seen("twelve casks")
    )
    assert found == [
        ("differs-paragraphs", "docx", "document", "twelve casks", "eleven casks"),
        ("differs-paragraphs", "html", "document", "twelve casks", "thirteen casks"),
        ("differs-paragraphs", "html", "docx", "eleven casks", "thirteen casks"),
    ]


def test_two_editions_that_are_wrong_in_the_same_way_agree_with_each_other() -> None:
    found = differences(seen("twelve casks"), docx=seen("eleven casks"), html=seen("eleven casks"))
    assert [(edition, against) for _, edition, against, *_ in found] == [("docx", "document"), ("html", "document")]


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ("two words", "two\u00a0words", True),
        ("hy\u00adphen\u200bated", "hyphenated", True),
        ("Table 1\u20112", "Table 1-2", True),
        ("e\u0301", "é", True),
        ("\u2067مسودة\u2069", "مسودة", True),
        ("fi", "\ufb01", False),
        ("co-op", "coop", False),
        ("a\u200db", "ab", False),
    ],
)
def test_what_counts_as_the_same_text(one: str, other: str, is_same: bool) -> None:
    assert (squeezed(one) == squeezed(other)) is is_same


def test_code_is_the_same_only_with_its_spaces() -> None:
    assert code_lines("a\n  b  \n") == code_lines("a\n  b")
    assert code_lines("a\n  b") != code_lines("a\n b")
    assert code_lines("a\tb") != code_lines("a b")


@pytest.mark.parametrize(
    ("tex", "word"),
    [
        (r"\frac{a_1}{\beta}", "a1𝛽"),
        (r"\sum^{n}_{i=0} x", "∑i=0nx"),
        (r"\max(60\ \text{s}, \varphi)", "max(60s,ϕ)"),
        (r"\begin{aligned} x &= 1 \end{aligned}", "x=1"),
        (r"\lambda \in \mathbb{R}", "λ∈ℝ"),
    ],
)
def test_formulas_of_tex_and_word_have_the_same_letters(tex: str, word: str) -> None:
    assert letters(tex) == letters(word)


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ("Noura (نورة) 2", "2 (نورة) Noura", True),
        ("Noura (نورة)", ")نورة( Noura", True),
        ("Noura (نورة)", "Nour (نورة)", False),
        ("Noura (نورة) 2", "Noura (نورة) 3", False),
        ("north south", "south north", False),
        ("نورة الصبّاغ", "الصبّاغ نورة", False),
    ],
)
def test_in_a_pdf_parts_that_run_in_opposite_directions_may_change_places(one: str, other: str, is_same: bool) -> None:
    wanted, shown = seen(one), seen(other)
    assert (differences(wanted, pdf=shown) == []) is is_same
    assert differences(wanted, html=shown)


def test_other_letters_are_another_formula() -> None:
    assert letters(r"\alpha x") != letters(r"\beta x")


def test_a_cut_title_of_the_header_is_made_whole_and_another_one_is_not() -> None:
    wanted = seen(header="EV-7 The rota of the northern lights", version="Version 0.4", status="Draft")
    cut = told_apart(seen(header="EV-7 The rota of the nor…\tVersion 0.4 · Draft"), wanted, DOCX)
    assert (cut.header, cut.version, cut.status) == (wanted.header, "Version 0.4", "Draft")
    other = told_apart(seen(header="EV-7 The rota of the sou…\tVersion 0.4 · Draft"), wanted, DOCX)
    assert other.header != wanted.header


def test_a_property_that_has_the_version_in_a_longer_one_does_not_say_it() -> None:
    wanted = seen(properties={"title": "Title", "version": "1.1"})
    shown = told_apart(seen(properties={"title": "Title", "subject": "version 1.12"}), wanted, HTML)
    assert shown.properties["version"] == "version 1.12"


def test_links_are_compared_wherever_a_format_puts_them() -> None:
    one, other = Link("tides", "https://tides.example"), Link("moon", "https://moon.example")
    assert differences(seen(links=(one, other)), html=seen(links=(other, one))) == []
    swapped = (Link("tides", other.target), Link("moon", one.target))
    assert {check for check, *_ in differences(seen(links=(one, other)), html=seen(links=swapped))} == {"differs-links"}


def test_alignment_is_quick_for_long_documents_that_agree() -> None:
    texts = [f"text {number}" for number in range(50_000)]
    pairs = aligned(texts, texts, str, alike)
    assert len(pairs) == 50_000
    assert all(pair.wanted == pair.found and not pair.moved for pair in pairs)


def test_nothing_is_lost_where_all_differs() -> None:
    wanted, found = [f"w{number}" for number in range(300)], [f"f{number}" for number in range(300)]
    pairs = aligned(wanted, found, str, alike)
    assert [pair.wanted for pair in pairs if pair.wanted] == wanted
    assert [pair.found for pair in pairs if pair.found] == found


def one_difference(expected_text: str = "dusk", found_text: str = "dawn", against: str = "document") -> Difference:
    return Difference("differs-paragraphs", HTML, against, expected_text, found_text, "in 1 Opening", "opening")


@pytest.mark.parametrize(
    ("difference", "words"),
    [
        (one_difference(), "the HTML edition shows `dawn` instead of `dusk` in 1 Opening"),
        (one_difference(found_text=""), "the HTML edition lacks `dusk` in 1 Opening"),
        (one_difference(expected_text=""), "the HTML edition has `dawn` too many in 1 Opening"),
        (
            one_difference(against="docx"),
            "the HTML edition shows `dawn` instead of `dusk` in 1 Opening, unlike the DOCX edition",
        ),
        (
            one_difference(against="record"),
            "the HTML edition shows `dawn` instead of `dusk` in 1 Opening, unlike the record",
        ),
    ],
)
def test_a_difference_is_one_sentence(difference: Difference, words: str) -> None:
    assert sentence(difference) == words


def test_long_texts_are_cut_to_where_they_differ() -> None:
    words = sentence(one_difference("a" * 300 + "X" + "b" * 300, "a" * 300 + "Y" + "b" * 300))
    assert "X" in words
    assert "Y" in words
    assert len(words) < 300


def test_many_differences_of_a_check_are_counted(made: Whole) -> None:
    many = [one_difference(str(number)) for number in range(50)]
    told = list(diagnostics(many, [None] * 50, made.spec.source.path))
    assert len(told) == 21
    assert told[-1].message == "the HTML edition and the document differ 30 times more"


def test_editions_are_compared_with_their_record(made: Whole) -> None:
    content: dict[str, Any] = {
        "document": {"id": "EV-7", "title": "Lighthouse rota", "version": "0.4"},
        "inputs": {"language": {"tag": "en"}},
        "headings": [[heading.number, heading.text] for heading in made.converted.headings],
        "captions": [[caption.kind, caption.number, caption.text] for caption in made.converted.captions],
    }
    found = mutual(made.seen, recorded(content))
    assert not found.differences
    assert len(found.passed) == len(found.looked_at)
    content["headings"][0] = ["1", "Closing"]
    told = mutual(made.seen, recorded(content)).differences
    assert {(one.check, one.against, one.expected) for one in told} == {("differs-heading-texts", "record", "Closing")}


class _Outline(HTMLParser):
    """Notes which elements a page has, and refuses one that is not closed as it was opened."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self._open: list[str] = []

    def handle_starttag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        if tag != "meta":
            self._open.append(tag)
        assert not any(name.startswith("on") or name in ("src", "href") for name, _ in attrs)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag


def test_the_page_shows_both_sides_and_marks_the_words_that_differ() -> None:
    found = Parity({"differs-paragraphs": (HTML,)}, (one_difference("Lamps at dusk <b>", "Lamps at dawn <b>"),))
    files = {HTML: ("rota.html", "ab" * 32)}
    text = page([Report("rota", "Lighthouse & rota", "the document", files, found, [Span(Path("rota.yaml"), 12, 3)])])
    outline = _Outline()
    outline.feed(text)
    assert "script" not in outline.tags
    assert outline.tags.count("main") == 1
    assert "Lamps at <del>dusk</del> &lt;b&gt;" in text
    assert "Lamps at <ins>dawn</ins> &lt;b&gt;" in text
    assert "rota.yaml:12:3" in text
    assert "Lighthouse &amp; rota" in text
    assert re.search(r"prefers-color-scheme: dark", text)


def test_a_text_that_is_not_there_says_so() -> None:
    left, right = marked("words", "")
    assert left == "<del>words</del>"
    assert "nothing" in right


def test_a_report_as_data_says_what_was_compared() -> None:
    found = Parity({"differs-paragraphs": (HTML,), "differs-title": ()}, (one_difference(),))
    told = Report("rota", "Rota", "the document", {HTML: ("rota.html", "00")}, found).as_json()
    results = {check["code"]: check["result"] for check in told["checks"]}
    assert results["differs-paragraphs"] == "failed"
    assert results["differs-title"] == "not compared"
    assert told["differences"][0]["key"] == "opening"
    assert told["differences"][0]["line"] is None


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("X-1 الإصدار Review·1.0", ("الإصدار 1.0", "Review")),
        ("X-1 الإصدار Review·0.1", ("الإصدار Review", "0.1")),
        ("X-1 الإصدار Draft·1.0", ("الإصدار Draft", "1.0")),
    ],
)
def test_version_and_status_in_a_pdf_may_be_read_in_either_order(line: str, said: tuple[str, str]) -> None:
    wanted = replace(seen(), header="X-1", version="الإصدار 1.0", status="Review")
    found = told_apart(replace(seen(), header=line), wanted, Format.PDF)
    assert (found.header, found.version, found.status) == ("X-1", *said)
