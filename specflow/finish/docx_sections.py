"""Sections: every one has the theme's margins and the running header and footer in its own width."""

from __future__ import annotations

from lxml import etree

from specflow.finish import running
from specflow.finish.docx_package import add_part
from specflow.finish.docx_tables import section_width
from specflow.finish.reference import section as theme_section
from specflow.finish.wordml import R, qn, sort_properties, w
from specflow.model import Identity
from specflow.theme import Theme


def finish_sections(
    files: dict[str, bytes], document: etree._Element, title: str, identity: Identity, theme: Theme, pages: int
) -> None:
    """Give each section its paper, margins, header and footer; one pair of parts is made for each width of text."""
    made: dict[int, tuple[str, str]] = {}
    for section in document.iter(qn("sectPr")):
        _lay_out(section, theme)
        width = section_width(section)
        if width not in made:
            number = len(made) + 1
            header = running.header(title, identity, theme, width, number)
            footer = running.footer(identity, theme, width, pages)
            made[width] = (
                add_part(files, "header", f"header{number}", header),
                add_part(files, "footer", f"footer{number}", footer),
            )
        for kind, identifier in zip(("header", "footer"), made[width], strict=True):
            _refer(section, kind, identifier)
        sort_properties(section)


def _lay_out(section: etree._Element, theme: Theme) -> None:
    paper = section.find(qn("pgSz"))
    landscape = paper is not None and (
        paper.get(qn("orient")) == "landscape" or int(paper.get(qn("w"), "0")) > int(paper.get(qn("h"), "0"))
    )
    for fresh in theme_section(theme.page, landscape=landscape):
        for old in section.findall(fresh.tag):
            section.remove(old)
        section.append(fresh)


def _refer(section: etree._Element, kind: str, identifier: str) -> None:
    for old in section.findall(qn(f"{kind}Reference")):
        section.remove(old)
    reference = w(f"{kind}Reference", type="default")
    reference.set(f"{{{R}}}id", identifier)
    section.append(reference)
