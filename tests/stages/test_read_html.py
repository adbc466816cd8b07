"""The HTML reader sees what a browser shows, also of pages that no writer here would make."""

from __future__ import annotations

import pytest

from specflow.errors import VerificationFailed
from specflow.verify.read_html import read_html
from specflow.verify.seen import Block, Cell, Link, Part, Seen


def read(main: str, css: str = "", attributes: str = 'lang="en"', outside: str = "", body: str = "") -> Seen:
    page = (
        f"<!DOCTYPE html><html {attributes}><head><meta charset='utf-8'><title>T – ID</title>"
        f"<meta name='description' content='About'><style>{css}</style></head>"
        f"<body {body}>{outside}<main>{main}</main></body></html>"
    )
    return read_html(page.encode())


def blocks(main: str, css: str = "") -> tuple[Block, ...]:
    return read(main, css).blocks


def items(main: str) -> list[tuple[str, str, int]]:
    return [(block.label, block.text, block.level) for block in blocks(main) if block.part is Part.ITEM]


def test_headings_with_their_numbers() -> None:
    seen = blocks('<h2><span class="section-number">Appendix A</span> <b>More</b> words</h2><h4>Bare</h4>')
    assert seen == (
        Block(Part.HEADING, "More words", 1, "Appendix A"),
        Block(Part.HEADING, "Bare", 3),
    )


def test_white_space_is_that_of_a_browser() -> None:
    (block,) = blocks("<p>\n a  <b> b</b>\n<br>\n c\u00a0\u00a0d&shy;e </p>")
    assert block.text == "a b\nc\u00a0\u00a0d\u00ade"


def test_words_between_blocks_are_paragraphs() -> None:
    seen = blocks("<div>one <i>two</i><p>three</p>four<hr>five</div><span>six<div>seven</div></span>")
    assert [block.text for block in seen] == ["one two", "three", "four", "five", "six", "seven"]


@pytest.mark.parametrize(
    "hidden",
    [
        "<p hidden>x</p>", '<p style="color: red; display: none">x</p>', "<script>x</script>", "<template>x</template>",
        '<p class="a off">x</p>', "<!-- x -->", "<ruby><rt>x</rt></ruby>",
    ],
)  # fmt: skip
def test_what_is_hidden_is_not_seen(hidden: str) -> None:
    assert blocks(hidden, ".off { display: none }") == ()


def test_what_one_medium_shows_is_seen() -> None:
    css = ".paper { display: none } @media print { .paper { display: block } .screen { display: none } }"
    text = '<p class="paper">a</p><p class="screen">b</p><p aria-hidden="true">c</p>'
    assert [block.text for block in blocks(text, css)] == ["a", "b", "c"]


def test_lists_are_counted_as_browsers_do() -> None:
    assert items('<ol start="3"><li>a<li value="7">b<li>c</ol>') == [("3.", "a", 1), ("7.", "b", 1), ("8.", "c", 1)]
    assert [label for label, _, _ in items('<ol type="a" start="26"><li>a<li>b</ol>')] == ["z.", "aa."]
    assert [label for label, _, _ in items('<ol type="I" start="9"><li>a<li>b</ol>')] == ["IX.", "X."]
    assert [label for label, _, _ in items("<ol reversed><li>a<li>b</ol>")] == ["2.", "1."]
    assert [label for label, _, _ in items('<ol style="list-style-type: lower-roman"><li>a</ol>')] == ["i."]
    assert [label for label, _, _ in items('<ul><li>a<ol start="x"><li>b</ol></ul>')] == ["•", "1."]


def test_boxes_are_the_markers_of_their_items() -> None:
    done = '<li><label><input type="checkbox" checked="" disabled=""><b>Done</b></label></li>'
    still = '<li><p><input type="checkbox"> Open</p><p>more</p></li>'
    assert items(f"<ul>{done}{still}<li>none</li></ul>") == [("☒", "Done", 1), ("☐", "Open", 1), ("•", "none", 1)]


