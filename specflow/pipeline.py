"""The spine: seven stages, in this order, and nothing else."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace

from specflow.convert import convert
from specflow.diagnostics import Diagnostic, Warn, error
from specflow.errors import InvalidData, SpecflowError
from specflow.finish import finish
from specflow.glyphs import with_words
from specflow.languages import find_language, language_tag
from specflow.languages.translation import in_language
from specflow.load import load
from specflow.merge import merge
from specflow.model import Converted, Edition, Format, Job, Merged, Record, Source, Spec, Template
from specflow.publish import keep
from specflow.record import record
from specflow.template import find_template
from specflow.theme import Theme, find_theme
from specflow.tools.kit import Tools
from specflow.validate import validate
from specflow.verify import verify


def check(job: Job, warn: Warn) -> Spec:
    """Return the valid spec of the job, its theme checked and its text merged; raise SpecflowError with every fault."""
    spec = _spec(job, warn)
    _theme(spec)
    merge(spec, warn)
    return spec


def build(job: Job, tools: Tools, warn: Warn) -> Record:
    """Return the record of the editions that were built and published; raise SpecflowError with every fault.

    A build that fails leaves the editions of an earlier one as they are, and keeps what it had made in a folder that
    the exception names (`kept`).
    """
    told = _Told(warn)
    made: dict[str, bytes] = {}
    try:
        spec = _spec(job, told)
        theme = _theme(spec)
        merged = merge(spec, told)
        spec = with_words(spec, theme)
        made |= _of_merge(merged)
        options = tools.house.writer_options(theme, spec.language, spec.settings)
        converted = convert(merged, spec, theme, job.formats, options, tools.pandoc, told)
        made |= _of_convert(converted)
        editions = finish(converted, spec, theme, tools.typst, job.formats, told)
        made |= _of_finish(editions)
        verify(editions, converted, spec)
        return record(job, spec, theme, converted, editions, tools.pandoc.version, told.warnings, warn)
    except SpecflowError as fault:
        if made:
            fault.kept = keep(made, job.out, job.spec.stem)
        raise


def _spec(job: Job, warn: Warn) -> Spec:
    """Return the loaded and validated spec."""
    source = load(job.spec, job.settings)
    tag, span = language_tag(source, job.settings)
    language = find_language(tag, (source.folder,), span=span)
    template = in_language(_template(source, job), language, warn)
    return replace(validate(source, template, warn, language), settings=job.settings)


def _theme(spec: Spec) -> Theme:
    """Return the theme that the project or the command line names, else the default one."""
    settings = spec.settings
    return find_theme(settings.theme, spec.source.folder, page_size=settings.page_size)


def _template(source: Source, job: Job) -> Template:
    """Return the template that the data names, or the project in place of them."""
    name = source.data.get("template")
    if isinstance(name, str) and name.strip():
        return find_template(name.strip(), job.templates, span=source.places[("template",)].value)
    place = source.places.get(("template",), source.places[()])
    hint = 'add "template: technical-specification" as the first line'
    raise InvalidData(error("template-missing", "the data does not name its template", place.best, hint, "template"))


class _Told:
    """A `Warn` that passes warnings on and remembers them for the record."""

    def __init__(self, warn: Warn) -> None:
        self._warn = warn
        self.warnings: list[Diagnostic] = []

    def __call__(self, found: Diagnostic) -> None:
        self.warnings.append(found)
        self._warn(found)


def _of_merge(merged: Merged) -> Mapping[str, bytes]:
    return {"merged.md": merged.markdown.encode()}


_WRITTEN = {Format.DOCX: "written.docx", Format.PDF: "body.typ", Format.HTML: "body.html"}


def _of_convert(converted: Converted) -> Mapping[str, bytes]:
    outputs = {_WRITTEN[form]: data for form, data in converted.outputs.items()}
    return {**outputs, "ast.json": json.dumps(converted.ast, ensure_ascii=False).encode()}


def _of_finish(editions: Sequence[Edition]) -> Mapping[str, bytes]:
    return {f"finished.{edition.format}": edition.data for edition in editions}
