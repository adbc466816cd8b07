"""Nothing in the DOCX points at what is not there, and other programs count as the document was numbered."""

from __future__ import annotations

import io
import json
import posixpath
import subprocess
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from docx_made import DRAFT, HEADINGS, PAGES, SAMPLE, SPEC, TITLE, mark, write
from lxml import etree

from specflow.finish.docx import finish_docx
from specflow.finish.reference import reference_docx
from specflow.finish.wordml import bookmark, field, parse, qn, serialise, text_run, w
from specflow.finish.zips import read_zip, write_zip
from specflow.languages import find_language
from specflow.model import Converted
from specflow.theme import find_theme

_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_DOCUMENTS = [(theme, tag) for theme in ("default", "civic") for tag in ("", "ar")]


def made(theme_name: str, tag: str, folder: Path) -> bytes:
    theme, language = find_theme(theme_name, Path()), find_language(tag)
    source = SAMPLE.replace("**Document**", f"{mark('_sf_front')}\n\n**Document**", 1)
    body = write(source, folder, reference_docx(theme, language))
    spec = replace(DRAFT, language=language)
    return finish_docx(body, Converted(TITLE, {}, HEADINGS, (), {}), spec, theme, PAGES)


@pytest.mark.parametrize(("theme", "tag"), _DOCUMENTS)
def test_nothing_dangles(theme: str, tag: str, tmp_path: Path) -> None:
    files = read_zip(made(theme, tag, tmp_path))
    parts = {name: parse(data) for name, data in files.items() if name.endswith((".xml", ".rels"))}
    styles = {style.get(qn("styleId")) for style in parts["word/styles.xml"].iter(qn("style"))}
    numbers = {entry.get(qn("numId")) for entry in parts["word/numbering.xml"].findall(qn("num"))} | {"0"}
    names = {start.get(qn("name")) for root in parts.values() for start in root.iter(qn("bookmarkStart"))}
    for name, root in parts.items():
        for use in ("pStyle", "rStyle", "tblStyle", "basedOn", "next", "link"):
            assert {element.get(qn("val")) for element in root.iter(qn(use))} <= styles, (name, use)
        assert {element.get(qn("val")) for element in root.iter(qn("numId"))} <= numbers, name
        assert {link.get(qn("anchor")) for link in root.iter(qn("hyperlink"))} - {None} <= names, name
        for code in root.iter(qn("instrText")):
            words = (code.text or "").split()
            assert words[0] not in ("REF", "PAGEREF") or words[1] in names, code.text
        used = {
            value for node in root.iter(etree.Element) for key, value in node.attrib.items() if str(key).startswith(_R)
        }
        folder, leaf = posixpath.split(name)
        relations = parts.get(f"{folder}/_rels/{leaf}.rels".lstrip("/"))
        assert used <= ({entry.get("Id") for entry in relations} if relations is not None else set()), name
        if name.endswith(".rels"):
            base = posixpath.dirname(posixpath.dirname(name))
            for entry in root:
                target = posixpath.normpath(posixpath.join(base, entry.get("Target") or "")).lstrip("/")
                assert entry.get("TargetMode") == "External" or target in files, (name, target)
    listed = {(entry.get("PartName") or "").lstrip("/") for entry in parts["[Content_Types].xml"]} - {""}
    assert listed <= set(files)


@pytest.mark.parametrize(("theme", "tag"), _DOCUMENTS)
def test_the_open_xml_sdk_finds_no_fault(theme: str, tag: str, require: Callable[[str], Path], tmp_path: Path) -> None:
    validator = require("ooxml-validator")
    (tmp_path / "made.docx").write_bytes(made(theme, tag, tmp_path))
    ran = subprocess.run([validator, tmp_path / "made.docx"], capture_output=True, check=False)
    assert json.loads(ran.stdout)["errors"] == []


def test_a_chapter_put_in_front_renumbers_headings_captions_and_references(
    require: Callable[[str], Path], tmp_path: Path
) -> None:
    theme = find_theme("default", Path())
    body = write(SAMPLE, tmp_path, reference_docx(theme, SPEC.language))
    files = read_zip(finish_docx(body, Converted(TITLE, {}, HEADINGS, (), {}), SPEC, theme, PAGES))
    document = parse(files["word/document.xml"])
    first = next(
        p for p in document.iter(qn("p")) if p.find(f"{qn('pPr')}/{qn('pStyle')}[@{qn('val')}='Heading1']") is not None
    )
    first.addprevious(w("p", w("pPr", w("pStyle", val="Heading1")), text_run("Inserted")))
    start, end = bookmark("_sf_inserted_table")
    start.set(qn("id"), "9001")
    end.set(qn("id"), "9001")
    sequence = [*field("SEQ Table \\* ARABIC", [text_run("1")])]
    first.addprevious(w("p", w("pPr", w("pStyle", val="TableCaption")), start, text_run("Tab "), *sequence, end))
    later = [*field("SEQ Table \\* ARABIC", [text_run("1")])]
    reference = [*field("REF _sf_tables \\r \\h", [text_run("2")])]
    words = [text_run("Later "), *later, text_run(" see "), *reference]
    first.addprevious(w("p", w("pPr", w("pStyle", val="BodyText")), *words))
    files["word/document.xml"] = serialise(document)
    (tmp_path / "edited.docx").write_bytes(write_zip(files))
    profile = f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}"
    command = [str(require("soffice")), profile, "--headless", "--convert-to", "pdf", "--outdir", str(tmp_path)]
    subprocess.run([*command, str(tmp_path / "edited.docx")], capture_output=True, check=True, timeout=180)
    command = [str(require("pdftotext")), "-layout", str(tmp_path / "edited.pdf"), "-"]
    text = subprocess.run(command, capture_output=True, check=True)
    lines = [" ".join(line.split()) for line in text.stdout.decode().splitlines()]
    for wanted in ("1 Inserted", "2 Overview", "2.1 Purpose", "2.2.1 Component", "3 Tables", "Appendix A Algorithms"):
        assert wanted in lines
    assert "Tab 1" in lines
    assert [line for line in lines if line.startswith("Later")] == ["Later 2 see 3"]


def test_the_package_can_be_opened_as_a_zip_by_others(tmp_path: Path) -> None:
    with zipfile.ZipFile(io.BytesIO(made("default", "", tmp_path))) as package:
        assert package.testzip() is None
