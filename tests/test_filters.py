"""Every page in filters/ tells the truth: a filter makes of the input what the page says, run as anybody would by hand.

A page is Markdown: a title, a sentence or two, and one case for each `##` heading. A case's fenced blocks are named by
the second word after the fence: `markdown input` (read as templates are; another first word names another reader, such
as gfm), `json context` (the file that SPECFLOW_CONTEXT names), `… expected`, and `text log` for what pandoc and the
filter say, without which they must say nothing. What is expected is compared as an AST where it is `markdown` or
`native`; any other word is a writer, whose text is compared. The filter is the one that the page is named after, or
those of a line `filters: one two`.
"""

from __future__ import annotations

import functools
import json
import os
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from specflow import assets, filter_chain
from specflow.convert import READER
from specflow.finish.docx_headings import bookmark_name
from specflow.tools.kit import Tools
from specflow.tools.pandoc import find_pandoc

PAGES = Path(__file__).parent / "filters"
FILTERS = sorted(assets.filters().glob("*.lua"))
NAMES = sorted(path.stem for path in PAGES.glob("*.md"))
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108000000003a7e9b550000000a4944415478da6368000000"
    "820081da45083b0000000049454e44ae426082"
)
"""A picture of one grey pixel, which lies as dot.png beside every document."""

_PART = re.compile(
    r"^## (?P<title>.+)$"
    r"|^(?P<fence>`{3,}|~{3,})(?P<language>\w+) (?P<role>input|context|expected|log)\n(?P<body>(?s:.*?))^(?P=fence)$",
    re.MULTILINE,
)
_FILTERS = re.compile(r"^filters: (.+)$", re.MULTILINE)
_MESSAGE = re.compile(r"^\[WARNING\] (?:Scripting warning at .+? line \d+ column \d+: )?", re.MULTILINE)
_READERS = {"markdown": READER}
_WRITERS = {"markdown": "json", "native": "json"}


@dataclass(frozen=True)
class Block:
    """A fenced block of a case: its first word, its text, and both with the fences around them."""

    language: str
    body: str
    source: str


@dataclass(frozen=True)
class Case:
    """One heading of a page with its blocks by role, and the filters that they are about."""

    title: str
    filters: tuple[str, ...]
    blocks: dict[str, Block]

    @property
    def log(self) -> str:
        return self.blocks["log"].body if "log" in self.blocks else ""


@dataclass(frozen=True)
class Ran:
    """What pandoc wrote and what it said."""

    output: str
    log: str


def cases_of(name: str) -> Iterator[Case]:
    """Yield the cases of a page."""
    text = (PAGES / f"{name}.md").read_text("utf-8")
    named = _FILTERS.search(text)
    filters = tuple(named[1].split()) if named else (name,)
    title = ""
    blocks: dict[str, Block] = {}
    for part in _PART.finditer(text):
        if part["title"]:
            if blocks:
                yield Case(title, filters, blocks)
            title, blocks = part["title"], {}
        else:
            assert part["role"] not in blocks, f"{name}: {title!r} has two blocks {part['role']!r}"
            blocks[part["role"]] = Block(part["language"], part["body"], part[0])
    yield Case(title, filters, blocks)


CASES = {f"{name}: {case.title}": (name, case) for name in NAMES for case in cases_of(name)}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project folder with a picture and a file that is none."""
    made = tmp_path_factory.mktemp("project")
    (made / "dot.png").write_bytes(PNG)
    (made / "notes.txt").write_text("no picture\n")
    return made


@functools.cache
def pandoc() -> Path:
    return find_pandoc()


def run(case: Case, folder: Path, writer: str) -> Ran:
    """Return what the plain command line makes of the case's input."""
    given = case.blocks["input"]
    words = [f"--lua-filter={filter_chain.paths([name])[0]}" for name in case.filters]
    formats = ["-f", _READERS.get(given.language, given.language), "-t", writer]
    environment = {**os.environ, "LC_ALL": "C.UTF-8"}
    environment.pop("SPECFLOW_CONTEXT", None)
    if "context" in case.blocks:
        (folder / "context.json").write_text(case.blocks["context"].body, "utf-8")
        environment["SPECFLOW_CONTEXT"] = "context.json"
    ran = subprocess.run(
        [pandoc(), *formats, "--wrap=none", *words],
        input=given.body.encode(),
        capture_output=True,
        cwd=folder,
        env=environment,
        timeout=60,
    )
    said = ran.stderr.decode()
    assert ran.returncode == 0, said
    return Ran(ran.stdout.decode(), _MESSAGE.sub("", said))


def joined(node: Any) -> Any:
    """Return the AST with adjacent words as one, which is how a reader would give them."""
    if isinstance(node, dict):
        return {key: joined(value) for key, value in node.items() if key != "pandoc-api-version"}
    if not isinstance(node, list):
        return node
    out: list[Any] = []
    for item in map(joined, node):
        last = out[-1] if out else None
        if isinstance(item, dict) and isinstance(last, dict) and item.get("t") == last.get("t") == "Str":
            out[-1] = {"t": "Str", "c": last["c"] + item["c"]}
        else:
            out.append(item)
    return out


