"""No value, whatever is in it, changes what stands around it; literal text comes out as it went in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from effort import SWEEP, examples
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from specflow import filter_chain
from specflow.convert import READER, slot_context
from specflow.model import Kind, Slot
from specflow.tools.pandoc import Pandoc

TEMPLATE = """\
# First

alpha Q0Z omega

alpha **Q1Z** omega

- alpha Q2Z omega
- one

  1. alpha Q3Z omega
  2. two

| A | B |
|---|---|
| alpha Q4Z omega | c |

## alpha Q5Z omega

> alpha Q6Z omega

```
alpha
Q7Z
omega
```

# Last
"""
CONTEXTS = ("paragraph", "bold", "item", "nested item", "cell", "heading", "quote", "code")
CODE = CONTEXTS.index("code")
HEADING = CONTEXTS.index("heading")

PIECES = (
    *("a", "b c", " ", "  ", "\t", "\n", "\n\n", "\n    ", "# ", "- ", "1. ", "> ", "| ", "|---|---|\n", "+---+\n"),
    *("```", "~~~\n", ":::", "===\n", "---\n", "***", "*", "_", "**", "`", "~", "~~", "^", "$", "$$", "\\", "\\("),
    *("[", "]", "](", "(x)", "![", "[^1]", "[^1]: ", "[a]: b\n", "<", ">", "<!--", "-->", "<div>", "</div>", "<b>"),
    *("<script>", "&amp;", "&#10;", "&#1;", "{", "}", "{#a}", "{=html}", ":", ":smile:", "@", "...", "--", "'", '"'),
    *("!", "x@y.z", "www.x.y", "https://x.y", "javascript:a", "> [!NOTE]\n", "- [x] ", "Q", "Q0"),
    *("é", "日", "🙂", "\u00a0", "\u00ad", "\u2028", "%"),
)
MARKDOWN = st.lists(st.sampled_from(PIECES), max_size=12).map("".join)
TEXT = st.text(
    st.one_of(
        st.sampled_from("ab \t\n*_`[]<>&$~^\\|#-:!@\"'(){}.é日🙂\u00a0"),
        st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufeff\ufffe\uffff"),
    ),
    max_size=30,
).filter(lambda text: "Q" not in text)
VALUES = st.lists(TEXT, min_size=8, max_size=8)
KINDS = st.sampled_from(["prose", "inline"])
LIMITS = settings(
    max_examples=examples(30),
    deadline=None,
    derandomize=SWEEP == 1,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)


@pytest.fixture(scope="module")
def pandoc() -> Iterator[Pandoc]:
    with Pandoc() as worker:
        yield worker


def bound(pandoc: Pandoc, kind: str, values: list[str]) -> list[Any]:
    """Return the template's blocks with the values in its eight places."""
    slots = [slot_context(Slot(Kind(kind), f"k{n}", value)) for n, value in enumerate(values)]
    context = {"slots": {"prefix": "Q", "suffix": "Z", "values": slots}}
    answer = pandoc.convert(TEMPLATE, READER, filter_chain.paths(["bind"]), [], context, lambda _: "is not asked for")
    blocks: list[Any] = answer.ast["blocks"]
    return blocks


def elements(node: Any) -> Iterator[dict[str, Any]]:
    """Yield every element, from the outside in."""
    if isinstance(node, list):
        for item in node:
            yield from elements(item)
    elif isinstance(node, dict):
        if "t" in node:
            yield node
        yield from elements(node.get("c"))


def key_of(element: dict[str, Any]) -> str | None:
    """Return the data key that a value's Span, Div or code carries."""
    if element["t"] not in ("Span", "Div", "Code", "CodeBlock"):
        return None
    return dict(element["c"][0][2]).get("key")


def fields(blocks: list[Any]) -> dict[str, list[Any]]:
    """Return what became of each value, by its key, each part's context left out."""
    found: dict[str, list[Any]] = {}
    for element in elements(blocks):
        if key := key_of(element):
            found.setdefault(key, []).append(element)
    return found


def without_values(node: Any) -> Any:
    """Return the AST with all values taken out: what the template alone says."""
    if isinstance(node, list):
        kept = [without_values(item) for item in node if not (isinstance(item, dict) and "t" in item and key_of(item))]
        return [item for item in kept if not (isinstance(item, dict) and item.get("t") in ("Space", "SoftBreak"))]
    if isinstance(node, dict):
        return {name: without_values(value) for name, value in node.items()}
    return node


def content_of(node: Any) -> Any:
    """Return the inlines of a paragraph, or None for anything else."""
    return node["c"] if isinstance(node, dict) and node.get("t") in ("Para", "Plain") else None


