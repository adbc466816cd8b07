"""The styles of a DOCX, drawn by the theme: every one that pandoc's writer uses, and those that the filters name.

Sizes stand in the document's defaults and in the styles that differ, not in Normal: Word lets a table's style set the
size of its text only where the paragraph's style does not (ECMA-376 part 1, 17.7.2).
"""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from specflow.finish.docx_language import is_rtl, language_tags, paragraph_rules
from specflow.finish.docx_page import Paper
from specflow.finish.heading_lists import APPENDICES, LINKED_APPENDICES, LINKED_SECTIONS, SECTIONS, heading_size
from specflow.finish.style_parts import (
    SIDES,
    around,
    bold,
    border,
    character_style,
    code_size,
    colour,
    fill,
    font,
    italic,
    paragraph_style,
    size,
    style,
    table_style,
)
from specflow.finish.wordml import twips, w
from specflow.model import Language
from specflow.theme import Theme

_HEADINGS = 9
_CONTENTS = 3
_TITLE_ABOVE = 28  # points; the ten millimetres that the PDF leaves above the title
_FONT_LINE, _FONT_INK = 1.15, 1.117  # height of a line, and of its letters, in the faces of Arial's kind
_LESSER, _LEAST = 5, 6  # the heading levels from which on they are grey, and italic


def styles_part(theme: Theme, language: Language, paper: Paper) -> etree._Element:
    """Return the styles part; the page numbers of contents lists stand at the right edge of the paper's text."""
    latent = w(
        "latentStyles",
        defLockedState="0",
        defUIPriority="99",
        defSemiHidden="0",
        defUnhideWhenUsed="0",
        defQFormat="0",
        count="376",
    )
    return w(
        "styles",
        _defaults(theme, language),
        latent,
        *_text_styles(theme, language),
        *_title_styles(theme),
        *_heading_styles(theme),
        *_contents_styles(theme, paper),
        *_code_styles(theme, language),
        *_caption_styles(theme),
        *_running_styles(theme),
        *_character_styles(theme),
        *_table_styles(theme),
    )


def _defaults(theme: Theme, language: Language) -> etree._Element:
    languages = w("lang", **language_tags(language))
    letters = w("rPr", font(theme.fonts.body), colour(theme.colours.ink), *size(theme.sizes.body), languages)
    look = w("pPr", around(0, theme.spacing.paragraph, theme.spacing.line))
    return w("docDefaults", w("rPrDefault", letters), w("pPrDefault", look))


def _text_styles(theme: Theme, language: Language) -> Iterator[etree._Element]:
    space, muted = theme.spacing, colour(theme.colours.muted)
    indent = twips(space.list_indent)
    look = [w("widowControl"), *paragraph_rules(language)]
    yield paragraph_style("Normal", look, based=None, default=True)
    yield paragraph_style("Body Text", [around(0, space.paragraph)])
    yield paragraph_style("First Paragraph", [around(space.item, space.paragraph)], based="BodyText", own=True)
    yield paragraph_style("Compact", [around(0, space.item)], based="BodyText", own=True)
    yield paragraph_style("Table Text", [around(0, space.item)], own=True)
    bar = w("pBdr", border("left", theme.colours.rule, 2.25, 8))
    yield paragraph_style("Block Text", [bar, around(space.paragraph, space.paragraph), w("ind", left=indent)], [muted])
    yield paragraph_style("footnote text", [around(0, 2, 1)], size(theme.sizes.footnote), identifier="FootnoteText")
    yield paragraph_style("Footnote Block Text", [w("ind", left=indent)], based="FootnoteText", own=True)
    keep = w("keepNext")
    yield paragraph_style(
        "Definition Term", [keep, around(space.paragraph, 0)], bold(), following="Definition", own=True
    )
    yield paragraph_style("Definition", [w("ind", left=indent)], own=True)
    yield paragraph_style("Bibliography", [w("ind", left=indent, hanging=indent)])
    line = w("pBdr", border("bottom", theme.colours.rule, 0.75, 1))
    yield paragraph_style("Horizontal Rule", [line, around(space.item, 2 * space.paragraph, 0.5)], size(4), own=True)
    # One point high, so that it cannot be what pushes a page over.
    nothing = w("spacing", before=0, after=0, line=20, lineRule="exact")
    yield paragraph_style("Section Break", [nothing], size(1), own=True)
    yield paragraph_style("Metadata", [around(0, space.item)], own=True)
    yield paragraph_style("Checklist", [around(0, space.item), w("ind", left=indent, hanging=indent)], own=True)


