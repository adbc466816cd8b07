"""Checks of the body's headings, paragraphs, items, code and captions."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from specflow.model import Format
from specflow.verify.compare import Comparison, Finding
from specflow.verify.expected import APPENDIX
from specflow.verify.sameness import code_lines, squeezed
from specflow.verify.seen import Block, Part

_HTML_LEVELS = 5
"""HTML has six levels of headings, of which the title is the first; deeper ones are as deep as the last."""


def heading_texts(sides: Comparison) -> Iterator[Finding]:
    """The words of every heading, and that none is missing or too many."""
    yield from _texts(sides, Part.HEADING)


def heading_numbers(sides: Comparison) -> Iterator[Finding]:
    """The number of every heading outside the appendices."""
    return _labels(sides, Part.HEADING, lambda block: block.role != APPENDIX)


def appendix_letters(sides: Comparison) -> Iterator[Finding]:
    """The letter of every appendix, and the numbers of the headings in it."""
    return _labels(sides, Part.HEADING, lambda block: block.role == APPENDIX)


def heading_levels(sides: Comparison) -> Iterator[Finding]:
    """The level of every heading."""
    deepest = _HTML_LEVELS if Format.HTML in sides.formats else 9
    yield from _attributes(sides, Part.HEADING, lambda block: f"level {min(block.level, deepest)}")


def paragraphs(sides: Comparison) -> Iterator[Finding]:
    """The text of every paragraph."""
    yield from _texts(sides, Part.PARAGRAPH)


def quotes(sides: Comparison) -> Iterator[Finding]:
    """The text of every paragraph in a block quote."""
    yield from _texts(sides, Part.QUOTE)


def list_items(sides: Comparison) -> Iterator[Finding]:
    """The text of every list item."""
    yield from _texts(sides, Part.ITEM)


def list_markers(sides: Comparison) -> Iterator[Finding]:
    """The marker of every list item: a bullet, its number or letter, the box of a task."""
    return _labels(sides, Part.ITEM, lambda _: True)


def list_nesting(sides: Comparison) -> Iterator[Finding]:
    """How deep every list item is nested."""
    yield from _attributes(sides, Part.ITEM, lambda block: f"level {block.level}")


def code(sides: Comparison) -> Iterator[Finding]:
    """Every block of code, character for character."""
    yield from _texts(sides, Part.CODE)
    for one, other, place in _same_kind(sides, Part.CODE):
        wanted, found = code_lines(one.text), code_lines(other.text)
        if wanted != found and _text(one) == _text(other):
            yield Finding(wanted, found, place, one.key)


def captions(sides: Comparison) -> Iterator[Finding]:
    """The words of every caption."""
    yield from _texts(sides, Part.CAPTION)


def caption_labels(sides: Comparison) -> Iterator[Finding]:
    """What is before a caption's words: "Table 3", "Figure A-1"."""
    return _labels(sides, Part.CAPTION, lambda _: True)


def images(sides: Comparison) -> Iterator[Finding]:
    """That every image stands where it ought to, and none is missing or too many."""
    yield from _texts(sides, Part.IMAGE)


def displayed_formulas(sides: Comparison) -> Iterator[Finding]:
    """That every formula that stands by itself stands where it ought to."""
    yield from _texts(sides, Part.FORMULA)


def reading_order(sides: Comparison) -> Iterator[Finding]:
    """That everything comes after what it ought to come after."""
    last = False
    for (pair, place), before in zip(sides.placed, [None, *sides.pairs], strict=False):
        if pair.moved and not last and pair.wanted and pair.found:
            is_first = before is None or before.wanted is None
            expected = f"after: {_shown(before.wanted)}" if before and not is_first else "at the beginning"
            at = sides.found.blocks.index(pair.found)
            found = f"after: {_shown(sides.found.blocks[at - 1])}" if at else "at the beginning"
            words = _shown(pair.wanted)
            yield Finding(f"{words}\n{expected}", f"{words}\n{found}", place, pair.wanted.key)
        last = pair.moved


def _texts(sides: Comparison, part: Part) -> Iterator[Finding]:
    """Yield where the text of such a block differs, where it is missing, too many, or another kind of block."""
    for pair, place in sides.of(part):
        wanted, found = pair.wanted, pair.found
        if found is None:
            yield Finding(_shown(wanted), "", place, wanted.key if wanted else "")
        elif wanted is None:
            yield Finding("", _shown(found), place)
        elif wanted.part is not found.part:
            if wanted.part is part:
                yield Finding(_kind(wanted), _kind(found), place, wanted.key)
        elif not sides.same(wanted.text, found.text):
            yield Finding(wanted.text, found.text, place, wanted.key)


def _labels(sides: Comparison, part: Part, is_meant: Callable[[Block], bool]) -> Iterator[Finding]:
    for wanted, found, place in _same_kind(sides, part):
        if is_meant(wanted) and squeezed(wanted.label) != squeezed(found.label):
            yield Finding(_labelled(wanted), _labelled(found), place, wanted.key)


def _attributes(sides: Comparison, part: Part, shown: Callable[[Block], str]) -> Iterator[Finding]:
    for one, other, place in _same_kind(sides, part):
        wanted, found = shown(one), shown(other)
        if wanted != found:
            words = _labelled(one)
            yield Finding(f"{wanted}: {words}", f"{found}: {words}", place, one.key)


def _same_kind(sides: Comparison, part: Part) -> Iterator[tuple[Block, Block, str]]:
    """Yield the pairs of which both are such a part."""
    for pair, place in sides.of(part):
        wanted, found = pair.wanted, pair.found
        if wanted is not None and found is not None and wanted.part is found.part:
            yield wanted, found, place


def _text(block: Block) -> str:
    return squeezed(block.text)


def _labelled(block: Block) -> str:
    return f"{block.label} {block.text}".strip()


def _kind(block: Block) -> str:
    return f"{block.part}: {_labelled(block)}"


def _shown(block: Block | None) -> str:
    """Return the block's words; of one without words, what it is."""
    if block is None:
        return ""
    if block.part is Part.TABLE:
        return "table: " + " | ".join(cell.text for cell in (block.rows[0] if block.rows else ()))
    return _labelled(block) or f"({block.part})"
