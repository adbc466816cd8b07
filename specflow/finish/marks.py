"""What every page says of the document's state: that it is a draft or superseded, and which content it shows."""

from __future__ import annotations

from specflow.approval_block import short_words
from specflow.model import Converted, Spec


def notice(spec: Spec) -> str:
    """Return what a draft and a superseded document must say of themselves; "" for all others."""
    identity, labels = spec.identity, spec.language.labels
    return labels["draft"] if identity.draft else labels["superseded"] if identity.superseded else ""


def watermark(spec: Spec) -> str:
    """Return the words behind the text of a draft and of a superseded document; "" for all others."""
    identity, labels = spec.identity, spec.language.labels
    return labels["watermark"] if identity.draft else labels["superseded_watermark"] if identity.superseded else ""


def content(converted: Converted, spec: Spec) -> str:
    """Return the short digest of the content with its label, as each footer prints it; "" where there is none."""
    signed = converted.signoff
    language = spec.language
    return language.labels["content"].replace("{digest}", short_words(signed.digest, language)) if signed else ""
