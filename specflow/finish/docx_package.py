"""The package around the document: which parts it has, of what type, and which of them belong together."""

from __future__ import annotations

from lxml import etree

from specflow.finish.wordml import R, parse, root_of, serialise

RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
OFFICE = "application/vnd.openxmlformats-officedocument.wordprocessingml"
TYPES_PART = "[Content_Types].xml"
DOCUMENT_RELATIONS = "word/_rels/document.xml.rels"
_MEDIA = {"image/png": "png", "image/jpeg": "jpeg"}
_PROPERTIES = {
    "docProps/core.xml": (
        "application/vnd.openxmlformats-package.core-properties+xml",
        "http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties",
    ),
    "docProps/app.xml": (
        "application/vnd.openxmlformats-officedocument.extended-properties+xml",
        "http://schemas.openxmlformats.org/officeDocument/2006/relationships/extended-properties",
    ),
    "docProps/custom.xml": (
        "application/vnd.openxmlformats-officedocument.custom-properties+xml",
        "http://schemas.openxmlformats.org/officeDocument/2006/relationships/custom-properties",
    ),
}


def add_part(files: dict[str, bytes], kind: str, name: str, root: etree._Element) -> str:
    """Add a header or footer to the package; return the id of its relationship."""
    files[f"word/{name}.xml"] = serialise(root)
    set_type(files, f"/word/{name}.xml", f"{OFFICE}.{kind}+xml")
    identifier = f"rIdSpecflow{name.capitalize()}"
    relate(files, DOCUMENT_RELATIONS, identifier, f"{R}/{kind}", f"{name}.xml")
    return identifier


def add_picture(files: dict[str, bytes], name: str, data: bytes, mime: str) -> str:
    """Add a picture to the package for the document to show; return the id of its relationship."""
    extension = _MEDIA[mime]
    files[f"word/media/{name}.{extension}"] = data
    types = parse(files[TYPES_PART])
    if all(entry.get("Extension", "").lower() != extension for entry in types):
        types.insert(0, etree.Element(f"{{{TYPES}}}Default", Extension=extension, ContentType=mime))
        files[TYPES_PART] = serialise(types)
    identifier = f"rIdSpecflow{name.capitalize()}"
    relate(files, DOCUMENT_RELATIONS, identifier, f"{R}/image", f"media/{name}.{extension}")
    return identifier


def set_type(files: dict[str, bytes], part: str, media: str) -> None:
    """Declare the media type of a part, named from the root of the package."""
    types = parse(files[TYPES_PART])
    for old in [entry for entry in types if entry.get("PartName") == part]:
        types.remove(old)
    etree.SubElement(types, f"{{{TYPES}}}Override", PartName=part, ContentType=media)
    files[TYPES_PART] = serialise(types)


def relate(
    files: dict[str, bytes], relations: str, identifier: str, kind: str, target: str, *, external: bool = False
) -> None:
    """Add a relationship to the relationships part, which is made where there is none."""
    root = parse(files[relations]) if relations in files else root_of(RELATIONS, "Relationships")
    entry = etree.SubElement(root, f"{{{RELATIONS}}}Relationship", Id=identifier, Type=kind, Target=target)
    if external:
        entry.set("TargetMode", "External")
    files[relations] = serialise(root)


def set_properties(files: dict[str, bytes], parts: dict[str, bytes]) -> None:
    """Put the property parts into the package, instead of those that the writer made of the moment and of itself."""
    files.update(parts)
    root = parse(files["_rels/.rels"])
    for entry in [entry for entry in root if (entry.get("Target") or "").lstrip("/") in _PROPERTIES]:
        root.remove(entry)
    files["_rels/.rels"] = serialise(root)
    for number, (name, (media, kind)) in enumerate(_PROPERTIES.items(), 1):
        set_type(files, f"/{name}", media)
        relate(files, "_rels/.rels", f"rIdSpecflowProperties{number}", kind, name)
