"""SVG files made harmless: still drawings in one file, without scripts, without anything from elsewhere.

What a drawing could do besides being drawn is refused, never silently taken out, since the author would sign something
else than what was drawn. What is never drawn (metadata, editors' notes) is left out.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, cast

from lxml import etree

from specflow.svg_words import SVG, XLINK, labels_of, target_of, words_of

MAX_BYTES = 8 << 20
"""An SVG file larger than this is refused."""
MAX_ELEMENTS = 50_000
"""So many elements may a drawing have, repetitions by `use` counted."""
MAX_DEPTH = 64
MAX_EFFECTS = 50
"""So many steps may all filters of a drawing have together."""
MAX_SIDE = 20_000
"""So many pixels wide and high may a drawing be."""

_XML = "http://www.w3.org/XML/1998/namespace"

_STILL = frozenset(
    [
        *("svg", "g", "defs", "symbol", "use", "switch", "title", "desc", "style", "image"),
        *("path", "rect", "circle", "ellipse", "line", "polyline", "polygon", "text", "tspan", "textPath"),
        *("linearGradient", "radialGradient", "stop", "pattern", "clipPath", "mask", "marker", "filter"),
        *("feBlend", "feColorMatrix", "feComponentTransfer", "feComposite", "feConvolveMatrix", "feDiffuseLighting"),
        *("feDisplacementMap", "feDistantLight", "feDropShadow", "feFlood", "feFuncA", "feFuncB", "feFuncG", "feFuncR"),
        *("feGaussianBlur", "feImage", "feMerge", "feMergeNode", "feMorphology", "feOffset", "fePointLight"),
        *("feSpecularLighting", "feSpotLight", "feTile", "feTurbulence"),
    ]
)
"""The elements of SVG 2 that draw and stand still."""
_EFFECT_LIMITS = {
    "feTurbulence": ("numOctaves", 10),
    "feMorphology": ("radius", 50),
    "feConvolveMatrix": ("order", 9),
    "feGaussianBlur": ("stdDeviation", 500),
}
"""The attribute that decides how much work a step of a filter is for each pixel, and the most that it may be."""
_UNDRAWN = frozenset({"metadata", "view"})
_REASONS = {
    "script": "has a script",
    "foreignObject": "has HTML inside (`foreignObject`)",
    **dict.fromkeys(("animate", "animateColor", "animateMotion", "animateTransform", "set", "discard"), "is animated"),
}
_UNITS = {"": 1.0, "px": 1.0, "pt": 96 / 72, "pc": 16.0, "mm": 96 / 25.4, "cm": 96 / 2.54, "in": 96.0}
"""Pixels in each unit (CSS Values 4, section 6.2)."""

_NUMBER = re.compile(r"(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")
_LENGTH = re.compile(r"\s*([+]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)\s*([a-z%]*)\s*")
_EMBEDDED = re.compile(r"\s*data:image/(png|jpe?g)\s*;\s*base64\s*,(.*)", re.DOTALL | re.IGNORECASE)
_SIGNATURES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")
_CSS_URL = re.compile(r"url\(\s*(['\"]?)(.*?)\1\s*\)", re.DOTALL)
_CSS_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_CSS_LOADS = ("image-set(", "cross-fade(", "image(", "src(", "expression(", "-moz-binding")
_ROOT_SIZE = re.compile(r"(?:^|;)\s*(?:max-|min-)?(?:width|height)\s*:[^;]*")


class SvgRefused(Exception):
    """The drawing may not be used; `reason` is the end of a sentence about it."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Drawing:
    """A harmless SVG file, its size in pixels of 1/96 inch, and its words.

    `title` and `description` are those of the whole drawing; `labels` are the texts that it shows, in their order.
    """

    data: bytes
    width: float
    height: float
    title: str
    description: str
    labels: tuple[str, ...]


def is_svg(data: bytes) -> bool:
    """Return whether the bytes begin as an SVG file does, before anything is parsed."""
    head = data[:4096].lstrip(b"\xef\xbb\xbf \t\r\n")
    return head.startswith(b"<") and (b"<svg" in head or b":svg" in head or b"<!DOCTYPE svg" in head)


