"""A theme and the themes that it extends, as one tree of YAML nodes; every node still knows its own file."""

from __future__ import annotations

import difflib
import io
import os
from pathlib import Path
from typing import Any

import yaml

from specflow import assets
from specflow.diagnostics import Diagnostic, Span, error
from specflow.errors import InvalidTemplate
from specflow.files import read_bytes
from specflow.theme.values import refuse, span

FILE = "theme.yaml"
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def bundled_themes() -> tuple[str, ...]:
    """Return the names of the themes that an installation brings along, sorted."""
    return tuple(sorted(path.parent.name for path in (assets.templates() / "themes").glob(f"*/{FILE}")))


def theme_file(name: str, folder: Path, place: Span | None = None, besides: Path | None = None) -> Path:
    """Return the file of the theme: a path in the project folder, a folder in its `themes/`, or a bundled theme.

    `besides` is the theme that asks: a theme may extend the bundled one of its own name. Raises InvalidTemplate, which
    points at `place`, where there is no such theme, or where it lies outside of the project folder.
    """
    own = _own(name, folder)
    if own and own != besides:
        if not own.resolve().is_relative_to(folder.resolve()):
            hint = f"copy it below {folder.as_posix()}"
            raise InvalidTemplate(
                error("theme-outside", f"the theme {name!r} lies outside of the project", place, hint)
            )
        return own
    bundled = bundled_themes()
    if name in bundled:
        return assets.templates() / "themes" / name / FILE
    known = sorted({*bundled, *(path.parent.name for path in folder.glob(f"themes/*/{FILE}"))})
    near = difflib.get_close_matches(name, known, n=1)
    names = f"the themes are {', '.join(known)}"
    hint = f"did you mean `{near[0]}`? {names[0].upper()}{names[1:]}" if near else names
    raise InvalidTemplate(error("theme-missing", f"there is no theme {name!r}", place, hint))


def _own(name: str, folder: Path) -> Path | None:
    """Return the theme's file in the project, or None; only a name without separators is looked up in `themes/`."""
    if not name or "\x00" in name:
        return None
    places = [folder / "themes" / name / FILE] if Path(name).name == name else []
    path = folder / name
    places += [path / FILE, path] if path.suffix in (".yaml", ".yml") else [path / FILE]
    return next((place for place in places if os.path.isfile(place)), None)  # noqa: PTH113 (no name is too long)


def layered(path: Path, folder: Path) -> tuple[yaml.MappingNode, tuple[Path, ...]]:
    """Return the theme's keys over those of the themes that it extends, and the files read, the theme's own first.

    Mappings merge key by key; everything else replaces. Raises InvalidTemplate where a file is not YAML, is empty, or
    extends itself; FileAccess where one cannot be read.
    """
    return _layered(path, folder, ())


def _layered(path: Path, folder: Path, above: tuple[Path, ...]) -> tuple[yaml.MappingNode, tuple[Path, ...]]:
    root = _composed(path)
    if not isinstance(root, yaml.MappingNode):
        raise refuse("theme-mapping", "keys are expected here", root, "write the keys of a theme")
    parents = [value for key, value in root.value if key.value == "extends"]
    root.value = [(key, value) for key, value in root.value if key.value != "extends"]
    if not parents:
        return root, (path,)
    parent = parents[0]
    if not isinstance(parent, yaml.ScalarNode) or len(parents) > 1:
        raise refuse("theme-extends", "a theme extends one other theme", parents[-1], "write `extends: default`, once")
    base = theme_file(parent.value, folder, span(parent), besides=path)
    if base.resolve() in {other.resolve() for other in (*above, path)}:
        hint = "let one of them extend `default`, or nothing"
        raise refuse("theme-cycle", f"the theme extends itself by way of {parent.value!r}", parent, hint)
    below, files = _layered(base, folder, (*above, path))
    return _merged(below, root), (path, *files)


def _merged(below: yaml.MappingNode, above: yaml.MappingNode) -> yaml.MappingNode:
    """Return the keys of both; a key that stands twice in the upper one stays there twice, to be reported."""
    named = {key.value: (key, value) for key, value in reversed(above.value) if isinstance(key, yaml.ScalarNode)}
    pairs = []
    for key, value in below.value:
        if key.value not in named:
            pairs.append((key, value))
            continue
        fresh_key, fresh = named[key.value]
        if isinstance(value, yaml.MappingNode) and isinstance(fresh, yaml.MappingNode):
            fresh = _merged(value, fresh)
        pairs.append((fresh_key, fresh))
    taken = {id(key) for key, _ in pairs}
    pairs += [(key, value) for key, value in above.value if id(key) not in taken]
    return yaml.MappingNode(above.tag, pairs, above.start_mark, above.end_mark)


def _composed(path: Path) -> yaml.Node:
    try:
        stream = io.StringIO(read_bytes(path).decode("utf-8"))
        stream.name = str(path)  # what every node's mark has as the name of its file
        node: yaml.Node | None = yaml.compose(stream, Loader=_LOADER)
    except UnicodeDecodeError as fault:
        raise InvalidTemplate(
            error("theme-encoding", "the theme is not UTF-8", Span(path), "save it as UTF-8")
        ) from fault
    except yaml.YAMLError as fault:
        raise InvalidTemplate(_syntax(path, fault)) from fault
    if node is None:
        raise InvalidTemplate(error("theme-empty", "the theme is empty", Span(path), "start with `extends: default`"))
    return node


def _syntax(path: Path, fault: yaml.YAMLError) -> Diagnostic:
    mark = getattr(fault, "problem_mark", None)
    place = Span(path, mark.line + 1, mark.column + 1) if mark else Span(path)
    problem = getattr(fault, "problem", None) or "it cannot be parsed"
    hint = "mend the syntax; see templates/themes/default"
    return error("theme-syntax", f"the theme is not YAML: {problem}", place, hint)
