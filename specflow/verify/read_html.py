"""Read an HTML edition with an HTML parser, as a browser would see it."""

from __future__ import annotations

from lxml import html

from specflow.verify.seen import Row, Seen, heading_line, squeezed

_SILENT = "self::math or self::script or self::style or contains(concat(' ', @class, ' '), ' footnote-ref ')"


def read_html(data: bytes) -> Seen:
    """Return the title, the headings and the tables of the document's main part."""
    page = html.fromstring(data.decode("utf-8"))
    main = page.find(".//main")
    if main is None:
        main = page
    headings = [
        element
        for element in main.iter("h1", "h2", "h3", "h4", "h5", "h6")
        if not any("footnotes" in (parent.get("class") or "") for parent in element.iterancestors())
    ]
    title = squeezed(page.findtext(".//h1") or _text(page.find(".//h1")))
    return Seen(title, tuple(_heading(element) for element in headings if element.tag != "h1"), _tables(main))


def _heading(element: html.HtmlElement) -> str:
    number = element.find("./span[@class='section-number']")
    shown = _text(number) if number is not None else ""
    text = _text(element)
    return heading_line(int(element.tag[1]) - 1, shown, text.removeprefix(shown))


def _tables(main: html.HtmlElement) -> tuple[tuple[Row, ...], ...]:
    tables = [
        table for table in main.iter("table") if not any(parent.tag == "table" for parent in table.iterancestors())
    ]
    return tuple(
        tuple(
            tuple(squeezed(_text(cell)) for cell in row.xpath("./th|./td"))
            for row in table.xpath("./thead/tr|./tbody/tr|./tfoot/tr|./tr")
        )
        for table in tables
    )


def _text(element: html.HtmlElement | None) -> str:
    if element is None:
        return ""
    return "".join(str(text) for text in element.xpath(f".//text()[not(ancestor::*[{_SILENT}])]"))
