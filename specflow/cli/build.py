"""`specflow build`: make the editions of documents."""

from __future__ import annotations

import argparse
from pathlib import Path

from specflow.cli.arguments import (
    add_fail_on_warnings,
    add_json,
    add_paths,
    add_settings,
    add_templates,
    chosen_settings,
    describe,
    require_files,
    template_folders,
)
from specflow.cli.documents import Done, state, work_through
from specflow.cli.report import Report
from specflow.cli.specs import Found, find_specs, out_folder, refuse_clashes
from specflow.diagnostics import Warn
from specflow.errors import ExitCode
from specflow.model import Format, Job, Record

NAME = "build"
SUMMARY = "make DOCX, PDF and HTML editions that agree"


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    describe(
        parser,
        "Write OUT/<relative folder>/<stem>.docx, .pdf, .html and the record .json for every spec. A document\n"
        "with a fault, or whose editions do not agree, keeps its earlier editions; the others go on.",
        [
            "specflow build specs/ledger.yaml",
            "specflow build specs --out dist --formats pdf,html",
            "specflow build specs --exclude specs/old --json",
            "specflow build specs/ledger.yaml --data release.yaml --page-size letter",
        ],
    )
    add_paths(parser)
    parser.add_argument(
        "-o",
        "--out",
        type=Path,
        metavar="OUT",
        help="the folder to write to (default: that of the project file, or out)",
    )
    parser.add_argument(
        "-f",
        "--formats",
        type=formats,
        metavar="LIST",
        help="which editions, comma-separated: docx,pdf,html (default: those of the project file, or all)",
    )
    add_settings(parser)
    add_templates(parser)
    add_fail_on_warnings(parser)
    add_json(parser)


def formats(text: str) -> tuple[Format, ...]:
    """Return the formats that a comma-separated list names, each once, in the canonical order."""
    names = [name.strip().lower() for name in text.split(",") if name.strip()]
    unknown = [name for name in names if name not in set(Format)]
    if unknown or not names:
        message = f'there is no format "{unknown[0] if unknown else text}"; the formats are {", ".join(Format)}'
        raise argparse.ArgumentTypeError(message)
    return tuple(made for made in Format if made in names)


def run(options: argparse.Namespace, report: Report) -> ExitCode:
    """Build every document."""
    templates = template_folders(options)
    require_files(options)
    found = refuse_clashes(find_specs(options.paths, options.exclude, options.out, options.data), options.out)
    from specflow.tools.kit import Tools

    with Tools() as tools:

        def build_one(one: Found, warn: Warn) -> Done:
            from specflow.pipeline import build

            project = one.project
            job = Job(
                spec=one.spec,
                out=out_folder(options.out, project) / one.folder,
                formats=options.formats or project.formats or tuple(Format),
                templates=(*templates, *project.templates),
                settings=chosen_settings(options, one.spec, project.settings),
            )
            record = build(job, tools, warn)
            return Done(built_line(one, record), record.content)

        return work_through(NAME, "built", found, build_one, report, fail_on_warnings=options.fail_on_warnings)


def built_line(one: Found, record: Record) -> str:
    """Return the one line that a built document gets."""
    document = record.content["document"]
    shown_state = state(document["status"], document["version"])
    return f"built  {one.name}  {shown_state}  {' '.join(record.editions)}  {record.completeness}"
