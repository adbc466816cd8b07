"""Layers: several YAML files of which each says what it changes in those beneath it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import reduce
from pathlib import Path

from specflow.diagnostics import Span, error
from specflow.errors import InvalidData, SpecflowError
from specflow.files import read_bytes
from specflow.load.files import MAX_BYTES, ProjectFiles, TooManyFiles
from specflow.load.includes import MAX_CHAIN, Includes
from specflow.project import real_path
from specflow.yaml_text.decode import decode
from specflow.yaml_text.nodes import MAX_TEXT, MAX_VALUES, Node, compose

EXTENDS = "extends"
_TAILORED_OUT = "tailored_out"


def merged(below: Node, above: Node) -> Node:
    """Return both as one: of two mappings every key, of anything else what is above.

    Lists replace, and so does a text, even an empty one. A section that is tailored out is not mixed with its content:
    whichever of the two is above replaces the other.
    """
    if not (_is_open(below) and _is_open(above)):
        return above
    entries = {step: (key, child) for step, key, child in below.entries}
    for step, key, child in above.entries:
        entries[step] = (key, merged(entries[step][1], child) if step in entries else child)
    data = {step: child.data for step, (_, child) in entries.items()}
    return Node(above.span, data, [(step, key, child) for step, (key, child) in entries.items()])


def _is_open(node: Node) -> bool:
    return isinstance(node.data, dict) and _TAILORED_OUT not in node.data


class Layers:
    """The layers of one document, laid from the bottom up; what a layer extends lies beneath it, and but once."""

    def __init__(self, files: ProjectFiles) -> None:
        self._files = files
        self._includes = Includes(files)
        self._laid: dict[Path, Span] = {}
        self._roots: list[Node] = []
        self._size = self._length = 0
        self._faults = self._includes.faults

    def given(self, path: Path) -> None:
        """Lay a file that the project or the command line names; raises FileAccess if it cannot be read."""
        try:
            self.lay(self._files.given(path))
        except InvalidData as fault:
            self._faults += fault.diagnostics

    def lay(self, file: Path, chain: tuple[Path, ...] = ()) -> None:
        """Lay a located file on top of all others; faults are kept, to be told together."""
        span = Span(self._files.shown(file))
        try:
            root = self._includes.layer(file)
            span = root.span
            self._extend((*chain, file), root)
            self._add(root)
        except InvalidData as fault:
            self._faults += fault.diagnostics
        self._laid[file] = span

    def start(self, file: Path) -> Span:
        """Return where the data of a layer begin."""
        return self._laid[file]

    def merged(self) -> Node:
        """Return all layers as one mapping; raises InvalidData with every fault of all of them."""
        if self._faults:
            raise InvalidData(*dict.fromkeys(self._faults))
        return reduce(merged, self._roots)

    def _extend(self, chain: tuple[Path, ...], root: Node) -> None:
        """Lay what the last file of the chain extends; raises TooManyFiles."""
        for name, span, key in _extended(root):
            try:
                below = self._files.locate(name, span, key)
                self._refuse(chain, below, span, key)
            except TooManyFiles:
                raise
            except InvalidData as fault:
                self._faults += fault.diagnostics
            else:
                if below not in self._laid:
                    self.lay(below, chain)

    def _refuse(self, chain: tuple[Path, ...], below: Path, span: Span, key: str) -> None:
        if below in chain:
            circle = self._files.chain((*chain[chain.index(below) :], below))
            message, hint = f"this file extends itself: {circle}", "remove one name of the chain"
            raise InvalidData(error("file-cycle", message, span, hint, key))
        if len(chain) >= MAX_CHAIN:
            message = f"files extend one another more than {MAX_CHAIN} deep"
            raise InvalidData(error("files-too-deep", message, span, "name the last file in a layer further up", key))

    def _add(self, root: Node) -> None:
        self._size += root.size
        self._length += root.length
        if self._size > MAX_VALUES or self._length > MAX_TEXT:
            many = f"{MAX_VALUES} values" if self._size > MAX_VALUES else f"{MAX_TEXT} characters"
            message = f"with this layer the data have more than {many}"
            raise InvalidData(
                error("yaml-too-many-values", message, root.span, "split the document into several files")
            )
        self._roots.append(_without_extends(root))


def _extended(root: Node) -> Iterator[tuple[str, Span, str]]:
    """Yield the names that a layer extends, each with its place and its data key."""
    for step, _, node in root.entries:
        if step != EXTENDS or not node.data or (isinstance(node.data, str) and not node.data.strip()):
            continue
        is_list = isinstance(node.data, list)
        for at, named in enumerate(child for _, _, child in node.entries) if is_list else [(0, node)]:
            key = f"{EXTENDS}[{at}]" if is_list else EXTENDS
            if not isinstance(named.data, str):
                hint = 'write "extends: common.yaml", or a list of such names'
                raise InvalidData(error("wrong-type", "a file name is expected here", named.span, hint, key))
            yield named.data, named.span, key


def _without_extends(root: Node) -> Node:
    entries = [entry for entry in root.entries if entry[0] != EXTENDS]
    if len(entries) == len(root.entries):
        return root
    return Node(root.span, {step: child.data for step, _, child in entries}, entries)


def extended_by(path: Path) -> tuple[Path, ...]:
    """Return the real paths of what a YAML file extends; none where the file, or such a path, is not valid."""
    try:
        text = decode(read_bytes(path, MAX_BYTES), path)
        root = compose(text, path, lambda name, span, key: Node(span, ""))
        return tuple(real_path(path.parent / name) for name, _, _ in _extended(root))
    except (SpecflowError, OSError, ValueError):
        return ()
