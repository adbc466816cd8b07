"""Sign-off: how far the present content is approved, by the roles of the data and the ledger beside the spec."""

from __future__ import annotations

from collections.abc import Mapping

from specflow.model import Merged, SignOff, Spec
from specflow.signoff.digest import digest, parts
from specflow.signoff.gate import pass_gate
from specflow.signoff.ledger import ledger_path, read_ledger
from specflow.signoff.roles import review_day, roles
from specflow.signoff.state import signed_off
from specflow.theme import Theme

__all__ = ["signoff", "standing"]


def signoff(spec: Spec, theme: Theme, merged: Merged, versions: Mapping[str, str]) -> SignOff:
    """Return how far the document is signed off; the digest of its content depends on no decision.

    `versions` are those of pandoc and Typst. Raises SignOffRefused where the status needs approvals that are missing or
    stale, or the ledger is broken.
    """
    found = standing(spec, theme, merged, versions)
    pass_gate(spec, found)
    return found


def standing(
    spec: Spec, theme: Theme, merged: Merged, versions: Mapping[str, str], entries: int | None = None
) -> SignOff:
    """Return how far the document is signed off, whatever its status; raise SignOffRefused for a broken ledger.

    With `entries` it is how far it was when the ledger had only so many.
    """
    made = parts(spec, theme, merged, versions)
    ledger = read_ledger(ledger_path(spec.source.path)).first(entries)
    review = review_day(spec)
    return signed_off(roles(spec), ledger, digest(made), made, by_hand=spec.settings.by_hand, review=review)
