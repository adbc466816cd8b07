"""The PDF edition: what is on its pages, what is in its structure, and what is said when Typst refuses."""

from __future__ import annotations

import io
import re
import subprocess
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pikepdf
import pypandoc
import pytest

from specflow.diagnostics import Diagnostic
from specflow.errors import ConversionFailed, FileAccess, ToolMissing
from specflow.files import sha256
from specflow.finish.pdf import finish_pdf
from specflow.finish.pdf_drawings import pdf_drawings
from specflow.fonts import cover
from specflow.fonts.drawing import with_fonts
from specflow.languages import find_language
from specflow.model import (
    Caption,
    Completeness,
    Converted,
    DocumentFont,
    Format,
    Heading,
    Identity,
    InputFile,
    Language,
    Settings,
    Source,
    Spec,
    Template,
)
from specflow.theme import Theme, default_theme, find_theme
from specflow.tools import typst as driver
from specflow.tools.typst import Typst

MARKDOWN = r"""
```{=typst}
#front[
*Milestone*: MS-7

#figure(align(center)[#table(columns: (28%, 72%), [Lead], [Ines Köhler])], kind: table)
]
#contents()
```

# `#section-number("1")`{=typst}Overview {#overview}

Text with *emphasis*, ~~deletion~~, H~2~O, `code  span`, a note[^1] and [a link](#steps).

[^1]: The note's text.

> A quotation.

Term
:   Its definition.

```{=typst}
#task(true)[Ready]
#task(false)[Waiting]
```

Word reconcile_all_outstanding_transactions_between_the_ledgers_of_all_the_subsidiaries_of_the_group_at_once end.

```python
def f(x: int) -> str:
    return "a"  # comment
```

***

## `#section-number("1.1")`{=typst}Requirements {#requirements}

| Id | Requirement |
|:---|:------------|
@@ROWS@@

: `#caption-label("Table 1: ")`{=typst}Requirements {#tbl-req}

```{=typst}
#wide[
Landscape words.
]
```

# `#section-number("2")`{=typst}Approval {#approval}

```{=typst}
#keep[
#figure(
  align(center)[#table(columns: (50%, 50%), table.header([Role], [Signature]), [Lead], [#sign-space()])],
  kind: table,
)
]
Missing: #tbd[TBD]
#pagebreak(weak: true)
```

# Appendices {#appendices}

## `#section-number("Appendix A")`{=typst}Steps {#steps}

Last words.
""".replace("@@ROWS@@", "\n".join(f"| REQ-{n:03d} | The system shall do thing {n}. |" for n in range(60)))

HEADINGS = (
    Heading(1, "1", "Overview", "overview", label="1"),
    Heading(2, "1.1", "Requirements", "requirements", label="1.1"),
    Heading(1, "2", "Approval", "approval", label="2"),
    Heading(1, "", "Appendices", "appendices"),
    Heading(2, "A", "Steps", "steps", appendix=True, label="Appendix A"),
)
CAPTIONS = (Caption("table", "1", "Requirements", "tbl-req", label="Table 1"),)
DRAFT = Identity("MS-7", "1.4", "in_progress", "2026-11-20", draft=True, status_words="In progress")
NOWHERE = Path("/nonexistent")
TEMPLATE = Template("t", "Specification", NOWHERE, NOWHERE, {}, NOWHERE, {}, (), (), frozenset(), frozenset(), ())
TITLE = 'Ledger "#panic()" $x$ & Söhne'


@cache
def body() -> bytes:
    command = [pypandoc.get_pandoc_path(), "-f", "markdown-smart", "-t", "typst-smart", "--syntax-highlighting=tango"]
    return subprocess.run(command, input=MARKDOWN.encode(), capture_output=True, check=True).stdout


def converted(
    source: bytes | None = None, media: dict[str, bytes] | None = None, lists: tuple[str, ...] = ()
) -> Converted:
    outputs = {Format.PDF: body() if source is None else source}
    return Converted(TITLE, outputs, HEADINGS, CAPTIONS, {}, media or {}, lists)


def spec_of(
    identity: Identity = DRAFT,
    language: Language | None = None,
    source: Source | None = None,
    settings: Settings | None = None,
) -> Spec:
    """Return a spec of which only what finishing looks at is there."""
    source = source or Source(NOWHERE, {}, {}, "")
    language = language or find_language("")
    return Spec(source, TEMPLATE, {}, identity, Completeness(1, ()), language, settings or Settings())


