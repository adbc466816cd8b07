"""The PDF edition: what is on its pages, what is in its structure, and what is said when Typst refuses."""

from __future__ import annotations

import io
import subprocess
from dataclasses import replace
from functools import cache
from typing import Any

import pikepdf
import pypandoc
import pytest

from specflow.diagnostics import Diagnostic
from specflow.errors import ConversionFailed, ToolMissing
from specflow.finish.pdf import finish_pdf
from specflow.model import Caption, Converted, Format, Heading, Identity
from specflow.theme import default_theme
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

# `#section-number[1]`{=typst}Overview {#overview}

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

## `#section-number[1.1]`{=typst}Requirements {#requirements}

| Id | Requirement |
|:---|:------------|
@@ROWS@@

: Table 1: Requirements {#tbl-req}

```{=typst}
#wide[
Landscape words.
]
```

# `#section-number[2]`{=typst}Approval {#approval}

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

## `#section-number[Appendix A]`{=typst}Steps {#steps}

Last words.
""".replace("@@ROWS@@", "\n".join(f"| REQ-{n:03d} | The system shall do thing {n}. |" for n in range(60)))

HEADINGS = (
    Heading(1, "1", "Overview", "overview"),
    Heading(2, "1.1", "Requirements", "requirements"),
    Heading(1, "2", "Approval", "approval"),
    Heading(1, "", "Appendices", "appendices"),
    Heading(2, "A", "Steps", "steps", appendix=True),
)
CAPTIONS = (Caption("table", "1", "Requirements", "tbl-req"),)
DRAFT = Identity("MS-7", "1.4", "in_progress", "2026-11-20", draft=True)
TITLE = 'Ledger "#panic()" $x$ & Söhne'


@cache
def body() -> bytes:
    command = [pypandoc.get_pandoc_path(), "-f", "markdown-smart", "-t", "typst-smart", "--syntax-highlighting=tango"]
    return subprocess.run(command, input=MARKDOWN.encode(), capture_output=True, check=True).stdout


def converted(source: bytes | None = None, media: dict[str, bytes] | None = None) -> Converted:
    outputs = {Format.PDF: body() if source is None else source}
    return Converted(TITLE, outputs, HEADINGS, CAPTIONS, {}, media or {})


@cache
def typesetter() -> Typst:
    return Typst()


def typeset(made: Converted, identity: Identity = DRAFT) -> tuple[bytes, dict[str, int], list[Diagnostic]]:
    told: list[Diagnostic] = []
    pdf, pages = finish_pdf(made, identity, default_theme(), typesetter(), told.append)
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
    assert sorted(alternatives) == ["done", "not done"]


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
    approved = replace(DRAFT, status="approved", draft=False)
    pdf, _, _ = typeset(converted(b"= One <one>\n"), approved)
    assert "DRAFT" not in words_of(pdf)
    assert "Approved Page 1 of 1" in words_of(pdf)
    pdf, _, _ = typeset(converted(b"= One <one>\n"))
    assert words_of(pdf).replace(" ", "").count("DRAFT") == 2  # across the page, and at its foot


def test_same_input_same_bytes() -> None:
    assert typeset(converted())[0] == draft()[0]


def test_a_new_typesetter_gives_the_same_bytes() -> None:
    told: list[Diagnostic] = []
    pdf, _ = finish_pdf(converted(), DRAFT, default_theme(), Typst(), told.append)
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
    monkeypatch.setattr(driver, "_wheel", None)
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
