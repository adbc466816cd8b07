"""Fonts of a document: what the theme lacks is found, cut small, and the same every time."""

from __future__ import annotations

import io
import os
import unicodedata
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont
from lxml import etree

from specflow.errors import ConversionFailed
from specflow.finish.docx_fonts import embed_fonts, name_fonts
from specflow.finish.wordml import attribute, parse, qn
from specflow.fonts import Coverage, catalogue, cover, coverage, families, han_language
from specflow.fonts.clusters import IGNORABLE, clusters
from specflow.fonts.drawing import with_fonts
from specflow.fonts.han import han_tag
from specflow.fonts.sfnt import read_font
from specflow.model import DocumentFont
from specflow.tools.typst import Typst

THEME = ("Liberation Sans", "Liberation Mono")
ARABIC = "منصة الجمارك البحرية ١٢٣"
EVERYDAY = "Grün, naïve – “quotes” → €5 ≤ Ωмега ₂ •"


@pytest.fixture
def extra() -> None:
    """Skip the test where the extra `fonts` is not installed; fail it where nothing may be skipped."""
    missing = [pack.distribution for pack in catalogue.PACKS if not catalogue.pack_folder(pack)]
    if missing:
        message = f"{', '.join(missing)} is not installed: {catalogue.INSTALL}"
        if os.environ.get("SPECFLOW_REQUIRE_ALL") == "1":
            pytest.fail(message)
        pytest.skip(message)


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hide the extra `fonts`."""
    bundled = tuple((face, catalogue.bundled_folder() / face.file) for face in catalogue.BUNDLED)
    monkeypatch.setattr(coverage, "faces", lambda: bundled)
    monkeypatch.setattr(catalogue, "pack_folder", lambda _: None)


def covered(*texts: str, language: str = "en") -> Coverage:
    return cover([(f"key{number}", text) for number, text in enumerate(texts)], THEME, language)


def lost(text: str) -> list[str]:
    return [character for missing in covered(text).missing for character in missing.characters]


def font(made: Coverage, family: str, weight: int = 400) -> DocumentFont:
    return next(found for found in made.fonts if (found.family, found.weight) == (family, weight))


def opened(found: DocumentFont) -> TTFont:
    return TTFont(io.BytesIO(found.data))


def words_of(element: etree._Element) -> str:
    return "".join(str(part) for part in element.itertext())


def typeset(text: str, made: Coverage) -> bytes:
    names = ", ".join(f'"{name}"' for name in (THEME[0], *families(made.fonts, "en")))
    source = f'#set document(title: "T")\n#set text(font: ({names}))\n= T\n{text}\n\n*{text}*\n'
    return Typst().compile(source.encode(), {}, timestamp=0, fonts=made.fonts)


def test_what_the_theme_has_needs_no_font() -> None:
    assert covered(EVERYDAY) == Coverage()


@pytest.mark.parametrize(
    "path",
    [
        *sorted(catalogue.theme_folder().glob("*.ttf")),
        *(catalogue.bundled_folder() / f.file for f in catalogue.BUNDLED),
    ],
    ids=lambda path: path.name,
)
def test_a_font_is_read_as_a_font_library_reads_it(path: Path) -> None:
    found = read_font(path)
    assert found
    with TTFont(path) as known:
        assert found.characters == set(known.getBestCmap())
        assert found.family == (known["name"].getDebugName(16) or known["name"].getDebugName(1))


def test_what_is_no_font_is_none(tmp_path: Path) -> None:
    for number, data in enumerate((b"", b"no font", b"\0\1\0\0\0\1" + b"\xff" * 40)):
        (tmp_path / f"{number}.ttf").write_bytes(data)
        assert read_font(tmp_path / f"{number}.ttf") is None


def test_every_bundled_face_is_there_with_its_family() -> None:
    for face in catalogue.BUNDLED:
        found = read_font(catalogue.bundled_folder() / face.file)
        assert found
        assert found.family == face.family


def test_every_face_of_the_extra_is_there_with_its_family(extra: None) -> None:
    for pack in catalogue.PACKS:
        folder = catalogue.pack_folder(pack)
        assert folder
        for face in pack.faces:
            found = read_font(folder / face.file)
            assert found, face.file
            assert found.family == face.family


def test_ignorable_characters_are_those_of_unicode() -> None:
    formats = {ord(c) for c in map(chr, range(0x20000)) if unicodedata.category(c) == "Cf"}
    drawn = formats - IGNORABLE
    # signs that stand over digits or begin a text are drawn, and PDF/A forbids the byte order mark
    assert {unicodedata.name(chr(c)).split()[0] for c in drawn} <= {"ARABIC", "SYRIAC", "ZERO", "KAITHI", "EGYPTIAN"}
    assert 0xFEFF not in IGNORABLE


@pytest.mark.parametrize(
    "text",
    ["a\u200bb", "a\u200db", "\u200e\u200fa", "\u2066a\u2069", "so\u00adft", "e\u0301", "a\ufe0f", "\u202fa\u3000"],
)
def test_invisible_characters_are_never_missing_and_typst_takes_them(text: str) -> None:
    made = covered(text)
    assert not made.missing
    assert typeset(text, made).startswith(b"%PDF")


def test_clusters_hold_together_what_one_font_draws() -> None:
    assert list(clusters("ae\u0301x")) == ["a", "e\u0301", "x"]
    assert list(clusters("\U0001f469\u200d\U0001f4bb!")) == ["\U0001f469\u200d\U0001f4bb", "!"]
    assert list(clusters("\U0001f1ee\U0001f1f9\U0001f1ee")) == ["\U0001f1ee\U0001f1f9", "\U0001f1ee"]
    assert list(clusters("1\ufe0f\u20e3")) == ["1\ufe0f\u20e3"]


def test_arabic_comes_with_its_joined_forms(bare: None) -> None:
    found = font(covered(ARABIC), "Noto Sans Arabic")
    with opened(found) as made:
        features = {record.FeatureTag for record in made["GSUB"].table.FeatureList.FeatureRecord}
        assert {"init", "medi", "fina"} <= features
        assert set(map(ord, found.characters)) <= set(made.getBestCmap())
        assert made["maxp"].numGlyphs < 120


def test_a_font_is_static_and_found_by_its_family_and_weight(bare: None) -> None:
    made = covered(ARABIC)
    for weight, style in ((400, "Regular"), (700, "Bold")):
        with opened(font(made, "Noto Sans Arabic", weight)) as found:
            names = {record.nameID: record.toUnicode() for record in found["name"].names}
            assert (names[1], names[2]) == ("Noto Sans Arabic", style)
            assert "Open Font License" in names[13]
            assert found["OS/2"].usWeightClass == weight
            assert not {"fvar", "gvar", "HVAR"} & set(found.keys())


def test_the_same_text_gives_the_same_bytes(bare: None) -> None:
    from specflow.fonts import subset

    first = covered(ARABIC, "✓ ∀")
    subset._cuts.cache_clear()
    assert covered(ARABIC, "✓ ∀") == first


def test_symbols_and_emoji_of_everyday_are_bundled(bare: None) -> None:
    made = covered("✓ ✗ ⚠ ☐ ∀ ∅ ① ━ ✅ ❌ 1\ufe0f\u20e3 ℃ ₸ ḁ")
    assert not made.missing
    assert {found.family for found in made.fonts} >= {"Noto Sans Math", "Noto Emoji", "DejaVu Sans Mono"}


def test_what_no_font_has_is_named_with_the_package_that_would(bare: None) -> None:
    made = covered("港", "\ue000 \u0378", "ไทย")
    packs = {missing.key: missing.pack and missing.pack.name for missing in made.missing}
    assert packs == {"key0": "fonts-cjk", "key1": None, "key2": "fonts-scripts"}
    assert made.missing[1].characters == ("\ue000", "\u0378")


def test_a_mark_without_a_font_of_its_letter_is_lost_and_the_letter_stays() -> None:
    assert lost("ا\u20e3") == ["\u20e3"]
    assert lost("x\u0305") == []


def test_a_byte_order_mark_is_missing_in_any_text() -> None:
    assert lost("a\ufeffb") == ["\ufeff"]


@pytest.mark.parametrize(
    ("text", "document", "language"),
    [
        ("plain", "ja", None),
        ("港湾の図", "it", "ja"),
        ("カタカナ", "zh", "ja"),
        ("항구 港", "it", "ko"),
        ("港口海关", "it", "zh-Hans"),
        ("海關資訊", "it", "zh-Hant"),
        ("図書関係", "it", "ja"),
        ("港口", "ja", "ja"),
        ("海关", "zh-TW", "zh-Hant"),
        ("、。", "it", "zh-Hans"),
    ],
)
def test_the_language_of_han_characters(text: str, document: str, language: str | None) -> None:
    assert han_language(text, document) == language


def test_tags_of_han_languages() -> None:
    assert [han_tag(tag) for tag in ("ja-JP", "zh", "zh-CN", "zh-Hant-HK", "ko", "it")] == [
        *("ja", "zh-Hans", "zh-Hans", "zh-Hant", "ko", None)
    ]


def test_han_characters_take_the_font_of_their_language(extra: None) -> None:
    made = covered("港口海关", "港湾の図", "海關資訊", "한국어")
    assert "关" in font(made, "Noto Sans SC").characters
    assert "の" in font(made, "Noto Sans JP").characters
    assert "關" in font(made, "Noto Sans TC").characters
    assert "한" in font(made, "Noto Sans KR").characters
    assert families(made.fonts, "ja")[0] == "Noto Sans JP"
    assert families(made.fonts, "zh-TW")[0] == "Noto Sans TC"


def test_all_scripts_pass_as_archivable_and_accessible_pdf(extra: None) -> None:
    signs = "😀 👩\u200d💻 ✅ ⚠\ufe0f 1\ufe0f\u20e3 🇮🇹"
    text = f"{ARABIC} 港口海关，数据。 港湾システムの図 海關資訊 한국어 ไทย हिन्दी {signs}"
    made = covered(*text.split())
    assert not made.missing
    pdf = typeset(text, made)
    assert pdf.startswith(b"%PDF")
    assert pdf == typeset(text, made)


def test_typst_still_refuses_what_it_was_given_no_font_for(extra: None) -> None:
    with pytest.raises(ConversionFailed) as caught:
        typeset("港", covered("x"))
    assert {found.code for found in caught.value.diagnostics} == {"glyph-missing"}


W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'


LINES = {"hhea", "OS/2", "head"}
"""The tables of a font that tell its line height, and the one with the checksum of all."""


def package() -> dict[str, bytes]:
    return {
        "[Content_Types].xml": b'<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
        "word/fontTable.xml": f'<w:fonts {W}><w:font w:name="Arial"/></w:fonts>'.encode(),
        "word/settings.xml": f'<w:settings {W}><w:zoom w:percent="100"/></w:settings>'.encode(),
    }


def test_embedded_fonts_have_their_shapes_and_lines_as_high_as_the_themes(bare: None) -> None:
    files, made = package(), covered(ARABIC)
    embed_fonts(files, made.fonts)
    (entry,) = [found for found in parse(files["word/fontTable.xml"]) if attribute(found, "name") == "Noto Sans Arabic"]
    assert [etree.QName(child).localname for child in entry] == [
        *("charset", "family", "pitch", "embedRegular", "embedBold")
    ]
    for found, element in zip(made.fonts, list(entry)[-2:], strict=True):
        target = f"word/fonts/font{1 + made.fonts.index(found)}.odttf"
        digits = attribute(element, "fontKey").strip("{}").replace("-", "")
        key = [int(digits[place : place + 2], 16) for place in range(30, -2, -2)]  # ECMA-376 part 1, 17.8.1
        data = bytearray(files[target])
        for place in range(32):
            data[place] ^= key[place % 16]
        with TTFont(io.BytesIO(bytes(data))) as out, TTFont(io.BytesIO(found.data)) as given:
            assert {tag: out.reader[tag] for tag in given.reader.keys() - LINES} == {
                tag: given.reader[tag] for tag in given.reader.keys() - LINES
            }
            em, lines, metrics = out["head"].unitsPerEm, out["hhea"], out["OS/2"]
            assert (round(lines.ascent / em, 3), round(lines.descent / em, 3)) == (0.905, -0.212)  # Liberation Sans
            assert (metrics.sTypoAscender, metrics.sTypoDescender) == (lines.ascent, lines.descent)
            assert (metrics.usWinAscent, metrics.usWinDescent) == (lines.ascent, -lines.descent)
    settings = [etree.QName(child).localname for child in parse(files["word/settings.xml"])]
    assert settings == ["zoom", "embedTrueTypeFonts", "saveSubsetFonts"]
    assert b"odttf" in files["[Content_Types].xml"]
    assert files["word/_rels/fontTable.xml.rels"].count(b"fonts/font") == 2


def test_without_fonts_the_package_stays_as_it_was() -> None:
    files = package()
    embed_fonts(files, ())
    assert files == package()


def test_runs_name_the_font_of_their_characters(bare: None) -> None:
    made = covered(f"{ARABIC} ✓")
    run = f"<w:r><w:rPr><w:b/></w:rPr><w:t>Yes ✓ or {ARABIC[:4]}</w:t><w:tab/><w:t>end</w:t></w:r>"
    root = etree.fromstring(f"<w:p {W}>{run}<w:r><w:t>plain</w:t></w:r></w:p>")
    before = words_of(root)
    name_fonts([root], made.fonts, "en")
    faces = {}
    for found in root:
        named = found.find(f"{qn('rPr')}/{qn('rFonts')}")
        faces[words_of(found)] = None if named is None else named.get(qn("cs"))
    assert words_of(root) == before
    signs = {"✓": "Noto Sans Symbols2", ARABIC[:4]: "Noto Sans Arabic"}
    assert faces == {"Yes ": None, " or ": None, "end": None, "plain": None, **signs}
    assert all(found.find(f"{qn('rPr')}/{qn('b')}") is not None for found in list(root)[:-1])


def test_texts_of_a_drawing_name_the_font_of_their_characters(bare: None) -> None:
    made = covered(f"{ARABIC} ✓")
    word = ARABIC[:4]
    inner = f'<text y="20" font-family="{THEME[0]}">Yes ✓ or <tspan>{word}</tspan> x ✓</text>'
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 99 40">{inner}</svg>'.encode()
    drawn = with_fonts(svg, made.fonts, "en")
    text = etree.fromstring(drawn)[0]
    assert words_of(text) == f"Yes ✓ or {word} x ✓"
    assert [part.get("font-family") for part in text.iter()][1:] == [
        *("'Noto Sans Symbols2'", None, "'Noto Sans Arabic'", "'Noto Sans Symbols2'")
    ]
    source = b'#set document(title: "T")\n= T\n#image("a.svg", alt: "x")\n'
    assert Typst().compile(source, {}, {"a.svg": drawn}, timestamp=0, fonts=made.fonts).startswith(b"%PDF")


def test_a_drawing_without_such_texts_stays_as_it_is(bare: None) -> None:
    svg = b'<svg xmlns="http://www.w3.org/2000/svg"><text>plain</text></svg>'
    assert with_fonts(svg, covered(ARABIC).fonts, "en") is svg
