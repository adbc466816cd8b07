"""Ways to break one edition on purpose, so that it says something else and is still a whole file."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from specflow import pipeline
from specflow.convert import convert
from specflow.finish import finish
from specflow.finish.pdf import finish_pdf
from specflow.merge import merge
from specflow.model import Converted, Edition, Format, Job, Spec
from specflow.theme import Theme, find_theme
from specflow.tools.kit import Tools
from specflow.verify import read
from specflow.verify.expected import expected
from specflow.verify.seen import Seen

EVERYTHING = Path(__file__).parent / "data" / "everything"


def ignore(_: object) -> None:
    """Take a warning."""


@dataclass(frozen=True)
class Whole:
    """A document with blocks of every kind, its editions, and what their readers see."""

    spec: Spec
    converted: Converted
    theme: Theme
    editions: tuple[Edition, ...]
    wanted: Seen
    seen: dict[Format, Seen]
    tools: Tools

    def edition(self, form: Format) -> bytes:
        return next(edition.data for edition in self.editions if edition.format is form)


def whole(tools: Tools, theme_name: str = "") -> Whole:
    """Return the document, built and read."""
    job = Job(EVERYTHING / "everything.yaml", Path("unused"), templates=(EVERYTHING / "templates",))
    spec = pipeline.check(job, ignore)
    formats = tuple(Format)
    theme = find_theme(theme_name, spec.source.folder)
    options = tools.house.writer_options(theme, spec.language, spec.settings)
    converted = convert(merge(spec, ignore), spec, theme, formats, options, tools.pandoc, ignore)
    editions = tuple(finish(converted, spec, theme, tools.typst, formats, ignore))
    seen = {edition.format: read(edition.format, edition.data) for edition in editions}
    return Whole(spec, converted, theme, editions, expected(converted, spec), seen, tools)


Change = Callable[[Whole], bytes]
"""Return an edition's bytes with the fault in it."""


def in_docx(old: str, new: str, part: str = "word/document.xml", *, count: int = 1) -> Change:
    """Replace in a part of the DOCX: the expression must match as often as `count` says."""

    def change(made: Whole) -> bytes:
        out = io.BytesIO()
        with zipfile.ZipFile(io.BytesIO(made.edition(Format.DOCX))) as before, zipfile.ZipFile(out, "w") as after:
            assert part in before.namelist()
            for name in before.namelist():
                data = before.read(name)
                if name == part:
                    data = replaced(data.decode(), old, new, count).encode()
                after.writestr(name, data)
        return out.getvalue()

    return change


def in_html(old: str, new: str, *, count: int = 1) -> Change:
    """Replace in the HTML: the expression must match as often as `count` says."""

    def change(made: Whole) -> bytes:
        return replaced(made.edition(Format.HTML).decode(), old, new, count).encode()

    return change


def in_typst(old: str, new: str, *, count: int = 1) -> Change:
    """Replace in the Typst source of the PDF, and typeset it again."""

    def change(made: Whole) -> bytes:
        source = replaced(made.converted.outputs[Format.PDF].decode(), old, new, count).encode()
        outputs = {**made.converted.outputs, Format.PDF: source}
        return _pdf(made, replace(made.converted, outputs=outputs), made.spec)

    return change


def in_values(change_it: Callable[[Converted, Spec], tuple[Converted, Spec]]) -> Change:
    """Change what the layout of the PDF is told, and typeset it again."""

    def change(made: Whole) -> bytes:
        return _pdf(made, *change_it(made.converted, made.spec))

    return change


def of_identity(**fields: Any) -> Change:
    """Tell the layout of the PDF another identity."""
    return in_values(lambda made, spec: (made, replace(spec, identity=replace(spec.identity, **fields))))


def of_language(**fields: Any) -> Change:
    """Tell the layout of the PDF another language."""
    return in_values(lambda made, spec: (made, replace(spec, language=replace(spec.language, **fields))))


def of_label(name: str, words: str) -> Change:
    """Tell the layout of the PDF another word."""

    def change(made: Converted, spec: Spec) -> tuple[Converted, Spec]:
        labels = {**spec.language.labels, name: words}
        return made, replace(spec, language=replace(spec.language, labels=labels))

    return in_values(change)


def _pdf(made: Whole, converted: Converted, spec: Spec) -> bytes:
    return finish_pdf(converted, spec, made.theme, made.tools.typst, ignore)[0]


def replaced(text: str, old: str, new: str, count: int) -> str:
    """Return the text with all matches replaced, of which there must be so many."""
    made, times = re.subn(old, new, text, flags=re.DOTALL)
    assert times == count, f"{times} matches of {old}"
    return made
