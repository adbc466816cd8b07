"""Captions, and pictures that fit where they stand: in a page's text, a list item or the cell of a table."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from specflow.finish.docx_tables import section_width
from specflow.finish.wordml import attribute, neighbour, properties_of, qn, set_property, style_of, twips, value_of, w
from specflow.theme import Theme

_DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"
_MAIN = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_EMU = 635  # in a twip
_CAPTIONS = {"SEQ Table": "TableCaption", "SEQ Figure": "ImageCaption"}
"""What counts in a caption, and its style: in a list, pandoc's writer gives it that of the items."""


def finish_captions(body: etree._Element) -> None:
    """Give captions and the pictures above them their styles, and tables the caption as their name for screen readers.

    Lists have to be finished: until then what stands in one has no indent of its own.
    """
    for paragraph in list(body.iter(qn("p"))):
        style = _caption_style(paragraph)
        if style is None:
            continue
        set_property(properties_of(paragraph, "pPr"), w("pStyle", val=style))
        if style == "TableCaption":
            _name_table(paragraph)
        else:
            picture = neighbour(paragraph, before=True)
            if picture is not None and picture.find(f".//{qn('drawing')}") is not None and picture.tag == qn("p"):
                set_property(properties_of(picture, "pPr"), w("pStyle", val="CaptionedFigure"))


def fit_pictures(body: etree._Element, theme: Theme) -> None:
    """Make pictures smaller that are wider than the room for them; the tables' widths have to be final."""
    for block, width in _blocks(body):
        for inline in block.iter(f"{_DRAWING}inline"):
            _fit(inline, _room(inline, width, theme) * _EMU)


def _caption_style(paragraph: etree._Element) -> str | None:
    for code in paragraph.iter(qn("instrText")):
        words = (code.text or "").split()
        return _CAPTIONS.get(" ".join(words[:2]))
    return None


def _name_table(caption: etree._Element) -> None:
    table = neighbour(caption)
    if table is not None and table.tag == qn("tbl"):
        hyphen = qn("noBreakHyphen")
        words = "".join("-" if node.tag == hyphen else node.text or "" for node in caption.iter(qn("t"), hyphen))
        set_property(properties_of(table, "tblPr"), w("tblCaption", val=words))


def _blocks(body: etree._Element) -> Iterator[tuple[etree._Element, int]]:
    """Yield the body's blocks with the width of the text in their section, in twips; the last comes first."""
    width = 0
    for child in reversed(body):
        section = child if child.tag == qn("sectPr") else child.find(f"{qn('pPr')}/{qn('sectPr')}")
        if section is not None:
            width = section_width(section)
        yield child, width


def _room(inline: etree._Element, width: int, theme: Theme) -> int:
    """Return the room for a picture in twips: the cell around it, or the text, less the indent of its paragraph."""
    cell = next(inline.iterancestors(qn("tc")), None)
    if cell is not None:
        width = int(value_of(cell, "tcPr/tcW", "w") or width) - 2 * twips(theme.spacing.cell_x)
    paragraph = next(inline.iterancestors(qn("p")))
    indent = paragraph.find(f"{qn('pPr')}/{qn('ind')}")
    if indent is not None:
        return width - int(attribute(indent, "left") or 0) - int(attribute(indent, "right") or 0)
    level = value_of(paragraph, "pPr/numPr/ilvl")
    if level is not None and not style_of(paragraph).startswith(("Heading", "Appendix")):
        return width - (int(level) + 1) * twips(theme.spacing.list_indent)
    return width


def _fit(inline: etree._Element, room: int) -> None:
    extent = inline.find(f"{_DRAWING}extent")
    if extent is None or room <= 0:
        return
    share = room / max(int(extent.get("cx", "0")), 1)
    if share < 1:
        for size in (extent, *inline.iter(f"{_MAIN}ext")):
            for side in ("cx", "cy"):
                if size.get(side) is not None:
                    size.set(side, str(int(int(size.get(side, "0")) * share)))
