"""Check a pack: that its files are the listed ones, and that ledger, record and signatures bear each other out.

What the editions say is compared elsewhere (`specflow.verify`). Nothing here asks for the project, a tool or a network.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from specflow.diagnostics import Diagnostic, Span, error
from specflow.errors import FileAccess, SignOffRefused
from specflow.files import read_bytes, sha256
from specflow.release.pack import FORMAT, MANIFEST, SUMS
from specflow.release.sums import Malformed, read_sums
from specflow.signoff.canonical import digest_of
from specflow.signoff.digest import VERSION
from specflow.signoff.entries import APPROVALS, Decision
from specflow.signoff.evidence import PDF_SIGNATURE
from specflow.signoff.ledger import Ledger, read_ledger
from specflow.signoff.pdf_document import built_edition_in, content_digest
from specflow.signoff.pdf_verdicts import Verdict, signature_verdicts
from specflow.signoff.roles import same

_LOST = "get the pack from where another copy is kept; a pack is never changed"
_ALTERED = "sign-off and pack do not belong together: get the pack from where another copy is kept"
_ABOUT_TRUST = frozenset({"signature-untrusted", "timestamp-untrusted"})


@dataclass(frozen=True, slots=True)
class Checked:
    """What was found in a pack; `altered` are faults of files, `unapproved` those of approvals and signatures.

    `fingerprint` is the SHA-256 of the list of hashes: one number for the whole pack.
    """

    folder: Path
    fingerprint: str
    manifest: Mapping[str, Any]
    files: int
    approvals: int = 0
    verdicts: tuple[Verdict, ...] = ()
    altered: tuple[Diagnostic, ...] = ()
    unapproved: tuple[Diagnostic, ...] = ()

    @property
    def faults(self) -> tuple[Diagnostic, ...]:
        """All that speaks against the pack."""
        return (*self.altered, *self.unapproved)


def check_pack(
    folder: Path,
    trust: Sequence[Path],
    *,
    now: datetime,
    crls: Sequence[Path] = (),
    ocsps: Sequence[Path] = (),
) -> Checked:
    """Return what was found in the pack; raise FileAccess for one whose list or manifest cannot be read.

    Where no root is named in `trust`, nobody asks whose the signatures are: they only have to be intact.
    """
    listed = _listed(folder)
    manifest = _json(folder / MANIFEST, "manifest")
    altered = [*_of_files(folder, listed), *_of_manifest(folder, manifest, listed)]
    fingerprint = sha256(read_bytes(folder / SUMS))
    if altered:  # what is no longer as it was is not asked for anything
        return Checked(folder, fingerprint, manifest, len(listed), altered=tuple(altered))
    record = _json(folder / str(manifest["record"]), "record")
    try:
        unapproved, approvals = _of_signoff(folder, manifest, record)
        verdicts, of_signatures = _of_signatures(folder, manifest, record, trust, now, crls, ocsps)
    except (KeyError, TypeError, AttributeError, ValueError) as fault:
        raise _unreadable(folder / MANIFEST, "manifest") from fault
    faults = (*unapproved, *of_signatures)
    return Checked(folder, fingerprint, manifest, len(listed), approvals, verdicts, unapproved=faults)


def _listed(folder: Path) -> dict[str, str]:
    path = folder / SUMS
    try:
        return read_sums(read_bytes(path).decode())
    except (Malformed, UnicodeDecodeError) as fault:
        why = str(fault) if isinstance(fault, Malformed) else "it is not UTF-8"
        raise FileAccess(
            error("pack-unreadable", f"the list of files cannot be read: {why}", Span(path), _LOST)
        ) from None


def _json(path: Path, what: str) -> dict[str, Any]:
    try:
        found = json.loads(read_bytes(path))
    except (ValueError, RecursionError):
        raise _unreadable(path, what) from None
    if not isinstance(found, dict) or (what == "manifest" and found.get("format") != FORMAT):
        raise _unreadable(path, what)
    return found


def _unreadable(path: Path, what: str) -> FileAccess:
    return FileAccess(error("pack-unreadable", f"this is no {what} of a release", Span(path), _LOST))


def _of_files(folder: Path, listed: Mapping[str, str]) -> Iterator[Diagnostic]:
    """Yield what is missing, changed, or there although nobody lists it."""
    found = _walked(folder)
    for name, digest in listed.items():
        place = Span(folder / name) if name in found else Span(folder / SUMS)
        if name not in found:
            yield error("pack-file-missing", f"{name} is missing", place, _LOST)
        elif found[name].is_symlink() or sha256(read_bytes(found[name])) != digest:
            yield error("pack-file-changed", "the file is not the one that was released", place, _LOST)
    for name in sorted(found.keys() - listed.keys() - {SUMS}):
        hint = "take it out; what belongs to the release is listed in " + SUMS
        yield error("pack-file-foreign", "the file was not released with the others", Span(folder / name), hint)


def _walked(folder: Path) -> dict[str, Path]:
    """Return every file below the folder by its POSIX path; links count as files and are not followed."""
    found = {}
    for name, folders, files in os.walk(folder):
        here = Path(name)
        linked = [below for below in folders if (here / below).is_symlink()]
        for file in sorted((*files, *linked)):
            path = here / file
            found[path.relative_to(folder).as_posix()] = path
    return found


def _of_manifest(folder: Path, manifest: Mapping[str, Any], listed: Mapping[str, str]) -> Iterator[Diagnostic]:
    """Yield where the manifest and the list of hashes do not say the same."""
    try:
        named = {str(one["path"]): str(one["sha256"]) for one in manifest["files"]}
        has_record = manifest["record"] in listed
    except (KeyError, TypeError):
        raise _unreadable(folder / MANIFEST, "manifest") from None
    if named != {name: digest for name, digest in listed.items() if name != MANIFEST} or not has_record:
        message = f"{MANIFEST} and {SUMS} do not name the same files"
        yield error("pack-manifest", message, Span(folder / MANIFEST), _LOST)


def _of_signoff(
    folder: Path, manifest: Mapping[str, Any], record: Mapping[str, Any]
) -> tuple[tuple[Diagnostic, ...], int]:
    """Return what speaks against the approvals, and how many decisions the ledger has on this content."""
    signoff = record["signoff"]
    place = Span(folder / str(manifest["record"]))
    faults = []
    made = f"{VERSION}:{digest_of({name: digest_of(parts) for name, parts in signoff['parts'].items()})}"
    if not made == signoff["digest"] == manifest["content"]:
        message = "the content digest is not the one that its parts make"
        faults.append(error("pack-content", message, place, _ALTERED))
    for role in signoff["missing"]:
        message = f"{role} has not approved this content"
        faults.append(error("pack-approval", message, place, "a release without this approval is none"))
    try:
        ledger = read_ledger(folder / str(manifest["ledger"])) if manifest["ledger"] else Ledger(folder)
    except SignOffRefused as fault:
        return (*faults, *fault.diagnostics), 0
    known = signoff["ledger"]
    if (len(ledger.entries), ledger.head) != (known["entries"], known["head"]):
        message = "the ledger is not the one that the editions were built with"
        faults.append(error("pack-ledger", message, Span(ledger.path), _ALTERED))
    decisions = dict(ledger.decisions)
    for role in signoff["roles"]:
        if role["state"] == "approved" and not _bears_out(decisions.get(role["entry"]), role, signoff["digest"]):
            message = f"the ledger does not hold the approval of {role['role']} that the record prints"
            faults.append(error("pack-approval", message, Span(ledger.path), _ALTERED))
    counted = sum(one.content == signoff["digest"] and one.decision in APPROVALS for one in decisions.values())
    return tuple(faults), counted


def _bears_out(entry: Decision | None, role: Mapping[str, Any], digest: str) -> bool:
    return entry is not None and (
        same(entry.role, role["role"])
        and entry.decision in APPROVALS
        and entry.content == digest
        and (entry.name, entry.date) == (role["name"], role["date"])
    )


def _of_signatures(
    folder: Path,
    manifest: Mapping[str, Any],
    record: Mapping[str, Any],
    trust: Sequence[Path],
    now: datetime,
    crls: Sequence[Path],
    ocsps: Sequence[Path],
) -> tuple[tuple[Verdict, ...], tuple[Diagnostic, ...]]:
    """Return the verdict on each signature, and what speaks against the signed PDF."""
    wanted = _proofs(folder, manifest)
    if not manifest["signed"]:
        hint = "release with --signed FILE, or withdraw the decision and record it anew"
        place = Span(folder / str(manifest["ledger"]))
        return (), tuple(
            error("pack-evidence", f"{message}; no signed PDF is there", place, hint) for message in wanted.values()
        )
    path = folder / str(manifest["signed"])
    pdf = read_bytes(path)
    verdicts = signature_verdicts(pdf, trust, now=now, crls=crls, ocsps=ocsps)
    faults = [*_of_verdicts(path, verdicts, bool(trust))]
    editions = _editions(folder, manifest, record)
    if content_digest(pdf) != manifest["content"] or built_edition_in(pdf, editions) is None:
        message = "the signed PDF is neither the released edition nor one that was approved with this content"
        faults.append(error("signature-edition", message, Span(path), "sign the edition that is released"))
    prints = {one.fingerprint for one in verdicts}
    for fingerprint, message in wanted.items():
        if fingerprint not in prints:
            faults.append(
                error("pack-evidence", f"{message}; the signed PDF has no such signature", Span(path), _ALTERED)
            )
    return verdicts, tuple(faults)


def _proofs(folder: Path, manifest: Mapping[str, Any]) -> dict[str, str]:
    """Return which signatures the decisions on this content rest on, by the certificates' fingerprints."""
    return {
        str(one["evidence"]["fingerprint"]): f"the decision of {one['role']} rests on a signature"
        for one in manifest["approvals"]
        if one["evidence"].get("kind") == PDF_SIGNATURE
    }


def _editions(folder: Path, manifest: Mapping[str, Any], record: Mapping[str, Any]) -> frozenset[str]:
    """Return the SHA-256 of the PDF editions that show this content: the released one, and those that were approved."""
    ledger = read_ledger(folder / str(manifest["ledger"])) if manifest["ledger"] else Ledger(folder)
    seen = {one.editions.get("pdf", "") for _, one in ledger.decisions if one.content == manifest["content"]}
    return frozenset({str(record["editions"]["pdf"]["sha256"]), *seen})


def _of_verdicts(path: Path, verdicts: Sequence[Verdict], is_trust_asked: bool) -> Iterator[Diagnostic]:
    if not verdicts:
        yield error("signature-missing", "nobody has signed this PDF", Span(path), "sign it, or release without it")
    for one in verdicts:
        for fault in one.faults:
            if is_trust_asked or fault.code not in _ABOUT_TRUST:
                who = one.signer or one.role or one.field or "unknown"
                yield error(fault.code, f"signature of {who}: {fault.message}", Span(path), fault.hint)
