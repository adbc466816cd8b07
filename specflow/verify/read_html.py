"""Read an HTML edition as a browser shows it, from the page alone."""

from __future__ import annotations

from typing import Any

from lxml import etree, html

from specflow.model import Format
from specflow.verify.read_html_body import Body
from specflow.verify.read_html_inline import Found, Inline, joined, tidy
from specflow.verify.read_html_style import Sheet, read_sheet
from specflow.verify.seen import Seen
from specflow.verify.unreadable import unreadable

_MOST_BYTES = 256 * 2**20
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")


def read_html(data: bytes) -> Seen:
    """Return what a reader of the HTML edition sees on screen or, header, footer and contents, on paper.

    Scripts are not run. A page number in header or footer is "#". Raises VerificationFailed for what is no page.
    """
    return _Page(data).seen()


class _Page:
    """One page, with all that its parts refer to."""

    def __init__(self, data: bytes) -> None:
        if len(data) > _MOST_BYTES:
            raise unreadable(Format.HTML, "it is larger than a document can be")
        parser = html.HTMLParser(
            encoding="utf-8", no_network=True, huge_tree=True, remove_comments=True, remove_pis=True
        )
        try:
            data.decode("utf-8")
            self._root: Any = html.document_fromstring(data, parser=parser)
        except (etree.LxmlError, UnicodeDecodeError) as fault:
            raise unreadable(Format.HTML, f"it is no page in UTF-8 ({fault})") from fault
        self._named: dict[str, Any] = {}
        for element in self._root.iter():
            identifier = element.get("id")
            if identifier is not None:
                self._named.setdefault(identifier, element)
        self._sheet: Sheet = read_sheet("\n".join(style.text or "" for style in self._root.iter("style")))
        self._found = Found()
        self._inline = Inline(self._found, self._sheet.hidden, self._note)
        self._is_in_note = False
        self._contents: list[tuple[str, ...]] = []
        self._lists: dict[str, tuple[str, ...]] = {}
        self._body = Body(self._inline, self._found, self._navigation)

    def seen(self) -> Seen:
        """Return all that the page shows."""
        main = self._root.find(".//main")
        self._body.read(self._root.find("body") if main is None else main)
        direction = self._stated("dir").lower() or "ltr"
        is_rtl = direction == "rtl"
        return Seen(
            title=self._title(),
            language=self._stated("lang"),
            direction=direction,
            blocks=tuple(self._body.blocks),
            properties=self._properties(),
            front=tuple(self._body.front),
            links=tuple(self._found.links),
            notes=tuple(self._found.notes),
            formulas=tuple(self._found.formulas),
            images=tuple(self._found.images),
            contents=self._all_contents(),
            lists=self._lists,
            header=self._sheet.running("top", is_rtl=is_rtl),
            footer=self._sheet.running("bottom", is_rtl=is_rtl),
            watermark=self._sheet.watermark(self._has),
        )

    def _stated(self, name: str) -> str:
        """Return what the attribute of the page as a whole says."""
        for element in (self._root, self._root.find("body")):
            if element is not None and element.get(name):
                return str(element.get(name)).strip()
        return ""

    def _title(self) -> str:
        heading = next(self._root.iter("h1"), None)
        return "" if heading is None else tidy("".join(self._inline.raw(text) for text in heading.itertext()))

    def _properties(self) -> dict[str, str]:
        """Return the page's title, and what its `meta` elements say by name."""
        found: dict[str, str] = {}
        for meta in self._root.iter("meta"):
            if meta.get("name"):
                found[meta.get("name").lower()] = meta.get("content", "")
        title = self._root.find(".//head/title")
        if title is not None:
            found["title"] = tidy(self._inline.raw(title.text))
        if self._stated("lang"):
            found["language"] = self._stated("lang")
        return found

    def _note(self, identifier: str) -> None:
        """Read the footnote of this id where the text refers to it."""
        note = self._named.get(identifier)
        at = len(self._found.notes)
        self._found.notes.append("")
        if note is not None and not self._is_in_note:
            self._is_in_note = True
            box = self._inline.box
            self._found.notes[at] = joined(self._body.lines(note)).strip()
            self._inline.box = box
            self._is_in_note = False

    def _navigation(self, nav: Any) -> None:
        """Take a `nav` of the main part for the contents list, or for a list of what else its links lead to."""
        entries, is_contents = self._entries(nav)
        if is_contents:
            self._contents.append(entries)
        else:
            self._lists[self._list_name(nav)] = entries

    def _entries(self, nav: Any) -> tuple[tuple[str, ...], bool]:
        links = [link for link in nav.iter("a") if link.get("href", "").startswith("#")]
        entries = tuple(tidy("".join(self._inline.raw(text) for text in link.itertext())) for link in links)
        targets = [self._named.get(link.get("href")[1:]) for link in links]
        headings = sum(target is not None and self._is_heading(target) for target in targets)
        return entries, headings * 2 >= len(targets)

    def _is_heading(self, target: Any) -> bool:
        return target.tag in (*_HEADINGS, "section")

    def _list_name(self, nav: Any) -> str:
        """Return the name in the list's id: "tables" for `list-of-tables`; else the words above it."""
        identifier = str(nav.get("aria-labelledby") or nav.get("id") or "")
        return identifier.removeprefix("list-of-") or str(nav.get("aria-label") or "")

    def _all_contents(self) -> tuple[str, ...]:
        """Return the contents list of the main part, and behind it those of other parts as far as they differ."""
        if not self._contents:
            return ()
        others = [
            nav for nav in self._root.iter("nav") if not any(above.tag == "main" for above in nav.iterancestors())
        ]
        for nav in others:
            entries, is_contents = self._entries(nav)
            if is_contents and entries and entries not in self._contents:
                self._contents.append(entries)
        return tuple(entry for entries in self._contents for entry in entries)

    def _has(self, tag: str, classes: frozenset[str], identifier: str) -> bool:
        """Tell whether the page has such an element."""
        return any(
            identifier in ("", element.get("id")) and classes <= frozenset(element.get("class", "").split())
            for element in self._root.iter(tag or "*")
            if isinstance(element.tag, str)
        )
