"""All checks, in the order in which their differences are reported."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from specflow.verify import checks_blocks as blocks
from specflow.verify import checks_document as document
from specflow.verify import checks_tables as tables
from specflow.verify.compare import Comparison, Finding
from specflow.verify.seen import Seen

Find = Callable[[Comparison], Iterator[Finding]]


@dataclass(frozen=True, slots=True)
class Check:
    """One check: its code, how it finds differences, and the field of `Seen` that may be None, which it then skips."""

    code: str
    find: Find
    needs: str = ""

    @property
    def about(self) -> str:
        """What it compares, in one sentence."""
        return (self.find.__doc__ or "").split("\n")[0]

    def is_told(self, seen: Seen) -> bool:
        """Return whether this side says anything of it."""
        return not self.needs or getattr(seen, self.needs) is not None

    def differences(self, sides: Comparison) -> Iterator[Finding]:
        """Yield the differences; none where a side says nothing of it."""
        if self.is_told(sides.wanted) and self.is_told(sides.found):
            yield from self.find(sides)


def _formulas(sides: Comparison) -> Iterator[Finding]:
    """Every formula: that it stands where it ought to, and its TeX source; in the DOCX its letters and digits."""
    yield from document.formulas(sides)
    yield from blocks.displayed_formulas(sides)


CHECKS: Sequence[Check] = (
    Check("differs-title", document.title),
    Check("differs-properties", document.properties),
    Check("differs-language", document.language),
    Check("differs-direction", document.direction),
    Check("differs-front-matter", document.front_matter),
    Check("differs-contents", document.contents, "contents"),
    Check("differs-lists", document.lists, "lists"),
    Check("differs-header", document.header, "header"),
    Check("differs-footer", document.footer, "footer"),
    Check("differs-version", document.version, "version"),
    Check("differs-status", document.status, "status"),
    Check("differs-watermark", document.watermark, "watermark"),
    Check("differs-heading-texts", blocks.heading_texts),
    Check("differs-heading-numbers", blocks.heading_numbers),
    Check("differs-heading-levels", blocks.heading_levels),
    Check("differs-appendix-letters", blocks.appendix_letters),
    Check("differs-reading-order", blocks.reading_order),
    Check("differs-paragraphs", blocks.paragraphs),
    Check("differs-quotes", blocks.quotes),
    Check("differs-list-items", blocks.list_items),
    Check("differs-list-markers", blocks.list_markers),
    Check("differs-list-nesting", blocks.list_nesting),
    Check("differs-code", blocks.code),
    Check("differs-tables", tables.tables),
    Check("differs-table-shape", tables.table_shape),
    Check("differs-table-headers", tables.table_headers),
    Check("differs-table-cells", tables.table_cells),
    Check("differs-table-spans", tables.table_spans),
    Check("differs-captions", blocks.captions),
    Check("differs-caption-labels", blocks.caption_labels),
    Check("differs-images", blocks.images),
    Check("differs-alternative-texts", document.alternative_texts, "images"),
    Check("differs-formulas", _formulas, "formulas"),
    Check("differs-footnotes", document.footnotes, "notes"),
    Check("differs-links", document.links, "links"),
    Check("differs-references", document.references, "links"),
    Check("differs-approval", tables.approval),
    Check("differs-change-history", tables.change_history),
)
