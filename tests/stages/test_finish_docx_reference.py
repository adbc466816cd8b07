"""A Word file of the user's own as reference: what it has stays, what it lacks is filled in, harm is refused."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from docx import Document
from docx.shared import Mm, Pt
from docx_made import DRAFT, HEADINGS, PAGES, SAMPLE, THEME, TITLE, text_of, write

from specflow.errors import InvalidTemplate
from specflow.finish.docx import finish_docx
from specflow.finish.docx_reference import house_reference
from specflow.finish.reference_file import read_reference
from specflow.finish.wordml import parse, qn, value_of
from specflow.finish.zips import read_zip
from specflow.model import Converted, Settings


def own_file(folder: Path) -> Path:
    """Return a Word file with a page, a header and a heading style of its own."""
    document = Document()
    section = document.sections[0]
    section.page_width, section.page_height = Mm(200), Mm(280)
    section.left_margin = section.right_margin = Mm(30)
    section.header.paragraphs[0].text = "Northbridge house header"
    document.styles["Heading 1"].font.size = Pt(31)
    path = folder / "own.docx"
    document.save(str(path))
    return path


def changed(path: Path, name: str, change: bytes | None, old: bytes = b"") -> Path:
    """Return a copy of the file with a part added, or `old` replaced in it."""
    with zipfile.ZipFile(path) as package:
        files = {entry: package.read(entry) for entry in package.namelist()}
    files[name] = files[name].replace(old, change or b"") if old else change or b""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as package:
        for entry, data in files.items():
            package.writestr(entry, data)
    copy = path.with_name("changed.docx")
    copy.write_bytes(made.getvalue())
    return copy


def test_page_header_and_styles_of_the_file_stay(tmp_path: Path) -> None:
    settings = Settings(folder=tmp_path, reference=own_file(tmp_path))
    spec = replace(DRAFT, settings=settings)
    body = write(SAMPLE, tmp_path, house_reference(THEME, spec.language, settings))
    files = read_zip(finish_docx(body, Converted(TITLE, {}, HEADINGS, (), {}), spec, THEME, PAGES))
    document, styles = parse(files["word/document.xml"]), parse(files["word/styles.xml"])
    sizes = [value_of(section, "pgSz", "w") for section in document.iter(qn("sectPr"))]
    assert sizes == ["11339", "15874", "11339"]
    header = parse(files["word/headerOwn1.xml"])
    assert "Northbridge house header" in text_of(header)
    assert any(path.get("string") == "DRAFT" for path in header.iter("{urn:schemas-microsoft-com:vml}textpath"))
    found = {style.get(qn("styleId")): style for style in styles.iter(qn("style"))}
    assert value_of(found["Heading1"], "rPr/sz") == "62"
    assert value_of(found["Heading1"], "pPr/numPr/numId") == "1"
    assert {"TableText", "SourceCode", "AppendixHeading1", "TableofFigures"} <= set(found)
    assert len(found) == len(list(styles.iter(qn("style"))))


@pytest.mark.parametrize(
    ("name", "change", "old", "code"),
    [
        ("word/vbaProject.bin", b"x", b"", "reference-docx-macros"),
        ("word/styles.xml", b'<!DOCTYPE a [<!ENTITY b "c">]><w:styles', b"<w:styles", "reference-docx-xml"),
        ("word/styles.xml", b"<w:styles", b"", "reference-docx-xml"),
        ("word/big.xml", b" " * 20_000_001, b"", "reference-docx-size"),
        ("../outside.xml", b"<a/>", b"", "reference-docx"),
        (
            "word/_rels/document.xml.rels",
            b'<Relationship Id="x" Type="a/image" Target="http://example.org/a.png" TargetMode="External"/>'
            b"</Relationships>",
            b"</Relationships>",
            "reference-docx-external",
        ),
    ],
)
def test_a_file_that_could_do_harm_is_refused(tmp_path: Path, name: str, change: bytes, old: bytes, code: str) -> None:
    with pytest.raises(InvalidTemplate) as caught:
        read_reference(changed(own_file(tmp_path), name, change, old))
    assert [fault.code for fault in caught.value.diagnostics] == [code]
    assert all(fault.hint and fault.span for fault in caught.value.diagnostics)


def test_what_is_no_word_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "no.docx").write_bytes(b"PK\x03\x04 torn")
    with pytest.raises(InvalidTemplate) as caught:
        read_reference(tmp_path / "no.docx")
    assert caught.value.diagnostics[0].code == "reference-docx"
