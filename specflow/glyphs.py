"""Between merge and convert: what fonts the document needs, and a visible mark for each character that none has.

A typesetter would refuse the document, a browser and Word would show a box that says nothing. So a character without a
glyph is told with its place, and all editions print its number instead: ‹U+1F600›. Angle quotes, since square brackets
or parentheses could become a link in Markdown. Characters that hide from the reader are shown in the same way.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from urllib.parse import quote

from specflow.diagnostics import Span, Warn, warning
from specflow.files import read_bytes
from specflow.fonts import Coverage, Missing, cover, han_language
from specflow.fonts.catalogue import INSTALL
from specflow.hidden import invisible, stray_controls
from specflow.model import DocumentFont, Identity, Kind, Merged, Spec, key_text
from specflow.theme import Theme

_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]*);")
_CODE = re.compile(
    r"^ {0,3}(?P<fence>`{3,}|~{3,})[^\n]*\n.*?(?:^ {0,3}(?P=fence)[`~]*[ \t]*$|\Z)"
    r"|(?<!`)(?P<ticks>`+)(?!`).+?(?<!`)(?P=ticks)(?!`)",
    re.MULTILINE | re.DOTALL,
)
_TARGET = re.compile(r"(?<=\]\()<?[^\s)>]+|\b(?:https?|mailto|tel):[^\s<>)]+")
_TASK = re.compile(r"^[ \t>]*(?:[-*+]|\d+[.)])[ \t]+\[[ xX]\]", re.MULTILINE)
_BOXES = "☐☒"  # what pandoc makes of a task; the DOCX prints them
_NAMED_AT_MOST = 3
_TEMPLATE = ""
_STRAY, _UNSEEN = "stray", "unseen"
_THEME, _MONTHS, _DATE, _QUOTES = "classification", "months", "date", "quotes"
_KEYS = {"id": "id", "version": "version", "status_words": "status", "date_words": "date"}


def with_glyphs(merged: Merged, spec: Spec, theme: Theme, warn: Warn) -> tuple[Merged, tuple[DocumentFont, ...]]:
    """Return the document with marks for what no font has, and the fonts that it needs beside the theme's.

    Each key with such characters is a warning at its place. Raises FileAccess when a font cannot be read.
    """
    texts = list(_texts(merged, spec, theme))
    coverage = cover(texts, _families(theme), spec.language.tag)
    lost = _lost(coverage, texts)
    if not lost:
        return merged, coverage.fonts
    for missing in coverage.missing:
        _tell(missing, spec, warn)
    _tell_hidden(texts, spec, warn)
    slots = tuple(
        replace(slot, value=_marked(slot.value, slot.kind, lost[slot.key])) if slot.key in lost else slot
        for slot in merged.slots
    )
    markdown = _marked(merged.markdown, Kind.PROSE, lost.get(_TEMPLATE, ()))
    return replace(merged, markdown=markdown, slots=slots), coverage.fonts


def with_words(spec: Spec, theme: Theme, merged: Merged, warn: Warn) -> Spec:
    """Return the spec with marks for what no font has in the words that editions print themselves.

    These are its identity, which stands on every page, and the words of its language. `with_glyphs` warns of those that
    the template prints as well, this of the others.
    """
    words = list(_words(spec))
    coverage = cover(words, _families(theme), spec.language.tag)
    lost = _lost(coverage, words)
    if not lost:
        return spec
    printed = {slot.key for slot in merged.slots}
    for missing in coverage.missing:
        if missing.key not in printed:
            _tell(missing, spec, warn)
    _tell_hidden([(key, text) for key, text in words if key not in printed], spec, warn)
    return _spec(spec, lost)


def han_languages(merged: Merged, spec: Spec) -> dict[str, str]:
    """Return the language of each value with Han characters by its key, as the fonts were chosen by it."""
    found = {}
    for slot in merged.slots:
        language = None if slot.value.isascii() else han_language(_read(slot.value, slot.kind), spec.language.tag)
        if language and slot.key:
            found[slot.key] = language
    return found


def mark(character: str) -> str:
    """Return what editions print instead of a character that no font has."""
    return f"‹U+{ord(character):04X}›"


def _families(theme: Theme) -> tuple[str, ...]:
    return theme.fonts.body.family, theme.fonts.headings.family, theme.fonts.mono.family


def _lost(coverage: Coverage, texts: Iterable[tuple[str, str]]) -> dict[str, set[str]]:
    """Return the characters of each key that are to be shown by their numbers."""
    lost: dict[str, set[str]] = {}
    for missing in coverage.missing:
        lost.setdefault(missing.key, set()).update(missing.characters)
    for _, key, characters in _hidden(texts):
        lost.setdefault(key, set()).update(characters)
    return lost


def _hidden(texts: Iterable[tuple[str, str]]) -> dict[tuple[str, str, str], None]:
    """Return what hides from the reader, each once: why, the key, and the characters in order."""
    found: dict[tuple[str, str, str], None] = {}
    for key, text in texts:
        if not text.isascii():
            for why, characters in ((_STRAY, stray_controls(text)), (_UNSEEN, invisible(text))):
                if characters:
                    found[why, key, "".join(sorted(characters))] = None
    return found


def _texts(merged: Merged, spec: Spec, theme: Theme) -> Iterator[tuple[str, str]]:
    """Yield every text that the editions print, with its data key."""
    yield _TEMPLATE, _read(merged.markdown, Kind.PROSE)
    has_tasks = _TASK.search(merged.markdown) is not None
    for slot in merged.slots:
        yield slot.key, _read(slot.value, slot.kind)
        has_tasks = has_tasks or (slot.kind is Kind.PROSE and _TASK.search(slot.value) is not None)
    if has_tasks:
        yield _TEMPLATE, _BOXES
    yield _THEME, theme.classification
    yield from _words(spec)


def _words(spec: Spec) -> Iterator[tuple[str, str]]:
    """Yield the texts that the editions print themselves."""
    for name, text in _identity(spec.identity).items():
        yield spec.template.identity.get(_KEYS[name], name), text
    language = spec.language
    for name, words in language.labels.items():
        yield f"labels.{name}", words
    for month in language.months:
        yield _MONTHS, month
    yield _DATE, language.date
    yield _QUOTES, "".join(language.quotes)


def _identity(identity: Identity) -> dict[str, str]:
    return {
        "id": identity.id,
        "version": identity.version,
        "status_words": identity.status_words,
        "date_words": identity.date_words,
    }


def _spec(spec: Spec, lost: Mapping[str, Iterable[str]]) -> Spec:
    """Return the spec with marks in what the editions print of it themselves."""

    def plain(key: str, text: str) -> str:
        return _marked(text, Kind.CODE, lost.get(key, ()))

    language, keys = spec.language, spec.template.identity
    first, second, third, fourth = (plain(_QUOTES, quotation) for quotation in language.quotes)
    printed = {name: plain(keys.get(_KEYS[name], name), text) for name, text in _identity(spec.identity).items()}
    return replace(
        spec,
        identity=replace(
            spec.identity,
            id=printed["id"],
            version=printed["version"],
            status_words=printed["status_words"],
            date_words=printed["date_words"],
        ),
        language=replace(
            language,
            labels={name: plain(f"labels.{name}", words) for name, words in language.labels.items()},
            months=tuple(plain(_MONTHS, month) for month in language.months),
            quotes=(first, second, third, fourth),
            date=plain(_DATE, language.date),
        ),
    )


def _read(text: str, kind: Kind) -> str:
    """Return the text with what pandoc will make of its entities."""
    if kind not in (Kind.PROSE, Kind.INLINE) or "&" not in text:
        return text
    return "".join(piece if is_code else html.unescape(piece) for piece, is_code in _pieces(text))


def _marked(text: str, kind: Kind, lost: Iterable[str]) -> str:
    """Return the text with marks; a link's target keeps its meaning, since there the character is percent-encoded."""
    marks = {ord(character): mark(character) for character in lost}
    if not marks:
        return text
    if kind is Kind.CODE:
        return text.translate(marks)
    encoded = {character: quote(chr(character)) for character in marks}

    def entity(match: re.Match[str]) -> str:
        shown = html.unescape(match[0])
        changed = shown.translate(marks)
        return match[0] if changed == shown else changed

    def prose(piece: str) -> str:
        piece = _TARGET.sub(lambda target: target[0].translate(encoded), piece)
        return _ENTITY.sub(entity, piece).translate(marks)

    if kind is Kind.TEXT:  # literal, and a template may make a link of a whole address
        return text.translate(encoded if _TARGET.fullmatch(text) else marks)
    return "".join(piece.translate(marks) if is_code else prose(piece) for piece, is_code in _pieces(text))


