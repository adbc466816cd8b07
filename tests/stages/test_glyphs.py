"""Characters that no font has: told with their place, and shown by their number in all editions alike."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from specflow.diagnostics import Diagnostic, Span
from specflow.fonts import catalogue, coverage
from specflow.glyphs import han_languages, mark, with_glyphs, with_words
from specflow.hidden import invisible, is_unseen
from specflow.languages import find_language
from specflow.model import (
    Completeness,
    DocumentFont,
    Identity,
    KeyPath,
    Kind,
    Merged,
    Place,
    Slot,
    Source,
    Spec,
    Template,
)
from specflow.theme import default_theme

NONE = "\u0378"  # unassigned: no font will ever have it
SHOWN = "‹U+0378›"


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hide the extra `fonts`."""
    bundled = tuple((face, catalogue.bundled_folder() / face.file) for face in catalogue.BUNDLED)
    monkeypatch.setattr(coverage, "faces", lambda: bundled)
    monkeypatch.setattr(catalogue, "pack_folder", lambda _: None)


@pytest.fixture
def spec(tmp_path: Path) -> Spec:
    body = tmp_path / "body.md.j2"
    body.write_text(f"# Title\n\nSigned {NONE}\n", "utf-8")
    names = {"id": "milestone_id", "version": "version", "status": "status", "date": "last_updated"}
    template = Template("own", "Own", tmp_path, body, {}, body, names, (), (), frozenset(), frozenset(), ())
    file = tmp_path / "own.yaml"
    places: dict[KeyPath, Place] = {("a", "b"): Place(Span(file, 3, 6)), ("milestone_id",): Place(Span(file, 1, 15))}
    source = Source(file, {}, places, "0" * 64)
    identity = Identity("I-1", "1.0", "draft", "2026-11-23", True, "Draft", "2026-11-23")
    return Spec(source, template, {}, identity, Completeness(1, ()), find_language(""))


def bound(
    spec: Spec, *slots: Slot, markdown: str = "# Title\n"
) -> tuple[Merged, list[Diagnostic], tuple[DocumentFont, ...]]:
    told: list[Diagnostic] = []
    merged = Merged(markdown, slots, "Qxq", "Z", spec.template.body)
    made, fonts = with_glyphs(merged, spec, default_theme(), told.append)
    return made, told, fonts


def value(spec: Spec, text: str, kind: Kind = Kind.PROSE) -> str:
    made, _, _ = bound(spec, Slot(kind, "a.b", text))
    return made.slots[0].value


def test_text_that_fonts_have_stays_as_it_is(spec: Spec) -> None:
    slots = (Slot(Kind.PROSE, "a.b", "Größe ✓ → مرحبا &amp; ✅"),)
    made, told, fonts = bound(spec, *slots)
    assert made.slots == slots
    assert told == []
    assert "Noto Sans Arabic" in {font.family for font in fonts}


def test_a_missing_character_is_named_with_its_key_and_place(spec: Spec) -> None:
    made, (told,), _ = bound(spec, Slot(Kind.TEXT, "a.b", "Port 港"))
    assert made.slots[0].value == "Port ‹U+6E2F›"
    assert str(told).startswith(
        f"{spec.source.path.as_posix()}:3:6: warning[glyph-missing]: no font has the character U+6E2F "
        "CJK UNIFIED IDEOGRAPH-6E2F of `a.b`; it is shown by its number, as ‹U+6E2F›\n"
    )
    assert told.key == "a.b"
    assert told.hint
    assert catalogue.INSTALL in told.hint


def test_a_character_that_no_package_has_is_to_be_replaced(spec: Spec) -> None:
    _, (told,), _ = bound(spec, Slot(Kind.TEXT, "a.b", NONE))
    assert told.hint == "replace it by a character that fonts have"


def test_many_characters_of_a_key_are_one_warning(spec: Spec) -> None:
    slot = Slot(Kind.TEXT, "a.b", "港口海关系统港口")
    _, (told,), _ = bound(spec, slot, slot)
    assert "6 characters: U+6E2F" in told.message
    assert "and 3 more" in told.message


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (f"a{NONE}b", f"a{SHOWN}b"),
        ("a&#x378;b &#888; &amp; &lt;", f"a{SHOWN}b {SHOWN} &amp; &lt;"),
        (f"`&#x378; {NONE}`", f"`&#x378; {SHOWN}`"),
        (f"```\n&#x378;{NONE}\n```\n&#x378;", f"```\n&#x378;{SHOWN}\n```\n{SHOWN}"),
        (f"[a{NONE}](x/{NONE}.md)", f"[a{SHOWN}](x/%CD%B8.md)"),
        (f"see https://example.org/{NONE}", "see https://example.org/%CD%B8"),
    ],
)
def test_marks_in_markdown(spec: Spec, text: str, shown: str) -> None:
    assert value(spec, f"{text}\n{NONE}") == f"{shown}\n{SHOWN}"


def test_literal_text_has_no_links_unless_it_is_an_address(spec: Spec) -> None:
    assert value(spec, f"see https://example.org/{NONE}", Kind.TEXT) == f"see https://example.org/{SHOWN}"
    assert value(spec, f"https://example.org/{NONE}", Kind.TEXT) == "https://example.org/%CD%B8"