def sanitised(data: bytes, *, pictures: bool = True) -> Drawing:
    """Return the drawing with nothing live in it, in bytes that depend on its content alone.

    Links lose their targets, since a picture cannot be clicked. Embedded PNG and JPEG pictures stay; with `pictures`
    off they are refused. Raises SvgRefused with what is wrong.
    """
    if len(data) > MAX_BYTES:
        raise SvgRefused(f"is larger than {MAX_BYTES >> 20} MiB")
    root = _parsed(data)
    _strip(root)
    elements = list(root.iter(etree.Element))
    if len(elements) > MAX_ELEMENTS:
        raise SvgRefused(f"has more than {MAX_ELEMENTS:,} elements")
    if sum(_name(element).startswith("fe") for element in elements) > MAX_EFFECTS:
        raise SvgRefused(f"has filters of more than {MAX_EFFECTS} steps")
    for element in elements:
        _check(element, pictures)
    _check_repetitions(root)
    width, height = _settle_size(root)
    etree.cleanup_namespaces(root, top_nsmap={None: SVG, "xlink": XLINK})  # type: ignore[dict-item]
    return Drawing(
        data=etree.tostring(root, encoding="utf-8"),
        width=width,
        height=height,
        title=words_of(root.find(f"{{{SVG}}}title")),
        description=words_of(root.find(f"{{{SVG}}}desc")),
        labels=labels_of(root),
    )


def _parsed(data: bytes) -> etree._Element:
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True
    )
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as fault:
        raise SvgRefused(f"is not well-formed: {fault.msg}") from fault
    document = root.getroottree().docinfo.internalDTD
    if document is not None and any(True for _ in cast("Any", document).iterentities()):
        raise SvgRefused("declares entities")
    if root.tag != f"{{{SVG}}}svg":
        raise SvgRefused("is not an SVG drawing")
    for node in root.itersiblings(preceding=True):
        _refuse_instruction(node)
    return etree.fromstring(etree.tostring(root), parser)  # a new tree, so that DOCTYPE and instructions stay behind


def _refuse_instruction(node: Any) -> None:
    if node.tag is etree.ProcessingInstruction:
        raise SvgRefused("names a style sheet outside of it" if node.target == "xml-stylesheet" else "has instructions")


def _name(element: etree._Element) -> str:
    return etree.QName(element).localname


def _strip(root: etree._Element) -> None:
    """Take out what is not drawn: elements and attributes of other vocabularies, metadata."""
    pending = [(root, 1)]
    while pending:
        element, depth = pending.pop()
        if depth > MAX_DEPTH:
            raise SvgRefused(f"is nested more than {MAX_DEPTH} levels deep")
        for name in element.attrib:
            space = etree.QName(name).namespace
            if space not in (None, XLINK, _XML) or str(name).startswith("data-"):
                del element.attrib[name]
        for child in list(element):
            if not isinstance(child.tag, str):
                _refuse_instruction(child)
                _remove(child)
            elif etree.QName(child).namespace != SVG or _name(child) in _UNDRAWN:
                _remove(child)
            else:
                pending.append((child, depth + 1))


def _remove(element: etree._Element) -> None:
    """Take an element out of its parent, but not the text behind it."""
    parent, before = element.getparent(), element.getprevious()
    assert parent is not None  # noqa: S101 - the root is never removed
    if element.tail:
        if before is not None:
            before.tail = (before.tail or "") + element.tail
        else:
            parent.text = (parent.text or "") + element.tail
        element.tail = None
    parent.remove(element)


def _check(element: etree._Element, pictures: bool) -> None:
    name = _name(element)
    if name == "a":
        element.tag = f"{{{SVG}}}g"
        for attribute in ("href", f"{{{XLINK}}}href", "target", "download", "ping", "rel"):
            if attribute in element.attrib:
                del element.attrib[attribute]
        name = "g"
    if name not in _STILL:
        raise SvgRefused(_REASONS.get(name, f"has the element `{name[:40]}`, which is not drawn everywhere"))
    if name in ("image", "feImage") and not pictures:
        raise SvgRefused("has a picture from elsewhere")
    if name == "style":
        _check_css(element.text or "")
    if name in _EFFECT_LIMITS:
        _check_effect(element, *_EFFECT_LIMITS[name])
    for attribute, value in ((str(key), str(value)) for key, value in element.attrib.items()):
        local = etree.QName(attribute).localname
        if local.lower().startswith("on"):
            raise SvgRefused(f"has a script (`{local[:40]}`)")
        if local == "base":
            raise SvgRefused("names another base for its references (`xml:base`)")
        if local in ("href", "src"):
            _check_reference(name, value)
        elif local == "style" or "url" in value.lower() or "\\" in value:
            _check_css(value)


def _check_effect(element: etree._Element, attribute: str, most: int) -> None:
    for number in _NUMBER.findall(element.get(attribute, "")):
        if float(number) > most:
            raise SvgRefused(f"has a filter that is too much work (`{attribute}` above {most})")