def test_items_hold_their_first_paragraph() -> None:
    seen = blocks("<ul><li><p>a</p><p>b</p><pre>c</pre><ul><li>d</li></ul></li><li><pre>e</pre></li><li></li></ul>")
    assert seen == (
        Block(Part.ITEM, "a", 1, "•"),
        Block(Part.PARAGRAPH, "b"),
        Block(Part.CODE, "c"),
        Block(Part.ITEM, "d", 2, "•"),
        Block(Part.ITEM, "", 1, "•"),
        Block(Part.CODE, "e"),
        Block(Part.ITEM, "", 1, "•"),
    )
    assert blocks("<ul><li><ul><li>x</li></ul></li></ul>") == (
        Block(Part.ITEM, "", 1, "•"),
        Block(Part.ITEM, "x", 2, "•"),
    )


def test_quotations_and_code() -> None:
    seen = blocks("<blockquote><p>q</p><ul><li>i</li></ul>r</blockquote><pre>\n\n  <code>a <b>b</b>\n  c</code></pre>")
    assert [(block.part, block.text) for block in seen] == [
        (Part.QUOTE, "q"),
        (Part.ITEM, "i"),
        (Part.QUOTE, "r"),
        (Part.CODE, "\n  a b\n  c"),
    ]


def test_anchors_of_lines_of_code_are_no_links() -> None:
    seen = read('<pre><code><a href="#l1" aria-hidden="true"></a>x</code></pre>')
    assert (seen.links, seen.blocks[0].text) == ((), "x")


def test_tables() -> None:
    seen = blocks(
        '<table><caption><span class="caption-label">Table A-1:</span> What: more</caption>'
        '<tfoot><tr><td colspan="2">foot</td></tr></tfoot><thead><tr><th scope="col">A<th>B</thead>'
        '<tr><th scope="row" rowspan="2">a<td>b <table><tr><td>in</table><tr><td><ul><li>x<li>y</ul>'
        '<tr hidden><td>no</table>'
    )  # fmt: skip
    assert seen == (
        Block(Part.CAPTION, "What: more", label="Table A-1"),
        Block(
            Part.TABLE,
            "",
            rows=(
                (Cell("A", header=True), Cell("B", header=True)),
                (Cell("a", header=True, rows=2), Cell("b\nin")),
                (Cell("x\ny"),),
                (Cell("foot", columns=2),),
            ),
        ),
    )


def test_a_box_in_a_cell_is_no_text() -> None:
    (block,) = blocks('<table><tr><td><ul><li><label><input type="checkbox">do</label></ul></table>')
    assert block.rows == ((Cell("do"),),)


def test_figures_and_pictures() -> None:
    seen = read(
        '<figure><img alt="A ship"><figcaption><span class="caption-label">Abbildung 1：</span> Ein Schiff</figcaption>'
        '</figure><p>a <img alt="dot"> b</p><p><svg role="img"><title>Drawn</title><text>no</text></svg></p>'
        '<img role="presentation" alt="x">'
    )
    assert [(block.part, block.text, block.label) for block in seen.blocks] == [
        (Part.IMAGE, "", ""),
        (Part.CAPTION, "Ein Schiff", "Abbildung 1"),
        (Part.PARAGRAPH, "a b", ""),
        (Part.IMAGE, "", ""),
        (Part.IMAGE, "", ""),
    ]
    assert seen.images == ("A ship", "dot", "Drawn", "")


def test_formulas() -> None:
    note = '<annotation encoding="application/x-tex">x^2</annotation>'
    formula = f"<math><semantics><msup><mi>x</mi><mn>2</mn></msup>{note}</semantics></math>"
    seen = read(f"<p>so {formula} is</p><p>{formula}</p><p><math><mi>y</mi></math></p>")
    assert [block.part for block in seen.blocks] == [Part.PARAGRAPH, Part.FORMULA, Part.FORMULA]
    assert seen.formulas == ("x^2", "x^2", "y")


