"""A Word file as somebody sends it back: parts changed, controls filled in, by hand and not by specflow's code."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

from lxml import etree

TEMPLATES = Path(__file__).parent / "data" / "memo_templates"
DOCUMENT, CUSTOM, RELATIONS = "word/document.xml", "docProps/custom.xml", "word/_rels/document.xml.rels"
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108000000003a7e9b550000000a4944415478da6368000000"
    "820081da45083b0000000049454e44ae426082"
)
MEMO = """\
template: memo
number: M-12
version: "1.0"
status: review
date: 2026-11-20
title: Keep backups for 35 days
decision: |
  Backups are kept for 35 days, then deleted. [The plan](https://example.org/plan) says why.

  The limit is ~~40~~ 35 days.

  ![A dot](dot.png)
approvals:
  - role: Author
    name: Nora Lind
    function: Head of Operations
    meaning: authorship
  - role: Security Review
    name: Ann Ex
  - role: Works Council
    required: no
    in_sequence: no
"""

Files = dict[str, bytes]
Edit = Callable[[Files], None]


def unpacked(data: bytes) -> Files:
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return {name: package.read(name) for name in package.namelist()}


def packed(files: Mapping[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as package:
        for name, data in files.items():
            package.writestr(name, data)
    return made.getvalue()


def edited(data: bytes, *edits: Edit) -> bytes:
    files = unpacked(data)
    for edit in edits:
        edit(files)
    return packed(files)


def replacing(old: str, new: str, part: str = DOCUMENT, count: int = 1) -> Edit:
    """Replace a text of a part, which has to be there, once or as often as is said."""

    def edit(files: Files) -> None:
        text = files[part].decode()
        assert old in text, old
        files[part] = text.replace(old, new, count).encode()

    return edit


def adding(name: str, data: bytes) -> Edit:
    return lambda files: files.update({name: data})


def filling(**values: str) -> Edit:
    """Fill in controls as Word does: `author__decision="Approved"` is the control approval.author.decision."""

    def edit(files: Files) -> None:
        root = etree.fromstring(files[DOCUMENT])
        for name, text in values.items():
            role, part = name.split("__")
            control = found(root, f"approval.{role.replace('_', '-')}.{part}")
            stated = control.find(f"{W}sdtPr")
            content = control.find(f"{W}sdtContent")
            assert stated is not None
            assert content is not None
            for placeholder in stated.findall(f"{W}showingPlcHdr"):
                stated.remove(placeholder)
            content[:] = []
            leaf = etree.SubElement(etree.SubElement(content, f"{W}r"), f"{W}t")
            leaf.text = text
        files[DOCUMENT] = etree.tostring(root)

    return edit


def untagging(files: Files) -> None:
    """Drop what LibreOffice drops when it saves: tags, locks and what tells a placeholder."""
    root = etree.fromstring(files[DOCUMENT])
    for name in ("tag", "lock", "showingPlcHdr"):
        for element in list(root.iter(f"{W}{name}")):
            parent = element.getparent()
            assert parent is not None
            parent.remove(element)
    files[DOCUMENT] = etree.tostring(root)


def found(root: etree._Element, tag: str) -> etree._Element:
    return next(one.getparent().getparent() for one in root.iter(f"{W}tag") if one.get(f"{W}val") == tag)  # type: ignore[union-attr, return-value]
