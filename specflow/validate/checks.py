"""The cross-checks: what a schema cannot say, because it is about two values at once.

A template's manifest names the rules that hold for it, and the data keys that each rule is about: `created_date`, or
`document_control.change_history[].date` for one field of every row. No rule knows a template. A rule passes over
values that are holes, that are already reported, or that stand in a section that is tailored out.

There is deliberately no rule that an approval must not be older than the last update: writing an approval into the
file is itself an update, so that every approval but the last would break it. Whether an approval still holds for the
present content is decided by the content's digest at sign-off.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import pairwise

from specflow.diagnostics import Diagnostic, Span, error
from specflow.errors import InvalidTemplate
from specflow.model import Template, key_text
from specflow.validate.suggest import closest, listed
from specflow.validate.versions import natural
from specflow.validate.view import Cell, View
from specflow.validate.wording import quoted


def run(view: View) -> Iterator[Diagnostic]:
    """Yield what the template's checks find. Raises InvalidTemplate for a rule or a parameter that does not exist."""
    for check in view.template.checks:
        yield from _rule(view.template, check)(view)


def _fault(view: View, code: str, message: str, at: Cell, hint: str) -> Diagnostic:
    return error(code, message, view.span(at), hint, key_text(at.path))


def created_after_updated(view: View, created: str, updated: str) -> Iterator[Diagnostic]:
    """The document is not updated before it is created."""
    first, last = view.cell(created), view.cell(updated)
    if first.day and last.day and first.day > last.day:
        message = f"created on {first.day}, after the last update on {last.day}"
        yield _fault(
            view, "created-after-updated", message, first, f"correct `{created}`, or set `{updated}` to {first.day}"
        )


def review_date(view: View, review: str, updated: str) -> Iterator[Diagnostic]:
    """The next review comes after the last update."""
    due, last = view.cell(review), view.cell(updated)
    if due.day and last.day and due.day <= last.day:
        message = f"the next review on {due.day} is not after the last update on {last.day}"
        yield _fault(view, "review-date", message, due, f"set it to a day after {last.day}")


def history_version(view: View, version: str, versions: str) -> Iterator[Diagnostic]:
    """The newest row of the history is this version."""
    current, newest = view.cell(version), _newest(view.column(versions))
    if newest is None or current.text is None or not current.sound or newest.text is None:
        return
    if natural(current.text) != natural(newest.text):
        message = (
            f"the newest version in the history is {quoted(newest.text)}, but the document is {quoted(current.text)}"
        )
        hint = f"add a row for {quoted(current.text)}, or set `{version}` to {quoted(newest.text)}"
        yield _fault(view, "history-version", message, newest, hint)


def history_date(view: View, updated: str, versions: str, dates: str) -> Iterator[Diagnostic]:
    """The newest row of the history is not older than the last update."""
    column = view.column(versions)
    newest = _newest(column)
    if newest is None:
        return
    row, last = view.column(dates)[column.index(newest)], view.cell(updated)
    if row.day and last.day and row.day < last.day:
        message = f"the newest version in the history is of {row.day}, but the last update is of {last.day}"
        yield _fault(view, "history-date", message, row, f"set it to {last.day}, or add a row for it")


def history_order(view: View, versions: str) -> Iterator[Diagnostic]:
    """The versions of the history rise, or fall, from row to row."""
    rows = [cell for cell in view.column(versions) if cell.is_filled]
    keys = [natural(str(cell.text)) for cell in rows]
    rises = sum(one < two for one, two in pairwise(keys)) >= sum(one > two for one, two in pairwise(keys))
    for (one, two), (before, after) in zip(pairwise(rows), pairwise(keys), strict=True):
        if before == after:
            message, hint = f"version {quoted(str(two.text))} follows itself", "give each version one row"
        elif (before < after) != rises:
            message = f"version {quoted(str(two.text))} comes after {quoted(str(one.text))}"
            hint = f"elsewhere the versions {'rise' if rises else 'fall'} from row to row: move one of the two"
        else:
            continue
        yield _fault(view, "history-order", message, two, hint)


def history_dates(view: View, versions: str, dates: str) -> Iterator[Diagnostic]:
    """A higher version of the history does not have an earlier date."""
    both = zip(view.column(versions), view.column(dates), strict=True)
    rows = [(version, date) for version, date in both if version.is_filled and date.day]
    rows.sort(key=lambda row: natural(str(row[0].text)))
    for (old, before), (new, after) in pairwise(rows):
        if before.day and after.day and after.day < before.day:
            message = (
                f"version {quoted(str(new.text))} is of {after.day}, "
                f"before version {quoted(str(old.text))} of {before.day}"
            )
            yield _fault(view, "history-dates", message, after, "correct one of the two dates")


def duplicate_name(view: View, names: str) -> Iterator[Diagnostic]:
    """No two items of the list have the same name; case and width of blanks do not count."""
    yield from _duplicates(view, view.column(names), "duplicate-name", "")


def duplicate_role(view: View, roles: str) -> Iterator[Diagnostic]:
    """No two approvals are of the same role."""
    yield from _duplicates(view, view.column(roles), "duplicate-role", "of ")


def _duplicates(view: View, cells: Sequence[Cell], code: str, joint: str) -> Iterator[Diagnostic]:
    seen: dict[str, Cell] = {}
    for cell in cells:
        if cell.text is None or not cell.sound:
            continue
        first = seen.setdefault(" ".join(cell.text.split()).casefold(), cell)
        if first is not cell:
            here, there = view.span(cell), view.span(first)
            message = f"{view.noun(cell)} {joint}{quoted(cell.text)} is there twice, {_both(there, here)}"
            yield _fault(view, code, message, cell, "rename or remove one of them")


