"""The DOCX reader sees what Word shows, also of files that no writer here would make."""

# ruff: noqa: E501 - lines of XML are read best in one piece

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

import pytest

from specflow.errors import VerificationFailed
from specflow.verify.read_docx import read_docx
from specflow.verify.read_docx_numerals import numeral
from specflow.verify.seen import Block, Cell, Link, Part, Seen

NAMESPACES = " ".join(
    f'xmlns:{prefix}="{uri}"'
    for prefix, uri in {
        "w": "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
        "r": "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
        "m": "http://schemas.openxmlformats.org/officeDocument/2006/math",
        "v": "urn:schemas-microsoft-com:vml",
        "o": "urn:schemas-microsoft-com:office:office",
        "wp": "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing",
        "mc": "http://schemas.openxmlformats.org/markup-compatibility/2006",
    }.items()
)
KINDS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
STYLES = """
<w:docDefaults><w:rPrDefault><w:rPr><w:lang w:val="de-DE" w:eastAsia="ja-JP" w:bidi="ar-SA"/></w:rPr></w:rPrDefault></w:docDefaults>
<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/></w:style>
<w:style w:type="paragraph" w:styleId="Titel"><w:name w:val="Title"/></w:style>
<w:style w:type="paragraph" w:styleId="H1"><w:name w:val="heading 1"/><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr><w:outlineLvl w:val="0"/></w:pPr></w:style>
<w:style w:type="paragraph" w:styleId="H2"><w:name w:val="heading 2"/><w:basedOn w:val="H1"/><w:pPr><w:numPr><w:ilvl w:val="1"/></w:numPr><w:outlineLvl w:val="1"/></w:pPr></w:style>
<w:style w:type="paragraph" w:styleId="App"><w:name w:val="Appendix"/><w:basedOn w:val="H1"/><w:pPr><w:numPr><w:numId w:val="2"/></w:numPr></w:pPr></w:style>
<w:style w:type="paragraph" w:styleId="Code"><w:name w:val="Source Code"/></w:style>
<w:style w:type="paragraph" w:styleId="Quote"><w:name w:val="Quote"/></w:style>
<w:style w:type="paragraph" w:styleId="Cap"><w:name w:val="caption"/></w:style>
<w:style w:type="paragraph" w:styleId="TabCap"><w:name w:val="Own"/><w:basedOn w:val="Cap"/></w:style>
<w:style w:type="paragraph" w:styleId="TocHead"><w:name w:val="TOC Heading"/><w:basedOn w:val="H1"/></w:style>
<w:style w:type="paragraph" w:styleId="Round"><w:name w:val="Round"/><w:basedOn w:val="Round"/></w:style>
<w:style w:type="character" w:styleId="Ghost"><w:name w:val="Ghost"/><w:rPr><w:vanish/></w:rPr></w:style>
"""


def level(depth: int, numerals: str, text: str, start: int | None = 1, more: str = "") -> str:
    begin = "" if start is None else f'<w:start w:val="{start}"/>'
    return f'<w:lvl w:ilvl="{depth}">{begin}<w:numFmt w:val="{numerals}"/>{more}<w:lvlText w:val="{text}"/></w:lvl>'


