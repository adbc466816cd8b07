"""Convert: Markdown and values become one AST, and the AST three writers' output."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from specflow.approval_block import ledger_slots, signoff_context
from specflow.diagnostics import Diagnostic, Severity, Span, Warn, warning
from specflow.errors import InvalidData, InvalidTemplate
from specflow.filter_chain import BY_FORMAT, SHARED, paths
from specflow.fonts.drawing import with_fonts
from specflow.glyphs import han_languages, with_glyphs
from specflow.model import Caption, Converted, Format, Heading, KeyPath, Kind, Merged, SignOff, Slot, Spec, key_text
from specflow.normal_form import changeable
from specflow.pictures import Pictures, TextArea
from specflow.siblings import Siblings
from specflow.svg import is_svg
from specflow.theme import Theme
from specflow.tools.pandoc import Output, Pandoc, Reply
from specflow.tools.raster import Raster

READER = (
    "markdown+lists_without_preceding_blankline"
    "-smart-citations-example_lists-fancy_lists-raw_html-raw_attribute-raw_tex-latex_macros-auto_identifiers"
)
"""How templates are read. No raw markup: it would reach one edition only. No typographic guesses: text is text."""

_WRITERS = {Format.PDF: "typst", Format.DOCX: "docx", Format.HTML: "html5"}

_FILTER_MESSAGE = re.compile(r"\[([a-z]+(?:-[a-z]+)+)\] (?:([^\s:]+): )?(.*)", re.S)

_HINTS = {
    "link-refused": "link to a web page, a mail address or a file beside the document",
    "link-dangling": "mend the path, which starts at this file's folder, or take the link out",
    "prose-flattened": "make it one paragraph, or move the value out of the heading or label in the template",
    "footnote-lost": "put the inner footnote's words into the outer one",
    "slot-lost": "print the value where it can be seen, or not at all",
    "duplicate-identifier": "give each heading, table and figure an identifier of its own",
    "reference-unresolved": "use the identifier of a caption, {#tbl-…} or {#fig-…}, or a heading's words with hyphens",
    "image-alt": "describe it between the square brackets: ![What it shows](picture.png)",
    "image-refused": "use a PNG, JPEG or plain SVG file in the project folder",
    "diagram-invalid": "mend the diagram's text; docs/pictures.md says what is drawn",
    "diagram-source": "build it with specflow, which draws it",
    "formula-invalid": "use TeX that is mathematics only; macros of packages are not known",
}
_DATA_FAULTS = frozenset({"reference-unresolved", "image-alt", "image-refused", "diagram-invalid", "formula-invalid"})
_TEMPLATE_FAULTS = frozenset({"slot-lost"})


def convert(
    merged: Merged,
    spec: Spec,
    theme: Theme,
    formats: Sequence[Format],
    writer_options: Mapping[Format, Mapping[str, Any]],
    pandoc: Pandoc,
    warn: Warn,
    signed: SignOff | None = None,
) -> Converted:
    """Return the AST that all editions share, its numbers, and each writer's output.

    Characters that no font can show become visible marks first. `writer_options` are pandoc's WriterOptions by format,
    such as the reference document; `signed` is what the approval block shows. Raises InvalidData for references and
    pictures that lead nowhere, pictures that the content digest does not hold, and diagrams and formulas that are none,
    InvalidTemplate for values that the template prints in vain, ToolMissing for diagrams without the programs that draw
    them, and ConversionFailed when pandoc or a filter fails.
    """
    shown = ledger_slots(signed) if signed else ()
    count = len(merged.slots)
    merged, fonts = with_glyphs(replace(merged, slots=(*merged.slots, *shown)), spec, theme, warn)
    page = theme.page
    area = TextArea(page.width - page.left - page.right, page.height - page.top - page.bottom)
    raster = Raster(fonts, spec.language.tag) if Format.DOCX in formats else None
    pictures = Pictures(spec.source.folder, area, raster)
    siblings = Siblings(spec.source.path, spec.source.folder, spec.template.identity["id"])
    needed = {*formats, Format.PDF} if Format.DOCX in formats else {*formats}  # whose page numbers the DOCX shows
    wanted = [form for form in (Format.PDF, Format.DOCX, Format.HTML) if form in needed]
    outputs = [
        Output(_WRITERS[form], paths(BY_FORMAT[form]), {"wrap_text": "none", **writer_options.get(form, {})})
        for form in wanted
    ]

    filters = [*paths(SHARED), *spec.template.filters]
    context = filter_context(replace(merged, slots=merged.slots[:count]), spec, theme)
    if signed:
        context["han"] = han_languages(merged, spec)
        context["signoff"] = signoff_context(signed, merged.slots[count:], spec.language)

    def answered(request: Mapping[str, Any]) -> Reply | str:
        return siblings.answer(request) if "sibling" in request else pictures.answer(request)

    answer = pandoc.convert(merged.markdown, READER, filters, outputs, context, answered)
    _report(answer.log, spec, warn)
    _refuse_unbound(merged, answer.ast_text)
    if signed:
        _refuse_unsigned(pictures.read, signed, spec)
    counted = list(_elements(answer.ast["blocks"], frozenset({"Header", "Table", "Figure"})))
    captions = tuple(_captions(counted))
    return Converted(
        title=_plain(answer.ast["meta"].get("title", {}).get("c", [])),
        outputs=dict(zip(wanted, answer.outputs, strict=True)),
        headings=tuple(_headings(counted)),
        captions=captions,
        ast=answer.ast,
        media={
            name: with_fonts(data, fonts, spec.language.tag) if is_svg(data) else data
            for name, data in pictures.used.items()
        },
        lists=tuple(_lists(captions, theme)),
        fonts=fonts,
        pictures=pictures.read,
        siblings=siblings.asked,
        signoff=signed,
    )


def filter_context(merged: Merged, spec: Spec, theme: Theme) -> dict[str, Any]:
    """Return what the filters see as SPECFLOW."""
    language = spec.language
    return {
        "labels": dict(language.labels),
        "language": {
            "tag": language.tag,
            "direction": language.direction,
            "quotes": list(language.quotes) if language.named else None,
        },
        "han": han_languages(merged, spec),
        "theme": {"approval": theme.approval, "title_block": theme.title_block},
        "slots": {
            "prefix": merged.prefix,
            "suffix": merged.suffix,
            "values": list(map(slot_context, merged.slots)),
        },
        "front_matter": [{"key": key, "label": label} for key, label in spec.template.front_matter],
    }


def slot_context(slot: Slot) -> dict[str, Any]:
    """Return what `bind.lua` sees of a slot."""
    made = {"kind": str(slot.kind), "key": slot.key, "value": slot.value, "hole": slot.hole}
    kept = changeable(slot.value) if slot.kind in (Kind.INLINE, Kind.PROSE) else []
    return {**made, "kept": kept} if kept else made


def _report(log: Sequence[Mapping[str, Any]], spec: Spec, warn: Warn) -> None:
    """Pass on what pandoc and the filters said, at the YAML line of the value that it is about."""
    places = {key_text(path): path for path in spec.source.places}
    data_faults, template_faults = [], []
    for message in log:
        if message.get("verbosity") not in ("WARNING", "ERROR"):
            continue
        found = _FILTER_MESSAGE.search(str(message.get("message") or message.get("pretty", "")))
        if not found:
            text = " ".join(str(message.get("pretty", message)).split())
            warn(
                warning("pandoc-says", text, Span(spec.source.path), "look for what it names in the data and template")
            )
            continue
        code, key, text = found[1], found[2], " ".join(found[3].split())
        span = _span_of(places.get(key) if key else None, spec)
        known = key if key in places else None
        if code in _DATA_FAULTS:
            data_faults.append(Diagnostic(Severity.ERROR, code, text, span, _HINTS[code], known))
        elif code in _TEMPLATE_FAULTS:
            text = f"`{key}` {text}"
            template_faults.append(
                Diagnostic(Severity.ERROR, code, text, Span(spec.template.body), _HINTS[code], known)
            )
        else:
            subject = text if known or not key else f"`{key}` {text}"
            warn(warning(code, subject, span, _HINTS.get(code, "look at the filter that says so"), known))
    if template_faults:
        raise InvalidTemplate(*template_faults)
    if data_faults:
        raise InvalidData(*data_faults)


def _span_of(path: KeyPath | None, spec: Spec) -> Span:
    place = spec.source.places.get(path) if path is not None else None
    return place.value if place else Span(spec.source.path)


def _refuse_unbound(merged: Merged, ast: bytes) -> None:
    """Raise if a token is left in the AST's JSON, where it stands as it is: a reader would see it."""
    if merged.prefix.encode() not in ast:
        return
    message = "a value is printed where it cannot be bound, such as in an attribute"
    hint = "print it in text, in code or as a link's target"
    raise InvalidTemplate(Diagnostic(Severity.ERROR, "slot-unbound", message, Span(merged.template), hint))


