"""A template in the document's language: its own words, from the files in its `languages/` folder.

Such a file maps the phrases of the template (see `phrases.py`), the labels of its front matter and the words of its
enumerations to those of another language. A user's file of the same tag lies above the template's own, and that of a
regional tag (`de-AT`) above the one of its language; each may have as few phrases as it likes.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from specflow.diagnostics import Diagnostic, Span, Warn, error, warning
from specflow.errors import InvalidTemplate
from specflow.files import read_bytes
from specflow.languages.phrases import JOINT, phrases_of, worded
from specflow.languages.word_files import read_words
from specflow.model import Language, Template
from specflow.validate.checks import WORDS
from specflow.validate.shape import Schema, rewritten, schema_at
from specflow.validate.suggest import closest
from specflow.validate.wording import quoted

_PLACEHOLDER = re.compile(r"\{[0-9]+\}")
_CODE = re.compile(r"[{}\r\n]|<#|#>")
_INCLUDED = re.compile(r"""\{%[-+]?\s*(?:include|import|from|extends)\s+["']([^"'\n]+)["']""")


def in_language(template: Template, language: Language, warn: Warn) -> Template:
    """Return the template with its words in the language, if somebody named one; warn of every phrase without words.

    Raises InvalidTemplate, with every fault, for files with phrases that the template does not have, or that lack what
    the phrase prints.
    """
    if not language.named:
        return template
    files = [file for tag in _tags(language.tag) for file in template.translations.get(tag, ())]
    is_own = _primary(template.language) == _primary(language.tag)
    if not files:
        if not is_own:
            warn(_untranslated(template, language))
        return template
    own = _own(template)
    read = [_read(file, read_bytes(file), own) for file in files]
    phrases: dict[str, str] = {}
    for found in reversed(read):
        phrases |= found
    if not is_own:
        for phrase in own.missing(phrases):
            message = f"the phrase {quoted(phrase)} has no words in {language.name}; it is printed as it is"
            hint = f'add "{phrase}": … to the file'
            warn(warning("phrase-missing", message, Span(files[0]), hint))
    return replace(
        template,
        phrases=phrases,
        front_matter=tuple((key, phrases.get(label, label)) for key, label in template.front_matter),
        checks=tuple(
            {name: _words(name, value, phrases) for name, value in check.items()} for check in template.checks
        ),
    )


def _words(name: str, value: Any, phrases: Mapping[str, str]) -> Any:
    """Return a check's parameter; where it holds words of authors, those of the language are added."""
    if name not in WORDS:
        return value
    words = [value] if isinstance(value, str) else list(value)
    return [*words, *(phrases[word] for word in words if word in phrases)]


def _primary(tag: str) -> str:
    return tag.partition("-")[0].lower()


def _tags(tag: str) -> Iterator[str]:
    """Yield the tag and what is left of it when parts are taken from its end, the longest first."""
    while tag:
        yield tag
        tag = tag.rpartition("-")[0]


def _untranslated(template: Template, language: Language) -> Diagnostic:
    tag = _primary(language.tag)
    message = f"template {template.name} has no words in {language.name}; its own are printed as they are"
    hint = (
        f"write {template.name}/languages/{tag}.yaml, or say in the manifest what it is written in: `language: {tag}`"
    )
    return warning("template-untranslated", message, Span(template.folder / "manifest.yaml"), hint)


@dataclass(frozen=True)
class _Own:
    """What a template has to translate: its phrases, the keys of each word, and what may be left out."""

    phrases: frozenset[str]
    words: tuple[tuple[str, str], ...]
    optional: frozenset[str]

    def __contains__(self, phrase: str) -> bool:
        return phrase in self.phrases or phrase in self.optional or phrase in self._all_words

    @functools.cached_property
    def _all_words(self) -> frozenset[str]:
        return frozenset(form for word, key in self.words for form in (word, f"{word} ({key})"))

    @property
    def all(self) -> list[str]:
        """Every phrase, to tell which one is meant."""
        return [*self.phrases, *sorted(self.optional), *sorted(self._all_words)]

    def missing(self, phrases: Mapping[str, str]) -> list[str]:
        """Return what has no translation, sorted."""
        words = {word for word, key in self.words if word not in phrases and f"{word} ({key})" not in phrases}
        return sorted({phrase for phrase in self.phrases if phrase not in phrases} | words)


def template_phrases(template: Template) -> list[str]:
    """Return every phrase of the template that a translation has to have, sorted."""
    return _own(template).missing({})


def _own(template: Template) -> _Own:
    words = {*_enumerated(template.schema)}
    status = template.identity.get("status", "")
    node = schema_at(template.schema, tuple(status.split("."))) or {}
    if "x-labels" not in node:
        words |= {(worded(str(value)), status.rpartition(".")[2]) for value in node.get("enum", ())}
    labels = {label for _, label in template.front_matter}
    typed = {word for check in template.checks for name in WORDS for word in _listed(check.get(name, ()))}
    return _Own(
        frozenset({template.title, *labels, *_in_body(template)}), tuple(sorted(words)), frozenset(map(str, typed))
    )


def _listed(value: Any) -> Iterable[Any]:
    return (value,) if isinstance(value, str) else value


def _in_body(template: Template) -> Iterator[str]:
    """Yield the phrases of the body and of the files that it includes by name."""
    waiting, seen = [template.body], set()
    while waiting:
        path = waiting.pop()
        if path in seen or not path.is_file():
            continue  # what is not there is reported when the template is rendered
        seen.add(path)
        source = read_bytes(path).decode("utf-8", "replace")
        yield from _phrases_of(source)
        waiting.extend(template.folder / name for name in _INCLUDED.findall(source))


_phrases_of = functools.lru_cache(maxsize=64)(phrases_of)


def _enumerated(schema: Schema) -> set[tuple[str, str]]:
    """Return the words of the schema's enumerations, each with the name of its key."""
    found: set[tuple[str, str]] = set()

    def look(node: dict[str, Any]) -> dict[str, Any]:
        for key, inner in node.get("properties", {}).items():
            if isinstance(inner, Mapping):
                found.update((str(word), key) for word in inner.get("x-labels", {}).values())
        return node

    rewritten(schema, look)
    return found


@functools.lru_cache(maxsize=64)
def _read(path: Path, content: bytes, own: _Own) -> Mapping[str, str]:
    """Return the file's phrases, or raise InvalidTemplate with all its faults; the same bytes are read only once."""
    faults: list[Diagnostic] = []
    made: dict[str, str] = {}
    for key, span, node in read_words(path, content).entries:
        phrase = str(key)
        if phrase not in own:
            meant = closest(phrase, own.all)
            hint = f"did you mean {quoted(meant)}?" if meant else "remove it: phrases are the template's own words"
            faults.append(error("phrase-unknown", f"the template has no phrase {quoted(phrase)}", span, hint))
        elif not isinstance(node.data, str) or not node.data.strip():
            hint = "write the words of the language, in quotes"
            faults.append(error("phrase-value", f"{quoted(phrase)} has no words", node.span, hint))
        elif complaint := _complaint(phrase, node.data):
            hint = f"in the template it reads: {phrase}"
            faults.append(error("phrase-placeholder", complaint, node.span, hint))
        else:
            made[phrase] = node.data
    if faults:
        raise InvalidTemplate(*faults)
    return made


def _complaint(phrase: str, words: str) -> str | None:
    """Return what is wrong with the placeholders and braces of a translation."""
    wanted, found = (sorted(_PLACEHOLDER.findall(text)) for text in (phrase, words))
    if wanted != found:
        return f"the words have to have {' '.join(wanted)}, each once" if wanted else "the phrase prints no value"
    if phrase == JOINT and not re.fullmatch(r"\{1\}[^{}]*\{2\}", words):
        return "the label {1} comes first, and what follows it, {2}, last"
    return "words hold no line end and no template code" if _CODE.search(_PLACEHOLDER.sub("", words)) else None
