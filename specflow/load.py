"""The first stage: one YAML file becomes text data, with the file, line and column of every key and value."""

from __future__ import annotations

from pathlib import Path

from specflow.diagnostics import Diagnostic, Span, error
from specflow.errors import InvalidData
from specflow.files import read_bytes, sha256
from specflow.model import KeyPath, Place, Source
from specflow.yaml_faults import span_at
from specflow.yaml_nodes import FORBIDDEN, Node, compose

MAX_BYTES = 16 * 1024 * 1024

_BOMS = (  # the longer ones first: a UTF-32 mark begins like a UTF-16 one
    (b"\xff\xfe\x00\x00", "UTF-32"),
    (b"\x00\x00\xfe\xff", "UTF-32"),
    (b"\xff\xfe", "UTF-16"),
    (b"\xfe\xff", "UTF-16"),
)
_SAVE_AS = 'save the file as UTF-8 (in most editors: "Save with encoding")'


def load(path: Path) -> Source:
    """Return the file's data as its author typed it: dicts, lists and str, no value's type guessed.

    Anchors and aliases are resolved; an alias shares its anchor's data and points at its anchor's places. Time and
    memory are bounded by `MAX_BYTES` and the limits of `yaml_nodes`.

    Raises InvalidData with every fault found, FileAccess if the file cannot be read, ToolMissing without libyaml.
    """
    content = read_bytes(path, MAX_BYTES)
    if len(content) > MAX_BYTES:
        message = f"the file is larger than {MAX_BYTES // 1024 // 1024} MiB"
        hint = "move images and other attachments out of the YAML file, or split the document"
        raise InvalidData(error("yaml-too-large", message, Span(path), hint))
    text = _decode(content, path)
    if faults := _forbidden(text, path):
        raise InvalidData(*faults)
    root = compose(text, path)
    return Source(path, root.data, _places(root), sha256(content))


def _decode(content: bytes, path: Path) -> str:
    """Return the text without a byte order mark."""
    if encoding := _wide_encoding(content):
        raise InvalidData(error("yaml-encoding", f"the file is {encoding}, not UTF-8", Span(path, 1, 1), _SAVE_AS))
    try:
        return content.decode().removeprefix("\ufeff")
    except UnicodeDecodeError as fault:
        before = content[: fault.start].decode().removeprefix("\ufeff")
        bad = content[fault.start : fault.start + 1]
        meant = bad.decode("cp1252", "replace")
        guess = f'; in Windows-1252 it would be "{meant}"' if meant.isprintable() and meant != "\ufffd" else ""
        message = f"byte 0x{bad.hex().upper()} is not UTF-8{guess}"
        raise InvalidData(error("yaml-encoding", message, span_at(path, before, len(before)), _SAVE_AS)) from fault


def _wide_encoding(content: bytes) -> str | None:
    """Return UTF-16 or UTF-32 by the mark or the zero bytes of the first characters (YAML 1.2.2, section 5.2)."""
    for mark, encoding in _BOMS:
        if content.startswith(mark):
            return encoding
    zeros = [byte == 0 for byte in content[:4]]
    if zeros in ([True, True, True, False], [False, True, True, True]):
        return "UTF-32"
    return "UTF-16" if zeros[:2] in ([True, False], [False, True]) else None


def _forbidden(text: str, path: Path) -> list[Diagnostic]:
    """Return one diagnostic for each character that may not be there, at its first place."""
    if not FORBIDDEN.search(text):
        return []
    faults = []
    for character in sorted((each for each in set(text) if FORBIDDEN.match(each)), key=text.index):
        count = text.count(character)
        times = f" ({count} times)" if count > 1 else ""
        message = f"the invisible character U+{ord(character):04X} may not stand in a document{times}"
        span = span_at(path, text, text.index(character))
        faults.append(error("yaml-character", message, span, "delete it, or replace it by a space or a line break"))
    return faults


def _places(root: Node) -> dict[KeyPath, Place]:
    """Return the place of every value, in the order of the document."""
    places: dict[KeyPath, Place] = {(): Place(root.span)}
    waiting: list[tuple[KeyPath, Span | None, Node]] = [((), None, root)]
    while waiting:
        path, key, node = waiting.pop()
        places[path] = Place(node.span, key)
        waiting.extend(((*path, step), key_span, child) for step, key_span, child in reversed(node.entries))
    return places
