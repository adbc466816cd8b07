"""Merge: the spec and its template become Markdown with opaque slots, and the table of values that fill them.

Why slots: a pasted value could open a list, close a table or start a heading. Jinja2's `finalize` therefore turns
every printed value into a token, a word of letters and digits that means nothing to Markdown; pandoc reads the
template's text alone, and `filters/bind.lua` then puts each value into the AST, as a database binds a parameter.
Markup that the template itself makes (macros, `{% call %}`, `{% set %}` blocks) passes unchanged.
"""

from __future__ import annotations

import hashlib
import re
import traceback
from collections.abc import Callable, Generator, Iterator, Mapping
from pathlib import Path
from string import ascii_uppercase
from types import CodeType
from typing import Any, cast

from jinja2 import (
    BytecodeCache,
    Environment,
    FileSystemLoader,
    StrictUndefined,
    TemplateError,
    TemplateNotFound,
    TemplateSyntaxError,
    pass_context,
)
from jinja2.bccache import Bucket
from jinja2.runtime import Context
from markupsafe import Markup

from specflow.diagnostics import Diagnostic, Span, Warn, error, warning
from specflow.errors import InvalidTemplate
from specflow.languages.phrases import translated, worded
from specflow.model import Kind, Merged, Slot, Spec, Template, Text, key_text
from specflow.template_sandbox import Exhausted, Sandbox

MAX_CHARACTERS = 32 << 20
"""A template that renders to more than this is taken to loop."""

_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufdd0-\ufdef\ufffe\uffff\ud800-\udfff\ufeff]")
_LINE_ENDS = re.compile("\r\n|[\r\x85\u2028\u2029]")


def merge(spec: Spec, warn: Warn) -> Merged:
    """Return the template's Markdown with one slot for every value that it prints.

    Raises InvalidTemplate, with file and line, for what Jinja2 cannot parse or render.
    """
    template = spec.template
    slots = _Slots(_prefix(spec), warn, spec)
    environment = _environment(template, slots)
    try:
        body = environment.get_template(template.body.name)
        markdown = _rendered(cast("Generator[str, None, None]", body.generate(spec.data)))
    except InvalidTemplate:
        raise
    except Exhausted as fault:
        hint = "look for a loop or a macro that never ends, or that repeats its own output"
        raise InvalidTemplate(
            error("template-endless", str(fault), _raised_at(fault, template.folder), hint)
        ) from fault
    except TemplateSyntaxError as fault:
        span = Span(Path(fault.filename) if fault.filename else template.body, fault.lineno)
        raise InvalidTemplate(error("template-syntax", _sentence(fault), span, _SYNTAX_HINT)) from fault
    except TemplateNotFound as fault:
        hint = "names of included files are relative to the template's folder"
        message = f"the included file `{fault.name}` does not exist"
        raise InvalidTemplate(error("template-include", message, _raised_at(fault, template.folder), hint)) from fault
    except Exception as fault:  # a template may fail with any exception that an expression can raise
        raise InvalidTemplate(_explain(fault, template.folder)) from fault
    return Merged(markdown, tuple(slots.filled), slots.prefix, _SUFFIX, template.body)


_SUFFIX = "Z"
_SYNTAX_HINT = "expressions are {{ … }}, statements {% … %}, comments <# … #>"


class _Slots:
    """The slots filled so far, in the order in which the template prints them."""

    def __init__(self, prefix: str, warn: Warn, spec: Spec) -> None:
        self.prefix = prefix
        self.filled: list[Slot] = []
        self._warn = warn
        self._places = spec.source.places
        self._labels = spec.language.labels

    def take(self, value: object) -> Markup:
        """Return the token that stands for the value."""
        if isinstance(value, bool):
            slot = Slot(Kind.TEXT, "", self._labels["yes" if value else "no"])
        elif isinstance(value, Text):
            slot = Slot(value.kind, key_text(value.path), self._printable(value), value.hole)
        elif isinstance(value, str | int | float):
            slot = Slot(Kind.TEXT, "", str(value))
        else:
            kind = {"dict": "a mapping", "list": "a list", "NoneType": "nothing"}.get(type(value).__name__, "an object")
            raise TypeError(f"{{{{ … }}}} prints {kind}, not a text")
        self.filled.append(slot)
        return Markup(f"{self.prefix}{len(self.filled) - 1}{_SUFFIX}")  # noqa: S704  (a token is a word)

    def _printable(self, value: Text) -> str:
        """Return the text with what no format can hold replaced by U+FFFD, and say so."""
        text = _LINE_ENDS.sub("\n", value.printed or str(value))
        for found in sorted(set(_UNPRINTABLE.findall(text))):
            place = self._places.get(value.path)
            message = f"character U+{ord(found):04X} cannot be printed; it is shown as U+FFFD"
            self._warn(
                warning(
                    "unprintable",
                    message,
                    place.value if place else None,
                    "remove the character",
                    key_text(value.path),
                )
            )
        return _UNPRINTABLE.sub("\ufffd", text)


