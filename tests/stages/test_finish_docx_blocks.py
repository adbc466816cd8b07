"""Tables, lists, code and rules of the DOCX."""

from __future__ import annotations

from pathlib import Path

import pytest
from docx_made import (
    LANDSCAPE_WIDTH,
    SPEC,
    TEXT_WIDTH,
    THEME,
    TITLE,
    grids,
    paragraphs,
    raw,
    sample_body,
    sample_files,
    text_of,
    write,
)
from lxml import etree

from specflow.finish.docx import finish_docx
from specflow.finish.wordml import parse, qn, value_of
from specflow.finish.zips import read_zip
from specflow.model import Converted


@pytest.fixture(scope="module")
def body() -> bytes:
    return sample_body()


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    return sample_files()


@pytest.fixture(scope="module")
def document(files: dict[str, bytes]) -> etree._Element:
    return parse(files["word/document.xml"])


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
    made = finish_docx(write(raw(outer), tmp_path), Converted(TITLE, {}, (), (), {}), SPEC, THEME, {})
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
    made = finish_docx(write(source, tmp_path), Converted(TITLE, {}, (), (), {}), SPEC, THEME, {})
    document = parse(read_zip(made)["word/document.xml"])
    table = next(document.iter(qn("tbl")))
    (after,) = (p for p in document.iter(qn("p")) if text_of(p) == "After.")
    between = table.getnext()
    assert between is not None
    assert between.tag == qn("bookmarkEnd")
    assert value_of(after, "pPr/spacing", "before") == "120"


def test_short_code_stays_on_one_page(tmp_path: Path) -> None:
    source = "```\n" + "line\n" * 44 + "```\n\n```\n" + "line\n" * 45 + "```\n"
    made = finish_docx(write(source, tmp_path), Converted(TITLE, {}, (), (), {}), SPEC, THEME, {})
    document = parse(read_zip(made)["word/document.xml"])
    kept = [p.find(f"{qn('pPr')}/{qn('keepLines')}") is not None for p in paragraphs(document, "SourceCode")]
    assert kept == [True, False]


def test_blocks_of_code_that_follow_each_other_stay_two(tmp_path: Path) -> None:
    made = finished("```\na\n```\n\n```\nb\n```\n", tmp_path)
    styles = [value_of(paragraph, "pPr/pStyle") for paragraph in made.iter(qn("p"))]
    first = styles.index("SourceCode")
    assert styles[first : first + 3] == ["SourceCode", None, "SourceCode"]


def test_a_rule_is_a_border_not_a_picture(document: etree._Element) -> None:
    assert len(paragraphs(document, "HorizontalRule")) == 1
    assert not list(document.iter("{urn:schemas-microsoft-com:vml}rect"))


def test_a_line_of_code_that_is_too_long_goes_on_further_in(tmp_path: Path) -> None:
    source = "``` python\nif True:\n    value = " + "'x' + " * 40 + "'y'\n\nend = 1\n```\n"
    made = read_zip(finish_docx(write(source, tmp_path), Converted(TITLE, {}, (), (), {}), SPEC, THEME, {}))
    lines = paragraphs(parse(made["word/document.xml"]), "SourceCode")
    assert [text_of(line)[:12] for line in lines] == ["if True:", "    value = ", "", "end = 1"]
    assert {value_of(line, "pPr/ind", "hanging") for line in lines} == {"306"}
    kept = [line.find(f"{qn('pPr')}/{qn('keepNext')}") is not None for line in lines]
    assert kept == [True, True, True, False]


PICTURE = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
CAPTION = (
    '<w:p><w:pPr><w:pStyle w:val="Compact"/></w:pPr><w:r><w:fldChar w:fldCharType="begin"/></w:r>'
    "<w:r><w:instrText> SEQ {} </w:instrText></w:r>"
    '<w:r><w:fldChar w:fldCharType="end"/></w:r><w:r><w:t>{}</w:t></w:r></w:p>'
)


def finished(source: str, tmp_path: Path) -> etree._Element:
    made = finish_docx(write(source, tmp_path), Converted(TITLE, {}, (), (), {}), SPEC, THEME, {})
    return parse(read_zip(made)["word/document.xml"])


def test_captions_and_their_pictures_have_their_styles_whatever_stands_around_them(tmp_path: Path) -> None:
    picture = f"![](data:image/png;base64,{PICTURE}){{width=900mm}}"
    table = "| a |\n|---|\n| b |\n"
    source = f"{picture}\n{raw(CAPTION.format('Figure', 'One'))}\n{raw(CAPTION.format('Table', 'Two'))}\n{table}"
    document = finished(source, tmp_path)
    assert [text_of(p) for p in paragraphs(document, "ImageCaption")] == ["One"]
    assert [text_of(p) for p in paragraphs(document, "TableCaption")] == ["Two"]
    assert len(paragraphs(document, "CaptionedFigure")) == 1
    assert value_of(document, "body/tbl/tblPr/tblCaption") == "Two"
    for name in ("Image Caption", "Figure"):
        styles = parse(sample_files()["word/styles.xml"])
        style = next(s for s in styles.iter(qn("style")) if value_of(s, "name") == name)
        assert value_of(style, "pPr/jc") == "center"


def test_pictures_are_no_wider_than_the_text_or_the_cell(tmp_path: Path) -> None:
    picture = f"![a](data:image/png;base64,{PICTURE}){{width=900mm}}"
    document = finished(f"{picture} \n\n| a | b |\n|---|---|\n| {picture} | c |\n", tmp_path)
    extents = [int(e.get("cx") or 0) for e in document.iter("{*}extent")]
    cell = next(document.iter(qn("tc")))
    room = int(value_of(cell, "tcPr/tcW", "w") or 0) - 2 * round(THEME.spacing.cell_x * 20)
    assert TEXT_WIDTH * 634 < extents[0] <= TEXT_WIDTH * 635
    assert extents[1] == pytest.approx(room * 635, abs=2)


def test_a_paragraph_that_ends_with_a_colon_stays_with_what_it_introduces(tmp_path: Path) -> None:
    document = finished("Such as:\n\n- a:\n    - b\n- c\n\nAs follows:\n\nText.\n\nThis:\n\n~~~\ncode\n~~~\n", tmp_path)
    kept = [text_of(p) for p in document.iter(qn("p")) if p.find(f"{qn('pPr')}/{qn('keepNext')}") is not None]
    assert kept == ["Such as:", "a:", "This:"]


def test_runs_of_formulas_name_their_font_and_text_in_them_has_no_other_style(tmp_path: Path) -> None:
    document = finished("$a + \\text{if}$", tmp_path)
    runs = next(iter(document.iter("{*}oMath"))).findall(".//{*}r")
    assert runs
    for run in runs:
        assert value_of(run, "rPr/rFonts", "ascii") == "Cambria Math"
    assert any(run.find("{*}rPr/{*}nor") is not None for run in runs)
    assert not [run for run in runs if run.find("{*}rPr/{*}nor") is not None and run.find("{*}rPr/{*}sty") is not None]
