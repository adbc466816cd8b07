"""`specflow schema`: the JSON Schema that editors use to complete and check a spec."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from specflow.cli.arguments import add_templates, describe, nearest, template_folders
from specflow.cli.report import Report
from specflow.diagnostics import error
from specflow.errors import ExitCode, UsageError
from specflow.model import Template

NAME = "schema"
DEFAULT_TEMPLATE = "technical-specification"


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    describe(
        parser,
        "Print the JSON Schema of a template's specs. Editors with YAML support complete keys and show faults with it\n"
        "when a spec's first line is: # yaml-language-server: $schema=technical-specification.schema.json",
        ["specflow schema", "specflow schema technical-specification > specs/technical-specification.schema.json"],
    )
    parser.add_argument(
        "name", nargs="?", default=DEFAULT_TEMPLATE, metavar="NAME", help=f"the template (default: {DEFAULT_TEMPLATE})"
    )
    add_templates(parser)


def run(options: argparse.Namespace, report: Report) -> ExitCode:
    """Print the schema."""
    report.result(schema_text(named_template(options.name, template_folders(options))))
    return ExitCode.DONE


def named_template(name: str, folders: Sequence[Path]) -> Template:
    """Return the template that the command line names, or raise UsageError with the name that was meant."""
    from specflow.template import find_template, template_names

    names = template_names(folders)
    if name not in names:
        meant = nearest(name, names)
        hint = f"did you mean {meant}?" if meant else f"the templates are {', '.join(names)}"
        raise UsageError(error("unknown-template", f'there is no template "{name}"', hint=hint))
    return find_template(name, folders)


def schema_text(template: Template) -> str:
    """Return the editor's schema as JSON: ASCII, sorted, so that the same template gives the same file."""
    import json

    from specflow.template import editor_schema

    return json.dumps(editor_schema(template), indent=2, sort_keys=True)
