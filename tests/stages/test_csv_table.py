"""CSV to pipe tables: separators, quotes, what is escaped, and which rows are refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from specflow.errors import InvalidData
from specflow.load.csv_table import csv_table

FILE = Path("table.csv")


def table(text: str) -> list[str]:
    return csv_table(text, FILE).split("\n")


@pytest.mark.parametrize(
    ("text", "header"),
    [
        ("Name,Price\n", "| Name | Price |"),
        ("Name;Price\n", "| Name | Price |"),
        ("Name\tPrice\n", "| Name | Price |"),
        ("Name;Price, net\n", r"| Name | Price\, net |"),
        ("a,b,c;d\n", r"| a | b | c\;d |"),
        ('"a;b;c",d\n', r"| a\;b\;c | d |"),
        ('a;"b,c,d"\n', r"| a | b\,c\,d |"),
        ('a, "b;c;d"\n', r"| a | b\;c\;d |"),
        ('5" disk;x\n', r"| 5\" disk | x |"),
        ('"a\nb";c\n', "| a&#10;b | c |"),
        ("\n\n a , b \n", "| a | b |"),
        ("one\n", "| one |"),
        (",\n", "|  |  |"),
    ],
)
def test_the_header_tells_the_separator(text: str, header: str) -> None:
    assert table(text)[0] == header


@pytest.mark.parametrize(
    ("cell", "written"),
    [
        ("a|b", r"a\|b"),
        ("a\\", r"a\\"),
        ("<br>", r"\<br\>"),
        ("*a* _b_ `c`", r"\*a\* \_b\_ \`c\`"),
        ("&amp;", r"\&amp\;"),
        ('"5"" disk"', r"5\" disk"),
        ('"a\r\nb\rc"', "a&#10;b&#10;c"),
        ("https://a.b", r"https\:\/\/a\.b"),
        ("ß 日本 🙂", "ß 日本 🙂"),
        ("a\u00a0b", "a&nbsp;b"),
    ],
)
def test_nothing_in_a_cell_is_markup(cell: str, written: str) -> None:
    assert table(f"x\n{cell}\n")[2] == f"| {written} |"


@pytest.mark.parametrize(
    ("cells", "rule"),
    [
        (["1", "-2.5", "1,000", "1'000", "50 %", "+3%", "\u22121", ""], "---:"),
        (["1", "x"], "---"),
        (["2026-11-23"], "---"),
        (["1.2 ms"], "---"),
        (["", ""], "---"),
        ([], "---"),
    ],
)
def test_numbers_are_set_flush_right(cells: list[str], rule: str) -> None:
    assert table("x;y\n" + "".join(f"{cell};z\n" for cell in cells))[1] == f"| {rule} | --- |"


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends(end: str) -> None:
    assert table(end.join(["a,b", "", "c,d", ""])) == ["| a | b |", "| --- | --- |", "| c | d |"]


def test_rows_are_named_by_their_first_line() -> None:
    with pytest.raises(InvalidData) as caught:
        table('a,b\n"c\n\nd",e\nf\n\n"g\nh",i,j\n')
    assert [(fault.code, str(fault.span)) for fault in caught.value.diagnostics] == [
        ("csv-ragged", "table.csv:5"),
        ("csv-ragged", "table.csv:7"),
    ]


def test_a_wrong_separator_does_not_bring_thousands_of_faults() -> None:
    with pytest.raises(InvalidData) as caught:
        table("a,b\n" + "c;d\n" * 10_000)
    assert len(caught.value.diagnostics) == 10


def test_a_quote_that_swallows_the_file() -> None:
    with pytest.raises(InvalidData, match=r"csv:2: error\[csv-cell\]"):
        table('a,b\n"' + "c,d\n" * 50_000)


@pytest.mark.parametrize(
    "first", ["Table: *Limits*, all {#tbl-x}", "Table: *Limits*, all {#tbl-x};;", '"Table: *Limits*, all {#tbl-x}",']
)
def test_a_caption(first: str) -> None:
    assert table(f"{first}\r\nA;B\r\nc;d\r\n") == [
        "Table: *Limits*, all {#tbl-x}",
        "",
        "| A | B |",
        "| --- | --- |",
        "| c | d |",
    ]
    with pytest.raises(InvalidData, match=r"csv:3: error\[csv-ragged\]"):
        table(f"{first}\nA;B\nc\n")
    with pytest.raises(InvalidData, match=r"csv:1:1: error\[csv-empty\]"):
        table(first)


def test_a_quote_in_a_caption() -> None:
    assert table('"Table: The ""limits""",\nA,B\n')[0] == 'Table: The "limits"'
