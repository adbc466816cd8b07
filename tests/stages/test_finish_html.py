"""The HTML edition: one file, readable by everybody, whatever its values are."""

from __future__ import annotations

import base64
import io
import re
import subprocess
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pypandoc
import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont
from lxml import html as parser

from specflow.finish.html import finish_html
from specflow.finish.html_body import accessible
from specflow.finish.html_colours import BANNER, FILLS, dark_fill, on_dark
from specflow.finish.html_drawings import lettered
from specflow.finish.html_fonts import FORMULAS, css_string, han_stacks, unicode_range
from specflow.languages import find_language
from specflow.model import (
    Caption,
    Completeness,
    Converted,
    DocumentFont,
    Format,
    Heading,
    Identity,
    Language,
    Source,
    Spec,
    Template,
)
from specflow.theme import Theme, bundled_themes, contrast, default_theme, find_theme

MARKDOWN = r"""
::: front
**Milestone**: MS-7
:::

::: contents
:::

## [1]{.section-number} Overview {#overview}

Text with `code`, a note[^1] and [a link](#steps).

[^1]: The note's text.

- [x] Ready
- [ ] Waiting

```python
def f(x: int) -> str:
    return "a"  # comment
```

### [1.1]{.section-number} Requirements {#requirements}

#### [1.1.1]{.section-number} Deep {#deep}

::: table-scroll
| Id | Requirement |
|:---|:------------|
| 1  | One         |
:::

## Appendices {#appendices}

### [Appendix A]{.section-number} Steps {#steps}

Last words.
"""
HEADINGS = (
    Heading(1, "1", "Overview", "overview", label="1"),
    Heading(2, "1.1", "Requirements", "requirements", label="1.1"),
    Heading(3, "1.1.1", "Deep", "deep", label="1.1.1"),
    Heading(1, "", "Appendices", "appendices"),
    Heading(2, "A", "Steps & <more>", "steps", appendix=True, label="Appendix A"),
)
DRAFT = Identity("MS-7", "1.4", "in_progress", "2026-11-20", draft=True, status_words="In progress")
NOWHERE = Path("/nonexistent")
TEMPLATE = Template("t", "Specification", NOWHERE, NOWHERE, {}, NOWHERE, {}, (), (), frozenset(), frozenset(), ())
ATTACK = '</style></title><script>alert("1")</script>\\ "quoted"'


@cache
def body() -> bytes:
    command = [pypandoc.get_pandoc_path(), "-f", "markdown-smart", "-t", "html5"]
    return subprocess.run(command, input=MARKDOWN.encode(), capture_output=True, check=True).stdout


def converted(title: str = "Ledger", source: bytes | None = None) -> Converted:
    return Converted(title, {Format.HTML: body() if source is None else source}, HEADINGS, (), {})


def page(
    title: str = "Ledger",
    identity: Identity = DRAFT,
    source: bytes | None = None,
    theme: Theme | None = None,
    language: Language | None = None,
    **changes: Any,
) -> str:
    """Return the edition; `changes` are those to what convert hands over."""
    unread = Source(NOWHERE, {}, {}, "")
    spec = Spec(unread, TEMPLATE, {}, identity, Completeness(1, ()), language or find_language(""))
    made = replace(converted(title, source), **changes)
    return finish_html(made, spec, theme or default_theme()).decode("utf-8")


def tree(text: str) -> parser.HtmlElement:
    return parser.document_fromstring(text)


def test_landmarks_language_and_skip_link() -> None:
    root = tree(page())
    assert root.get("lang") == "en"
    for landmark in ("header", "main", "footer"):
        assert len(root.findall(f".//{landmark}")) == 1
    for nav in root.iterfind(".//nav"):
        assert nav.get("aria-label") or root.get_element_by_id(nav.get("aria-labelledby")).text == "Contents"
    first = root.find("body").find(".//a")
    assert first.get("href") == "#content"
    assert root.get_element_by_id("content").tag == "main"


def test_nothing_is_loaded_and_nothing_runs() -> None:
    root = tree(page())
    assert not root.findall(".//script")
    assert not root.findall(".//link")
    assert not root.xpath("//@*[starts-with(name(), 'on')]")
    assert "url(" not in page()
    assert "@import" not in page()


def test_head_says_what_the_document_is() -> None:
    root = tree(page())
    assert root.findtext(".//title") == "Ledger – MS-7"
    meta = {element.get("name"): element.get("content") for element in root.iterfind(".//meta")}
    assert meta["generator"] == "specflow"
    assert meta["description"] == "Ledger: MS-7, Version 1.4, In progress"
    assert [h1.text for h1 in root.iterfind(".//h1")] == ["Ledger"]


