"""What is seen of a signature in its field: printed name, function, meaning, date and time.

Typst draws it, with the project's own fonts embedded: a signing library's own text has fonts that PDF/A forbids.
"""

from __future__ import annotations

import json
import unicodedata
from dataclasses import dataclass
from datetime import datetime

from specflow.fonts import cover, families
from specflow.glyphs import mark
from specflow.tools.typst import Typst

_FAMILY = "Liberation Sans"
_STANDARD = ("a-2u",)
_SOURCE = r"""
#let stamp = json(bytes(sys.inputs.stamp))
#set page(width: stamp.width * 1pt, height: stamp.height * 1pt, margin: 0pt, fill: none)
#set text(font: (stamp.family, ..stamp.fonts), hyphenate: false, lang: "en")
#set text(top-edge: 0.905em, bottom-edge: -0.212em)
#set par(leading: 0.05em, spacing: 0.05em)
#let lines(size) = {
  set text(size: size)
  for (at, words) in stamp.lines.enumerate() {
    // each line runs its own way, all stand on the side of the name
    set text(dir: if words.rtl { rtl } else { ltr }, weight: if at == 0 { "bold" } else { "regular" })
    block(width: 100%, spacing: 0.05em, align(if stamp.lines.at(0).rtl { right } else { left }, words.text))
  }
}
#layout(room => {
  let sizes = range(30, 4, step: -1).map(n => n * 0.25pt)
  let fits(size) = measure(block(width: room.width, lines(size))).height <= room.height
  block(width: 100%, height: 100%, clip: true, align(horizon, lines(sizes.find(fits))))
})
"""


@dataclass(frozen=True, slots=True)
class Stamp:
    """The words of a stamp; empty ones take no line."""

    name: str
    function: str
    meaning: str
    moment: datetime


def printed_moment(moment: datetime) -> str:
    """Return date and time with the zone as they are printed: `2026-11-23 14:05:09 +01:00`."""
    return moment.isoformat(sep=" ", timespec="seconds").replace("+", " +").replace("+00:00", "UTC")


def draw_stamp(stamp: Stamp, width: float, height: float, typst: Typst) -> bytes:
    """Return a PDF of one page of this size in points, in any script; the type is as large as fits, 7.5 pt at most.

    A character that no font has is shown by its number. Same words, same bytes.
    """
    lines = [line for line in (stamp.name, stamp.function, stamp.meaning, printed_moment(stamp.moment)) if line]
    coverage = cover([("stamp", line) for line in lines], (_FAMILY,), "en")
    lost = {ord(character): mark(character) for missing in coverage.missing for character in missing.characters}
    values = {
        "width": width,
        "height": height,
        "family": _FAMILY,
        "fonts": list(families(coverage.fonts, "en")),
        "lines": [{"text": line.translate(lost), "rtl": _runs_right_to_left(line)} for line in lines],
    }
    return typst.compile(
        _SOURCE.encode(),
        {"stamp": json.dumps(values)},
        timestamp=0,
        standards=_STANDARD,
        fonts=coverage.fonts,
    )


def _runs_right_to_left(text: str) -> bool:
    """Say if the first letter with a direction runs from right to left (UAX #9, rule P2)."""
    return next((c in ("R", "AL") for c in map(unicodedata.bidirectional, text) if c in ("L", "R", "AL")), False)