NUMBERING = f"""
<w:abstractNum w:abstractNumId="10">{level(0, "decimal", "%1", more='<w:pStyle w:val="H1"/>')}{level(1, "decimal", "%1.%2")}</w:abstractNum>
<w:abstractNum w:abstractNumId="11">{level(0, "upperLetter", "Anhang %1")}</w:abstractNum>
<w:abstractNum w:abstractNumId="12">{level(0, "decimal", "%1.")}{level(1, "lowerLetter", "%2)")}{level(2, "lowerRoman", "(%1-%2-%3)")}</w:abstractNum>
<w:abstractNum w:abstractNumId="13">{level(0, "bullet", "–")}{level(1, "bullet", "☐")}{level(2, "bullet", "☑")}{level(3, "bullet", " ")}</w:abstractNum>
<w:abstractNum w:abstractNumId="14">{level(0, "upperRoman", "%1")}{level(1, "decimal", "%1.%2", more='<w:isLgl/><w:lvlRestart w:val="0"/>')}</w:abstractNum>
<w:abstractNum w:abstractNumId="15"><w:lvl w:ilvl="0"><w:numFmt w:val="bullet"/><w:lvlText w:val="\uf0fe"/><w:rPr><w:rFonts w:ascii="Wingdings"/></w:rPr></w:lvl></w:abstractNum>
<w:num w:numId="1"><w:abstractNumId w:val="10"/></w:num>
<w:num w:numId="2"><w:abstractNumId w:val="11"/></w:num>
<w:num w:numId="3"><w:abstractNumId w:val="12"/></w:num>
<w:num w:numId="4"><w:abstractNumId w:val="12"/></w:num>
<w:num w:numId="5"><w:abstractNumId w:val="12"/><w:lvlOverride w:ilvl="0"><w:startOverride w:val="7"/></w:lvlOverride></w:num>
<w:num w:numId="6"><w:abstractNumId w:val="13"/></w:num>
<w:num w:numId="7"><w:abstractNumId w:val="14"/></w:num>
<w:num w:numId="8"><w:abstractNumId w:val="12"/><w:lvlOverride w:ilvl="0">{level(0, "decimalZero", "Nr. %1", 4)}</w:lvlOverride></w:num>
<w:num w:numId="9"><w:abstractNumId w:val="15"/></w:num>
"""


def package(body: str, parts: Mapping[str, str] = {}, links: Mapping[str, str] = {}) -> bytes:
    """Return a Word file; `parts` are the roots of parts beside the body by kind, `links` web addresses by id."""
    roots = {"styles": f"<w:styles {NAMESPACES}>{STYLES}</w:styles>"}
    roots["numbering"] = f"<w:numbering {NAMESPACES}>{NUMBERING}</w:numbering>"
    roots |= parts
    relations = "".join(
        f'<Relationship Id="{name}" Type="{KINDS}/{name.rstrip("0123456789")}" Target="{name}.xml"/>' for name in roots
    ) + "".join(
        f'<Relationship Id="{name}" Type="{KINDS}/hyperlink" Target="{target}" TargetMode="External"/>'
        for name, target in links.items()
    )
    space = "http://schemas.openxmlformats.org/package/2006/relationships"
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as zipped:
        top = f'<Relationship Id="a" Type="{KINDS}/officeDocument" Target="word/document.xml"/>'
        zipped.writestr("_rels/.rels", f'<Relationships xmlns="{space}">{top}</Relationships>')
        zipped.writestr("word/document.xml", f"<w:document {NAMESPACES}><w:body>{body}</w:body></w:document>")
        zipped.writestr("word/_rels/document.xml.rels", f'<Relationships xmlns="{space}">{relations}</Relationships>')
        for name, root in roots.items():
            zipped.writestr(f"word/{name}.xml", root)
    return made.getvalue()


def p(text: str, properties: str = "") -> str:
    content = text if text.startswith("<") else run(text)
    return f"<w:p><w:pPr>{properties}</w:pPr>{content}</w:p>"


def run(text: str, properties: str = "") -> str:
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def styled(style: str, text: str, more: str = "") -> str:
    return p(text, f'<w:pStyle w:val="{style}"/>{more}')


def item(number: int, depth: int, text: str = "x") -> str:
    return p(text, f'<w:numPr><w:ilvl w:val="{depth}"/><w:numId w:val="{number}"/></w:numPr>')


def field(code: str, result: str) -> str:
    def mark(kind: str) -> str:
        return f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>'

    code = f"<w:r><w:instrText>{code}</w:instrText></w:r>"
    return f"{mark('begin')}{code}{mark('separate')}{result}{mark('end')}"


def read(body: str, parts: Mapping[str, str] = {}, links: Mapping[str, str] = {}) -> Seen:
    return read_docx(package(body, parts, links))


def labels(body: str) -> list[str]:
    return [block.label for block in read(body).blocks]


def texts(body: str) -> list[str]:
    return [block.text for block in read(body).blocks]


