"""Where a document's editions come from."""

from __future__ import annotations

BUILT = "built"
"""Made anew."""
RESTORED = "restored"
"""Put in place as they were made of the same content before."""
UNCHANGED = "unchanged"
"""In place and right already."""