class _Environment(Sandbox):
    """Jinja2 as templates see it: sandboxed, strict, and printing slots instead of values."""

    slots: _Slots

    def bound(self, value: object) -> Markup:
        return self.slots.take(value)


class _Loader(FileSystemLoader):
    """Reads files of the template's folder, their own words put into the document's language."""

    def __init__(self, template: Template) -> None:
        super().__init__(template.folder)
        self._phrases = template.phrases

    def get_source(self, environment: Environment, template: str) -> tuple[str, str, Callable[[], bool]]:
        source, name, is_current = super().get_source(environment, template)
        return translated(source, self._phrases), name, is_current


class _Compiled(BytecodeCache):
    """Templates as compiled code, for as long as the process lives; the code of a source is the same for all specs."""

    def __init__(self) -> None:
        self._codes: dict[tuple[str, str], CodeType] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._codes.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        if len(self._codes) >= _MOST_CODES:
            self._codes.clear()
        if bucket.code:
            self._codes[bucket.key, bucket.checksum] = bucket.code


_MOST_CODES = 64
_COMPILED = _Compiled()


def _environment(template: Template, slots: _Slots) -> _Environment:
    environment = _Environment(
        loader=_Loader(template),
        autoescape=True,  # so that the template's own markup is Markup, and everything else a value
        finalize=_finalize,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        comment_start_string="<#",  # {# would collide with pandoc's {#identifier}
        comment_end_string="#>",
        bytecode_cache=_COMPILED,
    )
    environment.slots = slots
    environment.add_filter("label", _label)
    environment.add_filter("letters", _letters)
    return environment


@pass_context  # which also keeps Jinja2 from folding constants when it compiles, before there is a table to fill
def _finalize(context: Context, value: object) -> object:
    environment = context.environment
    if isinstance(value, Markup) or not isinstance(environment, _Environment):
        return value
    str(value)  # an undefined value raises here, with its own message
    return environment.slots.take(value)


def _label(value: Text | str) -> Text:
    """Return an enumeration's value as it is printed: the word of its language, or "In progress" for `in_progress`."""
    if isinstance(value, Text):
        return value if value.hole else Text(value.word or worded(value), Kind.TEXT, value.path)
    return Text(worded(value))


def _letters(number: int) -> str:
    """Return the number as an appendix letter: A to Z, then AA, BB, as Word counts (ECMA-376 part 1, 17.18.59)."""
    repeats, letter = divmod(number - 1, len(ascii_uppercase))
    return ascii_uppercase[letter] * (repeats + 1)


def _prefix(spec: Spec) -> str:
    """Return a token prefix that no value contains.

    It is the same for nearly all documents, so that those of one shape share their template's text, and what was read
    of it.
    """
    values = [str(leaf) for leaf in _leaves(spec.data)]
    attempt = 0
    while True:
        digest = hashlib.sha256(f"slot:{attempt}".encode()).hexdigest()[:12]
        prefix = "Q" + digest.translate(str.maketrans("0123456789abcdef", "bcdfghjklmnprstv")) + "q"
        if not any(prefix in value for value in values):
            return prefix
        attempt += 1


def _leaves(node: Any) -> Iterator[Text]:
    if isinstance(node, Mapping):
        for value in node.values():
            yield from _leaves(value)
    elif isinstance(node, list | tuple):
        for value in node:
            yield from _leaves(value)
    elif isinstance(node, Text):
        yield node


def _rendered(pieces: Generator[str, None, None]) -> str:
    """Return the pieces joined, or raise Exhausted, at the template's line, when there is no end to them."""
    kept, size = [], 0
    for piece in pieces:
        kept.append(piece)
        size += len(piece)
        if size > MAX_CHARACTERS:
            pieces.throw(Exhausted(f"the template prints more than {MAX_CHARACTERS >> 20} million characters"))
    return "".join(kept)


def _explain(fault: Exception, folder: Path) -> Diagnostic:
    hint = "templates see the spec's data, and Jinja2's own filters and tests"
    code = "template-failed"
    if (isinstance(fault, TemplateError) and "is undefined" in str(fault)) or "has no attribute" in str(fault):
        code, hint = (
            "template-undefined",
            "use `is defined` for optional keys, or add the key to the schema's `required`",
        )
    elif isinstance(fault, TypeError) and "prints" in str(fault):
        code, hint = "template-prints", "print one of its items, or loop over it"
    return error(code, _sentence(fault), _raised_at(fault, folder), hint)


def _sentence(fault: Exception) -> str:
    """Return the exception's message as a diagnostic's: first line, lower case, no full stop."""
    first = (str(fault).strip() or type(fault).__name__).splitlines()[0].rstrip(".")
    first = first.replace("'specflow.model.Text object'", "a text").replace("'dict object'", "a mapping")
    return first[:1].lower() + first[1:]


def _raised_at(fault: BaseException, folder: Path) -> Span:
    """Return the template line that raised: Jinja2 rewrites the traceback so that it names template files."""
    inside = [
        Span(Path(frame.filename), frame.lineno)
        for frame in traceback.extract_tb(fault.__traceback__)
        if Path(frame.filename).is_relative_to(folder)
    ]
    return inside[-1] if inside else Span(folder)
