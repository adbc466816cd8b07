"""What load gives back, and the exact words for everything that an author may get wrong."""

from __future__ import annotations

import hashlib
import time
from pathlib import Path

import pytest
import yaml

from specflow.diagnostics import Span
from specflow.errors import FileAccess, InvalidData, ToolMissing
from specflow.load import load
from specflow.load.files import MAX_BYTES
from specflow.model import KeyPath, Place, Source
from specflow.yaml_text import nodes as yaml_nodes
from specflow.yaml_text.nodes import MAX_DEPTH

FILE = Path("spec.yaml")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def loaded(content: str | bytes) -> Source:
    FILE.write_bytes(content if isinstance(content, bytes) else content.encode())
    return load(FILE)


def refused(content: str | bytes) -> InvalidData:
    with pytest.raises(InvalidData) as caught:
        loaded(content)
    return caught.value


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("1.10", "1.10"),
        ("no", "no"),
        ("Yes", "Yes"),
        ("12:30", "12:30"),
        ("0755", "0755"),
        ("0x1F", "0x1F"),
        ("1e3", "1e3"),
        ("1_000", "1_000"),
        ("-.inf", "-.inf"),
        ("~", "~"),
        ("null", "null"),
        ("true", "true"),
        ("=", "="),
        ("2026-07-01", "2026-07-01"),
        ("2026-07-01T12:00:00Z", "2026-07-01T12:00:00Z"),
        ("", ""),
        ("# a comment", ""),
        ("C#  # a comment", "C#"),
        ("  spaced   inside  ", "spaced   inside"),
        ("one\n  two\n\n  three", "one two\nthree"),
        ("http://example.com:80/a#b", "http://example.com:80/a#b"),
        ("'it''s \\n'", "it's \\n"),
        ('"tab\\tquote\\" \\u00e9\\x41"', 'tab\tquote" éA'),
        ('"one\n  two \\\n  three"', "one two three"),
        ("'<<'", "<<"),
        ("<<", "<<"),
        ('""', ""),
        ("|\n  one\n   two\n\n  three\n", "one\n two\n\nthree\n"),
        ("|-\n  one\n", "one"),
        ("|+\n  one\n\n", "one\n\n\n"),
        (">\n  one\n  two\n\n  three\n", "one two\nthree\n"),
        ("|2\n   one\n", " one\n"),
        ("!!str 12", "12"),
        ("&anchor 12", "12"),
        ("Übergröße 日本 🙂", "Übergröße 日本 🙂"),
    ],
)
def test_a_scalar_stays_text(typed: str, text: str) -> None:
    assert loaded(f"value: {typed}\n").data == {"value": text}


@pytest.mark.parametrize("key", ["no", "1.10", "~", "12:30", "two words", "a.b", "é", "null"])
def test_a_key_stays_text(key: str) -> None:
    assert loaded(f"{key}: v\n").data == {key: "v"}


def at(line: int, column: int) -> Span:
    return Span(FILE, line, column)


def test_places() -> None:
    source = loaded(
        "# a comment\n"
        "title: Ledger\n"
        "purpose: |\n"
        "  One: two.\n"
        "steps:\n"
        "- first\n"
        "-   name: 日本 x\n"
        "    tags: [a, 'b', {é: c, d}]\n"
        "empty:\n"
        "nothing: []\n"
    )
    expected: dict[KeyPath, Place] = {
        (): Place(at(2, 1)),
        ("title",): Place(at(2, 8), at(2, 1)),
        ("purpose",): Place(at(3, 10), at(3, 1)),
        ("steps",): Place(at(6, 1), at(5, 1)),
        ("steps", 0): Place(at(6, 3)),
        ("steps", 1): Place(at(7, 5)),
        ("steps", 1, "name"): Place(at(7, 11), at(7, 5)),
        ("steps", 1, "tags"): Place(at(8, 11), at(8, 5)),
        ("steps", 1, "tags", 0): Place(at(8, 12)),
        ("steps", 1, "tags", 1): Place(at(8, 15)),
        ("steps", 1, "tags", 2): Place(at(8, 20)),
        ("steps", 1, "tags", 2, "é"): Place(at(8, 24), at(8, 21)),
        ("steps", 1, "tags", 2, "d"): Place(at(8, 28), at(8, 27)),
        ("empty",): Place(at(9, 7), at(9, 1)),
        ("nothing",): Place(at(10, 10), at(10, 1)),
    }
    assert source.places == expected
    assert list(source.places) == list(expected)


def test_an_alias_points_at_its_anchor_and_its_key_at_its_own_place() -> None:
    source = loaded("base: &b\n  name: Ada\n  tags: [x]\nkey: &k word\nuse: *b\nlist: [*b]\n*k : *k\n")
    assert source.data == {
        "base": {"name": "Ada", "tags": ["x"]},
        "key": "word",
        "use": {"name": "Ada", "tags": ["x"]},
        "list": [{"name": "Ada", "tags": ["x"]}],
        "word": "word",
    }
    assert source.places["use",] == Place(at(1, 7), at(5, 1))
    assert source.places["use", "name"] == Place(at(2, 9), at(2, 3))
    assert source.places["use", "tags", 0] == Place(at(3, 10))
    assert source.places["list", 0] == Place(at(1, 7))
    assert source.places["list", 0, "name"] == Place(at(2, 9), at(2, 3))
    assert source.places["word",] == Place(at(4, 6), at(7, 1))


