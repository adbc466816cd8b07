"""Numbers as Word writes them in lists: the formats of ECMA-376 part 1, 17.18.59 that lists are made with."""

from __future__ import annotations

from collections.abc import Callable, Mapping

_ROMAN = (
    *((1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl")),
    *((10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i")),
)
_HAN_DIGITS = "〇一二三四五六七八九"
_CIRCLED = 0x2460
_MOST_CIRCLED = 20
_ARABIC_LETTERS = "أبتثجحخدذرزسشصضطظعغفقكلمنهوي"
_ABJAD = "أبجدهوزحطيكلمنسعفصقرشتثخذضظغ"
_MOST = 32767  # Word counts no further
_TEEN = 10


def numeral(number: int, numerals: str) -> str:
    """Return the number in the named format; in decimal digits where the format is one that lists hardly use."""
    number = min(number, _MOST)
    return _FORMATS.get(numerals, str)(number)


def _repeated(alphabet: str) -> Callable[[int], str]:
    """Return the format that goes on with AA, BB behind the last letter."""

    def written(number: int) -> str:
        if number < 1:
            return ""
        rounds, place = divmod(number - 1, len(alphabet))
        return alphabet[place] * (rounds + 1)

    return written


def _roman(number: int) -> str:
    letters = ""
    for value, letter in _ROMAN:
        count, number = divmod(number, value)
        letters += letter * count
    return letters


def _ordinal(number: int) -> str:
    """Return an English ordinal: other languages' are Word's own."""
    is_teen = number // _TEEN % _TEEN == 1
    return f"{number}{'th' if is_teen else {1: 'st', 2: 'nd', 3: 'rd'}.get(number % _TEEN, 'th')}"


def _han(number: int) -> str:
    """Return 一, 十, 十一, 二十: counted up to 99, digit by digit beyond."""
    tens, ones = divmod(number, _TEEN)
    if number < 1 or tens >= _TEEN:
        return "".join(_HAN_DIGITS[int(digit)] for digit in str(max(number, 0)))
    return ("" if tens == 0 else "十" if tens == 1 else f"{_HAN_DIGITS[tens]}十") + (_HAN_DIGITS[ones] if ones else "")


def _circled(number: int) -> str:
    return chr(_CIRCLED + number - 1) if 1 <= number <= _MOST_CIRCLED else str(number)


_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_FORMATS: Mapping[str, Callable[[int], str]] = {
    "none": lambda _: "",
    "decimalZero": lambda number: f"{number:02}",
    "lowerLetter": _repeated(_LETTERS),
    "upperLetter": _repeated(_LETTERS.upper()),
    "lowerRoman": _roman,
    "upperRoman": lambda number: _roman(number).upper(),
    "ordinal": _ordinal,
    "numberInDash": lambda number: f"- {number} -",
    "decimalFullWidth": lambda number: "".join(chr(ord(digit) + 0xFEE0) for digit in str(number)),
    "decimalEnclosedCircle": _circled,
    "decimalEnclosedCircleChinese": _circled,
    "chineseCounting": _han,
    "chineseCountingThousand": _han,
    "japaneseCounting": _han,
    "taiwaneseCountingThousand": _han,
    "ideographDigital": lambda number: "".join(_HAN_DIGITS[int(digit)] for digit in str(max(number, 0))),
    "arabicAlpha": _repeated(_ARABIC_LETTERS),
    "arabicAbjad": _repeated(_ABJAD),
}
