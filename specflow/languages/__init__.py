"""The languages of documents: one YAML file each, with the words that editions add and how the language is set.

A language is found by its tag (BCP 47): `de-AT` is read from `de-AT.yaml`, else from `de.yaml`. The files are those in
`languages/` of the user's folders, then the bundled ones. A file may say `extends: de` and give only what differs.
English is the yardstick: every language has its labels, with its placeholders.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from specflow import assets
from specflow.diagnostics import Diagnostic, Span, error
from specflow.errors import FileAccess, InvalidData, InvalidTemplate
from specflow.files import read_bytes
from specflow.languages.word_files import read_words
from specflow.model import Language, Settings, Source
from specflow.validate.dates import DATE_PART
from specflow.validate.suggest import closest, listed
from specflow.yaml_text.nodes import Node

FOLDER = "languages"
ENGLISH = "en"

_TAG = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*", re.ASCII)
_PLACEHOLDER = re.compile(r"\{(\w*)\}")
_DATE_PARTS = ["day", "month", "year"]
_REQUIRED = ("name", "direction", "quotes", "date", "labels")
_KEYS = ("extends", *_REQUIRED, "hyphenate", "months")
_TRUTH = {"yes": True, "true": True, "no": False, "false": False}


def language_tag(source: Source, settings: Settings) -> tuple[str, Span | None]:
    """Return the tag that the data names (`language:`), with its place, else that of the settings, which may be ""."""
    named = source.data.get("language")
    if isinstance(named, str) and named.strip():
        return named.strip(), source.places[("language",)].value
    return settings.language, None


def find_language(tag: str, folders: Sequence[Path] = (), *, span: Span | None = None) -> Language:
    """Return the language of the tag; of a regional one (`de-AT`) the nearest that there is, under its own tag.

    An empty tag is English that nobody named. Raises InvalidData, pointing at `span`, if there is no such language, and
    InvalidTemplate, with every fault that was found, if its file is not valid.
    """
    known = _known(folders)
    if not tag:
        return _made(ENGLISH, _chain(ENGLISH, known), named=False)
    wanted = _canonical(tag)
    nearest = _nearest(wanted, known)
    if nearest is None:
        raise InvalidData(_unknown(tag, known, span))
    return _made(wanted, _chain(nearest, known), named=True)


def language_names(folders: Sequence[Path] = ()) -> dict[str, str]:
    """Return every language's own name by its tag, sorted by tag. Raises as find_language does."""
    known = _known(folders)
    return {tag: _made(tag, _chain(tag, known), named=True).name for tag in sorted(known)}


@dataclass(frozen=True, slots=True)
class _File:
    """A language's file, sound in itself; `labels` and the other values have their places."""

    path: Path
    extends: str
    extends_span: Span | None
    values: Mapping[str, Any]
    labels: Mapping[str, str]


def _canonical(tag: str) -> str:
    """Return the tag in the usual case: `zh-Hans-CN` (RFC 5646, section 2.1.1); what is no tag stays as it is."""
    if not _TAG.fullmatch(tag):
        return tag
    first, *rest = tag.split("-")
    cased = [part.title() if len(part) == 4 else part.upper() if len(part) == 2 else part.lower() for part in rest]
    return "-".join([first.lower(), *cased])


def _nearest(tag: str, known: Mapping[str, Sequence[Path]]) -> str | None:
    """Return the tag itself, or what is left of it when parts are taken from its end (RFC 4647, section 3.4)."""
    while tag:
        if tag in known:
            return tag
        tag = tag.rpartition("-")[0]
    return None


def _known(folders: Sequence[Path]) -> dict[str, list[Path]]:
    """Return the files of every language by its tag, the user's first.

    Only files that were found are ever read, so that no tag from a document can lead out of the folders.
    """
    found: dict[str, list[Path]] = {}
    for folder in (*folders, assets.templates()):
        try:
            files = sorted((folder / FOLDER).glob("*.yaml"))
        except OSError as fault:
            message = f"the folder of languages cannot be read: {fault.strerror or fault}"
            raise FileAccess(error("file-unreadable", message, Span(folder), "check the permissions")) from fault
        for file in files:
            if _TAG.fullmatch(file.stem):
                found.setdefault(_canonical(file.stem), []).append(file)
    return found


