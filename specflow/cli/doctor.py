"""`specflow doctor`: what is installed, what is missing, and the line that installs it."""

from __future__ import annotations

import argparse
import platform
import re
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from specflow import assets
from specflow.cli.arguments import add_json, describe
from specflow.cli.report import Report, shown
from specflow.errors import ExitCode, SpecflowError
from specflow.version import version

if TYPE_CHECKING:
    from specflow.fonts.catalogue import Pack

NAME = "doctor"

LIBRARIES = {
    "asn1crypto": ("asn1crypto", "1.5.1"),
    "cryptography": ("cryptography", "46"),
    "fonttools": ("fontTools", "4.60"),
    "jinja2": ("jinja2", "3.1.6"),
    "jsonschema": ("jsonschema", "4.23"),
    "lxml": ("lxml.etree", "5.3"),
    "pikepdf": ("pikepdf", "9.5"),
    "pyhanko": ("pyhanko", "0.38"),
    "pypandoc-binary": ("pypandoc", "1.15"),
    "python-docx": ("docx", "1.1.2"),
    "pyyaml": ("yaml", "6.0.2"),
    "shtab": ("shtab", "1.7"),
    "typst": ("typst", "0.14"),
}
"""Distribution -> its module and the oldest version that will do; a test holds it against pyproject.toml."""

_OLDEST_PYTHON = (3, 11)
_PANDOC_SECONDS = 20
_REINSTALL = "python -m pip install --force-reinstall specflow"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line: what was looked at, if it is as it should be, and the mend where it is not."""

    name: str
    ok: bool
    detail: str
    hint: str | None = None
    needed: bool = True

    def __str__(self) -> str:
        text = f"{'ok' if self.ok else 'missing':<9}{self.name:<18}{self.detail}"
        return text if self.ok or not self.hint else f"{text}\n         mend it with: {self.hint}"


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    describe(
        parser,
        "Look at everything that specflow needs; a line each, with the command that mends it.\n"
        "Exit 8 if something is missing.",
        ["specflow doctor", "specflow doctor --json"],
    )
    add_json(parser)


def run(options: argparse.Namespace, report: Report) -> ExitCode:
    """Report every finding."""
    findings = list(examine())
    exit_code = ExitCode.DONE if all(found.ok for found in findings if found.needed) else ExitCode.TOOL_MISSING
    if report.json:
        report.document(NAME, exit_code, checks=[asdict(found) for found in findings])
    else:
        for found in findings:
            report.result(str(found))
    return exit_code


def examine() -> Iterator[Finding]:
    """Yield the findings; nothing that is missing makes it fail."""
    from specflow.fonts.catalogue import PACKS

    yield Finding("specflow", True, f"{version()} in {Path(__file__).resolve().parents[1]}")
    yield _python()
    yield _pandoc()
    for distribution, (module, oldest) in LIBRARIES.items():
        yield _library(distribution, module, oldest)
    yield _files("fonts", assets.templates() / "fonts", ("*.ttf", "*.otf"))
    yield _files("script fonts", assets.templates() / "script-fonts", ("*.ttf",))
    for pack in PACKS:
        yield _font_pack(pack)
    yield _templates()
    yield _files("filters", assets.filters(), ("*.lua",))
    yield _writable(Path.cwd())


def _python() -> Finding:
    wanted = ".".join(map(str, _OLDEST_PYTHON))
    detail = f"{platform.python_version()} at {sys.executable} on {platform.platform()}"
    return Finding("Python", sys.version_info >= _OLDEST_PYTHON, detail, f"install Python {wanted} or newer")


def _pandoc() -> Finding:
    import subprocess

    from specflow.tools.pandoc import INSTALL, MINIMUM_VERSION, find_pandoc

    wanted = ".".join(map(str, MINIMUM_VERSION))
    try:
        program = find_pandoc()
        asked = subprocess.run(
            [program, "--version"], capture_output=True, text=True, timeout=_PANDOC_SECONDS, check=True
        )
    except SpecflowError:
        return Finding("pandoc", False, "not installed", INSTALL)
    except (OSError, subprocess.SubprocessError) as fault:
        return Finding("pandoc", False, f"cannot be run: {fault}", INSTALL)
    found = asked.stdout.partition("\n")[0].removeprefix("pandoc").strip()
    is_enough = _numbers(found) >= MINIMUM_VERSION
    return Finding("pandoc", is_enough, f"{found} at {program} ({wanted} or newer is needed)", INSTALL)


def _library(distribution: str, module: str, oldest: str) -> Finding:
    from importlib import import_module, metadata

    install = f"python -m pip install '{distribution}>={oldest}'"
    try:
        found = metadata.version(distribution)
        import_module(module)
    except metadata.PackageNotFoundError:
        return Finding(distribution, False, "not installed", install)
    except Exception as fault:  # whatever a broken library does when imported is a finding
        return Finding(
            distribution,
            False,
            f"{found} is broken: {fault}",
            install.replace("install", "install --force-reinstall", 1),
        )
    is_enough = _numbers(found) >= _numbers(oldest)
    return Finding(distribution, is_enough, found if is_enough else f"{found} is too old", install)


def _files(name: str, folder: Path, patterns: tuple[str, ...]) -> Finding:
    count = sum(1 for pattern in patterns for _ in folder.glob(pattern))
    return Finding(name, count > 0, f"{count} in {folder}", _REINSTALL)


def _font_pack(pack: Pack) -> Finding:
    """Return whether a package of the extra `fonts` is there; documents in other scripts do without."""
    from specflow.fonts.catalogue import INSTALL, releases

    installed = releases().get(pack.distribution)
    detail = f"{pack.distribution} {installed or 'is not installed'}: {pack.scripts}"
    return Finding(pack.name, installed is not None, detail, INSTALL, needed=False)


def _templates() -> Finding:
    try:
        from specflow.template import template_names

        names = sorted(template_names(()))
    except ImportError:  # a library that is reported above
        names = sorted(path.parent.name for path in assets.templates().glob("*/*.j2"))
    return Finding("templates", bool(names), ", ".join(names) or f"none in {assets.templates()}", _REINSTALL)


def _writable(folder: Path) -> Finding:
    import tempfile

    try:
        with tempfile.TemporaryFile(dir=folder):
            return Finding("current folder", True, f"{shown(folder)} can be written to", needed=False)
    except OSError as fault:
        detail = f"{folder} cannot be written to: {fault.strerror}"
        return Finding("current folder", False, detail, "specflow build --out with another folder", needed=False)


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", text)[:3])
