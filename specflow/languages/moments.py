"""A day and time of day with its zone, as a document prints it."""

from __future__ import annotations

from datetime import datetime

from specflow.model import Language
from specflow.validate.dates import day_words


def moment_words(text: str, language: Language) -> tuple[str, str]:
    """Return the day as the language writes dates, where one is named, and the time with its distance from UTC.

    `text` is ISO 8601 with a zone; 2026-11-23T14:05:33+01:00 becomes "23 November 2026" and "14:05:33 UTC+01:00".
    """
    moment = datetime.fromisoformat(text)
    day = moment.date().isoformat()
    zone = text[19:] if moment.utcoffset() else ""
    return day_words(day, language) if language.named else day, f"{text[11:19]} UTC{zone}"