def _refuse_unsigned(read: Mapping[str, str], signed: SignOff, spec: Spec) -> None:
    """Raise if a picture is shown that the content digest does not hold: nobody could have approved it."""
    known = set(signed.parts.get("pictures", {}).values())
    hint = "write its path plainly, as in ![What it shows](picture.png), and change no file during a build"
    faults = [
        Diagnostic(
            Severity.ERROR,
            "picture-unsigned",
            f"the content digest does not hold `{name}`",
            Span(spec.source.path),
            hint,
        )
        for name, hashed in read.items()
        if hashed not in known
    ]
    if faults:
        raise InvalidData(*faults)


def _elements(node: Any, kinds: frozenset[str]) -> Iterator[Mapping[str, Any]]:
    """Yield the elements of these kinds, in the order of the document."""
    waiting = [node]
    while waiting:
        node = waiting.pop()
        if isinstance(node, list):
            waiting.extend(item for item in reversed(node) if isinstance(item, list | dict))
            continue
        if node.get("t") in kinds:
            yield node
        content = node.get("c")
        if isinstance(content, list | dict):
            waiting.append(content)


def _headings(elements: Iterable[Mapping[str, Any]]) -> Iterator[Heading]:
    for element in elements:
        if element["t"] == "Header":
            level, (identifier, _, pairs), inlines = element["c"]
            attributes = dict(pairs)
            number, label = attributes.get("number", ""), attributes.get("label", "")
            yield Heading(level, number, _plain(inlines), identifier, "appendix" in attributes, label)


