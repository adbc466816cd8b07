"""A template that loops, recurses, eats memory or looks behind the curtain ends soon, with its line."""

from __future__ import annotations

import resource
import time
from pathlib import Path
from types import MappingProxyType

import pytest
from effort import SWEEP

from specflow import template_sandbox
from specflow.errors import InvalidTemplate
from specflow.languages import find_language
from specflow.merge import merge
from specflow.model import Completeness, Identity, Kind, Merged, Source, Spec, Template, Text

DATA = {
    "a": Text("x *y*", Kind.TEXT, ("a",)),
    "l": [Text("p", path=("l", 0)), Text("q", path=("l", 1))],
    "m": {"k": {}},
}
SECONDS = 20
MEGABYTES = 900


def rendered(folder: Path, body: str, **more: str) -> Merged:
    (folder / "body.md.j2").write_text(body, "utf-8")
    for name, text in more.items():
        (folder / f"{name}.j2").write_text(text, "utf-8")
    template = Template(
        "own", "Own", folder, folder / "body.md.j2", {}, folder / "s", {}, (), (), frozenset(), frozenset(), ()
    )
    source = Source(folder / "own.yaml", MappingProxyType({}), {}, "0" * 64)
    identity = Identity("I-1", "1.0", "draft", "2026-11-23", True)
    return merge(Spec(source, template, DATA, identity, Completeness(1, ()), find_language("")), lambda _: None)


@pytest.fixture(autouse=True)
def few_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let templates run out of steps soon; the real number only takes longer."""
    if SWEEP == 1:
        monkeypatch.setattr(template_sandbox, "MAX_STEPS", 20_000)


def refused(folder: Path, body: str, **more: str) -> tuple[str, int | None]:
    """Return the code and the line of the one fault, and see that it came within time and memory."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    started = time.process_time()
    with pytest.raises(InvalidTemplate) as caught:
        rendered(folder, body, **more)
    assert time.process_time() - started < SECONDS
    assert (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) >> 10 < MEGABYTES
    (found,) = caught.value.diagnostics
    assert found.hint
    assert found.span
    assert found.message == found.message.rstrip(".")
    return found.code, found.span.line


GROWING = "{% set n = namespace(x=START) %}\n{% for i in range(200) %}{% set n.x = STEP %}\n{% endfor %}"


