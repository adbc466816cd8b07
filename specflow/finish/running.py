"""The running header and footer, the banner of a classification, and the watermark."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from lxml import etree

from specflow.finish.docx_properties import DOCUMENT_ID, STATUS, VERSION
from specflow.finish.marks import notice, watermark
from specflow.finish.style_parts import bold, colour
from specflow.finish.wordml import W10, O, R, V, W, field, qn, text_run, w
from specflow.model import Spec
from specflow.theme import Theme

_GAP = "\u2003"
_LETTER = 0.53  # the width of a letter in running text, em
_TWIPS = 20
_NAMESPACES = {"w": W, "r": R, "v": V, "o": O, "w10": W10}
_WORD_ART = "_x0000_t136"
_COVER = 99  # the number of a cover's header, which no other has


def header(title: str, spec: Spec, theme: Theme, width: int, number: int) -> etree._Element:
    """Return the header of a section with the text width in twips: id and title, version and status.

    They are fields, whose values are the document's properties. `number` tells the headers of a document apart; the
    watermark hangs in each.
    """
    identity, labels = spec.identity, spec.language.labels
    name = [*_property(DOCUMENT_ID, identity.id, *bold()), text_run(_GAP)] if identity.id else []
    right = f"{labels['version']} {identity.version} · {identity.status_words}"
    room = width / _TWIPS / (theme.sizes.running * _LETTER) - len(identity.id) - len(right) - 2 * len(_GAP)
    words = " ".join(title.split())
    shown = _shortened(words, round(room))
    # A title that is too long for the line stays text: as a field, Word would print all of it.
    titled = field("TITLE", [text_run(title)]) if shown == title else [text_run(shown)]
    version = [text_run(f"\t{labels['version']} "), *_property(VERSION, identity.version)]
    status = [text_run(" · "), *_property(STATUS, identity.status_words)]
    line = w("p", _properties("Header", width), *name, *titled, *version, *status)
    root = _part("hdr", *banner(theme.classification), line)
    add_watermark(root, theme, watermark(spec), number)
    return root


def footer(spec: Spec, theme: Theme, width: int, pages: int, content: str = "") -> etree._Element:
    """Return the footer: what a draft must say, or the status; which content it is; and the page of all pages."""
    identity, labels = spec.identity, spec.language.labels
    told = notice(spec)
    said = [text_run(told, *bold(), colour(theme.colours.ink))] if told else _property(STATUS, identity.status_words)
    shown = [text_run(f" · {content}")] if content else []
    line = w("p", _properties("Footer", width), *said, *shown, text_run("\t"), *_page_of(labels["page"], pages))
    return _part("ftr", line, *banner(theme.classification))


def cover_parts(spec: Spec, theme: Theme) -> dict[str, etree._Element]:
    """Return header and footer of a cover by kind: the classification alone, and the watermark."""
    parts = {kind: _part(name, *banner(theme.classification)) for kind, name in (("header", "hdr"), ("footer", "ftr"))}
    for root in parts.values():
        root.append(w("p", w("pPr", w("pStyle", val="SectionBreak"))))
    add_watermark(parts["header"], theme, watermark(spec), _COVER)
    return parts


def banner(classification: str) -> Iterator[etree._Element]:
    """Yield the paragraph that says the classification, nothing where there is none."""
    if classification:
        yield w("p", w("pPr", w("pStyle", val="Classification")), text_run(classification))


def add_watermark(root: etree._Element, theme: Theme, words: str, number: int) -> None:
    """Hang a watermark of the words, if there are any, into the last paragraph of a header."""
    if not words:
        return
    paragraphs = root.findall(qn("p"))
    paragraph = paragraphs[-1] if paragraphs else etree.SubElement(root, qn("p"))
    at = 1 if paragraph.find(qn("pPr")) is not None else 0
    paragraph.insert(at, _watermark(theme, words, number))


def _property(name: str, value: str, *look: etree._Element) -> Iterator[etree._Element]:
    """Yield a field with the value of a custom property."""
    yield from field(f'DOCPROPERTY "{name}"', [text_run(value, *look)])


def _shortened(title: str, most: int) -> str:
    """Return the title, its end left out where it is longer than the line has room for."""
    return title if len(title) <= most else f"{title[: max(most - 1, 0)].rstrip()}…"


def _page_of(pattern: str, pages: int) -> Iterator[etree._Element]:
    counters = {"{page}": ("PAGE", "1"), "{pages}": ("NUMPAGES", str(pages))}
    for part in re.split(r"(\{pages?\})", pattern):
        if part in counters:
            code, result = counters[part]
            yield from field(code, [text_run(result)])
        elif part:
            yield text_run(part)


def _properties(style: str, width: int) -> etree._Element:
    return w("pPr", w("pStyle", val=style), w("tabs", w("tab", val="right", pos=width)))


def _part(name: str, *paragraphs: etree._Element) -> etree._Element:
    root = etree.Element(f"{{{W}}}{name}", nsmap=_NAMESPACES)
    root.extend(paragraphs)
    return root


def _vml(namespace: str, name: str, *children: etree._Element, **attributes: Any) -> etree._Element:
    element = etree.Element(f"{{{namespace}}}{name}", nsmap=_NAMESPACES)
    for key, value in attributes.items():
        element.set(key.replace("o_", f"{{{O}}}", 1) if key.startswith("o_") else key, value)
    element.extend(children)
    return element


def _watermark(theme: Theme, words: str, number: int) -> etree._Element:
    """Return a run with the watermark as Word's own command makes it: WordArt behind the text, rising to the right."""
    style = {
        "position": "absolute",
        "margin-left": "0",
        "margin-top": "0",
        "width": "430pt",
        "height": "160pt",
        "rotation": "315",
        "z-index": f"-{251658752 - number}",
        "mso-position-horizontal": "center",
        "mso-position-horizontal-relative": "margin",
        "mso-position-vertical": "center",
        "mso-position-vertical-relative": "margin",
    }
    face = f'font-family:"{theme.fonts.headings.word}";font-size:1pt;font-weight:bold'
    shape = _vml(
        V,
        "shape",
        _vml(V, "fill", opacity=".5"),
        _vml(V, "textpath", style=face, string=words),
        _vml(W10, "wrap", anchorx="margin", anchory="margin"),
        id=f"PowerPlusWaterMarkObject{number}",
        o_spid=f"_x0000_s{2048 + number}",
        type=f"#{_WORD_ART}",
        alt=words,
        style=";".join(f"{key}:{value}" for key, value in style.items()),
        o_allowincell="f",
        fillcolor=theme.colours.watermark,
        stroked="f",
    )
    return w("r", w("rPr", w("noProof")), w("pict", _word_art(), shape))


