"""What the roles have decided in a returned file, once it is sure that nothing else in it was changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from specflow.diagnostics import Diagnostic, Span, error
from specflow.errors import SignOffRefused
from specflow.finish.control_names import PARTS, RoleControls, role_controls
from specflow.finish.docx_controls import CHOICES
from specflow.model import short_digest
from specflow.review.controls import Control, Unusable, take_controls
from specflow.review.differences import Change, changes
from specflow.review.returned import WordFile, open_word
from specflow.verify.sameness import squeezed

_MOST_CHANGES = 20
"""So many changes are named; a file that was written anew is refused after a few of them."""
_AGAIN = "ask for the file that was sent out, with nothing filled in but the approval block"


@dataclass(frozen=True, slots=True)
class Returned:
    """What a role's controls hold: `decision` is "" where they show what was issued, `shown` is that word.

    `date` is as it was typed or picked, "" where it is the issued one. `filled` names the other controls that differ.
    """

    role: str
    decision: str
    shown: str
    name: str
    date: str
    comment: str
    filled: tuple[str, ...]
    found_by: str


def refuse_other(file: WordFile, path: Path, document: str, version: str, content: str) -> None:
    """Raise SignOffRefused where the returned file says that it is another document, version, or content."""
    if file.document != document:
        code, what = "returned-document", f"of {file.document}, not of {document}"
        hint = "name the spec of that document with --spec"
    elif file.version != version:
        code, what = "returned-version", f"of version {file.version}, but the present one is {version}"
        hint = "send out the present version, and have it decided on"
    elif file.content != content:
        code = "returned-stale"
        what = f"of content {short_digest(file.content)}, but the present one is {short_digest(content)}"
        hint = "send out the present content, and have it decided on; specflow status tells what has changed"
    else:
        return
    raise SignOffRefused(error(code, f"the returned file is an edition {what}", Span(path), hint))


def decisions(file: WordFile, issued: bytes, roles: Sequence[str], path: Path) -> tuple[Returned, ...]:
    """Return what each role has decided, in signing order.

    `issued` is the DOCX edition that was sent out, `roles` are the document's. Raises Edited, with every place, where
    anything but the controls was changed; SignOffRefused where a control is missing or holds no decision.
    """
    names = role_controls(roles)
    sent = open_word(issued)
    wanted, found = take_controls(sent.main.root, names), take_controls(file.main.root, names)
    present = {tag: control for tag, control in wanted.items() if isinstance(control, Control)}
    faults = [
        error("returned-control", f"the control {tag} {control}", Span(path), _AGAIN)
        for tag, control in found.items()
        if tag in present and isinstance(control, Unusable)
    ]
    if faults:
        raise SignOffRefused(*faults)
    controls = {tag: control for tag, control in found.items() if isinstance(control, Control)}
    made = [*changes(sent, file), *_forced(present, controls)]
    if made:
        raise Edited(path, made)
    signing = [
        (role, one) for role, one in zip(roles, names, strict=True) if all(one.tag(part) in present for part in PARTS)
    ]
    read = [_returned(role, one, present, controls, path) for role, one in signing]
    if faults := [one for one in read if isinstance(one, Diagnostic)]:
        raise SignOffRefused(*faults)
    return tuple(one for one in read if isinstance(one, Returned))


class Edited(SignOffRefused):
    """The returned file was edited; `changes` says where."""

    def __init__(self, path: Path, found: Sequence[Change], keys: Mapping[str, str] | None = None) -> None:
        told = [_told(path, change, (keys or {}).get(squeezed(change.text), "")) for change in found[:_MOST_CHANGES]]
        if len(found) > _MOST_CHANGES:
            message = f"the returned file was edited in {len(found) - _MOST_CHANGES} more places"
            told.append(error("returned-edited", message, Span(path), _AGAIN))
        super().__init__(*told)
        self.path = path
        self.changes = tuple(found)

    def with_keys(self, keys: Mapping[str, str]) -> Edited:
        """Return the same with the data keys of the texts, as far as they are among the given ones."""
        return Edited(self.path, self.changes, keys)


def _told(path: Path, change: Change, key: str) -> Diagnostic:
    if change.issued and change.returned:
        what = f'"{change.issued}" became "{change.returned}"'
    else:
        what = f'"{change.issued}" is missing' if change.issued else f'"{change.returned}" was added'
    where = f"{change.place}, `{key}`" if key else change.place
    return error("returned-edited", f"the returned file was edited: {where}: {what}", Span(path), _AGAIN, key)


def _forced(issued: Mapping[str, Control], returned: Mapping[str, Control]) -> list[Change]:
    """Return the locked controls that differ: they hold what the ledger says."""
    return [
        Change(f"the locked control {tag}", control.text, returned[tag].text)
        for tag, control in issued.items()
        if control.is_locked and squeezed(control.text) != squeezed(returned[tag].text)
    ]


def _returned(
    role: str, names: RoleControls, issued: Mapping[str, Control], returned: Mapping[str, Control], path: Path
) -> Returned | Diagnostic:
    now = {part: returned[names.tag(part)] for part in PARTS}
    then = {part: issued[names.tag(part)] for part in PARTS}
    changed = [part for part in PARTS if squeezed(now[part].text) != squeezed(then[part].text)]
    text = {part: _text(now[part], then[part]) for part in PARTS}
    shown, decision = text["decision"], ""
    if "decision" in changed:
        choices = {squeezed(words).casefold(): value for words, value in then["decision"].choices.items()}
        decision = choices.get(squeezed(shown).casefold(), "")
        if decision not in CHOICES:
            words = ", ".join(f'"{word}"' for word, value in then["decision"].choices.items() if value in CHOICES)
            message = f'"{shown}" is no decision of {role}' if shown else f"the decision of {role} was emptied"
            return error("returned-decision", message, Span(path), f"the decisions are {words}")
    return Returned(
        role=role,
        decision=decision,
        shown=shown,
        name=text["name"],
        date=text["date"] if "date" in changed else "",
        comment=text["comment"],
        filled=tuple(part for part in changed if part != "decision" and text[part]),
        found_by=now["decision"].found_by,
    )


def _text(now: Control, then: Control) -> str:
    """Return what was filled in, "" for the placeholder that was issued, and for one of Word's own."""
    is_issued = squeezed(now.text) == squeezed(then.text)
    is_empty = then.is_placeholder if is_issued else now.is_placeholder
    return "" if is_empty else now.text
