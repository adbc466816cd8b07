"""`specflow preview`: a document in the browser, made anew at each save."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from specflow.cli.arguments import (
    add_settings,
    add_templates,
    chosen_settings,
    describe,
    require_files,
    template_folders,
)
from specflow.cli.report import Report, shown
from specflow.cli.specs import find_specs
from specflow.diagnostics import Span, error
from specflow.errors import ExitCode, FileAccess, UsageError
from specflow.model import Job

if TYPE_CHECKING:
    from specflow.preview.server import Server
    from specflow.preview.session import Session

NAME = "preview"


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    describe(
        parser,
        "Serve the HTML edition of a spec to a browser on this machine until Ctrl-C. The page shows each save at\n"
        "once and keeps its place; faults are shown above the last good edition, with their lines. DOCX and PDF\n"
        "are made when they are asked for. Nothing is written into the project.",
        ["specflow preview specs/ledger.yaml --open", "specflow preview specs/ledger.yaml --port 8765"],
    )
    parser.add_argument("spec", type=Path, metavar="SPEC", help="the YAML file")
    parser.add_argument("--port", type=port, default=0, metavar="N", help="the port (default: any that is free)")
    parser.add_argument("--open", action="store_true", help="open the page in the browser")
    add_settings(parser)
    add_templates(parser)


def port(text: str) -> int:
    """Return a port's number."""
    if not text.isdecimal() or not 0 < int(text) < 1 << 16:
        raise argparse.ArgumentTypeError(f'"{text}" is no port; write a number up to 65535')
    return int(text)


def run(options: argparse.Namespace, report: Report) -> ExitCode:
    """Serve the document until somebody stops it."""
    templates = template_folders(options)
    require_files(options)
    spec: Path = options.spec
    if not spec.is_file():
        hint = "name one YAML file; `specflow build --watch` looks after folders"
        raise FileAccess(error("file-missing", "preview shows one spec, and this is no file", Span(spec), hint))
    from specflow.preview.server import Server
    from specflow.preview.session import Session
    from specflow.watch import Watch

    def find_job(out: Path) -> Job:
        (found,) = find_specs([spec], data=options.data)
        if found.refusal:
            raise found.refusal
        settings = chosen_settings(options, spec, found.project.settings)
        return Job(spec, out, templates=(*templates, *found.project.templates), settings=settings)

    with Session(spec, find_job) as session, _server(Server, session, options.port) as server:
        report.result(f"preview of {shown(spec)}: {server.url}")
        report.note("Ctrl-C ends it")
        if options.open:
            import webbrowser

            webbrowser.open(server.url)
        watch = Watch(session.inputs.paths)
        while True:
            made = session.rebuild()
            report.diagnostics(made.diagnostics)
            watch.renew(session.inputs.paths)
            watch.wait()


def _server(kind: type[Server], session: Session, number: int) -> Server:
    try:
        return kind(session, number)
    except OSError as fault:
        message = f"port {number} cannot be had: {fault.strerror or fault}"
        raise UsageError(error("port-taken", message, hint="name another one with --port, or none")) from fault