def test_headings_are_numbered_by_their_styles() -> None:
    body = styled("H1", "One") + styled("H2", "Sub") + styled("H2", "Sub 2") + styled("H1", "Two") + styled("H2", "New")
    seen = read(body + styled("App", "More"))
    assert [(block.label, block.level, block.text) for block in seen.blocks] == [
        ("1", 1, "One"), ("1.1", 2, "Sub"), ("1.2", 2, "Sub 2"), ("2", 1, "Two"), ("2.1", 2, "New"),
        ("Anhang A", 1, "More"),
    ]  # fmt: skip
    assert {block.part for block in seen.blocks} == {Part.HEADING}


def test_a_paragraphs_own_outline_level_and_number_win() -> None:
    silent = '<w:numPr><w:numId w:val="0"/></w:numPr>'
    seen = read(styled("H1", "One") + styled("H1", "Bare", silent) + styled("H1", "Deep", '<w:outlineLvl w:val="2"/>'))
    assert [(block.label, block.level) for block in seen.blocks] == [("1", 1), ("", 1), ("2", 3)]
    assert read(styled("H1", "None", f'{silent}<w:outlineLvl w:val="9"/>')).blocks == (Block(Part.PARAGRAPH, "None"),)


def test_lists_of_one_definition_share_their_counter() -> None:
    assert labels(item(3, 0) + item(3, 0) + item(4, 0) + item(3, 0)) == ["1.", "2.", "3.", "4."]


def test_a_start_override_counts_once() -> None:
    assert labels(item(3, 0) + item(5, 0) + item(5, 0) + item(3, 0)) == ["1.", "7.", "8.", "9."]


def test_an_override_may_replace_the_level() -> None:
    assert labels(item(8, 0) + item(8, 0)) == ["Nr. 04", "Nr. 05"]


def test_deeper_levels_start_anew_and_skipped_ones_count_as_begun() -> None:
    body = item(3, 0) + item(3, 1) + item(3, 1) + item(3, 0) + item(3, 1) + item(4, 2)
    assert labels(body) == ["1.", "a)", "b)", "2.", "a)", "(2-a-i)"]
    assert labels(item(3, 2)) == ["(1-a-i)"]


def test_a_level_may_go_on_over_others_and_be_legal() -> None:
    assert labels(item(7, 0) + item(7, 1) + item(7, 0) + item(7, 1)) == ["I", "1.1", "II", "2.2"]


def test_bullets_are_alike_and_boxes_are_told() -> None:
    body = item(6, 0, "a") + item(6, 1, "b") + item(6, 2, "c") + item(6, 3, "d") + item(9, 0, "e")
    assert read(body).blocks == (
        Block(Part.ITEM, "a", 1, "•"),
        Block(Part.ITEM, "b", 2, "☐"),
        Block(Part.ITEM, "c", 3, "☒"),
        Block(Part.PARAGRAPH, "d"),
        Block(Part.ITEM, "e", 1, "☒"),
    )


def test_an_unknown_list_has_no_number() -> None:
    assert read(item(99, 0)).blocks == (Block(Part.PARAGRAPH, "x"),)


@pytest.mark.parametrize(
    ("number", "numerals", "written"),
    [
        (27, "lowerLetter", "aa"), (28, "upperLetter", "BB"), (1994, "lowerRoman", "mcmxciv"), (4, "upperRoman", "IV"),
        (3, "ordinal", "3rd"), (112, "ordinal", "112th"), (5, "decimalZero", "05"), (21, "chineseCounting", "二十一"),
        (10, "japaneseCounting", "十"), (3, "decimalEnclosedCircle", "③"), (12, "decimalFullWidth", "１２"),
        (2, "arabicAbjad", "ب"), (9, "none", ""), (9, "unheard", "9"), (10**9, "upperRoman", "M" * 32 + "DCCLXVII"),
    ],
)  # fmt: skip
def test_numerals(number: int, numerals: str, written: str) -> None:
    assert numeral(number, numerals) == written


