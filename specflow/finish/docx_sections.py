"""Sections: every one has the same margins and the running header and footer in its own width."""

from __future__ import annotations

from collections.abc import Callable

from lxml import etree

from specflow.finish.docx_package import add_part
from specflow.finish.docx_page import Paper
from specflow.finish.docx_tables import section_width
from specflow.finish.wordml import R, attribute, qn, sort_properties, w

Running = Callable[[int, int], dict[str, etree._Element]]
"""Gives the roots of header and footer by kind for a width of text in twips, and the number of the pair."""


def finish_sections(
    files: dict[str, bytes], document: etree._Element, paper: Paper, running: Running, *, rtl: bool = False
) -> None:
    """Give each section its paper, margins, header and footer; one pair of parts is made for each width of text."""
    made: dict[int, dict[str, str]] = {}
    for section in document.iter(qn("sectPr")):
        lay_out(section, paper, rtl=rtl)
        width = section_width(section)
        if width not in made:
            number = len(made) + 1
            parts = running(width, number)
            made[width] = {kind: add_part(files, kind, f"{kind}{number}", part) for kind, part in parts.items()}
        for kind, identifier in made[width].items():
            refer(section, kind, identifier)
        sort_properties(section)


def finish_cover(files: dict[str, bytes], document: etree._Element, parts: dict[str, etree._Element]) -> None:
    """Let the document's first page have the header and footer of the parts by kind, not the running ones."""
    first = next(document.iter(qn("sectPr")))
    for kind, part in parts.items():
        refer(first, kind, add_part(files, kind, f"{kind}Cover", part), "first")
    first.append(w("titlePg"))
    sort_properties(first)


def lay_out(section: etree._Element, paper: Paper, *, rtl: bool) -> None:
    """Give the section the paper, upright or on its side as it was."""
    size = section.find(qn("pgSz"))
    landscape = size is not None and (
        size.get(qn("orient")) == "landscape" or int(size.get(qn("w"), "0")) > int(size.get(qn("h"), "0"))
    )
    for fresh in paper.section(landscape=landscape, rtl=rtl):
        for old in section.findall(fresh.tag):
            section.remove(old)
        section.append(fresh)


def refer(section: etree._Element, kind: str, identifier: str, use: str = "default") -> None:
    """Let the section's header or footer of that use be the part of the relationship."""
    for old in section.findall(qn(f"{kind}Reference")):
        if attribute(old, "type") == use:
            section.remove(old)
    reference = w(f"{kind}Reference", type=use)
    reference.set(f"{{{R}}}id", identifier)
    section.append(reference)
