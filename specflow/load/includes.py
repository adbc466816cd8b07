"""What `!include` stands for: the data of a YAML file, the text of a Markdown file, the table of a CSV file."""

from __future__ import annotations

import re
from pathlib import Path

from specflow.diagnostics import Diagnostic, Span, error
from specflow.errors import InvalidData
from specflow.load.csv_table import csv_table
from specflow.load.files import ProjectFiles, TooManyFiles
from specflow.yaml_text.faults import shown
from specflow.yaml_text.nodes import Node, compose

MAX_CHAIN = 16
"""Files of which each includes, or extends, the next."""

_DATA = frozenset({".yaml", ".yml"})
_TEXT = frozenset({".md", ".markdown", ".txt"})
_TABLE = frozenset({".csv", ".tsv"})
_LINE_END = re.compile(r"\r\n?")


class Includes:
    """Reads the YAML files of one document with all that they include; a file that is included twice is one node.

    `faults` are those of included files, each told once; an empty value stands for what is faulty.
    """

    def __init__(self, files: ProjectFiles) -> None:
        self._files = files
        self._nodes: dict[Path, Node] = {}
        self._chain: tuple[Path, ...] = ()
        self._is_full = False
        self.faults: list[Diagnostic] = []

    def layer(self, file: Path) -> Node:
        """Return a layer's root, a mapping; raises InvalidData with every fault of the file itself."""
        return self._compose(file, is_part=False)

    def _compose(self, file: Path, *, is_part: bool) -> Node:
        text = self._files.text(file)
        outer = self._chain
        self._chain = (*outer, file)
        try:
            return compose(text, self._files.shown(file), self._include, is_part=is_part)
        finally:
            self._chain = outer

    def _include(self, name: str, span: Span, key: str | None) -> Node:
        """Return the value of the file that is included at the span."""
        nothing = Node(span, "" if key else {})
        if self._is_full:
            return nothing
        try:
            file = self._files.locate(name, span, key)
            self._refuse(file, span, key)
            if file not in self._nodes:
                self._nodes[file] = nothing
                self._nodes[file] = self._part(file, name, span, key)
            return self._nodes[file]
        except InvalidData as fault:
            self._is_full = isinstance(fault, TooManyFiles)
            self.faults += fault.diagnostics
            return nothing

    def _refuse(self, file: Path, span: Span, key: str | None) -> None:
        if file in self._chain:
            chain = self._files.chain((*self._chain[self._chain.index(file) :], file))
            message, hint = f"this include leads back to its own file: {chain}", "remove one include of the chain"
            raise InvalidData(error("file-cycle", message, span, hint, key))
        if len(self._chain) >= MAX_CHAIN:
            message = f"files include one another more than {MAX_CHAIN} deep"
            raise InvalidData(error("files-too-deep", message, span, "include the last file further up", key))

    def _part(self, file: Path, name: str, span: Span, key: str | None) -> Node:
        suffix = Path(name).suffix.lower()
        if suffix in _DATA:
            return self._compose(file, is_part=True)
        start = Span(self._files.shown(file), 1, 1)
        if suffix in _TEXT:
            text = _LINE_END.sub("\n", self._files.text(file)).removesuffix("\n")
        elif suffix in _TABLE:
            text = csv_table(self._files.text(file), start.file)
        else:
            known = " ".join(sorted(_DATA | _TEXT | _TABLE))
            message = f"{shown(name)} is of no kind that can be included"
            raise InvalidData(error("include-kind", message, span, f"a name may end in {known}", key))
        return Node(start, text, length=len(text))
