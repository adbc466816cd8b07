"""specflow: one YAML specification becomes a DOCX, a PDF and an HTML document that agree.

Steps, each a module with a function of its name (`specflow.pipeline` calls them in this order):

1. `load` the YAML with the place of every key and value; scalars stay the text that was typed.
2. `validate` it by the template's JSON Schema and cross-checks; all faults at once.
3. `merge` it into the template's Markdown, as opaque slots.
4. `convert` that with pandoc: one AST, the values bound into it, three writers.
5. `finish` each output: headers, contents list, fields, fonts, metadata, bytes that do not depend on the machine.
6. `verify` that the editions agree, with readers of their own.
7. `record` what was made from what, and put all files in place together.

From Python::

    import specflow

    record = specflow.build("specs/ledger.yaml", out="dist")
    print(record.editions[specflow.Format.PDF], record.completeness)
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from specflow.diagnostics import Diagnostic, Severity, Span, Warn
from specflow.errors import ExitCode, SpecflowError
from specflow.model import Completeness, Format, Job, Record, Settings, Spec
from specflow.version import version

__all__ = [
    "Completeness",
    "Diagnostic",
    "ExitCode",
    "Format",
    "Job",
    "Record",
    "Settings",
    "Severity",
    "Span",
    "Spec",
    "SpecflowError",
    "Warn",
    "build",
    "check",
    "version",
]


def check(
    spec: str | Path,
    *,
    templates: Iterable[str | Path] = (),
    settings: Settings | None = None,
    warn: Warn | None = None,
) -> Spec:
    """Return the valid spec of a YAML file, with every hole of a draft filled by a visible TBD.

    `templates` are folders to search for templates before the project's and the bundled ones; `settings` stand in for
    those of the project file. Warnings go to `warn` (default: nowhere). Raises SpecflowError with every fault; its
    `exit_code` is what the command line would return.
    """
    from specflow import pipeline

    return pipeline.check(_job(spec, None, (), templates, settings), warn or _ignore)


def build(
    spec: str | Path,
    *,
    out: str | Path | None = None,
    formats: Iterable[Format | str] = (),
    templates: Iterable[str | Path] = (),
    settings: Settings | None = None,
    warn: Warn | None = None,
) -> Record:
    """Return the record of the editions `out/<stem>.{docx,pdf,html}`, which appear together or not at all.

    What is not given is as the project file says, else `out` and all formats. One call starts and ends its own pandoc;
    to build many documents, keep one `specflow.tools.kit.Tools` and call `specflow.pipeline.build` for each. Raises
    SpecflowError with every fault, leaving earlier editions as they are.
    """
    from specflow import pipeline
    from specflow.tools.kit import Tools

    with Tools() as tools:
        return pipeline.build(_job(spec, out, formats, templates, settings), tools, warn or _ignore)


def _job(
    spec: str | Path,
    out: str | Path | None,
    formats: Iterable[Format | str],
    templates: Iterable[str | Path],
    settings: Settings | None,
) -> Job:
    from specflow.project import find_project

    project = find_project(Path(spec))
    wanted = {Format(form) for form in formats} or set(project.formats) or set(Format)
    return Job(
        spec=Path(spec),
        out=Path(out) if out is not None else project.out or Path("out"),
        formats=tuple(form for form in Format if form in wanted),
        templates=(*map(Path, templates), *project.templates),
        settings=project.settings if settings is None else settings,
    )


def _ignore(_: Diagnostic) -> None:
    """Take a warning that nobody asked for."""