def _word_art() -> etree._Element:
    """Return the shape type of plain WordArt (ECMA-376 part 4, 19.1.2.20, shape type 136)."""
    formulas = (
        "sum #0 0 10800",
        "prod #0 2 1",
        "sum 21600 0 @1",
        "sum 0 0 @2",
        "sum 21600 0 @3",
        "if @0 @3 0",
        "if @0 21600 @1",
        "if @0 0 @2",
        "if @0 @4 21600",
        "mid @5 @6",
        "mid @8 @5",
        "mid @7 @8",
        "mid @6 @7",
        "sum @6 0 @5",
    )
    path = _vml(V, "path", textpathok="t", o_connecttype="custom", o_connectlocs="@9,0;@10,10800;@11,21600;@12,10800")
    path.set(f"{{{O}}}connectangles", "270,180,90,0")
    lock = _vml(O, "lock", text="t", shapetype="t")
    lock.set(f"{{{V}}}ext", "edit")
    return _vml(
        V,
        "shapetype",
        _vml(V, "formulas", *(_vml(V, "f", eqn=formula) for formula in formulas)),
        path,
        _vml(V, "textpath", on="t", fitshape="t"),
        _vml(V, "handles", _vml(V, "h", position="#0,bottomRight", xrange="6629,14971")),
        lock,
        id=_WORD_ART,
        coordsize="21600,21600",
        o_spt="136",
        adj="10800",
        path="m@7,l@8,m@5,21600l@6,21600e",
    )