@pytest.mark.parametrize(
    "body",
    [
        "\n{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}",
        "\n{% for a in range(99999) %}{% for b in range(99999) if false %}{% endfor %}{% endfor %}",
        "\n{% for a in range(9999) %}{% set x = range(99999)|sum %}{% endfor %}",
        "\n{% for a in range(9999) %}{% set x = range(99999)|map('string')|list|length %}{% endfor %}",
        "\n{% for a in range(9999) %}{% set x = range(99999)|select('odd')|list %}{% endfor %}",
        "{% macro m(n) %}{% if n %}{{ m(n - 1) }}{{ m(n - 1) }}{% endif %}{% endmacro %}\n{{ m(60) }}",
        "\n{% for x in [[1]] recursive %}{{ loop([[1]]) }}{% endfor %}",
        "\n{{ 'x' * 10 ** 9 }}",
        "\n{{ 10 ** 9 * 'x' }}",
        "\n{{ ([1] * 10 ** 9)|length }}",
        "\n{{ 9 ** (9 ** 9) }}",
        "\n{{ (2 ** 4000) * (2 ** 4000) * (2 ** 4000) }}",
        "\n{{ range(10 ** 12)|length }}",
        "\n{{ 'x'|center(10 ** 9) }}",
        "\n{{ 'x'.center(10 ** 9) }}",
        "\n{{ 'x'.zfill(10 ** 9) }}",
        "\n{{ '%1000000000d' % 1 }}",
        "\n{{ '%*d' % (1000000000, 1) }}",
        "\n{{ '%1000000000d'|format(1) }}",
        "\n{{ '{:1000000000}'.format(1) }}",
        "\n{{ ('x' * 10 ** 6)|replace('x', 'y' * 10 ** 6) }}",
        "\n{{ ('x' * 10 ** 6).replace('x', 'y' * 10 ** 6) }}",
        "\n{{ ('x' * 10 ** 6).translate({120: 'y' * 10 ** 6}) }}",
        "\n{{ ('\\t' * 10 ** 5).expandtabs(10 ** 9) }}",
        "\n{{ (['x' * 10 ** 6] * 10 ** 3)|join }}",
        "\n{{ ''.join(['x' * 10 ** 6] * 10 ** 3) }}",
        "\n{{ ('y' * 10 ** 6).join('x' * 10 ** 6) }}",
        "\n{{ ('\\n' * 10 ** 6)|indent(10 ** 4) }}",
        "\n{{ 5|round(10 ** 8, 'ceil') }}",
        "\n{{ (1).to_bytes(10 ** 9, 'big') }}",
        "\n{{ dict.fromkeys(range(99999), 'x') }}",
        GROWING.replace("START", "'x'").replace("STEP", "n.x ~ n.x"),
        GROWING.replace("START", "'x'").replace("STEP", "n.x + n.x"),
        GROWING.replace("START", "'x'").replace("STEP", "[n.x, n.x]|join"),
        GROWING.replace("START", "[1]").replace("STEP", "n.x + n.x"),
        GROWING.replace("START", "[1]").replace("STEP", "[n.x, n.x]"),
        GROWING.replace("START", "[1]").replace("STEP", "(n.x, n.x)"),
        GROWING.replace("START", "[1]").replace("STEP", "{1: n.x, 2: n.x}"),
        GROWING.replace("START", "[1]").replace("STEP", "[n.x|list, n.x|list]|batch(9)|list"),
        GROWING.replace("START", "{}").replace("STEP", "dict(a=n.x, b=n.x)"),
        GROWING.replace("START", "7").replace("STEP", "n.x * n.x"),
        "{% set n = namespace(x='x') %}\n{% for i in range(99) %}{% set y %}{{ n.x }}{{ n.x }}{% endset %}"
        "{% set n.x = y ~ y %}{% endfor %}",
        "{% macro m() %}{{ caller() }}{{ caller() }}{% endmacro %}\n"
        + "{% call m() %}" * 40 + "xxxxxxxxxxxxxxxxxxxxxxxxx" + "{% endcall %}" * 40,
        "\n{% set s, t = 'x' * 10 ** 7, 'x' * 10 ** 7 %}{% for i in range(99999) if s == t %}{% endfor %}",
        "\n{% set s = 'x' * 10 ** 7 %}{% for i in range(99999) %}{% set t = s[1:] %}{% endfor %}",
        "\n{% set s = 'x' * 10 ** 7 %}{% for i in range(99999) %}{% set t = s|upper %}{% endfor %}",
        "\n{% set s = 'x' * 10 ** 7 %}{% for i in range(99999) %}{% set t = s.lower() %}{% endfor %}",
        "\n{% set s = 'x' * 10 ** 7 %}{% for i in range(99999) %}{% set t = 'y' in s %}{% endfor %}",
        "\n{% include 'part.j2' %}",
    ],
)  # fmt: skip
def test_what_has_no_end_or_measure_is_stopped_at_its_line(body: str, tmp_path: Path) -> None:
    code, line = refused(tmp_path, body, part="{% for i in range(9) %}{% include 'part.j2' %}{% endfor %}")
    assert code in ("template-endless", "template-failed", "template-undefined")
    assert line is not None


@pytest.mark.parametrize(
    "expression",
    [
        "''.__class__.__mro__[1].__subclasses__()",
        "a.__class__.__init__.__globals__",
        "''|attr('__class__')",
        "[a]|map(attribute='__class__')|list",
        "{}.__class__.__base__",
        "self.__init__.__globals__",
        "self._TemplateReference__context.environment",
        "cycler.__init__.__globals__.os.popen('id').read()",
        "namespace.__init__.__globals__['__builtins__']",
        "joiner.__init__.__globals__.os.system('id')",
        "range.__class__('x', (), {})",
        "dict.__base__.__subclasses__()",
        "a.encode().decode.__self__",
        "(1).__class__.__base__",
        "'{0.__class__}'.format(a)",
        "'{0.__class__}'.format_map({'0': a})",
        "'%s'.__mod__(a)",
        "l.__setitem__(0, a)",
        "l.sort()",
        "m.update({})",
        "m.pop('k')",
        "lipsum()",
        "l|random",
        "a|safe",
        "a|pprint",
        "import('os')",
        "open('/etc/passwd')",
        "loop.__class__",
    ],
)
def test_no_way_leads_out_of_the_sandbox(expression: str, tmp_path: Path) -> None:
    code, line = refused(tmp_path, "\n{{ " + expression + " }}")
    assert code in ("template-failed", "template-undefined", "template-syntax", "template-prints")
    assert line == 2