def _both(first: Span | None, second: Span | None) -> str:
    if first is None or second is None:
        return "in one list"
    if first.file == second.file:
        return f"in line {first.line} and in line {second.line}"
    return f"at {first} and at {second}"


def approval_date(
    view: View, roles: str, approvals: str, dates: str, updated: str, pending: str | Sequence[str] = ()
) -> Iterator[Diagnostic]:
    """Every decision has its date."""
    for role, approval, date in zip(view.column(roles), view.column(approvals), view.column(dates), strict=True):
        is_decided = approval.is_filled and not _is_one_of(approval, [pending] if isinstance(pending, str) else pending)
        if is_decided and date.sound and date.text is None:
            last = view.cell(updated)
            day = last.day or "YYYY-MM-DD"
            hint = f'add "date: {day}" beside "role: {_plain(role)}"'
            yield _fault(view, "approval-date", f"approval by {_plain(role)} has no date", approval, hint)


def approval_decision(view: View, roles: str, approvals: str, dates: str) -> Iterator[Diagnostic]:
    """Every date belongs to a decision."""
    for role, approval, date in zip(view.column(roles), view.column(approvals), view.column(dates), strict=True):
        if date.is_filled and approval.sound and approval.text is None:
            message = f"{_plain(role)} has a date, but no approval"
            field = approval.path[-1]
            hint = f'add "{field}: …" beside "role: {_plain(role)}", or remove the date'
            yield _fault(view, "approval-decision", message, date, hint)


def approval_missing(
    view: View, roles: str, approvals: str, status: str, refusals: Sequence[str] = ()
) -> Iterator[Diagnostic]:
    """An approved document is approved by every role, as its data say."""
    for state, role, approval in _of_approved(view, roles, approvals, status):
        if approval.text is None:
            message = f"status is {state.text}, but {_plain(role)} has not approved"
        elif _is_one_of(approval, refusals):
            message = _refusal(state, role, approval)
        else:
            continue
        hint = f'add "{approval.path[-1]}: …" beside "role: {_plain(role)}", or set `{status}` back to review'
        yield _fault(view, "approval-missing", message, role, hint)


def approval_refused(
    view: View, roles: str, approvals: str, status: str, refusals: Sequence[str]
) -> Iterator[Diagnostic]:
    """No role has refused an approved document; whether all have approved is for the sign-off to say."""
    for state, role, approval in _of_approved(view, roles, approvals, status):
        if approval.is_filled and _is_one_of(approval, refusals):
            field = approval.path[-1]
            hint = f'correct "{field}:" beside "role: {_plain(role)}", or set `{status}` back to review'
            yield _fault(view, "approval-refused", _refusal(state, role, approval), role, hint)


def _of_approved(view: View, roles: str, approvals: str, status: str) -> Iterator[tuple[Cell, Cell, Cell]]:
    """Yield status, role and decision of each role of a document whose status needs every approval."""
    state = view.cell(status)
    if not state.is_filled or state.text not in view.template.approved:
        return
    for role, approval in zip(view.column(roles), view.column(approvals), strict=True):
        if role.is_filled and approval.sound:
            yield state, role, approval


def _refusal(state: Cell, role: Cell, approval: Cell) -> str:
    return f"status is {state.text}, but the decision of {_plain(role)} is {quoted(str(approval.text))}"


def _plain(role: Cell) -> str:
    return quoted(str(role.text))[1:-1] if role.is_filled else "this role"


def _is_one_of(cell: Cell, words: Sequence[str]) -> bool:
    text = " ".join(str(cell.text).split()).casefold()
    return any(text == word.casefold() for word in words)


def _newest(versions: Sequence[Cell]) -> Cell | None:
    filled = [cell for cell in versions if cell.is_filled]
    return max(filled, key=lambda cell: natural(str(cell.text)), default=None)


WORDS = ("pending", "refusals")
"""The parameters that hold words of authors, which the checks know in English and in the document's language."""

Rule = Callable[..., Iterator[Diagnostic]]

RULES: Mapping[str, Rule] = {
    "created-after-updated": created_after_updated,
    "review-date": review_date,
    "history-version": history_version,
    "history-date": history_date,
    "history-order": history_order,
    "history-dates": history_dates,
    "duplicate-name": duplicate_name,
    "duplicate-role": duplicate_role,
    "approval-date": approval_date,
    "approval-decision": approval_decision,
    "approval-missing": approval_missing,
    "approval-refused": approval_refused,
}
"""Every rule by its name, which is also the code of its diagnostics."""


def _rule(template: Template, check: Mapping[str, object]) -> Callable[[View], Iterator[Diagnostic]]:
    """Return the check as a function of the view.

    Raises InvalidTemplate if there is no such rule, or if its parameters are not these.
    """
    name = str(check.get("rule"))
    span = Span(template.folder / "manifest.yaml")
    if name not in RULES:
        meant = closest(name, RULES)
        hint = f"did you mean `{meant}`?" if meant else f"the rules are {listed(list(RULES), 'and')}"
        raise InvalidTemplate(error("manifest-check", f"there is no check {quoted(name)}", span, hint))
    parameters = {key: value for key, value in check.items() if key != "rule"}
    signature = inspect.signature(RULES[name])
    try:
        signature.bind(None, **parameters)
    except TypeError as fault:
        takes = listed(list(signature.parameters)[1:], "and")
        message = f"check {name} does not fit: {fault}"
        raise InvalidTemplate(error("manifest-check", message, span, f"it takes {takes}")) from fault
    return lambda view: RULES[name](view, **parameters)
