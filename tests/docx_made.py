"""Documents for the tests of the DOCX: written by pandoc, finished, and looked at with lxml."""

from __future__ import annotations

import json
import os
import re
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pypandoc
from lxml import etree

from specflow.finish.docx import finish_docx
from specflow.finish.reference import reference_docx
from specflow.finish.wordml import parse, qn, value_of
from specflow.finish.zips import read_zip
from specflow.languages import find_language
from specflow.model import Completeness, Converted, Heading, Identity, Source, Spec, Template
from specflow.theme import default_theme, highlight_theme

THEME = default_theme()
ENGLISH = find_language("")
TITLE = 'Ledger & "Posting" <Service>'
IDENTITY = Identity("LED-7 <&>", "1.10", "in_review", "2026-11-23", draft=False, status_words="In review")
_NONE: frozenset[str] = frozenset()
TEMPLATE = Template("t", "Specification", Path(), Path(), {}, Path(), {}, (), (), _NONE, _NONE, ())
SPEC = Spec(Source(Path("t.yaml"), {}, {}, ""), TEMPLATE, {}, IDENTITY, Completeness(1, ()), ENGLISH)
DRAFT = replace(SPEC, identity=replace(IDENTITY, status="draft", draft=True, status_words="Draft"))
TEXT_WIDTH = 9242  # 210 mm less the margins of 25 and 22 mm, in twips
LANDSCAPE_WIDTH = 14174

HEADINGS = tuple(
    replace(heading, label=f"Appendix {heading.number}" if heading.number in ("A", "B") else heading.number)
    for heading in (
        Heading(1, "1", "Overview", "overview"),
        Heading(2, "1.1", "Purpose", "purpose"),
        Heading(2, "1.2", "Scope of code", "scope-of-the-document-and-of-everything-else"),
        Heading(3, "1.2.1", "Component", "component"),
        Heading(1, "2", "Tables", "tables"),
        Heading(2, "2.1", "Übersicht", "übersicht"),
        Heading(1, "", "Appendices", "appendices"),
        Heading(2, "A", "Algorithms", "algorithms", appendix=True),
        Heading(3, "A.1", "Posting", "posting", appendix=True),
        Heading(4, "A.1.1", "Retry", "retry", appendix=True),
        Heading(2, "B", "Glossary", "glossary", appendix=True),
    )
)
PAGES = {"overview": 3, "purpose": 3, "tables": 5, "algorithms": 7}


def raw(xml: str) -> str:
    return f"\n```{{=openxml}}\n{xml}\n```\n"


def mark(name: str) -> str:
    bookmark = f'<w:bookmarkStart w:id="0" w:name="{name}"/><w:bookmarkEnd w:id="0"/>'
    return raw(f'<w:p><w:pPr><w:pStyle w:val="SectionBreak"/></w:pPr>{bookmark}</w:p>')


def section(inside: str = "") -> str:
    return raw(f'<w:p><w:pPr><w:pStyle w:val="SectionBreak"/><w:sectPr>{inside}</w:sectPr></w:pPr></w:p>')


APPROVAL = raw(
    '<w:tbl><w:tblPr><w:tblStyle w:val="Table"/><w:tblW w:w="5000" w:type="pct"/>'
    '<w:tblLook w:val="0020" w:firstRow="1"/><w:tblDescription w:val="specflow:keep Approvals"/></w:tblPr>'
    '<w:tblGrid><w:gridCol w:w="100"/><w:gridCol w:w="300"/></w:tblGrid>'
    + "<w:tr><w:tc><w:p/></w:tc><w:tc><w:p/></w:tc></w:tr>" * 3
    + "</w:tbl>"
)