def test_contents_list_has_two_levels_and_every_link_leads_somewhere() -> None:
    root = tree(page())
    for nav in root.iterfind(".//nav"):
        lines = [link.text_content() for link in nav.iterfind(".//a")]
        assert lines == ["1 Overview", "1.1 Requirements", "Appendices", "Appendix A Steps & <more>"]
    assert len(root.findall(".//nav")) == 3
    identifiers = root.xpath("//@id")
    assert len(identifiers) == len(set(identifiers))
    for link in root.xpath("//a[starts-with(@href, '#')]"):
        assert link.get("href")[1:] in identifiers


def test_printed_contents_follow_the_front() -> None:
    root = tree(page())
    children = [child.get("class") or child.tag for child in root.get_element_by_id("content")]
    assert children[:2] == ["front", "printed-contents"]


def test_a_body_without_the_marker_prints_no_contents() -> None:
    root = tree(page(source=b"<p>Only this.</p>"))
    assert not root.find_class("printed-contents")
    assert "Only this." in root.get_element_by_id("content").text_content()


@pytest.mark.parametrize(
    "identity",
    [replace(DRAFT, id=ATTACK), replace(DRAFT, version=ATTACK), replace(DRAFT, status_words=ATTACK)],
    ids=["id", "version", "status"],
)
def test_hostile_identity_stays_text(identity: Identity) -> None:
    root = tree(page(identity=identity))
    assert not root.findall(".//script")
    assert len(root.findall(".//style")) == 1
    described = root.find(".//meta[@name='description']").get("content")
    assert 'alert("1")' in described


def test_hostile_title_stays_text() -> None:
    root = tree(page(title=ATTACK))
    assert not root.findall(".//script")
    assert root.findtext(".//h1") == ATTACK
    assert (root.findtext(".//title") or "").startswith(ATTACK)


def test_css_string_ends_nowhere_but_at_its_end() -> None:
    text = css_string('a"b\\c</style>\n')
    assert text == '"a\\22 b\\5c c\\3c \\2f style\\3e \\a "'


def test_print_headers_come_from_the_identity() -> None:
    style = tree(page()).findtext(".//style") or ""
    assert re.search(r'@top-left \{ content: "MS-7 +Ledger"', style)
    assert '@top-right { content: "Version 1.4 · In progress"' in style
    assert '@bottom-left { content: "DRAFT – not approved"' in style
    assert '@bottom-right { content: "Page " counter(page) " of " counter(pages) ""' in style


def test_the_watermark_goes_with_the_draft() -> None:
    assert tree(page()).find("body").get("class") == "draft"
    approved = page(identity=replace(DRAFT, status="approved", status_words="Approved", draft=False))
    assert tree(approved).find("body").get("class") is None
    assert "not approved" not in approved


def test_checkboxes_are_named_and_fixed() -> None:
    boxes = tree(page()).xpath("//input")
    assert [("checked" in box.attrib, "disabled" in box.attrib) for box in boxes] == [(True, True), (False, True)]
    assert [box.getparent().text_content().strip() for box in boxes] == ["Ready", "Waiting"]
    assert {box.getparent().tag for box in boxes} == {"label"}
    bare = b'<ul><li><input type="checkbox" disabled="" checked=""> A</li><li><input type="checkbox"> B</li></ul>'
    assert tree(page(source=bare)).xpath("//input/@aria-label") == ["done", "not done"]


def test_every_token_class_in_the_body_has_its_colour() -> None:
    text = page()
    style = tree(text).findtext(".//style") or ""
    classes = set(tree(text).xpath("//code//span[string-length(@class) = 2]/@class"))
    assert {"kw", "st", "co", "cf"} <= classes
    for name in classes:
        assert f"code .{name}" in style


def palettes(theme: Theme) -> tuple[dict[str, str], dict[str, str]]:
    style = tree(page(theme=theme)).findtext(".//style") or ""
    light, dark = style.split("@media screen and (prefers-color-scheme: dark)", 1)
    dark = dark.split("}", 1)[0]
    pattern = re.compile(r"--([\w-]+): (#[0-9A-F]{6});")
    return dict(pattern.findall(light)), dict(pattern.findall(dark))


