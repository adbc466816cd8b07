"""Say where a returned file differs from the issued one, as a reader of both would."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import zip_longest

from specflow.files import sha256
from specflow.model import Format
from specflow.review.returned import WordFile
from specflow.verify.compare import Comparison, block_text
from specflow.verify.read_docx import read_package
from specflow.verify.read_docx_package import R, W, is_on
from specflow.verify.running import told_apart
from specflow.verify.sameness import letters, squeezed
from specflow.verify.seen import Block, Part, Seen

_CONTEXT = 2  # words on both sides of those that differ
_MOST = 160  # characters of them
_BLIP = "{http://schemas.openxmlformats.org/drawingml/2006/main}blip"
_IMAGE = "{urn:schemas-microsoft-com:vml}imagedata"
_SIGNATURE = "{urn:schemas-microsoft-com:office:office}signatureline"


@dataclass(frozen=True, slots=True)
class Change:
    """One difference: the words of the issued file and those of the returned one, "" where there is nothing.

    `place` says where, in words; `text` is all of the issued text that the words are from.
    """

    place: str
    issued: str
    returned: str
    text: str = ""


def changes(issued: WordFile, returned: WordFile) -> list[Change]:
    """Return what was changed, in reading order, given files whose controls are empty.

    Where the pages of a file end, and what its program computes anew, is no change. Looks are not compared, but for
    what is struck through.
    """
    wanted = read_package(issued.package, issued.main)
    found = read_package(returned.package, returned.main)
    made = [*_of_blocks(wanted, found), *_of_others(wanted, found)]
    made += _of_lists("the pictures", _pictures(issued), _pictures(returned), said=False)
    made += _of_lists("what is struck through", _struck(issued), _struck(returned))
    return made


def _of_blocks(wanted: Seen, found: Seen) -> Iterator[Change]:
    comparison = Comparison(wanted, found)
    for pair, place in zip(comparison.pairs, comparison.places, strict=True):
        place = place or "before the first heading"
        if pair.wanted is None or pair.found is None:
            yield Change(place, _cut(_said(pair.wanted)), _cut(_said(pair.found)), _said(pair.wanted))
        elif pair.moved:
            yield Change(place, _cut(_said(pair.wanted)), "the same in another place", _said(pair.wanted))
        elif pair.wanted.rows or pair.found.rows:
            yield from _of_rows(pair.wanted, pair.found, place)
        elif _shape(pair.wanted) != _shape(pair.found) or block_text(pair.wanted) != block_text(pair.found):
            yield _change(place, _said(pair.wanted), _said(pair.found), pair.wanted.text)


def _of_rows(wanted: Block, found: Block, place: str) -> Iterator[Change]:
    for number, (left, right) in enumerate(zip_longest(wanted.rows, found.rows, fillvalue=()), 1):
        for one, other in zip_longest((cell.text for cell in left), (cell.text for cell in right), fillvalue=""):
            if squeezed(one) != squeezed(other):
                yield _change(f"{place}, row {number} of the table", one, other, one)


def _of_others(wanted: Seen, found: Seen) -> Iterator[Change]:
    apart = told_apart(found, wanted, Format.DOCX), told_apart(wanted, wanted, Format.DOCX)
    texts = (
        ("the title", wanted.title, found.title),
        ("the header", wanted.header, found.header),
        ("the footer", apart[1].footer, apart[0].footer),
        ("the watermark", wanted.watermark, found.watermark),
    )
    for place, one, other in texts:
        if squeezed(one or "") != squeezed(other or ""):
            yield _change(place, one or "", other or "", one or "")
    yield from _of_lists("the title block", _rows(wanted.front), _rows(found.front))
    yield from _of_lists("the contents", wanted.contents or (), found.contents or ())
    left, right = wanted.lists or {}, found.lists or {}
    for name in {**left, **right}:
        yield from _of_lists(f"the list of {name}", left.get(name, ()), right.get(name, ()))
    yield from _of_lists("the notes", wanted.notes or (), found.notes or ())
    yield from _of_lists("the formulas", *([*map(letters, seen.formulas or ())] for seen in (wanted, found)))
    yield from _of_lists("the words for pictures", wanted.images or (), found.images or ())
    yield from _of_lists("the links", _links(wanted), _links(found))


def _of_lists(place: str, wanted: Sequence[str], found: Sequence[str], *, said: bool = True) -> Iterator[Change]:
    runs = SequenceMatcher(None, [*map(squeezed, wanted)], [*map(squeezed, found)], autojunk=False).get_opcodes()
    for kind, left, left_end, right, right_end in runs:
        if kind == "equal":
            continue
        pairs = zip_longest(wanted[left:left_end], found[right:right_end], fillvalue="")
        for number, (one, other) in enumerate(pairs, left + 1):
            if said:
                yield _change(place, one, other, one)
            else:
                yield Change(place, f"number {number}" if one else "", "another one" if other else "")


def _change(place: str, wanted: str, found: str, text: str) -> Change:
    """Return the change with the words that differ, and few around them."""
    left, right = wanted.split(), found.split()
    runs = [run for run in SequenceMatcher(None, left, right, autojunk=False).get_opcodes() if run[0] != "equal"]
    if not runs:
        return Change(place, _cut(wanted), _cut(found), text)
    start = max(runs[0][1] - _CONTEXT, 0), max(runs[0][3] - _CONTEXT, 0)
    end = runs[-1][2] + _CONTEXT, runs[-1][4] + _CONTEXT
    return Change(place, _cut(" ".join(left[start[0] : end[0]])), _cut(" ".join(right[start[1] : end[1]])), text)


def _cut(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= _MOST else f"{text[:_MOST]}…"


def _said(block: Block | None) -> str:
    """Return a block as it is read, with what else it is where it has no words."""
    if block is None:
        return ""
    cells = " | ".join(cell.text for row in block.rows for cell in row)
    return " ".join(filter(None, (block.label, block.text, cells))) or f"({block.part})"


def _shape(block: Block) -> tuple[str, str, int]:
    level = block.level if block.part is Part.HEADING else 0
    return block.part, squeezed(block.label), level


def _rows(front: Sequence[tuple[str, str]]) -> list[str]:
    return [f"{label}: {value}" for label, value in front]


def _links(seen: Seen) -> list[str]:
    """Return the links that lead out of the document; of files the names alone, for their folders are relative."""
    return [
        f"{link.text} <{link.target if ':' in link.target else link.target.rstrip('/').rpartition('/')[2]}>"
        for link in seen.links or ()
        if not link.target.startswith("#")
    ]


def _pictures(file: WordFile) -> list[str]:
    """Return the digests of the pictures in the text, in order; those of signature lines are drawn anew by programs."""
    found = []
    for element in file.main.root.iter(_BLIP, _IMAGE):
        shape = element.getparent()
        if shape is not None and shape.find(_SIGNATURE) is None:
            name = file.main.targets.get(element.get(f"{R}embed") or element.get(f"{R}id") or "", "")
            found.append(sha256(file.bytes_of(name)))
    return found


def _struck(file: WordFile) -> list[str]:
    """Return the texts that are struck through, each stretch by itself."""
    texts = (
        "".join(leaf.text or "" for leaf in run.iter(f"{W}t"))
        for run in file.main.root.iter(f"{W}r")
        if any(is_on(run.find(f"{W}rPr"), name) for name in ("strike", "dstrike"))
    )
    joined = "".join(texts)
    return [joined] if joined else []