def _unknown(tag: str, known: Mapping[str, Sequence[Path]], span: Span | None) -> Diagnostic:
    hyphened = tag.replace("_", "-")
    near = _canonical(hyphened) if hyphened != tag and _nearest(_canonical(hyphened), known) else None
    meant = near or (tag[:2].lower() if tag[:2].lower() in known else closest(tag, known))
    tags = listed(sorted(known), "and")
    hint = f"did you mean `{meant}`? The languages are {tags}" if meant else f"the languages are {tags}"
    shown = tag if tag.isprintable() and len(tag) < 40 else f"{tag[:39]!r}…"
    return error("unknown-language", f"there is no language `{shown}`", span, hint, "language" if span else None)


def _chain(tag: str, known: Mapping[str, Sequence[Path]]) -> list[_File]:
    """Return the language's file and those that it extends, one after the other."""
    files = [_read(known[tag][0], read_bytes(known[tag][0]))]
    while files[-1].extends:
        last = files[-1]
        named = _canonical(last.extends)
        seen = {file.path for file in files}
        # a file that extends its own tag means the one that it hides
        parent = next((path for path in known.get(named, ()) if path not in seen), None)
        if parent is None:
            message = f"`extends: {last.extends}` names no language beneath this one"
            hint = f"the languages are {listed(sorted(known), 'and')}; two files may not extend each other"
            raise InvalidTemplate(error("language-extends", message, last.extends_span, hint))
        files.append(_read(parent, read_bytes(parent)))
    return files


def _made(tag: str, files: Sequence[_File], named: bool) -> Language:
    values: dict[str, Any] = {}
    labels: dict[str, str] = {}
    for file in reversed(files):
        values |= file.values
        labels |= file.labels
    if faults := [*_absent(files[0], values, labels)]:
        raise InvalidTemplate(*faults)
    return Language(
        tag=tag,
        name=values["name"],
        direction=values["direction"],
        labels=labels,
        quotes=values["quotes"],
        date=values["date"],
        months=values.get("months", ()),
        hyphenate=named and values.get("hyphenate", False),
        named=named,
    )


def _absent(file: _File, values: Mapping[str, Any], labels: Mapping[str, str]) -> Iterator[Diagnostic]:
    span = Span(file.path, 1, 1)
    hint = f"add it, or take what is not given from another language: `extends: {ENGLISH}`"
    for key in _REQUIRED:
        if key not in values:
            yield error("language-key", f"`{key}` is missing", span, hint)
    for label in _yardstick():
        if label not in labels and "labels" in values:
            yield error("language-label", f"the label `{label}` is missing", values["labels"], hint)


def _yardstick() -> Mapping[str, str]:
    """Return the bundled English labels."""
    path = assets.templates() / FOLDER / f"{ENGLISH}.yaml"
    return _labels_of(path, read_bytes(path))


@functools.lru_cache(maxsize=8)
def _labels_of(path: Path, content: bytes) -> Mapping[str, str]:
    return {str(key): str(node.data) for key, _, node in _entry(read_words(path, content), "labels").entries}


def _entry(root: Node, name: str) -> Node:
    return next((node for key, _, node in root.entries if key == name), Node(root.span, {}))


@functools.lru_cache(maxsize=64)
def _read(path: Path, content: bytes) -> _File:
    """Return the file, or raise InvalidTemplate with all its faults; the same bytes are read only once."""
    reader = _Reader()
    extends, extends_span = "", None
    labels: dict[str, str] = {}
    values: dict[str, Any] = {}
    for key, span, node in read_words(path, content).entries:
        if key == "extends":
            extends, extends_span = reader.text(node), node.span
        elif key == "labels":
            labels = reader.labels(node)
            values["labels"] = node.span
        elif key in _KEYS:
            values[str(key)] = getattr(reader, str(key))(node)
        else:
            meant = closest(str(key), _KEYS)
            hint = f"did you mean `{meant}`?" if meant else f"the keys are {listed(_KEYS, 'and')}"
            reader.refuse("language-key", f"there is no key `{key}`", span or node.span, hint)
    if reader.faults:
        raise InvalidTemplate(*reader.faults)
    return _File(path, extends, extends_span, values, labels)


