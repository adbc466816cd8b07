"""How things stand with each role: its latest decision, and whether that holds for the present content."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from specflow.model import RoleState, SignOff, State
from specflow.signoff.changes import changes
from specflow.signoff.digest import Parts
from specflow.signoff.entries import Decision
from specflow.signoff.ledger import Ledger
from specflow.signoff.roles import USUAL_MEANING, Role, same

_STATES = {
    "approved": State.APPROVED,
    "approved-with-comments": State.APPROVED,
    "rejected": State.REJECTED,
    "withdrawn": State.WITHDRAWN,
}


def signed_off(
    roles: Iterable[Role], ledger: Ledger, digest: str, parts: Parts, *, by_hand: bool, review: str = ""
) -> SignOff:
    """Return how far the content is signed off by the roles; what the ledger says of a role wins over the data."""
    states = tuple(_state(role, ledger, digest, parts) for role in roles)
    return SignOff(digest, parts, states, len(ledger.entries), ledger.head, by_hand, review)


def waiting_for(role: RoleState, roles: Sequence[RoleState]) -> tuple[RoleState, ...]:
    """Return the roles that have to approve before this one may decide."""
    if not role.in_sequence:
        return ()
    before = roles[: [one.key for one in roles].index(role.key)]
    return tuple(one for one in before if one.required and one.in_sequence and not one.counts(by_hand=True))


def next_roles(roles: Sequence[RoleState]) -> tuple[RoleState, ...]:
    """Return the roles whose turn it is: those that wait for nobody, and have not approved the present content."""
    return tuple(one for one in roles if not one.counts(by_hand=True) and not waiting_for(one, roles))


def _state(role: Role, ledger: Ledger, digest: str, parts: Parts) -> RoleState:
    decided = [(at, entry) for at, entry in ledger.decisions if same(entry.role, role.role)]
    if decided:
        return _of_entry(role, *decided[-1], ledger, digest, parts)
    state = State.PENDING if not role.decision else State.REJECTED if role.is_refused else State.BY_HAND
    return RoleState(
        key=role.key,
        role=role.role,
        state=state,
        meaning=role.meaning,
        name=role.name,
        function=role.function,
        organisation=role.organisation,
        required=role.required,
        in_sequence=role.in_sequence,
        decision=role.decision,
        moment=role.date,
        place=role.place,
    )


def _of_entry(role: Role, number: int, entry: Decision, ledger: Ledger, digest: str, parts: Parts) -> RoleState:
    state = _STATES[entry.decision]
    is_stale = entry.content != digest and state is not State.WITHDRAWN
    return RoleState(
        key=role.key,
        role=role.role,
        state=State.STALE if is_stale else state,
        meaning=entry.meaning or role.meaning or USUAL_MEANING,
        name=entry.name,
        function=entry.function,
        organisation=role.organisation,
        required=role.required,
        in_sequence=role.in_sequence,
        decision=entry.decision,
        moment=entry.date,
        comment=entry.comment,
        content=entry.content,
        changed=changes(ledger.content(entry.content), parts) if is_stale else (),
        entry=number,
        place=role.place,
    )
