"""The styles of a DOCX, drawn by the theme: every one that pandoc's writer uses, and those that the filters name.

Sizes stand in the document's defaults and in the styles that differ, not in Normal: Word lets a table's style set the
size of its text only where the paragraph's style does not (ECMA-376 part 1, 17.7.2).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lxml import etree

from specflow.finish.heading_lists import APPENDICES, LINKED_APPENDICES, LINKED_SECTIONS, SECTIONS, heading_size
from specflow.finish.wordml import twips, twips_of_mm, w
from specflow.theme import Font, Theme

Elements = Sequence[etree._Element]
_HEADINGS = 9
_CONTENTS = 3
_LESSER, _LEAST = 5, 6  # the heading levels from which on they are grey, and italic
_EIGHTHS = 8  # borders are measured in eighths of a point
_SINGLE = 240  # one line of `line`
_SIDES = ("top", "left", "bottom", "right")


def styles_part(theme: Theme, language: str) -> etree._Element:
    """Return the styles part."""
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
        *_text_styles(theme),
        *_title_styles(theme),
        *_heading_styles(theme),
        *_contents_styles(theme),
        *_code_styles(theme),
        *_caption_styles(theme),
        *_running_styles(theme),
        *_character_styles(theme),
        *_table_styles(theme),
    )


def text_width(theme: Theme) -> int:
    """Return the width of the text on an upright page, in twips."""
    page = theme.page
    return twips_of_mm(page.width) - twips_of_mm(page.left) - twips_of_mm(page.right)


def font(face: Font) -> etree._Element:
    """Return the run property that sets the face for every script; Word finds another where it lacks the letters."""
    return w("rFonts", ascii=face.word, hAnsi=face.word, eastAsia=face.word, cs=face.word)


def size(points: float) -> tuple[etree._Element, etree._Element]:
    """Return the type size for simple and for complex scripts; without the second, Arabic would stay at the default."""
    half_points = round(points * 2)
    return w("sz", val=half_points), w("szCs", val=half_points)


def bold() -> tuple[etree._Element, etree._Element]:
    """Return bold for simple and for complex scripts."""
    return w("b"), w("bCs")


def italic() -> tuple[etree._Element, etree._Element]:
    """Return italic for simple and for complex scripts."""
    return w("i"), w("iCs")


def colour(value: str) -> etree._Element:
    """Return the colour of text."""
    return w("color", val=value.removeprefix("#"))


def fill(value: str) -> etree._Element:
    """Return the colour behind a paragraph or a cell."""
    return w("shd", val="clear", color="auto", fill=value.removeprefix("#"))


def border(side: str, value: str, points: float, space: float = 0) -> etree._Element:
    """Return one side of a border; `space` is the distance from the text in points, 31 at most."""
    return w(side, val="single", sz=points * _EIGHTHS, space=min(space, 31), color=value.removeprefix("#"))


def around(before: float, after: float, line: float | None = None) -> etree._Element:
    """Return the space around a paragraph in points, and the height of its lines where it is not the default."""
    spacing = {"before": twips(before), "after": twips(after)}
    if line is None:
        return w("spacing", **spacing)
    return w("spacing", **spacing, line=line * _SINGLE, lineRule="auto")


def _style(
    kind: str, name: str, parts: Elements, identifier: str | None, *, own: bool, default: bool
) -> etree._Element:
    flags = {"customStyle": "1"} if own else {}
    if default:
        flags["default"] = "1"
    named = identifier or "".join(word[0].upper() + word[1:] for word in name.split())
    return w("style", w("name", val=name), *parts, type=kind, styleId=named, **flags)


def _paragraph(
    name: str,
    look: Elements = (),
    letters: Elements = (),
    *,
    based: str | None = "Normal",
    following: str | None = None,
    identifier: str | None = None,
    own: bool = False,
    default: bool = False,
) -> etree._Element:
    """Return a paragraph style; its id is its name in CamelCase. `own` says that Word has no such style itself."""
    parts = [w("basedOn", val=based)] if based else []
    if following:
        parts.append(w("next", val=following))
    parts.append(w("qFormat"))
    if look:
        parts.append(w("pPr", *look))
    if letters:
        parts.append(w("rPr", *letters))
    return _style("paragraph", name, parts, identifier, own=own, default=default)


def _character(
    name: str,
    letters: Elements = (),
    *,
    based: str | None = "DefaultParagraphFont",
    own: bool = False,
    default: bool = False,
) -> etree._Element:
    parts = [w("basedOn", val=based)] if based else [w("uiPriority", val=1), w("semiHidden"), w("unhideWhenUsed")]
    if letters:
        parts.append(w("rPr", *letters))
    return _style("character", name, parts, None, own=own, default=default)


def _table(
    name: str, parts: Elements, *, based: str | None, identifier: str | None = None, own: bool = False
) -> etree._Element:
    base = [w("basedOn", val=based)] if based else [w("uiPriority", val=99), w("semiHidden"), w("unhideWhenUsed")]
    return _style("table", name, [*base, *parts], identifier, own=own, default=based is None)


def _defaults(theme: Theme, language: str) -> etree._Element:
    languages = w("lang", val=language, eastAsia="zh-CN", bidi="ar-SA")
    letters = w("rPr", font(theme.fonts.body), colour(theme.colours.ink), *size(theme.sizes.body), languages)
    look = w("pPr", around(0, theme.spacing.paragraph, theme.spacing.line))
    return w("docDefaults", w("rPrDefault", letters), w("pPrDefault", look))


def _text_styles(theme: Theme) -> Iterator[etree._Element]:
    space, muted = theme.spacing, colour(theme.colours.muted)
    indent = twips(space.list_indent)
    yield _paragraph("Normal", [w("widowControl")], based=None, default=True)
    yield _paragraph("Body Text", [around(0, space.paragraph)])
    yield _paragraph("First Paragraph", [around(space.item, space.paragraph)], based="BodyText", own=True)
    yield _paragraph("Compact", [around(space.item / 2, space.item / 2)], based="BodyText", own=True)
    bar = w("pBdr", border("left", theme.colours.rule, 2.25, 8))
    yield _paragraph("Block Text", [bar, around(space.paragraph, space.paragraph), w("ind", left=indent)], [muted])
    yield _paragraph("footnote text", [around(0, 2, 1)], size(theme.sizes.footnote), identifier="FootnoteText")
    yield _paragraph("Footnote Block Text", [w("ind", left=indent)], based="FootnoteText", own=True)
    keep = w("keepNext")
    yield _paragraph("Definition Term", [keep, around(space.paragraph, 0)], bold(), following="Definition", own=True)
    yield _paragraph("Definition", [w("ind", left=indent)], own=True)
    yield _paragraph("Bibliography", [w("ind", left=indent, hanging=indent)])
    line = w("pBdr", border("bottom", theme.colours.rule, 0.75, 1))
    yield _paragraph("Horizontal Rule", [line, around(space.item, 2 * space.paragraph, 0.5)], size(4), own=True)
    # One point high, so that it cannot be what pushes a page over.
    nothing = w("spacing", before=0, after=0, line=20, lineRule="exact")
    yield _paragraph("Section Break", [nothing], size(1), own=True)
    yield _paragraph("Metadata", [around(0, space.item)], own=True)
    yield _paragraph("Checklist", [around(0, space.item), w("ind", left=indent, hanging=indent)], own=True)


def _title_styles(theme: Theme) -> Iterator[etree._Element]:
    space, muted = theme.spacing, colour(theme.colours.muted)
    letters = [font(theme.fonts.headings), colour(theme.colours.heading), *bold(), *size(theme.sizes.title)]
    rule = w("pBdr", border("bottom", theme.colours.heading, 1.5, 8))
    look = [w("keepNext"), w("keepLines"), rule, around(0, 2 * space.paragraph, 1)]
    yield _paragraph("Title", look, letters, following="BodyText")
    yield _paragraph("Subtitle", [around(0, space.paragraph)], [muted, *size(theme.sizes.subtitle)])
    yield _paragraph("Author", [around(0, 2)], [muted], own=True)
    yield _paragraph("Date", [around(0, space.paragraph)], [muted])
    heading = [colour(theme.colours.heading), *bold()]
    yield _paragraph("Abstract Title", [w("keepNext"), around(space.paragraph, 2)], heading, own=True)
    yield _paragraph("Abstract", [around(0, 2 * space.paragraph)], own=True)


def _heading_styles(theme: Theme) -> Iterator[etree._Element]:
    for level in range(1, _HEADINGS + 1):
        listed = [_in_list(SECTIONS, level)] if level <= LINKED_SECTIONS else []
        look = [*_heading_look(theme, level), *listed, w("outlineLvl", val=level - 1)]
        name = f"heading {level}"
        letters = _heading_letters(theme, level)
        yield _paragraph(name, look, letters, following="BodyText", identifier=f"Heading{level}")
    for step in range(1, LINKED_APPENDICES + 1):
        look = [_in_list(APPENDICES, step), w("outlineLvl", val=step)]
        yield _paragraph(f"Appendix Heading {step}", look, based=f"Heading{step + 1}", following="BodyText", own=True)


def _in_list(number: int, level: int) -> etree._Element:
    return w("numPr", w("ilvl", val=level - 1), w("numId", val=number))


def _heading_look(theme: Theme, level: int) -> list[etree._Element]:
    space, index = theme.spacing, min(level, len(theme.spacing.heading_before)) - 1
    return [w("keepNext"), w("keepLines"), around(space.heading_before[index], space.heading_after[index], 1.05)]


def _heading_letters(theme: Theme, level: int) -> list[etree._Element]:
    shade = theme.colours.heading if level < _LESSER else theme.colours.muted
    letters = [font(theme.fonts.headings), *bold(), colour(shade), *size(heading_size(theme, level))]
    return letters if level < _LEAST else [*letters, *italic()]


def _contents_styles(theme: Theme) -> Iterator[etree._Element]:
    # Drawn like a first-level heading but not based on it: it would take part in its numbering and in the contents.
    look = [*_heading_look(theme, 1), w("outlineLvl", val=9)]
    yield _paragraph("TOC Heading", look, _heading_letters(theme, 1), following="BodyText")
    indent = theme.spacing.list_indent
    for level in range(1, _CONTENTS + 1):
        before = theme.spacing.paragraph if level == 1 else 0
        look = [_page_tab(theme), around(before, 2, 1.05)]
        if level > 1:
            look.append(w("ind", left=twips(indent * (level - 1))))
        yield _paragraph(f"toc {level}", look, bold() if level == 1 else (), identifier=f"TOC{level}")
    look = [_page_tab(theme), around(0, 2, 1.05)]
    yield _paragraph("table of figures", look, identifier="TableofFigures")


def _page_tab(theme: Theme) -> etree._Element:
    return w("tabs", w("tab", val="right", leader="dot", pos=text_width(theme)))


def _code_styles(theme: Theme) -> Iterator[etree._Element]:
    space, colours = theme.spacing, theme.colours
    box = w("pBdr", *(border(side, colours.code_border, 0.5, space.code) for side in _SIDES))
    look = [box, fill(colours.code_fill), w("wordWrap", val="0"), around(space.paragraph, 2 * space.paragraph, 1.1)]
    look.append(w("ind", left=twips(space.code + 1), right=twips(space.code + 1)))
    yield _paragraph("Source Code", look, [font(theme.fonts.mono), w("noProof"), *size(theme.sizes.code)], own=True)


def _caption_styles(theme: Theme) -> Iterator[etree._Element]:
    space = theme.spacing
    letters = [colour(theme.colours.muted), *size(theme.sizes.caption)]
    yield _paragraph("caption", [around(space.paragraph, space.paragraph, 1.05)], letters)
    look = [w("keepNext"), w("keepLines"), around(1.5 * space.paragraph, space.item, 1.05)]
    yield _paragraph("Table Caption", look, based="Caption", own=True)
    yield _paragraph("Image Caption", [around(space.item, 2 * space.paragraph, 1.05)], based="Caption", own=True)
    yield _paragraph("Figure", [around(space.paragraph, space.paragraph)], own=True)
    yield _paragraph("Captioned Figure", [w("keepNext")], based="Figure", own=True)


def _running_styles(theme: Theme) -> Iterator[etree._Element]:
    letters = [colour(theme.colours.muted), *size(theme.sizes.running)]
    below = w("pBdr", border("bottom", theme.colours.rule, 0.5, 4))
    above = w("pBdr", border("top", theme.colours.rule, 0.5, 4))
    yield _paragraph("header", [below, around(0, 0, 1)], letters)
    yield _paragraph("footer", [above, around(0, 0, 1)], letters)


def _character_styles(theme: Theme) -> Iterator[etree._Element]:
    yield _character("Default Paragraph Font", based=None, default=True)
    yield _character("Body Text Char", own=True)
    yield _character("Section Number", own=True)
    mono = [font(theme.fonts.mono), w("noProof"), *size(theme.sizes.code)]
    yield _character("Verbatim Char", mono, own=True)
    yield _character("footnote reference", [w("vertAlign", val="superscript")])
    yield _character("Hyperlink", [colour(theme.colours.link), w("u", val="single")])
    yield _character("Placeholder Text", [colour(theme.colours.muted)])
    missing = w("shd", val="clear", color="auto", fill=theme.colours.missing.removeprefix("#"))
    yield _character("Missing", [missing], own=True)


def _table_styles(theme: Theme) -> Iterator[etree._Element]:
    none = w("tblInd", w=0, type="dxa")
    yield _table("Normal Table", [w("tblPr", none, _padding(0, 5.4))], based=None, identifier="TableNormal")
    space, colours = theme.spacing, theme.colours
    rules = (border(side, colours.rule, 0.5) for side in (*_SIDES, "insideH", "insideV"))
    header = w(
        "tblStylePr",
        w("rPr", *bold(), colour(colours.table_header_ink)),
        w("tblPr"),
        w("tcPr", fill(colours.table_header_fill), w("vAlign", val="bottom")),
        type="firstRow",
    )
    body = [
        w("pPr", around(space.item / 2, space.item / 2, 1.05)),
        w("rPr", *size(theme.sizes.table)),
        w("tblPr", w("tblInd", w=0, type="dxa"), w("tblBorders", *rules), _padding(space.cell_y, space.cell_x)),
        header,
    ]
    yield _table("Table", body, based="TableNormal", own=True)
    yield _table("Figure Table", [], based="TableNormal", own=True)
    yield _style("numbering", "No List", [w("uiPriority", val=99), w("semiHidden")], None, own=False, default=True)


def _padding(above: float, beside: float) -> etree._Element:
    sides = zip(_SIDES, (above, beside, above, beside), strict=True)
    return w("tblCellMar", *(w(side, w=twips(points), type="dxa") for side, points in sides))