@cache
def typesetter() -> Typst:
    return Typst()


def typeset(
    made: Converted, identity: Identity = DRAFT, spec: Spec | None = None, theme: Theme | None = None
) -> tuple[bytes, dict[str, int], list[Diagnostic]]:
    told: list[Diagnostic] = []
    pdf, pages = finish_pdf(made, spec or spec_of(identity), theme or default_theme(), typesetter(), told.append)
    return pdf, pages, told


@cache
def draft() -> tuple[bytes, dict[str, int], list[Diagnostic]]:
    return typeset(converted())


def words_of(pdf: bytes, page: int | None = None) -> str:
    pages = ["-f", str(page), "-l", str(page)] if page else []
    command = ["pdftotext", "-raw", *pages, "-", "-"]
    text = subprocess.run(command, input=pdf, capture_output=True, check=True).stdout.decode()
    return " ".join(text.split())


def titles(items: list[Any]) -> list[Any]:
    return [(item.title, titles(list(item.children))) for item in items]


def test_every_page_says_what_it_is() -> None:
    pdf, pages, told = draft()
    assert told == []
    with pikepdf.open(io.BytesIO(pdf)) as file:
        total = len(file.pages)
    assert total >= 5
    for number in range(1, total + 1):
        words = words_of(pdf, number)
        assert f"MS-7 {TITLE}" in words
        assert "Version 1.4 · In progress" in words
        assert "DRAFT – not approved" in words
        assert f"Page {number} of {total}" in words
    assert set(pages) == {heading.id for heading in HEADINGS} | {"tbl-req"}


def test_page_numbers_are_where_the_words_are() -> None:
    pdf, pages, _ = draft()
    assert "1 Overview" in words_of(pdf, pages["overview"])
    assert "Table 1: Requirements" in words_of(pdf, pages["tbl-req"])
    assert "Appendix A Steps Last words." in words_of(pdf, pages["steps"])
    assert pages["overview"] == 3
    assert pages["approval"] > pages["requirements"]


def test_contents_list_shows_the_same_pages() -> None:
    pdf, pages, _ = draft()
    contents = words_of(pdf, 2).replace(" .", "").replace("\u2060", "")
    assert f"1.1 Requirements {pages['requirements']}" in contents
    assert f"Appendix A Steps {pages['steps']}" in contents


def test_a_table_repeats_its_header_on_each_page() -> None:
    pdf, pages, _ = draft()
    for number in (pages["tbl-req"], pages["tbl-req"] + 1):
        assert "Id Requirement REQ-" in words_of(pdf, number)


def test_bookmarks_hold_the_printed_headings() -> None:
    with pikepdf.open(io.BytesIO(draft()[0])) as file, file.open_outline() as outline:
        assert titles(list(outline.root)) == [
            ("1 Overview", [("1.1 Requirements", [])]),
            ("2 Approval", []),
            ("Appendices", [("Appendix A Steps", [])]),
        ]


def test_metadata_and_conformance_are_declared() -> None:
    with pikepdf.open(io.BytesIO(draft()[0])) as file:
        meta = file.open_metadata()
        assert meta["dc:title"] == TITLE
        assert meta["pdfaid:part"] == "2"
        assert meta["pdfaid:conformance"] == "A"
        assert meta["pdfuaid:part"] == "1"
        assert "MS-7" in meta["pdf:Keywords"]
        assert str(file.docinfo["/CreationDate"]).startswith("D:20261120")
        assert str(file.Root.Lang) == "en"


def test_a_table_is_tagged_once_with_its_header_cells() -> None:
    with pikepdf.open(io.BytesIO(draft()[0])) as file:
        tags = list(_tags(file.Root.StructTreeRoot))
    assert tags.count("/Table") == 3
    assert tags.count("/TH") >= 2
    assert tags.count("/Figure") == 2  # the two boxes of the checklist


def _tags(node: Any) -> Any:
    if isinstance(node, pikepdf.Array):
        for child in node:
            yield from _tags(child)
    elif isinstance(node, pikepdf.Dictionary):
        if "/S" in node:
            yield str(node.S)
        if "/K" in node:
            yield from _tags(node.K)


def test_boxes_of_a_checklist_speak() -> None:
    with pikepdf.open(io.BytesIO(draft()[0])) as file:
        alternatives = [
            str(thing.Alt) for thing in file.objects if isinstance(thing, pikepdf.Dictionary) and "/Alt" in thing
        ]
    assert sorted(alternatives) == ["☐ not done", "☒ done"]


