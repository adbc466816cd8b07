"""The frozen nouns that pass between the stages.

Data flows one way: `Source` (load), `Spec` (validate), `Merged` (merge), `Converted` (convert), `Edition`s (finish and
verify), `Record` (record). No stage changes what it was given.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, Self

from specflow.diagnostics import Diagnostic, Span

KeyPath = tuple[str | int, ...]
"""Where a value stands in the data: `("overview", "objectives", 0)`."""


def key_text(path: KeyPath) -> str:
    """Return the data key as it is printed: `overview.objectives[0]`."""
    text = ""
    for step in path:
        if isinstance(step, int):
            text += f"[{step}]"
        else:
            text += f".{step}" if text else step
    return text


class Format(StrEnum):
    """The three editions of a document."""

    DOCX = "docx"
    PDF = "pdf"
    HTML = "html"


class Kind(StrEnum):
    """How a value is read when it is bound into the document."""

    TEXT = "text"
    INLINE = "inline"
    PROSE = "prose"
    CODE = "code"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value stands in its file, and where its key does (list items have none)."""

    value: Span
    key: Span | None = None

    @property
    def best(self) -> Span:
        """The place to point at when the entry as a whole is meant."""
        return self.key or self.value


@dataclass(frozen=True, slots=True)
class InputFile:
    """A file that went into the data: its POSIX path below the project folder, and the hex digest of its bytes."""

    name: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Settings:
    """What a project file or the command line chooses for a document beside its data; empty means the default.

    `folder` is the project folder, which no file of the document may lie outside of; None stands for the spec's own.
    `layers` are YAML files beneath the spec, `data` those above it, the last one on top. `reference` is a Word file
    whose styles the DOCX takes on. With `attach_source` the PDF is a PDF/A-3a that holds the data. With `by_hand` a
    decision that somebody typed into the data counts as an approval. With `protect` nothing but the controls of the
    approval block can be changed in a DOCX that is no draft. `verify` tells whether the editions are read again
    and compared before they are put in place.
    """

    folder: Path | None = None
    template: str = ""
    theme: str = ""
    page_size: str = ""
    language: str = ""
    layers: tuple[Path, ...] = ()
    data: tuple[Path, ...] = ()
    reference: Path | None = None
    attach_source: bool = False
    by_hand: bool = False
    protect: bool = True
    verify: bool = True


@dataclass(frozen=True, slots=True)
class Source:
    """A spec's data as its authors typed it, all layers merged.

    `data` holds dicts, lists and str, nothing else: scalars stay text. `places` has an entry for every value in it,
    `()` being the document itself, with the file of the layer that the value came from. `sha256` is the hex digest of
    the spec's own bytes. `folder` is the project folder, links resolved; `files` are all files that were read, the spec
    first.
    """

    path: Path
    data: Mapping[str, Any]
    places: Mapping[KeyPath, Place]
    sha256: str
    folder: Path = Path()
    files: tuple[InputFile, ...] = ()


@dataclass(frozen=True, slots=True)
class Language:
    """A document's language: the words that editions add to the document's own, and its typography.

    `tag` is a BCP 47 tag, `direction` "ltr" or "rtl". `labels` maps what a word is for to the word. `quotes` are the
    outer and inner quotation marks, in pairs. `date` is a pattern of {day}, {month} and {year}, `months` its names, or
    empty where the month is a number. Where no language is `named` (by the data or the project), text stays as typed:
    straight quotes, ISO dates, no hyphenation.
    """

    tag: str
    name: str
    direction: str
    labels: Mapping[str, str]
    quotes: tuple[str, str, str, str]
    date: str
    months: tuple[str, ...] = ()
    hyphenate: bool = False
    named: bool = False


class Text(str):
    """A leaf of the validated data: text that knows how it is to be read, where it came from and if it is a hole.

    `printed` is what stands for it in the document's language, where that is not the text itself: of a date. `word` is
    the word of an enumeration's value, which templates ask for.
    """

    __slots__ = ("hole", "kind", "path", "printed", "word")
    kind: Kind
    path: KeyPath
    hole: bool
    printed: str
    word: str

    def __new__(
        cls,
        value: str,
        kind: Kind = Kind.TEXT,
        path: KeyPath = (),
        hole: bool = False,
        printed: str = "",
        word: str = "",
    ) -> Self:
        """Return the text with its marks."""
        made = super().__new__(cls, value)
        made.kind = kind
        made.path = path
        made.hole = hole
        made.printed = printed
        made.word = word
        return made

    def __reduce__(self) -> tuple[Any, ...]:
        return (Text, (str(self), self.kind, self.path, self.hole, self.printed, self.word))


