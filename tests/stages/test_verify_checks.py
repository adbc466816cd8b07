"""Every check sees the fault that it is for, in every edition that can have it, and no other check complains."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from sabotage import (
    Change,
    Whole,
    in_docx,
    in_html,
    in_typst,
    in_values,
    of_identity,
    of_label,
    of_language,
    whole,
)

from specflow.model import Converted, Format, Spec
from specflow.tools.kit import Tools
from specflow.verify import read
from specflow.verify.checks import CHECKS
from specflow.verify.parity import Parity, parity

DOCX, HTML, PDF = Format.DOCX, Format.HTML, Format.PDF
ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def made(tools: Tools) -> Whole:
    return whole(tools)


@dataclass(frozen=True)
class Sabotage:
    """A fault in one edition: the check that it is for, and others that it concerns as well."""

    check: str
    form: Format
    change: Change
    also: Sequence[str] = ()

    def __str__(self) -> str:
        return f"{self.check.removeprefix('differs-')}-{self.form}"


def paragraph(text: str) -> str:
    """Match the paragraph of the DOCX that begins with the text."""
    return rf"<w:p><w:pPr>(?:(?!</w:p>).)*?>{text}(?:(?!</w:p>).)*?</w:p>"


def row(text: str) -> str:
    """Match the row of the DOCX in which the text stands, and no row before it."""
    return rf"<w:tr>(?:(?!</w:tr>).)*?>{text}<(?:(?!</w:tr>).)*?</w:tr>"


def table(text: str) -> str:
    return rf"<w:tbl>(?:(?!</w:tbl>).)*?>{text}<(?:(?!</w:tbl>).)*?</w:tbl>"


def html_table(text: str) -> str:
    return rf'<div class="table-scroll"(?:(?!</div>).)*?>{text}<.*?</div>'


def relabelled(converted: Converted, spec: Spec) -> tuple[Converted, Spec]:
    headings = tuple(replace(h, label="7.7") if h.text == "Nights" else h for h in converted.headings)
    return replace(converted, headings=headings), spec


def recounted(converted: Converted, spec: Spec) -> tuple[Converted, Spec]:
    captions = tuple(replace(c, label="Table 9") if c.text == "Stores of oil" else c for c in converted.captions)
    return replace(converted, captions=captions), spec


def retitled(converted: Converted, spec: Spec) -> tuple[Converted, Spec]:
    return replace(converted, title="Lightship rota"), spec


SIDES = ("differs-header", "differs-footer", "differs-status")  # which side of a page is read first turns with the text

SABOTAGES = [
    Sabotage("differs-title", DOCX, in_docx(">Lighthouse rota<", ">Lightship rota<")),
    Sabotage("differs-title", HTML, in_html("<h1>Lighthouse", "<h1>Lightship")),
    Sabotage("differs-title", PDF, in_values(retitled), ["differs-properties", "differs-header"]),
    Sabotage("differs-properties", DOCX, in_docx(">EV-7, 0.4", ">EV-8, 0.9", "docProps/core.xml")),
    Sabotage("differs-properties", HTML, in_html("EV-7, Version 0.4", "EV-7, Version 0.41")),
    Sabotage("differs-properties", PDF, of_identity(id="EV-8"), ["differs-header"]),
    Sabotage("differs-language", DOCX, in_docx('w:val="en-GB"', 'w:val="de-DE"', "word/styles.xml")),
    Sabotage("differs-language", HTML, in_html('<html lang="en"', '<html lang="de"')),
    Sabotage("differs-language", PDF, of_language(tag="de")),
    Sabotage(
        "differs-direction",
        DOCX,
        in_docx('<w:widowControl /><w:bidi w:val="0" />', "<w:widowControl /><w:bidi />", "word/styles.xml"),
        ["differs-language"],
    ),
    Sabotage("differs-direction", HTML, in_html('dir="ltr"', 'dir="rtl"'), SIDES),
    Sabotage("differs-direction", PDF, of_language(tag="ar", direction="rtl"), ["differs-language"]),
    Sabotage("differs-front-matter", DOCX, in_docx(">Agnes Maddox<", ">Agnes Haddock<")),
    Sabotage("differs-front-matter", HTML, in_html(">Agnes Maddox<", ">Agnes Haddock<")),
    Sabotage("differs-front-matter", PDF, in_typst(r"\[Agnes Maddox\]", "[Agnes Haddock]")),
    Sabotage("differs-contents", DOCX, in_docx(r">2\.1</w:t><w:tab/>", ">7.7</w:t><w:tab/>")),
    Sabotage("differs-contents", HTML, in_html(r'number">2\.1</span> <', 'number">7.7</span> <', count=3)),
    Sabotage("differs-contents", PDF, in_values(relabelled)),
    Sabotage("differs-lists", DOCX, in_docx("Table.2: Stores of oil</w:t>", "Table 9: Stores of oil</w:t>")),
    Sabotage("differs-lists", HTML, in_html('number">Table 2</span>', 'number">Table 9</span>')),
    Sabotage("differs-lists", PDF, in_values(recounted)),
    Sabotage("differs-header", DOCX, in_docx(">EV-7<", ">EV-9<", "word/header1.xml")),
    Sabotage("differs-header", HTML, in_html('content: "EV-7 ', 'content: "EV-9 ')),
    Sabotage("differs-header", PDF, of_identity(id="EV-9"), ["differs-properties"]),
    Sabotage("differs-footer", DOCX, in_docx("DRAFT – not approved", "Approved", "word/footer1.xml")),
    Sabotage("differs-footer", HTML, in_html('content: "DRAFT – not approved"', 'content: "Approved"')),
    Sabotage("differs-footer", PDF, of_label("draft", "Approved")),
    Sabotage("differs-version", DOCX, in_docx(r">0\.4<", ">0.5<", "word/header1.xml")),
    Sabotage("differs-version", HTML, in_html(r'content: "Version 0\.4', 'content: "Version 0.5')),
    Sabotage("differs-version", PDF, of_identity(version="0.5"), ["differs-properties"]),
    Sabotage("differs-status", DOCX, in_docx(">Draft<", ">Approved<", "word/header1.xml")),
    Sabotage("differs-status", HTML, in_html(r'(content: "Version 0\.4 · )Draft', r"\1Approved")),
    Sabotage("differs-status", PDF, of_identity(status_words="Approved"), ["differs-properties"]),
    Sabotage("differs-watermark", DOCX, in_docx('string="DRAFT"', 'string="FINAL"', "word/header1.xml")),
    Sabotage(
        "differs-watermark", HTML, in_html('content: "DRAFT"; content: "DRAFT" /', 'content: "X"; content: "X" /')
    ),
    Sabotage("differs-watermark", PDF, of_label("watermark", "FINAL")),
    Sabotage(
        "differs-heading-texts", DOCX, in_docx(">Nights</w:t></w:r><w:bookmarkEnd", ">Days</w:t></w:r><w:bookmarkEnd")
    ),
    Sabotage("differs-heading-texts", HTML, in_html("</span> Nights</h3>", "</span> Days</h3>")),
    Sabotage("differs-heading-texts", PDF, in_typst(r'"2\.1"\)Nights', '"2.1")Days'), ["differs-contents"]),
    Sabotage(
        "differs-heading-numbers",
        DOCX,
        in_docx(
            r'(<w:pStyle w:val="Heading2"/>)(</w:pPr><w:bookmarkStart w:id="\d+" w:name="_sf_nights")',
            r'\1<w:numPr><w:ilvl w:val="0"/><w:numId w:val="0"/></w:numPr>\2',
        ),
    ),
    Sabotage("differs-heading-numbers", HTML, in_html(r'section-number">2\.1<', 'section-number">2.3<')),
    Sabotage("differs-heading-numbers", PDF, in_typst(r'"2\.1"\)Nights', '"2.3")Nights'), ["differs-contents"]),
    Sabotage("differs-heading-levels", HTML, in_html(r"<(/?)h3(?= id=.nights.|>(?=\s*<p>Nights))", r"<\1h4", count=2)),
    Sabotage("differs-heading-levels", PDF, in_typst(r'== (#section-number\("2\.2")', r"= \1")),
    Sabotage("differs-appendix-letters", HTML, in_html('section-number">Appendix A<', 'section-number">Appendix B<')),
    Sabotage("differs-appendix-letters", PDF, in_typst(r'"A\.1"', '"B.1"')),
    Sabotage(
        "differs-reading-order",
        DOCX,
        in_docx(rf"({paragraph('Lamps are trimmed')})(\s*)({paragraph('Whoever sees')})", r"\3\2\1"),
    ),
    Sabotage(
        "differs-reading-order",
        HTML,
        in_html(r"(<p>Lamps are.*?</p>)\s*(<blockquote>.*?</blockquote>)", r"\2\n\1"),
    ),
    Sabotage(
        "differs-reading-order",
        PDF,
        in_typst(r"(Lamps are[^\n]*\n)\n(#quote.*?\n\]\n)", r"\2\n\1"),
    ),
    Sabotage("differs-paragraphs", DOCX, in_docx("trimmed before dusk", "trimmed before dawn")),
    Sabotage("differs-paragraphs", DOCX, in_docx(paragraph("Lamps are trimmed"), "")),
    Sabotage("differs-paragraphs", HTML, in_html("trimmed before dusk", "trimmed before dawn")),
    Sabotage("differs-paragraphs", PDF, in_typst("trimmed before dusk", "trimmed before dawn")),
    Sabotage("differs-quotes", DOCX, in_docx("rings the bell", "rings no bell")),
    Sabotage("differs-quotes", HTML, in_html("rings the bell", "rings no bell")),
    Sabotage("differs-quotes", PDF, in_typst("rings the bell", "rings no bell")),
    Sabotage("differs-list-items", DOCX, in_docx("never with wool", "only with wool")),
    Sabotage("differs-list-items", HTML, in_html("<li>never with wool</li>", "")),
    Sabotage("differs-list-items", PDF, in_typst("never with wool", "only with wool")),
    Sabotage("differs-list-markers", DOCX, in_docx(r'<w:numId w:val="1003"/>', '<w:numId w:val="1004"/>')),
    Sabotage("differs-list-markers", HTML, in_html('<ol type="1">', '<ol type="1" start="4">')),
    Sabotage("differs-list-markers", PDF, in_typst(r"#task\(false\)", "#task(true)")),
    Sabotage(
        "differs-list-nesting",
        DOCX,
        in_docx(
            r'<w:ilvl w:val="1"/>(<w:numId w:val="1002"/></w:numPr></w:pPr><w:r><w:t[^>]*>never)',
            r'<w:ilvl w:val="2"/>\1',
        ),
    ),
    Sabotage("differs-list-nesting", HTML, in_html(r"</li>\s*(<li>never with wool</li>)", r"<ul>\1</ul></li>")),
    Sabotage("differs-list-nesting", PDF, in_typst("  - never with wool", "    - never with wool")),
    Sabotage("differs-code", DOCX, in_docx("  if fog: flash", " if fog: flash")),
    Sabotage("differs-code", HTML, in_html("  if fog: flash", " if fog: flash")),
    Sabotage("differs-code", PDF, in_typst("if fog: flash = 9", "if fog: flash = 8")),
    Sabotage("differs-tables", DOCX, in_docx(table("Birch"), "")),
    Sabotage(
        "differs-tables",
        HTML,
        in_html(
            html_table("Birch").replace(
                'table-scroll"', 'table-scroll" tabindex="0" role="group" aria-label="Table">\n<table style='
            ),
            "",
        ),
    ),
    Sabotage("differs-table-shape", DOCX, in_docx(row("Tamsin"), "")),
    Sabotage("differs-table-shape", HTML, in_html(r"<tr>\s*<td>Tamsin</td>\s*<td>14</td>\s*</tr>", "")),
    Sabotage("differs-table-shape", PDF, in_typst(r"    \[Tamsin\], \[14\],\n", "")),
    Sabotage("differs-table-headers", DOCX, in_docx(">Keeper<", ">Owner<")),
    Sabotage("differs-table-headers", HTML, in_html('<th scope="col">Keeper</th>', "<td>Keeper</td>")),
    Sabotage("differs-table-headers", PDF, in_typst(r"\[Keeper\]", "[Owner]")),
    Sabotage("differs-table-cells", DOCX, in_docx(">12<", ">21<")),
    Sabotage("differs-table-cells", HTML, in_html("<td>12</td>", "<td>21</td>")),
    Sabotage("differs-table-cells", PDF, in_typst(r"\[12\]", "[21]")),
    Sabotage("differs-table-spans", DOCX, in_docx(r'<w:gridSpan w:val="2"/>', "")),
    Sabotage("differs-table-spans", HTML, in_html(' colspan="2"', "")),
    Sabotage("differs-captions", DOCX, in_docx(r"(: |>)Stores of oil(</w:t></w:r></w:p>)", r"\1Stores of tar\2")),
    Sabotage("differs-captions", HTML, in_html("</span> Stores of oil</caption>", "</span> Stores of tar</caption>")),
    Sabotage("differs-captions", PDF, in_typst(r'2: "\)Stores of oil', '2: ")Stores of tar'), ["differs-lists"]),
    Sabotage("differs-caption-labels", HTML, in_html('caption-label">Table 2:', 'caption-label">Table 5:')),
    Sabotage("differs-caption-labels", PDF, in_typst('"Table 2: "', '"Table 5: "'), ["differs-lists"]),
    Sabotage("differs-images", HTML, in_html(r'<img src="data:[^>]*/>', ""), ["differs-alternative-texts"]),
    Sabotage("differs-alternative-texts", DOCX, in_docx('docPr descr="The lamp room"', 'docPr descr="A door"')),
    Sabotage("differs-alternative-texts", HTML, in_html('alt="The lamp room"', 'alt="A door"')),
    Sabotage("differs-alternative-texts", PDF, in_typst('alt: "The lamp room"', 'alt: "A door"')),
    Sabotage("differs-formulas", DOCX, in_docx("<m:t>E</m:t>", "<m:t>F</m:t>")),
    Sabotage("differs-formulas", HTML, in_html("E = m c.2</annotation>", "E = m c^3</annotation>")),
    Sabotage("differs-formulas", PDF, in_typst(r'alt: "E = m c\^2"', 'alt: "E = m c^3"')),
    Sabotage("differs-footnotes", DOCX, in_docx("Noon is by", "Dusk is by", "word/footnotes.xml")),
    Sabotage("differs-footnotes", HTML, in_html("Noon is by", "Dusk is by")),
    Sabotage("differs-footnotes", PDF, in_typst("Noon is by", "Dusk is by")),
    Sabotage(
        "differs-links", DOCX, in_docx("almanac.example/tides", "almanac.example/tidy", "word/_rels/document.xml.rels")
    ),
    Sabotage("differs-links", HTML, in_html("almanac.example/tides", "almanac.example/tidy")),
    Sabotage("differs-links", PDF, in_typst("almanac.example/tides", "almanac.example/tidy")),
    Sabotage("differs-references", HTML, in_html('<a href="#tbl-shifts" class="reference[^>]*>([^<]*)</a>', r"\1")),
    Sabotage("differs-references", PDF, in_typst(r"#link\(<tbl-shifts>\)\[#reference\[Table~1\]\]", "Table~1")),
    Sabotage("differs-approval", DOCX, in_docx(r"(>Pilot<.*?)>Pending<", r"\1>Approved<")),
    Sabotage("differs-approval", HTML, in_html(r'(\[1\]\.decision">)Pending<', r"\1Approved<")),
    Sabotage("differs-approval", PDF, in_typst(r"(Pilot\]\], \[\], )\[Pending\]", r"\1[Approved]")),
    Sabotage("differs-change-history", DOCX, in_docx(row("First draft"), "")),
    Sabotage("differs-change-history", HTML, in_html(">First draft<", ">Last draft<")),
    Sabotage("differs-change-history", PDF, in_typst(r"\[0\.3\], ", "[0.2], ")),
    Sabotage("differs-heading-levels", DOCX, in_docx(r'<w:outlineLvl w:val="2"/>', '<w:outlineLvl w:val="3"/>')),
    Sabotage("differs-appendix-letters", DOCX, in_docx("Appendix %1", "Annex %1", "word/numbering.xml")),
    Sabotage(
        "differs-caption-labels",
        DOCX,
        in_docx(r"(SEQ Table(?:(?!</w:p>).)*?>)2(</w:t>(?:(?!</w:p>).)*?Stores of oil)", r"\g<1>5\2"),
    ),
    Sabotage("differs-images", DOCX, in_docx(r"<w:drawing>.*?</w:drawing>", ""), ["differs-alternative-texts"]),
    Sabotage(
        "differs-images",
        PDF,
        in_typst(r"(#picture\([^\n]*?\))(\].*?Nights are kept[^\n]*)", r"\1\2\n\n\1"),
        ["differs-alternative-texts"],
    ),
    Sabotage("differs-tables", PDF, in_typst(r"#figure\((?:(?!#figure).)*?\[Birch\].*?kind: table\n  \)", "")),
]


def found_with(made: Whole, form: Format, data: bytes) -> Parity:
    return parity({**made.seen, form: read(form, data)}, made.wanted)


def test_editions_that_agree_pass_every_check(made: Whole) -> None:
    found = parity(made.seen, made.wanted)
    assert not found.differences
    assert found.passed == tuple(check.code for check in CHECKS)


@pytest.mark.parametrize("sabotage", SABOTAGES, ids=str)
def test_a_check_sees_the_fault_that_it_is_for(made: Whole, sabotage: Sabotage) -> None:
    found = found_with(made, sabotage.form, sabotage.change(made))
    assert {difference.check for difference in found.differences} == {sabotage.check, *sabotage.also}
    assert {difference.edition for difference in found.differences} == {sabotage.form}
    assert {difference.against for difference in found.differences} == {"document"}


def test_every_check_has_a_sabotage_and_stands_in_the_documentation() -> None:
    codes = [check.code for check in CHECKS]
    assert len(codes) == len(set(codes)) >= 30
    assert {sabotage.check for sabotage in SABOTAGES} == set(codes)
    page = (ROOT / "docs" / "verification.md").read_text("utf-8")
    assert [code for code in codes if f"| `{code}` |" not in page] == []
    assert all(check.about for check in CHECKS)
