"""What a title block says beside the title: the same words in the same order in PDF and HTML."""

from __future__ import annotations

from specflow.model import Spec


def document_type(spec: Spec) -> str:
    """Return what kind of document this is, in the document's language where the template's phrases have it."""
    return spec.template.phrases.get(spec.template.title, spec.template.title)


def cover_lines(spec: Spec) -> tuple[str, ...]:
    """Return the lines of the cover below the title: identifier, version, status and date, as far as there are any."""
    identity = spec.identity
    version = f"{spec.language.labels['version']} {identity.version}" if identity.version else ""
    return tuple(filter(None, (identity.id, version, identity.status_words, identity.date_words or identity.date)))