SAMPLE = f"""---
title: Ledger
lang: en-GB
project: becomes a custom property
---

**Document**: LED-7

{mark("_sf_contents")}

# Overview {{#overview}}

## Purpose {{#purpose}}

See [scope](#scope-of-the-document-and-of-everything-else) and [overview](#overview).[^1]

[^1]: A note with `code`, a [link](#overview), and a list:

    - item

      continued

- first

  continued

  ```json
  {{"a": 1}}
  ```

  | in | list |
  |----|------|
  | a  | b    |

- second
    - deeper

1. one
2. two

- [ ] open
- [x] done

After the lists.

> Quoted.

Term
:   Definition

---

## Scope of `code` {{#scope-of-the-document-and-of-everything-else}}

### Component {{#component}}

```python
if True:  # why
    pass
```

# Tables {{#tables}}

: Caption

| narrow | wide                                                                                     |
|:-------|:-----------------------------------------------------------------------------------------|
| 1      | aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa |

{section()}

| x | y |
|---|---|
| 1 | 2 |

{section('<w:pgSz w:w="16838" w:h="11906" w:orient="landscape"/>')}

## Übersicht {{#übersicht}}

{APPROVAL}
{mark("_sf_keep")}

| a | b |
|---|---|
| 1 | 2 |
| 3 | 4 |

{mark("_sf_newpage")}

# Appendices {{#appendices}}

## Algorithms {{#algorithms}}

### Posting {{#posting}}

#### Retry {{#retry}}

Text.

{mark("_sf_newpage")}

## Glossary {{#glossary}}

Text.
"""


def with_identity(spec: Spec, **changes: Any) -> Spec:
    """Return the spec with another identity."""
    return replace(spec, identity=replace(spec.identity, **changes))


def write(source: str, folder: Path, reference: bytes | None = None, **environment: str) -> bytes:
    """Return what pandoc's writer makes of the Markdown with the theme's reference document."""
    (folder / "reference.docx").write_bytes(reference or reference_docx(THEME, ENGLISH))
    (folder / "house.theme").write_text(json.dumps(highlight_theme(THEME)), encoding="utf-8")
    made = subprocess.run(
        [
            pypandoc.get_pandoc_path(),
            "--from=markdown+lists_without_preceding_blankline-auto_identifiers",
            "--to=docx",
            "--output=-",
            f"--reference-doc={folder / 'reference.docx'}",
            f"--highlight-style={folder / 'house.theme'}",
        ],
        input=source.encode(),
        capture_output=True,
        check=True,
        env={**os.environ, **environment},
    )
    return made.stdout


def converted(*headings: Heading, title: str = TITLE) -> Converted:
    return Converted(title, {}, headings or HEADINGS, (), {})


@cache
def sample_body() -> bytes:
    """Return what pandoc's writer makes of the sample."""
    with tempfile.TemporaryDirectory() as folder:
        return write(SAMPLE, Path(folder), SOURCE_DATE_EPOCH="1000000000", TZ="UTC")


@cache
def _finished() -> bytes:
    return finish_docx(sample_body(), converted(), SPEC, THEME, PAGES)


def sample_files() -> dict[str, bytes]:
    """Return the parts of the finished sample."""
    return read_zip(_finished())


def text_of(element: etree._Element) -> str:
    runs = (node for run in element.iter(qn("r")) for node in run.iterchildren(qn("t"), qn("tab")))
    return "".join("\t" if node.tag == qn("tab") else node.text or "" for node in runs)


def paragraphs(document: etree._Element, style: str) -> list[etree._Element]:
    return [p for p in document.iter(qn("p")) if re.fullmatch(style, value_of(p, "pPr/pStyle") or "Normal")]


def headings_in(document: etree._Element) -> list[etree._Element]:
    return paragraphs(document, "(Appendix)?Heading[1-9]")


def parts(files: Mapping[str, bytes]) -> Iterator[tuple[str, etree._Element]]:
    for name, data in files.items():
        if name.endswith((".xml", ".rels")):
            yield name, parse(data)


def grids(document: etree._Element) -> list[list[int]]:
    return [[int(c.get(qn("w")) or 0) for c in t.iter(qn("gridCol"))] for t in document.iter(qn("tbl"))]