def _title_styles(theme: Theme) -> Iterator[etree._Element]:
    space, muted = theme.spacing, colour(theme.colours.muted)
    letters = [font(theme.fonts.headings), colour(theme.colours.heading), *bold(), *size(theme.sizes.title)]
    look = [w("keepNext"), w("keepLines"), w("suppressAutoHyphens")]
    if theme.title_block == "cover":
        look.append(around(0, 0, 1))
    else:
        look += [w("pBdr", border("bottom", theme.colours.accent, 2, 8)), around(_TITLE_ABOVE, 16, 1)]
    yield paragraph_style("Title", look, letters, following="BodyText")
    yield from _cover_styles(theme)
    yield paragraph_style("Subtitle", [around(0, space.paragraph)], [muted, *size(theme.sizes.subtitle)])
    yield paragraph_style("Author", [around(0, 2)], [muted], own=True)
    yield paragraph_style("Date", [around(0, space.paragraph)], [muted])
    heading = [colour(theme.colours.heading), *bold()]
    yield paragraph_style("Abstract Title", [w("keepNext"), around(space.paragraph, 2)], heading, own=True)
    yield paragraph_style("Abstract", [around(0, 2 * space.paragraph)], own=True)


def _cover_styles(theme: Theme) -> Iterator[etree._Element]:
    colours, large = theme.colours, size(theme.sizes.subtitle)
    yield paragraph_style("Logo", [around(0, 22, 1)], own=True)
    letters = [font(theme.fonts.headings), colour(colours.accent), *large]
    yield paragraph_style("Cover Type", [w("keepNext"), around(0, 12, 1)], letters, own=True)
    rule = w("pBdr", border("bottom", colours.accent, 3))
    look = [w("keepNext"), rule, w("spacing", before=0, after=twips(24), line=twips(20), lineRule="exact")]
    yield paragraph_style("Cover Rule", look, size(2), own=True)
    yield paragraph_style("Cover Line", [around(0, 7, 1)], [colour(colours.muted), *large], own=True)
    letters = [*bold(), colour(colours.ink), *large]
    yield paragraph_style("Cover Name", [around(0, 7, 1)], letters, own=True)


def _heading_styles(theme: Theme) -> Iterator[etree._Element]:
    for level in range(1, _HEADINGS + 1):
        listed = [_in_list(SECTIONS, level)] if level <= LINKED_SECTIONS else []
        look = [*_heading_look(theme, level), *listed, w("outlineLvl", val=level - 1)]
        name = f"heading {level}"
        letters = _heading_letters(theme, level)
        yield paragraph_style(name, look, letters, following="BodyText", identifier=f"Heading{level}")
    for step in range(1, LINKED_APPENDICES + 1):
        look = [_in_list(APPENDICES, step), w("outlineLvl", val=step)]
        yield paragraph_style(
            f"Appendix Heading {step}", look, based=f"Heading{step + 1}", following="BodyText", own=True
        )


def _in_list(number: int, level: int) -> etree._Element:
    return w("numPr", w("ilvl", val=level - 1), w("numId", val=number))


def _heading_look(theme: Theme, level: int) -> list[etree._Element]:
    space, index = theme.spacing, min(level, len(theme.spacing.heading_before)) - 1
    look = [w("keepNext"), w("keepLines"), w("suppressAutoHyphens")]
    if level == 1 and theme.headings.rule == "below":
        look.append(w("pBdr", border("bottom", theme.colours.accent, 1, 5)))
    return [*look, around(space.heading_before[index], space.heading_after[index], 1.05)]


def _heading_letters(theme: Theme, level: int) -> list[etree._Element]:
    shade = theme.colours.heading if level < _LESSER else theme.colours.muted
    letters = [font(theme.fonts.headings), *bold(), colour(shade), *size(heading_size(theme, level))]
    return letters if level < _LEAST else [*letters, *italic()]


def _contents_styles(theme: Theme, paper: Paper) -> Iterator[etree._Element]:
    # Drawn like a first-level heading but not based on it: it would take part in its numbering and in the contents.
    look = [*_heading_look(theme, 1), w("outlineLvl", val=9)]
    yield paragraph_style("TOC Heading", look, _heading_letters(theme, 1), following="BodyText")
    indent = theme.spacing.list_indent
    for level in range(1, _CONTENTS + 1):
        before = theme.spacing.paragraph if level == 1 else 0
        look = [_page_tab(paper), w("suppressAutoHyphens"), around(before, 2, 1.05)]
        if level > 1:
            look.append(w("ind", left=twips(indent * (level - 1))))
        yield paragraph_style(f"toc {level}", look, bold() if level == 1 else (), identifier=f"TOC{level}")
    look = [_page_tab(paper), w("suppressAutoHyphens"), around(0, 2, 1.05)]
    yield paragraph_style("table of figures", look, identifier="TableofFigures")


def _page_tab(paper: Paper) -> etree._Element:
    return w("tabs", w("tab", val="right", leader="dot", pos=paper.text_width))


