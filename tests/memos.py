"""A memo that is signed off: its data, and what one does with it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from specflow import pipeline
from specflow.model import Job, Settings, SignOff, Spec
from specflow.signoff.decide import Wanted, record_decision
from specflow.tools.pandoc import Pandoc

TEMPLATES = Path(__file__).parent / "data" / "memo_templates"
MOMENT = "2026-11-23T14:05:33+01:00"
MEMO = """\
template: memo
number: M-12
version: "1.0"
status: review
date: 2026-11-20
review: 2027-11-20
title: Keep backups for 35 days
decision: Backups are kept for 35 days, then deleted.
limits: {days: 35, copies: 3}
approvals:
  - role: Author
    name: Nora Lind
    function: Head of Operations
    meaning: authorship
  - role: Security Review
    name: Ann Ex
  - role: Works Council
    required: no
    in_sequence: no
  - role: Management
"""


@dataclass(frozen=True)
class Memo:
    """A memo in a folder, and what one does with it; nothing of it is built unless a test says so."""

    path: Path
    pandoc: Pandoc
    settings: Settings = field(default_factory=Settings)

    @property
    def job(self) -> Job:
        return Job(self.path, self.path.parent / "out", templates=(TEMPLATES,), settings=self.settings)

    @property
    def ledger(self) -> Path:
        return self.path.with_name("memo.signoff.jsonl")

    @property
    def head(self) -> Path:
        return self.path.with_name("memo.signoff.head")

    def with_settings(self, **settings: Any) -> Memo:
        return replace(self, settings=replace(self.settings, **settings))

    def edit(self, *changes: tuple[str, str]) -> None:
        text = self.path.read_text("utf-8")
        for old, new in changes:
            assert text.count(old) == 1, old
            text = text.replace(old, new)
        self.path.write_text(text, "utf-8")

    def stand(self, **settings: Any) -> tuple[Spec, SignOff]:
        return pipeline.stand(self.with_settings(**settings).job, self.pandoc, lambda _: None)

    def decide(self, role: str, name: str, decision: str = "approved", comment: str = "", moment: str = MOMENT) -> None:
        """Record a decision as `specflow approve` does once it has looked at the editions."""
        spec, signed = self.stand()
        record_decision(spec, signed, Wanted(role, name, decision, comment=comment), moment, {"pdf": "0" * 64})

    def states(self) -> list[str]:
        return [str(role.state) for role in self.stand()[1].roles]