def test_marks_inside_a_run_are_read() -> None:
    marks = '<w:tab/><w:br/><w:noBreakHyphen/><w:softHyphen/><w:br w:type="page"/><w:cr/>'
    symbols = '<w:sym w:font="Wingdings" w:char="F0FE"/><w:sym w:font="Other" w:char="0041"/>'
    assert texts(p(f"<w:r><w:t>a</w:t>{marks}<w:t>b</w:t>{symbols}</w:r>")) == ["a\t\n\u2011\u00ad\nb☑A"]


def test_hidden_and_deleted_text_is_not_seen() -> None:
    deleted = (
        "<w:del><w:r><w:delText>gone</w:delText></w:r></w:del><w:moveFrom><w:r><w:t>moved</w:t></w:r></w:moveFrom>"
    )
    hidden = run("H", "<w:vanish/>") + run("G", '<w:rStyle w:val="Ghost"/>')
    shown = run("shown", '<w:rStyle w:val="Ghost"/><w:vanish w:val="0"/>')
    assert texts(p(f"{deleted}{hidden}<w:ins>{run('new ')}</w:ins>{shown}")) == ["new shown"]


def test_a_deleted_paragraph_end_joins_two_paragraphs() -> None:
    body = p("one ", "<w:rPr><w:del/></w:rPr>") + item(3, 0, "two") + item(3, 0)
    assert read(body).blocks[:1] == (Block(Part.ITEM, "one two", 1, "1."),)
    assert labels(body) == ["1.", "2."]


def test_content_controls_are_looked_through() -> None:
    inner = f"<w:sdt><w:sdtContent>{run('in')}</w:sdtContent></w:sdt>"
    assert texts(f"<w:sdt><w:sdtContent>{p(inner)}</w:sdtContent></w:sdt>") == ["in"]


def test_code_in_a_row_is_one_block_and_keeps_its_blanks() -> None:
    broken = "<w:r><w:t>  a</w:t><w:br/><w:t>b </w:t></w:r>"
    seen = read(styled("Code", broken) + styled("Code", "") + styled("Code", "c") + p("x") + styled("Code", "d"))
    assert [block.text for block in seen.blocks] == ["  a\nb \n\nc", "x", "d"]
    assert seen.blocks[0].part is Part.CODE


def test_code_at_another_indent_is_another_block() -> None:
    seen = read(styled("Code", "a") + styled("Code", "b", '<w:ind w:left="480"/>'))
    assert [block.text for block in seen.blocks] == ["a", "b"]


def test_an_item_that_begins_with_code_or_a_quotation_has_no_words() -> None:
    number = '<w:numPr><w:ilvl w:val="0"/><w:numId w:val="3"/></w:numPr>'
    assert read(styled("Code", "c", number) + styled("Quote", "q", number) + styled("Quote", "r")).blocks == (
        Block(Part.ITEM, "", 1, "1."),
        Block(Part.CODE, "c"),
        Block(Part.ITEM, "", 1, "2."),
        Block(Part.QUOTE, "q"),
        Block(Part.QUOTE, "r"),
    )


def test_a_caption_is_parted_from_its_number() -> None:
    number = run("Tabelle\u00a0A\u2011") + field(" SEQ Tabelle \\* ARABIC ", run("3"))
    simple = f'{run("Figure ")}<w:fldSimple w:instr=" SEQ Figure ">{run("2")}</w:fldSimple>{run(" – Words: more")}'
    assert read(
        styled("TabCap", f"{number}{run(': What')}") + styled("Cap", simple) + styled("Cap", "Bare")
    ).blocks == (
        Block(Part.CAPTION, "What", label="Tabelle\u00a0A\u20113"),
        Block(Part.CAPTION, "Words: more", label="Figure 2"),
        Block(Part.CAPTION, "Bare"),
    )
    assert read(p(run("see the long way ") + field("SEQ Equation", run("1")))).blocks[0].part is Part.PARAGRAPH


def test_links_by_relationship_anchor_and_field() -> None:
    body = p(
        f'<w:hyperlink r:id="web">{run("two")}{run(" words")}</w:hyperlink><w:hyperlink w:anchor="here">{run("in")}</w:hyperlink>'
        + field(' HYPERLINK "https://b.example/a b" \\l "part" \\o "tip" ', run("out"))
        + field(" REF _mark \\h ", run("Table 1"))
        + field(" PAGEREF _mark \\h ", run("7"))
    )
    seen = read(body, links={"web": "https://a.example/"})
    assert seen.blocks[0].text == "two wordsinoutTable 17"
    assert seen.links == (
        Link("two words", "https://a.example/"),
        Link("in", "#here"),
        Link("out", "https://b.example/a b#part"),
        Link("Table 1", "#_mark"),
    )


