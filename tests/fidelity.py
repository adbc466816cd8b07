"""A document that prints each of many values in every context, and what three plain readers see of it.

One build tries all values at once: every place has its own marks, `Ka7p` before the value and `Kz7p` after it.
"""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pypdfium2
from lxml import etree
from lxml import html as lxml_html

from specflow import pipeline
from specflow.diagnostics import Diagnostic
from specflow.model import Format, Job, Settings
from specflow.tools.kit import Tools

CONTEXTS = {
    "p": "paragraph",
    "b": "bold",
    "i": "list item",
    "n": "nested item",
    "c": "cell",
    "h": "heading",
    "q": "quote",
    "k": "code",
    "f": "code block",
    "l": "words of a link",
    "m": "caption",
    "o": "footnote",
}

_BODY = """\
---
id: "{{ id }}"
---

# Katt {{ title }} Kztt

{% for value in values %}
{% set n = loop.index0 %}

## Ka{{ n }}h{{ value }}Kz{{ n }}h {.newpage}

Ka{{ n }}p{{ value }}Kz{{ n }}p

**Ka{{ n }}b{{ value }}Kz{{ n }}b** `Ka{{ n }}k{{ value }}Kz{{ n }}k` [Ka{{ n }}l{{ value }}Kz{{ n }}l](#anchor)

Note^[Ka{{ n }}o{{ value }}Kz{{ n }}o]

- Ka{{ n }}i{{ value }}Kz{{ n }}i
  1. Ka{{ n }}n{{ value }}Kz{{ n }}n

| Key | Words |
|-----|-------|
| Kc{{ n }} | Ka{{ n }}c{{ value }}Kz{{ n }}c |

: Ka{{ n }}m{{ value }}Kz{{ n }}m

> Ka{{ n }}q{{ value }}Kz{{ n }}q

```
Ka{{ n }}f
{{ value }}
Kz{{ n }}f
```

{% endfor %}

## End {#anchor}
"""

_MANIFEST = """\
title: Fidelity
description: Every value in every context.
body: body.md.j2
schema: schema.json
starter: starter.yaml
identity: {id: id, version: version, status: status, date: date}
front_matter: [{key: id, label: ID}, {key: version, label: Version}]
statuses: {draft: [draft], approved: [approved]}
checks: []
filters: []
"""


def _schema(kind: str) -> str:
    text = {"type": "string", "x-kind": "text"}
    properties: dict[str, Any] = dict.fromkeys(("template", "title", "id", "version", "date"), text)
    properties["status"] = {**text, "enum": ["draft", "review", "approved"]}
    properties["date"] = {**text, "format": "date"}
    properties["values"] = {"type": "array", "items": {"type": "string", "x-kind": kind}}
    draft = "https://json-schema.org/draft/2020-12/schema"
    schema = {"$schema": draft, "type": "object", "additionalProperties": False, "properties": properties}
    return json.dumps({**schema, "required": [*properties]})


@dataclass(frozen=True)
class Made:
    """A document's editions as their bytes, and the warnings of its build."""

    docx: bytes
    pdf: bytes
    html: bytes
    warnings: tuple[Diagnostic, ...]


def made(
    values: Sequence[str],
    kind: str,
    folder: Path,
    tools: Tools,
    *,
    title: str = "Title",
    document: str = "ID-1",
    version: str = "1.10",
    stem: str = "values",
    formats: Sequence[Format] = tuple(Format),
) -> Made:
    """Return the editions of a document that prints each value in all contexts; raise SpecflowError as `build` does."""
    place = folder / "templates" / kind
    if not place.exists():
        place.mkdir(parents=True)
        files = {"manifest.yaml": _MANIFEST, "schema.json": _schema(kind), "body.md.j2": _BODY}
        for name, content in {**files, "starter.yaml": f"template: {kind}\n"}.items():
            (place / name).write_text(content, "utf-8")
    data = {"template": kind, "title": title, "id": document, "version": version, "status": "review"}
    spec = folder / f"{stem}.yaml"
    spec.write_text(json.dumps({**data, "date": "2026-11-23", "values": list(values)}, ensure_ascii=False), "utf-8")
    told: list[Diagnostic] = []
    # what the editions say is read here, by other readers than those of `verify`
    job = Job(spec, folder / "out", tuple(formats), (folder / "templates",), Settings(verify=False))
    record = pipeline.build(job, tools, told.append)
    found = {form: record.editions[form].read_bytes() if form in record.editions else b"" for form in Format}
    return Made(found[Format.DOCX], found[Format.PDF], found[Format.HTML], tuple(told))