class _Reader:
    """Reads values, and notes what is wrong with them in `faults`; the methods are named like the keys."""

    def __init__(self) -> None:
        self.faults: list[Diagnostic] = []

    def refuse(self, code: str, message: str, span: Span, hint: str) -> None:
        """Note a fault."""
        self.faults.append(error(code, message, span, hint))

    def text(self, node: Node) -> str:
        """Return a text that is not blank."""
        if isinstance(node.data, str) and node.data.strip():
            return node.data
        self.refuse("language-value", "a text is expected here", node.span, "write it in quotes")
        return ""

    name = text

    def direction(self, node: Node) -> str:
        """Return ltr or rtl."""
        if node.data not in ("ltr", "rtl"):
            hint = "write ltr (left to right) or rtl (right to left)"
            self.refuse("language-value", "this is no direction of writing", node.span, hint)
        return str(node.data)

    def hyphenate(self, node: Node) -> bool:
        """Return whether long words may be divided at the end of a line."""
        truth = _TRUTH.get(node.data.casefold()) if isinstance(node.data, str) else None
        if truth is None:
            self.refuse("language-value", "`hyphenate` is yes or no", node.span, "write yes or no")
        return bool(truth)

    def quotes(self, node: Node) -> tuple[str, ...]:
        """Return the outer and the inner pair of quotation marks."""
        marks = self._texts(node)
        if len(marks) != 4:
            hint = "write the outer pair and the inner pair: [“, ”, ‘, ’]"
            self.refuse("language-value", "`quotes` are four marks", node.span, hint)
        return tuple(marks)

    def months(self, node: Node) -> tuple[str, ...]:
        """Return the twelve names, or none."""
        names = self._texts(node)
        if len(names) not in (0, 12):
            hint = "write twelve names from January on, or [] where a month is a number"
            self.refuse("language-value", f"`months` has {len(names)} names", node.span, hint)
        return tuple(names)

    def date(self, node: Node) -> str:
        """Return the pattern, in which day, month and year stand once each."""
        pattern = self.text(node)
        parts = DATE_PART.findall(pattern)
        is_odd = "{" in DATE_PART.sub("", pattern) or any(first and name != "day" for name, first in parts)
        if pattern and (is_odd or sorted(name for name, _ in parts) != _DATE_PARTS):
            hint = 'write each of the three once, as in "{day} {month} {year}"; the first day may differ: {day:1er}'
            self.refuse("language-value", "a date has {day}, {month} and {year}", node.span, hint)
        return pattern

    def labels(self, node: Node) -> dict[str, str]:
        """Return the labels, which are among those of English and have the same placeholders."""
        if not isinstance(node.data, dict):
            self.refuse("language-value", "labels are keys with texts", node.span, 'write "contents: …" below it')
        yardstick = _yardstick()
        made = {}
        for key, span, inner in node.entries:
            name = str(key)
            if name not in yardstick:
                meant = closest(name, yardstick)
                hint = f"did you mean `{meant}`?" if meant else f"the labels are {listed(list(yardstick), 'and')}"
                self.refuse("language-label", f"there is no label `{name}`", span or inner.span, hint)
                continue
            made[name] = self.text(inner)
            wanted, found = (sorted(_PLACEHOLDER.findall(text)) for text in (yardstick[name], made[name]))
            if made[name] and wanted != found:
                said = listed([f"{{{part}}}" for part in wanted], "and") or "no placeholder"
                message = f"the label `{name}` has to have {said}"
                hint = f"in English it reads: {yardstick[name]}"
                self.refuse("language-placeholder", message, inner.span, hint)
        return made

    def _texts(self, node: Node) -> list[str]:
        if not isinstance(node.data, list):
            return []
        return [self.text(inner) for _, _, inner in node.entries]
