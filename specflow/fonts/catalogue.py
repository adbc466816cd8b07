"""The fonts for other scripts and for signs: those that specflow brings along, and those of the extra `fonts`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path

from specflow import assets
from specflow.fonts.sfnt import FontFile, read_font

INSTALL = "python -m pip install 'specflow[fonts]'"
"""The line that installs the extra."""

Ranges = Sequence[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Face:
    """A font for what themes lack; `languages` are those whose Han characters it draws."""

    family: str
    file: str
    languages: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Pack:
    """A package of the extra: what it is called here and elsewhere, its module, the faces in it, what they are for."""

    name: str
    distribution: str
    module: str
    faces: tuple[Face, ...]
    scripts: str
    ranges: Ranges


EMOJI = "Noto Emoji"

BUNDLED = (
    Face("Noto Sans Arabic", "NotoSansArabic[wght].ttf"),
    Face("Noto Sans", "NotoSans[wght].ttf"),
    Face("Noto Sans Symbols", "NotoSansSymbols[wght].ttf"),
    Face("Noto Sans Math", "NotoSansMath-Regular.ttf"),
    Face("Noto Sans Symbols2", "NotoSansSymbols2-Regular.ttf"),
    Face("DejaVu Sans Mono", "DejaVuSansMono.ttf"),
    Face(EMOJI, "NotoEmoji[wght].ttf"),
)
"""In the order in which they are asked: letters first, and what looks most like them."""

_NOTO_SCRIPTS = (
    *("Armenian", "Bengali", "Devanagari", "Ethiopic", "Georgian", "Gujarati", "Gurmukhi", "Hebrew", "Kannada"),
    *("Khmer", "Lao", "Malayalam", "Myanmar", "Oriya", "Sinhala", "Tamil", "Telugu", "Thai"),
)

_SCRIPTS = Pack(
    "fonts-scripts",
    "manimgx-fonts",
    "manimgx_fonts",
    (
        Face("Noto Sans", "NotoSans[wght].ttf"),
        *(Face(f"Noto Sans {script}", f"NotoSans{script}[wght].ttf") for script in _NOTO_SCRIPTS),
        Face(EMOJI, "NotoEmoji[wght].ttf"),
    ),
    "Armenian, Georgian, Ethiopic, Khmer, Lao, Myanmar, Thai, the scripts of India, emoji",
    (
        *((0x0530, 0x058F), (0x0900, 0x0DFF), (0x0E00, 0x0EFF), (0x1000, 0x10FF), (0x1200, 0x139F)),
        *((0x1780, 0x17FF), (0x1C90, 0x1CBF), (0x2D00, 0x2DDF), (0x1F000, 0x1FAFF)),
    ),
)

_HAN = Pack(
    "fonts-cjk",
    "justmytype-intl-cjk",
    "justmytype_intl_cjk",
    tuple(
        Face(f"Noto Sans {code}", f"fonts/ofl/notosans{code.lower()}/NotoSans{code}[wght].ttf", languages)
        for code, languages in (
            ("SC", ("zh-Hans",)),
            ("TC", ("zh-Hant",)),
            ("JP", ("ja",)),
            ("KR", ("ko",)),
        )
    ),
    "Chinese, Japanese, Korean",
    (
        *((0x1100, 0x11FF), (0x2E80, 0x33FF), (0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xA960, 0xA97F)),
        *((0xAC00, 0xD7FF), (0xF900, 0xFAFF), (0xFE30, 0xFE4F), (0xFF00, 0xFFEF), (0x20000, 0x3FFFF)),
    ),
)

PACKS = (_SCRIPTS, _HAN)
"""What the extra `fonts` installs."""


def bundled_folder() -> Path:
    """Return the folder of the bundled fonts for other scripts."""
    return assets.templates() / "script-fonts"


def families_of(language: str | None) -> frozenset[str]:
    """Return the families that draw Han characters in the shapes of the language."""
    known = (face for pack in PACKS for face in pack.faces)
    return frozenset(face.family for face in known if language in face.languages)


def theme_folder() -> Path:
    """Return the folder of the bundled fonts that themes name."""
    return assets.templates() / "fonts"


def pack_folder(pack: Pack) -> Path | None:
    """Return where the package lies, None if it is not installed; nothing of it is run."""
    try:
        found = find_spec(pack.module)
    except (ImportError, ValueError):
        return None
    places = list(found.submodule_search_locations or ()) if found else []
    return Path(places[0]) if places else None


@cache
def faces() -> tuple[tuple[Face, Path], ...]:
    """Return the faces that can be used here with their files; a face of the extra stands in for a bundled one."""
    found = {face.family: (face, bundled_folder() / face.file) for face in BUNDLED}
    for pack in PACKS:
        folder = pack_folder(pack)
        if folder:
            for face in pack.faces:
                path = folder / face.file
                if path.is_file():
                    found[face.family] = (face, path)
    # Asked last: other fonts have some emoji as signs, and of DejaVu Sans Mono Typst holds more than is bundled here.
    last = [found.pop(family) for family in ("DejaVu Sans Mono", EMOJI)]
    return (*found.values(), *last)


@cache
def font_file(path: Path) -> FontFile:
    """Return the font file of a face; without characters where it is broken."""
    return read_font(path) or FontFile(path, "", frozenset())


def pack_for(character: int) -> Pack | None:
    """Return the package that has the character, if it is not installed."""
    for pack in PACKS:
        if any(first <= character <= last for first, last in pack.ranges) and not pack_folder(pack):
            return pack
    return None


def releases() -> dict[str, str]:
    """Return the installed packages of the extra with their versions."""
    return {pack.distribution: metadata.version(pack.distribution) for pack in PACKS if pack_folder(pack)}


@cache
def theme_characters(families: frozenset[str]) -> frozenset[int]:
    """Return the characters that the families have, each in every one of its bundled files.

    A family that is not bundled counts for nothing: the PDF could not show it either.
    """
    found: dict[str, frozenset[int]] = {}
    for path in sorted((*theme_folder().glob("*.ttf"), *theme_folder().glob("*.otf"))):
        font = read_font(path)
        if font and font.family in families:
            known = found.get(font.family)
            found[font.family] = font.characters if known is None else known & font.characters
    sets = list(found.values())
    return frozenset.union(*sets) if sets else frozenset()