_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def docx_text(data: bytes) -> str:
    """Return the text of the body and the footnotes as Word shows it, each paragraph on its own."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        parts = [package.read(f"word/{name}.xml") for name in ("document", "footnotes")]
    return "\n\n".join(_docx_paragraph(p) for part in parts for p in etree.fromstring(part).iter(f"{_W}p"))


def _docx_paragraph(paragraph: Any) -> str:
    shown = {"tab": "\t", "br": "\n", "noBreakHyphen": "\u2011", "softHyphen": "\u00ad"}
    out = []
    for node in paragraph.iter(f"{_W}t", *(f"{_W}{name}" for name in shown)):
        name = etree.QName(node).localname
        if name == "t":
            kept = node.get("{http://www.w3.org/XML/1998/namespace}space") == "preserve"
            out.append(node.text or "" if kept else (node.text or "").strip(" \t\n"))
        elif node.getparent().tag == f"{_W}r":
            out.append(shown[name])
    return "".join(out)


def html_text(data: bytes) -> str:
    """Return the text as a browser shows it: white space run together outside `pre`, `br` as line ends."""
    root = lxml_html.fromstring(data.decode("utf-8"))
    return "".join(_html_text(root.find("body"), preserved=False))


def _html_text(element: Any, *, preserved: bool) -> Iterator[str]:
    preserved = preserved or element.tag in ("pre", "code")

    def shown(text: str | None) -> str:
        return (text or "") if preserved else re.sub("[ \t\n\r\f]+", " ", text or "")

    yield shown(element.text)
    for child in element:
        if isinstance(child.tag, str):
            yield from _html_text(child, preserved=preserved)
        is_break = child.tag == "br"
        yield "\n" + shown(child.tail).lstrip(" ") if is_break else shown(child.tail)


def pdf_text(data: bytes) -> str:
    """Return the text between the running header and footer of all pages, as PDFium gives it."""
    document = pypdfium2.PdfDocument(data)
    texts = []
    for page in document:
        width, height = page.get_size()
        texts.append(page.get_textpage().get_text_bounded(0, 55, width, height - 50))
    return "\n".join(texts).replace("\r\n", "\n").replace("\x02", "-")  # PDFium's word for a hyphen at a line's end


READERS: dict[Format, Callable[[bytes], str]] = {
    Format.DOCX: docx_text,
    Format.PDF: pdf_text,
    Format.HTML: html_text,
}


def places(text: str) -> dict[tuple[int, str], str]:
    """Return what stands between the marks of each value and context, its last place behind the contents lists."""
    found = re.finditer(r"Ka(\d+)([a-z])(.*?)Kz\1\2", text, re.DOTALL)
    return {(int(match[1]), match[2]): match[3].strip("\n") for match in found}


def docx_frames(data: bytes) -> list[tuple[str, ...]]:
    """Return for each mark of the template, in order, how deep in tables it stands and in which kind of paragraph."""
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        body = etree.fromstring(package.read("word/document.xml"))
    frames: list[tuple[str, ...]] = []
    for paragraph in body.iter(f"{_W}p"):
        style: Any = paragraph.find(f"{_W}pPr/{_W}pStyle")
        name: str = "" if style is None else style.get(f"{_W}val")
        kind = name if re.match("Heading|Title|SourceCode|.*Caption|BlockText|TOC|TableofFigures", name) else ""
        depth = sum(1 for _ in paragraph.iterancestors(f"{_W}tc"))
        frames += [(mark, kind, str(depth)) for mark in _marks(_docx_paragraph(paragraph))]
    return frames


def html_frames(data: bytes) -> list[tuple[str, ...]]:
    """Return for each mark of the template, in order, the elements that it stands in."""
    root = lxml_html.fromstring(data.decode("utf-8"))
    return [*_html_frames(root.find("body"), ())]


_PLAIN = ("p", "span", "div", "body", "main")  # an item whose value has paragraphs is one with paragraphs


def _html_frames(element: Any, around: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    inside = around if element.tag in _PLAIN else (*around, element.tag)
    for mark in _marks(element.text):
        yield mark, *inside
    for child in element:
        if isinstance(child.tag, str):
            yield from _html_frames(child, inside)
        for mark in _marks(child.tail):
            yield mark, *inside


def _marks(text: str | None) -> list[str]:
    return re.findall(r"K[az]\d+[a-z]", text or "")
