"""The argument parser's dialect: how its faults read, and the options that several commands share.

Imports here are paid by `specflow --help`; everything heavy is imported inside the commands.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, NoReturn, Protocol

from specflow.cli.report import Report
from specflow.diagnostics import Span, error
from specflow.errors import ExitCode, UsageError

DOCS = "documentation: README.md and the folder docs/ of specflow's source"


class Command(Protocol):
    """What a command's module offers."""

    NAME: str
    SUMMARY: str

    def configure(self, parser: argparse.ArgumentParser) -> None:
        """Add the command's arguments, its description and its examples."""

    def run(self, options: argparse.Namespace, report: Report) -> ExitCode:
        """Do it, and return the exit code; or raise SpecflowError."""


class Parser(argparse.ArgumentParser):
    """An argument parser whose faults are diagnostics, with the nearest option as the mend."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options, allow_abbrev=False, formatter_class=argparse.RawDescriptionHelpFormatter)

    def error(self, message: str) -> NoReturn:
        """Raise UsageError instead of printing."""
        raise UsageError(error("usage", message, hint=f"see {self.prog} --help"))

    def options(self) -> list[str]:
        """Return the long options that the parser knows."""
        return [name for action in self._actions for name in action.option_strings if name.startswith("--")]


def nearest(word: str, known: Iterable[str]) -> str | None:
    """Return the known word that the given one most likely means, if any comes near."""
    from difflib import get_close_matches

    return next(iter(get_close_matches(word, list(known), 1)), None)


def add_paths(parser: argparse.ArgumentParser) -> None:
    """Add PATH… and --exclude: which specs are meant."""
    parser.add_argument(
        "paths", nargs="+", type=Path, metavar="PATH", help="a YAML file, or a folder to search for specs"
    )
    parser.add_argument(
        "--exclude",
        action="append",
        type=Path,
        default=[],
        metavar="PATH",
        help="leave this file or folder out; repeatable",
    )


def add_templates(parser: argparse.ArgumentParser) -> None:
    """Add --templates: where templates of one's own lie."""
    parser.add_argument(
        "--templates",
        action="append",
        type=Path,
        default=[],
        metavar="DIR",
        help="a folder of templates, asked before the bundled ones; repeatable",
    )


def template_folders(options: argparse.Namespace) -> tuple[Path, ...]:
    """Return the folders that --templates names, or raise UsageError for those that are none."""
    folders: tuple[Path, ...] = tuple(options.templates)
    hint = "name the folder that holds your templates, each a folder with a manifest.yaml"
    faults = [
        error("templates-missing", "--templates names no folder", Span(path), hint)
        for path in folders
        if not path.is_dir()
    ]
    if faults:
        raise UsageError(*faults)
    return folders


def add_json(parser: argparse.ArgumentParser) -> None:
    """Add --json."""
    parser.add_argument("--json", action="store_true", help="print one JSON object on standard output instead of text")


def add_fail_on_warnings(parser: argparse.ArgumentParser) -> None:
    """Add --fail-on-warnings."""
    parser.add_argument(
        "--fail-on-warnings", action="store_true", help="a document with warnings counts as failed (exit 3), for CI"
    )


def describe(parser: argparse.ArgumentParser, description: str, examples: Sequence[str]) -> None:
    """Set the description, and the examples as the epilog."""
    parser.description = description
    parser.epilog = "\n".join(["examples:", *(f"  {example}" for example in examples), "", DOCS])
