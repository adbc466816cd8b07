"""Right-to-left text: which runs are, and tables whose first column stands on the right.

Word does not find out by itself which letters run from right to left: each run of them says so, and takes its type
size, weight and face for complex scripts only then (ECMA-376 part 1, 17.3.2.30).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from copy import deepcopy
from itertools import groupby
from unicodedata import bidirectional

from lxml import etree

from specflow.finish.docx_language import is_rtl
from specflow.finish.wordml import child_of, parent_of, properties_of, qn, set_property, style_of, value_of, w
from specflow.model import Language

_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
_RIGHT = frozenset({"R", "AL"})
_LEFT = frozenset({"L"})
_WRITTEN = frozenset({"Normal", "BodyText", "FirstParagraph", "Compact", "BlockText", "TableCaption", "ImageCaption"})
_WRITTEN |= {f"Heading{level}" for level in range(1, 7)}
"""The styles of paragraphs that pandoc's writer makes; others are the finish's own and run as the document does."""


def finish_direction(parts: Iterable[etree._Element], language: Language) -> None:
    """Mark the runs that run from right to left, part from those that do not, and mirror the tables of such a document.

    Signs without a direction of their own go with the letters before them; at the start of a paragraph, with it.
    """
    rtl = is_rtl(language)
    for part in parts:
        for paragraph in part.iter(qn("p")):
            own = value_of(paragraph, "pPr/bidi")
            stated = paragraph.find(f"{qn('pPr')}/{qn('bidi')}") is not None and own not in ("0", "false", "off")
            _finish(paragraph, stated or (rtl and own is None and style_of(paragraph) != "SourceCode"))
        for table in part.iter(qn("tbl")):
            if rtl:
                set_property(properties_of(table, "tblPr"), w("bidiVisual"))


def style_paragraphs(parts: Iterable[etree._Element], language: Language) -> None:
    """Give the style of running text to paragraphs that pandoc's writer left without one.

    It states the direction of a paragraph instead of its style. In a document that runs from right to left it says
    nothing of those that do not, which would inherit the document's direction: they say so here.
    """
    rtl = is_rtl(language)
    for paragraph in (paragraph for part in parts for paragraph in part.iter(qn("p"))):
        properties = paragraph.find(qn("pPr"))
        directed = properties is not None and properties.find(qn("bidi")) is not None
        if directed and properties is not None and properties.find(qn("pStyle")) is None:
            set_property(properties, w("pStyle", val="BodyText"))
        if rtl and not directed and style_of(paragraph) in _WRITTEN and paragraph.find(f".//{qn('t')}") is not None:
            set_property(properties_of(paragraph, "pPr"), w("bidi", val="0"))


def is_right_to_left(text: str) -> bool:
    """Return whether the text has letters that run from right to left."""
    return any(bidirectional(sign) in _RIGHT for sign in text)


def _finish(paragraph: etree._Element, rtl: bool) -> None:
    text = "".join(node.text or "" for node in paragraph.iter(qn("t")))
    if not rtl and not is_right_to_left(text):
        return
    before = rtl
    for leaf in list(paragraph.iter(qn("t"))):
        run = parent_of(leaf)
        if run.tag == qn("r") and leaf.text and next(run.iterancestors(qn("p"))) is paragraph:
            before = _part(run, leaf, before, rtl)


def _part(run: etree._Element, leaf: etree._Element, before: bool, base: bool) -> bool:
    """Part the run into one run for each direction; return the direction of the last."""
    spans = list(_spans(leaf.text or "", before, base))
    last = spans[-1][0]
    if len(run.findall(qn("t"))) > 1 or len([child for child in run if child.tag != qn("rPr")]) > 1:
        _mark(run, is_right_to_left("".join(node.text or "" for node in run.iter(qn("t")))))
        return last
    for right, text in spans[:-1]:
        twin = deepcopy(run)
        twin.tail = None
        _set_text(twin, text)
        _mark(twin, right)
        run.addprevious(twin)
    _set_text(run, spans[-1][1])
    _mark(run, last)
    return last


def _spans(text: str, before: bool, base: bool) -> Iterator[tuple[bool, str]]:
    """Yield the stretches of the text that run one way, True for right to left, each with its neutral signs.

    Neutral signs between letters of one direction go with them, others with the paragraph; digits go with the letters
    before them.
    """
    found: list[bool | None] = []
    known = [before]
    for sign in text:
        kind = bidirectional(sign)
        own = True if kind in _RIGHT else False if kind in _LEFT else known[-1] if sign.isdigit() else None
        found.append(own)
        known.append(known[-1] if own is None else own)
    following = base
    resolved: list[bool] = []
    for index in range(len(found) - 1, -1, -1):
        direction = found[index]
        if direction is not None:
            following = direction
            resolved.append(direction)
        else:
            resolved.append(known[index] if known[index] == following else base)
    resolved.reverse()
    signs = zip(resolved, text, strict=True)
    for right, group in groupby(signs, key=lambda pair: pair[0]):
        yield right, "".join(sign for _, sign in group)


def _set_text(run: etree._Element, text: str) -> None:
    leaf = child_of(run, "t")
    leaf.text = text
    leaf.set(_SPACE, "preserve")


def _mark(run: etree._Element, right: bool) -> None:
    properties = run.find(qn("rPr"))
    if right:
        set_property(properties_of(run, "rPr"), w("rtl"))
    elif properties is not None:
        for old in properties.findall(qn("rtl")):
            properties.remove(old)
