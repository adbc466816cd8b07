"""Line up two sequences, so that one lost paragraph is one difference and not all that follow it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import pairwise
from typing import Generic, TypeVar

T = TypeVar("T")

_MOST = 40_000
"""In a stretch that differs so many pairs are compared at most; in a longer one nothing is taken for changed."""
_ALIKE = 0.35
"""So much of two texts is the same, at least, where one is taken for the other, changed."""


@dataclass(frozen=True, slots=True)
class Pair(Generic[T]):
    """What stands at the same place: None where one side has nothing. `moved` pairs are the same elsewhere."""

    wanted: T | None
    found: T | None
    moved: bool = False


def aligned(
    wanted: Sequence[T],
    found: Sequence[T],
    name: Callable[[T], str],
    likeness: Callable[[T, T], float],
) -> list[Pair[T]]:
    """Return the elements in pairs, in the order of `wanted`, additions where they stand in `found`.

    Elements of the same `name` are the same. What differs is paired by `likeness`, 0 to 1, in order, and only where it
    is above 0; what is the same in another place is a pair that `moved`. Time is linear where both agree.
    """
    left, right = [name(element) for element in wanted], [name(element) for element in found]
    start = _common(left, right)
    end = _common(left[start:][::-1], right[start:][::-1])
    middle = slice(start, len(left) - end), slice(start, len(right) - end)
    pairs = [Pair(one, other) for one, other in zip(wanted[:start], found[:start], strict=True)]
    pairs += _differing(wanted[middle[0]], found[middle[1]], left[middle[0]], right[middle[1]], likeness)
    tail = zip(wanted[len(wanted) - end :], found[len(found) - end :], strict=True)
    return [*pairs, *(Pair(one, other) for one, other in tail)]


def _common(left: Sequence[str], right: Sequence[str]) -> int:
    """Return how many elements both begin with."""
    count = 0
    for one, other in zip(left, right, strict=False):
        if one != other:
            break
        count += 1
    return count


def _differing(
    wanted: Sequence[T], found: Sequence[T], left: list[str], right: list[str], likeness: Callable[[T, T], float]
) -> Iterator[Pair[T]]:
    runs = SequenceMatcher(None, left, right, autojunk=False).get_opcodes()
    moved_to, moved_from = _moves(runs, left, right)
    for kind, from_left, to_left, from_right, to_right in runs:
        if kind == "equal":
            yield from (Pair(wanted[from_left + step], found[from_right + step]) for step in range(to_left - from_left))
            continue
        lost: list[int] = []
        for at in range(from_left, to_left):
            if at in moved_to:
                yield from _paired([wanted[step] for step in lost], [], likeness)
                lost = []
                yield Pair(wanted[at], found[moved_to[at]], moved=True)
            else:
                lost.append(at)
        added = [found[at] for at in range(from_right, to_right) if at not in moved_from]
        yield from _paired([wanted[at] for at in lost], added, likeness)


def _moves(
    runs: Sequence[tuple[str, int, int, int, int]], left: list[str], right: list[str]
) -> tuple[dict[int, int], set[int]]:
    """Return where what is missing on the left stands on the right, by its place; and those places on the right."""
    additions: dict[str, list[int]] = defaultdict(list)
    for kind, _, _, start, stop in runs:
        if kind != "equal":
            for at in range(start, stop):
                additions[right[at]].append(at)
    moved = {}
    for kind, start, stop, _, _ in runs:
        if kind != "equal":
            for at in range(start, stop):
                if additions.get(left[at]):
                    moved[at] = additions[left[at]].pop(0)
    return moved, set(moved.values())


def _paired(wanted: Sequence[T], found: Sequence[T], likeness: Callable[[T, T], float]) -> Iterator[Pair[T]]:
    """Yield the pairs of the greatest likeness altogether that keep both orders (Needleman and Wunsch, 1970)."""
    if not wanted or not found or len(wanted) * len(found) > _MOST:
        yield from (Pair(element, None) for element in wanted)
        yield from (Pair(None, element) for element in found)
        return
    likes = [[likeness(one, other) for other in found] for one in wanted]
    best = [[0.0] * (len(found) + 1) for _ in range(len(wanted) + 1)]
    for i in reversed(range(len(wanted))):
        for j in reversed(range(len(found))):
            best[i][j] = max(best[i + 1][j], best[i][j + 1], likes[i][j] + best[i + 1][j + 1])
    i = j = 0
    while i < len(wanted) or j < len(found):
        if i < len(wanted) and j < len(found) and likes[i][j] and best[i][j] == likes[i][j] + best[i + 1][j + 1]:
            yield Pair(wanted[i], found[j])
            i, j = i + 1, j + 1
        elif i < len(wanted) and (j == len(found) or best[i][j] == best[i + 1][j]):
            yield Pair(wanted[i], None)
            i += 1
        else:
            yield Pair(None, found[j])
            j += 1


def alike(one: str, other: str) -> float:
    """Return how much two texts have in common, by their pairs of letters: 0 to 1, and 0 below a third."""
    if one == other:
        return 1.0
    left, right = Counter(pairwise(one)), Counter(pairwise(other))
    total = left.total() + right.total()
    share = 2 * (left & right).total() / total if total else 0.0
    return share if share >= _ALIKE else 0.0