def test_a_field_inside_an_instruction_is_not_seen() -> None:
    inner = f"{field('PAGE', run('9'))}<w:r><w:instrText> = 1</w:instrText></w:r>"
    begin = '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>IF </w:instrText></w:r>'
    end = f'<w:r><w:fldChar w:fldCharType="separate"/></w:r>{run("yes")}<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    assert texts(p(f"{begin}{inner}{end}")) == ["yes"]


def test_the_box_of_a_form_is_seen() -> None:
    box = "<w:ffData><w:checkBox><w:default w:val='0'/><w:checked/></w:checkBox></w:ffData>"
    mark = f'<w:r><w:fldChar w:fldCharType="begin">{box}</w:fldChar></w:r><w:r><w:instrText>FORMCHECKBOX</w:instrText></w:r>'
    assert texts(p(f'{mark}<w:r><w:fldChar w:fldCharType="end"/></w:r>{run(" done")}')) == ["☒ done"]


def contents() -> str:
    def entry(words: str, page: str) -> str:
        return (
            f'<w:hyperlink w:anchor="a">{run(words)}<w:r><w:tab/></w:r>{field(" PAGEREF a ", run(page))}</w:hyperlink>'
        )

    begin = '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText> TOC \\o "1-2" </w:instrText></w:r>'
    first = f'{begin}<w:r><w:fldChar w:fldCharType="separate"/></w:r>{entry("1</w:t><w:tab/><w:t>One", "4")}'
    plain = "<w:r><w:t>2</w:t><w:tab/><w:t>Two</w:t><w:tab/><w:t>xii</w:t></w:r>"
    end = '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    tables = p(field(' TOC \\h \\c "Table" ', entry("Table C-1: What: more", "5")))
    return styled("TocHead", "Contents") + p(first) + p(plain) + p(end) + tables


def test_contents_and_lists_come_from_their_fields_without_pages() -> None:
    number = run("Table\u00a0C\u2011") + field("SEQ Table", run("1"))
    seen = read(contents() + styled("H1", "One") + styled("Cap", f"{number}{run(': What: more')}"))
    assert seen.contents == ("1 One", "2 Two")
    assert seen.lists == {"tables": ("Table\u00a0C\u20111 What: more",)}
    assert [block.part for block in seen.blocks] == [Part.HEADING, Part.CAPTION]
    assert seen.links == ()


def test_the_front_ends_at_the_contents() -> None:
    row = "".join(f"<w:tc>{p(text)}</w:tc>" for text in ("Version", "1.3"))
    logo = '<w:r><w:drawing><wp:inline><wp:docPr descr="Logo"/></wp:inline></w:drawing></w:r>'
    front = p(logo) + styled("Titel", "The Title") + p("Milestone: 7") + f"<w:tbl><w:tr>{row}</w:tr></w:tbl>"
    seen = read(front + contents() + p("Text"))
    assert seen.title == "The Title"
    assert seen.front == (("Version", "1.3"),)
    assert seen.blocks == (Block(Part.PARAGRAPH, "Text"),)
    assert seen.images == ()
    assert read(front).blocks[-1].part is Part.TABLE  # no heading, no contents: nothing tells where a front would end


def table(*rows: str, look: str = "") -> str:
    return f"<w:tbl><w:tblPr>{look}</w:tblPr>{''.join(rows)}</w:tbl>"


def cell(text: str, properties: str = "") -> str:
    return f"<w:tc><w:tcPr>{properties}</w:tcPr>{text if text.startswith('<') else p(text)}</w:tc>"