def test_an_anchor_may_be_given_anew() -> None:
    assert loaded("a: &x 1\nb: *x\nc: &x 2\nd: *x\n").data == {"a": "1", "b": "1", "c": "2", "d": "2"}


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends(end: str) -> None:
    source = loaded(f"a: |{end}  one{end}  two{end}b: c{end}")
    assert source.data == {"a": "one\ntwo\n", "b": "c"}
    assert source.places["b",] == Place(at(4, 4), at(4, 1))


def test_a_byte_order_mark_is_accepted_and_takes_no_column() -> None:
    content = b"\xef\xbb\xbftitle: Ledger\n"
    source = loaded(content)
    assert source.data == {"title": "Ledger"}
    assert source.places["title",] == Place(at(1, 8), at(1, 1))
    assert source.sha256 == hashlib.sha256(content).hexdigest()


@pytest.mark.parametrize(
    "content",
    [
        "---\na: b\n",
        "a: b\n...\n",
        "# c\n%YAML 1.2\n# c\n---\na: b\n...\n# c\n...\n",
        "%YAML 1.1 # c\n--- {a: b}",
        "\n\n  a: b",
    ],
)
def test_document_markers(content: str) -> None:
    assert loaded(content).data == {"a": "b"}


def test_source_names_the_file_and_its_hash() -> None:
    source = loaded("a: b\n")
    assert source.path == FILE
    assert source.sha256 == "52c9693cf3f219d51ba6af4362ee092c55fb5e6f96d6f9da13c8ede7eff8e71b"
    assert {span.file for place in source.places.values() for span in (place.value, place.key) if span} == {FILE}


