"""The phrases of a template's Jinja2 Markdown: its own words, which can be printed in another language.

A phrase is what stands in one place of the template's text: a heading, a bold label, a cell of a table, an item or a
line. What `{{ … }}` prints in it has a number, so that words may change their order: `Component {1}: {2}`. A bold label
is a phrase of its own; how a label and what follows it are joined is the phrase `{1}: {2}`.

Only literal text is looked at, before any value is there. Identifiers, classes, targets of links, code, metadata and
the words inside `{{ … }}` and `{% … %}` are no phrases.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Mapping

JOINT = "{1}: {2}"
"""The phrase of a bold label and what follows it."""

_TAG = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|<#.*?#>", re.DOTALL)
_PRINT, _DO, _END = "\ufdd0", "\ufdd1", "\ufdd2"  # stand for tags; no text may hold them (Unicode 16, section 23.7)
_PRINTED = re.compile(f"{_PRINT}([0-9]+){_END}")
_MASKED = re.compile(f"[{_PRINT}{_DO}]([0-9]+){_END}")
_STATEMENT = re.compile(f"({_DO}[0-9]+{_END})")

_FENCE = re.compile(r"\s*(`{3,}|~{3,})")
_MARKER = re.compile(
    r"\s*(?:>\s*)*(?:#{1,6}\s+|(?:[-*+]|[0-9]+[.)])\s+(?:\[[ xX]\](?:\s+|$))?)?(?:(?:Table|Figure):\s+)?"
)
_TRAILER = re.compile(r"(?:\s*\{[#.][^{}]*\})?\s*\\?\s*$")
_CELL = re.compile(r"(?<!\\)(\|)")
_BOLD = re.compile(r"\*\*([^*]+)\*\*(:(?: |$))?")
_LABEL = re.compile(r"(\*\*[^*]+\*\*: )(.*)")
_NO_WORDS = re.compile(rf"\]\{{[^{{}}]*\}}|\]\([^()]*\)|`[^`]*`|[{_PRINT}{_DO}][0-9]+{_END}|^:::.*")
_LETTER = re.compile(r"[^\W\d_]")

Translate = Callable[[str], str]


def worded(value: str) -> str:
    """Return an enumeration's value as words: `in_progress` becomes "In progress"."""
    words = value.replace("_", " ")
    return words[:1].upper() + words[1:]


def phrases_of(source: str) -> list[str]:
    """Return the phrases of the template's text, each once, in order."""
    found: dict[str, None] = {}

    def note(phrase: str) -> str:
        found[phrase] = None
        return phrase

    _rewritten(source, note)
    return list(found)


def translated(source: str, phrases: Mapping[str, str]) -> str:
    """Return the template's text with the phrases that are known replaced; its lines stay where they are."""
    return _translated(source, tuple(phrases.items())) if phrases else source


@functools.lru_cache(maxsize=64)
def _translated(source: str, phrases: tuple[tuple[str, str], ...]) -> str:
    """Return the text; that of the same template in the same language is made only once."""
    known = dict(phrases)
    return _rewritten(source, lambda phrase: known.get(phrase, phrase))


def _rewritten(source: str, translate: Translate) -> str:
    tags: list[str] = []

    def mask(tag: re.Match[str]) -> str:
        tags.append(tag[0])
        return f"{_PRINT if tag[0].startswith('{{') else _DO}{len(tags) - 1}{_END}"

    lines = _TAG.sub(mask, source).split("\n")
    fence = ""
    in_metadata = False
    for at, line in enumerate(lines):
        if in_metadata:
            in_metadata = line.rstrip() not in ("---", "...")
        elif line.rstrip() == "---" and at + 1 < len(lines) and re.match(r"[\w-]+:", lines[at + 1]):
            in_metadata = True
        elif opened := _FENCE.match(line):
            mark = opened[1]
            fence = mark if not fence else "" if mark.startswith(fence) else fence
        elif not fence and _LETTER.search(line):
            lines[at] = _line(line, translate)
    return _MASKED.sub(lambda masked: tags[int(masked[1])], "\n".join(lines))


def _line(line: str, translate: Translate) -> str:
    pieces = _STATEMENT.split(line)
    for at in range(0, len(pieces), 2):
        start = _MARKER.match(pieces[at]) if at == 0 else None
        first = start.end() if start else len(pieces[at]) - len(pieces[at].lstrip())
        end = _TRAILER.search(pieces[at], first)
        last = end.start() if end else len(pieces[at])
        core = pieces[at][first:last]
        if core:
            pieces[at] = pieces[at][:first] + _core(core, translate) + pieces[at][last:]
    return "".join(pieces)


def _core(core: str, translate: Translate) -> str:
    """Return a piece of a line, without what marks it as a heading or an item."""
    if core.startswith("|"):
        return "".join(_padded(cell, translate) for cell in _CELL.split(core))
    if not _has_words(core):
        return core
    if not _has_words(_BOLD.sub("", core)):
        return _BOLD.sub(lambda bold: _bold(bold, translate), core)
    if label := _LABEL.match(core):
        return _BOLD.sub(lambda bold: _bold(bold, translate), label[1]) + _core(label[2], translate)
    return _phrase(core, translate)


def _padded(cell: str, translate: Translate) -> str:
    core = cell.strip()
    return cell.replace(core, _core(core, translate)) if core and core != "|" else cell


def _bold(bold: re.Match[str], translate: Translate) -> str:
    words = _phrase(bold[1], translate) if _has_words(bold[1]) else bold[1]
    if not bold[2]:
        return f"**{words}**"
    joint = translate(JOINT).removeprefix("{1}").removesuffix("{2}")
    return f"**{words}**{joint if bold[2].endswith(' ') else joint.rstrip()}"


def _phrase(text: str, translate: Translate) -> str:
    """Return the text in the other language, what it prints put where the translation wants it."""
    printed: list[str] = []

    def number(found: re.Match[str]) -> str:
        printed.append(found[0])
        return f"{{{len(printed)}}}"

    phrase = translate(_PRINTED.sub(number, text))
    return re.sub(r"\{([0-9]+)\}", lambda found: printed[int(found[1]) - 1], phrase)


def _has_words(text: str) -> bool:
    """Say if there are words to translate: letters, other than the x of a box that is ticked."""
    words = _NO_WORDS.sub("", text)
    return words.strip() not in ("x", "X") and _LETTER.search(words) is not None
