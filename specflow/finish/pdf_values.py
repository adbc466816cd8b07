"""What the layout of the PDF edition asks for, as JSON takes it: nothing of a document is ever read as Typst source."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, date, datetime
from typing import Any

from specflow.finish.marks import content, notice, watermark
from specflow.finish.pdf_sources import Attached
from specflow.finish.title import cover_lines, document_type
from specflow.fonts import families
from specflow.model import Converted, Identity, Language, Spec
from specflow.theme import Logo, Theme, highlight_theme

_LOGOS: Mapping[str, str] = {
    "image/png": "logo/logo.png",
    "image/jpeg": "logo/logo.jpg",
    "image/svg+xml": "logo/logo.svg",
}
_HAN = ("ja", "ko", "zh-Hans", "zh-Hant")
_REGION = re.compile(r"[A-Z]{2}")


def layout_values(converted: Converted, spec: Spec, theme: Theme, sources: Sequence[Attached]) -> dict[str, Any]:
    """Return everything that the layout asks for."""
    identity, language = spec.identity, spec.language
    day = _day(identity)
    lang, region = _tag(language)
    return {
        "title": converted.title,
        "type": document_type(spec),
        "cover": list(cover_lines(spec)),
        "id": identity.id,
        "version": identity.version,
        "status": identity.status_words,
        "description": f"{identity.id}, {language.labels['version']} {identity.version}, {identity.status_words}",
        "date": [day.year, day.month, day.day] if day else None,
        "notice": notice(spec),
        "watermark": watermark(spec),
        "content": content(converted, spec),
        "lang": lang,
        "region": region,
        "direction": language.direction,
        "hyphenate": language.named and language.hyphenate,
        "labels": dict(language.labels),
        "fonts": list(families(converted.fonts, language.tag)),
        "han": _han(converted),
        "headings": {
            heading.id: {
                "label": heading.label,
                "level": heading.level,
                "appendix": heading.appendix and heading.label != heading.number,
            }
            for heading in converted.headings
        },
        "captions": {
            caption.id: {
                "label": caption.label,
                "prefix": _before_text(language, caption.label),
                "kind": caption.kind,
            }
            for caption in converted.captions
        },
        "lists": list(converted.lists),
        "theme": _look(theme),
        "logo": _logo(theme.logo),
        "attached": [
            {"name": file.name, "path": file.path, "mime": file.mime, "description": f"Source data: {file.name}"}
            for file in sources
        ],
        "tokens": {
            name: {"colour": style["text-color"], "bold": style["bold"], "italic": style["italic"]}
            for name, style in highlight_theme(theme)["text-styles"].items()
        },
    }


def timestamp(identity: Identity) -> int:
    """Return midnight (UTC) of the document's date as Unix time; that of 1980, as in the DOCX, where it is a hole."""
    day = _day(identity) or date(1980, 1, 1)
    return max(0, int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()))


def _day(identity: Identity) -> date | None:
    try:
        return date.fromisoformat(identity.date)
    except ValueError:
        return None


def _tag(language: Language) -> tuple[str, str | None]:
    """Return the language and region of the BCP 47 tag, as Typst takes them: "de" and "AT"."""
    first, *others = language.tag.split("-")
    return first.lower(), next((part for part in others if _REGION.fullmatch(part)), None)


def _han(converted: Converted) -> dict[str, list[str]]:
    """Return the families for the languages that write Han characters, in the order in which each asks them."""
    return {tag: list(families(converted.fonts, tag)) for tag in _HAN} if converted.fonts else {}


def _before_text(language: Language, label: str) -> str:
    """Return what stands before a caption's words; the same as what filters/typst.lua puts there."""
    return language.labels["caption"].partition("{text}")[0].replace("{label}", label)


def _logo(logo: Logo | None) -> dict[str, Any] | None:
    return {"path": _LOGOS[logo.mime], "width": logo.width, "alt": logo.alt} if logo else None


def _look(theme: Theme) -> dict[str, Any]:
    look = {
        name: asdict(getattr(theme, name))
        for name in ("page", "fonts", "sizes", "colours", "spacing", "tables", "headings")
    }
    look["page"] |= {"width": theme.page.width, "height": theme.page.height}
    return look | {"title_block": theme.title_block, "classification": theme.classification}
