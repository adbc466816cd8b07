"""The title block: above the document information, or on a cover of its own, with the logo."""

from __future__ import annotations

from collections.abc import Callable

from lxml import etree

from specflow.diagnostics import error
from specflow.errors import ConversionFailed
from specflow.finish.docx_gaps import start_page_after
from specflow.finish.docx_package import add_picture
from specflow.finish.docx_page import Paper
from specflow.finish.heading_lists import label_width
from specflow.finish.marks import notice
from specflow.finish.title import cover_lines, document_type
from specflow.finish.wordml import (
    attribute,
    parent_of,
    properties_of,
    qn,
    set_property,
    style_of,
    text_run,
    twips_of_mm,
    w,
)
from specflow.image_size import pixels_of
from specflow.model import Spec
from specflow.theme import Logo, Theme

FRONT_MARK, FRONTED_MARK = "_sf_front", "_sf_fronted"
_DRAWING = "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"
_MAIN = "http://schemas.openxmlformats.org/drawingml/2006/main"
_PICTURE = "http://schemas.openxmlformats.org/drawingml/2006/picture"
_RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_EMU = 36000  # in a millimetre
_PICTURE_ID = 900_001  # far from those that pandoc counts
_LOGO_SPACE = 30.0  # millimetres that a cover keeps for the logo at its top
_LINE = 1.2  # height of a line, times its type size
_COVER_GAP = 12  # points between the lines of a cover, about
_RULE_WIDTH = 38.0  # millimetres, as in the PDF
_DRAFT_SHARE = 1.5  # of what stands above the words, how much lies between them and what a draft says
_TWIPS = 20
_WORD_SPACE = 0.28  # em


def finish_front(
    files: dict[str, bytes],
    document: etree._Element,
    spec: Spec,
    theme: Theme,
    paper: Paper,
    png: Callable[[bytes], bytes] | None,
) -> bool:
    """Draw the title block as the theme has it; return whether it is a cover, which has no header and footer.

    Raises ConversionFailed for an SVG logo without `png` to draw it.
    """
    title = next((p for p in document.iter(qn("p")) if style_of(p) == "Title"), None)
    start, end = (_mark(document, name) for name in (FRONT_MARK, FRONTED_MARK))
    logo = _logo(files, theme.logo, png) if theme.logo and title is not None else None
    is_cover = theme.title_block == "cover" and title is not None
    if title is not None and is_cover:
        _make_cover(title, logo, spec, theme, paper)
        following = next(title.itersiblings(qn("p"), qn("tbl")), None)
        if start is not None:
            start_page_after(start)
        elif following is not None:
            start_page_after(title)
    elif title is not None and logo is not None:
        title.addprevious(w("p", w("pPr", w("pStyle", val="Logo")), logo))
        set_property(properties_of(title, "pPr"), w("spacing", before=0))
    for mark in (start, end):
        if mark is not None:
            parent_of(mark).remove(mark)
    return is_cover


def _mark(document: etree._Element, name: str) -> etree._Element | None:
    for start in document.iter(qn("bookmarkStart")):
        if attribute(start, "name") == name:
            return parent_of(start)
    return None


