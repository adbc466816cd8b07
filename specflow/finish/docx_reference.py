"""The reference document for pandoc: the house's, or one that somebody brought along, with what it lacks filled in.

What the file has stays: styles, page, headers and footers, settings. Its styles get the ids that Word's English names
have, since a German Word calls "heading 1" berschrift1; its headings are numbered by the house's lists, because the
numbers have to be those that were computed.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from lxml import etree

from specflow.diagnostics import Span, error
from specflow.errors import InvalidTemplate
from specflow.finish.docx_language import is_rtl, language_tags
from specflow.finish.docx_page import Paper
from specflow.finish.heading_lists import LINKED_SECTIONS
from specflow.finish.reference import reference_docx, reference_parts
from specflow.finish.reference_file import read_reference
from specflow.finish.wordml import (
    R,
    attribute,
    child_of,
    parent_of,
    parse,
    properties_of,
    qn,
    serialise,
    set_property,
    value_of,
    w,
)
from specflow.finish.zips import write_zip
from specflow.model import Language, Settings
from specflow.theme import Theme

_RELATIONS = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
_STYLE_USES = ("pStyle", "rStyle", "tblStyle", "basedOn", "next", "link", "styleLink", "numStyleLink")
_FIRST_LIST = 100  # ids below are the house's, pandoc's start at 990
_MOST_LISTS = 800
_THEME_PART = "word/theme/theme1.xml"


@dataclass(frozen=True, slots=True)
class RunningPart:
    """A header or footer that was brought along: `kind` is "header" or "footer", `use` default, first or even.

    `relations` maps the ids in it to relationship type, target, and the target's bytes, None for a link to the web.
    """

    kind: str
    use: str
    root: etree._Element
    relations: Mapping[str, tuple[str, str, bytes | None]]


@dataclass(frozen=True, slots=True)
class Brought:
    """What a user's file gives to a document: the reference for pandoc, and what pandoc does not carry over."""

    reference: bytes
    paper: Paper
    settings: bytes | None
    running: tuple[RunningPart, ...]
    title_page: bool


def house_reference(theme: Theme, language: Language, settings: Settings) -> bytes:
    """Return the reference document for pandoc: the house's, or the user's with what it lacks."""
    found = brought(theme, language, settings)
    return found.reference if found else reference_docx(theme, language)


def brought(theme: Theme, language: Language, settings: Settings) -> Brought | None:
    """Return what the Word file of `settings.reference` gives, None where there is none.

    Raises InvalidTemplate for a file that cannot be used (see `read_reference`), that has two kinds of style under one
    name (`reference-docx-style`), or a page without room (`reference-docx-page`).
    """
    path = settings.reference
    if path is None:
        return None
    files = read_reference(path)
    section = next(iter(reversed(list(parse(files["word/document.xml"]).iter(qn("sectPr"))))), None)
    try:
        paper = Paper.of_theme(theme) if section is None else Paper.of_section(section)
    except (LookupError, ValueError) as fault:
        hint = "set its paper and margins in Word, and save it again"
        message = f"its page cannot be used: {fault}"
        raise InvalidTemplate(error("reference-docx-page", message, Span(path), hint)) from fault
    parts = reference_parts(theme, language, paper)
    styles = parse(files["word/styles.xml"])
    try:
        names = _style_names(styles, parts["word/styles.xml"])
    except ValueError as fault:
        hint = "give it another name in Word"
        raise InvalidTemplate(error("reference-docx-style", str(fault), Span(path), hint)) from fault
    numbering = parse(files["word/numbering.xml"]) if "word/numbering.xml" in files else w("numbering")
    numbers = _renumbered(numbering)
    running = tuple(_running(files, section)) if section is not None else ()
    for root in (styles, numbering, *(part.root for part in running)):
        _rename(root, names, numbers)
    _fill_styles(styles, parts["word/styles.xml"], language)
    _fill_numbering(numbering, parts["word/numbering.xml"])
    parts |= {"word/styles.xml": styles, "word/numbering.xml": numbering}
    packed = {name: serialise(root) for name, root in parts.items()}
    if _THEME_PART in files:
        packed[_THEME_PART] = files[_THEME_PART]
        _declare_theme(packed)
    title_page = section is not None and section.find(qn("titlePg")) is not None
    return Brought(write_zip(packed), paper, files.get("word/settings.xml"), running, title_page)


