"""The package around the document: its parts' relationships, properties and settings."""

from __future__ import annotations

from datetime import date

from lxml import etree

from specflow.finish.reference import settings_part
from specflow.finish.wordml import R, child_of, legal, parse, root_of, serialise, value_of, w
from specflow.model import Identity

_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
_OFFICE = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_CORE = "http://schemas.openxmlformats.org/package/2006/metadata/core-properties"
_DC = "http://purl.org/dc/elements/1.1/"
_TERMS = "http://purl.org/dc/terms/"
_XSI = "http://www.w3.org/2001/XMLSchema-instance"
_EXTENDED = "http://schemas.openxmlformats.org/officeDocument/2006/extended-properties"
_CUSTOM = "docProps/custom.xml"
_TYPES_PART = "[Content_Types].xml"
_NO_DATE = "1980-01-01"
_DOCUMENT_RELATIONS = "word/_rels/document.xml.rels"


def add_part(files: dict[str, bytes], kind: str, name: str, root: etree._Element) -> str:
    """Add a header or footer to the package; return the id of its relationship."""
    files[f"word/{name}.xml"] = serialise(root)
    types = parse(files[_TYPES_PART])
    part, media = f"/word/{name}.xml", f"{_OFFICE}.{kind}+xml"
    etree.SubElement(types, f"{{{_TYPES}}}Override", PartName=part, ContentType=media)
    files[_TYPES_PART] = serialise(types)
    relations = parse(files[_DOCUMENT_RELATIONS])
    identifier = f"rIdSpecflow{name.capitalize()}"
    target, kind_of = f"{name}.xml", f"{R}/{kind}"
    etree.SubElement(relations, f"{{{_RELATIONS}}}Relationship", Id=identifier, Type=kind_of, Target=target)
    files[_DOCUMENT_RELATIONS] = serialise(relations)
    return identifier


def finish_package(files: dict[str, bytes], title: str, identity: Identity) -> None:
    """Set the properties and the settings, and drop what pandoc writes of the moment and of itself."""
    language = value_of(parse(files["word/styles.xml"]), "docDefaults/rPrDefault/rPr/lang") or "en-GB"
    files["docProps/core.xml"] = serialise(_core_properties(title, identity, language))
    files["docProps/app.xml"] = serialise(_extended_properties())
    settings = settings_part()
    if "word/footnotes.xml" in files:
        separators = w("footnotePr", w("footnote", id="-1"), w("footnote", id="0"))
        child_of(settings, "compat").addprevious(separators)
    files["word/settings.xml"] = serialise(settings)
    _drop_custom_properties(files)


def _core_properties(title: str, identity: Identity, language: str) -> etree._Element:
    root = etree.Element(f"{{{_CORE}}}coreProperties", nsmap={"cp": _CORE, "dc": _DC, "dcterms": _TERMS, "xsi": _XSI})
    moment = f"{_day(identity.date)}T00:00:00Z"
    values = (
        (_DC, "title", title),
        (_DC, "identifier", identity.id),
        (_DC, "language", language),
        (_CORE, "version", identity.version),
        (_CORE, "contentStatus", identity.status),
        (_TERMS, "created", moment),
        (_TERMS, "modified", moment),
    )
    for namespace, name, value in values:
        element = etree.SubElement(root, f"{{{namespace}}}{name}")
        element.text = legal(value)
        if namespace == _TERMS:
            element.set(f"{{{_XSI}}}type", "dcterms:W3CDTF")
    return root


def _day(text: str) -> str:
    """Return the ISO date; the zip's own epoch where the document's date is still a hole."""
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        return _NO_DATE


def _extended_properties() -> etree._Element:
    root = root_of(_EXTENDED, "Properties")
    etree.SubElement(root, f"{{{_EXTENDED}}}Application").text = "specflow"
    return root


def _drop_custom_properties(files: dict[str, bytes]) -> None:
    if files.pop(_CUSTOM, None) is None:
        return
    for part, attribute, value in ((_TYPES_PART, "PartName", f"/{_CUSTOM}"), ("_rels/.rels", "Target", _CUSTOM)):
        root = parse(files[part])
        for entry in [entry for entry in root if entry.get(attribute) == value]:
            root.remove(entry)
        files[part] = serialise(root)
