"""The white space between blocks that styles cannot give: after lists and tables, and at the top of a page."""

from __future__ import annotations

from lxml import etree

from specflow.finish.wordml import neighbour, properties_of, qn, set_property, style_of, twips, value_of, w
from specflow.theme import Theme

_TEXT = frozenset({"Normal", "BodyText", "FirstParagraph", "Compact", "BlockText", "DefinitionTerm", "Metadata"})


def finish_gaps(document: etree._Element, theme: Theme) -> None:
    """Set text off from the list or table before it, and a table from the list before it.

    A list's items stand closer together than paragraphs do, and a table has no space around it.
    """
    gap = twips(theme.spacing.paragraph)
    for block in document.iter(qn("p"), qn("tbl")):
        previous = neighbour(block, before=True)
        if previous is None:
            continue
        if block.tag == qn("p") and _ends_section(previous):
            _space(block, "before", 0)  # at the top of a page, as after a page break
            continue
        if block.tag == qn("tbl"):
            if previous.tag == qn("p") and (_is_item(previous) or style_of(previous) == "Metadata"):
                _space(previous, "after", gap)
        elif style_of(block) in _TEXT and (previous.tag == qn("tbl") or (_is_item(previous) and not _is_item(block))):
            _space(block, "before", gap)


def start_page(paragraph: etree._Element) -> None:
    """Let the paragraph start a page, at its very top."""
    set_property(properties_of(paragraph, "pPr"), w("pageBreakBefore"))
    _space(paragraph, "before", 0)


def start_page_after(block: etree._Element) -> None:
    """Let what follows the block start a page.

    A new section does so anyway. A table gets a line of one point before it: its first row may be repeated on every
    page, and must not break them all.
    """
    following = next(block.itersiblings(qn("p"), qn("tbl"), qn("sdt")), None)
    if following is not None and following.tag == qn("sdt"):
        return
    if following is None or _ends_section(following):
        return
    if following.tag == qn("tbl"):
        line = w("p", w("pPr", w("pStyle", val="SectionBreak")))
        following.addprevious(line)
        following = line
    start_page(following)


def _ends_section(block: etree._Element) -> bool:
    return block.find(f"{qn('pPr')}/{qn('sectPr')}") is not None


def _is_item(block: etree._Element) -> bool:
    return block.tag == qn("p") and style_of(block) in _TEXT and value_of(block, "pPr/numPr/numId") is not None


def _space(paragraph: etree._Element, side: str, amount: int) -> None:
    properties = properties_of(paragraph, "pPr")
    found = properties.find(qn("spacing"))
    if found is None:
        set_property(properties, w("spacing", **{side: amount}))
    else:
        found.set(qn(side), str(amount))
