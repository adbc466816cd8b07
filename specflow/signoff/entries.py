"""The lines of a ledger: what was decided, by whom, and on which content; a JSON object each, keys in fixed order."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from specflow.signoff.canonical import digest_of
from specflow.signoff.digest import VERSION, Parts, groups

FIRST = "0" * 64
"""What the first entry has as the hash of the previous one."""

APPROVALS = ("approved", "approved-with-comments")
DECISIONS = (*APPROVALS, "rejected", "withdrawn")
KEPT = ("data", "template", "theme", "language", "pictures", "word", "tools")
"""The groups whose parts the ledger keeps; of the others, the house's own files, it keeps the groups' digests."""

_INVISIBLE = re.compile(
    "[\x7f-\x9f\xad\u0600-\u0605\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff\ufff9-\ufffb]"
)
_HASH = re.compile(r"[0-9a-f]{64}")
_DIGEST = re.compile(rf"{VERSION}:[0-9a-f]{{64}}")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d", re.ASCII)


@dataclass(frozen=True, slots=True)
class Content:
    """An entry that says what a digest was made of, so that later changes can be named; it precedes the first decision.

    `content` is the digest, `groups` are the digests that it is made of, `parts` those of the groups that are kept.
    """

    content: str
    groups: Mapping[str, str]
    parts: Parts


@dataclass(frozen=True, slots=True)
class Decision:
    """An entry that records a decision.

    `date` is the day and time with its zone (ISO 8601), `content` the digest of what was decided on, `editions` the
    SHA-256 of the files that were there to be seen, by format. `evidence` says which signature proves it, if any:
    `kind`, `subject`, `fingerprint` and the like.
    """

    document: str
    version: str
    role: str
    meaning: str
    name: str
    function: str
    decision: str
    comment: str
    date: str
    content: str
    editions: Mapping[str, str]
    evidence: Mapping[str, str] = field(default_factory=dict)


Entry = Content | Decision

_KINDS: tuple[type[Content] | type[Decision], ...] = (Decision, Content)


class Malformed(Exception):
    """A line is no entry; the message says why, as the end of a sentence."""


def content_of(digest: str, parts: Parts) -> Content:
    """Return the entry that describes the content."""
    return Content(digest, groups(parts), {name: dict(parts[name]) for name in KEPT if name in parts})


def line_of(sequence: int, entry: Entry, previous: str) -> bytes:
    """Return the entry's line without its end; characters that nobody can see are written as escapes."""
    text = json.dumps({"seq": sequence, **asdict(entry), "previous": previous}, ensure_ascii=False)
    return _INVISIBLE.sub(lambda found: f"\\u{ord(found[0]):04x}", text).encode()


def entry_of(line: bytes) -> tuple[int, Entry, str]:
    """Return the entry of a line, with its sequence number and the hash of the previous line; raise Malformed."""
    try:
        found = json.loads(line.decode("utf-8"), object_pairs_hook=_object)
    except UnicodeDecodeError as fault:
        raise Malformed("is not UTF-8") from fault
    except (ValueError, RecursionError) as fault:
        raise Malformed("is not JSON") from fault
    if not isinstance(found, dict):
        raise Malformed("is not a JSON object")
    for kind in _KINDS:
        names = [part.name for part in fields(kind)]
        if list(found) == ["seq", *names, "previous"]:
            return _sequence(found), _checked(kind(**{name: found[name] for name in names})), _previous(found)
    raise Malformed("does not have the keys of an entry in their order")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) < len(pairs):
        raise ValueError("a key is there twice")
    return made


def _sequence(found: Mapping[str, Any]) -> int:
    if type(found["seq"]) is not int:
        raise Malformed("has no sequence number")
    return int(found["seq"])


def _previous(found: Mapping[str, Any]) -> str:
    if not isinstance(found["previous"], str) or not _HASH.fullmatch(found["previous"]):
        raise Malformed("does not hold the hash of the previous entry")
    return str(found["previous"])


def _checked(entry: Entry) -> Entry:
    """Return the entry if its values are what such an entry has; raise Malformed."""
    if not isinstance(entry.content, str) or not _DIGEST.fullmatch(entry.content):
        raise Malformed("does not hold a content digest")
    if isinstance(entry, Content):
        _check_content(entry)
        return entry
    texts = [getattr(entry, part.name) for part in fields(entry) if part.name not in ("editions", "evidence")]
    if not all(isinstance(text, str) for text in texts) or not _is_map(entry.editions) or not _is_map(entry.evidence):
        raise Malformed("has values that are no texts")
    if entry.decision not in DECISIONS:
        raise Malformed(f"has no decision: it is one of {', '.join(DECISIONS)}")
    if not _MOMENT.fullmatch(entry.date):
        raise Malformed("has no date and time with a zone, such as 2026-11-23T14:05:33+01:00")
    if not entry.role or not entry.name:
        raise Malformed("does not say who decided")
    return entry


def _check_content(entry: Content) -> None:
    if not _is_map(entry.groups) or not isinstance(entry.parts, dict) or not all(map(_is_map, entry.parts.values())):
        raise Malformed("has parts that are no digests")
    if entry.content != f"{VERSION}:{digest_of(entry.groups)}":
        raise Malformed("has a digest that its groups do not make")
    wrong = [name for name, group in entry.parts.items() if digest_of(group) != entry.groups.get(name)]
    if wrong:
        raise Malformed(f"has parts of `{wrong[0]}` that do not make its digest")


def _is_map(value: Any) -> bool:
    return isinstance(value, dict) and all(isinstance(inner, str) for inner in value.values())
