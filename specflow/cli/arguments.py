"""The argument parser's dialect: how its faults read, and the options that several commands share.

Imports here are paid by `specflow --help`; everything heavy is imported inside the commands.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NoReturn

from specflow.diagnostics import Span, error
from specflow.errors import FileAccess, UsageError
from specflow.model import Settings
from specflow.project import real_path

DOCS = "documentation: README.md and the folder docs/ of specflow's source"


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


_PAPERS = ("A4", "letter")


def page_size(text: str) -> str:
    """Return the size of paper as the theme names it."""
    for paper in _PAPERS:
        if text.casefold() == paper.casefold():
            return paper
    raise argparse.ArgumentTypeError(f'there is no page size "{text}"; the sizes are {" and ".join(_PAPERS)}')


def add_settings(parser: argparse.ArgumentParser) -> None:
    """Add what the command line chooses for a document beside its data; it wins over the project file."""
    parser.add_argument(
        "--data",
        action="append",
        type=Path,
        default=[],
        metavar="FILE",
        help="a YAML file whose data win over the spec's; repeatable, the last one on top",
    )
    parser.add_argument("--theme", metavar="NAME", help="the theme: its name, or its folder")
    parser.add_argument("--page-size", type=page_size, metavar="SIZE", help="the paper: A4 or letter")
    parser.add_argument("--language", metavar="TAG", help="the language where the data name none, such as de or pt-BR")
    parser.add_argument("--reference", type=Path, metavar="FILE", help="a Word file whose styles the DOCX takes on")
    parser.add_argument(
        "--attach-source",
        action=argparse.BooleanOptionalAction,
        help="put the data into the PDF, which becomes a PDF/A-3a",
    )


def require_files(options: argparse.Namespace) -> None:
    """Raise FileAccess for what --data and --reference name that is no file."""
    named = [("--data", path) for path in options.data]
    named += [("--reference", options.reference)] if options.reference else []
    hint = "check the path; relative paths start at the current folder"
    faults = [
        error("file-missing", f"{option} names no file", Span(path), hint)
        for option, path in named
        if not path.is_file()
    ]
    if faults:
        raise FileAccess(*faults)


def chosen_settings(options: argparse.Namespace, spec: Path, given: Settings) -> Settings:
    """Return the project's settings with what the command line says put over them."""
    attach = given.attach_source if options.attach_source is None else options.attach_source
    return replace(
        given,
        theme=_theme(options.theme, given.folder or spec.parent) if options.theme else given.theme,
        page_size=options.page_size or given.page_size,
        language=options.language or given.language,
        data=(*given.data, *options.data),
        reference=options.reference or given.reference,
        attach_source=attach,
    )


def _theme(name: str, folder: Path) -> str:
    """Return the theme as the project names it: a path from the current folder becomes one from the project folder."""
    named, root = real_path(Path(name)), real_path(folder)
    is_path = (named / "theme.yaml").is_file() or named.is_file()
    return named.relative_to(root).as_posix() if is_path and named.is_relative_to(root) else name


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
