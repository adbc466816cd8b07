"""Make a release: build the approved document once more, put all that belongs to it together, and check the result."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from specflow.diagnostics import Diagnostic, Span, Warn, error
from specflow.errors import SignOffRefused, SpecflowError
from specflow.files import read_bytes, sha256
from specflow.model import Format, Job, Merged, Record, SignOff, Spec
from specflow.pipeline import Made, build, stand
from specflow.release.check import Checked, check_pack
from specflow.release.pack import (
    FORMAT,
    GUIDE,
    MANIFEST,
    REPORT,
    REPORT_DATA,
    SIGNED,
    guide,
    manifest_text,
    refuse_taken,
    staged,
    with_sums,
    write,
)
from specflow.release.sources import Sources, sources
from specflow.signoff.ledger import ledger_path, read_ledger
from specflow.theme import Theme
from specflow.tools.kit import Tools
from specflow.verify import compare, read
from specflow.verify.page import page
from specflow.verify.report import Report

_PURPOSES = {
    GUIDE: "how to check this pack",
    REPORT: "verification report, to be read",
    REPORT_DATA: "verification report, for programs",
}


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants to release: the job, where to, and the signed PDF, if there is one.

    `trust` are the roots that its signatures must lead to; where none is named, nobody asks for whose they are.
    """

    job: Job
    target: Path
    signed: Path | None = None
    trust: Sequence[Path] = ()


def release(wish: Wish, tools: Tools, now: datetime, warn: Warn) -> Checked:
    """Return what was found in the new pack, which is in its place only if nothing speaks against it.

    Raises SpecflowError as `build` does, UsageError where the place is taken, SignOffRefused for a document whose
    status does not ask for all approvals, or whose approvals or signatures do not hold; nothing is there then.
    """
    refuse_taken(wish.target)
    spec, _ = stand(wish.job, tools.pandoc, lambda _: None)
    _refuse_unapproved(spec)
    with staged(wish.target) as folder:
        job = replace(wish.job, out=folder, formats=tuple(Format), settings=replace(wish.job.settings, verify=True))
        witness = _Witness()
        try:
            record = build(job, tools, warn, witness)
        except SpecflowError as fault:
            fault.kept = None  # it goes with the folder
            raise
        write(folder, _files(wish, record, witness))
        checked = check_pack(folder, wish.trust, now=now)
        if checked.faults:
            raise SignOffRefused(*(_in_place(fault, folder, wish.target) for fault in checked.faults))
    return replace(checked, folder=wish.target)


class _Witness:
    """Sees what the pipeline makes, and knows nothing that it could take instead."""

    spec: Spec
    theme: Theme
    made: Made

    def known(self, _merged: Merged, spec: Spec, theme: Theme, _signed: SignOff) -> None:
        """Take the theme of the spec, and know nothing of it."""
        self.spec, self.theme = spec, theme

    def learn(self, made: Made, spec: Spec, _warnings: Sequence[Diagnostic]) -> None:
        """Take what was made."""
        self.made, self.spec = made, spec


def _refuse_unapproved(spec: Spec) -> None:
    status, approved = spec.identity.status, spec.template.approved
    if status not in approved:
        names = " or ".join(f"`{name}`" for name in sorted(approved)) or "none in this template"
        hint = f"once it is approved, set `{spec.template.identity['status']}` to a released status: {names}"
        message = f"a document with the status {status} is not released"
        raise SignOffRefused(error("release-status", message, Span(spec.source.path), hint))


def _files(wish: Wish, record: Record, witness: _Witness) -> dict[str, bytes]:
    """Return all files of the pack."""
    found = sources(wish.job, witness.spec, witness.theme, witness.made.converted)
    own = [record.path, *record.editions.values()]
    files = {path.name: read_bytes(path) for path in own}
    purposes = {path.name: f"{form.upper()} edition" for form, path in record.editions.items()}
    purposes[record.path.name] = "record of the build"
    stem = wish.job.spec.stem
    if wish.signed:
        files[f"{stem}{SIGNED}"] = read_bytes(wish.signed)
        purposes[f"{stem}{SIGNED}"] = "PDF edition with signatures"
    report = _report(witness, stem)
    files[REPORT] = page([report]).encode()
    files[REPORT_DATA] = (json.dumps(report.as_json(), indent=2, ensure_ascii=False) + "\n").encode()
    manifest = _manifest(wish, record, found)
    files[GUIDE] = guide(manifest).encode()
    files |= found.files
    files[MANIFEST] = manifest_text(manifest, files, {**_PURPOSES, **purposes, **_of_sources(found)}).encode()
    return with_sums(files)


def _manifest(wish: Wish, record: Record, found: Sources) -> dict[str, Any]:
    """Return what the manifest says beside the list of files."""
    content = record.content
    identity = ("id", "title", "version", "status", "date")
    ledger = read_ledger(ledger_path(wish.job.spec))
    evidence = {number: entry.evidence for number, entry in ledger.decisions if entry.evidence}
    fields = ("role", "required", "meaning", "name", "function", "state", "decision", "date", "comment", "entry")
    return {
        "format": FORMAT,
        "document": {name: content["document"][name] for name in identity},
        "content": content["signoff"]["digest"],
        "approvals": [
            {**{name: role[name] for name in fields}, "evidence": dict(evidence.get(role["entry"], {}))}
            for role in content["signoff"]["roles"]
        ],
        "record": record.path.name,
        "signed": f"{wish.job.spec.stem}{SIGNED}" if wish.signed else None,
        "ledger": _ledger_of(found),
        "rebuild": [found.spec, *found.options],
        "made_by": content["tools"]["specflow"],
    }


def _of_sources(found: Sources) -> Mapping[str, str]:
    ledger = _ledger_of(found)
    return {found.spec: "source: the spec"} | ({ledger: "source: the ledger of decisions"} if ledger else {})


def _ledger_of(found: Sources) -> str | None:
    name = ledger_path(Path(found.spec)).as_posix()
    return name if name in found.files else None


def _report(witness: _Witness, stem: str) -> Report:
    """Return how the editions compare with the bound document; the build has refused them if they do not agree."""
    editions = witness.made.editions
    parity = compare({one.format: read(one.format, one.data) for one in editions}, witness.made.converted, witness.spec)
    named = {one.format: (f"{stem}.{one.format}", sha256(one.data)) for one in editions}
    return Report(
        stem, witness.made.converted.title, "the document that the data give, and with each other", named, parity
    )


def _in_place(fault: Diagnostic, folder: Path, target: Path) -> Diagnostic:
    """Return the diagnostic with the place that the file was meant for."""
    if fault.span is None or not fault.span.file.is_relative_to(folder):
        return fault
    return replace(fault, span=replace(fault.span, file=target / fault.span.file.relative_to(folder)))
