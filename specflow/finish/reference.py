"""The reference document that gives pandoc's DOCX writer its styles, lists, settings and page."""

from __future__ import annotations

from lxml import etree

from specflow.finish.docx_page import Paper
from specflow.finish.docx_settings import settings_part
from specflow.finish.heading_lists import heading_numbering
from specflow.finish.styles import styles_part
from specflow.finish.wordml import R, root_of, serialise, w
from specflow.finish.zips import write_zip
from specflow.model import Language
from specflow.theme import Font, Theme

_OFFICE = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_PARTS = {"styles": "styles", "numbering": "numbering", "settings": "settings", "fontTable": "fontTable"}


def reference_docx(theme: Theme, language: Language) -> bytes:
    """Return the theme as a DOCX for pandoc's `reference_doc`; the same input gives the same bytes."""
    return write_zip({name: serialise(root) for name, root in reference_parts(theme, language).items()})


def reference_parts(theme: Theme, language: Language, paper: Paper | None = None) -> dict[str, etree._Element]:
    """Return the parts of that package by their names; its paper is the theme's, if no other is given."""
    sheet = paper or Paper.of_theme(theme)
    return {
        "word/document.xml": w("document", w("body", w("p"), sheet.section())),
        "word/styles.xml": styles_part(theme, language, sheet),
        "word/numbering.xml": w("numbering", *heading_numbering(theme, language.labels["appendix"])),
        "word/settings.xml": settings_part(language),
        "word/fontTable.xml": _font_table(theme),
        "word/_rels/document.xml.rels": _relations(
            {f"rId{number}": (f"{R}/{kind}", f"{kind}.xml") for number, kind in enumerate(_PARTS, 1)}
        ),
        "_rels/.rels": _relations({"rId1": (f"{R}/officeDocument", "word/document.xml")}),
        "[Content_Types].xml": _content_types(),
    }


def _font_table(theme: Theme) -> etree._Element:
    faces = {face.word: face for face in (theme.fonts.body, theme.fonts.headings, theme.fonts.mono)}
    return w("fonts", *(_font(faces[name]) for name in sorted(faces)))


def _font(face: Font) -> etree._Element:
    """Return a font's entry; where Word's face is missing, the bundled family of the same metrics stands in."""
    parts = [] if face.family == face.word else [w("altName", val=face.family)]
    mono = any("mono" in name.lower() for name in (face.family, *face.web))
    parts.append(w("charset", val="00"))
    parts.append(w("family", val="modern" if mono else "roman" if "serif" in face.web else "swiss"))
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
