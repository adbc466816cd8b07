"""The only place where specflow asks what time it is: decisions have a date, and reviews fall due."""

from __future__ import annotations

from datetime import datetime


def now() -> datetime:
    """Return the present time with the zone of the machine."""
    return datetime.now().astimezone()
