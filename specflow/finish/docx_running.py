"""Headers and footers that a user's Word file brings along: they take the place of the house's, in every section."""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from copy import deepcopy

from lxml import etree

from specflow.finish.docx_package import TYPES_PART, add_part, relate, set_type
from specflow.finish.docx_reference import Brought, RunningPart
from specflow.finish.docx_sections import refer
from specflow.finish.marks import content, watermark
from specflow.finish.running import add_watermark, banner
from specflow.finish.wordml import parse, qn, sort_properties, text_run, w
from specflow.model import Converted, Spec
from specflow.theme import Theme

_FIRST_NUMBER = 50  # of the watermarks, which the house's headers do not reach
_PICTURES: Mapping[str, str] = {
    "png": "image/png",
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "gif": "image/gif",
    "emf": "image/x-emf",
    "wmf": "image/x-wmf",
}


def place_running(
    files: dict[str, bytes], document: etree._Element, own: Brought, converted: Converted, spec: Spec, theme: Theme
) -> None:
    """Let every section have the headers and footers that were brought along.

    The watermark, the content digest and the classification are put into them: no page may go without.
    """
    sections = list(document.iter(qn("sectPr")))
    for number, part in enumerate(own.running, 1):
        root = deepcopy(part.root)
        bands = list(banner(theme.classification))
        words = content(converted, spec)
        shown = [w("p", w("pPr", w("pStyle", val="Footer")), text_run(words))] if words else []
        root[:] = [*bands, *root] if part.kind == "header" else [*root, *shown, *bands]
        if part.kind == "header":
            add_watermark(root, theme, watermark(spec), _FIRST_NUMBER + number)
        name = f"{part.kind}Own{number}"
        identifier = add_part(files, part.kind, name, root)
        _carry(files, part, name)
        for section in sections if part.use != "first" else sections[:1]:
            refer(section, part.kind, identifier, part.use)
    if own.title_page and sections[0].find(qn("titlePg")) is None:
        sections[0].append(w("titlePg"))
    for section in sections:
        sort_properties(section)


def _carry(files: dict[str, bytes], part: RunningPart, name: str) -> None:
    """Put what the part shows into the package, under names of its own."""
    relations = f"word/_rels/{name}.xml.rels"
    for identifier, (kind, target, data) in part.relations.items():
        if data is None:
            relate(files, relations, identifier, kind, target, external=True)
            continue
        extension = posixpath.splitext(target)[1].lstrip(".").lower()
        if extension not in _PICTURES:
            continue
        kept = f"media/{name}-{posixpath.basename(target)}"
        files[f"word/{kept}"] = data
        known = {entry.get("Extension", "").lower() for entry in parse(files[TYPES_PART])}
        if extension not in known:
            set_type(files, f"/word/{kept}", _PICTURES[extension])
        relate(files, relations, identifier, kind, kept)