def _style_names(own: etree._Element, house: etree._Element) -> dict[str, str]:
    """Return new ids by old ones: the house's for styles of the same name, free ones for others that have taken them.

    Raises ValueError where a style of another kind has the name.
    """
    wanted = {_name(style): style for style in house.iter(qn("style"))}
    ids = {attribute(style, "styleId") for style in wanted.values()}
    names = {}
    for style in own.iter(qn("style")):
        identifier, twin = attribute(style, "styleId"), wanted.get(_name(style))
        if twin is not None:
            if attribute(twin, "type") != attribute(style, "type"):
                kinds = f"a {attribute(style, 'type')} style, where a {attribute(twin, 'type')} style is needed"
                raise ValueError(f"its style {value_of(style, 'name')!r} is {kinds}")
            names[identifier] = attribute(twin, "styleId")
        elif identifier in ids:
            names[identifier] = f"{identifier}Own"
    return names


def _name(style: etree._Element) -> str:
    return (value_of(style, "name") or attribute(style, "styleId")).casefold()


def _renumbered(numbering: etree._Element) -> dict[str, str]:
    """Give the lists ids beside the house's, drop picture bullets; return new ids of instances by old ones."""
    definitions = {}
    for number, definition in enumerate(numbering.findall(qn("abstractNum"))[:_MOST_LISTS], _FIRST_LIST):
        definitions[attribute(definition, "abstractNumId")] = str(number)
        definition.set(qn("abstractNumId"), str(number))
        for level in definition.findall(qn("lvl")):
            for name in ("lvlPicBulletId", "pStyle"):
                for old in level.findall(qn(name)):
                    if name != "pStyle":
                        level.remove(old)
    for bullet in numbering.findall(qn("numPicBullet")):
        numbering.remove(bullet)
    numbers = {}
    for number, entry in enumerate(numbering.findall(qn("num")), _FIRST_LIST):
        link = entry.find(qn("abstractNumId"))
        if link is None or attribute(link, "val") not in definitions:
            numbering.remove(entry)
            continue
        link.set(qn("val"), definitions[attribute(link, "val")])
        numbers[attribute(entry, "numId")] = str(number)
        entry.set(qn("numId"), str(number))
    return numbers


def _rename(root: etree._Element, names: Mapping[str, str], numbers: Mapping[str, str]) -> None:
    for style in root.iter(qn("style")):
        identifier = attribute(style, "styleId")
        style.set(qn("styleId"), names.get(identifier, identifier))
    for element in root.iter(*map(qn, _STYLE_USES)):
        element.set(qn("val"), names.get(attribute(element, "val"), attribute(element, "val")))
    for properties in list(root.iter(qn("numPr"))):
        number = properties.find(qn("numId"))
        if number is not None and attribute(number, "val") not in ("0", ""):
            if attribute(number, "val") in numbers:
                number.set(qn("val"), numbers[attribute(number, "val")])
            else:
                parent_of(properties).remove(properties)


def _fill_styles(own: etree._Element, house: etree._Element, language: Language) -> None:
    """Add the styles that are missing, link the headings to the house's lists, and set the language."""
    known = {attribute(style, "styleId"): style for style in own.iter(qn("style"))}
    for style in house.iter(qn("style")):
        identifier = attribute(style, "styleId")
        if identifier not in known:
            own.append(style)
        elif identifier in _HEADINGS:
            _link(known[identifier], style)
    defaults = own.find(qn("docDefaults"))
    if defaults is None:
        own.insert(0, child_of(house, "docDefaults"))
    else:
        letters = properties_of(properties_of(defaults, "rPrDefault"), "rPr")
        set_property(letters, w("lang", **language_tags(language)))
    normal = next((style for style in own.iter(qn("style")) if attribute(style, "styleId") == "Normal"), None)
    if normal is not None:
        set_property(_paragraph_properties(normal), w("bidi") if is_rtl(language) else w("bidi", val="0"))