def test_long_words_break_without_marks_in_the_copied_text() -> None:
    word = "reconcile_all_outstanding_transactions_between_the_ledgers_of_all_the_subsidiaries_of_the_group_at_once"
    pdf, pages, _ = draft()
    text = words_of(pdf, pages["overview"])
    assert word not in text  # it takes two lines
    assert word in text.replace(" ", "")


def test_wide_pages_lie_on_their_side() -> None:
    with pikepdf.open(io.BytesIO(draft()[0])) as file:
        shapes = [float(page.mediabox[2]) > float(page.mediabox[3]) for page in file.pages]
    assert shapes.count(True) == 1


def test_the_watermark_goes_with_the_draft() -> None:
    approved = replace(DRAFT, status="approved", status_words="Approved", draft=False)
    pdf, _, _ = typeset(converted(b"= One <one>\n"), approved)
    assert "DRAFT" not in words_of(pdf)
    assert "Approved Page 1 of 1" in words_of(pdf)
    pdf, _, _ = typeset(converted(b"= One <one>\n"))
    assert words_of(pdf).replace(" ", "").count("DRAFT") == 2  # across the page, and at its foot


def test_same_input_same_bytes() -> None:
    assert typeset(converted())[0] == draft()[0]


def test_a_new_typesetter_gives_the_same_bytes() -> None:
    told: list[Diagnostic] = []
    pdf, _ = finish_pdf(converted(), spec_of(), default_theme(), Typst(), told.append)
    assert pdf == draft()[0]


def test_a_date_that_is_still_a_hole_does_not_ask_the_clock() -> None:
    pdf, _, _ = typeset(converted(b"= One <one>\n"), replace(DRAFT, date="TBD"))
    with pikepdf.open(io.BytesIO(pdf)) as file:
        assert str(file.docinfo["/CreationDate"]).startswith("D:19800101")


def test_ids_without_a_place_get_no_page() -> None:
    assert typeset(converted(b"= One <overview>\n"))[1] == {"overview": 1}


def test_files_are_read_from_memory_only() -> None:
    square = b"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 9 9'><rect width='9' height='9'/></svg>"
    source = b'= One <one>\n#image("/media/a.svg", alt: "A square")\n'
    assert typeset(converted(source, {"media/a.svg": square}))[0].startswith(b"%PDF")
    with pytest.raises(ConversionFailed) as caught:
        typeset(converted(b'= One <one>\n#read("/etc/passwd")\n'))
    assert "file not found" in caught.value.diagnostics[0].message


@pytest.mark.parametrize("path", ["../a.svg", "/tmp/a.svg"])
def test_files_outside_the_document_are_refused(path: str) -> None:
    with pytest.raises(ConversionFailed) as caught:
        typeset(converted(b"= One <one>\n", {path: b""}))
    assert caught.value.diagnostics[0].code == "media-path"


def test_bad_typst_is_a_diagnostic_with_the_line() -> None:
    with pytest.raises(ConversionFailed) as caught:
        typeset(converted(b"= One <one>\n#nonsense[here]\n"))
    (fault,) = caught.value.diagnostics
    assert fault.code == "typst-failed"
    assert "unknown variable: nonsense" in fault.message
    assert "#nonsense[here]" in fault.message
    assert fault.hint


def test_a_character_that_no_font_has_is_named() -> None:
    with pytest.raises(ConversionFailed) as caught:
        typeset(converted("= One <one>\nA 中 and 文 and 中 again.\n".encode()))
    faults = caught.value.diagnostics
    assert {fault.code for fault in faults} == {"glyph-missing"}
    assert any("U+4E2D" in fault.message for fault in faults)
    assert len(set(faults)) == len(faults)


def test_warnings_of_typst_are_told() -> None:
    _, _, told = typeset(converted(b'= One <one>\n#text(font: "Nowhere Sans")[x]\n'))
    assert [fault.code for fault in told] == ["typst-warning"]
    assert "nowhere sans" in told[0].message


def test_a_missing_wheel_is_told_with_the_cure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(driver, "find_spec", lambda _: None)
    with pytest.raises(ToolMissing) as caught:
        Typst()
    assert "pip install" in (caught.value.diagnostics[0].hint or "")