CASES = [
    pytest.param(
        'title: "Ledger\nowner: Ada\n',
        'spec.yaml:1:8: error[yaml-quote]: the quote " that opens here is never closed\n'
        '  hint: close it with " at the end of the value; a quote inside is written \\"',
        id="unclosed double quote",
    ),
    pytest.param(
        "title: 'Ledger\nowner: Ada\n",
        "spec.yaml:1:8: error[yaml-quote]: the quote ' that opens here is never closed\n"
        "  hint: close it with ' at the end of the value; a quote inside is written twice",
        id="unclosed single quote",
    ),
    pytest.param(
        'title: "Ledger\nowner: "Ada"\n',
        'spec.yaml:2:9: error[yaml-quote]: text follows the closing quote " of the value that opens on line 1\n'
        '  hint: check that line 1 ends its own value with "; a quote inside is written \\"',
        id="quote closed by the next one",
    ),
    pytest.param(
        'title: "Ledger\n---\n',
        'spec.yaml:1:8: error[yaml-quote]: the quote " that opens here is never closed\n'
        '  hint: close it with " at the end of the value; a quote inside is written \\"',
        id="quote closed by the document marker",
    ),
    pytest.param(
        'title: "Ledger" and more\n',
        'spec.yaml:1:17: error[yaml-quote]: text follows the closing quote "\n'
        '  hint: move the closing quote to the end of the value; a quote inside is written \\"',
        id="text after a quote",
    ),
    pytest.param(
        "title: 'it's'\n",
        "spec.yaml:1:12: error[yaml-quote]: text follows the closing quote '\n"
        "  hint: move the closing quote to the end of the value; a quote inside is written twice",
        id="apostrophe in single quotes",
    ),
    pytest.param(
        'path: "C:\\qemu"\n',
        'spec.yaml:1:10: error[yaml-escape]: the escape "\\q" is not valid\n'
        "  hint: write \\\\ for a backslash, or put the value in single quotes",
        id="unknown escape",
    ),
    pytest.param(
        'path: "C:\\xylophone"\n',
        'spec.yaml:1:10: error[yaml-escape]: the escape "\\x" is not valid\n'
        "  hint: write \\\\ for a backslash, or put the value in single quotes",
        id="bad hexadecimal escape",
    ),
    pytest.param(
        'emoji: "\\ud83d"\n',
        'spec.yaml:1:9: error[yaml-escape]: the escape "\\u" is not valid\n'
        "  hint: write \\\\ for a backslash, or put the value in single quotes",
        id="surrogate escape",
    ),
    pytest.param(
        'bell:\n  - "\\a"\n',
        "spec.yaml:2:5: error[yaml-character]: an escape in this value makes U+0007, which no document can show\n"
        "  hint: delete the escape",
        id="escape for a control character",
    ),
    pytest.param(
        "title: Ledger\n  owner: Ada\n",
        'spec.yaml:2:3: error[yaml-indentation]: "owner" is indented as if it continued the value above\n'
        "  hint: indent it like the key above, or put the value above in quotes if this line belongs to it",
        id="indented below a value",
    ),
    pytest.param(
        'title: Ledger\n  "owner": Ada\n',
        'spec.yaml:2:3: error[yaml-indentation]: "owner" is indented as if it continued the value above\n'
        "  hint: indent it like the key above, or put the value above in quotes if this line belongs to it",
        id="quoted key indented below a value",
    ),
    pytest.param(
        "a:\n    b: c\n  d: e\n",
        "spec.yaml:3:3: error[yaml-indentation]: the indentation of this line fits no line above\n"
        "  hint: give it the same number of spaces as the other lines of its group",
        id="indentation between two levels",
    ),
    pytest.param(
        "purpose: |\n    one\n  two\n",
        "spec.yaml:3:3: error[yaml-indentation]: the indentation of this line fits no line above\n"
        "  hint: give it the same number of spaces as the other lines of its group",
        id="block text out of line",
    ),
    pytest.param(
        "title: Ledger\n- item\n",
        "spec.yaml:2:1: error[yaml-indentation]: a list item stands where a key is expected\n"
        "  hint: put the list below a key that has no value yet, or indent it below its key",
        id="list item after a value",
    ),
    pytest.param(
        "- item\ntitle: Ledger\n",
        "spec.yaml:2:1: error[yaml-indentation]: a key stands where a list item is expected\n"
        '  hint: start the line with "- ", or indent it like the text of the item above',
        id="key after list items",
    ),
    pytest.param(
        "a:\n  - b\n - c\n",
        "spec.yaml:3:2: error[yaml-indentation]: the indentation of this line fits no line above\n"
        "  hint: give it the same number of spaces as the other lines of its group",
        id="item that fits no list",
    ),
    pytest.param(
        "  title: Ledger\nowner: Ada\n",
        "spec.yaml:2:1: error[yaml-indentation]: this line is indented less than the first key\n"
        "  hint: start all keys of the document at the left margin",
        id="first key indented",
    ),
    pytest.param(
        "title: Ledger\n{owner}\n",
        'spec.yaml:2:1: error[yaml-colon]: "{owner}" has no ": ", so it is not a key with a value\n'
        '  hint: write "key: value", or indent the line deeper if it continues the value above',
        id="line that is no key",
    ),
    pytest.param(
        "title: Ledger\n|\n  text\n",
        "spec.yaml:2:1: error[yaml-indentation]: this is not a key with a value\n"
        '  hint: write "key: value", or indent the line deeper if it continues the value above',
        id="block text where a key belongs",
    ),
    pytest.param(
        "title: Ledger\nowner Ada\nstatus: draft\n",
        'spec.yaml:2:1: error[yaml-colon]: "owner Ada" has no ": ", so it is not a key with a value\n'
        '  hint: write "key: value", or indent the line deeper if it continues the value above',
        id="no colon",
    ),
    pytest.param(
        "title\nowner: Ada\n",
        'spec.yaml:1:1: error[yaml-colon]: "title" has no ": ", so it is not a key with a value\n'
        '  hint: write "key: value", or indent the line deeper if it continues the value above',
        id="no colon on the first line",
    ),
    pytest.param(
        "a:\n  see http://example.com\n  b: c\n",
        'spec.yaml:2:3: error[yaml-colon]: "see http://example.com" has no ": ", so it is not a key with a value\n'
        '  hint: write "key: value", or indent the line deeper if it continues the value above',
        id="no colon before a key of the same level",
    ),
    pytest.param(
        "title: Ledger\nowner:Ada\nstatus: draft\n",
        'spec.yaml:2:1: error[yaml-colon]: "owner:Ada" has no space after its colon\n  hint: write "owner: Ada"',
        id="no space after the colon",
    ),
    pytest.param(
        "list:\n- a\n-b\n",
        'spec.yaml:3:1: error[yaml-dash]: "-b" has no space after its dash\n  hint: write "- b"',
        id="no space after the dash",
    ),
    pytest.param(
        ": Ledger\n",
        "spec.yaml:1:1: error[yaml-key]: there is no key before this colon\n  hint: write the key, or delete the line",
        id="colon without a key",
    ),
    pytest.param(
        "title: Ledger: the book\n",
        'spec.yaml:1:14: error[yaml-value-colon]: the value contains ": ", which YAML reads as the end of another key\n'
        '  hint: put the whole value in quotes, or write it on the lines below a "|"',
        id="colon in a value",
    ),
    pytest.param(
        'title: "Ledger": the book\n',
        'spec.yaml:1:16: error[yaml-value-colon]: the value contains ": ", which YAML reads as the end of another key\n'
        '  hint: put the whole value in quotes, or write it on the lines below a "|"',
        id="colon after a quoted value",
    ),
    pytest.param(
        "k" * 1030 + ": v\n",
        "spec.yaml:1:1031: error[yaml-key-length]: a key may have 1024 characters at most\n"
        '  hint: put the whole value in quotes, or write it on the lines below a "|", if it is text',
        id="key too long",
    ),
    pytest.param(
        "title: @Ledger\n",
        'spec.yaml:1:8: error[yaml-value-start]: plain text may not start with "@"\n'
        '  hint: put the whole value in quotes, or write it on the lines below a "|"',
        id="value starts with @",
    ),
    pytest.param(
        "title: `Ledger\n",
        'spec.yaml:1:8: error[yaml-value-start]: plain text may not start with "`"\n'
        '  hint: put the whole value in quotes, or write it on the lines below a "|"',
        id="value starts with `",
    ),
    pytest.param(
        "title: %Ledger\n",
        'spec.yaml:1:8: error[yaml-value-start]: plain text may not start with "%"\n'
        '  hint: put the whole value in quotes, or write it on the lines below a "|"',
        id="value starts with %",
    ),
    pytest.param(
        "title: ,Ledger\n",
        'spec.yaml:1:8: error[yaml-value-start]: plain text may not start with ","\n'
        '  hint: put the whole value in quotes, or write it on the lines below a "|"',
        id="value starts with ,",
    ),
    pytest.param(
        "title: ]Ledger\n",
        'spec.yaml:1:8: error[yaml-value-start]: plain text may not start with "]"\n'
        '  hint: put the whole value in quotes, or write it on the lines below a "|"',
        id="value starts with ]",
    ),
    pytest.param(
        "title: }Ledger\n",
        'spec.yaml:1:8: error[yaml-value-start]: plain text may not start with "}"\n'
        '  hint: put the whole value in quotes, or write it on the lines below a "|"',
        id="value starts with }",
    ),
    pytest.param(
        "title: **Ledger** x\n",
        'spec.yaml:1:8: error[yaml-value-start]: plain text may not start with "*"\n'
        '  hint: put the whole value in quotes, or write it on the lines below a "|"',
        id="value starts with bold",
    ),
    pytest.param(
        "title: *Ledger* x\n",
        'spec.yaml:1:8: error[yaml-value-start]: plain text may not start with "*"\n'
        '  hint: put the whole value in quotes, or write it on the lines below a "|"',
        id="value starts with emphasis",
    ),
    pytest.param(
        "a: &b x\nc: *b y\n",
        'spec.yaml:2:7: error[yaml-value-start]: text follows the alias "*b"\n'
        '  hint: put the whole value in quotes, or write it on the lines below a "|"',
        id="text after an alias",
    ),
    pytest.param(
        "title: & Co\n",
        'spec.yaml:1:8: error[yaml-value-start]: plain text may not start with "&"\n'
        '  hint: put the whole value in quotes, or write it on the lines below a "|"',
        id="value starts with an ampersand",
    ),
    pytest.param(
        "title: !note! x\n",
        'spec.yaml:1:8: error[yaml-value-start]: plain text may not start with "!"\n'
        '  hint: put the whole value in quotes, or write it on the lines below a "|"',
        id="value starts with an exclamation mark",
    ),
    pytest.param(
        "title: - Ledger\n",
        'spec.yaml:1:8: error[yaml-value-start]: plain text may not start with "- "\n'
        "  hint: start the list on the next line, or put the value in quotes",
        id="value starts with a dash",
    ),
    pytest.param(
        "title: ? Ledger\n",
        'spec.yaml:1:8: error[yaml-value-start]: plain text may not start with "? "\n'
        '  hint: put the whole value in quotes, or write it on the lines below a "|"',
        id="value starts with a question mark",
    ),
    pytest.param(
        "title: {Ledger} x\n",
        'spec.yaml:1:17: error[yaml-value-start]: text follows the "}" that ends this value\n'
        '  hint: put the whole value in quotes, or write it on the lines below a "|"',
        id="value starts with a brace",
    ),
    pytest.param(
        "title: [Ledger] x\n",
        'spec.yaml:1:17: error[yaml-value-start]: text follows the "]" that ends this value\n'
        '  hint: put the whole value in quotes, or write it on the lines below a "|"',
        id="value starts with a bracket",
    ),
    pytest.param(
        "title: {{ name }}\n",
        "spec.yaml:1:9: error[yaml-key]: a mapping is used as a key\n"
        '  hint: put the whole value in quotes, or write it on the lines below a "|", if it is text',
        id="value is a placeholder",
    ),
    pytest.param(
        "latency: > 5 ms\n",
        'spec.yaml:1:10: error[yaml-block-header]: ">" opens a block of text, so nothing may follow it on its line\n'
        '  hint: write the text indented on the lines below, or put the value in quotes if the ">" belongs to it',
        id="value starts with greater than",
    ),
    pytest.param(
        "cell: |a|b|\n",
        'spec.yaml:1:7: error[yaml-block-header]: "|" opens a block of text, so nothing may follow it on its line\n'
        '  hint: write the text indented on the lines below, or put the value in quotes if the "|" belongs to it',
        id="value starts with a bar",
    ),
    pytest.param(
        "a: &b &c d\n",
        "spec.yaml:1:7: error[yaml-syntax]: the value has ended before this text\n"
        '  hint: put the whole value in quotes, or write it on the lines below a "|"',
        id="two anchors",
    ),
    pytest.param(
        "tags: [a, b\n",
        'spec.yaml:1:7: error[yaml-bracket]: "[" opens here and is never closed\n'
        '  hint: close it with "]", put commas between the items, or put the whole value in quotes if it is text',
        id="bracket never closed",
    ),
    pytest.param(
        "tags: {a: b\n",
        'spec.yaml:1:7: error[yaml-bracket]: "{" opens here and is never closed\n'
        '  hint: close it with "}", put commas between the items, or put the whole value in quotes if it is text',
        id="brace never closed",
    ),
    pytest.param(
        "tags: &a [\n",
        'spec.yaml:1:10: error[yaml-bracket]: "[" opens here and is never closed\n'
        '  hint: close it with "]", put commas between the items, or put the whole value in quotes if it is text',
        id="bracket behind an anchor never closed",
    ),
    pytest.param(
        "tags: [a, b\ntitle: Ledger\n",
        'spec.yaml:1:7: error[yaml-bracket]: "[" opens here, but "," or "]" is missing at 2:6\n'
        '  hint: close it with "]", put commas between the items, or put the whole value in quotes if it is text',
        id="bracket closed too late",
    ),
    pytest.param(
        "tags: {a: b: c}\n",
        'spec.yaml:1:7: error[yaml-bracket]: "{" opens here, but "," or "}" is missing at 1:12\n'
        '  hint: close it with "}", put commas between the items, or put the whole value in quotes if it is text',
        id="colon inside braces",
    ),
    pytest.param(
        "tags: [a]]\n",
        'spec.yaml:1:10: error[yaml-bracket]: "]" closes nothing\n'
        "  hint: delete it, or put the whole value in quotes if it is text",
        id="bracket too many",
    ),
    pytest.param(
        "tags: a\n}\n",
        'spec.yaml:2:1: error[yaml-bracket]: "}" closes nothing\n'
        "  hint: delete it, or put the whole value in quotes if it is text",
        id="brace on its own line",
    ),
    pytest.param(
        "tags: [a, , b]\n",
        'spec.yaml:1:11: error[yaml-bracket]: there is no value before ","\n  hint: write the value, or delete the ","',
        id="comma too many",
    ),
    pytest.param(
        "a:\n\tb: c\n",
        "spec.yaml:2:1: error[yaml-tab]: a tab is used to indent\n"
        "  hint: indent with spaces; YAML allows no tabs there",
        id="tab as indentation",
    ),
    pytest.param(
        "a: b\n\tc\n",
        "spec.yaml:2:1: error[yaml-tab]: a tab is used to indent\n"
        "  hint: indent with spaces; YAML allows no tabs there",
        id="tab below a value",
    ),
    pytest.param(
        "a: |\n\tb\n",
        "spec.yaml:2:1: error[yaml-tab]: a tab is used to indent\n"
        "  hint: indent with spaces; YAML allows no tabs there",
        id="tab in a block text",
    ),
    pytest.param(
        "a:\n-\tb: c\n",
        "spec.yaml:2:2: error[yaml-tab]: a tab is used to indent\n"
        "  hint: indent with spaces; YAML allows no tabs there",
        id="tab after a dash",
    ),
    pytest.param(
        'title: a\nowner:\n  name: b\n  name: c\ntitle: d\n"title": e\n',
        'spec.yaml:4:3: error[yaml-duplicate-key]: the key "name" is already on line 3\n'
        "  hint: keep one of the two on lines 3 and 4, or rename one\n"
        'spec.yaml:5:1: error[yaml-duplicate-key]: the key "title" is already on line 1\n'
        "  hint: keep one of the two on lines 1 and 5, or rename one\n"
        'spec.yaml:6:1: error[yaml-duplicate-key]: the key "title" is already on line 1\n'
        "  hint: keep one of the two on lines 1 and 6, or rename one",
        id="duplicate keys",
    ),
    pytest.param(
        "list:\n- {a: b, a: c}\n",
        'spec.yaml:2:10: error[yaml-duplicate-key]: the key "a" is already on line 2\n'
        "  hint: keep one of the two on line 2, or rename one",
        id="duplicate keys on one line",
    ),
    pytest.param(
        'a: b\na: c\nd: "\n',
        'spec.yaml:2:1: error[yaml-duplicate-key]: the key "a" is already on line 1\n'
        "  hint: keep one of the two on lines 1 and 2, or rename one\n"
        'spec.yaml:3:4: error[yaml-quote]: the quote " that opens here is never closed\n'
        '  hint: close it with " at the end of the value; a quote inside is written \\"',
        id="duplicate and syntax",
    ),
    pytest.param(
        "a: !!int 3\nb:\n- !note x\n- !!map {}\n",
        'spec.yaml:1:4: error[yaml-tag]: the tag "!!int" is not supported\n'
        "  hint: delete it: every value is read as text; put the value in quotes if the tag belongs to it\n"
        'spec.yaml:3:3: error[yaml-tag]: the tag "!note" is not supported\n'
        "  hint: delete it: every value is read as text; put the value in quotes if the tag belongs to it\n"
        'spec.yaml:4:3: error[yaml-tag]: the tag "!!map" is not supported\n'
        "  hint: delete it: every value is read as text; put the value in quotes if the tag belongs to it",
        id="unknown tags",
    ),
    pytest.param(
        "a: ! x\n",
        'spec.yaml:1:4: error[yaml-tag]: the tag "!" is not supported\n'
        "  hint: delete it: every value is read as text; put the value in quotes if the tag belongs to it",
        id="tag without a name",
    ),
    pytest.param(
        "a: !e!x y\n",
        'spec.yaml:1:4: error[yaml-tag]: the tag "!e!x" is not supported\n'
        "  hint: delete it: every value is read as text; put the value in quotes if the tag belongs to it",
        id="unknown tag handle",
    ),
    pytest.param(
        "!x a: b\n",
        'spec.yaml:1:1: error[yaml-tag]: the tag "!x" is not supported\n'
        "  hint: delete it: every value is read as text; put the value in quotes if the tag belongs to it",
        id="tagged key",
    ),
    pytest.param(
        "? [a]\n: b\nc: d\nc: e\n",
        "spec.yaml:1:3: error[yaml-key]: a list is used as a key\n"
        '  hint: put the whole value in quotes, or write it on the lines below a "|", if it is text\n'
        'spec.yaml:4:1: error[yaml-duplicate-key]: the key "c" is already on line 3\n'
        "  hint: keep one of the two on lines 3 and 4, or rename one",
        id="list as a key",
    ),
    pytest.param(
        "base: &base {a: b}\nnext:\n  <<: *base\n",
        'spec.yaml:3:3: error[yaml-merge-key]: the merge key "<<" is not supported\n'
        "  hint: write the keys out; an alias may stand only for a whole value",
        id="merge key",
    ),
    pytest.param(
        "title: *ledger\n",
        'spec.yaml:1:8: error[yaml-alias]: the alias "*ledger" has no anchor "&ledger" above it\n'
        '  hint: put the value in quotes if the "*" belongs to it',
        id="alias without an anchor",
    ),
    pytest.param(
        "a: &b\n  c: [*b]\n",
        'spec.yaml:2:7: error[yaml-alias-loop]: the alias "*b" stands inside the value that it repeats\n'
        '  hint: move the anchor "&b" to a smaller value, or write the text out',
        id="alias inside its anchor",
    ),
    pytest.param(
        "a: b\n---\nc: d\n",
        "spec.yaml:2:1: error[yaml-documents]: a second document starts here\n"
        '  hint: move what follows to a file of its own; a "---" inside a text has to be indented',
        id="second document",
    ),
    pytest.param(
        "a: b\n...\nc: d\n",
        "spec.yaml:3:1: error[yaml-documents]: a second document starts here\n"
        '  hint: move what follows to a file of its own; a "---" inside a text has to be indented',
        id="text after the end marker",
    ),
    pytest.param(
        "{a: b}\nc: d\n",
        "spec.yaml:2:1: error[yaml-trailing]: this stands after the end of the document\n"
        "  hint: delete the brackets around the keys above, or move this inside",
        id="text after the closing brace",
    ),
    pytest.param(
        "",
        "spec.yaml:1:1: error[yaml-empty]: the file holds no data\n"
        '  hint: fill it in; "specflow new" writes a file to start from',
        id="empty",
    ),
    pytest.param(
        "# nothing yet\n",
        "spec.yaml:1:1: error[yaml-empty]: the file holds no data\n"
        '  hint: fill it in; "specflow new" writes a file to start from',
        id="only comments",
    ),
    pytest.param(
        "---\n",
        "spec.yaml:1:1: error[yaml-empty]: the file holds no data\n"
        '  hint: fill it in; "specflow new" writes a file to start from',
        id="only a document marker",
    ),
    pytest.param(
        "...\n",
        "spec.yaml:1:1: error[yaml-empty]: the file holds no data\n"
        '  hint: fill it in; "specflow new" writes a file to start from',
        id="only an end marker",
    ),
    pytest.param(
        "- a\n",
        "spec.yaml:1:1: error[yaml-top-level]: the file holds a list, not keys with values\n"
        '  hint: start with the keys of the document, such as "title: …", at the left margin',
        id="top-level list",
    ),
    pytest.param(
        "Ledger\n",
        "spec.yaml:1:1: error[yaml-top-level]: the file holds text, not keys with values\n"
        '  hint: start with the keys of the document, such as "title: …", at the left margin',
        id="top-level text",
    ),
    pytest.param(
        '"Ledger" and more\n',
        "spec.yaml:1:1: error[yaml-top-level]: the file holds text, not keys with values\n"
        '  hint: start with the keys of the document, such as "title: …", at the left margin',
        id="top-level quoted text",
    ),
    pytest.param(
        "%TAG ! tag:example.com,2000:\n---\na: b\n",
        'spec.yaml:1:1: error[yaml-directive]: a line may not start with "%", which marks a YAML directive\n'
        '  hint: delete the line, or indent it if the "%" belongs to a text',
        id="directive",
    ),
    pytest.param(
        "%YAML 3.0\n---\na: b\n",
        'spec.yaml:1:1: error[yaml-directive]: a line may not start with "%", which marks a YAML directive\n'
        '  hint: delete the line, or indent it if the "%" belongs to a text',
        id="unknown version",
    ),
    pytest.param(
        "a: b\n%c: d\n",
        'spec.yaml:2:1: error[yaml-directive]: a line may not start with "%", which marks a YAML directive\n'
        '  hint: delete the line, or indent it if the "%" belongs to a text',
        id="percent sign at the margin",
    ),
    pytest.param(
        "a: b\x07\nc: \x07\u2028\n",
        "spec.yaml:1:5: error[yaml-character]: the invisible character U+0007 may not stand in a document (2 times)\n"
        "  hint: delete it, or replace it by a space or a line break\n"
        "spec.yaml:2:5: error[yaml-character]: the invisible character U+2028 may not stand in a document\n"
        "  hint: delete it, or replace it by a space or a line break",
        id="control characters",
    ),
    pytest.param(
        "a: b\n\ufeffc: d\n",
        "spec.yaml:2:1: error[yaml-character]: the invisible character U+FEFF may not stand in a document\n"
        "  hint: delete it, or replace it by a space or a line break",
        id="byte order mark inside",
    ),
    pytest.param(
        b"\xff\xfea\x00:\x00 \x00b\x00\n\x00",
        "spec.yaml:1:1: error[yaml-encoding]: the file is UTF-16, not UTF-8\n"
        '  hint: save the file as UTF-8 (in most editors: "Save with encoding")',
        id="UTF-16 with a mark",
    ),
    pytest.param(
        b"\xfe\xff\x00a\x00:\x00 \x00b\x00\n",
        "spec.yaml:1:1: error[yaml-encoding]: the file is UTF-16, not UTF-8\n"
        '  hint: save the file as UTF-8 (in most editors: "Save with encoding")',
        id="UTF-16 big endian",
    ),
    pytest.param(
        b"a\x00:\x00 \x00b\x00\n\x00",
        "spec.yaml:1:1: error[yaml-encoding]: the file is UTF-16, not UTF-8\n"
        '  hint: save the file as UTF-8 (in most editors: "Save with encoding")',
        id="UTF-16 without a mark",
    ),
    pytest.param(
        b"\x00a\x00:\x00 \x00b\x00\n",
        "spec.yaml:1:1: error[yaml-encoding]: the file is UTF-16, not UTF-8\n"
        '  hint: save the file as UTF-8 (in most editors: "Save with encoding")',
        id="UTF-16 big endian without a mark",
    ),
    pytest.param(
        b"\xff\xfe\x00\x00a\x00\x00\x00:\x00\x00\x00 \x00\x00\x00b\x00\x00\x00\n\x00\x00\x00",
        "spec.yaml:1:1: error[yaml-encoding]: the file is UTF-32, not UTF-8\n"
        '  hint: save the file as UTF-8 (in most editors: "Save with encoding")',
        id="UTF-32 with a mark",
    ),
    pytest.param(
        b"a\x00\x00\x00:\x00\x00\x00 \x00\x00\x00b\x00\x00\x00\n\x00\x00\x00",
        "spec.yaml:1:1: error[yaml-encoding]: the file is UTF-32, not UTF-8\n"
        '  hint: save the file as UTF-8 (in most editors: "Save with encoding")',
        id="UTF-32 without a mark",
    ),
    pytest.param(
        b"\x00\x00\x00a\x00\x00\x00:\x00\x00\x00 \x00\x00\x00b\x00\x00\x00\n",
        "spec.yaml:1:1: error[yaml-encoding]: the file is UTF-32, not UTF-8\n"
        '  hint: save the file as UTF-8 (in most editors: "Save with encoding")',
        id="UTF-32 big endian without a mark",
    ),
    pytest.param(
        b"# ok: \xc3\xa9\r\n na\xefve \xe9\n",
        'spec.yaml:2:4: error[yaml-encoding]: byte 0xEF is not UTF-8; in Windows-1252 it would be "ï"\n'
        '  hint: save the file as UTF-8 (in most editors: "Save with encoding")',
        id="Latin-1",
    ),
    pytest.param(
        b"a: \x93b\x94\n",
        'spec.yaml:1:4: error[yaml-encoding]: byte 0x93 is not UTF-8; in Windows-1252 it would be "“"\n'
        '  hint: save the file as UTF-8 (in most editors: "Save with encoding")',
        id="Windows-1252",
    ),
    pytest.param(
        b"a: \x81\n",
        "spec.yaml:1:4: error[yaml-encoding]: byte 0x81 is not UTF-8\n"
        '  hint: save the file as UTF-8 (in most editors: "Save with encoding")',
        id="no character of any code page",
    ),
    pytest.param(
        b"a: \xc3",
        'spec.yaml:1:4: error[yaml-encoding]: byte 0xC3 is not UTF-8; in Windows-1252 it would be "Ã"\n'
        '  hint: save the file as UTF-8 (in most editors: "Save with encoding")',
        id="cut off",
    ),
]