def _check_reference(name: str, target: str) -> None:
    if target.strip().startswith("#"):
        return
    embedded = _EMBEDDED.fullmatch(target) if name in ("image", "feImage") else None
    if embedded:
        try:
            data = base64.b64decode("".join(embedded[2].split()), validate=True)
        except binascii.Error:
            data = b""
        if data.startswith(_SIGNATURES):
            return
        raise SvgRefused("has an embedded picture that is neither PNG nor JPEG")
    shown = target if len(target) <= 60 else target[:59] + "…"
    raise SvgRefused(f"refers to something outside of it: `{shown}`")


def _check_css(css: str) -> None:
    css = _CSS_COMMENT.sub(" ", css).lower()
    if "\\" in css:
        raise SvgRefused("has a backslash in a style")
    if "@import" in css:
        raise SvgRefused("imports a style sheet (`@import`)")
    if "@font-face" in css:
        raise SvgRefused("brings a font of its own (`@font-face`)")
    for word in _CSS_LOADS:
        if word in css:
            raise SvgRefused(f"has `{word.rstrip('(')}` in a style")
    for match in _CSS_URL.finditer(css):
        if not match[2].strip().startswith("#"):
            _check_reference("style", match[2])
    if css.count("url(") != len(_CSS_URL.findall(css)):
        raise SvgRefused("has a `url(` that does not end")


def _check_repetitions(root: etree._Element) -> None:
    """Refuse drawings that unfold without end or measure: `use` in what is used, masks and patterns in such."""
    named: dict[str, etree._Element] = {}
    for element in root.iter(etree.Element):
        named.setdefault(element.get("id", ""), element)
    counts: dict[etree._Element, int] = {}
    open_ones: set[etree._Element] = set()

    def count(element: etree._Element) -> int:
        if element in counts:
            return counts[element]
        if element in open_ones:
            raise SvgRefused("repeats a part inside itself (`use`)")
        open_ones.add(element)
        total = 1
        for part in element.iter(etree.Element):
            for name in _used(part):
                if name in named:
                    total += count(named[name])
        total += sum(1 for _ in element.iter(etree.Element))
        if total > MAX_ELEMENTS:
            raise SvgRefused(f"unfolds to more than {MAX_ELEMENTS:,} elements (`use`)")
        open_ones.discard(element)
        counts[element] = total
        return total

    try:
        count(root)
    except RecursionError as fault:
        raise SvgRefused("repeats parts in too many levels (`use`)") from fault


def _used(element: etree._Element) -> Iterator[str]:
    """Yield the ids of what is drawn again for the element; what it says in style sheets is not looked at."""
    if _name(element) == "use":
        yield target_of(element)
    for attribute in ("fill", "stroke", "mask", "clip-path", "marker-start", "marker-mid", "marker-end", "style"):
        for match in _CSS_URL.finditer(element.get(attribute, "")):
            yield match[2].strip().removeprefix("#")


def _settle_size(root: etree._Element) -> tuple[float, float]:
    """Return width and height in pixels, and write them and the viewBox down, so that every program agrees."""
    box = _view_box(root)
    width, height = _pixels(root.get("width", "")), _pixels(root.get("height", ""))
    if box:
        ratio = box[3] / box[2]
        if width is None and height is None:
            width, height = box[2], box[3]
        elif width is None and height is not None:
            width = height / ratio
        elif height is None and width is not None:
            height = width * ratio
    if not width or not height:
        raise SvgRefused("has no size: neither `viewBox` nor `width` and `height`")
    if max(width, height) > MAX_SIDE:
        raise SvgRefused(f"is more than {MAX_SIDE:,} pixels wide or high")
    if not box:
        root.set("viewBox", f"0 0 {width:.6g} {height:.6g}")
    root.set("width", f"{width:.6g}")
    root.set("height", f"{height:.6g}")
    if root.get("style"):
        root.set("style", _ROOT_SIZE.sub("", root.get("style", "")).strip("; "))
    return width, height


def _view_box(root: etree._Element) -> tuple[float, float, float, float] | None:
    try:
        x, y, width, height = (float(word) for word in root.get("viewBox", "").replace(",", " ").split())
    except ValueError:
        return None
    return (x, y, width, height) if width > 0 and height > 0 else None


def _pixels(length: str) -> float | None:
    """Return an absolute length in pixels; None for a share or what is no length."""
    found = _LENGTH.fullmatch(length)
    return float(found[1]) * _UNITS[found[2]] if found and found[2] in _UNITS else None
