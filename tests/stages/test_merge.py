"""Merging: values become slots, the template is sandboxed, and what is wrong with it is named by file and line."""

from __future__ import annotations

from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest

from specflow.diagnostics import Diagnostic
from specflow.errors import InvalidTemplate
from specflow.languages import find_language
from specflow.merge import merge
from specflow.model import Completeness, Identity, Kind, Merged, Source, Spec, Template, Text


def spec(folder: Path, body: str, data: dict[str, Any], **more: str) -> Spec:
    """Return a spec whose template has this body, and further files by name."""
    folder.mkdir(exist_ok=True)
    (folder / "body.md.j2").write_text(body, "utf-8")
    for name, text in more.items():
        (folder / f"{name}.j2").write_text(text, "utf-8")
    template = Template(
        "own",
        "Own",
        folder,
        folder / "body.md.j2",
        {},
        folder / "starter.yaml",
        {},
        (),
        (),
        frozenset(),
        frozenset(),
        (),
    )
    source = Source(folder / "own.yaml", MappingProxyType({}), {}, "0" * 64)
    identity = Identity("I-1", "1.0", "draft", "2026-11-23", True)
    return Spec(source, template, data, identity, Completeness(1, ()), find_language(""))


def merged(folder: Path, body: str, data: dict[str, Any], **more: str) -> Merged:
    return merge(spec(folder, body, data, **more), lambda found: pytest.fail(str(found)))


def refused(folder: Path, body: str, data: dict[str, Any] | None = None, **more: str) -> str:
    with pytest.raises(InvalidTemplate) as caught:
        merged(folder, body, data or {}, **more)
    return str(caught.value).replace(f"{folder}/", "")


def test_every_value_is_a_slot_and_no_value_reaches_the_markdown(tmp_path: Path) -> None:
    made = merged(
        tmp_path,
        "# {{ title }}\n\n- **Purpose**: {{ purpose }}\n"
        "{% for n in names %}\n- {{ loop.index }} {{ n }}\n{% endfor %}\n{{ done }}\n",
        {
            "title": Text("# *x*", Kind.INLINE, ("title",)),
            "purpose": Text("a\n\n- b", Kind.PROSE, ("purpose",)),
            "names": [Text("n|m", Kind.TEXT, ("names", 0)), Text("TBD", Kind.TEXT, ("names", 1), hole=True)],
            "done": True,
        },
    )
    tokens = [f"{made.prefix}{n}{made.suffix}" for n in range(7)]
    assert made.markdown == (
        f"# {tokens[0]}\n\n- **Purpose**: {tokens[1]}\n"
        f"- {tokens[2]} {tokens[3]}\n- {tokens[4]} {tokens[5]}\n{tokens[6]}\n"
    )
    assert [(slot.kind, slot.key, slot.value, slot.hole) for slot in made.slots] == [
        (Kind.INLINE, "title", "# *x*", False),
        (Kind.PROSE, "purpose", "a\n\n- b", False),
        (Kind.TEXT, "", "1", False),
        (Kind.TEXT, "names[0]", "n|m", False),
        (Kind.TEXT, "", "2", False),
        (Kind.TEXT, "names[1]", "TBD", True),
        (Kind.TEXT, "", "yes", False),
    ]


def test_a_token_is_a_word_that_no_value_contains(tmp_path: Path) -> None:
    first = merged(tmp_path, "{{ a }}", {"a": Text("x", path=("a",))})
    hostile = Text(f"{first.prefix}0{first.suffix}", path=("a",))
    second = merged(tmp_path, "{{ a }}", {"a": hostile})
    assert second.prefix.isalnum()
    assert second.prefix not in hostile
    assert merged(tmp_path, "{{ a }}", {"a": hostile}) == second


def test_markup_of_the_template_stays_markup(tmp_path: Path) -> None:
    made = merged(
        tmp_path,
        "{% macro label(v) %}**{{ v }}**{% endmacro %}{% set both %}<{{ a }}>{% endset %}"
        "{{ label(a) }} {{ both }} a < b & c",
        {"a": Text("1", path=("a",))},
    )
    token = f"{made.prefix}%d{made.suffix}"
    assert made.markdown == f"**{token % 1}** <{token % 0}> a < b & c"


