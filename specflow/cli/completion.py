"""`specflow completion`: a script that teaches the shell specflow's commands and options."""

from __future__ import annotations

import argparse
from pathlib import Path

from specflow.cli.arguments import describe
from specflow.cli.report import Report
from specflow.diagnostics import error
from specflow.errors import ExitCode, ToolMissing

NAME = "completion"
SHELLS = ("bash", "zsh", "tcsh")


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    describe(
        parser,
        "Print a script with which the shell completes specflow's commands, options and paths.",
        [
            "specflow completion bash > ~/.local/share/bash-completion/completions/specflow",
            "specflow completion zsh > ~/.zfunc/_specflow",
            "specflow completion tcsh > ~/.specflow.tcsh; source ~/.specflow.tcsh",
        ],
    )
    parser.add_argument("shell", choices=SHELLS, help="the shell")


def run(options: argparse.Namespace, report: Report) -> ExitCode:
    """Print the script."""
    try:
        import shtab
    except ImportError as fault:
        missing = error(
            "library-missing", "the library shtab is not installed", hint="python -m pip install 'shtab>=1.7'"
        )
        raise ToolMissing(missing) from fault
    from specflow.cli.main import parser

    top = parser()
    _complete_paths(top, shtab.FILE)
    report.result(shtab.complete(top, options.shell))
    return ExitCode.DONE


def _complete_paths(parser: argparse.ArgumentParser, complete: object) -> None:
    """Let the shell complete file names wherever a path is meant, below the commands too."""
    for action in parser._actions:
        if action.type is Path:
            action.complete = complete  # type: ignore[attr-defined]
        if isinstance(action, argparse._SubParsersAction):
            for below in action.choices.values():
                _complete_paths(below, complete)
