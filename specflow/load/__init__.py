"""The first stage: YAML files become text data, with the file, line and column of every key and value."""

from __future__ import annotations

from pathlib import Path

from specflow.diagnostics import Span
from specflow.files import sha256
from specflow.load.files import ProjectFiles
from specflow.load.layers import Layers
from specflow.model import KeyPath, Place, Settings, Source
from specflow.project import real_path
from specflow.yaml_text.nodes import Node, compose

_DEFAULTS = Settings()


def load(path: Path, settings: Settings = _DEFAULTS) -> Source:
    """Return the data of a spec and its layers as their authors typed them: dicts, lists and str, no type guessed.

    From the bottom up the layers are `settings.layers`, what the spec extends, the spec, `settings.data`. Where none
    names a template, it is that of the settings. Anchors and aliases are resolved within their file; an alias shares
    its anchor's data and points at its anchor's places. Time and memory are bounded by the limits of `project_files`
    and `yaml_nodes`.

    Raises InvalidData with every fault found, FileAccess if a file cannot be read, ToolMissing without libyaml.
    """
    files = ProjectFiles(path, settings.folder)
    content = files.content(files.spec)  # first, as the first of the inputs
    layers = Layers(files)
    for below in settings.layers:
        if real_path(below) != files.spec:
            layers.given(below)
    layers.lay(files.spec)
    for above in settings.data:
        layers.given(above)
    root = layers.merged()
    places = {**_places(root), (): Place(layers.start(files.spec))}
    data = root.data
    if settings.template and not str(data.get("template", "")).strip():
        data = {**data, "template": settings.template}
        places.setdefault(("template",), places[()])
    return Source(path, data, places, sha256(content), files.folder, files.inputs)


def load_file(path: Path) -> Source:
    """Return one YAML file's data as `load` does; it has no layers, and includes nothing.

    Raises InvalidData with every fault found, FileAccess if the file cannot be read, ToolMissing without libyaml.
    """
    files = ProjectFiles(path)
    root = compose(files.text(files.spec), path)
    return Source(path, root.data, _places(root), sha256(files.content(files.spec)), files.folder, files.inputs)


def _places(root: Node) -> dict[KeyPath, Place]:
    """Return the place of every value, in the order of the document."""
    places: dict[KeyPath, Place] = {(): Place(root.span)}
    waiting: list[tuple[KeyPath, Span | None, Node]] = [((), None, root)]
    while waiting:
        path, key, node = waiting.pop()
        places[path] = Place(node.span, key)
        waiting.extend(((*path, step), key_span, child) for step, key_span, child in reversed(node.entries))
    return places
