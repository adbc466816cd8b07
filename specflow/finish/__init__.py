"""Finish: a writer's output becomes the edition as it is shipped."""

from __future__ import annotations

from collections.abc import Sequence

from specflow.diagnostics import Warn
from specflow.files import sha256
from specflow.model import Converted, Edition, Format, Spec
from specflow.svg import sanitised
from specflow.theme import Theme
from specflow.tools.raster import Raster
from specflow.tools.typst import Typst


def finish(
    converted: Converted, spec: Spec, theme: Theme, typst: Typst, formats: Sequence[Format], warn: Warn
) -> tuple[Edition, ...]:
    """Return the finished editions in the order of `formats`.

    The PDF is typeset first, and always where there is a DOCX: its page numbers stand in the DOCX's contents list
    until Word counts for itself. Raises ConversionFailed when Typst refuses the document.
    """
    made: dict[Format, bytes] = {}
    pages: dict[str, int] = {}
    if Format.PDF in converted.outputs:
        from specflow.finish.pdf import finish_pdf

        made[Format.PDF], pages = finish_pdf(converted, spec, theme, typst, warn)
    if Format.DOCX in formats:
        from specflow.finish.docx import finish_docx

        def png(svg: bytes) -> bytes:
            drawing = sanitised(svg)
            width = theme.logo.width if theme.logo else 0.0
            return Raster().png(drawing.data, width, width * drawing.height / drawing.width)

        made[Format.DOCX] = finish_docx(converted.outputs[Format.DOCX], converted, spec, theme, pages, png)
    if Format.HTML in formats:
        from specflow.finish.html import finish_html

        made[Format.HTML] = finish_html(converted, spec, theme)
    return tuple(Edition(form, made[form], sha256(made[form])) for form in formats)
