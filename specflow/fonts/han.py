"""Which language a text with Han characters is in; each writes some of them in a shape of its own."""

from __future__ import annotations

import re

_KANA = re.compile("[\u3041-\u30ff\u31f0-\u31ff\uff66-\uff9f]")
_HANGUL = re.compile("[\u1100-\u11ff\u3130-\u318f\ua960-\ua97f\uac00-\ud7ff]")
_HAN = re.compile("[\u2e80-\u2fdf\u3005-\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_EAST_ASIAN = re.compile(
    "[\u1100-\u11ff\u2e80-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\ufe30-\ufe4f"
    "\uff00-\uffef\U00020000-\U0003ffff]"
)
_CHARACTER_SETS = (("zh-Hans", "gb2312"), ("zh-Hant", "big5"), ("ja", "shift_jis"))
"""The characters in everyday use, by the national standard that lists them; asked in this order."""

_TRADITIONAL = ("zh-hant", "zh-tw", "zh-hk", "zh-mo")


def is_east_asian(text: str) -> bool:
    """Return whether the text holds Han characters, kana, hangul, or the signs that go with them."""
    return bool(_EAST_ASIAN.search(text))


def han_tag(tag: str) -> str | None:
    """Return the tag by which the fonts know the language: ja, ko, zh-Hans or zh-Hant; None for another language."""
    lower = tag.lower()
    if lower.startswith(_TRADITIONAL):
        return "zh-Hant"
    primary = lower.partition("-")[0]
    return {"zh": "zh-Hans", "ja": "ja", "ko": "ko"}.get(primary)


def han_language(text: str, document: str) -> str | None:
    """Return the language of an East Asian text in a document of the language `document`; None for any other text.

    Kana make it Japanese, hangul Korean. A text of Han characters alone has the document's language where that writes
    with them, otherwise that of the first standard that lists all its characters, and else simplified Chinese.
    """
    if not is_east_asian(text):
        return None
    if _KANA.search(text):
        return "ja"
    if _HANGUL.search(text):
        return "ko"
    own = han_tag(document)
    if own:
        return own
    han = "".join(_HAN.findall(text))
    return next((tag for tag, charset in _CHARACTER_SETS if _has(charset, han)), "zh-Hans")


def _has(charset: str, text: str) -> bool:
    try:
        text.encode(charset)
    except UnicodeEncodeError:
        return False
    return True
