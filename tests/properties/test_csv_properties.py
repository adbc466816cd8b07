"""Whatever is typed into the cells of a CSV file comes out of the table's cells, as pandoc reads it."""

from __future__ import annotations

import csv
import io
import json
import re
import subprocess
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from effort import examples
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from specflow.errors import InvalidData
from specflow.load.csv_table import csv_table
from specflow.tools.pandoc import find_pandoc
from specflow.yaml_text.nodes import FORBIDDEN

FILE = Path("table.csv")
MARKUP = "|\\`*_{}[]()#+-.!<>&~$^@:;,\"'/= \n\t\u00a0\u2003éß日🙂aZ09"
CELLS = st.text(st.sampled_from(MARKUP) | st.characters(exclude_categories=["Cs"]), max_size=12).map(
    lambda text: FORBIDDEN.sub("", text)
)
TABLES = st.integers(1, 4).flatmap(lambda width: st.lists(st.lists(CELLS, min_size=width, max_size=width), min_size=1))
HARD = [
    *(
        "a|b",
        "a\\",
        "\\|",
        "`a|b`",
        "*a*",
        "__a__",
        "~~a~~",
        "<b>x</b>",
        "<!-- x -->",
        "&amp;",
        "&#10;",
        "$a$",
        "$$x$$",
    ),
    *(
        "[a](b)",
        "![a](b)",
        "[^1]",
        "https://a.b/c?d=e&f",
        "www.example.com",
        "a@b.example",
        ":smile:",
        "# a",
        "- a",
        "1. a",
    ),
    *(
        "---",
        ":---:",
        "- [ ] a",
        "a  \nb",
        "a\\\nb",
        "\n\na",
        '"quoted"',
        "'",
        "|",
        "||",
        "\\\\",
        "[x]: y",
        "@user",
        "#12",
    ),
    *(
        "5 < 6 > 4",
        "a_b_c",
        "**",
        "{.cls}",
        "`",
        "``",
        "a<br>b",
        "\u00a0x\u00a0",
        "\u2003x",
        "``` x",
        "> a",
        "= 1",
        "\\n",
    ),
]


def as_csv(rows: list[list[str]]) -> str:
    out = io.StringIO()
    csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows(rows)
    return out.getvalue()


def inlines_text(inlines: list[Any]) -> Iterator[str]:
    for inline in inlines:
        kind = inline["t"]
        assert kind in ("Str", "Space", "SoftBreak"), inline
        yield inline["c"] if kind == "Str" else " "


def cells_read(markdown: str) -> list[list[str]]:
    command = [str(find_pandoc()), "--from=gfm", "--to=json"]
    read = subprocess.run(command, input=markdown.encode(), capture_output=True, check=True)
    (table,) = json.loads(read.stdout)["blocks"]
    assert table["t"] == "Table"
    _, _, _, head, (body,), _ = table["c"]
    rows = [*head[1], *body[3]]
    return [
        ["".join(text for block in cell[4] for text in inlines_text(block["c"])) for cell in row[1]] for row in rows
    ]


def plain(cell: str) -> str:
    """Return the cell as pandoc reads it: blanks at its ends go, runs of them are one, line ends stay; in form NFC."""
    lines = re.split(r"\r\n?|\n", unicodedata.normalize("NFC", cell).strip(" \t\r\n"))
    return "\n".join(re.sub(r"[ \t]+", " ", line).strip(" ") for line in lines)


@settings(max_examples=examples(15), deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(rows=TABLES)
@example(rows=[[cell, "x"] for cell in HARD])
@example(rows=[[""], ["a"], ["\ufa19"]])
def test_cells_come_out_as_they_were_typed(rows: list[list[str]]) -> None:
    markdown = csv_table(as_csv(rows), FILE)
    read = [["\n".join(line.strip(" ") for line in cell.split("\n")) for cell in row] for row in cells_read(markdown)]
    assert read == [[plain(cell) for cell in row] for row in rows]


@settings(max_examples=examples(200), deadline=None)
@given(text=st.text(st.sampled_from('",;\t\n\r ab1\\|') | st.characters(exclude_categories=["Cs"])))
def test_any_text_is_a_table_or_refused(text: str) -> None:
    try:
        lines = csv_table(FORBIDDEN.sub("", text), FILE).split("\n")
    except InvalidData as refusal:
        for fault in refusal.diagnostics:
            assert fault.hint
            assert fault.span
            assert fault.code.startswith("csv-")
    else:
        assert len({len(re.findall(r"(?<!\\)\|", line.replace(r"\\", ""))) for line in lines}) == 1