def test_only_bundled_fonts_are_embedded() -> None:
    names = set()
    with pikepdf.open(io.BytesIO(draft()[0])) as file:
        for thing in file.objects:
            if isinstance(thing, pikepdf.Dictionary) and thing.get("/Type") == "/FontDescriptor":
                names.add(str(thing.FontName).split("+")[1].split("-")[0])
    assert names == {"LiberationSans", "LiberationMono"}


def labels_of(pdf: bytes) -> list[str]:
    with pikepdf.open(io.BytesIO(pdf)) as file:
        pages: Any = file.pages
        return [str(page.label) for page in pages]


def test_page_labels_are_the_printed_numbers() -> None:
    pdf, _, _ = draft()
    numbers = labels_of(pdf)
    assert numbers == [str(number) for number in range(1, len(numbers) + 1)]


def test_a_cover_is_a_page_without_header_footer_and_label() -> None:
    theme = find_theme("civic", NOWHERE)
    assert theme.title_block == "cover"
    pdf, pages, told = typeset(converted(), replace(DRAFT, draft=False), theme=theme)
    assert told == []
    assert words_of(pdf, 1) == f"Specification {TITLE} MS-7 Version 1.4 In progress 2026-11-20"
    assert "Page" not in words_of(pdf, 1)
    labels = labels_of(pdf)
    assert labels[:3] == ["", "2", "3"]
    assert f"Page 2 of {len(labels)}" in words_of(pdf, 2)
    assert "1 Overview" in words_of(pdf, pages["overview"])


def test_a_classification_stands_at_the_top_and_bottom_of_every_page() -> None:
    theme = replace(default_theme(), classification="INTERNAL")
    pdf, _, _ = typeset(converted(), theme=theme)
    for number in range(1, len(labels_of(pdf)) + 1):
        assert words_of(pdf, number).count("INTERNAL") == 2


def test_a_logo_has_its_words(tmp_path: Path) -> None:
    (tmp_path / "theme.yaml").write_text(
        "extends: default\nlogo: {file: logo.svg, width: 30, alt: Northbridge}\n", encoding="utf-8"
    )
    (tmp_path / "logo.svg").write_bytes(
        b"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 9 9'><rect width='9' height='9'/></svg>"
    )
    pdf, _, _ = typeset(converted(b"= One <one>\n"), theme=find_theme("theme.yaml", tmp_path))
    with pikepdf.open(io.BytesIO(pdf)) as file:
        alternatives = {
            str(thing.Alt) for thing in file.objects if isinstance(thing, pikepdf.Dictionary) and "/Alt" in thing
        }
    assert "Northbridge" in alternatives


def test_a_list_of_tables_follows_the_contents() -> None:
    pdf, pages, _ = typeset(converted(lists=("tables",)))
    contents = words_of(pdf, 2).replace(" .", "").replace("\u2060", "")
    assert f"Tables Table 1 Requirements {pages['tbl-req']}" in contents


def test_words_of_a_contents_entry_go_on_below_the_words() -> None:
    long = " ".join(["interoperability"] * 9)
    body = f'#contents()\n= #section-number("1")Short <overview>\n== #section-number("1.1"){long} <requirements>\n'
    pdf, _, _ = typeset(converted(body.encode()))
    command = ["pdftotext", "-f", "2", "-l", "2", "-bbox", "-", "-"]
    found = subprocess.run(command, input=pdf, capture_output=True, check=True).stdout.decode()
    places = re.findall(r'xMin="([\d.]+)" yMin="([\d.]+)"[^>]*>interoperability<', found)
    starts = {y: min(float(x) for x, other in places if other == y) for _, y in places}
    assert len(starts) >= 2
    assert max(starts.values()) - min(starts.values()) < 0.5


def test_the_data_is_attached_on_request(tmp_path: Path) -> None:
    data = b"title: x\n"
    (tmp_path / "ledger.yaml").write_bytes(data)
    source = Source(tmp_path / "ledger.yaml", {}, {}, "", tmp_path, (InputFile("ledger.yaml", sha256(data)),))
    spec = spec_of(source=source, settings=Settings(attach_source=True))
    pdf, _, _ = typeset(converted(b"= One <one>\n"), spec=spec)
    with pikepdf.open(io.BytesIO(pdf)) as file:
        assert file.attachments["ledger.yaml"].get_file().read_bytes() == data
        assert str(file.Root.AF[0].AFRelationship) == "/Source"
        meta = file.open_metadata()
        assert (meta["pdfaid:part"], meta["pdfaid:conformance"], meta["pdfuaid:part"]) == ("3", "A", "1")
    (tmp_path / "ledger.yaml").write_bytes(b"title: y\n")
    with pytest.raises(FileAccess) as caught:
        typeset(converted(b"= One <one>\n"), spec=spec)
    assert caught.value.diagnostics[0].code == "source-changed"