def test_literal_text_has_no_entities(spec: Spec) -> None:
    assert value(spec, f"&#x378; {NONE}", Kind.TEXT) == f"&#x378; {SHOWN}"
    assert value(spec, f"&#x378; {NONE}", Kind.CODE) == f"&#x378; {SHOWN}"


@pytest.mark.parametrize(
    "text",
    [
        "a\u202eb",
        "a\u2067b",
        "a\u202cb",
        "a\u2069b",
        "\u2067a\u202cb\u2069",
        "\u202ea\n\nb\u202c",
    ],
)
def test_a_change_of_direction_without_an_end_is_told_and_shown(spec: Spec, text: str) -> None:
    made, (told,), _ = bound(spec, Slot(Kind.PROSE, "a.b", text))
    controls = [each for each in text if not each.isascii()]
    assert made.slots[0].value == "".join(mark(each) if each in controls else each for each in text)
    assert (told.code, told.key) == ("bidi-control", "a.b")
    assert told.span == Span(spec.source.path, 3, 6)
    assert f"U+{ord(min(controls)):04X}" in told.message


@pytest.mark.parametrize(
    "text", ["\u202eabc\u202c", "a \u2067b\u202ac\u2069 d", "a\u200eb\u200f", "\u2067a\u2069\n\n\u2067b\u2069"]
)
def test_a_change_of_direction_with_its_end_stays(spec: Spec, text: str) -> None:
    made, told, _ = bound(spec, Slot(Kind.PROSE, "a.b", text))
    assert (made.slots[0].value, told) == (text, [])


def test_an_override_that_an_entity_makes_is_shown(spec: Spec) -> None:
    made, (told,), _ = bound(spec, Slot(Kind.PROSE, "a.b", "a&#x202e;b"))
    assert made.slots[0].value == "a‹U+202E›b"
    assert told.code == "bidi-control"


@pytest.mark.parametrize("text", ["a\u3164b", "a\U000e0061b", "\u115fa", "a\ufff9b", "a\u206ab"])
def test_what_nobody_sees_is_told_and_shown(spec: Spec, text: str) -> None:
    made, (told,), _ = bound(spec, Slot(Kind.TEXT, "a.b", text))
    assert made.slots[0].value == "".join(each if each.isascii() else mark(each) for each in text)
    assert told.code == "invisible"
    assert told.hint


@pytest.mark.parametrize("text", ["so\u00adft", "a\u200bb\u2060c", "\u0915\u094d\u200d", "1\ufe0f\u20e3"])
def test_invisible_characters_with_a_use_stay(text: str) -> None:
    assert not invisible(text)


def test_the_tags_of_a_flag_and_the_fillers_of_a_syllable_have_a_use() -> None:
    assert not invisible(
        "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f \u115f\u1161 \u1112\u1160"
    )


@pytest.mark.parametrize(
    ("text", "nothing"), [("\u00a0", True), (" \u200b\u2060", True), ("\u06dd", False), ("a", False)]
)
def test_a_value_that_cannot_be_seen(text: str, nothing: bool) -> None:
    assert is_unseen(text) is nothing


def test_the_templates_own_text_is_told_at_its_line(spec: Spec) -> None:
    made, (told,), _ = bound(spec, markdown=f"# Title\n\nSigned {NONE}\n")
    assert made.markdown == f"# Title\n\nSigned {SHOWN}\n"
    assert told.span == Span(spec.template.body, 3)
    assert told.key is None


def test_boxes_of_tasks_have_a_font(spec: Spec) -> None:
    _, _, fonts = bound(spec, Slot(Kind.PROSE, "a.b", "- [x] done"))
    assert {"☐", "☒"} <= set("".join(font.characters for font in fonts))


def test_what_editions_print_themselves_is_marked_too(spec: Spec) -> None:
    odd = replace(spec, identity=replace(spec.identity, id=f"I-{NONE}"))
    told: list[Diagnostic] = []
    empty = Merged("# Title\n", (), "Q", "Z", spec.template.body)
    marked = with_words(odd, default_theme(), empty, told.append)
    assert marked.identity.id == f"I-{SHOWN}"
    assert marked.language == odd.language
    assert [(found.code, found.key, found.span) for found in told] == [
        ("glyph-missing", "milestone_id", Span(spec.source.path, 1, 15))
    ]
    assert with_words(spec, default_theme(), empty, told.append) is spec
    printed = replace(empty, slots=(Slot(Kind.TEXT, "milestone_id", f"I-{NONE}"),))
    with_words(odd, default_theme(), printed, told.append)
    assert len(told) == 1  # `with_glyphs` tells of what the template prints
    _, (warned,), _ = bound(odd)
    assert warned.span == Span(spec.source.path, 1, 15)


def test_the_language_of_each_value_with_han_characters(spec: Spec) -> None:
    slots = (Slot(Kind.TEXT, "a.b", "港湾の図"), Slot(Kind.TEXT, "c", "plain"), Slot(Kind.INLINE, "d", "&#x6e2f;é"))
    assert han_languages(Merged("", slots, "Q", "Z", Path()), spec) == {"a.b": "ja", "d": "zh-Hans"}


def test_the_mark_says_the_code_point() -> None:
    assert mark("😀") == "‹U+1F600›"
