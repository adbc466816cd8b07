"""The commands, in the order of the help; a command's module is imported when it is chosen."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Protocol, cast

if TYPE_CHECKING:
    from specflow.cli.report import Report
    from specflow.errors import ExitCode


class Module(Protocol):
    """What the module of a command offers."""

    def configure(self, parser: ArgumentParser) -> None:
        """Add the command's arguments, its description and its examples."""

    def run(self, options: Namespace, report: Report) -> ExitCode:
        """Do it, and return the exit code; or raise SpecflowError."""


@dataclass(frozen=True, slots=True)
class Command:
    """A command: its name, which is that of its module, and what the help says of it."""

    name: str
    summary: str

    @property
    def module(self) -> Module:
        """The module that does it."""
        return cast("Module", import_module(f"specflow.cli.{self.name}"))


COMMANDS = (
    Command("new", "write a starter spec with every key explained"),
    Command("check", "find the faults of specs, write nothing"),
    Command("build", "make DOCX, PDF and HTML editions that agree"),
    Command("preview", "show a document in the browser, and again at each save"),
    Command("cache", "what is kept of earlier builds, and why a document is built again"),
    Command("sign", "sign a role's field of a PDF edition"),
    Command("verify", "prove that editions agree, with their record and with each other"),
    Command("approve", "record what a role has decided on a document"),
    Command("status", "tell how far documents are signed off, and what is stale"),
    Command("log", "show the decisions that the ledger of a document holds"),
    Command("review", "read what came back of a document that was sent out"),
    Command("release", "write an approved document and all that proves it into a folder for the archive"),
    Command("schema", "print a template's JSON Schema, for editors"),
    Command("doctor", "tell what is installed and what is missing"),
    Command("completion", "print a completion script for a shell"),
)
