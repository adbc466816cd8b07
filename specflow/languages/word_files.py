"""Reading the YAML files that hold words: those of languages, and the phrases of templates."""

from __future__ import annotations

from pathlib import Path

from specflow.diagnostics import Span, error
from specflow.errors import InvalidData, InvalidTemplate
from specflow.files import read_bytes
from specflow.yaml_text.nodes import Node, compose


def read_words(path: Path, content: bytes | None = None) -> Node:
    """Return the file's tree of texts, in which every key and value knows its place; `content` saves reading it again.

    Raises InvalidTemplate for what is not YAML, FileAccess if the file cannot be read.
    """
    try:
        text = (read_bytes(path) if content is None else content).decode().removeprefix("\ufeff")
        return compose(text, path)
    except UnicodeDecodeError as fault:
        message = "the file is not UTF-8"
        raise InvalidTemplate(error("yaml-encoding", message, Span(path), "save the file as UTF-8")) from fault
    except InvalidData as fault:
        raise InvalidTemplate(*fault.diagnostics) from fault
