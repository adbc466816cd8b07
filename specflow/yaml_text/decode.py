"""Bytes to text: UTF-8, with none of the characters that a document cannot hold."""

from __future__ import annotations

from pathlib import Path

from specflow.diagnostics import Diagnostic, Span, error
from specflow.errors import InvalidData
from specflow.yaml_text.faults import span_at
from specflow.yaml_text.nodes import FORBIDDEN

_BOMS = (  # the longer ones first: a UTF-32 mark begins like a UTF-16 one
    (b"\xff\xfe\x00\x00", "UTF-32"),
    (b"\x00\x00\xfe\xff", "UTF-32"),
    (b"\xff\xfe", "UTF-16"),
    (b"\xfe\xff", "UTF-16"),
)
_SAVE_AS = 'save the file as UTF-8 (in most editors: "Save with encoding")'


def decode(content: bytes, file: Path) -> str:
    """Return the file's text without a byte order mark; line ends stay as they are.

    Raises InvalidData for another encoding, and with every invisible character that may not be there.
    """
    text = _decode(content, file)
    if faults := _forbidden(text, file):
        raise InvalidData(*faults)
    return text


def _decode(content: bytes, file: Path) -> str:
    if encoding := _wide_encoding(content):
        raise InvalidData(error("yaml-encoding", f"the file is {encoding}, not UTF-8", Span(file, 1, 1), _SAVE_AS))
    try:
        return content.decode().removeprefix("\ufeff")
    except UnicodeDecodeError as fault:
        before = content[: fault.start].decode().removeprefix("\ufeff")
        bad = content[fault.start : fault.start + 1]
        meant = bad.decode("cp1252", "replace")
        guess = f'; in Windows-1252 it would be "{meant}"' if meant.isprintable() and meant != "\ufffd" else ""
        message = f"byte 0x{bad.hex().upper()} is not UTF-8{guess}"
        raise InvalidData(error("yaml-encoding", message, span_at(file, before, len(before)), _SAVE_AS)) from fault


def _wide_encoding(content: bytes) -> str | None:
    """Return UTF-16 or UTF-32 by the mark or the zero bytes of the first characters (YAML 1.2.2, section 5.2)."""
    for mark, encoding in _BOMS:
        if content.startswith(mark):
            return encoding
    zeros = [byte == 0 for byte in content[:4]]
    if zeros in ([True, True, True, False], [False, True, True, True]):
        return "UTF-32"
    return "UTF-16" if zeros[:2] in ([True, False], [False, True]) else None


def _forbidden(text: str, file: Path) -> list[Diagnostic]:
    """Return one diagnostic for each character that may not be there, at its first place."""
    if not FORBIDDEN.search(text):
        return []
    faults = []
    for character in sorted((each for each in set(text) if FORBIDDEN.match(each)), key=text.index):
        count = text.count(character)
        times = f" ({count} times)" if count > 1 else ""
        message = f"the invisible character U+{ord(character):04X} may not stand in a document{times}"
        span = span_at(file, text, text.index(character))
        faults.append(error("yaml-character", message, span, "delete it, or replace it by a space or a line break"))
    return faults