def _pieces(text: str) -> Iterator[tuple[str, bool]]:
    """Yield the Markdown cut at its code, where entities mean nothing."""
    at = 0
    for match in _CODE.finditer(text):
        yield text[at : match.start()], False
        yield match[0], True
        at = match.end()
    yield text[at:], False


def _tell(missing: Missing, spec: Spec, warn: Warn) -> None:
    what, instead = _named(missing.characters, missing.key)
    hint = "replace it by a character that fonts have"
    if missing.pack:
        hint = f"install fonts for {missing.pack.scripts}: {INSTALL}"
    span = _span(missing.key, missing.characters[0], spec)
    warn(warning("glyph-missing", f"no font has {what}; {instead}", span, hint, missing.key or None))


def _tell_hidden(texts: Iterable[tuple[str, str]], spec: Spec, warn: Warn) -> None:
    for why, key, characters in _hidden(texts):
        what, instead = _named(characters, key)
        span = _span(key, characters[0], spec)
        if why == _STRAY:
            message = f"a change of direction has no end or no start: {what}; {instead}"
            hint = "delete it, or end it in its paragraph: an embedding by U+202C, an isolate by U+2069"
            warn(warning("bidi-control", message, span, hint, key or None))
        else:
            warn(warning("invisible", f"nobody can see {what}; {instead}", span, "delete it", key or None))


def _named(characters: Sequence[str], key: str) -> tuple[str, str]:
    """Return how a message names the characters, and how it says what stands for them."""
    named = [f"U+{ord(c):04X} {unicodedata.name(c, 'without a name')}" for c in characters]
    count = len(named)
    what = f"the character {named[0]}" if count == 1 else f"{count} characters: {', '.join(named[:_NAMED_AT_MOST])}"
    if count > _NAMED_AT_MOST:
        what += f" and {count - _NAMED_AT_MOST} more"
    where = f" of `{key}`" if key else ""
    return what + where, f"{'it is' if count == 1 else 'each is'} shown by its number, as {mark(characters[0])}"


def _span(key: str, character: str, spec: Spec) -> Span:
    if key == _TEMPLATE:
        lines = read_bytes(spec.template.body).decode("utf-8", "replace").splitlines()
        found = (number for number, line in enumerate(lines, 1) if character in line)
        return Span(spec.template.body, next(found, None))
    for path, place in spec.source.places.items():
        if key_text(path) == key:
            return place.value
    return Span(spec.source.path)
