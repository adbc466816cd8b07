"""The files of a document on their way to other machines: trees of names, and bytes that are known by their digest.

What a document may name lies in its project folder, so that folder travels, with the templates and the Word file that
lie elsewhere. A tree is called after the digest of what is in it, and lies in a folder of that name on the other
machine.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from specflow.batch.fingerprints import real
from specflow.diagnostics import Span, error
from specflow.errors import FileAccess
from specflow.files import read_bytes, sha256
from specflow.model import Job

MAX_FILES = 20_000
"""Files of one tree."""
MAX_BYTES = 1 << 30
"""Bytes of all files of a tree together."""
_PACK_BYTES = 4 << 20
_HINT = (
    'let a file "specflow.yaml" lie beside the documents, which makes their folder the project folder, '
    "and keep other files out of it"
)


@dataclass(frozen=True, slots=True)
class Tree:
    """A folder as it travels: the digest of each file by its path, the target of each link, and the digests of packs.

    A pack holds the bytes of many files by their digest; packs are sent once, however many trees and documents they
    are for.
    """

    files: Mapping[str, str]
    links: Mapping[str, str]
    packs: tuple[str, ...]

    @property
    def name(self) -> str:
        """The digest of what is in it."""
        return sha256(json.dumps([sorted(self.files.items()), sorted(self.links.items())]).encode())


Send = Callable[[str, dict[str, bytes]], None]
"""Takes a pack under its digest."""


def pack_folder(folder: Path, specs: Collection[Path], left_out: Collection[str], send: Send) -> Tree:
    """Return the folder as a tree, its bytes sent in packs.

    Not in it are hidden files and folders, virtual environments, `left_out` (real paths), links that lead outside,
    and what cannot be read; the `specs` are, wherever they lead. Raises FileAccess for more than the limits allow.
    """
    top = real(folder)
    wanted = {f"{real(spec.parent)}/{spec.name}" for spec in specs}
    names, links = _names(top, wanted, left_out)
    if len(names) > MAX_FILES:
        message = f"the project folder holds more than {MAX_FILES} files, too many to send to other machines"
        raise FileAccess(error("project-too-large", message, Span(folder), _HINT))
    return _packed({name: Path(top, name) for name in names}, links, folder, send)


def pack_file(file: Path, send: Send) -> Tree:
    """Return a tree of one file alone."""
    return _packed({file.name: file}, {}, file, send)


def unpack(tree: Tree, packs: Mapping[str, Mapping[str, bytes]], home: Path) -> None:
    """Put the tree into the folder of its name below `home`, whole or not at all."""
    target = home / tree.name
    if target.is_dir():
        return
    blobs = {digest: data for name in tree.packs for digest, data in packs[name].items()}
    home.mkdir(parents=True, exist_ok=True)
    made = Path(tempfile.mkdtemp(prefix=".", dir=home))
    for name, digest in tree.files.items():
        path = made / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(blobs[digest])
    for name, goal in tree.links.items():
        path = made / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.symlink_to(goal)
    try:
        made.rename(target)
    except OSError:  # another process of this machine was faster
        shutil.rmtree(made, ignore_errors=True)
        if not target.is_dir():
            raise


def moved(job: Job, place: Callable[[Path], Path]) -> Job:
    """Return the job with all its paths as `place` gives them, that of its output apart."""
    settings = job.settings
    return replace(
        job,
        spec=place(job.spec),
        templates=tuple(map(place, job.templates)),
        settings=replace(
            settings,
            folder=place(settings.folder) if settings.folder else None,
            layers=tuple(map(place, settings.layers)),
            data=tuple(map(place, settings.data)),
            reference=place(settings.reference) if settings.reference else None,
        ),
    )


def _names(top: str, wanted: Collection[str], left_out: Collection[str]) -> tuple[list[str], dict[str, str]]:
    """Return the files of the folder and its links, by their paths below it; one more than the limit is enough."""
    files: list[str] = []
    links: dict[str, str] = {}
    for here, folders, names in os.walk(top):
        below = here[len(top) + 1 :]
        for name in [folder for folder in folders if os.path.islink(f"{here}/{folder}")]:  # noqa: PTH114
            links |= _link(top, here, name)
        folders[:] = sorted(name for name in folders if _is_sent(f"{here}/{name}", left_out, wanted))
        for name in sorted(names):
            path = f"{here}/{name}"
            if path in wanted or (name[0] != "." and os.path.isfile(path) and not os.path.islink(path)):  # noqa: PTH113, PTH114
                files.append(os.path.join(below, name))  # noqa: PTH118 (this runs for thousands of files)
            elif name[0] != ".":
                links |= _link(top, here, name)
        if len(files) > MAX_FILES:
            break
    return files, links


def _is_sent(folder: str, left_out: Collection[str], wanted: Collection[str]) -> bool:
    name = Path(folder).name
    if name[0] == "." or name == "__pycache__" or os.path.islink(folder) or Path(folder, "pyvenv.cfg").exists():  # noqa: PTH114
        return False
    return folder not in left_out or any(spec.startswith(f"{folder}/") for spec in wanted)


def _link(top: str, here: str, name: str) -> dict[str, str]:
    """Return the link as a relative one, nothing if it leads outside or nowhere."""
    path = f"{here}/{name}"
    goal = os.path.realpath(path)
    if name[0] == "." or not os.path.islink(path) or not goal.startswith(f"{top}/") or not os.path.exists(goal):  # noqa: PTH110, PTH114
        return {}
    return {path[len(top) + 1 :]: os.path.relpath(goal, here)}


def _packed(files: Mapping[str, Path], links: Mapping[str, str], place: Path, send: Send) -> Tree:
    digests: dict[str, str] = {}
    packs: list[str] = []
    known: set[str] = set()
    total = 0
    for pack in _gathered(files, digests, known):
        total += sum(map(len, pack.values()))
        if total > MAX_BYTES:
            message = f"the project folder holds more than {MAX_BYTES >> 20} MiB, too much to send to other machines"
            raise FileAccess(error("project-too-large", message, Span(place), _HINT))
        name = hashlib.sha256("".join(sorted(pack)).encode()).hexdigest()
        send(name, pack)
        packs.append(name)
    return Tree(digests, dict(links), tuple(packs))


def _gathered(files: Mapping[str, Path], digests: dict[str, str], known: set[str]) -> Iterator[dict[str, bytes]]:
    """Yield the bytes of the files in packs, what is the same once; note the digest of each file."""
    pack: dict[str, bytes] = {}
    size = 0
    for name, path in files.items():
        try:
            data = read_bytes(path, MAX_BYTES)
        except FileAccess:
            continue  # whoever needs it is told that it is not there
        digest = digests[name] = sha256(data)
        if digest in known:
            continue
        known.add(digest)
        pack[digest] = data
        size += len(data)
        if size >= _PACK_BYTES:
            yield pack
            pack, size = {}, 0
    if pack:
        yield pack
