"""The reference document that gives pandoc's DOCX writer its styles, lists, settings and page."""

from __future__ import annotations

from lxml import etree

from specflow.finish.heading_lists import heading_numbering
from specflow.finish.styles import styles_part
from specflow.finish.wordml import R, root_of, serialise, twips_of_mm, w
from specflow.finish.zips import write_zip
from specflow.theme import Font, Page, Theme

_OFFICE = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_PARTS = {"styles": "styles", "numbering": "numbering", "settings": "settings", "fontTable": "fontTable"}
_COMPATIBILITY = "http://schemas.microsoft.com/office/word"


def reference_docx(theme: Theme, language: str = "en-GB") -> bytes:
    """Return the theme as a DOCX for pandoc's `reference_doc`; the same theme gives the same bytes.

    `language` is a BCP 47 tag; pandoc puts the document's own `lang` in its place where there is one.
    """
    numbering = w("numbering", *heading_numbering(theme))
    parts = {
        "word/document.xml": w("document", w("body", w("p"), section(theme.page))),
        "word/styles.xml": styles_part(theme, language),
        "word/numbering.xml": numbering,
        "word/settings.xml": settings_part(),
        "word/fontTable.xml": _font_table(theme),
        "word/_rels/document.xml.rels": _relations(
            {f"rId{number}": (f"{R}/{kind}", f"{kind}.xml") for number, kind in enumerate(_PARTS, 1)}
        ),
        "_rels/.rels": _relations({"rId1": (f"{R}/officeDocument", "word/document.xml")}),
        "[Content_Types].xml": _content_types(),
    }
    return write_zip({name: serialise(root) for name, root in parts.items()})


def section(page: Page, *, landscape: bool = False) -> etree._Element:
    """Return the section properties of the theme's page; a landscape page keeps the upright page's margins."""
    width, height = twips_of_mm(page.width), twips_of_mm(page.height)
    paper = w("pgSz", w=height, h=width, orient="landscape") if landscape else w("pgSz", w=width, h=height)
    return w("sectPr", paper, margins(page))


def margins(page: Page) -> etree._Element:
    """Return the margins of a section."""
    lengths = {
        side: twips_of_mm(getattr(page, side)) for side in ("top", "right", "bottom", "left", "header", "footer")
    }
    return w("pgMar", **lengths, gutter=0)


def settings_part() -> etree._Element:
    """Return the settings: Word 2013's layout rules, and nothing that asks the reader a question on opening."""
    compatibility = w("compatSetting", name="compatibilityMode", uri=_COMPATIBILITY, val="15")
    return w(
        "settings",
        w("zoom", percent="100"),
        w("defaultTabStop", val="720"),
        w("characterSpacingControl", val="doNotCompress"),
        w("compat", compatibility),
        w("decimalSymbol", val="."),
        w("listSeparator", val=","),
    )


def _font_table(theme: Theme) -> etree._Element:
    faces = {face.word: face for face in (theme.fonts.body, theme.fonts.headings, theme.fonts.mono)}
    return w("fonts", *(_font(faces[name]) for name in sorted(faces)))


def _font(face: Font) -> etree._Element:
    """Return a font's entry; where Word's face is missing, the bundled family of the same metrics stands in."""
    parts = [] if face.family == face.word else [w("altName", val=face.family)]
    mono = any("mono" in name.lower() for name in (face.family, *face.web))
    parts.append(w("charset", val="00"))
    parts.append(w("family", val="modern" if mono else "swiss"))
    parts.append(w("pitch", val="fixed" if mono else "variable"))
    return w("font", *parts, name=face.word)


def _relations(entries: dict[str, tuple[str, str]]) -> etree._Element:
    root = root_of(_RELATIONS, "Relationships")
    for identifier, (kind, target) in entries.items():
        etree.SubElement(root, f"{{{_RELATIONS}}}Relationship", Id=identifier, Type=kind, Target=target)
    return root


def _content_types() -> etree._Element:
    root = root_of(_TYPES, "Types")
    relations = "application/vnd.openxmlformats-package.relationships+xml"
    for extension, kind in (("rels", relations), ("xml", "application/xml")):
        etree.SubElement(root, f"{{{_TYPES}}}Default", Extension=extension, ContentType=kind)
    overrides = {"document": "document.main", **_PARTS}
    for name, kind in overrides.items():
        part, media = f"/word/{name}.xml", f"{_OFFICE}.{kind}+xml"
        etree.SubElement(root, f"{{{_TYPES}}}Override", PartName=part, ContentType=media)
    return root
