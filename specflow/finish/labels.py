"""The words that the editions add to the document's own: one list, so that they are the same in all three."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

LABELS: Mapping[str, str] = MappingProxyType(
    {
        "contents": "Contents",
        "version": "Version",
        "page": "Page {page} of {pages}",
        "draft": "DRAFT – not approved",
        "watermark": "DRAFT",
        "skip": "Skip to the content",
        "done": "done",
        "open": "not done",
    }
)
"""Each word or phrase by what it is for; `{page}` and `{pages}` are filled by the format's own counters."""
