"""How Word is told to write a day, and how a day that it wrote is read again."""

from __future__ import annotations

import re
from datetime import date

from specflow.model import Language
from specflow.validate.dates import DATE_PART


def date_format(language: Language) -> str:
    """Return how Word writes days as the document does: `d MMMM yyyy`, or as ISO dates where no language is named."""
    if not language.named:
        return "yyyy-MM-dd"
    parts = {"day": "d", "month": "MMMM" if language.months else "M", "year": "yyyy"}
    made, end = "", 0
    for found in DATE_PART.finditer(language.date):
        made += _literal(language.date[end : found.start()]) + parts[found[1]]
        end = found.end()
    return made + _literal(language.date[end:])


def _literal(text: str) -> str:
    """Return the text with its letters in quotes, without which Word takes them for parts of the date."""
    return re.sub(r"[^\W\d_]+", lambda found: f"'{found[0]}'", text)


def iso_day(text: str) -> str:
    """Return the ISO date that the text begins with, "" where it begins with none, or there is no such day."""
    try:
        return date.fromisoformat(text[:10]).isoformat()
    except ValueError:
        return ""
