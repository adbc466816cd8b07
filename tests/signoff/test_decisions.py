"""Decisions: who may record one, what they amount to, and when a document may call itself approved."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from memos import MOMENT, TEMPLATES, Memo
from workbench import Ran

from specflow import pipeline
from specflow.errors import SignOffRefused
from specflow.model import State
from specflow.signoff.attention import attention
from specflow.signoff.decide import Wanted, allowed
from specflow.signoff.ledger import read_ledger
from specflow.signoff.state import next_roles
from specflow.tools.kit import Tools

Specflow = Callable[..., Ran]


def refusal(memo: Memo, role: str, name: str, word: str = "approved") -> str:
    spec, signed = memo.stand()
    with pytest.raises(SignOffRefused) as raised:
        allowed(spec, signed, Wanted(role, name, word))
    (found,) = raised.value.diagnostics
    line = found.span.line if found.span else None
    return f"{line} {found.code}: {found.message} | {found.hint}"


def test_roles_decide_in_their_order(memo: Memo) -> None:
    def turn() -> list[str]:
        return [role.role for role in next_roles(memo.stand()[1].roles)]

    assert turn() == ["Author", "Works Council"]
    memo.decide("Author", "Nora Lind")
    memo.decide("works  council", "Anybody", "approved-with-comments", "Fine")
    assert turn() == ["Security Review"]
    memo.decide("Security Review", "ann ex")
    memo.decide("Management", "Jon Doe")
    assert turn() == []
    assert memo.states() == ["approved"] * 4
    signed = memo.stand()[1]
    assert [role.meaning for role in signed.roles] == ["authorship", "approval", "approval", "approval"]
    assert [role.name for role in signed.roles] == ["Nora Lind", "ann ex", "Anybody", "Jon Doe"]
    assert (signed.roles[0].function, signed.roles[0].moment, signed.roles[0].entry) == (
        "Head of Operations",
        MOMENT,
        2,
    )


def test_what_is_refused(memo: Memo) -> None:
    short = memo.stand()[1].short
    assert refusal(memo, "Autor", "Nora Lind") == 'None signoff-role: there is no role "Autor" | did you mean "Author"?'
    assert refusal(memo, "Author", "Ann Ex") == (
        '12 signoff-person: Author is "Nora Lind", not "Ann Ex" '
        '| use --name "Nora Lind" if that is you; who else is to decide must be named in the data'
    )
    assert refusal(memo, "Management", "Jon Doe") == (
        f"20 signoff-order: Management comes after Author, Security Review, who have not approved content {short} "
        "| wait for them; or let the data say `in_sequence: no` for a role that need not wait"
    )
    assert refusal(memo, "Author", "Nora Lind", "withdrawn") == (
        "11 signoff-nothing: Author has no approval in the ledger that could be withdrawn "
        "| specflow log shows what is recorded; a rejection is answered by a new decision"
    )
    assert refusal(memo, "Works Council", "A\x1bB").startswith("None signoff-text: --name has a character")
    memo.decide("Author", "Nora Lind")
    assert refusal(memo, "Author", "Nora Lind") == (
        "11 signoff-decided: Author has approved this content already, in entry 2 "
        "| withdraw that first: specflow approve … --withdraw"
    )
    memo.decide("Security Review", "Ann Ex", "rejected", "No")
    assert refusal(memo, "Security Review", "Ann Ex", "rejected").startswith("15 signoff-decided: Security Review has")
    assert refusal(memo, "Management", "Jon Doe").startswith(
        "20 signoff-order: Management comes after Security Review,"
    )


def test_a_document_with_holes_is_refused(memo: Memo) -> None:
    memo.edit(("status: review", "status: draft"), ("title: Keep backups for 35 days", "title: TBD"))
    assert refusal(memo, "Author", "Nora Lind") == (
        "None signoff-holes: a document with holes cannot be decided on: `title` "
        "| fill them in, or say why they do not apply; specflow check names them"
    )


def test_a_document_without_roles_is_refused(memo: Memo) -> None:
    text = memo.path.read_text("utf-8")
    memo.path.write_text(f"{text[: text.index('approvals:')]}approvals: []\n", "utf-8")
    assert "signoff-role: the document has no roles that sign" in refusal(memo, "Author", "Nora Lind")


def test_withdrawing(memo: Memo) -> None:
    memo.decide("Author", "Nora Lind")
    assert '"Nora Lind", not "Ann Ex"' in refusal(memo, "Author", "Ann Ex", "withdrawn")
    memo.edit(("35 days, then", "36 days, then"))
    memo.decide("Author", "Nora Lind", "withdrawn", "Too early")
    assert memo.states()[0] == "withdrawn"
    entries = [entry for _, entry in read_ledger(memo.ledger).decisions]
    assert entries[1].content == entries[0].content, "what is withdrawn is the old approval"
    memo.decide("Author", "Nora Lind")
    assert memo.states()[0] == "approved"


def test_an_approval_of_what_was_is_stale_until_it_is_so_again(memo: Memo) -> None:
    memo.decide("Author", "Nora Lind")
    memo.edit(("35 days, then", "36 days, then"))
    role = memo.stand()[1].roles[0]
    assert (role.state, role.changed) == (State.STALE, ("decision",))
    memo.edit(("36 days, then", "35 days, then"))
    assert memo.states()[0] == "approved"


def test_a_decision_recorded_by_hand(memo: Memo) -> None:
    hand = "    name: Nora Lind\n    approval: {}\n    date: 2026-11-22\n"
    memo.edit(("    name: Nora Lind\n", hand.format("Approved")))
    assert memo.states()[0] == "by-hand"
    memo.decide("Security Review", "Ann Ex")  # whose turn it is: what is on paper is decided
    memo.edit(("approval: Approved", "approval: rejected"))
    assert memo.states()[0] == "rejected"
    memo.edit(("approval: rejected\n    date: 2026-11-22", "approval: Pending"))
    assert memo.states()[0] == "pending"


def missing(memo: Memo, **settings: bool) -> list[str]:
    job = memo.with_settings(**settings).job
    with pytest.raises(SignOffRefused) as raised:
        pipeline.check(job, lambda _: None)
    return [
        f"{found.span.line if found.span else '-'} {found.code}: {found.message} | {found.hint}"
        for found in raised.value.diagnostics
    ]


def test_the_gate_names_every_role_that_is_missing(memo: Memo) -> None:
    memo.decide("Author", "Nora Lind")
    old = memo.stand()[1].short
    memo.edit(
        ("status: review", "status: approved"),
        ("35 days, then", "36 days, then"),
        ("    name: Ann Ex\n", "    name: Ann Ex\n    approval: Yes\n    date: 2026-11-22\n"),
    )
    again = "; or set `status` back to review"
    said = missing(memo)
    assert said == [
        "11 signoff-stale: status is approved, but Author does not approve this content: its approval is of content "
        f"{old}, and `decision` has changed since "
        f'| record it: specflow approve memo.yaml --role "Author" --name "Nora Lind" --decision approved{again}',
        "15 signoff-by-hand: status is approved, but Security Review does not approve this content: its approval is "
        'recorded by hand | record it: specflow approve memo.yaml --role "Security Review" --name "Ann Ex" '
        f"--decision approved; or let the project file say `signoff: {{by_hand: yes}}`{again}",
        "22 signoff-missing: status is approved, but Management does not approve this content: it has not approved "
        f'| record it: specflow approve memo.yaml --role "Management" --decision approved{again}',
    ]
    assert len(missing(memo, by_hand=True)) == 2
    memo.edit(("36 days, then", "35 days, then"))
    memo.decide("Management", "Jon Doe")
    assert [one.split()[1] for one in missing(memo)] == ["signoff-by-hand:"]
    pipeline.check(memo.with_settings(by_hand=True).job, lambda _: None)


def test_the_gate_lets_other_statuses_pass(memo: Memo) -> None:
    for status in ("review", "superseded"):
        text = memo.path.read_text("utf-8")
        memo.path.write_text(text.replace("status: review", f"status: {status}"), "utf-8")
        pipeline.check(memo.job, lambda _: None)


def test_what_wants_attention(memo: Memo) -> None:
    def told(day: str = "2026-11-23") -> list[str]:
        return [*attention(*memo.stand(), date.fromisoformat(day))]

    assert told() == []
    assert told("2027-11-20") == []
    assert told("2027-11-21") == ["overdue: the review was due on 2027-11-20"]
    memo.decide("Author", "Nora Lind")
    memo.decide("Works Council", "Ida B", "rejected", "No")
    memo.decide("Security Review", "Ann Ex")
    memo.decide("Security Review", "Ann Ex", "withdrawn")
    assert told() == ["withdrawn: Security Review", "rejected: Works Council"]
    memo.edit(("35 days, then", "36 days, then"), ("copies: 3", "copies: 4"))
    assert told()[0] == "stale: Author, `decision` and `limits.copies` have changed"


# The commands


def test_approving_wants_the_editions_of_this_content(memo: Memo, specflow: Specflow) -> None:
    words = ("approve", "memo.yaml", "--role", "Author", "--name", "Nora Lind", "--decision", "approved")
    assert specflow(*words).text == (
        "memo.yaml: error[signoff-not-built]: there are no editions of memo in out that anybody could have seen\n"
        "  hint: run specflow build memo.yaml, look at the editions, and decide again; "
        "-o names another folder than out\n"
        "=> 7\n"
    )
    assert specflow("build", "memo.yaml", "-f", "html").exit == 0
    built = memo.stand()[1].short
    memo.edit(("35 days, then", "36 days, then"))
    present = memo.stand()[1].short
    assert (
        f"error[signoff-stale-build]: the editions in out show content {built}, but the present one is {present}\n"
        in specflow(*words).text
    )
    memo.edit(("36 days, then", "35 days, then"))
    edition = memo.path.parent / "out" / "memo.html"
    whole = edition.read_bytes()
    edition.write_bytes(whole + b" ")
    assert "error[signoff-stale-build]: memo.html is not what was built, or is missing\n" in specflow(*words).text
    edition.write_bytes(whole)
    assert specflow(*words).text == (
        f"the editions show it when they are built again\napproved  memo  Author: Nora Lind  content {built}  entry 2\n"
    )
    assert specflow("log", "memo.yaml").stdout == (
        "2  2026-11-23T14:05:33+00:00  approved  Author (authorship): Nora Lind, Head of Operations  "
        f"v1.0  content {built}\n"
    )
    assert specflow("build", "memo.yaml", "-f", "html").exit == 0
    shown = edition.read_text("utf-8")
    assert 'data-state="approved"' in shown
    assert "14:05:33 UTC" in shown
    memo.head.unlink()
    memo.ledger.unlink()
    assert specflow("log", "memo.yaml").text.startswith(
        "memo.signoff.jsonl: error[ledger-truncated]: the ledger was cut: "
        "it has 0 entries, but had 2 when it was built\n"
    )


def test_what_a_script_must_give(memo: Memo, specflow: Specflow) -> None:
    assert specflow("approve", "memo.yaml", "--role", "Author").text == (
        "error[approve-incomplete]: --name, --decision must be given\n"
        "  hint: on a terminal specflow asks for what is missing\n"
        "=> 2\n"
    )
    assert "error[approve-folder]" in specflow("approve", ".").stderr
    assert "error[approve-both]" in specflow("approve", "memo.yaml", "--withdraw", "--decision", "approved").stderr
    words = ("--role", "Author", "--name", "Nora Lind", "--decision", "approved-with-comments")
    assert "error[approve-comment]" in specflow("approve", "memo.yaml", *words).stderr


@pytest.mark.parametrize(
    ("answers", "expected", "exit_code"),
    [
        ("Author\n\napproved\nGood.\n", "approved  memo  Author: Nora Lind  content", 0),
        ("Author\n\nyes\n", 'error[usage]: there is no decision "yes"', 2),
        ("Autor\nNora Lind\napproved\n\n", 'hint: did you mean "Author"?', 7),
    ],
)
def test_a_terminal_is_asked(answers: str, expected: str, exit_code: int, memo: Memo, tools: Tools) -> None:
    pipeline.build(memo.job, tools, lambda _: None)
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "specflow", "approve", "memo.yaml", "--templates", str(TEMPLATES)]
    environment = {**os.environ, "PYTHONPATH": str(Path(pipeline.__file__).parents[1]), "NO_COLOR": "1"}
    with subprocess.Popen(command, stdin=theirs, stdout=subprocess.PIPE, stderr=theirs, env=environment) as running:
        os.write(ours, answers.encode())
        out, _ = running.communicate(timeout=120)
    os.close(theirs)
    told = os.read(ours, 65536).decode() + out.decode()
    os.close(ours)
    assert "Role:" in told
    assert "Decision (approved, approved-with-comments, rejected):" in told
    assert expected in told
    assert running.returncode == exit_code
    assert len(list(read_ledger(memo.ledger).decisions)) == (exit_code == 0)


def test_status_is_a_table_with_an_exit_code(memo: Memo, specflow: Specflow) -> None:
    assert specflow("status", ".").text == (
        "DOCUMENT   ID    VERSION  STATUS  SIGNED  NEXT\n"
        "memo.yaml  M-12  1.0      review  0/4     Author, Works Council\n"
    )
    memo.decide("Author", "Nora Lind")
    memo.edit(("35 days, then", "36 days, then"))
    assert specflow("status", ".").text == (
        "DOCUMENT   ID    VERSION  STATUS  SIGNED  NEXT\n"
        "memo.yaml  M-12  1.0      review  0/4     Author, Works Council\n"
        "  stale: Author, `decision` has changed\n"
        "=> 7\n"
    )
    memo.ledger.write_bytes(memo.ledger.read_bytes()[:-2])
    ran = specflow("status", ".", "--json")
    assert ran.exit == 7
    assert '"code": "ledger-truncated"' in ran.stdout


def test_the_templates_of_these_tests_are_valid(specflow: Specflow, memo: Memo) -> None:
    assert (TEMPLATES / "memo" / "manifest.yaml").is_file()
    assert specflow("check", "memo.yaml").exit == 0