@pytest.mark.parametrize("name", bundled_themes())
def test_text_can_be_read_in_both_palettes(name: str) -> None:
    for palette in palettes(find_theme(name, NOWHERE)):
        for part, colour in palette.items():
            if part in FILLS | BANNER:
                continue
            grounds = ["paper", "code-fill"]
            if part in ("ink", "heading", "accent", "link", "muted"):
                grounds.append("watermark")
            for ground in grounds:
                assert contrast(colour, palette[ground]) >= 4.5, (part, ground)
        for text, ground in (
            ("table-header-ink", "table-header-fill"),
            ("ink", "table-header-fill"),
            ("heading", "table-header-fill"),
            ("accent", "table-header-fill"),
            ("ink", "missing"),
            ("banner-ink", "banner-fill"),
        ):
            assert contrast(palette[text], palette[ground]) >= 4.5, (text, ground)


@pytest.mark.parametrize("name", bundled_themes())
def test_both_palettes_name_the_same_colours(name: str) -> None:
    light, dark = palettes(find_theme(name, NOWHERE))
    assert set(light) == set(dark)
    style = tree(page()).findtext(".//style") or ""
    used = set(re.findall(r"var\(--([\w-]+)\)", style)) - {"body", "headings", "mono"}
    assert used <= set(light)


def test_dark_colours_are_derived() -> None:
    assert contrast(on_dark("#14304F", "#141414"), "#141414") >= 9
    assert dark_fill("#FFFFFF") == "#141414"


def test_same_input_same_bytes() -> None:
    assert page() == page()
    assert page().endswith("</html>\n")


def test_header_cells_have_a_scope() -> None:
    table = "<table><thead><tr><th>A</th></tr></thead><tbody><tr><th style='x'>r</th><td>b</td></tr></tbody></table>"
    found = accessible(table, find_language("").labels)
    assert '<thead><tr><th scope="col">A</th>' in found
    assert "<tr><th scope=\"row\" style='x'>r</th>" in found


def test_highlighted_code_can_be_reached_with_the_keyboard() -> None:
    found = accessible('<div class="sourceCode" id="cb1" tabindex="0"><pre class="sourceCode"></pre></div>', {})
    assert found == '<div class="sourceCode" id="cb1"><pre tabindex="0" class="sourceCode"></pre></div>'


def test_a_displayed_formula_can_be_reached_with_the_keyboard() -> None:
    found = accessible('<math display="block"></math><math display="inline"></math>', find_language("").labels)
    assert found == '<math display="block" tabindex="0"></math><math display="inline"></math>'


def test_a_cover_says_the_same_as_that_of_the_pdf() -> None:
    root = tree(page(theme=find_theme("civic", NOWHERE)))
    (block,) = root.find_class("cover")
    said = [" ".join(line.split()) for line in block.itertext() if line.strip()]
    assert said == [
        "Specification",
        "Ledger",
        "MS-7",
        "Version 1.4",
        "In progress",
        "2026-11-20",
        "DRAFT – not approved",
    ]


def test_a_classification_stands_at_both_ends_and_on_every_printed_page() -> None:
    text = page(theme=replace(default_theme(), classification='TOP "<SECRET>'))
    banners = tree(text).find_class("banner")
    assert [banner.text for banner in banners] == ['TOP "<SECRET>', 'TOP "<SECRET>']
    style = tree(text).findtext(".//style") or ""
    assert style.count('content: "TOP \\22 \\3c SECRET\\3e "') == 2


def test_lists_of_captions_lead_to_them() -> None:
    captions = (
        Caption("table", "1", "One & <more>", "deep", "Table 1"),
        Caption("figure", "1", "Flow", "x", "Figure 1"),
    )
    root = tree(page(captions=captions, lists=("tables",)))
    (nav,) = root.find_class("captions")
    assert [link.text_content() for link in nav.iterfind(".//a")] == ["Table 1 One & <more>"]
    assert root.get_element_by_id(nav.get("aria-labelledby")).text == "Tables"


def test_a_right_to_left_document_says_so_and_is_mirrored() -> None:
    text = page(language=replace(find_language(""), tag="ar", direction="rtl"))
    root = tree(text)
    assert (root.get("lang"), root.get("dir")) == ("ar", "rtl")
    style = root.findtext(".//style") or ""
    assert re.search(r'@top-right \{ content: "MS-7 +Ledger"', style)
    assert not re.search(r"(margin|padding|border)-(left|right)", style)


def test_words_are_hyphenated_only_where_a_language_is_named() -> None:
    assert "hyphens: auto" not in page()
    named = replace(find_language(""), named=True, hyphenate=True)
    assert "hyphens: auto" in page(language=named)