@pytest.mark.parametrize("name", ["safe", "e", "escape", "forceescape", "tojson", "urlize", "xmlattr"])
def test_no_filter_makes_markup_of_a_value(name: str, tmp_path: Path) -> None:
    assert refused(tmp_path, "\n{{ a|" + name + " }}") == ("template-syntax", 2)


@pytest.mark.parametrize("printed", ["m ~ a", "a ~ m", "m + a", "a + m", "m ~ a ~ 1"])
def test_a_value_beside_markup_is_bound(printed: str, tmp_path: Path) -> None:
    made = rendered(tmp_path, "{% set m %}**b**{% endset %}\n{{ " + printed + " }}")
    assert "**b**" in made.markdown
    assert "*y*" not in made.markdown
    assert "x *y*" in [slot.value for slot in made.slots]


@pytest.mark.parametrize("printed", ["m|replace('b', a)", "[m, a]|join", "m % a", "m.join([a])", "m.replace('b', a)"])
def test_a_value_is_not_mixed_into_markup(printed: str, tmp_path: Path) -> None:
    assert refused(tmp_path, "{% set m %}**b %s**{% endset %}\n{{ " + printed + " }}") == ("template-failed", 2)


def test_the_file_with_the_fault_is_named(tmp_path: Path) -> None:
    with pytest.raises(InvalidTemplate, match=r"part\.j2:2: error\[template-endless\]"):
        rendered(tmp_path, "{% include 'part.j2' %}", part="\n{{ 'x' * 10 ** 9 }}")


def test_a_print_without_end_has_its_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("specflow.merge.MAX_CHARACTERS", 10_000)
    assert refused(tmp_path, "\n\n{% for i in range(90000) %}xxxxxxxx{% endfor %}") == ("template-endless", 3)


def test_the_count_is_the_same_every_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    body = "{% for i in range(100) %}{{ i|string ~ a }}{% endfor %}"
    least = next(steps for steps in range(200, 400) if _ends(tmp_path, body, steps, monkeypatch))
    assert least > 200  # a pass and a filter a hundred times
    assert not _ends(tmp_path, body, least - 1, monkeypatch)
    assert _ends(tmp_path, body, least, monkeypatch)


def _ends(folder: Path, body: str, steps: int, monkeypatch: pytest.MonkeyPatch) -> bool:
    monkeypatch.setattr(template_sandbox, "MAX_STEPS", steps)
    try:
        rendered(folder, body)
    except InvalidTemplate:
        return False
    return True


def test_what_templates_need_is_there(tmp_path: Path) -> None:
    body = (
        "{% for x in l %}{{ loop.index }}{{ loop.cycle('r', 's') }}{{ x|upper }}{{ x.strip() }}{% endfor %}"
        "{{ m.get('k', 'z')|length }}{% for k, v in m.items() %}{{ k }}{% endfor %}{{ a if 'x' in a else 'no' }}"
        "{{ l|join(', ') }}{{ ['b', 'a']|sort|first }}{{ 3 * 4 }}{{ 'ab'[1:] }}{{ l|map('upper')|join }}"
        "{% set c = namespace(n=0) %}{% for x in l if x != 'q' %}{% set c.n = c.n + 1 %}{% endfor %}{{ c.n }}"
    )
    values = [slot.value for slot in rendered(tmp_path, body).slots]
    assert values == [
        *("1", "r", "P", "p", "2", "s", "Q", "q", "0", "k", "x *y*", "p, q", "a", "12", "b", "PQ", "1"),
    ]