def _captions(elements: Iterable[Mapping[str, Any]]) -> Iterator[Caption]:
    for element in elements:
        if element["t"] in ("Table", "Figure"):
            (identifier, _, pairs), caption = element["c"][0], element["c"][1]
            attributes = dict(pairs)
            if number := attributes.get("number"):
                yield Caption(element["t"].lower(), number, _plain(caption[1]), identifier, attributes["label"])


_FEW = 3
"""From so many captions on a document gets a list of its tables or figures, unless its theme decides."""


def _lists(captions: Sequence[Caption], theme: Theme) -> Iterator[str]:
    """Yield which lists follow the contents: "tables", "figures"."""
    for kind, name in (("table", "tables"), ("figure", "figures")):
        count = sum(caption.kind == kind for caption in captions)
        wanted: str = getattr(theme.lists, name)
        if count and (wanted == "yes" or (wanted == "auto" and count >= _FEW)):
            yield name


def _plain(node: Any) -> str:
    """Return the text of inlines or blocks, notes left out, as it stands on one line."""
    text = []
    for element in _flat(node):
        kind = element["t"]
        if kind == "Str":
            text.append(element["c"])
        elif kind in ("Space", "SoftBreak", "LineBreak"):
            text.append(" ")
        elif kind in ("Code", "Math", "CodeBlock"):
            text.append(element["c"][1])
    return "".join(text).strip()


def _flat(node: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(node, list):
        for item in node:
            yield from _flat(item)
    elif isinstance(node, dict) and node.get("t") != "Note":
        if "t" in node:
            yield node
        yield from _flat(node.get("c"))
