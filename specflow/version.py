"""The version of specflow that runs."""

from __future__ import annotations

import re
from pathlib import Path


def version() -> str:
    """Return specflow's version: the checkout's own, else that of the installed package.

    A checkout comes first because what is installed from it may be older than its files.
    """
    project = Path(__file__).resolve().parents[1] / "pyproject.toml"
    if project.is_file():
        found = re.search(r'^\[project\]$.*?^version = "(.+?)"$', project.read_text("utf-8"), re.MULTILINE | re.DOTALL)
        if found:
            return found[1]
    from importlib.metadata import version as installed

    return installed("specflow")
