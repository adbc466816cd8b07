"""What counts as the same: the only place that says which marks two formats may write differently."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

_LEFT_OUT = dict.fromkeys(
    (
        0x00AD,  # soft hyphen: where a line may break; every format breaks lines by itself
        0x200B,  # zero-width space: the same
        0x2060,  # word joiner: where a line must not break
        0xFEFF,  # its old form
        0x200E,  # left-to-right and right-to-left marks, embeddings and isolates: a format may say by markup which way
        0x200F,  # text runs, and a reader of the PDF gets it in the order in which it is read
        0x061C,
        *range(0x202A, 0x202F),
        *range(0x2066, 0x206A),
    )
)
_ALIKE = {0x2011: "-"}  # the hyphen that does not break: Word has an element for it
_BRACKETS = str.maketrans(")]}»", "([{«")
_SPECIAL = re.compile("[{}]".format("".join(map(chr, (*_LEFT_OUT, *_ALIKE)))))


@lru_cache(maxsize=16_384)  # a document has no more texts, and a worker many documents
def squeezed(text: str) -> str:
    """Return the text as it is compared: without white space and marks that only steer lines, composed (NFC).

    White space goes altogether, since line ends, cell ends and the gaps around formulas are no spaces in some formats.
    """
    text = "".join(text.split())
    if text.isascii():
        return text
    if _SPECIAL.search(text):
        text = text.translate(_LEFT_OUT | _ALIKE)
    return unicodedata.normalize("NFC", text)


_LETTERS = re.compile(r"[^\W\d_]+")


def drawn_alike(one: str, other: str) -> bool:
    """Return whether texts that run in both directions have the same words and the same other signs, in any order.

    A PDF has glyphs where they are drawn. A line of which one part runs to the right and one to the left looks the
    same, whichever of them is read first; brackets are drawn by the way that they open.
    """
    return _runs_both_ways(one) and _parts(one) == _parts(other)


def moved_alike(one: str, other: str) -> bool:
    """Return whether texts that run in both directions have the same words between spaces, each whole, in any order."""
    return _runs_both_ways(other) and sorted(map(squeezed, one.split())) == sorted(map(squeezed, other.split()))


def _runs_both_ways(text: str) -> bool:
    kinds = set(map(unicodedata.bidirectional, text))
    return "L" in kinds and not kinds.isdisjoint({"R", "AL"})


def _parts(text: str) -> tuple[list[str], list[str]]:
    text = unicodedata.normalize("NFC", text.translate(_LEFT_OUT | _ALIKE | _BRACKETS))
    return sorted(_LETTERS.findall(text)), sorted("".join(_LETTERS.sub("", text).split()))


def code_lines(text: str) -> str:
    """Return code as it is compared: character for character, without blanks that end a line and empty lines around it.

    Nobody sees these, and an HTML parser drops a line end at the beginning of `pre`.
    """
    return "\n".join(line.rstrip() for line in text.replace("\r\n", "\n").split("\n")).strip("\n")


_ENVIRONMENT = re.compile(r"\\(?:begin|end)\s*\{[^{}]*\}(?:\{[^{}]*\})?")
_COMMAND = re.compile(r"\\([A-Za-z]+|.)", re.DOTALL)
_NAMED = re.compile(
    "arc(cos|sin|tan)|arg|cosh?|coth?|csc|deg|det|dim|exp|gcd|hom|inf|ker|lg|lim(inf|sup)?|ln|log|max|min|[bp]?mod|Pr|"
    "sec|sinh?|sup|tanh?"
)
_SPELLED = {"bmod": "mod", "pmod": "mod", "lambda": "lamda", "Lambda": "Lamda"}  # Unicode spells the letter so
_VARIANT = re.compile(r"var(?=epsilon|theta|phi|rho|kappa|sigma|pi)")


def letters(formula: str) -> str:
    """Return the letters and digits of a formula, sorted: what TeX and Word's own markup of formulas have in common.

    They have them in another order where a sum's limits or a root's index stand, and Word's letters are those of the
    mathematical alphabets. Signs and operators are left out, since the two spell them differently.
    """
    plain = unicodedata.normalize("NFKD", "".join(_without_commands(formula)))
    return "".join(sorted(sign for sign in plain if sign.isalnum()))


def _without_commands(formula: str) -> Iterator[str]:
    formula = _ENVIRONMENT.sub(" ", formula)
    at = 0
    for command in _COMMAND.finditer(formula):
        yield formula[at : command.start()]
        yield _letter(command[1])
        at = command.end()
    yield formula[at:]


def _letter(name: str) -> str:
    """Return what a command prints of letters: a Greek one, or the name of a function."""
    if _NAMED.fullmatch(name):
        return _SPELLED.get(name, name)
    name = _VARIANT.sub("", name)
    size = "CAPITAL" if name[:1].isupper() else "SMALL"
    try:
        return unicodedata.lookup(f"GREEK {size} LETTER {_SPELLED.get(name, name)}")
    except KeyError:
        return ""


def whole_line(line: str, wanted: str) -> str:
    """Return a line that says the beginning of `wanted` and an ellipsis with all of it: headers cut long titles."""
    before, cut, after = line.partition("…")
    kept = squeezed(before)
    return f"{wanted} {after}".strip() if cut and kept and squeezed(wanted).startswith(kept) else line