@pytest.mark.parametrize(("content", "printed"), CASES)
def test_diagnostic(content: str | bytes, printed: str) -> None:
    assert str(refused(content)) == printed


@pytest.mark.parametrize(
    ("content", "key"),
    [
        ("a:\n- b:\n    c: !x d\n", "a[0].b.c"),
        ("a:\n- b: c\n  b: d\n", "a[0].b"),
        ("a: [b, *c]\n", "a[1]"),
        ("a: &b [c, [*b]]\n", "a[1][0]"),
        ("a: !x {}\n", "a"),
        ("{a: b}: {c: !x d}\n", None),
    ],
)
def test_a_diagnostic_names_the_data_key(content: str, key: str | None) -> None:
    assert refused(content).diagnostics[-1].key == key


def test_a_message_shows_nothing_invisible() -> None:
    fault = refused('? "a\\u202e\\t' + "b" * 80 + '"\n: c\n"a\\u202e\\t' + "b" * 80 + '": d\n').diagnostics[0]
    assert fault.message == f'the key "a\ufffd {"b" * 56}…" is already on line 1'


def test_missing_file() -> None:
    with pytest.raises(FileAccess) as caught:
        load(FILE)
    assert str(caught.value) == (
        "spec.yaml: error[file-missing]: there is no such file\n"
        "  hint: check the path; relative paths start at the current folder"
    )


