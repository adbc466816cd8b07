"""Headings and the contents list of the DOCX."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from docx_made import (
    HEADINGS,
    SPEC,
    THEME,
    TITLE,
    converted,
    headings_in,
    mark,
    paragraphs,
    sample_body,
    sample_files,
    text_of,
    write,
)
from lxml import etree

from specflow.errors import ConversionFailed
from specflow.finish.docx import finish_docx
from specflow.finish.docx_headings import bookmark_name
from specflow.finish.heading_lists import letters
from specflow.finish.wordml import parse, qn, value_of
from specflow.finish.zips import read_zip
from specflow.model import Converted, Heading


@pytest.fixture(scope="module")
def body() -> bytes:
    return sample_body()


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    return sample_files()


@pytest.fixture(scope="module")
def document(files: dict[str, bytes]) -> etree._Element:
    return parse(files["word/document.xml"])


def test_headings_are_numbered_by_their_styles(document: etree._Element) -> None:
    found = [(value_of(p, "pPr/pStyle"), text_of(p)) for p in headings_in(document)]
    assert found == [
        ("Heading1", "Overview"),
        ("Heading2", "Purpose"),
        ("Heading2", "Scope of code"),
        ("Heading3", "Component"),
        ("Heading1", "Tables"),
        ("Heading2", "Übersicht"),
        ("Heading1", "Appendices"),
        ("AppendixHeading1", "Algorithms"),
        ("AppendixHeading2", "Posting"),
        ("AppendixHeading3", "Retry"),
        ("AppendixHeading1", "Glossary"),
    ]
    silenced = [text_of(p) for p in headings_in(document) if value_of(p, "pPr/numPr/numId") == "0"]
    assert silenced == ["Appendices"]
    outline = [value_of(p, "pPr/outlineLvl") for p in paragraphs(document, "AppendixHeading.")]
    assert outline == ["1", "2", "3", "1"]


def test_the_lists_of_the_styles_show_these_numbers(files: Mapping[str, bytes]) -> None:
    numbering, styles = parse(files["word/numbering.xml"]), parse(files["word/styles.xml"])
    shown = {}
    for style in styles.iter(qn("style")):
        number = value_of(style, "pPr/numPr/numId")
        if number is None:
            continue
        entry = next(n for n in numbering.iter(qn("num")) if n.get(qn("numId")) == number)
        wanted = value_of(entry, "abstractNumId")
        definition = next(a for a in numbering.iter(qn("abstractNum")) if a.get(qn("abstractNumId")) == wanted)
        level = definition.findall(qn("lvl"))[int(value_of(style, "pPr/numPr/ilvl") or 0)]
        assert value_of(level, "pStyle") == style.get(qn("styleId"))
        shown[style.get(qn("styleId"))] = (value_of(level, "numFmt"), value_of(level, "lvlText"))
    assert shown["Heading3"] == ("decimal", "%1.%2.%3")
    assert shown["AppendixHeading1"] == ("upperLetter", "Appendix %1")
    assert shown["AppendixHeading2"] == ("decimal", "%1.%2")
    assert "TOCHeading" not in shown
    assert "Title" not in shown


@pytest.mark.parametrize(
    ("identifier", "name"),
    [
        ("purpose", "_sf_purpose"),
        ("tbl-latency.p99", "_sf_tbl_latency_p99"),
        ("a" * 36, "_sf_" + "a" * 36),
        ("a" * 37, "_sf_" + "a" * 27 + "_9e55bf6a"),
        ("übersicht", "_sf_bersicht_4d80cfc3"),
    ],
)
def test_bookmark_names_are_what_word_takes(identifier: str, name: str) -> None:
    assert bookmark_name(identifier) == name
    assert len(name) <= 40


def test_every_heading_holds_its_bookmark_and_links_lead_there(document: etree._Element) -> None:
    names = [b.get(qn("name")) for p in headings_in(document) for b in p.iter(qn("bookmarkStart"))]
    assert names == [bookmark_name(heading.id) for heading in HEADINGS]
    every = {b.get(qn("name")) for b in document.iter(qn("bookmarkStart"))}
    anchors = [link.get(qn("anchor")) for link in document.iter(qn("hyperlink")) if link.get(qn("anchor"))]
    assert bookmark_name("overview") in anchors
    assert set(anchors) <= every
    assert "overview" not in every


def test_notes_lead_to_headings_and_indent_like_the_text(files: Mapping[str, bytes]) -> None:
    notes = parse(files["word/footnotes.xml"])
    assert [link.get(qn("anchor")) for link in notes.iter(qn("hyperlink"))] == [bookmark_name("overview")]
    (continued,) = (p for p in notes.iter(qn("p")) if text_of(p) == "continued")
    assert value_of(continued, "pPr/numPr/numId") is None
    assert value_of(continued, "pPr/ind", "left") == "360"


def test_bookmarks_are_paired_under_ids_of_their_own(document: etree._Element) -> None:
    starts = [b.get(qn("id")) or "" for b in document.iter(qn("bookmarkStart"))]
    ends = [b.get(qn("id")) or "" for b in document.iter(qn("bookmarkEnd"))]
    assert len(set(starts)) == len(starts)
    assert sorted(starts) == sorted(ends)


def test_ids_that_word_cannot_tell_apart_get_different_bookmarks(tmp_path: Path) -> None:
    source = "# One {#a-b}\n\n# Two {#a.b}\n\n[x](#a.b)\n"
    two = Heading(1, "1", "One", "a-b"), Heading(1, "2", "Two", "a.b")
    made = parse(read_zip(finish_docx(write(source, tmp_path), converted(*two), SPEC, THEME, {}))["word/document.xml"])
    first, second = (b.get(qn("name")) or "" for b in made.iter(qn("bookmarkStart")))
    assert first == "_sf_a_b"
    assert re.fullmatch(r"_sf_a_b_[0-9a-f]{8}", second)
    assert [link.get(qn("anchor")) for link in made.iter(qn("hyperlink"))] == [second]


def test_a_reference_to_one_of_two_such_headings_is_refused(tmp_path: Path) -> None:
    reference = "`<w:r><w:instrText> REF _sf_a_b \\r \\h </w:instrText></w:r>`{=openxml}"
    source = f"# One {{#a-b}}\n\n# Two {{#a.b}}\n\n{reference}\n"
    two = Heading(1, "1", "One", "a-b"), Heading(1, "2", "Two", "a.b")
    with pytest.raises(ConversionFailed) as caught:
        finish_docx(write(source, tmp_path), converted(*two), SPEC, THEME, {})
    assert caught.value.diagnostics[0].code == "docx-bookmarks"


@pytest.mark.parametrize("headings", [HEADINGS[:-1], (*HEADINGS, HEADINGS[0])])
def test_other_headings_than_were_numbered_are_refused(body: bytes, headings: tuple[Heading, ...]) -> None:
    with pytest.raises(ConversionFailed) as caught:
        finish_docx(body, converted(*headings), SPEC, THEME, {})
    assert caught.value.diagnostics[0].code == "docx-headings"


def test_a_heading_of_another_level_is_refused(body: bytes) -> None:
    headings = (replace(HEADINGS[0], level=2), *HEADINGS[1:])
    with pytest.raises(ConversionFailed) as caught:
        finish_docx(body, converted(*headings), SPEC, THEME, {})
    assert caught.value.diagnostics[0].code == "docx-headings"


@pytest.mark.parametrize(("index", "number"), [(0, "2"), (2, "1.3"), (4, "1"), (7, "B"), (8, "A.2"), (10, "A")])
def test_a_number_that_word_would_not_show_is_refused(body: bytes, index: int, number: str) -> None:
    headings = list(HEADINGS)
    headings[index] = replace(headings[index], number=number)
    with pytest.raises(ConversionFailed) as caught:
        finish_docx(body, converted(*headings), SPEC, THEME, {})
    assert {fault.code for fault in caught.value.diagnostics} == {"docx-numbers"}
    assert f"has the number {number}, but Word would count" in str(caught.value)


def test_a_level_that_is_skipped_counts_as_one(tmp_path: Path) -> None:
    found = Heading(1, "1", "a", "a"), Heading(3, "1.1.1", "b", "b"), Heading(2, "1.2", "c", "c")
    source = "# a {#a}\n\n### b {#b}\n\n## c {#c}\n"
    assert finish_docx(write(source, tmp_path), converted(*found), SPEC, THEME, {})


def test_letters_are_those_of_word() -> None:
    assert [letters(number) for number in (1, 26, 27, 28, 53)] == ["A", "Z", "AA", "BB", "AAA"]


def test_the_contents_list_every_heading_of_two_levels(document: etree._Element) -> None:
    control = next(document.iter(qn("sdt")))
    assert value_of(control, "sdtPr/docPartObj/docPartGallery") == "Table of Contents"
    lines = [text_of(p) for p in control.iter(qn("p"))]
    assert lines == [
        "Contents",
        "1\tOverview\t3",
        "1.1\tPurpose\t3",
        "1.2\tScope of code",
        "2\tTables\t5",
        "2.1\tÜbersicht",
        "Appendices",
        "Appendix A\tAlgorithms\t7",
        "Appendix B\tGlossary",
    ]
    anchors = [link.get(qn("anchor")) for link in control.iter(qn("hyperlink"))]
    assert anchors == [bookmark_name(heading.id) for heading in HEADINGS if heading.level <= 2]


def test_the_contents_are_one_whole_field(document: etree._Element) -> None:
    control = next(document.iter(qn("sdt")))
    depth, deepest, codes = 0, 0, []
    for node in control.iter(qn("fldChar"), qn("instrText")):
        if node.tag == qn("instrText"):
            codes.append((node.text or "").split()[0])
            continue
        depth += {"begin": 1, "separate": 0, "end": -1}[node.get(qn("fldCharType")) or ""]
        deepest = max(deepest, depth)
    assert (depth, deepest) == (0, 2)
    assert codes == ["TOC"] + ["PAGEREF"] * 4
    assert document.find(f".//*[@{qn('dirty')}]") is None


def test_contents_and_marked_headings_start_pages(document: etree._Element) -> None:
    starting = [
        text_of(p) for p in document.iter(qn("p")) if p.find(f"{qn('pPr')}/{qn('pageBreakBefore')}") is not None
    ]
    assert starting == ["Contents", "Overview", "Appendices", "Glossary"]
    assert not [b for b in document.iter(qn("bookmarkStart")) if b.get(qn("name")) in ("_sf_contents", "_sf_newpage")]


def test_a_document_without_headings_has_no_contents(tmp_path: Path) -> None:
    empty = Converted(TITLE, {}, (), (), {})
    made = finish_docx(write(mark("_sf_contents") + "\nText.\n", tmp_path), empty, SPEC, THEME, {})
    document = parse(read_zip(made)["word/document.xml"])
    assert next(document.iter(qn("sdt")), None) is None
    assert [text_of(p) for p in document.iter(qn("p"))] == ["Text."]


def test_a_table_that_starts_a_page_gets_a_line_before_it(tmp_path: Path) -> None:
    source = f"{mark('_sf_newpage')}\n| a | b |\n|---|---|\n| 1 | 2 |\n"
    made = finish_docx(write(source, tmp_path), Converted(TITLE, {}, (), (), {}), SPEC, THEME, {})
    document = parse(read_zip(made)["word/document.xml"])
    table = next(document.iter(qn("tbl")))
    before = table.getprevious()
    assert before is not None
    assert before.find(f"{qn('pPr')}/{qn('pageBreakBefore')}") is not None
    assert next(table.iter(qn("pageBreakBefore")), None) is None