def test_links_and_footnotes() -> None:
    seen = read(
        '<p><a href="https://a.example/?b&amp;c">two <b>words</b></a> <a href="#t">Table 1</a> <a>none</a>'
        '<a href="#fn1" role="doc-noteref"><sup>1</sup></a></p><p>end</p><section role="doc-endnotes"><ol>'
        '<li id="fn1"><p>Note <a href="https://n.example">n</a></p><p>more'
        '<a href="#r" role="doc-backlink">back</a></p></ol></section>'
    )
    assert seen.links == (
        Link("two words", "https://a.example/?b&c"),
        Link("Table 1", "#t"),
        Link("n", "https://n.example"),
    )
    assert seen.notes == ("Note n\nmore",)
    assert [block.text for block in seen.blocks] == ["two words Table 1 none", "end"]


NAV = '<nav><p>Contents</p><ol><li><a href="#s"><span>1</span> <span>One</span></a></li></ol></nav>'


def test_contents_and_lists() -> None:
    tables = '<nav aria-labelledby="list-of-tables"><a href="#t">Table 1 <b>What</b></a></nav>'
    text = f'{NAV}{tables}<h2 id="s">One</h2><table id="t"><tr><td>x</table>'
    seen = read(text, outside=NAV)
    assert seen.contents == ("1 One",)
    assert seen.lists == {"tables": ("Table 1 What",)}
    assert read(text, outside=NAV.replace("One", "Two")).contents == ("1 One", "1 Two")
    assert read('<h2 id="s">One</h2>', outside=NAV).contents == ()


def test_the_front_ends_at_the_contents() -> None:
    front = "<p>Milestone 7</p><img alt='Logo'><table><tr><th>Version<td>1.3</table>"
    seen = read(f'{front}{NAV}<p>Text</p><h2 id="s">One</h2>', outside="<header><h1>The\n Title</h1></header>")
    assert seen.title == "The Title"
    assert seen.front == (("Version", "1.3"),)
    assert [block.text for block in seen.blocks] == ["Text", "One"]
    assert seen.images == ()


CSS = """
/* @page { @top-left { content: "no" } } */
@page {
  margin: 2cm;
  @top-left { content: "ID   \\"T\\" {x; y}"; color: red }
  @top-center { content: 'Mid' }
  @top-right { content: "Version \\31  · Draft" }
  @bottom-left { content: "not approved" }
  @bottom-right { content: "Page " counter(page) " of " counter(pages) "" }
}
@page cover { @top-left { content: none } }
.draft::before { content: "DRAFT"; content: "DRAFT" / ""; position: fixed }
.other::after { content: "no"; position: static }
"""


def test_running_header_and_footer_are_read_from_the_sheet() -> None:
    seen = read("x", CSS)
    assert seen.header == 'ID   "T" {x; y}\tMid\tVersion 1 · Draft'
    assert seen.footer == "not approved\tPage # of #"
    mirrored = read("x", CSS, 'lang="ar" dir="rtl"')
    assert mirrored.header == 'Version 1 · Draft\tMid\tID   "T" {x; y}'


def test_a_watermark_needs_something_to_stand_behind() -> None:
    assert read("x", CSS, body='class="draft"').watermark == "DRAFT"
    assert read("x", CSS).watermark == ""


def test_language_direction_and_properties() -> None:
    seen = read("x", attributes='lang="ar" dir="RTL"')
    assert (seen.language, seen.direction) == ("ar", "rtl")
    assert seen.properties["title"] == "T – ID"
    assert seen.properties["description"] == "About"
    assert read("x", attributes="").direction == "ltr"


@pytest.mark.parametrize("data", [b"", b"<p>\xff</p>"], ids=["empty", "not-utf-8"])
def test_what_is_no_page_is_told(data: bytes) -> None:
    with pytest.raises(VerificationFailed, match="edition-unreadable"):
        read_html(data)
