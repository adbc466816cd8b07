"""Content controls in the approval block: what a role decides, when, who and why can be filled in, in Word.

The filter docx-controls.lua has put a bookmark around each part. It becomes a control (ECMA-376 part 1, 17.5.2) with a
stable tag, and a bookmark around that: LibreOffice drops tags when it saves, bookmarks it keeps.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from lxml import etree

from specflow.finish.control_names import role_controls, stable_id
from specflow.finish.docx_language import word_tag
from specflow.finish.docx_signature_line import add_line_picture, signature_line
from specflow.finish.wordml import attribute, bookmark, parent_of, qn, text_run, value_of, w
from specflow.languages.word_dates import date_format, iso_day
from specflow.model import Converted, Language, RoleState, Spec, State
from specflow.theme import Theme

CHOICES = ("approved", "approved-with-comments", "rejected")
"""The decisions that a role can choose; they are recorded under these names."""

_MARK = re.compile(r"_sf_role_(\d+)_(\w+)")
_EMPTY = "\u2002" * 5
"""What an empty control shows: en spaces, as Word's own form fields do, so that the editions say the same."""


def place_controls(
    files: dict[str, bytes], document: etree._Element, converted: Converted, spec: Spec, theme: Theme
) -> bool:
    """Make the controls and signature lines of all roles, and return whether there are any.

    They hold what the block shows. The controls of a role that has approved the present content are locked.
    """
    signed = converted.signoff
    marks = [(start, found) for start in document.iter(qn("bookmarkStart")) if (found := _MARK.fullmatch(_name(start)))]
    if not signed or not marks:
        return False
    names = role_controls(role.role for role in signed.roles)
    picture = add_line_picture(files)
    for start, found in marks:
        number = int(found[1]) - 1
        role, controls, part = signed.roles[number], names[number], found[2]
        content = _taken(start)
        paragraph = parent_of(start)
        at = paragraph.index(start)
        paragraph.remove(start)
        if part == "signature":
            line = signature_line(picture, role, controls, spec, signed.short, _room(paragraph, theme))
            paragraph.insert(at, line)
            continue
        label = f"{role.role}: {spec.language.labels[part]}"
        control = _control(controls.tag(part), label, role, part, content, spec.language)
        opening, closing = bookmark(controls.bookmark(part))
        for element in (closing, control, opening):
            paragraph.insert(at, element)
    return True


def _name(start: etree._Element) -> str:
    return attribute(start, "name")


def _taken(start: etree._Element) -> list[etree._Element]:
    """Take the runs inside the bookmark, and its end, out of the paragraph; other bookmarks in it go."""
    runs: list[etree._Element] = []
    for element in list(start.itersiblings()):
        parent_of(element).remove(element)
        if element.tag == qn("bookmarkEnd") and attribute(element, "id") == attribute(start, "id"):
            break
        runs += [element] if element.tag == qn("r") else element.iter(qn("r"))
    return runs


def _control(
    tag: str, label: str, role: RoleState, part: str, content: Sequence[etree._Element], language: Language
) -> etree._Element:
    shown = "".join(leaf.text or "" for run in content for leaf in run.iter(qn("t")))
    is_known = part == "decision" or bool(_value(role, part))
    properties = w(
        "sdtPr",
        w("alias", val=label),
        w("tag", val=tag),
        w("id", val=stable_id(tag)),
        w("lock", val="sdtContentLocked" if role.state is State.APPROVED else "sdtLocked"),
    )
    if not is_known:
        properties.append(w("showingPlcHdr"))
    properties.append(_kind(role, part, content, shown, language))
    inside = list(content) if shown else [text_run(_EMPTY, w("rStyle", val="PlaceholderText"))]
    return w("sdt", properties, w("sdtContent", *inside))


def _value(role: RoleState, part: str) -> str:
    return {"date": role.moment, "name": role.name, "comment": role.comment}[part]


def _kind(
    role: RoleState, part: str, content: Sequence[etree._Element], shown: str, language: Language
) -> etree._Element:
    if part == "decision":
        return w("dropDownList", *_items(role, shown, language.labels))
    if part != "date":
        return w("text" if _is_plain(content) else "richText")
    day = iso_day(role.moment)
    known = {"fullDate": f"{day}T00:00:00Z"} if day else {}
    return w(
        "date",
        w("dateFormat", val=date_format(language)),
        w("lid", val=word_tag(language.tag)),
        w("storeMappedDataAs", val="date"),
        w("calendar", val="gregorian"),
        **known,
    )


def _is_plain(content: Sequence[etree._Element]) -> bool:
    """Return whether all runs look alike, as those of a control for plain text do."""
    looks = {b"" if (look := run.find(qn("rPr"))) is None else etree.tostring(look) for run in content}
    return len(looks) <= 1


def _items(role: RoleState, shown: str, labels: Mapping[str, str]) -> Iterator[etree._Element]:
    """Yield what can be chosen; first what the control shows, unless that is a decision itself."""
    words = {choice: labels[choice.replace("-", "_")] for choice in CHOICES}
    if shown and shown not in words.values():
        yield w("listItem", displayText=shown, value=str(role.state))
    for choice, word in words.items():
        yield w("listItem", displayText=word, value=choice)


def _room(paragraph: etree._Element, theme: Theme) -> float:
    """Return how wide the cell's text may be, in points."""
    cell = next(paragraph.iterancestors(qn("tc")))
    return int(value_of(cell, "tcPr/tcW", "w") or 0) / 20 - 2 * theme.spacing.cell_x
