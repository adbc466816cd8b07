"""What the record of a document says of its editions: title, headings and captions, with their numbers alone."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from specflow.verify.checks import CHECKS
from specflow.verify.seen import Block, Part, Seen

_CODES = (
    "differs-title",
    "differs-heading-texts",
    "differs-heading-numbers",
    "differs-captions",
    "differs-caption-labels",
)
RECORDED = tuple(check for check in CHECKS if check.code in _CODES)
"""The checks for which a record is enough."""

_NUMBER = re.compile(r"(?:[A-Z]+[.-])?\d+(?:\.\d+)*|[A-Z]+(?![^\W\d_])")


def recorded(content: Mapping[str, Any]) -> Seen:
    """Return what the record says; raises KeyError, TypeError or ValueError for what is no record."""
    document = content["document"]
    headings = [Block(Part.HEADING, text, label=number) for number, text in content["headings"]]
    captions = [Block(Part.CAPTION, text, label=number) for _, number, text in content["captions"]]
    return Seen(
        title=document["title"],
        language=content["inputs"]["language"]["tag"],
        direction="",
        blocks=(*headings, *captions),
        properties={"title": document["title"], "id": document["id"], "version": document["version"]},
        header=" ".join(filter(None, (document["id"], document["title"]))),
        version=document["version"],
    )


def as_recorded(seen: Seen) -> Seen:
    """Return of an edition what records say: headings, then captions, numbers without words."""
    headings = [_numbered(block) for block in seen.blocks if block.part is Part.HEADING]
    captions = [_numbered(block) for block in seen.blocks if block.part is Part.CAPTION]
    return replace(seen, blocks=(*headings, *captions))


def _numbered(block: Block) -> Block:
    """Return the block with the number of its label: A of Appendix A, A-1 of Table A-1."""
    found = _NUMBER.findall(block.label.replace("\u2011", "-"))
    return replace(block, label=found[-1] if found else block.label)
