"""Read a DOCX edition as Word shows it, from its package alone."""

from __future__ import annotations

import re

from specflow.verify.read_docx_body import Body
from specflow.verify.read_docx_package import Package, WordPart, attribute
from specflow.verify.read_docx_running import Running, properties
from specflow.verify.read_docx_styles import Styles
from specflow.verify.seen import Part, Seen

_EAST_ASIAN = re.compile("[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af]")
_PLAIN = {0xA0: " ", 0x2011: "-"}  # blanks and hyphens that do not break: a label may have them in one place only
_SEPARATOR = re.compile(r"\s*[:：.．、–—-]?\s*")


def read_docx(data: bytes) -> Seen:
    """Return what a reader of the DOCX edition sees.

    Lists are counted as Word does; fields show their cached results, tracked deletions and hidden text nothing. Headers
    of rows are not told, since Word has none. Raises VerificationFailed for what is no Word file, or unpacks beyond all
    measure.
    """
    package = Package(data)
    return read_package(package, package.document())


def read_package(package: Package, document: WordPart) -> Seen:
    """Return the same of a package that is open, with this part for its main one."""
    styles_part = package.related(document, "styles")
    styles = Styles(None if styles_part is None else styles_part.root)
    body = Body(package, document, styles)
    running = Running(package, document, styles)
    captions = sorted((block.label for block in body.blocks if block.part is Part.CAPTION), key=len, reverse=True)
    is_rtl = body.directions.is_rtl(stated=styles.is_rtl)
    first = body.first_section
    return Seen(
        title=body.title,
        language=_language(styles, "\n".join(block.text for block in body.blocks), is_rtl=is_rtl),
        direction="rtl" if is_rtl else "ltr",
        blocks=tuple(body.blocks),
        properties=properties(package),
        front=tuple(body.front),
        links=tuple(body.found.links),
        notes=tuple(body.found.notes),
        formulas=tuple(body.found.formulas),
        images=tuple(body.found.images),
        contents=tuple(" ".join(entry.split("\t")) for entry in body.listings.get("", ())),
        lists={
            name: tuple(_entry(entry, captions) for entry in entries) for name, entries in body.listings.items() if name
        },
        header=running.text(body.sections, "header", first),
        footer=running.text(body.sections, "footer", first),
        watermark=running.watermark(body.sections, first),
    )


def _entry(entry: str, captions: list[str]) -> str:
    """Return an entry of a list of captions without the mark that parts its label from its words."""
    plain = entry.translate(_PLAIN)
    label = next((label for label in captions if label and plain.startswith(label.translate(_PLAIN))), "")
    return f"{label} {_SEPARATOR.sub('', entry[len(label) :], count=1)}" if label else entry


def _language(styles: Styles, text: str, *, is_rtl: bool) -> str:
    """Return the language that Word proofs the text in: it has one for each group of scripts (17.3.2.20)."""
    found = styles.language
    letters = sum(map(str.isalpha, text))
    group = "bidi" if is_rtl else "eastAsia" if len(_EAST_ASIAN.findall(text)) * 3 > letters > 0 else "val"
    return attribute(found, group) or ""