@dataclass(frozen=True, slots=True)
class Completeness:
    """How much of a draft is there; `holes` are the keys of the fields that are still to be filled."""

    filled: int
    holes: tuple[KeyPath, ...]

    @property
    def percent(self) -> int:
        """Whole percents, rounded down, so that 100 means that nothing is missing."""
        total = self.filled + len(self.holes)
        return 100 * self.filled // total if total else 100

    def __str__(self) -> str:
        if not self.holes:
            return "complete"
        fields = "field" if len(self.holes) == 1 else "fields"
        return f"{self.percent} % complete, {len(self.holes)} {fields} to fill"


@dataclass(frozen=True, slots=True)
class Template:
    """A template's folder, read: what its manifest says, its schema, and where its Jinja2 Markdown lies.

    `identity` maps id, version, status and date to the data keys that hold them. `front_matter` lists the keys of the
    document information table with their labels, in order. `checks` are the cross-checks, each a mapping with a `rule`.
    `draft`, `approved` and `superseded` are the statuses that may have holes, that need every approval, and that mark
    every page as no longer valid. `signoff` maps `roles` and `review` to the data keys of the list of roles that sign
    and of the day of the next review, as far as there are such; `index` maps `priority` and `risk` so. `language` is
    the tag of the language that it is written in, `translations` are the files of its phrases in others, by tag, the
    user's first. `phrases` are those of the document's language; the labels of `front_matter` are already in it.
    """

    name: str
    title: str
    folder: Path
    body: Path
    schema: Mapping[str, Any]
    starter: Path
    identity: Mapping[str, str]
    front_matter: tuple[tuple[str, str], ...]
    checks: tuple[Mapping[str, Any], ...]
    draft: frozenset[str]
    approved: frozenset[str]
    filters: tuple[Path, ...]
    language: str = "en"
    translations: Mapping[str, tuple[Path, ...]] = field(default_factory=dict)
    phrases: Mapping[str, str] = field(default_factory=dict)
    superseded: frozenset[str] = frozenset()
    signoff: Mapping[str, str] = field(default_factory=dict)
    index: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Identity:
    """What every page says of the document; `date` is an ISO date or a hole's text.

    `status_words` is the status as it is printed: `in_progress` reads "In progress". `date_words` is the date so.
    """

    id: str
    version: str
    status: str
    date: str
    draft: bool
    status_words: str = ""
    date_words: str = ""
    superseded: bool = False


@dataclass(frozen=True, slots=True)
class Spec:
    """Valid data of one document: every key that its template names is there, holes included.

    `data` holds dicts, lists, `Text` and bool.
    """

    source: Source
    template: Template
    data: Mapping[str, Any]
    identity: Identity
    completeness: Completeness
    language: Language
    settings: Settings = Settings()


@dataclass(frozen=True, slots=True)
class Slot:
    """A value that waits to be bound: its token stands in the Markdown, its text goes into the AST."""

    kind: Kind
    key: str
    value: str
    hole: bool = False


@dataclass(frozen=True, slots=True)
class Merged:
    """The template's Markdown with an opaque token for every value; token n is `prefix + str(n) + suffix`."""

    markdown: str
    slots: tuple[Slot, ...]
    prefix: str
    suffix: str
    template: Path


class State(StrEnum):
    """How things stand with a role: what it has decided, and if that holds for the present content."""

    PENDING = "pending"
    APPROVED = "approved"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    STALE = "stale"
    BY_HAND = "by-hand"


@dataclass(frozen=True, slots=True)
class RoleState:
    """A role that signs, and its latest decision; `key` is the data key of its entry, `place` that of its name.

    `name`, `function` and `organisation` are those of the data, and where a decision is in the ledger, those in it.
    `decision` is "approved", "approved-with-comments", "rejected" or "withdrawn", or the author's own words where it
    was recorded by hand. `moment` is when it was made, ISO 8601 with the zone; `content` the digest of what it was made
    for, and `changed` what has changed since, where it is stale. `entry` is its number in the ledger.
    """

    key: str
    role: str
    state: State
    meaning: str = ""
    name: str = ""
    function: str = ""
    organisation: str = ""
    required: bool = True
    in_sequence: bool = True
    decision: str = ""
    moment: str = ""
    comment: str = ""
    content: str = ""
    changed: tuple[str, ...] = ()
    entry: int = 0
    place: Span | None = None

    @property
    def is_approved(self) -> bool:
        """Whether the ledger holds the role's approval of the present content."""
        return self.state is State.APPROVED

    def counts(self, *, by_hand: bool) -> bool:
        """Return whether the role's approval counts for the present content, one recorded by hand if that is enough."""
        return self.is_approved or (by_hand and self.state is State.BY_HAND)


