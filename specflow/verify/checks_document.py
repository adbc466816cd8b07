"""Checks of what is said of the document as a whole, and of what stands beside its body."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from specflow.model import Format
from specflow.verify.align import aligned, alike
from specflow.verify.compare import Comparison, Finding
from specflow.verify.sameness import letters, squeezed
from specflow.verify.seen import Link


def title(sides: Comparison) -> Iterator[Finding]:
    """The title, as it is read at the top."""
    yield from _words(sides, sides.wanted.title, sides.found.title)


def properties(sides: Comparison) -> Iterator[Finding]:
    """The file's properties: title, document identifier, version, status."""
    wanted, found = sides.wanted.properties, sides.found.properties
    for name in wanted:
        yield from _words(sides, wanted[name], found.get(name, ""), name)


def language(sides: Comparison) -> Iterator[Finding]:
    """The language's tag; a PDF of specflow has no script in it, so `zh-Hans` is `zh` there."""
    wanted, found = (side.language.casefold().split("-") for side in (sides.wanted, sides.found))
    if Format.PDF in sides.formats:
        wanted, found = (_without_script(tag) for tag in (wanted, found))
    if wanted != found:
        yield Finding(sides.wanted.language, sides.found.language)


def _without_script(tag: list[str]) -> list[str]:
    return [part for part in tag if len(part) != _SCRIPT]


_SCRIPT = 4


def direction(sides: Comparison) -> Iterator[Finding]:
    """Which way the text runs."""
    if sides.wanted.direction != sides.found.direction:
        yield Finding(sides.wanted.direction, sides.found.direction)


def front_matter(sides: Comparison) -> Iterator[Finding]:
    """The document information: every label and value."""
    wanted, found = ([f"{label}: {value}" for label, value in side.front] for side in (sides.wanted, sides.found))
    yield from _listed(sides, wanted, found)


def header(sides: Comparison) -> Iterator[Finding]:
    """The name of the document in the running header."""
    yield from _words(sides, sides.wanted.header, sides.found.header)


def footer(sides: Comparison) -> Iterator[Finding]:
    """The words of the running footer, page numbers apart."""
    yield from _words(sides, sides.wanted.footer, sides.found.footer)


def version(sides: Comparison) -> Iterator[Finding]:
    """The version in the running header."""
    yield from _words(sides, sides.wanted.version, sides.found.version)


def status(sides: Comparison) -> Iterator[Finding]:
    """The status in the running header."""
    yield from _words(sides, sides.wanted.status, sides.found.status)


def watermark(sides: Comparison) -> Iterator[Finding]:
    """The watermark of a draft; and that nothing else has one."""
    yield from _words(sides, sides.wanted.watermark, sides.found.watermark)


def contents(sides: Comparison) -> Iterator[Finding]:
    """The entries of the contents list, each with its number."""
    yield from _listed(sides, sides.wanted.contents, sides.found.contents)


def lists(sides: Comparison) -> Iterator[Finding]:
    """The entries of the lists of tables and of figures."""
    wanted, found = sides.wanted.lists or {}, sides.found.lists or {}
    for name in sorted({*wanted, *found}):
        yield from _listed(sides, wanted.get(name, ()), found.get(name, ()), f"in the list of {name}", name=_entry)


_MARK = re.compile(r"(?<=\d)[:：.、–—-](?!\d)")


def _entry(words: str) -> str:
    """Return an entry without the mark that some formats put between its label and its words."""
    return _MARK.sub("", squeezed(words), count=1)


def links(sides: Comparison) -> Iterator[Finding]:
    """The links that lead out of the document: words and targets."""
    yield from _links(sides, is_inner=False)


def references(sides: Comparison) -> Iterator[Finding]:
    """The words of the links that lead to another place in the document; in the DOCX their numbers.

    Word's fields give numbers, so "Section" before one is no part of the link there; the paragraph's own check has it.
    """
    yield from _links(sides, is_inner=True)


def _links(sides: Comparison, *, is_inner: bool) -> Iterator[Finding]:
    def shown(links: Sequence[Link] | None) -> list[str]:
        chosen = [link for link in links or () if link.target.startswith("#") == is_inner]
        return [link.text if is_inner else f"{link.text} <{_target(link, sides)}>" for link in chosen]

    name = _number if is_inner and Format.DOCX in sides.formats else squeezed
    for found in _listed(sides, shown(sides.wanted.links), shown(sides.found.links), name=name, moves=False):
        words = found.expected.rpartition(" <")[0] or found.expected
        yield Finding(found.expected, found.found, key=sides.key_of(words))


_EDITION = re.compile(rf"(?<=[^/])\.(?:{'|'.join(Format)})(?=#|$)")
_SPEC = re.compile(r"\.ya?ml(?=#|$)")


def _target(link: Link, sides: Comparison) -> str:
    """Return where a link leads: to a sibling's edition of the same format, which is "*" between two formats."""
    if link.is_sibling and len(sides.formats) == 1:
        return _SPEC.sub(f".{next(iter(sides.formats))}", link.target)
    if len(sides.formats) > 1 and ":" not in link.target:
        return _EDITION.sub(".*", link.target)
    return link.target


_NUMBERS = re.compile(r"(?:[A-Z]{1,3}[.-])?\d+(?:\.\d+)*")


def _number(words: str) -> str:
    """Return the number in the words of a reference, or the words where there is none."""
    return "".join(_NUMBERS.findall(squeezed(words))) or squeezed(words)


def footnotes(sides: Comparison) -> Iterator[Finding]:
    """The text of every footnote, in order."""
    yield from _listed(sides, sides.wanted.notes, sides.found.notes)


def formulas(sides: Comparison) -> Iterator[Finding]:
    """Every formula: its TeX source, in the DOCX its letters and digits."""
    name = letters if Format.DOCX in sides.formats else squeezed
    yield from _listed(sides, sides.wanted.formulas, sides.found.formulas, name=name)


def alternative_texts(sides: Comparison) -> Iterator[Finding]:
    """What every image says to those who cannot see it, in order."""
    yield from _listed(sides, sides.wanted.images, sides.found.images)


def _words(sides: Comparison, wanted: str | None, found: str | None, place: str = "") -> Iterator[Finding]:
    if wanted is not None and found is not None and not sides.same(wanted, found):
        yield Finding(wanted, found, place, sides.key_of(wanted))


def _listed(
    sides: Comparison,
    wanted: Sequence[str] | None,
    found: Sequence[str] | None,
    place: str = "",
    *,
    name: Callable[[str], str] = squeezed,
    moves: bool = True,
) -> Iterator[Finding]:
    """Yield what differs between two lists of texts; with `moves` also what stands in another place."""

    def likeness(one: str, other: str) -> float:
        return 0.2 + alike(name(one), name(other))

    def is_same(one: str, other: str) -> bool:
        return name(one) == name(other) or sides.same(one, other)

    for pair in aligned(wanted or (), found or (), name, likeness):
        if pair.moved and moves:
            text = pair.wanted or ""
            yield Finding(text, f"{text} (in another place)", place, sides.key_of(text))
        elif pair.wanted is None or pair.found is None or not is_same(pair.wanted, pair.found):
            yield Finding(pair.wanted or "", pair.found or "", place, sides.key_of(pair.wanted or ""))
