"""A Word file that is forged, torn or a bomb is refused; whatever is changed in a good one, nothing breaks."""

from __future__ import annotations

import io
import random
import resource
import struct
import time
import zipfile
from pathlib import Path

import pytest
from docx import Document
from effort import examples

from specflow.errors import SpecflowError
from specflow.finish.docx_reference import brought
from specflow.finish.reference_file import MOST_FILES, MOST_PACKED, read_reference
from specflow.languages import find_language
from specflow.model import Settings
from specflow.theme import find_theme

STYLES, THEME = "word/styles.xml", "word/theme/theme1.xml"


@pytest.fixture(scope="module")
def good() -> dict[str, bytes]:
    """The parts of a Word file that is as it should be."""
    document = Document()
    document.sections[0].header.paragraphs[0].text = "Northbridge"
    made = io.BytesIO()
    document.save(made)
    with zipfile.ZipFile(made) as package:
        return {name: package.read(name) for name in package.namelist()}


def packed(parts: dict[str, bytes], how: int = zipfile.ZIP_DEFLATED) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", how) as package:
        for name, data in parts.items():
            package.writestr(name, data)
    return made.getvalue()


HOUSE, LANGUAGE = find_theme("", Path(__file__).parent), find_language("")


def codes(data: bytes, folder: Path, *, only_read: bool = False) -> set[str]:
    """Return what is wrong with the file, which is told within time and memory."""
    path = folder / "own.docx"
    path.write_bytes(data)
    started, before = time.process_time(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    try:
        if only_read:
            read_reference(path)
        else:
            brought(HOUSE, LANGUAGE, Settings(folder=folder, reference=path))
    except SpecflowError as refusal:
        found = refusal.diagnostics
    else:
        found = ()
    assert time.process_time() - started < 5
    assert (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) >> 10 < 400
    assert all(fault.hint and fault.span for fault in found)
    return {fault.code for fault in found}


def test_a_good_one_is_taken(good: dict[str, bytes], tmp_path: Path) -> None:
    assert codes(packed(good), tmp_path) == set()


@pytest.mark.parametrize("how", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_no_other_packing_is_unpacked(how: int, good: dict[str, bytes], tmp_path: Path) -> None:
    data = bytearray(packed(good, how))
    assert codes(bytes(data), tmp_path) == {"reference-docx"}
    data[200:400] = bytes(200)
    assert codes(bytes(data), tmp_path) == {"reference-docx"}


def test_bombs(good: dict[str, bytes], tmp_path: Path) -> None:
    zeros = bytes(20_000_001)
    assert codes(packed({**good, "word/big.xml": zeros}), tmp_path) == {"reference-docx-size"}
    many = {f"word/{at}.xml": zeros[:20_000_000] for at in range(6)}
    assert codes(packed({**good, **many}), tmp_path) == {"reference-docx-size"}
    entries = {f"word/{at}.xml": b"<a/>" for at in range(MOST_FILES)}
    assert codes(packed({**good, **entries}), tmp_path) == {"reference-docx-size"}
    inner = packed({"inner.xml": zeros})
    assert codes(packed({**good, "word/inner.zip": packed({"in.zip": inner})}), tmp_path) == set()  # never opened
    with (tmp_path / "large.docx").open("wb") as file:
        file.truncate(MOST_PACKED * 50)
    with pytest.raises(SpecflowError, match="reference-docx-size"):
        read_reference(tmp_path / "large.docx")


def test_a_size_that_lies_is_not_believed(good: dict[str, bytes], tmp_path: Path) -> None:
    data = bytearray(packed({**good, "word/big.xml": bytes(20_000_001)}))
    start = data.rindex(b"PK\x01\x02")  # the last entry of the directory is that of the bomb
    struct.pack_into("<I", data, start + 24, 10)
    assert codes(bytes(data), tmp_path) <= {"reference-docx-size", "reference-docx"} != set()


BOMB = '<!DOCTYPE a [<!ENTITY b "ha"><!ENTITY c "&b;&b;&b;&b;"><!ENTITY d "&c;&c;&c;&c;">]>'
OUTSIDE = '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/hosts">]>'
ELSEWHERE = '<!DOCTYPE a SYSTEM "http://127.0.0.1:9/a.dtd">'


@pytest.mark.parametrize("declaration", [BOMB, OUTSIDE, ELSEWHERE])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-32", "utf-7", "cp037"])
@pytest.mark.parametrize("part", [STYLES, THEME])
def test_entities_in_any_encoding(
    declaration: str, encoding: str, part: str, good: dict[str, bytes], tmp_path: Path
) -> None:
    body = good[part].decode("ascii", "replace").replace("\ufffd", "?").split("?>", 1)[1]
    text = f'<?xml version="1.0" encoding="{encoding}"?>{declaration}{body}'
    for data in (text.encode(encoding), text[:40].encode() + text[40:].encode(encoding)):
        parts = {"[Content_Types].xml": b"<a/>", "word/document.xml": b"<a/>", STYLES: b"<a/>", part: data}
        assert codes(packed(parts), tmp_path, only_read=True) == {"reference-docx-xml"}


def test_depth_and_breadth(good: dict[str, bytes], tmp_path: Path) -> None:
    deep = b"<a>" * 100_000 + b"</a>" * 100_000
    assert codes(packed({**good, "word/deep.xml": deep}), tmp_path) == {"reference-docx-xml"}
    style = b'<w:style w:type="paragraph" w:styleId="s%d"><w:name w:val="s%d"/></w:style>'
    styles = b"".join(style % (at, at) for at in range(5_000))
    broad = good[STYLES].replace(b"</w:styles>", styles + b"</w:styles>")
    assert codes(packed({**good, STYLES: broad}), tmp_path) == set()


VALUES = ("", "-1", "0", "9" * 20, "x", "NaN", "1e9", "../../x", "true", "Heading1", "1.5", "\u0660")


def test_no_change_breaks_anything(good: dict[str, bytes], tmp_path: Path) -> None:
    dice = random.Random(4)  # noqa: S311 (no secret)
    whole = packed(good)
    names = [name for name in good if name.endswith((".xml", ".rels"))]
    for _ in range(examples(12)):
        name = dice.choice(names)
        text = good[name].decode()
        kind = dice.randrange(4)
        if kind == 0:
            data = bytearray(whole)
            for _ in range(dice.randrange(1, 9)):
                data[dice.randrange(len(data))] = dice.randrange(256)
            codes(bytes(data[: dice.choice([len(data), dice.randrange(len(data))])]), tmp_path)
            continue
        if kind == 1:
            codes(packed({other: data for other, data in good.items() if other != name}), tmp_path)
            continue
        start = dice.choice([at for at, character in enumerate(text) if character == "<"])
        end = text.find(">", start) + 1
        if kind == 2:
            text = text[:start] + text[start:end] * dice.choice([0, 2]) + text[end:]
        elif '="' in text[start:end]:
            at = text.find('="', start) + 2
            text = text[:at] + dice.choice(VALUES) + text[text.find('"', at) :]
        codes(packed({**good, name: text.encode()}), tmp_path)