def _make_cover(title: etree._Element, logo: etree._Element | None, spec: Spec, theme: Theme, paper: Paper) -> None:
    """Put the logo and the kind of document above the title, and what the document says of itself below it.

    A third of what is free on the page stands above the words.
    """
    sizes, lines = theme.sizes, cover_lines(spec)
    words = "".join(node.text or "" for node in title.iter(qn("t")))
    rows = _rows(words, paper.text_width / (sizes.title * _TWIPS))
    above = twips_of_mm(_LOGO_SPACE)
    set_points = sizes.title * rows + (len(lines) + 1) * (sizes.subtitle * _LINE + _COVER_GAP) + 4 * _COVER_GAP
    free = paper.height - paper.top - paper.bottom - above - round(set_points * _LINE * _TWIPS)
    third = max(free // 3, 0)

    kind = w("p", w("pPr", w("pStyle", val="CoverType")), text_run(document_type(spec)))
    if logo is None:
        third += above
    else:
        title.addprevious(w("p", w("pPr", w("pStyle", val="Logo"), _exactly(above)), logo))
    set_property(properties_of(kind, "pPr"), w("spacing", before=third))
    title.addprevious(kind)
    last = title
    rule = w("ind", right=max(paper.text_width - twips_of_mm(_RULE_WIDTH), 0))
    below = [w("p", w("pPr", w("pStyle", val="CoverRule"), rule))]
    for number, line in enumerate(lines):
        style = "CoverName" if number == 0 else "CoverLine"
        below.append(w("p", w("pPr", w("pStyle", val=style)), text_run(line)))
    if told := notice(spec):
        gap = w("spacing", before=round(third * _DRAFT_SHARE))
        below.append(w("p", w("pPr", w("pStyle", val="CoverName"), gap), text_run(told)))
    for element in below:
        last.addnext(element)
        last = element


def _rows(words: str, room: float) -> int:
    """Return how many lines the words take in the room, em: a line is full where the next word has no room."""
    rows, at = 1, 0.0
    for word in words.split():
        width = label_width(word)
        if at and at + width > room:
            rows, at = rows + 1, 0.0
        at += width + _WORD_SPACE
    return rows


def _exactly(height: int) -> etree._Element:
    """Return the line height that leaves as much room as the logo gets, whatever it is."""
    return w("spacing", before=0, after=0, line=height, lineRule="atLeast")


def _logo(files: dict[str, bytes], logo: Logo, png: Callable[[bytes], bytes] | None) -> etree._Element:
    """Return a run with the logo in the text, and put its picture into the package."""
    data, mime = logo.data, logo.mime
    if mime == "image/svg+xml":
        if png is None:
            hint = "give the theme a PNG or JPEG file as its logo"
            raise ConversionFailed(error("docx-logo", "nothing here makes a PNG of the theme's SVG logo", hint=hint))
        data, mime = png(data), "image/png"
    size = pixels_of(data)
    if size is None:
        hint = "save the logo again as PNG"
        raise ConversionFailed(error("docx-logo", "the theme's logo is no whole PNG or JPEG picture", hint=hint))
    identifier = add_picture(files, "logo", data, mime)
    width = round(logo.width * _EMU)
    return _drawing(identifier, width, round(width * size[1] / size[0]), logo.alt)


def _drawing(identifier: str, width: int, height: int, alt: str) -> etree._Element:
    """Return a run with the picture of the relationship in the line (ECMA-376 part 1, 20.4.2.8)."""
    size = {"cx": str(width), "cy": str(height)}

    def made(namespace: str, tag: str, /, *children: etree._Element, **attributes: str) -> etree._Element:
        spaces = {"wp": _DRAWING, "a": _MAIN, "pic": _PICTURE}
        element = etree.Element(f"{{{namespace}}}{tag}", attributes, nsmap=spaces)
        element.extend(children)
        return element

    blip = made(_MAIN, "blip")
    blip.set(f"{{{_RELATION}}}embed", identifier)
    names = made(_PICTURE, "cNvPr", id=str(_PICTURE_ID), name="Logo", descr=alt)
    picture = made(
        _PICTURE,
        "pic",
        made(_PICTURE, "nvPicPr", names, made(_PICTURE, "cNvPicPr")),
        made(_PICTURE, "blipFill", blip, made(_MAIN, "stretch", made(_MAIN, "fillRect"))),
        made(
            _PICTURE,
            "spPr",
            made(_MAIN, "xfrm", made(_MAIN, "off", x="0", y="0"), made(_MAIN, "ext", **size)),
            made(_MAIN, "prstGeom", made(_MAIN, "avLst"), prst="rect"),
        ),
    )
    inline = made(
        _DRAWING,
        "inline",
        made(_DRAWING, "extent", **size),
        made(_DRAWING, "docPr", id=str(_PICTURE_ID), name="Logo", descr=alt),
        made(_DRAWING, "cNvGraphicFramePr", made(_MAIN, "graphicFrameLocks", noChangeAspect="1")),
        made(_MAIN, "graphic", made(_MAIN, "graphicData", picture, uri=_PICTURE)),
        distT="0",
        distB="0",
        distL="0",
        distR="0",
    )
    return w("r", w("rPr", w("noProof")), w("drawing", inline))
