"""The PDF reader: each construct as Typst tags it, and files that cannot be read."""

from __future__ import annotations

import io
from functools import cache

import pikepdf
import pytest
import typst

from specflow.errors import VerificationFailed
from specflow.verify.read_pdf import read_pdf
from specflow.verify.read_pdf_order import Shown, reading_order
from specflow.verify.read_pdf_page import Piece, decoded, read_content
from specflow.verify.seen import Block, Cell, Link, Part, Seen

HEAD = '#set document(title: "Ledger")\n#set text(lang: "en")\n'


@cache
def pdf(body: str) -> bytes:
    made = typst.compile((HEAD + body).encode(), format="pdf", pdf_standards=["a-2a", "ua-1"])
    assert isinstance(made, bytes)
    return made


def seen(body: str) -> Seen:
    return read_pdf(pdf("= Start\n" + body))


def blocks(body: str) -> tuple[Block, ...]:
    return seen(body).blocks[1:]


def test_title_language_and_properties() -> None:
    found = read_pdf(pdf("#title()\n= One\nText."))
    assert (found.title, found.language, found.direction) == ("Ledger", "en", "ltr")
    assert found.properties["title"] == "Ledger"


def test_headings_have_levels_and_numbers() -> None:
    body = '#let n(x) = [#text(0.8em, x) #h(0.5em)]\n= #n("1")One\n== #n("1.1")Two\n= #n("Appendix A")Three\n= Four 4\n'
    found = [(block.level, block.label, block.text) for block in read_pdf(pdf(body)).blocks]
    assert found == [(1, "1", "One"), (2, "1.1", "Two"), (1, "Appendix A", "Three"), (1, "", "Four 4")]


def test_lists_nest_and_go_on() -> None:
    assert blocks("- a\n  - b\n\n  more\n+ c\n+ d\n") == (
        Block(Part.ITEM, "a", 1, "•"),
        Block(Part.ITEM, "b", 2, "•"),
        Block(Part.PARAGRAPH, "more"),
        Block(Part.ITEM, "c", 1, "1."),
        Block(Part.ITEM, "d", 1, "2."),
    )


def test_definitions_are_paragraphs() -> None:
    assert blocks("/ Term: Its definition.") == (
        Block(Part.PARAGRAPH, "Term"),
        Block(Part.PARAGRAPH, "Its definition."),
    )


def test_a_code_block_keeps_spaces_and_empty_lines() -> None:
    assert blocks('#raw("if x:\\n    y = \\"(\\\\\\\\)\\"\\n\\nz", block: true)') == (
        Block(Part.CODE, 'if x:\n    y = "(\\\\)"\n\nz'),
    )


def test_inline_code_is_text() -> None:
    assert blocks("`only code`") == (Block(Part.PARAGRAPH, "only code"),)


def test_a_quotation() -> None:
    assert blocks("#quote(block: true)[One.\n\nTwo.]") == (Block(Part.QUOTE, "One."), Block(Part.QUOTE, "Two."))


def test_a_table_over_pages_is_one_with_spans_and_headers() -> None:
    body = (
        "#set page(height: 200pt)\n"
        "#figure(kind: table, supplement: none, numbering: none, caption: [Table 3: Rates])[#table(columns: 2,"
        " table.header[A][B], table.cell(colspan: 2)[wide], table.cell(rowspan: 2)[tall], [1], [2],"
        " ..range(40).map(n => [cell #n]))]\n"
    )
    caption, table = blocks("#show figure: set block(breakable: true)\n" + body)
    assert (caption.label, caption.text) == ("Table 3", "Rates")
    assert table.rows[:4] == (
        (Cell("A", header=True), Cell("B", header=True)),
        (Cell("wide", columns=2),),
        (Cell("tall", rows=2), Cell("1")),
        (Cell("2"),),
    )
    assert len(table.rows) == 24


def test_a_figure_comes_before_its_caption() -> None:
    body = (
        "#figure(numbering: none, supplement: none, caption: [Figure 1: Ink])["
        "#image(bytes(\"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 9 9'><rect width='9'/></svg>\"),"
        ' alt: "A box")]'
    )
    found = seen(body)
    assert found.images == ("A box",)
    assert found.blocks[1:] == (Block(Part.IMAGE, ""), Block(Part.CAPTION, "Ink", label="Figure 1"))