def test_tables_with_spans() -> None:
    wide, begun = cell("A", "<w:gridSpan w:val='2'/>"), cell("a", "<w:vMerge w:val='restart'/>")
    head = f"<w:tr><w:trPr><w:tblHeader/></w:trPr>{wide}{cell('B')}</w:tr>"
    first = f"<w:tr>{begun}{cell('b')}{cell('c')}</w:tr>"
    old = cell("d", "<w:hMerge w:val='restart'/>") + cell("", "<w:hMerge/>")
    second = f"<w:tr>{cell('', '<w:vMerge/>')}{old}</w:tr>"
    gone = f"<w:tr><w:trPr><w:del/></w:trPr>{cell('x')}</w:tr>"
    assert read(table(head, first, second, gone)).blocks == (
        Block(
            Part.TABLE,
            "",
            rows=(
                (Cell("A", header=True, columns=2), Cell("B", header=True)),
                (Cell("a", rows=2), Cell("b"), Cell("c")),
                (Cell("d", columns=2),),
            ),
        ),
    )


def test_row_headers_are_told_by_the_tables_look_alone() -> None:
    row = f"<w:tr>{cell('a')}{cell('b')}</w:tr>"
    (block,) = read(table(row, look='<w:tblLook w:firstColumn="1"/>')).blocks
    assert [made.header for made in block.rows[0]] == [True, False]


def test_a_cell_has_all_its_text_and_its_lists_count_on() -> None:
    inner = table(f"<w:tr>{cell('x')}{cell('y')}</w:tr>")
    seen = read(table(f"<w:tr>{cell(item(3, 0, 'one') + inner + p('two'))}</w:tr>") + item(3, 0))
    assert seen.blocks[0].rows == ((Cell("one\nx\ny\ntwo"),),)
    assert seen.blocks[1].label == "2."


def test_formulas_and_pictures_stand_beside_the_text() -> None:
    formula = "<m:oMath><m:r><m:t>a</m:t></m:r><m:sSup><m:e><m:r><m:t>b</m:t></m:r></m:e></m:sSup></m:oMath>"
    drawing = '<w:r><w:drawing><wp:inline><wp:docPr descr="A ship" title="t"/></wp:inline></w:drawing></w:r>'
    old = '<w:r><w:pict><v:shape alt="Old"><v:imagedata r:id="x"/></v:shape></w:pict></w:r>'
    rule = '<w:r><w:pict><v:rect o:hr="t"/></w:pict></w:r>'
    seen = read(
        p(f"{run('so ')}{formula}{run(' is')}")
        + p(f"<m:oMathPara>{formula}</m:oMathPara>")
        + p(drawing + old)
        + p(rule)
    )
    assert seen.blocks == (Block(Part.PARAGRAPH, "so  is"), Block(Part.FORMULA, ""), Block(Part.IMAGE, ""))
    assert seen.formulas == ("ab", "ab")
    assert seen.images == ("A ship", "Old")


def test_text_boxes_are_read_once() -> None:
    box = f"<w:drawing><w:txbxContent>{p('boxed')}</w:txbxContent></w:drawing>"
    both = f"<mc:AlternateContent><mc:Choice>{box}</mc:Choice><mc:Fallback><w:pict>{box}</w:pict></mc:Fallback></mc:AlternateContent>"
    assert texts(p(f"{run('before')}<w:r>{both}</w:r>") + p("after")) == ["before", "boxed", "after"]


def test_footnotes_are_read_where_they_are_referred_to() -> None:
    notes = (
        f'<w:footnotes {NAMESPACES}><w:footnote w:type="separator" w:id="-1">{p("no")}</w:footnote>'
        f'<w:footnote w:id="2">{p("second")}</w:footnote>'
        f'<w:footnote w:id="1">{p("<w:r><w:footnoteRef/></w:r>" + run(" first"))}{p("more")}</w:footnote></w:footnotes>'
    )
    body = p('<w:r><w:t>a</w:t><w:footnoteReference w:id="1"/><w:t>b</w:t><w:footnoteReference w:id="2"/></w:r>')
    seen = read(body, {"footnotes": notes})
    assert seen.notes == ("first\nmore", "second")
    assert seen.blocks == (Block(Part.PARAGRAPH, "ab"),)


