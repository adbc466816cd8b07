"""`specflow check`: find the faults, write nothing."""

from __future__ import annotations

import argparse

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
from specflow.cli.report import Report, shown
from specflow.cli.specs import Found, find_specs, out_folder
from specflow.diagnostics import Warn
from specflow.errors import ExitCode
from specflow.model import Job

NAME = "check"


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    describe(
        parser,
        "Report every fault of the specs, each with its place and its mend. Nothing is written.",
        ["specflow check specs/ledger.yaml", "specflow check specs --json", "specflow check specs --fail-on-warnings"],
    )
    add_paths(parser)
    add_settings(parser)
    add_templates(parser)
    add_fail_on_warnings(parser)
    add_json(parser)


def run(options: argparse.Namespace, report: Report) -> ExitCode:
    """Check every document."""
    templates = template_folders(options)
    require_files(options)

    def check_one(found: Found, warn: Warn) -> Done:
        from specflow.pipeline import check

        project = found.project
        job = Job(
            spec=found.spec,
            out=out_folder(None, project) / found.folder,
            templates=(*templates, *project.templates),
            settings=chosen_settings(options, found.spec, project.settings),
        )
        spec = check(job, warn)
        identity = spec.identity
        return Done(f"valid  {shown(found.spec)}  {state(identity.status, identity.version)}  {spec.completeness}")

    found = find_specs(options.paths, options.exclude, data=options.data)
    return work_through(NAME, "valid", found, check_one, report, fail_on_warnings=options.fail_on_warnings)
