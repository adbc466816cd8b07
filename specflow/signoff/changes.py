"""What has changed between the content that somebody decided on and the present one, in a reader's terms."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from specflow.signoff.digest import Parts, groups
from specflow.signoff.entries import Content

_MOST = 3
"""Of a theme, a language or a template with more changed parts than this, the parts are not named."""


def changes(then: Content | None, now: Parts) -> tuple[str, ...]:
    """Return the names of what has changed: data keys as they are, other parts as `template/body.md.j2`.

    A version is told with what it was: `pandoc 3.8 → 3.9`. Where nothing tells what the content was, it is empty.
    """
    return tuple(_changes(then, now)) if then else ()


def _changes(then: Content, now: Parts) -> Iterator[str]:
    present = groups(now)
    for group in [*now, *(name for name in then.groups if name not in now)]:
        if then.groups.get(group) == present.get(group):
            continue
        if group not in then.parts:
            yield group
            continue
        yield from _of_group(group, then.parts[group], now.get(group, {}))


def _of_group(group: str, then: Mapping[str, str], now: Mapping[str, str]) -> Iterator[str]:
    found = [name for name in [*now, *(name for name in then if name not in now)] if then.get(name) != now.get(name)]
    if len(found) > _MOST and group not in ("data", "tools", "pictures"):
        yield group
        return
    for name in found:
        before, after = then.get(name), now.get(name)
        if group == "data":
            yield name
        elif group == "tools":
            yield f"{name} {before or '–'} → {after or '–'}"
        else:
            yield f"{group}/{name}"
