"""Finish the PDF edition: put the layout in front of the body, typeset it, and tell on which page everything stands."""

from __future__ import annotations

import json

from specflow import assets
from specflow.diagnostics import Warn
from specflow.files import read_bytes
from specflow.finish.pdf_drawings import pdf_drawings
from specflow.finish.pdf_fields import address, with_signature_fields
from specflow.finish.pdf_letters import with_letters_once
from specflow.finish.pdf_sources import Attached, attached
from specflow.finish.pdf_values import layout_values, timestamp
from specflow.model import Converted, Format, Spec
from specflow.theme import Theme
from specflow.tools.typst import STANDARDS, Typst

_LAYOUT = ("document.typ", "tables.typ", "code.typ", "title.typ")
_WITH_SOURCE = ("a-3a", "ua-1")
"""PDF/A-3a (ISO 19005-3) alone may hold files of any kind."""

_PAGES = """

#context [#metadata((query(heading) + query(std.figure)).filter(it => it.has("label")).map(it => (
  str(it.label),
  counter(page).at(it.location()).first(),
)))<specflow-pages>]
"""


def finish_pdf(
    converted: Converted, spec: Spec, theme: Theme, typst: Typst, warn: Warn
) -> tuple[bytes, dict[str, int]]:
    """Return the PDF, and the printed page number of every heading and caption by its id.

    It is PDF/A-2a and PDF/UA-1, or PDF/A-3a and PDF/UA-1 where the settings ask for the data to be attached. Same
    input, same bytes: the creation date is the document's date. Raises ConversionFailed when Typst refuses the body,
    FileAccess when the layout or a file of the data cannot be read or has changed since it was loaded.
    """
    layout = b"\n".join(read_bytes(assets.templates() / "layouts" / name) for name in _LAYOUT)
    source = layout + b"\n" + converted.outputs[Format.PDF] + _PAGES.encode()
    sources: tuple[Attached, ...] = attached(spec.source) if spec.settings.attach_source else ()
    values = layout_values(converted, spec, theme, sources)
    files = pdf_drawings(converted.media, converted.fonts, spec.language.tag) | {
        file.path: file.data for file in sources
    }
    if theme.logo:
        files[values["logo"]["path"]] = theme.logo.data
    values["signing"] = address(converted.outputs[Format.PDF])
    pdf, places = typst.query(
        source,
        {"document": json.dumps(values, ensure_ascii=False)},
        files,
        selector="<specflow-pages>",
        timestamp=timestamp(spec.identity),
        warn=warn,
        standards=_WITH_SOURCE if sources else STANDARDS,
        fonts=converted.fonts,
    )
    pages = dict(places)
    pdf = with_letters_once(pdf, source.decode() + json.dumps(values, ensure_ascii=False))
    wanted = [heading.id for heading in converted.headings] + [caption.id for caption in converted.captions]
    digest = converted.signoff.digest if converted.signoff else ""
    pdf = with_signature_fields(pdf, values["signing"], spec.language.labels["signature"], digest)
    return pdf, {name: pages[name] for name in wanted if name in pages}