def skeleton(blocks: list[Any]) -> Any:
    """Return the template's own structure: where a value has split a paragraph, its two halves count as one."""

    def paired(node: Any) -> Any:
        if isinstance(node, list):
            out: list[Any] = []
            for item in map(paired, node):
                last = out[-1] if out else None
                if content_of(last) == [ALPHA] and content_of(item) == [OMEGA]:
                    out[-1] = {"t": "Para", "c": [ALPHA, OMEGA]}
                else:
                    out.append(item)
            return out
        if isinstance(node, dict):
            whole = {name: paired(value) for name, value in node.items()}
            return {**whole, "t": "Para"} if node.get("t") == "Plain" else whole
        return node

    return paired(without_values(blocks))


ALPHA, OMEGA = {"t": "Str", "c": "alpha"}, {"t": "Str", "c": "omega"}


def text_of(node: Any) -> str:
    """Return the text of inlines, a line break as a line end."""
    shown = {"Space": " ", "SoftBreak": " ", "LineBreak": "\n"}
    return "".join(element["c"] if element["t"] == "Str" else shown.get(element["t"], "") for element in elements(node))


def normal(text: str) -> str:
    """Return text as its kind is documented: a tab is four spaces, and of a run of spaces one may be broken at.

    Where it may be broken is not the matter here, so that no-break spaces and spaces are alike.
    """
    return text.replace("\t", "    ").replace("\u00a0", " ")


@LIMITS
@given(values=VALUES)
@example(values=["  a  b\t\n\n c ", "\n", " ", "", "\t", "a\n", "# a", "```\n"])
def test_literal_text_comes_out_as_it_went_in(values: list[str], pandoc: Pandoc) -> None:
    found = fields(bound(pandoc, "text", values))
    for number, value in enumerate(values):
        if number == CODE:
            (block,) = found[f"k{number}"]
            assert block["c"][1] == f"alpha\n{value}\nomega"
        elif value:
            (span,) = found[f"k{number}"]
            text = text_of(span["c"][1])
            assert normal(text) == normal(value.replace("\n", " ") if number == HEADING else value)
            if number != HEADING:
                assert all("  " not in line and line == line.strip(" ") for line in text.split("\n"))
        else:
            assert f"k{number}" not in found


@LIMITS
@given(kind=KINDS, values=st.lists(MARKDOWN, min_size=8, max_size=8))
@example(kind="prose", values=["```", "<!--", "# a", "- b\n\n# c", "| d |\n|---|\n| e |", "# f\n\ng", "> h", "~~~"])
@example(kind="inline", values=["*", "**", "`", "[", "![", "<b", "$", "~~~"])
def test_markdown_leaves_the_template_as_it_is(kind: str, values: list[str], pandoc: Pandoc) -> None:
    plain = skeleton(bound(pandoc, kind, ["x"] * 8))
    blocks = bound(pandoc, kind, values)
    assert skeleton(blocks) == plain
    assert [block["c"][1] for block in blocks if block["t"] == "CodeBlock" and key_of(block) == f"k{CODE}"] == [
        f"alpha\n{values[CODE]}\nomega"
    ]


@settings(LIMITS, max_examples=examples(15))
@given(kind=KINDS, value=MARKDOWN, others=MARKDOWN, place=st.integers(0, 7))
def test_a_field_does_not_depend_on_the_others(kind: str, value: str, others: str, place: int, pandoc: Pandoc) -> None:
    def alone(around: str) -> Any:
        values = [value if number == place else around for number in range(8)]
        return fields(bound(pandoc, kind, values)).get(f"k{place}")

    assert alone(others) == alone("x")


LETTERS = st.text(
    st.characters(categories=["L", "M", "Nd", "Sm", "So", "Co"], exclude_characters="<>+|~=Qw")
    | st.sampled_from("\ufa19\u2126\u212b\ufb1d\u0958\u09c7\u09be\u1112\u1161\u11abe\u0301\u0323"),
    min_size=1,
    max_size=20,
)


@LIMITS
@given(kind=KINDS, letters=LETTERS)
@example(kind="prose", letters="\ufa19\u795eA\u030a\u212b")
@example(kind="prose", letters="\U000f0001\u2126")
def test_no_letter_is_put_into_another_form(kind: str, letters: str, pandoc: Pandoc) -> None:
    value = f"x **{letters}** `{letters}` [{letters}](https://a.example/{letters})"
    found = list(elements(fields(bound(pandoc, kind, [value] * 8))["k0"]))
    words = [element.get("c", " ") for element in found if element["t"] in ("Str", "Space")]
    assert "".join(words) == f"x {letters}  {letters}"
    assert [element["c"][1] for element in found if element["t"] == "Code"] == [letters]
    assert [element["c"][2][0] for element in found if element["t"] == "Link"] == [f"https://a.example/{letters}"]


def test_the_measure_sees_a_template_that_changed(pandoc: Pandoc) -> None:
    blocks = bound(pandoc, "prose", ["x"] * 8)
    assert len(skeleton(blocks)) == 8  # the code is a value's own
    assert skeleton(blocks[1:]) != skeleton(blocks)
    assert list(fields(blocks)) == [f"k{number}" for number in range(8)]