@dataclass(frozen=True, slots=True)
class SignOff:
    """How far a document is signed off: the digest of its present content, and what each role has decided.

    `parts` are the digests that the digest is made of, by group and name. `entries` and `head` are the number of lines
    of the ledger and the SHA-256 of the last one, 0 and "" where there is none. `by_hand` tells if decisions that were
    recorded by hand count. `review` is the day of the next review (ISO), where the data name one.
    """

    digest: str
    parts: Mapping[str, Mapping[str, str]]
    roles: tuple[RoleState, ...] = ()
    entries: int = 0
    head: str = ""
    by_hand: bool = False
    review: str = ""

    @property
    def missing(self) -> tuple[RoleState, ...]:
        """The roles whose approval a release still needs, in signing order."""
        return tuple(role for role in self.roles if role.required and not role.counts(by_hand=self.by_hand))

    @property
    def short(self) -> str:
        """The digest as it is printed on every page: its first twelve digits, in groups of four."""
        return short_digest(self.digest)


def short_digest(digest: str) -> str:
    """Return the first twelve hex digits of a digest, in groups of four."""
    digits = digest.rpartition(":")[2][:12]
    return " ".join(digits[at : at + 4] for at in range(0, len(digits), 4))


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading as numbered: `number` is "3.1", "A", "A.2" or "" for an unnumbered one; `id` is its anchor.

    `label` is the number as it is printed in the document's language: "3.1", "Appendix A", "A.2".
    """

    level: int
    number: str
    text: str
    id: str
    appendix: bool = False
    label: str = ""


@dataclass(frozen=True, slots=True)
class Caption:
    """A captioned table or figure: `kind` is "table" or "figure", `number` "3" or "A-1", `label` "Table A-1"."""

    kind: str
    number: str
    text: str
    id: str
    label: str = ""


@dataclass(frozen=True, slots=True)
class DocumentFont:
    """A font made for one document: `data` is a static TrueType font with the glyphs of `characters` alone.

    `weight` is 400 or 700.
    """

    family: str
    weight: int
    characters: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Converted:
    """What the writers made, before finishing: DOCX and HTML bytes, and Typst source for the PDF.

    `ast` is the document after the shared filters, as pandoc's JSON: what all editions must agree with. `lists` names
    the lists that follow the contents: "tables", "figures". `fonts` are those that the text needs beyond the house's.
    `pictures` maps the picture files of the project that were read, as the text names them, to the hex digests of their
    bytes. `signoff` is how far the document was signed off then. `siblings` maps the targets of links that may lead to
    other documents to the paths of their specs, "" for those that do not.
    """

    title: str
    outputs: Mapping[Format, bytes]
    headings: tuple[Heading, ...]
    captions: tuple[Caption, ...]
    ast: Mapping[str, Any]
    media: Mapping[str, bytes] = field(default_factory=dict)
    lists: tuple[str, ...] = ()
    fonts: tuple[DocumentFont, ...] = ()
    pictures: Mapping[str, str] = field(default_factory=dict)
    signoff: SignOff | None = None
    siblings: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Edition:
    """One finished output, still in memory; `sha256` is the hex digest of `data`."""

    format: Format
    data: bytes
    sha256: str


@dataclass(frozen=True, slots=True)
class Job:
    """One document to build: which spec, into which folder, in which formats."""

    spec: Path
    out: Path
    formats: tuple[Format, ...] = (Format.DOCX, Format.PDF, Format.HTML)
    templates: tuple[Path, ...] = ()
    settings: Settings = Settings()


@dataclass(frozen=True, slots=True)
class Record:
    """What was built, from what and with what: the contents of `<stem>.json`, and where the editions lie."""

    path: Path
    editions: Mapping[Format, Path]
    content: Mapping[str, Any]
    completeness: Completeness
    warnings: Sequence[Diagnostic] = ()