def running(kind: str, text: str) -> str:
    return f"<w:{kind} {NAMESPACES}>{p(text)}</w:{kind}>"


def test_header_footer_and_watermark_of_the_body() -> None:
    art = '<w:r><w:pict><v:shape><v:textpath string="DRAFT"/></v:shape></w:pict></w:r>'
    parts = {
        "header1": running("hdr", "Cover"),
        "header2": running("hdr", f"{art}{run('ID')}<w:r><w:tab/></w:r>{field(' TITLE ', run('Title'))}"),
        "header3": running("hdr", "Other"),
        "footer1": running("ftr", run("Page ") + field(" PAGE ", run("1"))),
    }

    def section(*references: str) -> str:
        return f"<w:sectPr>{''.join(references)}</w:sectPr>"

    def header(number: int, kind: str = "default") -> str:
        return f'<w:headerReference w:type="{kind}" r:id="header{number}"/>'

    footer = '<w:footerReference w:type="default" r:id="footer1"/>'
    cover = styled("Titel", "T") + p("", section(header(1), footer))
    seen = read(cover + styled("H1", "One") + section(header(2), header(3, "first")), parts)
    assert (seen.header, seen.footer, seen.watermark) == ("ID\tTitle", "Page 1", "DRAFT")
    seen = read(styled("H1", "One") + p("", section(header(2))) + section(header(3)), parts)
    assert (seen.header, seen.footer) == ("ID\tTitle\nOther", "")


def test_language_and_direction() -> None:
    assert (read(p("Text")).language, read(p("Text")).direction) == ("de-DE", "ltr")
    assert read(p("日本語の文章")).language == "ja-JP"
    seen = read(p("نص", "<w:bidi/>") + p("نص", "<w:bidi/>") + p("Latin"))
    assert (seen.language, seen.direction) == ("ar-SA", "rtl")


RIGHT, LEFT = "<w:bidi/>", '<w:bidi w:val="0"/>'


@pytest.mark.parametrize(
    ("stated", "body", "direction"),
    [
        (RIGHT, p("Latin", LEFT) + p("Words", LEFT) + p("12"), "rtl"),
        (RIGHT, p("نص", LEFT) + p("نص آخر", LEFT) + p("Latin", LEFT), "ltr"),
        (LEFT, p("نص", RIGHT) + p("نص", RIGHT) + p("Latin"), "ltr"),
        (LEFT, p("Latin", RIGHT) + p("12", RIGHT) + p("Words"), "rtl"),
        (RIGHT, styled("Code", "12", LEFT) + styled("Code", "==", LEFT) + p("Latin", LEFT), "rtl"),
    ],
)
def test_paragraphs_that_run_as_their_letters_do_not_turn_the_document(stated: str, body: str, direction: str) -> None:
    normal = '<w:name w:val="Normal"/>'
    styles = STYLES.replace(normal, f"{normal}<w:pPr>{stated}</w:pPr>")
    assert styles != STYLES
    assert read(body, {"styles": f"<w:styles {NAMESPACES}>{styles}</w:styles>"}).direction == direction


def test_styles_based_on_themselves_end() -> None:
    assert texts(styled("Round", "x") + styled("Unknown", "y")) == ["x", "y"]


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"nothing", "no zip"),
        (package("<w:p>"), "not well-formed"),
        (package("").replace(b"word/document.xml", b"word/doc_ment.xml"), "there is no word/document.xml"),
    ],
    ids=["no-zip", "broken-xml", "no-document"],
)
def test_what_is_no_word_file_is_told(data: bytes, why: str) -> None:
    with pytest.raises(VerificationFailed, match="edition-unreadable") as caught:
        read_docx(data)
    assert why in str(caught.value)


def test_entities_are_refused() -> None:
    bomb = f'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><w:styles {NAMESPACES}>&b;</w:styles>'
    with pytest.raises(VerificationFailed, match="document type"):
        read(p("x"), {"styles": bomb})


def test_a_zip_bomb_is_refused() -> None:
    with pytest.raises(VerificationFailed, match="beyond all measure"):
        read(p("x"), {"styles": f"<w:styles {NAMESPACES}>{' ' * 40_000_000}</w:styles>"})
