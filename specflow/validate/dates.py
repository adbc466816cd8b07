"""Days in the form YYYY-MM-DD (ISO 8601), and what the author of another form may have meant."""

from __future__ import annotations

import datetime
import re
from calendar import monthrange

from specflow.model import Language

DATE_PART = re.compile(r"\{(day|month|year)(?::([^{}]+))?\}")
"""A part of a language's date pattern; `{day:1er}` has what is written for the first day of a month."""

_ISO = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_YEAR_FIRST = re.compile(r"([0-9]{4})[-./ ]?([0-9]{1,2})[-./ ]?([0-9]{1,2})(?:[T ].*)?", re.ASCII | re.DOTALL)
_DAY_FIRST = re.compile(r"([0-9]{1,2})\.\s?([0-9]{1,2})\.\s?([0-9]{4})", re.ASCII)


def parse_day(text: str) -> datetime.date | None:
    """Return the day that an ISO date names, or None; other ISO forms, such as weeks, are not accepted."""
    if not _ISO.fullmatch(text):
        return None
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        return None


def day_words(text: str, language: Language) -> str:
    """Return an ISO date as the language writes it, or the text itself where it is none."""
    day = parse_day(text)
    if day is None:
        return text
    month = language.months[day.month - 1] if language.months else str(day.month)
    numbers = {"year": str(day.year), "month": month, "day": str(day.day)}

    def part(found: re.Match[str]) -> str:
        return found[2] if found[2] and day.day == 1 else numbers[found[1]]

    return DATE_PART.sub(part, language.date)


def complaint(text: str, shown: str) -> tuple[str, str]:
    """Return what is wrong with a text that is no ISO date, and how to mend it."""
    if _ISO.fullmatch(text):
        year, month = int(text[:4]), int(text[5:7])
        if 1 <= month <= 12 and year:
            last = monthrange(year, month)[1]
            return f"there is no day {shown}", f"the last day of that month is {text[:8]}{last}"
        return f"there is no day {shown}", "the form is YYYY-MM-DD, year, month and day"
    meant = _meant(text)
    return f"{shown} is not a date", f"write {meant}" if meant else "write year, month and day as YYYY-MM-DD"


def _meant(text: str) -> str | None:
    """Return the ISO form of a date whose parts are plain; `03/04/2026` is not, since it depends on the country."""
    if found := _YEAR_FIRST.fullmatch(text):
        year, month, day = found.groups()
    elif found := _DAY_FIRST.fullmatch(text):
        day, month, year = found.groups()
    else:
        return None
    iso = f"{year}-{int(month):02}-{int(day):02}"
    return iso if parse_day(iso) else None
