"""The DOCX as shipped: its package, sections, running text, properties and styles."""

from __future__ import annotations

import io
import os
import re
import subprocess
import zipfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pypandoc
import pytest
from docx import Document
from docx_made import (
    DRAFT,
    ENGLISH,
    LANDSCAPE_WIDTH,
    PAGES,
    SAMPLE,
    SPEC,
    TEXT_WIDTH,
    THEME,
    TITLE,
    converted,
    grids,
    headings_in,
    parts,
    sample_body,
    sample_files,
    text_of,
    with_identity,
    write,
)
from lxml import etree

from specflow import assets
from specflow.errors import ConversionFailed
from specflow.finish.docx import finish_docx
from specflow.finish.docx_headings import bookmark_name
from specflow.finish.reference import reference_docx
from specflow.finish.wordml import parse, qn, value_of
from specflow.finish.zips import read_zip, write_zip
from specflow.languages import find_language


@pytest.fixture(scope="module")
def body() -> bytes:
    return sample_body()


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    return sample_files()


@pytest.fixture(scope="module")
def document(files: dict[str, bytes]) -> etree._Element:
    return parse(files["word/document.xml"])


ORDER = {
    "pPr": "pStyle keepNext keepLines pageBreakBefore widowControl numPr pBdr shd tabs suppressAutoHyphens wordWrap "
    "bidi spacing ind contextualSpacing jc outlineLvl rPr sectPr",
    "rPr": "rStyle rFonts b bCs i iCs noProof color sz szCs u shd vertAlign lang",
    "tblPr": "tblStyle tblW jc tblInd tblBorders shd tblLayout tblCellMar tblLook tblCaption tblDescription",
    "sectPr": "headerReference footerReference footnotePr type pgSz pgMar",
    "style": "name basedOn next link uiPriority semiHidden unhideWhenUsed qFormat rsid pPr rPr tblPr tcPr tblStylePr",
    "lvl": "start numFmt pStyle suff lvlText lvlJc pPr rPr",
}


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
    assert [(code.text or "").strip() for code in footer.iter(qn("instrText"))] == [
        'DOCPROPERTY "Status"',
        "PAGE",
        "NUMPAGES",
    ]
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
    header = parse(read_zip(finish_docx(body, converted(title=title), SPEC, THEME, {}))["word/header1.xml"])
    assert len(text_of(header)) < 120
    assert re.search(r"wo\w*…\tVersion", text_of(header))


def test_characters_that_xml_does_not_allow_are_left_out(body: bytes) -> None:
    spec = with_identity(SPEC, id="A\x0bB\ud800", status_words="In\x00review")
    files = read_zip(finish_docx(body, converted(title="T\x07itle"), spec, THEME, {}))
    assert text_of(parse(files["word/header1.xml"])) == "AB\u2003Title\tVersion 1.10 · Inreview"


def test_the_properties_are_those_of_the_document(files: Mapping[str, bytes]) -> None:
    core = {etree.QName(entry).localname: entry.text for entry in parse(files["docProps/core.xml"])}
    assert core == {
        "title": TITLE,
        "identifier": "LED-7 <&>",
        "subject": "Specification",
        "creator": None,
        "keywords": "LED-7 <&>, 1.10, In review",
        "category": "Specification",
        "language": "en",
        "version": "1.10",
        "contentStatus": "In review",
        "created": "2026-11-23T00:00:00Z",
        "modified": "2026-11-23T00:00:00Z",
    }
    custom = {entry.get("name"): entry[0].text for entry in parse(files["docProps/custom.xml"])}
    assert custom == {
        "Document ID": "LED-7 <&>",
        "Version": "1.10",
        "Status": "In review",
        "Date": "2026-11-23",
    }


def test_a_date_that_is_still_a_hole_becomes_the_zip_epoch(body: bytes) -> None:
    files = read_zip(finish_docx(body, converted(), with_identity(DRAFT, date="TBD"), THEME, {}))
    assert b">1980-01-01T00:00:00Z<" in files["docProps/core.xml"]


def test_opening_asks_nothing(files: Mapping[str, bytes]) -> None:
    settings = parse(files["word/settings.xml"])
    assert settings.find(qn("updateFields")) is None
    assert value_of(settings, "compat/compatSetting") == "15"


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
    assert reference_docx(THEME, ENGLISH) == reference_docx(THEME, ENGLISH)


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
        finish_docx(data, converted(), SPEC, THEME, {})
    assert caught.value.diagnostics[0].code == code


def test_a_letter_page_has_its_own_widths(body: bytes) -> None:
    theme = replace(THEME, page=replace(THEME.page, size="letter"))
    document = parse(read_zip(finish_docx(body, converted(), SPEC, theme, PAGES))["word/document.xml"])
    widths = [value_of(found, "pgSz", "w") for found in document.iter(qn("sectPr"))]
    assert widths == ["12240", "15840", "12240"]
    assert [sum(grid) for grid in grids(document)][1:4] == [9576, 13176, 9576]


def test_the_language_is_a_parameter_of_the_reference() -> None:
    styles = parse(read_zip(reference_docx(THEME, replace(find_language("de"), tag="de-CH")))["word/styles.xml"])
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
