"""The DOCX as shipped: made with pandoc, finished, and looked at with lxml and python-docx."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pypandoc
import pytest
from docx import Document
from lxml import etree

from specflow import assets
from specflow.errors import ConversionFailed
from specflow.finish.docx import finish_docx
from specflow.finish.docx_headings import bookmark_name
from specflow.finish.heading_lists import letters
from specflow.finish.reference import reference_docx
from specflow.finish.wordml import parse, qn, value_of
from specflow.finish.zips import read_zip, write_zip
from specflow.model import Converted, Heading, Identity
from specflow.theme import default_theme, highlight_theme

THEME = default_theme()
TITLE = 'Ledger & "Posting" <Service>'
IDENTITY = Identity("LED-7 <&>", "1.10", "in_review", "2026-11-23", draft=False)
DRAFT = replace(IDENTITY, status="draft", draft=True)
TEXT_WIDTH = 9242  # 210 mm less the margins of 25 and 22 mm, in twips
LANDSCAPE_WIDTH = 14174

HEADINGS = (
    Heading(1, "1", "Overview", "overview"),
    Heading(2, "1.1", "Purpose", "purpose"),
    Heading(2, "1.2", "Scope of code", "scope-of-the-document-and-of-everything-else"),
    Heading(3, "1.2.1", "Component", "component"),
    Heading(1, "2", "Tables", "tables"),
    Heading(2, "2.1", "Übersicht", "übersicht"),
    Heading(1, "", "Appendices", "appendices"),
    Heading(2, "A", "Algorithms", "algorithms", appendix=True),
    Heading(3, "A.1", "Posting", "posting", appendix=True),
    Heading(4, "A.1.1", "Retry", "retry", appendix=True),
    Heading(2, "B", "Glossary", "glossary", appendix=True),
)
PAGES = {"overview": 3, "purpose": 3, "tables": 5, "algorithms": 7}


def raw(xml: str) -> str:
    return f"\n```{{=openxml}}\n{xml}\n```\n"


def mark(name: str) -> str:
    bookmark = f'<w:bookmarkStart w:id="0" w:name="{name}"/><w:bookmarkEnd w:id="0"/>'
    return raw(f'<w:p><w:pPr><w:pStyle w:val="SectionBreak"/></w:pPr>{bookmark}</w:p>')


def section(inside: str = "") -> str:
    return raw(f'<w:p><w:pPr><w:pStyle w:val="SectionBreak"/><w:sectPr>{inside}</w:sectPr></w:pPr></w:p>')


APPROVAL = raw(
    '<w:tbl><w:tblPr><w:tblStyle w:val="Table"/><w:tblW w:w="5000" w:type="pct"/>'
    '<w:tblLook w:val="0020" w:firstRow="1"/><w:tblDescription w:val="specflow:keep Approvals"/></w:tblPr>'
    '<w:tblGrid><w:gridCol w:w="100"/><w:gridCol w:w="300"/></w:tblGrid>'
    + "<w:tr><w:tc><w:p/></w:tc><w:tc><w:p/></w:tc></w:tr>" * 3
    + "</w:tbl>"
)

SAMPLE = f"""---
title: Ledger
lang: en-GB
project: becomes a custom property
---

**Document**: LED-7

{mark("_sf_contents")}

# Overview {{#overview}}

## Purpose {{#purpose}}

