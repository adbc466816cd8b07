"""May this person record this decision, for this role, now? If so, it is in the ledger afterwards."""

from __future__ import annotations

import difflib
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from specflow.diagnostics import Span, error
from specflow.errors import SignOffRefused
from specflow.model import RoleState, SignOff, Spec, State, key_text, short_digest
from specflow.signoff.append import append
from specflow.signoff.entries import DECISIONS, Decision, Entry, content_of
from specflow.signoff.ledger import Ledger, ledger_path
from specflow.signoff.roles import USUAL_MEANING, roles, same
from specflow.signoff.state import signed_off, waiting_for

WITHDRAWN = "withdrawn"
OFFERED = tuple(decision for decision in DECISIONS if decision != WITHDRAWN)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A decision that somebody wants to record; `evidence` says which signature proves it, if any does."""

    role: str
    name: str
    decision: str
    function: str = ""
    comment: str = ""
    evidence: Mapping[str, str] = field(default_factory=dict)


def record_decision(
    spec: Spec, signed: SignOff, wanted: Wanted, moment: str, editions: Mapping[str, str]
) -> tuple[Ledger, Decision]:
    """Return the ledger with the decision at its end, and its entry.

    `moment` is ISO 8601 with a zone, `editions` are the SHA-256 of what was seen. Raises SignOffRefused, and records
    nothing, for a role or a person that the data do not have, out of turn, for what is decided already, and for a
    document with holes; FileAccess where the ledger cannot be written.
    """
    path = ledger_path(spec.source.path)
    made: list[Decision] = []

    def decide(ledger: Ledger) -> Sequence[Entry]:
        present = signed_off(roles(spec), ledger, signed.digest, signed.parts, by_hand=signed.by_hand)
        role = allowed(spec, present, wanted)
        content = role.content if wanted.decision == WITHDRAWN else signed.digest
        entry = Decision(
            document=spec.identity.id,
            version=spec.identity.version,
            role=role.role,
            meaning=role.meaning or USUAL_MEANING,
            name=wanted.name,
            function=wanted.function or role.function,
            decision=wanted.decision,
            comment=wanted.comment,
            date=moment,
            content=content,
            editions=dict(editions),
            evidence=dict(wanted.evidence),
        )
        made[:] = [entry]
        is_new = ledger.content(content) is None
        return [content_of(signed.digest, signed.parts), entry] if is_new else [entry]

    return append(path, decide), made[0]


def allowed(spec: Spec, signed: SignOff, wanted: Wanted) -> RoleState:
    """Return the role if the decision may be recorded as things stand; raise SignOffRefused."""
    _refuse_controls(wanted)
    role = find_role(spec, signed, wanted.role)
    _refuse_stranger(spec, role, wanted)
    if wanted.decision == WITHDRAWN:
        _refuse_nothing(role)
        return role
    _refuse_holes(spec)
    _refuse_repetition(role, wanted)
    _refuse_haste(role, signed)
    return role


def find_role(spec: Spec, signed: SignOff, name: str) -> RoleState:
    """Return the role of the name, or raise SignOffRefused with the one that may be meant."""
    found = next((role for role in signed.roles if same(role.role, name)), None)
    if found:
        return found
    names = [role.role for role in signed.roles]
    if not names:
        hint = "list who signs in the data, under the key that the template's manifest names as `signoff: {roles: …}`"
        raise SignOffRefused(error("signoff-role", "the document has no roles that sign", Span(spec.source.path), hint))
    meant = difflib.get_close_matches(name, names, 1)
    hint = f'did you mean "{meant[0]}"?' if meant else "the roles are " + ", ".join(f'"{role}"' for role in names)
    raise SignOffRefused(error("signoff-role", f'there is no role "{name}"', Span(spec.source.path), hint))


def _refuse_controls(wanted: Wanted) -> None:
    for option, text in (("name", wanted.name), ("function", wanted.function), ("comment", wanted.comment)):
        if any(unicodedata.category(character) in ("Cc", "Cs") for character in text):
            message = f"--{option} has a character that cannot be printed"
            raise SignOffRefused(error("signoff-text", message, hint="type it again, on one line"))


def _refuse_stranger(spec: Spec, role: RoleState, wanted: Wanted) -> None:
    """Refuse who is not the person of the data, or for a withdrawal not the one who decided."""
    named = next(one.name for one in roles(spec) if one.key == role.key)
    who = role.name if wanted.decision == WITHDRAWN and role.entry else named
    if who and not same(who, wanted.name):
        place = spec.source.places.get(_path_of(spec, role, "name"))
        hint = f'use --name "{who}" if that is you; who else is to decide must be named in the data'
        message = f'{role.role} is "{who}", not "{wanted.name}"'
        raise SignOffRefused(error("signoff-person", message, place.value if place else role.place, hint))


def _path_of(spec: Spec, role: RoleState, part: str) -> tuple[str | int, ...]:
    wanted = f"{role.key}.{part}"
    return next((path for path in spec.source.places if key_text(path) == wanted), ())


def _refuse_nothing(role: RoleState) -> None:
    is_there = role.state is State.APPROVED or (role.state is State.STALE and role.decision != "rejected")
    if not is_there:
        hint = "specflow log shows what is recorded; a rejection is answered by a new decision"
        message = f"{role.role} has no approval in the ledger that could be withdrawn"
        raise SignOffRefused(error("signoff-nothing", message, role.place, hint))


def _refuse_holes(spec: Spec) -> None:
    holes = spec.completeness.holes
    if holes:
        more = f" and {len(holes) - 1} more" if len(holes) > 1 else ""
        hint = "fill them in, or say why they do not apply; specflow check names them"
        message = f"a document with holes cannot be decided on: `{key_text(holes[0])}`{more}"
        raise SignOffRefused(error("signoff-holes", message, Span(spec.source.path), hint))


def _refuse_repetition(role: RoleState, wanted: Wanted) -> None:
    if role.state is State.APPROVED:
        message = f"{role.role} has approved this content already, in entry {role.entry}"
        hint = "withdraw that first: specflow approve … --withdraw"
    elif role.state is State.REJECTED and role.entry and wanted.decision == "rejected":
        message = f"{role.role} has rejected this content already, in entry {role.entry}"
        hint = "change the document, or record another decision"
    else:
        return
    raise SignOffRefused(error("signoff-decided", message, role.place, hint))


def _refuse_haste(role: RoleState, signed: SignOff) -> None:
    waits = waiting_for(role, signed.roles)
    if waits:
        names = ", ".join(one.role for one in waits)
        verb = "has" if len(waits) == 1 else "have"
        hint = "wait for them; or let the data say `in_sequence: no` for a role that need not wait"
        message = f"{role.role} comes after {names}, who {verb} not approved content {short_digest(signed.digest)}"
        raise SignOffRefused(error("signoff-order", message, role.place, hint))