_HEADINGS = frozenset(f"Heading{level}" for level in range(1, LINKED_SECTIONS + 1))


def _link(own: etree._Element, house: etree._Element) -> None:
    properties = _paragraph_properties(own)
    for name in ("numPr", "outlineLvl", "keepNext"):
        set_property(properties, child_of(house, f"pPr/{name}"))


def _paragraph_properties(style: etree._Element) -> etree._Element:
    """Return the paragraph properties of a style, made in their place: before those of runs and tables."""
    found = style.find(qn("pPr"))
    if found is None:
        found = w("pPr")
        after = next((child for child in style if etree.QName(child).localname in _AFTER), None)
        if after is None:
            style.append(found)
        else:
            after.addprevious(found)
    return found


_AFTER = frozenset({"rPr", "tblPr", "trPr", "tcPr", "tblStylePr"})


def _fill_numbering(own: etree._Element, house: etree._Element) -> None:
    """Put the house's lists before the others, which lose their hold on the headings."""
    for level in own.iter(qn("lvl")):
        linked = level.find(qn("pStyle"))
        if linked is not None and attribute(linked, "val").removeprefix("Appendix") in _HEADINGS:
            level.remove(linked)
    definitions = house.findall(qn("abstractNum"))
    instances = house.findall(qn("num"))
    own[:0] = definitions
    at = len(own.findall(qn("abstractNum")))
    own[at:at] = instances


def _running(files: Mapping[str, bytes], section: etree._Element) -> Iterator[RunningPart]:
    """Yield the headers and footers that the section refers to."""
    targets = _relations(files, "word/document.xml")
    for reference in section.iter(qn("headerReference"), qn("footerReference")):
        kind = etree.QName(reference).localname.removesuffix("Reference")
        _, name = targets.get(reference.get(f"{{{R}}}id", ""), ("", ""))
        if name in files:
            relations = {
                key: (of_kind, target, files.get(target)) for key, (of_kind, target) in _relations(files, name).items()
            }
            yield RunningPart(kind, attribute(reference, "type") or "default", parse(files[name]), relations)


def _relations(files: Mapping[str, bytes], part: str) -> dict[str, tuple[str, str]]:
    """Return type and target of the part's relationships by id; targets inside are named from the package's root."""
    folder, name = posixpath.split(part)
    data = files.get(f"{folder}/_rels/{name}.rels")
    if data is None:
        return {}
    found = {}
    for entry in parse(data).iter(_RELATIONS):
        target = entry.get("Target") or ""
        if entry.get("TargetMode") != "External":
            target = posixpath.normpath(posixpath.join(folder, target)) if target[:1] != "/" else target[1:]
        found[entry.get("Id") or ""] = (entry.get("Type") or "", target)
    return found


def _declare_theme(packed: dict[str, bytes]) -> None:
    types = parse(packed["[Content_Types].xml"])
    media = "application/vnd.openxmlformats-officedocument.theme+xml"
    entry = etree.SubElement(types, types[0].tag.replace("Default", "Override"))
    entry.set("PartName", f"/{_THEME_PART}")
    entry.set("ContentType", media)
    packed["[Content_Types].xml"] = serialise(types)
    relations = parse(packed["word/_rels/document.xml.rels"])
    entry = etree.SubElement(relations, relations[0].tag)
    for key, value in (("Id", "rIdTheme"), ("Type", f"{R}/theme"), ("Target", "theme/theme1.xml")):
        entry.set(key, value)
    packed["word/_rels/document.xml.rels"] = serialise(relations)
