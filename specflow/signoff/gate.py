"""The gate: a document that calls itself approved is built only if it is."""

from __future__ import annotations

from collections.abc import Iterator

from specflow.diagnostics import Diagnostic, Span, error
from specflow.errors import SignOffRefused
from specflow.model import RoleState, SignOff, Spec, State, short_digest

_NAMED = 3


def pass_gate(spec: Spec, found: SignOff) -> None:
    """Raise SignOffRefused, with every role that has not approved this content, where the status needs them all."""
    if spec.identity.status in spec.template.approved and (faults := [*_faults(spec, found)]):
        raise SignOffRefused(*faults)


def why(state: RoleState) -> str:
    """Return why the role's approval does not count, as the end of a sentence about it."""
    if state.state is State.STALE:
        word = "rejection" if state.decision == "rejected" else "approval"
        return f"its {word} is of content {short_digest(state.content)}, and {changed(state)} changed since"
    if state.state is State.BY_HAND:
        return "its approval is recorded by hand"
    return {State.REJECTED: "it has rejected", State.WITHDRAWN: "it has withdrawn its approval"}.get(
        state.state, "it has not approved"
    )


def changed(state: RoleState) -> str:
    """Return what has changed since the role decided, with the verb's first half: `a, b and 2 more have`."""
    if not state.changed:
        return "something has"
    names = [f"`{name}`" for name in state.changed]
    if len(names) == 1:
        return f"{names[0]} has"
    shown, rest = names[:_NAMED], len(names) - _NAMED
    tail = f" and {rest} more" if rest > 0 else f" and {shown.pop()}"
    return f"{', '.join(shown)}{tail} have"


def _faults(spec: Spec, found: SignOff) -> Iterator[Diagnostic]:
    status = spec.identity.status
    field = spec.template.identity["status"]
    for state in found.missing:
        who = f' --name "{state.name}"' if state.name else ""
        hint = f'record it: specflow approve {spec.source.path.name} --role "{state.role}"{who} --decision approved'
        code = "signoff-missing"
        if state.state is State.STALE:
            code = "signoff-stale"
        elif state.state is State.BY_HAND:
            code = "signoff-by-hand"
            hint += "; or let the project file say `signoff: {by_hand: yes}`"
        hint += f"; or set `{field}` back to review"
        message = f"status is {status}, but {state.role} does not approve this content: {why(state)}"
        yield error(code, message, state.place or Span(spec.source.path), hint, f"{state.key}.role")
