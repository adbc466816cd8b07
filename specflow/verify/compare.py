"""Put what two readers saw side by side, once for all checks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from specflow.model import Format
from specflow.verify.align import Pair, aligned, alike
from specflow.verify.expected import APPROVAL, HISTORY
from specflow.verify.sameness import drawn_alike, squeezed
from specflow.verify.seen import Block, Part, Seen


@dataclass(frozen=True, slots=True)
class Finding:
    """One difference: what ought to be there and what is; "" where there is nothing. `place` says where, in words."""

    expected: str
    found: str
    place: str = ""
    key: str = ""


@dataclass(frozen=True)
class Comparison:
    """Two sides of a document: what is wanted and what was found; `formats` are those of the editions among them."""

    wanted: Seen
    found: Seen
    formats: frozenset[Format] = frozenset()
    _names: dict[int, str] = field(default_factory=dict, repr=False)

    @cached_property
    def pairs(self) -> list[Pair[Block]]:
        """All blocks of the body, in pairs."""
        return aligned(self.wanted.blocks, self.found.blocks, self._name, self._likeness)

    @cached_property
    def places(self) -> list[str]:
        """Below which heading each pair stands, as "in 3.1 Latency"."""
        heading, places = "", []
        for pair in self.pairs:
            block = pair.wanted or pair.found
            if block is not None and block.part is Part.HEADING and pair.wanted is not None:
                heading = f"{block.label} {block.text}".strip()
            places.append(f"in {heading}" if heading else "")
        return places

    @property
    def placed(self) -> Iterator[tuple[Pair[Block], str]]:
        """All pairs, with their place."""
        return zip(self.pairs, self.places, strict=True)

    @cached_property
    def _by_part(self) -> Mapping[Part, Sequence[tuple[Pair[Block], str]]]:
        """The pairs by what one of their blocks is: some thirty checks ask for one part each."""
        known: dict[Part, list[tuple[Pair[Block], str]]] = {part: [] for part in Part}
        for pair, place in self.placed:
            for part in dict.fromkeys(block.part for block in (pair.wanted, pair.found) if block is not None):
                known[part].append((pair, place))
        return known

    def of(self, part: Part) -> Sequence[tuple[Pair[Block], str]]:
        """Return the pairs of which one is such a part, with their place."""
        return self._by_part[part]

    def same(self, one: str, other: str) -> bool:
        """Return whether two texts count as the same, as far as the formats can tell."""
        return squeezed(one) == squeezed(other) or (Format.PDF in self.formats and drawn_alike(one, other))

    def key_of(self, text: str) -> str:
        """Return the data key that a text came from which is no block, "" if it is not known."""
        return self.wanted.keys.get(squeezed(text), "")

    def _name(self, block: Block) -> str:
        """Return what two blocks have in common that are the same."""
        return f"{block.part}:{self._text(block)}"

    def _text(self, block: Block) -> str:
        known = self._names.get(id(block))
        if known is None:
            known = self._names[id(block)] = block_text(block)
        return known

    def _likeness(self, one: Block, other: Block) -> float:
        """Return how likely one block is the other, changed: of the same part any, of another only if much is left."""
        share = alike(self._text(one), self._text(other))
        if one.part is other.part:
            return 0.2 + share
        return share if share > _KEPT else 0.0


_KEPT = 0.8


def block_text(block: Block) -> str:
    """Return a block's text as it is compared, its cells run together."""
    if block.part is Part.TABLE:
        return "".join(squeezed(cell.text) for row in block.rows for cell in row)
    return squeezed(block.text)


def role_of(pair: Pair[Block]) -> str:
    """Return which of the tables with a check of their own the pair is."""
    return pair.wanted.role if pair.wanted is not None and pair.wanted.role in (APPROVAL, HISTORY) else ""