See [scope](#scope-of-the-document-and-of-everything-else) and [overview](#overview).[^1]

[^1]: A note with `code`, a [link](#overview), and a list:

    - item

      continued

- first

  continued

  ```json
  {{"a": 1}}
  ```

  | in | list |
  |----|------|
  | a  | b    |

- second
    - deeper

1. one
2. two

- [ ] open
- [x] done

After the lists.

> Quoted.

Term
:   Definition

---

## Scope of `code` {{#scope-of-the-document-and-of-everything-else}}

### Component {{#component}}

```python
if True:  # why
    pass
```

# Tables {{#tables}}

: Caption

| narrow | wide                                                                                     |
|:-------|:-----------------------------------------------------------------------------------------|
| 1      | aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa |

{section()}

| x | y |
|---|---|
| 1 | 2 |

{section('<w:pgSz w:w="16838" w:h="11906" w:orient="landscape"/>')}

## Übersicht {{#übersicht}}

{APPROVAL}
{mark("_sf_keep")}

| a | b |
|---|---|
| 1 | 2 |
| 3 | 4 |

{mark("_sf_newpage")}

# Appendices {{#appendices}}

## Algorithms {{#algorithms}}

### Posting {{#posting}}

#### Retry {{#retry}}

Text.

{mark("_sf_newpage")}

## Glossary {{#glossary}}

Text.
"""


def write(source: str, folder: Path, **environment: str) -> bytes:
    """Return what pandoc's writer makes of the Markdown with the theme's reference document."""
    (folder / "reference.docx").write_bytes(reference_docx(THEME))
    (folder / "house.theme").write_text(json.dumps(highlight_theme(THEME)), encoding="utf-8")
    made = subprocess.run(
        [
            pypandoc.get_pandoc_path(),
            "--from=markdown+lists_without_preceding_blankline-auto_identifiers",
            "--to=docx",
            "--output=-",
            f"--reference-doc={folder / 'reference.docx'}",
            f"--highlight-style={folder / 'house.theme'}",
        ],
        input=source.encode(),
        capture_output=True,
        check=True,
        env={**os.environ, **environment},
    )
    return made.stdout


def converted(*headings: Heading, title: str = TITLE) -> Converted:
    return Converted(title, {}, headings or HEADINGS, (), {})


@pytest.fixture(scope="module")
def body(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return write(SAMPLE, tmp_path_factory.mktemp("docx"), SOURCE_DATE_EPOCH="1000000000", TZ="UTC")


@pytest.fixture(scope="module")
def files(body: bytes) -> dict[str, bytes]:
    return read_zip(finish_docx(body, converted(), IDENTITY, THEME, PAGES))


@pytest.fixture(scope="module")
def document(files: Mapping[str, bytes]) -> etree._Element:
    return parse(files["word/document.xml"])


def text_of(element: etree._Element) -> str:
    runs = (node for run in element.iter(qn("r")) for node in run.iterchildren(qn("t"), qn("tab")))
    return "".join("\t" if node.tag == qn("tab") else node.text or "" for node in runs)


def paragraphs(document: etree._Element, style: str) -> list[etree._Element]:
    return [p for p in document.iter(qn("p")) if re.fullmatch(style, value_of(p, "pPr/pStyle") or "Normal")]


def headings_in(document: etree._Element) -> list[etree._Element]:
    return paragraphs(document, "(Appendix)?Heading[1-9]")


def parts(files: Mapping[str, bytes]) -> Iterator[tuple[str, etree._Element]]:
    for name, data in files.items():
        if name.endswith((".xml", ".rels")):
            yield name, parse(data)


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
    made = parse(
        read_zip(finish_docx(write(source, tmp_path), converted(*two), IDENTITY, THEME, {}))["word/document.xml"]
    )
    first, second = (b.get(qn("name")) or "" for b in made.iter(qn("bookmarkStart")))
    assert first == "_sf_a_b"
    assert re.fullmatch(r"_sf_a_b_[0-9a-f]{8}", second)
    assert [link.get(qn("anchor")) for link in made.iter(qn("hyperlink"))] == [second]


def test_a_reference_to_one_of_two_such_headings_is_refused(tmp_path: Path) -> None:
    reference = "`<w:r><w:instrText> REF _sf_a_b \\r \\h </w:instrText></w:r>`{=openxml}"
    source = f"# One {{#a-b}}\n\n# Two {{#a.b}}\n\n{reference}\n"
    two = Heading(1, "1", "One", "a-b"), Heading(1, "2", "Two", "a.b")
    with pytest.raises(ConversionFailed) as caught:
        finish_docx(write(source, tmp_path), converted(*two), IDENTITY, THEME, {})
    assert caught.value.diagnostics[0].code == "docx-bookmarks"


@pytest.mark.parametrize("headings", [HEADINGS[:-1], (*HEADINGS, HEADINGS[0])])
def test_other_headings_than_were_numbered_are_refused(body: bytes, headings: tuple[Heading, ...]) -> None:
    with pytest.raises(ConversionFailed) as caught:
        finish_docx(body, converted(*headings), IDENTITY, THEME, {})
    assert caught.value.diagnostics[0].code == "docx-headings"


def test_a_heading_of_another_level_is_refused(body: bytes) -> None:
    headings = (replace(HEADINGS[0], level=2), *HEADINGS[1:])
    with pytest.raises(ConversionFailed) as caught:
        finish_docx(body, converted(*headings), IDENTITY, THEME, {})
    assert caught.value.diagnostics[0].code == "docx-headings"


@pytest.mark.parametrize(("index", "number"), [(0, "2"), (2, "1.3"), (4, "1"), (7, "B"), (8, "A.2"), (10, "A")])
def test_a_number_that_word_would_not_show_is_refused(body: bytes, index: int, number: str) -> None:
    headings = list(HEADINGS)
    headings[index] = replace(headings[index], number=number)
    with pytest.raises(ConversionFailed) as caught:
        finish_docx(body, converted(*headings), IDENTITY, THEME, {})
    assert {fault.code for fault in caught.value.diagnostics} == {"docx-numbers"}
    assert f"has the number {number}, but Word would count" in str(caught.value)


def test_a_level_that_is_skipped_counts_as_one(tmp_path: Path) -> None:
    found = Heading(1, "1", "a", "a"), Heading(3, "1.1.1", "b", "b"), Heading(2, "1.2", "c", "c")
    source = "# a {#a}\n\n### b {#b}\n\n## c {#c}\n"
    assert finish_docx(write(source, tmp_path), converted(*found), IDENTITY, THEME, {})


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
    made = finish_docx(write(mark("_sf_contents") + "\nText.\n", tmp_path), empty, IDENTITY, THEME, {})
    document = parse(read_zip(made)["word/document.xml"])
    assert next(document.iter(qn("sdt")), None) is None
    assert [text_of(p) for p in document.iter(qn("p"))] == ["Text."]


def test_a_table_that_starts_a_page_gets_a_line_before_it(tmp_path: Path) -> None:
    source = f"{mark('_sf_newpage')}\n| a | b |\n|---|---|\n| 1 | 2 |\n"
    made = finish_docx(write(source, tmp_path), Converted(TITLE, {}, (), (), {}), IDENTITY, THEME, {})
    document = parse(read_zip(made)["word/document.xml"])
    table = next(document.iter(qn("tbl")))
    before = table.getprevious()
    assert before is not None
    assert before.find(f"{qn('pPr')}/{qn('pageBreakBefore')}") is not None
    assert next(table.iter(qn("pageBreakBefore")), None) is None


def grids(document: etree._Element) -> list[list[int]]:
    return [[int(c.get(qn("w")) or 0) for c in t.iter(qn("gridCol"))] for t in document.iter(qn("tbl"))]


def test_tables_are_as_wide_as_the_text_around_them(document: etree._Element) -> None:
    indent = 18 * 20
    assert [sum(grid) for grid in grids(document)] == [
        TEXT_WIDTH - indent,
        TEXT_WIDTH,
        LANDSCAPE_WIDTH,
        TEXT_WIDTH,
        TEXT_WIDTH,
    ]
    narrow, wide = grids(document)[1]
    assert wide > 8 * narrow
    assert grids(document)[3] == [2310, 6932]
    for table, grid in zip(document.iter(qn("tbl")), grids(document), strict=True):
        assert value_of(table, "tblPr/tblW", "w") == str(sum(grid))
        assert value_of(table, "tblPr/tblLayout", "type") == "fixed"
        for row in table.iter(qn("tr")):
            assert [int(value_of(cell, "tcPr/tcW", "w") or 0) for cell in row.iter(qn("tc"))] == grid


def test_spanning_and_nested_cells_have_the_widths_of_their_columns(tmp_path: Path) -> None:
    cell = "<w:tc><w:tcPr><w:gridSpan w:val='2'/></w:tcPr>{}</w:tc>"
    inner = (
        "<w:tbl><w:tblPr/><w:tblGrid><w:gridCol/><w:gridCol/></w:tblGrid>"
        "<w:tr><w:tc><w:p/></w:tc><w:tc><w:p/></w:tc></w:tr></w:tbl>"
    )
    grid = "<w:tblGrid><w:gridCol w:w='1'/><w:gridCol w:w='1'/><w:gridCol w:w='2'/></w:tblGrid>"
    outer = f"<w:tbl><w:tblPr/>{grid}<w:tr>{cell.format(inner)}<w:tc><w:p/></w:tc></w:tr></w:tbl>"
    made = finish_docx(write(raw(outer), tmp_path), Converted(TITLE, {}, (), (), {}), IDENTITY, THEME, {})
    document = parse(read_zip(made)["word/document.xml"])
    widths = [int(value_of(cell, "tcPr/tcW", "w") or 0) for cell in document.iter(qn("tc"))]
    padding = 2 * 5 * 20
    assert widths[0] == sum(grids(document)[0][:2]) == TEXT_WIDTH // 2
    assert widths[1] + widths[2] == widths[0] - padding
    assert all(cell[-1].tag == qn("p") for cell in document.iter(qn("tc")))


def test_rows_stay_whole_and_headers_repeat(document: etree._Element) -> None:
    for table in document.iter(qn("tbl")):
        rows = table.findall(qn("tr"))
        assert all(row.find(f"{qn('trPr')}/{qn('cantSplit')}") is not None for row in rows)
        headers = [row.find(f"{qn('trPr')}/{qn('tblHeader')}") is not None for row in rows]
        assert headers == [True] + [False] * (len(rows) - 1)


def test_the_rows_of_a_kept_table_stay_together(document: etree._Element) -> None:
    table = list(document.iter(qn("tbl")))[3]
    assert value_of(table, "tblPr/tblDescription") == "Approvals"
    kept = [
        [p.find(f"{qn('pPr')}/{qn('keepNext')}") is not None for p in row.iter(qn("p"))] for row in table.iter(qn("tr"))
    ]
    assert kept == [[True, True], [True, True], [False, False]]


def test_the_table_after_a_keep_mark_stays_together(document: etree._Element) -> None:
    table = list(document.iter(qn("tbl")))[4]
    kept = [next(row.iter(qn("keepNext")), None) is not None for row in table.iter(qn("tr"))]
    assert kept == [True, True, False]
    assert table.find(f"{qn('tblPr')}/{qn('tblDescription')}") is None


def test_adjacent_tables_stay_two(document: etree._Element) -> None:
    for table in document.iter(qn("tbl")):
        following = table.getnext()
        assert following is not None
        assert following.tag == qn("p")


def test_what_continues_an_item_is_indented_without_a_bullet(document: etree._Element) -> None:
    (continued,) = (p for p in paragraphs(document, "Normal") if text_of(p) == "continued")
    assert value_of(continued, "pPr/numPr/numId") is None
    assert value_of(continued, "pPr/ind", "left") == "360"
    code = paragraphs(document, "SourceCode")[0]
    assert value_of(code, "pPr/ind", "left") == str(360 + 6 * 20)
    assert value_of(code, "pPr/ind", "right") == str(6 * 20)


def test_text_is_set_off_from_the_list_or_table_before_it(document: etree._Element) -> None:
    (after,) = (p for p in document.iter(qn("p")) if text_of(p) == "After the lists.")
    assert value_of(after, "pPr/spacing", "before") == "120"
    (item,) = (p for p in document.iter(qn("p")) if text_of(p) == "second")
    assert value_of(item, "pPr/spacing", "before") == "120"
    (other,) = (p for p in document.iter(qn("p")) if text_of(p) == "two")
    assert value_of(other, "pPr/spacing") is None


def test_a_bookmark_between_a_table_and_the_text_does_not_matter(tmp_path: Path) -> None:
    source = "Table: Caption {#tbl-x}\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\nAfter.\n"
    made = finish_docx(write(source, tmp_path), Converted(TITLE, {}, (), (), {}), IDENTITY, THEME, {})
    document = parse(read_zip(made)["word/document.xml"])
    table = next(document.iter(qn("tbl")))
    (after,) = (p for p in document.iter(qn("p")) if text_of(p) == "After.")
    between = table.getnext()
    assert between is not None
    assert between.tag == qn("bookmarkEnd")
    assert value_of(after, "pPr/spacing", "before") == "120"


def test_short_code_stays_on_one_page(tmp_path: Path) -> None:
    source = "```\n" + "line\n" * 44 + "```\n\n```\n" + "line\n" * 45 + "```\n"
    made = finish_docx(write(source, tmp_path), Converted(TITLE, {}, (), (), {}), IDENTITY, THEME, {})
    document = parse(read_zip(made)["word/document.xml"])
    kept = [p.find(f"{qn('pPr')}/{qn('keepLines')}") is not None for p in paragraphs(document, "SourceCode")]
    assert kept == [True, False]


def test_a_rule_is_a_border_not_a_picture(document: etree._Element) -> None:
    assert len(paragraphs(document, "HorizontalRule")) == 1
    assert not list(document.iter("{urn:schemas-microsoft-com:vml}rect"))


def test_every_section_has_its_paper_margins_header_and_footer(files: Mapping[str, bytes]) -> None:
    document = parse(files["word/document.xml"])
    relations = {entry.get("Id"): entry.get("Target") for entry in parse(files["word/_rels/document.xml.rels"])}
    seen = []
    for found in document.iter(qn("sectPr")):
        references = [
            relations[reference.get("{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id")]
            for reference in found.iter(qn("headerReference"), qn("footerReference"))
        ]
        seen.append((value_of(found, "pgSz", "w"), value_of(found, "pgSz", "orient"), *references))
        assert value_of(found, "pgMar", "left") == "1417"
    assert seen == [
        ("11906", None, "header1.xml", "footer1.xml"),
        ("16838", "landscape", "header2.xml", "footer2.xml"),
        ("11906", None, "header1.xml", "footer1.xml"),
    ]
    types = {entry.get("PartName") for entry in parse(files["[Content_Types].xml"])}
    assert {f"/word/{name}{n}.xml" for name in ("header", "footer") for n in (1, 2)} <= types
    stops = [value_of(parse(files[f"word/{name}.xml"]), "p/pPr/tabs/tab", "pos") for name in ("header1", "header2")]
    assert stops == [str(TEXT_WIDTH), str(LANDSCAPE_WIDTH)]


def test_the_running_header_and_footer_say_what_the_document_is(files: Mapping[str, bytes]) -> None:
    assert text_of(parse(files["word/header1.xml"])) == f"LED-7 <&>\u2003{TITLE}\tVersion 1.10 · In review"
    footer = parse(files["word/footer1.xml"])
    assert text_of(footer) == "In review\tPage 1 of 7"
    assert [(code.text or "").strip() for code in footer.iter(qn("instrText"))] == ["PAGE", "NUMPAGES"]
    assert b"DRAFT" not in b"".join(files.values())


def test_a_draft_says_so_on_every_page(body: bytes) -> None:
    files = read_zip(finish_docx(body, converted(), DRAFT, THEME, PAGES))
    shapes = set()
    for number in (1, 2):
        header = parse(files[f"word/header{number}.xml"])
        (shape,) = header.iter("{urn:schemas-microsoft-com:vml}shape")
        (path,) = shape.iter("{urn:schemas-microsoft-com:vml}textpath")
        assert path.get("string") == "DRAFT"
        shapes.add(shape.get("id"))
        assert text_of(parse(files[f"word/footer{number}.xml"])).startswith("DRAFT – not approved\t")
    assert len(shapes) == 2


def test_a_long_title_leaves_the_header_in_one_line(body: bytes) -> None:
    title = "word " * 60
    header = parse(read_zip(finish_docx(body, converted(title=title), IDENTITY, THEME, {}))["word/header1.xml"])
    assert len(text_of(header)) < 120
    assert re.search(r"wo\w*…\tVersion", text_of(header))


def test_characters_that_xml_does_not_allow_are_left_out(body: bytes) -> None:
    identity = replace(IDENTITY, id="A\x0bB\ud800", status="in\x00review")
    files = read_zip(finish_docx(body, converted(title="T\x07itle"), identity, THEME, {}))
    assert text_of(parse(files["word/header1.xml"])) == "AB\u2003Title\tVersion 1.10 · Inreview"


def test_the_properties_are_those_of_the_document(files: Mapping[str, bytes]) -> None:
    core = {etree.QName(entry).localname: entry.text for entry in parse(files["docProps/core.xml"])}
    assert core == {
        "title": TITLE,
        "identifier": "LED-7 <&>",
        "language": "en-GB",
        "version": "1.10",
        "contentStatus": "in_review",
        "created": "2026-11-23T00:00:00Z",
        "modified": "2026-11-23T00:00:00Z",
    }
    assert "docProps/custom.xml" not in files
    assert b"custom" not in files["[Content_Types].xml"] + files["_rels/.rels"]


def test_a_date_that_is_still_a_hole_becomes_the_zip_epoch(body: bytes) -> None:
    files = read_zip(finish_docx(body, converted(), replace(DRAFT, date="TBD"), THEME, {}))
    assert b">1980-01-01T00:00:00Z<" in files["docProps/core.xml"]


def test_opening_asks_nothing(files: Mapping[str, bytes]) -> None:
    settings = parse(files["word/settings.xml"])
    assert settings.find(qn("updateFields")) is None
    assert value_of(settings, "compat/compatSetting") == "15"


ORDER = {
    "pPr": "pStyle keepNext keepLines pageBreakBefore widowControl numPr pBdr shd tabs wordWrap spacing ind jc "
    "outlineLvl rPr sectPr",
    "rPr": "rStyle rFonts b bCs i iCs noProof color sz szCs u shd vertAlign lang",
    "tblPr": "tblStyle tblW jc tblInd tblBorders shd tblLayout tblCellMar tblLook tblCaption tblDescription",
    "sectPr": "headerReference footerReference footnotePr type pgSz pgMar",
    "style": "name basedOn next link uiPriority semiHidden unhideWhenUsed qFormat rsid pPr rPr tblPr tcPr tblStylePr",
    "lvl": "start numFmt pStyle suff lvlText lvlJc pPr rPr",
}


@pytest.mark.parametrize("part", ["document", "styles", "numbering", "header1", "footer1", "footnotes"])
def test_properties_stand_in_the_order_of_the_schema(files: Mapping[str, bytes], part: str) -> None:
    checked = 0
    for element in parse(files[f"word/{part}.xml"]).iter(etree.Element):
        order = ORDER.get(etree.QName(element).localname, "").split()
        if order:
            ranks = [order.index(etree.QName(child).localname) for child in element]
            assert ranks == sorted(ranks), etree.tostring(element)
            checked += 1
    assert checked


def test_every_style_that_is_used_is_there(files: Mapping[str, bytes]) -> None:
    known = {
        style.get(qn("styleId")): style.get(qn("type")) for style in parse(files["word/styles.xml"]).iter(qn("style"))
    }
    uses = {"pStyle": "paragraph", "rStyle": "character", "tblStyle": "table"}
    for name, part in parts(files):
        for use, kind in uses.items():
            for found in part.iter(qn(use)):
                assert known.get(found.get(qn("val"))) == kind, (name, found.get(qn("val")))
    for style in parse(files["word/styles.xml"]).iter(qn("style")):
        for reference in ("basedOn", "next", "link"):
            assert value_of(style, reference) in {*known, None}


def test_every_style_that_pandoc_has_is_ours(files: Mapping[str, bytes]) -> None:
    default = subprocess.run(
        [pypandoc.get_pandoc_path(), "--print-default-data-file=reference.docx"], capture_output=True, check=True
    )
    theirs = {s.get(qn("styleId")) for s in parse(read_zip(default.stdout)["word/styles.xml"]).iter(qn("style"))}
    ours = {style.get(qn("styleId")) for style in parse(files["word/styles.xml"]).iter(qn("style"))}
    linked = {name for name in theirs if name and re.fullmatch(r"(Heading\d|Title|Subtitle)Char", name)}
    assert theirs - linked <= ours


def test_fonts_are_the_themes_and_sizes_hold_for_all_scripts(files: Mapping[str, bytes]) -> None:
    fonts = {"Arial", "Courier New", "Segoe UI Symbol"}
    for name, part in parts(files):
        if not name.startswith("word/") or name.startswith("word/theme"):
            continue
        for face in part.iter(qn("rFonts")):
            assert set(face.attrib.values()) <= fonts, name
        for properties in part.iter(qn("rPr")):
            assert value_of(properties, "sz") == value_of(properties, "szCs"), name


def test_a_table_style_leaves_header_rows_to_the_tables(files: Mapping[str, bytes]) -> None:
    styles = parse(files["word/styles.xml"])
    assert next(styles.iter(qn("tblHeader"), qn("cantSplit")), None) is None


def test_code_is_coloured_by_the_theme(files: Mapping[str, bytes]) -> None:
    styles = {s.get(qn("styleId")): s for s in parse(files["word/styles.xml"]).iter(qn("style"))}
    colour = THEME.highlight.comment.colour.removeprefix("#")
    assert (value_of(styles["CommentTok"], "rPr/color") or "").upper() == colour


def test_code_in_a_heading_is_as_large_as_the_heading(document: etree._Element) -> None:
    heading = headings_in(document)[2]
    (code,) = (run for run in heading.iter(qn("r")) if value_of(run, "rPr/rStyle") == "VerbatimChar")
    assert value_of(code, "rPr/sz") == "23"


def test_python_docx_opens_it(body: bytes) -> None:
    opened = Document(io.BytesIO(finish_docx(body, converted(), DRAFT, THEME, PAGES)))
    assert opened.core_properties.title == TITLE
    first = [p.text for p in opened.paragraphs if p.style is not None and p.style.name == "Heading 1"]
    assert first == ["Overview", "Tables", "Appendices"]
    assert len(opened.sections) == 3
    assert opened.sections[1].header.paragraphs[0].text.endswith("Draft")


def test_the_same_input_gives_the_same_bytes(tmp_path: Path, body: bytes) -> None:
    later = write(SAMPLE, tmp_path, SOURCE_DATE_EPOCH="1900000000", TZ="Asia/Tokyo", LC_ALL="C")
    assert later != body
    assert finish_docx(later, converted(), DRAFT, THEME, PAGES) == finish_docx(body, converted(), DRAFT, THEME, PAGES)
    assert reference_docx(THEME) == reference_docx(THEME)


def test_the_zip_is_sorted_and_without_time(body: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(finish_docx(body, converted(), DRAFT, THEME, PAGES))) as package:
        entries = package.infolist()
    names = [entry.filename for entry in entries]
    assert names[:2] == ["[Content_Types].xml", "_rels/.rels"]
    assert names[2:] == sorted(names[2:])
    assert {entry.date_time for entry in entries} == {(1980, 1, 1, 0, 0, 0)}
    assert {(entry.external_attr, entry.create_system) for entry in entries} == {(0o644 << 16, 0)}


def test_a_zip_does_not_depend_on_the_order_of_its_files() -> None:
    one = write_zip({"a": b"1", "b": b"2", "[Content_Types].xml": b"3"})
    assert one == write_zip({"[Content_Types].xml": b"3", "b": b"2", "a": b"1"})
    assert read_zip(one) == {"a": b"1", "b": b"2", "[Content_Types].xml": b"3"}


@pytest.mark.parametrize(
    ("data", "code"), [(b"", "docx-zip"), (b"PK\x03\x04 torn", "docx-zip"), (write_zip({"a": b"1"}), "docx-part")]
)
def test_what_is_not_a_docx_is_refused(data: bytes, code: str) -> None:
    with pytest.raises(ConversionFailed) as caught:
        finish_docx(data, converted(), IDENTITY, THEME, {})
    assert caught.value.diagnostics[0].code == code


def test_a_letter_page_has_its_own_widths(body: bytes) -> None:
    theme = replace(THEME, page=replace(THEME.page, size="letter"))
    document = parse(read_zip(finish_docx(body, converted(), IDENTITY, theme, PAGES))["word/document.xml"])
    widths = [value_of(found, "pgSz", "w") for found in document.iter(qn("sectPr"))]
    assert widths == ["12240", "15840", "12240"]
    assert [sum(grid) for grid in grids(document)][1:4] == [9576, 13176, 9576]


def test_the_language_is_a_parameter_of_the_reference() -> None:
    styles = parse(read_zip(reference_docx(THEME, "de-CH"))["word/styles.xml"])
    assert value_of(styles, "docDefaults/rPrDefault/rPr/lang") == "de-CH"


@pytest.mark.parametrize("identifier", ["purpose", "a.b-c_d", "x" * 37, "übersicht", "概要", "é" * 20, "a-" * 30])
def test_the_filter_makes_the_same_bookmark_names(tmp_path: Path, identifier: str) -> None:
    source = (assets.filters() / "docx.lua").read_text(encoding="utf-8")
    body = source[source.index("local function bookmark_name") :]
    script = tmp_path / "names.lua"
    script.write_text(body[: body.index("\nend\n") + 5] + "print(bookmark_name(arg[1]))\n", encoding="utf-8")
    made = subprocess.run(
        [pypandoc.get_pandoc_path(), "lua", str(script), identifier],
        capture_output=True,
        check=True,
        env={**os.environ, "LC_ALL": "C.UTF-8"},
    )
    assert made.stdout.decode().strip() == bookmark_name(identifier)
