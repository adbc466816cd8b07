"""The `specflow` command: parse, dispatch, and turn exceptions into exit codes. Nothing else does the latter."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from io import TextIOWrapper
from typing import Any, NoReturn

from specflow.cli.arguments import DOCS, Parser, nearest
from specflow.cli.commands import COMMANDS, Command
from specflow.cli.report import Report, placed
from specflow.diagnostics import error
from specflow.errors import ExitCode, SpecflowError, UsageError
from specflow.version import version

_EXITS = """\
exit codes:
  0 done                     5 conversion failed
  1 a bug in specflow        6 verification failed
  2 usage                    7 sign-off refused
  3 the data is not valid    8 a tool is missing or too old
  4 the template is not      9 a file cannot be read or written
    valid                  130 interrupted
"""


def run() -> NoReturn:
    """Run the command line that the shell gave, and exit."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a character that the terminal lacks is no reason to fail
    code = main(sys.argv[1:])
    try:
        sys.stdout.flush()
    except OSError:
        code = code or ExitCode.FILE_ACCESS
        _silence()
    sys.exit(code)


def main(argv: Sequence[str]) -> int:
    """Run one command line and return its exit code; no exception leaves this function."""
    report = Report(json="--json" in argv)
    command = next((word for word in argv if not word.startswith("-")), "")
    try:
        return _dispatch(argv)
    except SpecflowError as fault:
        report.diagnostics(fault.diagnostics)
        if report.json:
            faults = [placed(diagnostic).as_json() for diagnostic in fault.diagnostics]
            report.document(command, fault.exit_code, documents=[], diagnostics=faults)
        return fault.exit_code
    except SystemExit as stop:  # argparse has printed the help or the version
        return int(stop.code or 0)
    except KeyboardInterrupt:
        print("interrupted; nothing half-written was left", file=sys.stderr)
        return ExitCode.INTERRUPTED
    except BrokenPipeError:  # the reader has seen enough: `specflow schema | head`
        _silence()
        return ExitCode.FILE_ACCESS
    except Exception:
        import traceback

        traceback.print_exc()
        print(
            "this is a bug in specflow: please report it with the lines above and with what `specflow doctor` prints",
            file=sys.stderr,
        )
        return ExitCode.BUG


def parser(words: Sequence[str] | None = None) -> Parser:
    """Return the parser of the whole command line; where its words are given, of the commands among them alone.

    The others are known by their names only, and their modules are not imported.
    """
    made = Parser(
        prog="specflow",
        description="One YAML specification, three editions that agree: DOCX, PDF and HTML for formal sign-off.",
        epilog=f"{_EXITS}\n{DOCS}",
    )
    made.add_argument("--version", action=_Version, nargs=0, help="print the version and exit")
    commands = made.add_subparsers(metavar="COMMAND", dest="command", parser_class=Parser)
    for command in COMMANDS:
        below = commands.add_parser(command.name, help=command.summary)
        if words is None or command.name in words:
            command.module.configure(below)
        below.set_defaults(command=command, parser=below)
    return made


def _dispatch(argv: Sequence[str]) -> ExitCode:
    top = parser(argv)
    if not argv:
        top.print_help()
        return ExitCode.USAGE
    _refuse_unknown_command(argv[0])
    options, unknown = top.parse_known_args(argv)
    if unknown:
        _refuse_unknown(unknown[0], getattr(options, "parser", top))
    command: Command = options.command
    return command.module.run(options, Report(json=getattr(options, "json", False)))


def _refuse_unknown_command(word: str) -> None:
    names = [command.name for command in COMMANDS]
    if not word.startswith("-") and word not in names:
        meant = nearest(word, names)
        hint = f"did you mean specflow {meant}?" if meant else f"the commands are {', '.join(names)}"
        raise UsageError(error("unknown-command", f'there is no command "{word}"', hint=hint))


def _refuse_unknown(word: str, asked: Parser) -> NoReturn:
    name = word.partition("=")[0]
    if not name.startswith("-"):
        raise UsageError(error("unexpected-argument", f'unexpected argument "{word}"', hint=f"see {asked.prog} --help"))
    meant = nearest(name, asked.options())
    hint = f"did you mean {meant}?" if meant else f"see {asked.prog} --help"
    raise UsageError(error("unknown-option", f"{asked.prog} has no option {name}", hint=hint))


def _silence() -> None:
    """Let Python's own flush at exit go nowhere: standard output is gone."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


class _Version(argparse.Action):
    """Print the version; it is looked up only when asked for."""

    def __call__(self, parser: argparse.ArgumentParser, *_: Any) -> None:
        print(f"specflow {version()}")
        parser.exit()
