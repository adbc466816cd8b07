"""Text in is text out, in all three editions and in every context; what no edition can hold is named.

One document tries many values in all contexts at once (see tests/fidelity.py).
"""

from __future__ import annotations

import io
import re
import unicodedata
import zipfile
from pathlib import Path
from typing import Any

import pytest
from effort import SWEEP, examples
from fidelity import CONTEXTS, READERS, Made, docx_frames, html_frames, html_text, made, places
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st
from lxml import etree
from lxml import html as lxml_html

from specflow import pipeline
from specflow.diagnostics import Diagnostic
from specflow.errors import InvalidData
from specflow.fonts.clusters import IGNORABLE
from specflow.hidden import is_unseen
from specflow.model import Format, Job
from specflow.tools.kit import Tools
from specflow.yaml_text.nodes import FORBIDDEN

LIMITS = settings(
    max_examples=examples(1),
    deadline=None,
    derandomize=SWEEP == 1,
    database=None,
    phases=[Phase.explicit, Phase.generate],  # a smaller example costs many builds
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)

SEQUENCES = (
    *("e\u0301", "a\u0323\u0302", "\u0301", "\ufa19", "\u2126", "\u1112\u1161\u11ab", "\u0915\u094d\u0937"),
    *("\u202eabc\u202c", "\u2067abc\u2069", "\u202e", "\u2068", "\u202c", "\u2069", "\u200e", "\u200f", "\u061c"),
    *("👨‍👩‍👧", "🇩🇪", "1️⃣", "👍🏽", "☎︎", "☎️", "🏴\U000e0067\U000e0062\U000e007f", "\U000e0061"),
    *("\ue000", "\U000f0000", "\u0378", "\u3164", "\u115f", "\u00ad", "\u2060", "\u200b", "\u200d", "\u034f"),
    *("\u00a0", "\u2003", "\u3000", "\u2011", "مرحبا", "שלום", "港湾", "ไทย", "ﬁ", "½", "\ufffc", "\ufffd"),
)
MARKUP = (
    *("*", "_", "`", "``", "~", "#", "# ", "- ", "1. ", "> ", "| ", "|---|", "[x](y)", "[^1]", "$x$", "<b>", "&amp;"),
    *("&#x202e;", "\\", "\\\\", "//", "/* c */", "#let x = 1", "= ", "+ ", "/ x: y", "@ref", "<a>", '"', "'", "--"),
    *("...", "https://a.example/?b=c&d", "www.a.example", "a@b.example", ":smile:", "{x}", "{{ x }}", "%}", "]]>"),
    *(" ", "  ", "\t", "\n", "\n\n", "a", "bc ", "word ", "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"),
)
ANY = st.characters(exclude_categories=["Cs"])
TEXT = (
    st.lists(st.sampled_from(MARKUP + SEQUENCES) | st.text(ANY, max_size=3), max_size=8)
    .map(lambda pieces: FORBIDDEN.sub("", "".join(pieces)).replace("\r", "").strip(" \t\n"))
    .filter(lambda text: text and not is_unseen(text) and "K" not in text and text.casefold() not in {"tbd", "todo"})
    .filter(lambda text: text.isascii() or not text.startswith("https:"))  # an address stays one: test_glyphs.py
)
TEXTS = st.lists(TEXT, min_size=4, max_size=8)
HARD = ["two\nlines", "a  b\tc", "#let x = 1 // y", "\u00a0x\u00a0", "e\u0301\u2126", "a\u202eb", "c\u3164d", "\\ ` ``"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("fidelity")


def plain(text: str, context: str) -> str:
    """Return text as it may stand on a line: where it breaks, and which of its blanks may break, is not the matter."""
    line = text.replace("\n", " ").replace("\u00a0", " ")
    return re.sub(" +", " ", line) if context == "h" else line


def shown(value: str, context: str) -> str:
    """Return the text that a value has in the context."""
    text = re.sub("[\ufdd0-\ufdef]", "\ufffd", value)  # with a warning, `unprintable`
    text = text if context in "kf" else text.replace("\t", "    ")
    return re.sub(" *\n[ \n]*", " ", text) if context == "h" else text


def check_same(value: str, context: str, form: Format, got: str, told: frozenset[str]) -> None:
    """Assert that the edition has the text; characters that a warning names may be shown by their numbers."""
    text = shown(value, context)
    unbroken = "".join(got.split())
    marked = {each for each in text if f"‹U+{ord(each):04X}›" in unbroken}
    assert not marked or told
    for each in marked:
        text = text.replace(each, f"‹U+{ord(each):04X}›")
    if form is not Format.PDF:
        assert plain(got, context) == plain(text, context)
        return
    expected, found = paper(text), paper(got)
    if expected != found:  # PDFium orders letters as they stand on paper, and repeats those of letters with many marks
        assert has_order(text), (expected, found)
        marks = {context}  # the letter that a first combining mark is drawn on
        marks |= set("‹›U+0123456789ABCDEF") if told else set()  # a number has an order, too
        lost = {each for each in expected if told and unicodedata.category(each) in ("Cn", "Co")}
        assert set(filter(is_upright, expected)) - marks - lost == set(filter(is_upright, found)) - marks


def paper(text: str) -> str:
    """Return the text without what cannot be seen on paper, letters that PDFium takes apart taken apart.

    PDFium passes over U+FFFC, which Poppler reads.
    """
    normal = unicodedata.normalize("NFKC", text.replace("\ufffc", ""))
    return "".join(each for each in normal if not each.isspace() and ord(each) not in IGNORABLE)


def has_order(text: str) -> bool:
    """Whether the letters of the text stand in another order on paper, or on top of each other."""
    return any(unicodedata.bidirectional(each) in ("R", "AL", "AN", "RLE", "RLO", "RLI", "NSM") for each in text)


def is_upright(character: str) -> bool:
    """Whether the character looks the same in text from right to left; a bracket is the other one there."""
    return not unicodedata.mirrored(character)


def keys_told(document: Made) -> frozenset[str]:
    codes = {"glyph-missing", "bidi-control", "invisible", "unprintable"}
    return frozenset(found.key for found in document.warnings if found.code in codes and found.key and found.hint)


@LIMITS
@given(values=TEXTS)
@example(values=HARD)
def test_text_in_is_text_out(values: list[str], folder: Path, tools: Tools) -> None:
    document = made(values, "text", folder, tools)
    told = keys_told(document)
    for form, read in READERS.items():
        found = places(read(getattr(document, str(form))))
        for number, value in enumerate(values):
            named = frozenset({f"values[{number}]"}) & told
            for context, name in CONTEXTS.items():
                assert (number, context) in found, f"{form}: {name} of {value!r} is not there"
                check_same(value, context, form, found[number, context], named)


BLOCKS = ("```\n", "~~~\n", "---\n", "| a |\n|---|\n", "<!--", "# a\n", "[^1]: b\n", "x\n===\n")
MARKDOWN = (
    st.lists(st.sampled_from((*MARKUP, *SEQUENCES, *BLOCKS)), max_size=10)
    .map("".join)
    .filter(lambda text: not is_unseen(text) and "![" not in text)  # an image has to be there
)
MARKDOWNS = st.lists(MARKDOWN, min_size=3, max_size=5)


@LIMITS
@given(kind=st.sampled_from(["prose", "inline"]), values=MARKDOWNS)
@example(kind="prose", values=["# a\n\nb", "- c\n\n  1. d", "```\ne", "| f |\n|---|\n| g |", "> h\u202e\n\n***"])
def test_markdown_leaves_the_templates_structure(kind: str, values: list[str], folder: Path, tools: Tools) -> None:
    usual = made(["x"] * len(values), kind, folder, tools, formats=(Format.DOCX, Format.HTML))
    document = made(values, kind, folder, tools, formats=(Format.DOCX, Format.HTML))
    assert docx_frames(document.docx) == docx_frames(usual.docx)
    assert html_frames(document.html) == html_frames(usual.html)


@LIMITS
@given(kind=st.sampled_from(["prose", "inline", "text"]), value=MARKDOWN, others=MARKDOWNS)
def test_a_field_does_not_depend_on_the_others(
    kind: str, value: str, others: list[str], folder: Path, tools: Tools
) -> None:
    def first(rest: list[str]) -> dict[tuple[int, str], str]:
        document = made([value, *rest], kind, folder, tools, formats=(Format.HTML,))
        return {place: text for place, text in places(html_text(document.html)).items() if place[0] == 0}

    assert first(others) == first(["x"] * len(others))


LINE = TEXT.map(lambda text: " ".join(text.split())).filter(bool)
NAMES = LINE.map(lambda text: re.sub('[/\\\\:*?"<>|\x00-\x1f]', "-", text)[:40].strip(" .")).filter(bool)


@LIMITS
@given(title=LINE, document=LINE, version=LINE, stem=NAMES)
@example(title="a\u202eb", document="ID", version="1\U000e0061\u0378", stem="v1.10")
@example(title="<b>&amp;\"'", document="\"><script>'", version="1 & 2 <3>", stem="a & b 'c' é日")
def test_title_header_and_file_name(
    title: str, document: str, version: str, stem: str, folder: Path, tools: Tools
) -> None:
    found = made([], "text", folder, tools, title=title, document=document, version=version, stem=stem)
    told = frozenset({"told"}) if found.warnings else frozenset()
    page: Any = lxml_html.fromstring(found.html.decode("utf-8"))
    with zipfile.ZipFile(io.BytesIO(found.docx)) as package:
        core: Any = etree.fromstring(package.read("docProps/core.xml"))
        custom: Any = etree.fromstring(package.read("docProps/custom.xml"))
    values = ["".join(entry.itertext()) for entry in custom]
    for got in (page.find(".//h1").text_content(), core.find("{*}title").text):
        check_same(f"Katt {title} Kztt", "h", Format.HTML, got, told)
    check_same(document, "h", Format.HTML, values[0], told)
    check_same(version, "h", Format.HTML, values[1], told)
    footer = page.find(".//footer/p").text_content()
    assert values[0] in footer
    assert values[1] in footer


@pytest.mark.parametrize("escaped", [False, True])
@pytest.mark.parametrize("character", ["\x00", "\x1f", "\x7f", "\x9f", "\u2028", "\ufeff", "\ufffe", "\uffff"])
def test_what_no_document_can_hold_is_named(character: str, escaped: bool, folder: Path) -> None:
    spec = folder / "refused.yaml"
    written = f"\\U{ord(character):08x}" if escaped else character
    spec.write_bytes(f'template: text\ntitle: "a{written}b"\n'.encode("utf-8", "surrogatepass"))
    told: list[Diagnostic] = []
    with pytest.raises(InvalidData) as caught:
        pipeline.check(Job(spec, folder, templates=(folder / "templates",)), told.append)
    fault = next(fault for fault in caught.value.diagnostics if f"U+{ord(character):04X}" in fault.message)
    assert fault.span
    assert fault.span.line == 2
    assert fault.hint
