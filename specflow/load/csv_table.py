"""A CSV file to a GFM pipe table whose cells print exactly what was typed: nothing in a cell is markup."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path

from specflow.diagnostics import Diagnostic, Span, error
from specflow.errors import InvalidData

_DELIMITERS = ("\t", ";", ",")
"""In this order where a header has as many of one as of another: who separates by commas quotes a cell with a comma."""

_FAULTS_SHOWN = 10
_HEADER = 1 << 16
_QUOTED = re.compile(r'(^|[\t;,]) *"(?:[^"]|"")*+"?', re.MULTILINE)
_CAPTION = re.compile(r'\A"?(Table: [^\r\n]*?)"?[\t;,]*(?=[\r\n]|\Z)')
_PUNCTUATION = re.compile(r"[!-/:-@\[-`{-~]")
_LINE_END = re.compile(r"\r\n?|\n")
_NUMBER = re.compile(r"[-+\u2212]?\d[\d.,'\u2019\u00a0\u202f]*(?: ?%)?")


def csv_table(text: str, file: Path) -> str:
    r"""Return the table as GFM; the first row is its header, and rows without any character are passed over.

    A first line that begins with `Table: ` is no row but the caption, which is Markdown.

    Cells are separated by what separates the header's: tab, `;` or `,`; quoting is that of RFC 4180. Blanks around a
    cell go. A line end in a cell stays one: it is written as `&#10;`. A column of numbers is set flush right. Every
    other ASCII punctuation is escaped by a backslash, which prints it (CommonMark 0.31.2, section 2.4).

    Raises InvalidData if there is no header, a quote is wrong, or a row has more or fewer cells than the header.
    """
    caption = _CAPTION.match(text)
    text = text[caption.end() :] if caption else text  # its line end stays, so that lines keep their numbers
    rows = list(_rows(text, file))
    if not rows:
        hint = "write the names of the columns into its first line"
        raise InvalidData(error("csv-empty", "the file holds no table", Span(file, 1, 1), hint))
    width = len(rows[0][1])
    faults = [_ragged(file, line, len(cells), width) for line, cells in rows if len(cells) != width]
    if faults:
        raise InvalidData(*faults[:_FAULTS_SHOWN])
    columns = zip(*(cells for _, cells in rows[1:]), strict=True)
    rules = ["---:" if _is_numeric(column) else "---" for column in columns] or ["---"] * width
    header, *body = (_line(map(_escaped, cells)) for _, cells in rows)
    title = [caption[1].replace('""', '"'), ""] if caption else []
    return "\n".join([*title, header, _line(rules), *body])


def _rows(text: str, file: Path) -> Iterator[tuple[int, list[str]]]:
    """Yield each row with the number of its first line."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True, skipinitialspace=True)
    line = 1
    try:
        for cells in reader:
            if cells:
                yield line, [cell.strip(" \t\r\n") for cell in cells]
            line = reader.line_num + 1
    except csv.Error as fault:
        raise InvalidData(_malformed(str(fault), Span(file, line))) from fault


def _delimiter(text: str) -> str:
    """Return what stands most often between the header's cells, outside of quotes."""
    start = _QUOTED.sub(r"\1", text[:_HEADER])
    header = next((line for line in start.splitlines() if line.strip()), "")
    return max(_DELIMITERS, key=header.count) if any(each in header for each in _DELIMITERS) else ","


def _malformed(words: str, span: Span) -> Diagnostic:
    if "field larger" in words:
        hint = "check that every quote is closed, or move the long text out of the table"
        return error("csv-cell", f"a cell of this row has more than {csv.field_size_limit()} characters", span, hint)
    if "unexpected end" in words:
        return error("csv-quote", "a quoted cell of this row is never closed", span, 'close it with " at its end')
    hint = 'a quote inside a quoted cell is written twice: "5"" disk"'
    return error("csv-quote", "text follows the end of a quoted cell of this row", span, hint)


def _ragged(file: Path, line: int, cells: int, width: int) -> Diagnostic:
    has = f"{cells} cell" if cells == 1 else f"{cells} cells"
    hint = "add the separators of the empty cells" if cells < width else "put a cell that holds a separator in quotes"
    return error("csv-ragged", f"this row has {has}, the header has {width}", Span(file, line), hint)


def _is_numeric(column: tuple[str, ...]) -> bool:
    filled = [cell for cell in column if cell]
    return bool(filled) and all(_NUMBER.fullmatch(cell) for cell in filled)


def _escaped(cell: str) -> str:
    cell = _PUNCTUATION.sub(r"\\\g<0>", cell)
    return _LINE_END.sub("&#10;", cell).replace("\u00a0", "&nbsp;")


def _line(cells: Iterator[str] | list[str]) -> str:
    return f"| {' | '.join(cells)} |"
