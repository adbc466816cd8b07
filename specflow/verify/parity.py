"""Compare every edition with the document, and every edition with every other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from specflow.model import Format
from specflow.verify.checks import CHECKS, Check
from specflow.verify.compare import Comparison, Finding
from specflow.verify.recorded import RECORDED, as_recorded
from specflow.verify.running import told_apart
from specflow.verify.sameness import squeezed
from specflow.verify.seen import Seen

DOCUMENT, RECORD = "document", "record"
"""What an edition is compared with that is no other edition: the document that all were made from, or its record."""


@dataclass(frozen=True, slots=True)
class Difference:
    """What one check found: an edition, and the document or the other edition that says something else.

    `expected` is what that says, `found` what the edition says; "" where one of them says nothing. `key` is the data
    key that the expected text came from, "" where none is known.
    """

    check: str
    edition: Format
    against: str
    expected: str
    found: str
    place: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class Parity:
    """What a comparison gave: which editions each check looked at, and every difference."""

    looked_at: Mapping[str, tuple[Format, ...]]
    differences: tuple[Difference, ...]

    @property
    def passed(self) -> tuple[str, ...]:
        """The checks that looked at an edition and found nothing."""
        failed = {difference.check for difference in self.differences}
        return tuple(code for code, formats in self.looked_at.items() if formats and code not in failed)


def parity(editions: Mapping[Format, Seen], document: Seen, checks: Sequence[Check] = CHECKS) -> Parity:
    """Return how the editions compare with the document and with each other.

    What two editions say differently is reported once: as a difference from the document if one of them says what it
    says, else also as a difference between the two.
    """
    found: list[Difference] = []
    settled: dict[Format, Seen] = {}
    for form, seen in editions.items():
        sides = Comparison(document, told_apart(seen, document, form), frozenset({form}))
        found += _differences(sides, form, DOCUMENT, checks)
        settled[form] = _marked(sides)
    found += _between(settled, found, checks)
    looked_at = {
        check.code: tuple(form for form, seen in settled.items() if check.is_told(document) and check.is_told(seen))
        for check in checks
    }
    return Parity(looked_at, tuple(found))


def mutual(editions: Mapping[Format, Seen], record: Seen, checks: Sequence[Check] = CHECKS) -> Parity:
    """Return how the editions compare with each other, and the little that a record says with each of them.

    `record` holds the title, headings and captions, and tells the words of headers apart.
    """
    found: list[Difference] = []
    settled = {form: told_apart(seen, record, form) for form, seen in editions.items()}
    for form, seen in settled.items():
        found += _differences(Comparison(record, as_recorded(seen), frozenset({form})), form, RECORD, RECORDED)
    found += _between(settled, found, checks)
    codes = {check.code for check in RECORDED}
    looked_at = {}
    for check in checks:
        told = tuple(form for form, seen in settled.items() if check.is_told(seen))
        looked_at[check.code] = told if len(told) > 1 or check.code in codes else ()
    return Parity(looked_at, tuple(found))


def _between(
    editions: Mapping[Format, Seen], known: Sequence[Difference], checks: Sequence[Check]
) -> Iterator[Difference]:
    """Yield what editions say differently and is not known from their differences from the document.

    Of two editions of which one passes a check against the document, nothing more can be found with it. Of two that
    both fail it, what one says as the document does is known, too.
    """
    failed = {(one.edition, one.check) for one in known}
    said = {(one.edition, one.check, *_pair(one.expected, one.found)) for one in known}
    for (form, one), (other, seen) in combinations(editions.items(), 2):
        open_ones = [check for check in checks if ((form, check.code) in failed) == ((other, check.code) in failed)]
        sides = Comparison(one, seen, frozenset({form, other}))
        for found in _differences(sides, other, form, open_ones):
            left, right = _pair(found.expected, found.found)
            if not {(other, found.check, left, right), (form, found.check, right, left)} & said:
                yield found


def _pair(expected: str, found: str) -> tuple[str, str]:
    return squeezed(expected), squeezed(found)


def _differences(sides: Comparison, form: Format, against: str, checks: Iterable[Check]) -> Iterator[Difference]:
    for check in checks:
        for found in check.differences(sides):
            yield _difference(check, form, against, found)


def _difference(check: Check, form: Format, against: str, found: Finding) -> Difference:
    return Difference(check.code, form, str(against), found.expected, found.found, found.place, found.key)


def _marked(sides: Comparison) -> Seen:
    """Return the edition with the keys and roles of the document's blocks on its own."""
    wanted = {id(pair.found): pair.wanted for pair in sides.pairs if pair.found and pair.wanted}
    blocks = tuple(
        replace(block, key=known.key, role=known.role) if (known := wanted.get(id(block))) else block
        for block in sides.found.blocks
    )
    return replace(sides.found, blocks=blocks, keys=sides.wanted.keys)
