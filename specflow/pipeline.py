"""The spine: eight stages, in this order, and nothing else."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from specflow.ahead import loading
from specflow.convert import convert
from specflow.diagnostics import Diagnostic, Warn, error
from specflow.errors import InvalidData, SpecflowError
from specflow.finish import finish
from specflow.glyphs import with_words
from specflow.languages import find_language, language_tag
from specflow.languages.translation import in_language
from specflow.load import load
from specflow.merge import merge
from specflow.model import Converted, Edition, Format, Job, Merged, Record, SignOff, Source, Spec, Template
from specflow.publish import keep
from specflow.record import record
from specflow.signoff import signoff, standing
from specflow.template import find_template
from specflow.theme import Theme, find_theme
from specflow.tools.kit import Tools
from specflow.tools.pandoc import Pandoc
from specflow.tools.typst import Typst
from specflow.validate import validate
from specflow.verify import verify


def check(job: Job, warn: Warn) -> Spec:
    """Return the valid spec of the job, its theme checked and its text merged; raise SpecflowError with every fault.

    A document that calls itself approved has to be: what its approvals lack is a fault, too.
    """
    spec = _spec(job, warn)
    theme = _theme(spec)
    merged = merge(spec, warn)
    if spec.identity.status in spec.template.approved:
        with Pandoc() as pandoc:
            signoff(spec, theme, merged, _versions(pandoc))
    return spec


def stand(job: Job, pandoc: Pandoc, warn: Warn) -> tuple[Spec, SignOff]:
    """Return the job's spec, and how far it is signed off, whatever its status; raise SpecflowError."""
    spec = _spec(job, warn)
    merged = merge(spec, warn)
    return spec, standing(spec, _theme(spec), merged, _versions(pandoc))


def bind(job: Job, tools: Tools, warn: Warn) -> tuple[Spec, Converted]:
    """Return the spec and the bound document that its editions must agree with; nothing is written or finished.

    Raises SpecflowError with every fault, as `build` does.
    """
    spec = _spec(job, warn)
    theme = _theme(spec)
    merged = merge(spec, warn)
    signed = standing(spec, theme, merged, _versions(tools.pandoc))
    spec = with_words(spec, theme, merged, warn)
    return spec, convert(merged, spec, theme, (), {}, tools.pandoc, warn, signed)


def issue(job: Job, tools: Tools, entries: int, warn: Warn) -> bytes:
    """Return the DOCX edition as it is for a ledger that has only its first entries; nothing is written.

    Raises SpecflowError with every fault, as `build` does, but asks nothing of the status.
    """
    spec = _spec(job, warn)
    theme = _theme(spec)
    merged = merge(spec, warn)
    signed = standing(spec, theme, merged, _versions(tools.pandoc), entries)
    spec = with_words(spec, theme, merged, warn)
    options = tools.house.writer_options(theme, spec.language, spec.settings)
    converted = convert(merged, spec, theme, (Format.DOCX,), options, tools.pandoc, warn, signed)
    return finish(converted, spec, theme, tools.typst, (Format.DOCX,), warn)[0].data


@dataclass(frozen=True, slots=True)
class Made:
    """What was made of a merged text, and the version of the pandoc that wrote it.

    `verified` has for each check the editions that it looked at and found to agree, None where none was asked for.
    """

    converted: Converted
    editions: tuple[Edition, ...]
    pandoc: str
    verified: Mapping[str, Sequence[Format]] | None = None


class Memory(Protocol):
    """Something that may know what was made of the same input before."""

    def known(
        self, merged: Merged, spec: Spec, theme: Theme, signed: SignOff
    ) -> tuple[Made, Sequence[Diagnostic]] | None:
        """Return what was made of it, and the warnings that there were."""

    def learn(self, made: Made, spec: Spec, warnings: Sequence[Diagnostic]) -> None:
        """Take what was made of what `known` was last asked for, and the warnings that there were."""


def build(job: Job, tools: Tools, warn: Warn, memory: Memory | None = None) -> Record:
    """Return the record of the editions that were built and published; raise SpecflowError with every fault.

    What `memory` knows is not made again.

    A build that fails leaves the editions of an earlier one as they are, and keeps what it had made in a folder that
    the exception names (`kept`).
    """
    told = _Told(warn)
    made: dict[str, bytes] = {}
    try:
        spec = _spec(job, told)
        theme = _theme(spec)
        merged = merge(spec, told)
        signed = signoff(spec, theme, merged, _versions(tools.pandoc))
        spec = with_words(spec, theme, merged, told)
        made |= _of_merge(merged)
        done = _known(memory, merged, spec, theme, signed, told)
        if done is None:
            before = len(told.warnings)
            options = tools.house.writer_options(theme, spec.language, spec.settings)
            with loading(_later(job)):
                converted = convert(merged, spec, theme, job.formats, options, tools.pandoc, told, signed)
            made |= _of_convert(converted)
            editions = finish(converted, spec, theme, tools.typst, job.formats, told)
            made |= _of_finish(editions)
            verified = verify(editions, converted, spec) if spec.settings.verify else None
            done = Made(converted, editions, tools.pandoc.version, verified)
            if memory:
                memory.learn(done, spec, told.warnings[before:])
        return record(
            job, spec, theme, done.converted, done.editions, done.pandoc, done.verified, signed, told.warnings, warn
        )
    except SpecflowError as fault:
        if made:
            fault.kept = keep(made, job.out, job.spec.stem)
        raise


def _later(job: Job) -> Sequence[str]:
    """Return the modules of the stages after pandoc's."""
    stages = ("finish.{}", "verify.read_{}") if job.settings.verify else ("finish.{}",)
    return [f"specflow.{stage.format(form.value)}" for stage in stages for form in job.formats]


def _versions(pandoc: Pandoc) -> Mapping[str, str]:
    """Return the versions of the programs that set the text."""
    return {"pandoc": pandoc.find_version(), "typst": Typst.version()}


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


def _known(memory: Memory | None, merged: Merged, spec: Spec, theme: Theme, signed: SignOff, warn: Warn) -> Made | None:
    """Return what the memory knows, its warnings told again."""
    found = memory.known(merged, spec, theme, signed) if memory else None
    if found is None:
        return None
    for caution in found[1]:
        warn(caution)
    return found[0]


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
