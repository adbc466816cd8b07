"""Captions, lists of tables and figures, language and direction of the DOCX."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from docx_made import HEADINGS, PAGES, SAMPLE, SPEC, THEME, TITLE, mark, sample_body, text_of, write
from lxml import etree

from specflow.finish.docx import finish_docx
from specflow.finish.docx_direction import finish_direction
from specflow.finish.reference import reference_docx
from specflow.finish.wordml import parse, qn, text_run, value_of, w
from specflow.finish.zips import read_zip
from specflow.languages import find_language
from specflow.model import Caption, Converted
from specflow.theme import Theme, find_theme

CAPTIONS = (
    Caption("table", "1", "Latency", "tbl-latency", "Table 1"),
    Caption("figure", "1", "Flow", "fig-flow", "Figure 1"),
    Caption("table", "A-1", "Codes", "", "Table A-1"),
)
ARABIC = find_language("ar")


def codes(element: etree._Element) -> list[str]:
    return [(code.text or "").strip() for code in element.iter(qn("instrText"))]


def finished(
    language: str = "", theme: Theme = THEME, lists: Sequence[str] = (), captions: tuple[Caption, ...] = ()
) -> dict[str, bytes]:
    spec = replace(SPEC, language=find_language(language))
    made = Converted(TITLE, {}, HEADINGS, captions, {}, lists=tuple(lists))
    return read_zip(finish_docx(sample_body(), made, spec, theme, PAGES | {"tbl-latency": 4}))


def test_lists_of_tables_and_figures_follow_the_contents() -> None:
    document = parse(finished(lists=("tables", "figures"), captions=CAPTIONS)["word/document.xml"])
    listed = [
        text_of(p) for p in document.iter(qn("p")) if value_of(p, "pPr/pStyle") in ("TOCHeading", "TableofFigures")
    ]
    assert listed == [
        "Contents",
        "Tables",
        "Table\u00a01: Latency\t4",
        "Table\u00a0A-1: Codes",
        "Figures",
        "Figure\u00a01: Flow",
    ]
    fields = [code for code in codes(document) if code.startswith("TOC")]
    assert fields == ['TOC \\o "1-2" \\h \\z \\u', 'TOC \\h \\z \\c "Table"', 'TOC \\h \\z \\c "Figure"']
    anchors = [link.get(qn("anchor")) for link in document.iter(qn("hyperlink"))]
    assert {"_sf_tbl_latency", "_sf_table_A_1", "_sf_fig_flow"} <= set(anchors)


def test_the_words_are_those_of_the_language() -> None:
    files = finished("de", lists=("tables",), captions=CAPTIONS)
    language = find_language("de")
    document = parse(files["word/document.xml"])
    headings = [text_of(p) for p in document.iter(qn("p")) if value_of(p, "pPr/pStyle") == "TOCHeading"]
    assert headings == [language.labels["contents"], language.labels["tables"]]
    assert language.labels["version"] in text_of(parse(files["word/header1.xml"]))
    assert parse(files["docProps/core.xml"]).findtext("{http://purl.org/dc/elements/1.1/}language") == "de"


@pytest.mark.parametrize(("tag", "label"), [("", "Appendix %1"), ("ja", None), ("de", None)])
def test_appendices_are_numbered_in_the_words_of_the_language(tag: str, label: str | None) -> None:
    language = find_language(tag)
    numbering = parse(read_zip(reference_docx(THEME, language))["word/numbering.xml"])
    first = numbering.findall(qn("abstractNum"))[1][2]
    expected = label or language.labels["appendix"].replace("{number}", "%1")
    assert value_of(first, "lvlText") == expected


@pytest.mark.parametrize(
    ("tag", "expected"),
    [
        ("", ("en-GB", "zh-CN", "ar-SA")),
        ("de", ("de-DE", "zh-CN", "ar-SA")),
        ("de-AT", ("de-AT", "zh-CN", "ar-SA")),
        ("ja", ("en-GB", "ja-JP", "ar-SA")),
        ("ar", ("en-GB", "zh-CN", "ar-SA")),
    ],
)
def test_the_language_stands_in_styles_and_settings(tag: str, expected: tuple[str, str, str]) -> None:
    files = read_zip(reference_docx(THEME, find_language(tag)))
    styles, settings = parse(files["word/styles.xml"]), parse(files["word/settings.xml"])
    for root, path in ((styles, "docDefaults/rPrDefault/rPr/lang"), (settings, "themeFontLang")):
        assert tuple(value_of(root, path, name) for name in ("val", "eastAsia", "bidi")) == expected


def test_only_a_language_that_somebody_named_is_hyphenated() -> None:
    on = parse(read_zip(reference_docx(THEME, find_language("de")))["word/settings.xml"])
    off = parse(read_zip(reference_docx(THEME, find_language("")))["word/settings.xml"])
    assert on.find(qn("autoHyphenation")) is not None
    assert off.find(qn("autoHyphenation")) is None


def test_a_right_to_left_document_is_mirrored(tmp_path: Path) -> None:
    spec = replace(SPEC, language=ARABIC)
    body = write(SAMPLE, tmp_path, reference_docx(THEME, ARABIC))
    files = read_zip(finish_docx(body, Converted(TITLE, {}, HEADINGS, (), {}), spec, THEME, PAGES))
    document, styles = parse(files["word/document.xml"]), parse(files["word/styles.xml"])
    assert all(section.find(qn("bidi")) is not None for section in document.iter(qn("sectPr")))
    assert all(table.find(f"{qn('tblPr')}/{qn('bidiVisual')}") is not None for table in document.iter(qn("tbl")))
    found = {style.get(qn("styleId")): style for style in styles.iter(qn("style"))}
    assert found["Normal"].find(f"{qn('pPr')}/{qn('bidi')}") is not None
    assert value_of(found["SourceCode"], "pPr/bidi") == "0"
    assert codes(parse(files["word/header1.xml"]))[0] == 'DOCPROPERTY "Document ID"'


@pytest.mark.parametrize(
    ("text", "rtl", "expected"),
    [
        ("مرحبا Word 2016.", True, [("مرحبا ", True), ("Word 2016", False), (".", True)]),
        ("see مرحبا, please", False, [("see ", False), ("مرحبا", True), (", please", False)]),
        ("plain", False, [("plain", None)]),
        ("12:30", True, [("12:30", True)]),
    ],
)
def test_runs_are_parted_where_the_direction_changes(
    text: str, rtl: bool, expected: list[tuple[str, bool | None]]
) -> None:
    properties = [w("pPr", w("bidi"))] if rtl else []
    root = w("body", w("p", *properties, text_run(text)))
    finish_direction([root], find_language(""))
    found = [(text_of(w("p", run)), run.find(f"{qn('rPr')}/{qn('rtl')}") is not None) for run in root.iter(qn("r"))]
    assert found == [(words, bool(right)) for words, right in expected]


def test_a_cover_has_its_own_page_without_header_and_footer(tmp_path: Path) -> None:
    theme = find_theme("civic", Path())
    source = SAMPLE.replace("**Document**", f"{mark('_sf_front')}\n\n**Document**", 1)
    body = write(source, tmp_path, reference_docx(theme, SPEC.language))
    made = Converted(TITLE, {}, HEADINGS, (), {})
    files = read_zip(finish_docx(body, made, SPEC, replace(theme, classification="CONFIDENTIAL"), PAGES))
    document = parse(files["word/document.xml"])
    shown = [(value_of(p, "pPr/pStyle"), text_of(p)) for p in document.iter(qn("p"))][:8]
    assert shown == [
        ("CoverType", "Specification"),
        ("Title", "Ledger"),
        ("CoverRule", ""),
        ("CoverName", "LED-7 <&>"),
        ("CoverLine", "Version 1.10"),
        ("CoverLine", "In review"),
        ("CoverLine", "2026-11-23"),
        shown[7],
    ]
    first, *others = document.iter(qn("sectPr"))
    assert first.find(qn("titlePg")) is not None
    assert all(section.find(qn("titlePg")) is None for section in others)
    for name in ("headerCover", "footerCover", "header1", "footer1", "header2", "footer2"):
        assert "CONFIDENTIAL" in text_of(parse(files[f"word/{name}.xml"]))
    assert "LED-7" not in text_of(parse(files["word/headerCover.xml"]))
