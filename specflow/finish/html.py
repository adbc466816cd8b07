"""Finish the HTML edition: one file that needs nothing else, reads well on paper, on a phone and in the dark."""

from __future__ import annotations

import base64
import re
from functools import lru_cache

from jinja2 import BaseLoader, Environment, StrictUndefined, Template
from markupsafe import Markup

from specflow import assets
from specflow.files import read_bytes
from specflow.finish.html_body import accessible
from specflow.finish.html_contents import contents, lists
from specflow.finish.html_css import style_sheet
from specflow.finish.html_drawings import lettered
from specflow.finish.marks import content, notice
from specflow.finish.title import cover_lines, document_type
from specflow.model import Converted, Format, Spec
from specflow.theme import Logo, Theme

_MARKER = re.compile(r'<div class="contents">\s*</div>')


def finish_html(converted: Converted, spec: Spec, theme: Theme) -> bytes:
    """Return one self-contained page without script: the fragment in the house's layout, with its contents list.

    Every value is escaped for where it stands: HTML by Jinja2, CSS by `css_string`. Same input, same bytes. Raises
    FileAccess when the layout cannot be read.
    """
    identity, language = spec.identity, spec.language
    body = accessible(converted.outputs[Format.HTML].decode("utf-8"), language.labels)
    body = lettered(body, converted.fonts, language.tag)
    marker = _MARKER.search(body)
    before, after = (body[: marker.start()], body[marker.end() :]) if marker else ("", body)
    layout = read_bytes(assets.templates() / "layouts" / "document.html.j2").decode("utf-8")
    version = f"{language.labels['version']} {identity.version}"
    text = _compiled(layout).render(
        title=converted.title,
        identity=identity,
        status=identity.status_words,
        notice=notice(spec),
        content=content(converted, spec),
        labels=language.labels,
        language=language,
        theme=theme,
        type=document_type(spec),
        cover=cover_lines(spec),
        logo=_data_uri(theme.logo),
        description=f"{converted.title}: {identity.id}, {version}, {identity.status_words}",
        css=Markup(style_sheet(converted, spec, theme)),  # noqa: S704 - every value in it was escaped or checked
        parts=contents(converted.headings),
        lists=lists(converted, language),
        has_contents=marker is not None,
        before=Markup(before.strip()),  # noqa: S704 - pandoc's writer has escaped the body
        after=Markup(after.strip()),  # noqa: S704
    )
    return (text.strip() + "\n").encode("utf-8")


@lru_cache(maxsize=4)
def _compiled(layout: str) -> Template:
    """Return the template of a page."""
    return Environment(loader=BaseLoader(), autoescape=True, undefined=StrictUndefined).from_string(layout)


def _data_uri(logo: Logo | None) -> str:
    return f"data:{logo.mime};base64,{base64.b64encode(logo.data).decode('ascii')}" if logo else ""