def test_links_notes_and_formulas() -> None:
    found = seen(
        '<s>See #link("https://a.example/x")[the site]#footnote[Its note.] and #link(<s>)[above], '
        '#math.equation(alt: "a^2")[$a^2$] holds.\n'
    )
    assert found.links == (Link("the site", "https://a.example/x"), Link("above", "#s"))
    assert found.notes == ("Its note.",)
    assert found.formulas == ("a^2",)
    assert found.blocks[1].text == "See the site and above,  holds."


def test_a_paragraph_over_pages_is_one() -> None:
    words = " ".join(f"word{n}" for n in range(400))
    (block,) = blocks(f"#set page(height: 200pt)\n{words}")[-1:]
    assert block.text == words


def test_running_text_is_read_from_artifacts() -> None:
    found = read_pdf(pdf("#set page(header: [LEDGER 1], footer: [Draft], background: [SECRET])\n= One\nText."))
    assert (found.header, found.footer, found.watermark) == ("LEDGER 1", "Draft", "SECRET")
    assert found.blocks == (Block(Part.HEADING, "One", 1), Block(Part.PARAGRAPH, "Text."))


def test_contents_are_told_without_page_numbers() -> None:
    found = read_pdf(pdf("#outline()\n= One\nText.\n= Two 2\nText.\n"))
    assert [entry.rstrip(" .") for entry in found.contents or ()] == ["One", "Two 2"]
    assert [block.text for block in found.blocks] == ["One", "Text.", "Two 2", "Text."]


def drawn(*runs: tuple[str, float]) -> list[Shown]:
    return [Shown(Piece(tuple(text), 10, (None, b"1 0 0 1 %f 50" % x), b""), 0, 0) for text, x in runs]


@pytest.mark.parametrize(
    ("runs", "logical", "is_rtl"),
    [
        ((("בא", 0),), "אב", True),
        ((("ג", 0), ("abc", 10), ("בא", 40)), "אבabcג", True),
        ((("2027", 0), (" בא", 30)), "אב 2027", True),
        ((("M-103", 0), ("בא", 40)), "אבM-103", True),
        ((("ab ", 0), ("בא", 20), (" c", 40)), "ab אב c", False),
        ((("(x)בא", 0),), "אב(x)", True),
        ((("א", 0), ("א", 0)), "אא", True),
        ((("plan :1 ", 0), ("בא", 40)), "אב 1: plan", True),
        ((("Ledger: 1 ", 0), ("בא", 60)), "אב Ledger: 1", True),
    ],
)
def test_lines_that_run_to_the_left(runs: tuple[tuple[str, float], ...], logical: str, is_rtl: bool) -> None:
    assert "".join(word.text for word in reading_order(drawn(*runs), is_rtl=is_rtl)) == logical


@pytest.mark.parametrize(
    ("written", "data"),
    [(b"(a(b)c)", b"a(b)c"), (rb"(\050\n\\\))", b"(\n\\)"), (b"<41 4>", b"A@"), (b"(a\\\nb)", b"ab")],
)
def test_strings(written: bytes, data: bytes) -> None:
    assert decoded(written) == data


def test_actual_text_stands_for_what_is_shown() -> None:
    content = b"/Span<</MCID 0>>BDC BT/Span<</ActualText<FEFF00AD>>>BDC (x)Tj (y)Tj EMC ET EMC"
    assert [piece.glyphs for piece in read_content(content, {}, {}).marked[0]] == [("\u00ad",)]


def encrypted() -> bytes:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf("= One\nText."))) as file:
        file.save(out, encryption=pikepdf.Encryption(owner="o", user="u"))
    return out.getvalue()


def untagged() -> bytes:
    out = io.BytesIO()
    with pikepdf.new() as file:
        file.add_blank_page()
        file.save(out)
    return out.getvalue()


def circular() -> bytes:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf("= One\nText."))) as file:
        root = file.Root.StructTreeRoot
        kids = root.K if isinstance(root.K, pikepdf.Array) else [root.K]
        kids[0].K = pikepdf.Array([kids[0]])
        file.save(out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "no PDF"),
        (b"<html></html>", "no PDF"),
        (pdf("= One\nText.")[:2000], "no PDF"),
        (encrypted(), "encrypted"),
        (untagged(), "no structure tree"),
        (circular(), "no end"),
    ],
    ids=["empty", "html", "truncated", "encrypted", "untagged", "circular"],
)
def test_what_cannot_be_read_is_said(data: bytes, why: str) -> None:
    with pytest.raises(VerificationFailed, match=why) as caught:
        read_pdf(data)
    assert [fault.code for fault in caught.value.diagnostics] == ["edition-unreadable"]
