"""The language of a document as Word has it: three tags, one for each group of scripts, and what hangs on them."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from specflow.finish.wordml import w
from specflow.model import Language

# Word looks for proofing tools by language and region; a tag without a region gets the most usual one.
_REGIONS = {
    "ar": "ar-SA", "cs": "cs-CZ", "da": "da-DK", "de": "de-DE", "el": "el-GR", "en": "en-GB", "es": "es-ES",
    "fa": "fa-IR", "fi": "fi-FI", "fr": "fr-FR", "he": "he-IL", "hu": "hu-HU", "it": "it-IT", "ja": "ja-JP",
    "ko": "ko-KR", "nb": "nb-NO", "nl": "nl-NL", "pl": "pl-PL", "pt": "pt-PT", "ro": "ro-RO", "ru": "ru-RU",
    "sv": "sv-SE", "tr": "tr-TR", "uk": "uk-UA", "ur": "ur-PK", "zh": "zh-CN", "zh-Hans": "zh-CN", "zh-Hant": "zh-TW",
}  # fmt: skip
_EAST_ASIAN = frozenset({"ja", "ko", "zh"})
_LATIN, _ASIAN, _COMPLEX = "en-GB", "zh-CN", "ar-SA"


def word_tag(tag: str) -> str:
    """Return the language's tag with a region: "de" is "de-DE", "zh-Hans" is "zh-CN"; others stay as they are."""
    return _REGIONS.get(tag, tag)


def is_rtl(language: Language) -> bool:
    """Return whether the document as a whole runs from right to left."""
    return language.direction == "rtl"


def is_east_asian(language: Language) -> bool:
    """Return whether the language is written with ideographs, whose lines break between any two of them."""
    return language.tag.partition("-")[0] in _EAST_ASIAN


def language_tags(language: Language) -> dict[str, str]:
    """Return the tags of the document by group of scripts: `val` is Latin and its kin, then `eastAsia` and `bidi`.

    The groups that the language is not of keep a language that Word always has, so that names in Latin letters are
    not proofed as Japanese.
    """
    tags = {"val": _LATIN, "eastAsia": _ASIAN, "bidi": _COMPLEX}
    group = "eastAsia" if is_east_asian(language) else "bidi" if is_rtl(language) else "val"
    return {**tags, group: word_tag(language.tag)}


def paragraph_rules(language: Language) -> Iterator[etree._Element]:
    """Yield what every paragraph of the document has for its language (ECMA-376 part 1, 17.3.1)."""
    if is_east_asian(language):
        yield w("kinsoku")
        yield w("overflowPunct")
        yield w("autoSpaceDE")
        yield w("autoSpaceDN")
    yield w("bidi") if is_rtl(language) else w("bidi", val="0")


def hyphenates(language: Language) -> bool:
    """Return whether Word shall hyphenate: somebody named a language that is."""
    return language.named and language.hyphenate