def test_folder() -> None:
    FILE.mkdir()
    with pytest.raises(FileAccess) as caught:
        load(FILE)
    assert str(caught.value) == (
        "spec.yaml: error[file-is-folder]: this is a folder, not a file\n  hint: name the YAML file inside it"
    )


def test_size_limit() -> None:
    content = b"a: b\n#".ljust(MAX_BYTES, b"-")
    assert loaded(content).data == {"a": "b"}
    assert str(refused(content + b"-")) == (
        "spec.yaml: error[yaml-too-large]: the file is larger than 16 MiB\n"
        "  hint: move images and other attachments out of the YAML file, or split the document"
    )


def test_a_parser_without_libyaml_is_a_missing_tool(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(yaml, "CSafeLoader")
    with pytest.raises(ToolMissing) as caught:
        loaded("a: b\n")
    assert str(caught.value) == (
        "error[libyaml-missing]: the installed PyYAML was built without libyaml\n"
        '  hint: pip install --force-reinstall --only-binary :all: "pyyaml>=6.0.2"'
    )


def test_words_of_another_libyaml_are_passed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    mark = yaml.Mark("", 5, 0, 5, "", 0)
    monkeypatch.setattr(
        yaml_nodes, "_events", lambda text: _raise(yaml.MarkedYAMLError(problem="new words", problem_mark=mark))
    )
    assert str(refused("a: b c\n")) == (
        "spec.yaml:1:6: error[yaml-syntax]: this is not YAML: new words\n"
        '  hint: put the whole value in quotes, or write it on the lines below a "|", if it is text'
    )
    monkeypatch.setattr(yaml_nodes, "_events", lambda text: _raise(yaml.YAMLError("no mark")))
    assert str(refused("a: b c\n")) == (
        'spec.yaml: error[yaml-syntax]: this is not YAML: "no mark"\n'
        "  hint: open the file in an editor that checks YAML"
    )


def _raise(fault: Exception) -> None:
    raise fault


def test_depth_limit() -> None:
    inside = MAX_DEPTH - 1
    source = loaded("a: " + "[" * inside + "]" * inside + "\n")
    assert max(map(len, source.places)) == inside
    for content in ("a: " + "[" * (inside + 1), "a:\n" + "- " * (inside + 1) + "x\n", "a: " + "{b: " * (inside + 1)):
        assert refused(content).diagnostics[0].code == "yaml-depth"
    assert str(refused("a: " + "[" * 200)) == (
        "spec.yaml:1:67: error[yaml-depth]: lists and mappings are nested more than 64 levels deep\n"
        '  hint: flatten the data, or put the value in quotes if its "[" or "{" are text'
    )


def test_aliases_cannot_go_deeper() -> None:
    chain = "k0: &k0 [x]\n" + "".join(f"k{n}: &k{n} [*k{n - 1}]\n" for n in range(1, MAX_DEPTH + 1))
    fault = refused(chain).diagnostics[0]
    assert (fault.code, fault.span) == ("yaml-depth", at(MAX_DEPTH, 12))


def test_alias_bomb() -> None:
    bomb = "k0: &k0 [x, x, x, x, x, x, x, x, x]\n" + "".join(
        f"k{n}: &k{n} [{', '.join([f'*k{n - 1}'] * 9)}]\n" for n in range(1, 30)
    )
    assert str(refused(bomb)) == (
        "spec.yaml:6:10: error[yaml-alias-bomb]: with this alias the file unfolds to more than 100000 values\n"
        "  hint: write the text out instead of repeating it by aliases"
    )


def test_too_many_values(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(yaml_nodes, "MAX_VALUES", 1000)
    fill = 1000 - 3  # the document, the key and the list are values too
    assert len(loaded("a: [" + "x," * fill + "]\n").places) == fill + 2
    assert str(refused("a: [" + "x," * (fill + 1) + "]\n")) == (
        f"spec.yaml:1:{5 + 2 * fill}: error[yaml-too-many-values]: the file has more than 1000 values\n"
        "  hint: split the document into several files"
    )


@pytest.mark.parametrize(
    "content",
    [
        pytest.param("[" * 200_000, id="brackets"),
        pytest.param("[\n" * 200_000, id="brackets on lines"),
        pytest.param("a: " + "{" * 200_000, id="braces"),
        pytest.param("- " * 200_000, id="dashes"),
        pytest.param("? " * 200_000, id="question marks"),
        pytest.param("[{a: " * 100_000, id="both"),
        pytest.param("".join(f"%TAG !{n}! x\n" for n in range(100_000)) + "---\na: b\n", id="directives"),
        pytest.param("a: b\n...\n" + "".join(f"%TAG !{n}! x\n" for n in range(100_000)), id="directives behind"),
        pytest.param("? a\n" * 60_000, id="values"),
        pytest.param("\x01" * 1_000_000, id="control characters"),
        pytest.param("a: '" + "x: y\n" * 200_000, id="unclosed quote"),
        pytest.param("a: " + "b:" * 500_000 + " ", id="colons"),
        pytest.param("a: b\n" + "-" * 1_000_000, id="one line of dashes"),
        pytest.param("&a" * 500_000, id="anchors"),
        pytest.param("!" + "a" * 1_000_000, id="tag"),
    ],
)
def test_hostile_text_is_refused_soon(content: str) -> None:
    started = time.process_time()
    assert refused(content).diagnostics
    assert time.process_time() - started < 10


def test_a_specification_loads_in_milliseconds() -> None:
    item = "- id: REQ-1\n  text: >-\n    The system answers within 5 ms: always, and\n    always so.\n  tags: [a, b]\n"
    FILE.write_text("requirements:\n" + item * 350, encoding="utf-8")
    assert 34_000 < FILE.stat().st_size < 40_000
    times = []
    for _ in range(5):
        started = time.process_time()
        load(FILE)
        times.append(time.process_time() - started)
    assert min(times) < 0.1  # about 15 ms where nothing else runs
