"""Footnotes that refer to themselves are refused: pandoc's reader would never end."""

from __future__ import annotations

import pytest
from effort import SWEEP, examples
from hypothesis import given, settings
from hypothesis import strategies as st

from specflow import filter_chain
from specflow.convert import READER, slot_context
from specflow.model import Kind, Slot
from specflow.tools.kit import Tools
from specflow.validate.footnotes import MAX_UNFOLDED, endless


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("x [^1]\n\n[^1]: a [^1]", "1"),
        ("[^1]: a [^1]", "1"),
        ("x [^a]\n\n[^a]: [^b]\n\n[^b]: [^a]", "a"),
        ("[^1]: note\nText [^1]", "1"),
        ("[^A]: x [^a]", "a"),
        ("[^1]: x\n\n    y [^1]", "1"),
        ("> [^1]: x [^1]", "1"),
        ("- [^1]: x [^1]", "1"),
        ("1. [^1]: x [^1]", "1"),
        ("text\n[^1]: x [^1]", "1"),
        ("[^1]: x ^[y [^1]]", "1"),
        ('[^1]: x [y](z "[^1]")', "1"),
        ("[^1 ]: x [^1]", "1"),
        ("[^1]: [b [^1] c](u)", "1"),
        ("[^1]: - a\n    - b [^1]", "1"),
        ("\n\n".join(f"[^{at}]: [^{at + 1}] [^{at + 1}]" for at in range(40)), "0"),
        ("\n\n".join(f"[^{at}]: [^{(at + 1) % 30000}]" for at in range(30000)), "0"),
        ("[^1]: note\n\nText [^1]", None),
        ("x [^a]\n\n[^a]: y [^b]\n\n[^b]: z", None),
        ("[^1]: x `[^1]`", None),
        ("[^1]: x \\[^1]", None),
        ("[^1]: a\n[^2]: b [^1]", None),
        ("[^1]: a\n\n[^2]: b\n\ntext[^1][^2] and [^1]", None),
        ("# [a]: b", None),
        ("", None),
    ],
)
def test_which_footnotes_have_no_end(text: str, label: str | None) -> None:
    assert endless(text) == label


def test_a_long_chain_has_an_end() -> None:
    chain = "\n\n".join(f"[^{at}]: [^{at + 1}]" for at in range(MAX_UNFOLDED - 1))
    assert endless(chain) is None


PIECES = (*("[^1]", "[^2]", "[^1]: ", "[^2]: ", "a", " ", "\n", "\n\n", "\n    ", "> ", "- ", "`", "\\", "]", "["),)


@settings(max_examples=examples(40), deadline=None, derandomize=SWEEP == 1, database=None)
@given(text=st.lists(st.sampled_from(PIECES), max_size=10).map("".join))
def test_what_is_not_refused_is_read(text: str, tools: Tools) -> None:
    if endless(text) is None:
        slots = {"prefix": "Q", "suffix": "Z", "values": [slot_context(Slot(Kind.PROSE, "k", text))]}
        tools.pandoc._job_seconds = 15
        try:
            tools.pandoc.convert(
                "a Q0Z b\n", READER, filter_chain.paths(["bind"]), [], {"slots": slots}, lambda _: "is not asked for"
            )
        finally:
            tools.pandoc._job_seconds = 120