def test_a_right_to_left_document_is_mirrored() -> None:
    arabic = replace(find_language(""), tag="ar-EG", direction="rtl")
    spec = spec_of(language=arabic)
    pdf, _, _ = typeset(converted(b"= One <one>\nWords.\n"), spec=spec)
    with pikepdf.open(io.BytesIO(pdf)) as file:
        assert str(file.Root.Lang) == "ar-EG"
        assert str(file.Root.ViewerPreferences.Direction) == "/R2L"
    command = ["pdftotext", "-bbox", "-", "-"]
    found = subprocess.run(command, input=pdf, capture_output=True, check=True).stdout.decode()
    edge = re.search(r'xMax="([\d.]+)" [^>]*>[^<]*Words[^<]*<', found)
    assert edge
    assert float(edge[1]) == pytest.approx((210 - default_theme().page.left) / 25.4 * 72, abs=1)


ARABIC = "ميناء النخلة الحر"


@cache
def arabic_fonts() -> tuple[DocumentFont, ...]:
    return cover([("a", ARABIC)], ("Liberation Sans", "Liberation Mono"), "it").fonts


def svg_of(words: str) -> bytes:
    text = f'<text x="10" y="30" font-family="Liberation Sans" font-size="14">{words}</text>'
    return f'<svg xmlns="http://www.w3.org/2000/svg" width="200" height="50" viewBox="0 0 200 50">{text}</svg>'.encode()


@pytest.mark.parametrize("words", [ARABIC, "e\u0301 q\u0301", "مُحَمَّد"])
def test_a_drawing_with_joined_letters_goes_into_the_pdf(words: str) -> None:
    fonts = cover([("a", words)], ("Liberation Sans", "Liberation Mono"), "it").fonts
    files = pdf_drawings({"a.svg": with_fonts(svg_of(words), fonts, "it")}, fonts, "it")
    source = b'#set document(title: "x")\n#image("a.svg", alt: "x")'
    pdf = typesetter().compile(source, {}, files, timestamp=0, fonts=fonts)
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        assert any(part.get("/Subtype") == "/Image" for part in opened.objects if isinstance(part, pikepdf.Stream))


def test_other_drawings_stay_as_they_are() -> None:
    media = {"a.svg": svg_of("Größe"), "b.png": b"\x89PNG"}
    assert pdf_drawings(media, arabic_fonts(), "it") == media


def test_a_drawing_with_joined_letters_keeps_its_size() -> None:
    made = pdf_drawings({"a.svg": svg_of(ARABIC)}, arabic_fonts(), "it")["a.svg"]
    assert b'width="200" height="50" viewBox="0 0 200 50"' in made


def test_what_runs_the_other_way_stands_on_the_other_side(tmp_path: Path) -> None:
    words = f'#spoken-blocks(lang: "ar", dir: rtl)[{ARABIC}]\n\nLatin words.'
    made = replace(converted(words.encode()), fonts=arabic_fonts(), headings=(), captions=())
    pdf, _ = finish_pdf(made, spec_of(), default_theme(), typesetter(), lambda _: None)
    (tmp_path / "a.pdf").write_bytes(pdf)
    command = ["pdftotext", "-bbox", str(tmp_path / "a.pdf"), "-"]
    shown = subprocess.run(command, capture_output=True, check=True, text=True).stdout
    places = {word: float(right) for right, word in re.findall(r'xMax="([0-9.]+)"[^>]*>([^<]+)<', shown)}
    page = re.search(r'page width="([0-9.]+)"', shown)
    assert page
    assert (
        places["words."]
        < float(page[1]) / 2
        < max(right for word, right in places.items() if word in ARABIC or word[::-1] in ARABIC)
    )


def test_joined_letters_are_painted_in_the_documents_font() -> None:
    fonts = cover([("a", "سفينة بضاعة")], ("Liberation Sans", "Liberation Mono"), "it").fonts
    one, other = (pdf_drawings({"a.svg": svg_of(words)}, fonts, "it") for words in ("سفينة", "بضاعة"))
    assert one != other  # boxes for missing letters would be the same five