def _code_styles(theme: Theme, language: Language) -> Iterator[etree._Element]:
    space, colours = theme.spacing, theme.colours
    box = w("pBdr", *(border(side, colours.code_border, 0.5, space.code) for side in SIDES))
    look = [box, fill(colours.code_fill), w("wordWrap", val="0"), w("suppressAutoHyphens")]
    look += [around(space.paragraph, 2 * space.paragraph, 1), w("contextualSpacing")]
    look.append(w("ind", left=twips(space.code + 1), right=twips(space.code + 1)))
    if is_rtl(language):
        look += [w("bidi", val="0"), w("jc", val="left")]
    yield paragraph_style(
        "Source Code", look, [font(theme.fonts.mono), w("noProof"), *size(theme.sizes.code)], own=True
    )


def _caption_styles(theme: Theme) -> Iterator[etree._Element]:
    space = theme.spacing
    letters = [colour(theme.colours.muted), *size(theme.sizes.caption)]
    look = [w("suppressAutoHyphens"), around(space.paragraph, space.paragraph, 1.05)]
    yield paragraph_style("caption", look, letters)
    look = [w("keepNext"), w("keepLines"), around(1.5 * space.paragraph, space.item, 1.05)]
    yield paragraph_style("Table Caption", look, based="Caption", own=True)
    middle = w("jc", val="center")
    look = [w("keepLines"), around(space.item, 2 * space.paragraph, 1.05), middle]
    yield paragraph_style("Image Caption", look, based="Caption", own=True)
    yield paragraph_style("Figure", [around(space.paragraph, space.paragraph, 1), middle], own=True)
    yield paragraph_style("Captioned Figure", [w("keepNext")], based="Figure", own=True)


def _running_styles(theme: Theme) -> Iterator[etree._Element]:
    letters = [colour(theme.colours.muted), *size(theme.sizes.running)]
    below = w("pBdr", border("bottom", theme.colours.rule, 0.5, 4))
    above = w("pBdr", border("top", theme.colours.rule, 0.5, 4))
    yield paragraph_style("header", [below, around(0, 0, 1)], letters)
    yield paragraph_style("footer", [above, around(0, 0, 1)], letters)
    look = [fill(theme.colours.banner_fill), around(0, 3, 1), w("jc", val="center")]
    letters = [*bold(), colour(theme.colours.banner_ink), *size(theme.sizes.running)]
    yield paragraph_style("Classification", look, letters, own=True)


def _character_styles(theme: Theme) -> Iterator[etree._Element]:
    yield character_style("Default Paragraph Font", based=None, default=True)
    yield character_style("Body Text Char", own=True)
    yield character_style("Section Number", own=True)
    mono = [font(theme.fonts.mono), w("noProof"), *size(code_size(theme.sizes.body))]
    yield character_style("Verbatim Char", mono, own=True)
    yield character_style("footnote reference", [w("vertAlign", val="superscript")])
    yield character_style("Hyperlink", [colour(theme.colours.link), w("u", val="single")])
    yield character_style("Placeholder Text", [colour(theme.colours.muted)])
    yield character_style("Cross Reference", [colour(theme.colours.link)], own=True)
    missing = w("shd", val="clear", color="auto", fill=theme.colours.missing.removeprefix("#"))
    yield character_style("Missing", [missing], own=True)


def _table_styles(theme: Theme) -> Iterator[etree._Element]:
    none = w("tblInd", w=0, type="dxa")
    leading = theme.sizes.table * (theme.spacing.line * _FONT_LINE - _FONT_INK)
    yield table_style("Normal Table", [w("tblPr", none, _padding(0, 5.4))], based=None, identifier="TableNormal")
    space, colours = theme.spacing, theme.colours
    if theme.tables.rules == "grid":
        rules = [border(side, colours.rule, 0.5) for side in (*SIDES, "insideH", "insideV")]
    else:
        rules = [border(side, colours.accent, 1) for side in ("top", "bottom")]
        rules.append(border("insideH", colours.rule, 0.5))
    header = w(
        "tblStylePr",
        w("rPr", *bold(), colour(colours.table_header_ink)),
        w("tblPr"),
        w("tcPr", fill(colours.table_header_fill), w("vAlign", val="bottom")),
        type="firstRow",
    )
    padding = _padding(space.cell_y + 1, space.cell_x, leading)
    body = [
        w("pPr", around(0, space.item)),
        w("rPr", *size(theme.sizes.table)),
        w(
            "tblPr",
            w("tblInd", w=0, type="dxa"),
            w("tblBorders", *rules),
            padding,
        ),
        header,
    ]
    yield table_style("Table", body, based="TableNormal", own=True)
    yield table_style("Figure Table", [], based="TableNormal", own=True)
    yield style("numbering", "No List", [w("uiPriority", val=99), w("semiHidden")], None, own=False, default=True)


def _padding(along: float, beside: float, leading: float = 0) -> etree._Element:
    """Return the room around the text in a cell; `leading` is what a line has above its letters anyway."""
    sides = zip(SIDES, (max(along - leading, 0), beside, along, beside), strict=True)
    return w("tblCellMar", *(w(side, w=twips(points), type="dxa") for side, points in sides))
