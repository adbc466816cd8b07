"""Where the bundled templates and filters lie: beside the package in a checkout, inside it in a wheel."""

from __future__ import annotations

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def _folder(name: str) -> Path:
    installed = _PACKAGE / "assets" / name
    return installed if installed.is_dir() else _PACKAGE.parent / name


def templates() -> Path:
    """Return the folder of the bundled templates, layouts, themes and fonts."""
    return _folder("templates")


def filters() -> Path:
    """Return the folder of the bundled pandoc filters."""
    return _folder("filters")