def read(text: str, language: str, tools: Tools) -> Any:
    """Return the AST of an expected text."""
    reader = _READERS.get(language, language)
    return joined(tools.pandoc.convert(text, reader, [], [], {}, lambda _: "is not asked for").ast)


def written(ast: str, writer: str) -> str:
    """Return an AST as pandoc writes it."""
    words = ["-f", "json", "-t", writer, "--wrap=none", *(["--standalone"] if json.loads(ast)["meta"] else [])]
    return subprocess.run([pandoc(), *words], input=ast.encode(), capture_output=True, check=True).stdout.decode()


def renew(name: str, case: Case, ran: Ran, tools: Tools) -> None:
    """Write what came out into the page: Markdown where that reads back as the same AST, otherwise native."""
    expected = case.blocks["expected"]
    language, body = expected.language, ran.output
    if language in _WRITERS:
        body = written(ran.output, READER)
        language = "markdown"
        if expected.language == "native" or read(body, language, tools) != joined(json.loads(ran.output)):
            language, body = "native", written(ran.output, "native")
    page = PAGES / f"{name}.md"
    fence = "`" * max(3, *(len(found) + 1 for found in re.findall(r"^`+", f"{body}\n``", re.MULTILINE)))
    block = f"{fence}{language} expected\n{body if body.endswith(chr(10)) else body + chr(10)}{fence}"
    if ran.log:
        block += f"\n\n```text log\n{ran.log}```"
    text = page.read_text("utf-8")
    old = expected.source + ("\n\n" + case.blocks["log"].source if "log" in case.blocks else "")
    before, found, after = text.partition(f"## {case.title}\n")
    assert old in after
    page.write_text(before + found + after.replace(old, block, 1), "utf-8")


@pytest.mark.parametrize("title", CASES)
def test_case(title: str, folder: Path, tools: Tools, accept: bool) -> None:
    name, case = CASES[title]
    expected = case.blocks["expected"]
    writer = _WRITERS.get(expected.language, expected.language)
    ran = run(case, folder, writer)
    if accept:
        renew(name, case, ran, tools)
    elif writer == "json":
        made = joined(json.loads(ran.output))
        assert made == read(expected.body, expected.language, tools), written(ran.output, READER)
        assert ran.log == case.log
    else:
        assert ran.output == expected.body
        assert ran.log == case.log


def names_in(variable: str) -> set[str]:
    """Return the words of a table of filters/code.lua."""
    source = filter_chain.paths(["code"])[0].read_text("utf-8")
    if variable == "KNOWN":
        found = re.search(r"in \(\[\[(.*?)\]\]\)", source, re.DOTALL)
        assert found
        return set(found[1].split())
    found = re.search(rf"local {variable} = \{{(.*?)\n\}}", source, re.DOTALL)
    assert found
    return set(re.findall(r"= '([^']+)'", found[1]))


def test_pandoc_can_colour_every_language_that_is_kept() -> None:
    listed = subprocess.run([pandoc(), "--list-highlight-languages"], capture_output=True, check=True, text=True).stdout
    known = names_in("KNOWN")
    assert len(known) > 100
    assert known <= set(listed.split())
    assert names_in("ALIASES") <= known | {"default"}


IDENTIFIERS = (
    *("a", "a" * 36, "a" * 37, "a" * 200, "x-" * 18, "a.b:c-d_e", "1", "-"),
    *("é", "größe", "größe" * 9, "日本", "a\u00a0b"),
)


def test_word_and_the_finish_call_a_bookmark_the_same(folder: Path) -> None:
    label = [{"t": "Str", "c": "Figure\u00a01"}]
    numbered = [["kind", "figure"], ["number", "1"]]
    links = [
        {
            "t": "Link",
            "c": [["", ["reference"], numbered], label, [f"#{identifier}", ""]],
        }
        for identifier in IDENTIFIERS
    ]
    document = {"pandoc-api-version": [1, 23, 1], "meta": {}, "blocks": [{"t": "Para", "c": links}]}
    block = Block("json", json.dumps(document), "")
    ran = run(Case("bookmarks", ("docx",), {"input": block}), folder, "json")
    names = re.findall(r" REF (\S+) ", ran.output)
    assert names == [bookmark_name(identifier) for identifier in IDENTIFIERS]
    assert len(set(names)) == len(names)
    assert all(re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]{0,39}", name) for name in names)


def test_every_filter_has_a_page() -> None:
    assert {path.stem for path in FILTERS} == {name for _, case in CASES.values() for name in case.filters}


def test_every_case_has_a_name_of_its_own() -> None:
    assert len(CASES) == sum(1 for name in NAMES for _ in cases_of(name))


def test_every_case_has_input_and_expected() -> None:
    assert all({"input", "expected"} <= set(case.blocks) for _, case in CASES.values())
