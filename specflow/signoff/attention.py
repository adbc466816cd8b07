"""What about a document's sign-off wants somebody's attention, beyond that roles have still to decide."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from specflow.model import SignOff, Spec, State
from specflow.signoff.gate import changed


def attention(spec: Spec, signed: SignOff, today: date) -> Iterator[str]:
    """Yield what wants attention: stale, rejected and withdrawn decisions, missing approvals, an overdue review."""
    for role in signed.roles:
        if role.state is State.STALE:
            yield f"stale: {role.role}, {changed(role)} changed"
        elif role.state is State.REJECTED:
            yield f"rejected: {role.role}"
        elif role.state is State.WITHDRAWN:
            yield f"withdrawn: {role.role}"
    if spec.identity.status in spec.template.approved:
        for role in signed.missing:
            if role.state in (State.PENDING, State.BY_HAND):
                how = ", recorded by hand" if role.state is State.BY_HAND else ""
                yield f"not approved: {role.role}{how}, but status is {spec.identity.status}"
    due = signed.review
    if due and due < today.isoformat() and spec.identity.status not in spec.template.superseded:
        yield f"overdue: the review was due on {due}"