def test_fonts_of_the_document_come_with_it() -> None:
    font = DocumentFont("Noto Sans Arabic", 400, "ابت", b"\x00\x01")
    style = tree(page(fonts=(font,))).findtext(".//style") or ""
    assert (
        '@font-face { font-family: "Noto Sans Arabic"; font-weight: 400; src: url("data:font/ttf;base64,AAE=")' in style
    )
    assert "unicode-range: U+627-628, U+62A;" in style
    assert '--body: "Noto Sans Arabic", "Liberation Sans", "Arial", "Helvetica", sans-serif;' in style
    assert unicode_range("cab") == "U+61-63"


def small_font(family: str, text: str) -> DocumentFont:
    """Return a font of the family with a square for each character of the text."""
    pen = TTGlyphPen(None)
    for method, points in ((pen.moveTo, [(0, 0)]), (pen.lineTo, [(0, 500), (500, 500), (500, 0)])):
        for point in points:
            method(point)
    pen.closePath()
    square = pen.glyph()
    builder = FontBuilder(1000, isTTF=True)
    names = [".notdef", *(f"u{ord(character):04X}" for character in text)]
    builder.setupGlyphOrder(names)
    builder.setupCharacterMap({ord(character): f"u{ord(character):04X}" for character in text})
    builder.setupGlyf(dict.fromkeys(names, square))
    builder.setupHorizontalMetrics(dict.fromkeys(names, (600, 0)))
    builder.setupHorizontalHeader(ascent=800, descent=-200)
    builder.setupNameTable({"familyName": family, "styleName": "Regular"})
    builder.setupOS2()
    builder.setupPost()
    buffer = io.BytesIO()
    builder.save(buffer)
    return DocumentFont(family, 400, "".join(sorted(text)), buffer.getvalue())


def drawing(text: str) -> str:
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><text>{text}</text></svg>'
    return f'<img src="data:image/svg+xml;base64,{base64.b64encode(svg.encode()).decode()}" alt="x">'


def inside(body: str) -> str:
    return base64.b64decode(body.split("base64,")[1].split('"')[0]).decode()


def test_a_drawing_brings_the_letters_that_it_needs_and_no_others() -> None:
    fonts = (small_font("Noto Sans Arabic", "ابت"), small_font("Noto Sans SC", "中文"))
    drawn = inside(lettered(drawing("Port 文"), fonts, "en"))
    assert drawn.count("@font-face") == 1
    assert 'font-family: "Noto Sans SC"; font-weight: 400;' in drawn
    assert "unicode-range: U+6587; }" in drawn
    data = base64.b64decode(drawn.split("base64,")[1].split('"')[0])
    assert set(TTFont(io.BytesIO(data)).getBestCmap()) == {ord("文")}
    assert lettered(drawing("Port 文"), fonts, "en") == lettered(drawing("Port 文"), fonts, "en")


def test_a_drawing_without_foreign_letters_stays_as_it_is() -> None:
    body = drawing("Harbour")
    assert lettered(body, (small_font("Noto Sans SC", "中"),), "en") == body
    assert lettered(drawing("中"), (), "en") == drawing("中")


def test_formulas_come_with_a_font_that_has_their_letters() -> None:
    math = "<p><math><semantics><mi>v</mi><mo>&#8721;</mo><annotation>\\sum Q</annotation></semantics></math></p>"
    style = tree(page(source=math.encode())).findtext(".//style") or ""
    found = re.search(rf'font-family: "{FORMULAS}".*?base64,([^"]+)', style)
    assert found
    font = TTFont(io.BytesIO(base64.b64decode(found[1])))
    known = font.getBestCmap()
    assert {ord("v"), 0x1D463, ord("∑")} <= set(known)
    assert ord("Q") not in known
    assert FORMULAS not in page()


def test_each_language_with_han_characters_asks_its_own_font_first() -> None:
    fonts = tuple(DocumentFont(f"Noto Sans {code}", 400, "中", b"") for code in ("SC", "JP"))
    theme = default_theme().fonts
    others = han_stacks(theme, fonts, "zh-Hans")
    assert list(others) == ["ja"]
    assert others["ja"]["body"].index("JP") < others["ja"]["body"].index("SC")
    style = tree(page(fonts=fonts, language=replace(find_language(""), tag="zh"))).findtext(".//style") or ""
    assert style.count("[lang|=") == 1
    assert "[lang|=" not in page()


def test_the_policy_lets_nothing_in() -> None:
    policy = tree(page()).xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
    assert policy[0].startswith("default-src 'none';")
    assert "script" not in policy[0]
