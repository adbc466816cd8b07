"""Put what every format writes in its own way into the document's: headers, footers, properties, the language."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from specflow.model import Format
from specflow.verify.sameness import moved_alike, squeezed, whole_line
from specflow.verify.seen import Seen


def told_apart(seen: Seen, wanted: Seen, form: Format) -> Seen:
    """Return what was seen with name, version and status each by itself, wherever a format runs them together.

    Of a header that cuts the name short, the name is made whole if it begins like the wanted one. Page numbers of the
    footer become `#`. What a property says becomes the wanted word where it says that, and stays as it is where it does
    not. Word always names a region; where the document names none, it is left out.
    """
    properties = _properties(seen.properties, wanted.properties)
    if form is Format.DOCX and "-" not in wanted.language:
        seen = replace(seen, language=seen.language.partition("-")[0])
    if seen.footer is not None:
        seen = replace(seen, footer=_without_pages(seen.footer))
    if seen.header is None or wanted.header is None or wanted.version is None:
        return replace(seen, properties=properties)
    lines = [_words_of(line, wanted.header, wanted.version) for line in seen.header.split("\n")]
    if form is Format.PDF:
        lines = [_in_order(line, wanted.version, wanted.status or "") for line in lines]
    header, version, status = ("\n".join(dict.fromkeys(words)) for words in zip(*lines, strict=True))
    return replace(seen, properties=properties, header=header, version=version, status=status)


_NUMBER = re.compile(r"(?<![\w.])(?:\d+|#)(?![\w.])")
_PAGES = 2  # the page, and how many there are


def _without_pages(footer: str) -> str:
    """Return the footer's lines, each once, with a sign for the numbers of pages, which are the last in each."""
    lines = []
    for line in footer.split("\n"):
        for number in list(_NUMBER.finditer(line))[: -_PAGES - 1 : -1]:
            line = f"{line[: number.start()]}#{line[number.end() :]}"
        lines.append(line)
    return "\n".join(dict.fromkeys(lines))


def _words_of(line: str, name: str, version: str) -> tuple[str, str, str]:
    """Return the name, the version and the status that a line of a header says."""
    before, _, status = line.rpartition("·")
    own, version = _parted(before, version)
    return whole_line(own, name), version, status.strip()


def _in_order(line: tuple[str, str, str], version: str, status: str) -> tuple[str, str, str]:
    """Return the line with the wanted version and status, where what was drawn may be read as these as well."""
    name, *said = line
    return (name, version, status) if moved_alike(" ".join(said), f"{version} {status}") else line


def _parted(text: str, version: str) -> tuple[str, str]:
    """Return the text before the version and the version; where there is another one, its first word tells."""
    for words in filter(None, (version, version.partition(" ")[0])):
        at = text.rfind(words)
        if at >= 0:
            return text[:at].strip(), text[at:].strip()
    return text.strip(), ""


def _properties(seen: Mapping[str, str], wanted: Mapping[str, str]) -> dict[str, str]:
    title, name = seen.get("title", ""), wanted.get("id", "")
    if squeezed(title) == squeezed(f"{wanted.get('title', '')} – {name}"):
        title = wanted["title"]
    parts = {key: _property(key, word, seen) for key, word in wanted.items() if key != "title"}
    return {"title": title, **parts}


_DESCRIBING = ("description", "keywords", "subject")


def _property(name: str, word: str, seen: Mapping[str, str]) -> str:
    """Return the word if all properties of that name are it and a describing one says it, else what they say."""
    own = [value for key, value in seen.items() if key.casefold() in (name, f"document {name}")]
    others = [value for value in own if squeezed(value) != squeezed(word)]
    described = "; ".join(seen[key] for key in _DESCRIBING if seen.get(key))
    if others:
        return others[0]
    return word if _says(described, word) else described


def _says(text: str, word: str) -> bool:
    """Return whether the text has the word as such, not as a part of another: 1.1 is not in 1.12."""
    return not word or re.search(rf"(?<![\w.]){re.escape(word)}(?!\w|\.\w)", text) is not None
