"""What was measured, as a Markdown page and as a chart."""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from html import escape
from itertools import groupby

from bench.cost import Cost

_WIDTH, _BAR, _LEFT, _RIGHT = 760, 22, 330, 90


@dataclass(frozen=True)
class Row:
    """What something cost; `base` is what it is compared with, in the same part."""

    part: str
    what: str
    cost: Cost
    base: Cost | None = None

    def line(self) -> str:
        """Return the row of a Markdown table."""
        cost = self.cost
        cpu = f"{cost.cpu:.2f}" if cost.cpu else ""
        peak = f"{cost.peak:.0f}" if cost.peak else ""
        base = self.base or cost
        ratio = f"{cost.cpu / base.cpu:.2f}" if cost.cpu and base.cpu else ""
        return (
            f"| {self.part} | {self.what} | {cost.wall:.2f} | {cpu} | {peak} | {cost.wall / base.wall:.2f} | {ratio} |"
        )


def machine() -> str:
    """Return when and where it was measured."""
    day = datetime.now(UTC).date().isoformat()
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / (1 << 30)
    load = f", mean load {os.getloadavg()[2]:.1f}" if hasattr(os, "getloadavg") else ""
    return (
        f"{day}, {platform.system()} {platform.machine()}, {os.cpu_count()} cores, {memory:.0f} GiB, "
        f"Python {platform.python_version()}{load}"
    )


def table(rows: Sequence[Row], missing: Sequence[str], asked: str) -> str:
    """Return the page with the table."""
    lines = [
        "# Benchmarks",
        "",
        f"Measured by `make bench` ({asked}), {machine()}.",
        "Only ratios travel from one machine to another. Each is against the first row of its part, in the same run;",
        "above 1 is more. Where other programs ran at the same time, trust the ratio of processor time.",
        "",
        "| part | what | wall s | CPU s | peak MiB | ratio, wall | ratio, CPU |",
        "|---|---|---:|---:|---:|---:|---:|",
        *(row.line() for row in rows),
        "",
        "![The same as bars](images/bench.svg)",
        "",
        "Peak MiB is the memory of all processes together. The text with the `http` fence costs plain pandoc much",
        "more: it loads all of its syntax tables for a language that it does not know. specflow renames such",
        "languages, which any user of pandoc could do, so both are shown.",
    ]
    if missing:
        lines += ["", f"Not installed, and not measured: {', '.join(missing)}."]
    return "\n".join(lines) + "\n"


def chart(rows: Sequence[Row]) -> str:
    """Return the times as bars, the longest of each part at full width."""
    drawn, y = [], 34
    for part, group in groupby(rows, key=lambda row: row.part):
        own = list(group)
        most = max(row.cost.wall for row in own)
        drawn.append(f'<text x="8" y="{y}" class="part">{escape(part)}</text>')
        y += 8
        for row in own:
            width = max(1.0, (_WIDTH - _LEFT - _RIGHT) * row.cost.wall / most)
            kind = "ours" if row.what.startswith("specflow") else "other"
            drawn.append(f'<text x="{_LEFT - 8}" y="{y + 14}" text-anchor="end">{escape(row.what)}</text>')
            drawn.append(f'<rect x="{_LEFT}" y="{y + 2}" width="{width:.1f}" height="{_BAR - 7}" class="{kind}"/>')
            drawn.append(f'<text x="{_LEFT + width + 6:.1f}" y="{y + 14}">{row.cost.wall:.2f} s</text>')
            y += _BAR
        y += 26
    style = (
        "text{font:12px sans-serif;fill:#222}.part{font-weight:bold}.ours{fill:#1f5fa8}.other{fill:#8a8f98}"
        "svg{background:#fff}"
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {y}" role="img" '
        f'aria-label="Time on the clock by part, in seconds">\n<style>{style}</style>\n'
        f'<rect width="{_WIDTH}" height="{y}" fill="#fff"/>\n' + "\n".join(drawn) + "\n</svg>\n"
    )
