"""`specflow new`: a starter spec with every key explained, and the schema that lets an editor help with it."""

from __future__ import annotations

import argparse
import contextlib
import os
import shlex
import tempfile
from collections.abc import Mapping
from pathlib import Path

from specflow.cli.arguments import add_templates, describe, template_folders
from specflow.cli.report import Report, shown
from specflow.cli.schema import DEFAULT_TEMPLATE, named_template, schema_text
from specflow.diagnostics import Diagnostic, Span, error
from specflow.errors import ExitCode, FileAccess, UsageError
from specflow.files import read_bytes
from specflow.project import PROJECT_FILE, find_project

NAME = "new"


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    describe(
        parser,
        "Write DIR/<stem>.yaml, a draft with every key explained, and the JSON Schema for editors.\n"
        "A file that exists is never overwritten without --force.",
        [
            "specflow new specs",
            "specflow new specs --name payments-ledger",
            "specflow new specs --template technical-specification",
        ],
    )
    parser.add_argument("dir", type=Path, metavar="DIR", help="the folder to write to; made where it does not exist")
    parser.add_argument(
        "--template",
        metavar="NAME",
        help=f"the template (default: that of the project file, or {DEFAULT_TEMPLATE})",
    )
    parser.add_argument(
        "--name", default="specification", metavar="STEM", help="the spec's name (default: specification)"
    )
    parser.add_argument("--force", action="store_true", help="overwrite files that exist")
    add_templates(parser)


def run(options: argparse.Namespace, report: Report) -> ExitCode:
    """Write the files, or none of them."""
    stem = _stem(options.name)
    spec = options.dir / f"{stem}.yaml"
    project = find_project(spec)
    name = options.template or project.settings.template or DEFAULT_TEMPLATE
    template = named_template(name, (*template_folders(options), *project.templates))
    files = {
        spec: read_bytes(template.starter),
        options.dir / f"{template.name}.schema.json": schema_text(template).encode() + b"\n",
    }
    written = _write_all(options.dir, files, force=options.force)
    for path in written:
        report.result(f"wrote  {shown(path)}")
    own = "".join(f" --templates {shlex.quote(shown(folder))}" for folder in options.templates)
    target = shlex.quote(shown(spec))
    report.note(f"next:\n  specflow check {target}{own}\n  specflow build {target}{own}")
    return ExitCode.DONE


def _stem(name: str) -> str:
    stem = name.removesuffix(".yaml").removesuffix(".yml")
    if (
        f"{stem}.yaml" == PROJECT_FILE
        or not stem
        or stem.startswith((".", "-"))
        or any(mark in stem for mark in '/\\:*?"<>|')
        or not stem.isprintable()
    ):
        hint = "give a file name without a folder, such as --name payments-ledger"
        raise UsageError(error("bad-name", f'"{name}" cannot be a file\'s name', hint=hint))
    return stem


def _write_all(folder: Path, files: Mapping[Path, bytes], *, force: bool) -> list[Path]:
    """Write the files that are not there as they should be and return them; refuse before the first is written."""
    wanted = {path: data for path, data in files.items() if not (path.is_file() and read_bytes(path) == data)}
    in_the_way = [_exists(path) for path in wanted if path.exists()]
    if in_the_way and not force:
        raise FileAccess(*in_the_way)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for path, data in wanted.items():
            _write(path, data)
    except OSError as fault:
        message, hint = f"cannot be written: {fault.strerror or fault}", "check the folder and its permissions"
        raise FileAccess(error("file-unwritable", message, Span(Path(fault.filename or folder)), hint)) from fault
    return list(wanted)


def _exists(path: Path) -> Diagnostic:
    hint = "choose another --name or DIR, or overwrite it with --force"
    return error("file-exists", "this file exists and is left as it is", Span(path), hint)


def _write(path: Path, data: bytes) -> None:
    """Write beside and rename, so that whoever looks sees the old file or the new one."""
    handle, beside = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
        mask = os.umask(0)
        os.umask(mask)
        Path(beside).chmod(0o666 & ~mask)  # mkstemp's files are private; a spec is an ordinary file
        Path(beside).replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(beside).unlink()
        raise
