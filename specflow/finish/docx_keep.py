"""What stays together on a page: words that introduce a list, a table, a picture or code, and what they introduce."""

from __future__ import annotations

from lxml import etree

from specflow.finish.wordml import neighbour, properties_of, qn, set_property, style_of, value_of, w

_TEXT = frozenset({"Normal", "BodyText", "FirstParagraph", "Compact", "BlockText", "Metadata"})
_BLOCKS = frozenset({"SourceCode", "TableCaption", "CaptionedFigure", "Figure"})
_COLONS = (":", "\uff1a")  # the fullwidth one is that of Chinese and Japanese


def keep_introductions(body: etree._Element) -> None:
    """Keep a paragraph that ends with a colon on the page of the list, table, picture or code that follows."""
    for paragraph in body.iterchildren(qn("p")):
        if style_of(paragraph) not in _TEXT or not _ends_with_colon(paragraph):
            continue
        following = neighbour(paragraph)
        if following is not None and _is_introduced(following, _depth(paragraph)):
            set_property(properties_of(paragraph, "pPr"), w("keepNext"))


def _ends_with_colon(paragraph: etree._Element) -> bool:
    return "".join(node.text or "" for node in paragraph.iter(qn("t"))).rstrip().endswith(_COLONS)


def _is_introduced(block: etree._Element, depth: int) -> bool:
    if block.tag == qn("tbl"):
        return True
    if block.tag != qn("p"):
        return False
    return style_of(block) in _BLOCKS or _depth(block) > depth or block.find(f".//{qn('drawing')}") is not None


def _depth(paragraph: etree._Element) -> int:
    """Return how deep in lists the paragraph is an item, 0 outside of any."""
    level = value_of(paragraph, "pPr/numPr/ilvl")
    return 0 if level is None else int(level) + 1