def test_printed_words_of_an_enumeration_keep_their_key(tmp_path: Path) -> None:
    made = merged(tmp_path, "{{ s | label }} {{ 28 | letters }}", {"s": Text("in_progress", Kind.TEXT, ("status",))})
    assert [(slot.key, slot.value) for slot in made.slots] == [("status", "In progress"), ("", "BB")]


def test_characters_that_no_format_can_hold_are_replaced_and_named(tmp_path: Path) -> None:
    found: list[Diagnostic] = []
    made = merge(spec(tmp_path, "{{ a }}", {"a": Text("x\x07y\ufffez\u2028w\r\nv", path=("a",))}), found.append)
    assert made.slots[0].value == "x\ufffdy\ufffdz\nw\nv"
    assert [(one.code, one.key, one.message) for one in found] == [
        ("unprintable", "a", "character U+0007 cannot be printed; it is shown as U+FFFD"),
        ("unprintable", "a", "character U+FFFE cannot be printed; it is shown as U+FFFD"),
    ]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("a\n{% if %}\n", "body.md.j2:2: error[template-syntax]: expected an expression, got 'end of statement block'"),
        ("a\n\n{{ x\n", "body.md.j2:3: error[template-syntax]: unexpected end of template"),
        ("a\n{{ nothing }}", "body.md.j2:2: error[template-undefined]: 'nothing' is undefined"),
        ("a\n\n{{ a.b }}", "body.md.j2:3: error[template-undefined]: a text has no attribute 'b'"),
        ("{{ l }}", "body.md.j2:1: error[template-prints]: {{ … }} prints a list, not a text"),
        ("{{ m }}", "body.md.j2:1: error[template-prints]: {{ … }} prints a mapping, not a text"),
        ("{{ none }}", "body.md.j2:1: error[template-prints]: {{ … }} prints nothing, not a text"),
        ("x\n{{ 1 / 0 }}", "body.md.j2:2: error[template-failed]: division by zero"),
        ("{% include 'no.j2' %}", "body.md.j2:1: error[template-include]: the included file `no.j2` does not exist"),
        ("{% include '../../secret' %}", "error[template-include]"),
        ("{% include '/etc/passwd' %}", "error[template-include]"),
        ("{{ a | safe }}", "body.md.j2:1: error[template-syntax]: no filter named 'safe'"),
        ("{{ a | nofilter }}", "body.md.j2:1: error[template-syntax]: no filter named 'nofilter'"),
        ("{{ ''.__class__.__mro__ }}", "body.md.j2:1: error[template-"),
        ("{{ a.__init__.__globals__ }}", "body.md.j2:1: error[template-"),
        ("{{ cycler.__init__.__globals__.os.popen('id').read() }}", "body.md.j2:1: error[template-"),
        ("{{ l.append(1) }}", "body.md.j2:1: error[template-failed]: access to attribute 'append'"),
        ("{{ range(999999999) | list | length }}", "body.md.j2:1: error[template-failed]: range too big"),
    ],
)
def test_what_is_wrong_with_a_template_is_named(tmp_path: Path, body: str, expected: str) -> None:
    told = refused(tmp_path, body, {"a": Text("x", path=("a",)), "l": [], "m": {}})
    assert expected in told
    assert "hint: " in told


def test_a_fault_in_an_included_file_is_named_there(tmp_path: Path) -> None:
    assert "part.j2:2: error[template-undefined]" in refused(tmp_path, "{% include 'part.j2' %}", part="a\n{{ no }}\n")


def test_a_template_that_prints_without_end_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("specflow.merge.MAX_CHARACTERS", 10_000)
    assert "template-endless" in refused(tmp_path, "{% for i in range(90000) %}xxxxxxxx{% endfor %}")


def test_recursion_is_stopped(tmp_path: Path) -> None:
    assert "error[template-" in refused(tmp_path, "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}")
