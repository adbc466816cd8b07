"""Read what stands on every page of a Word file: header, footer, watermark; and what its properties say."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from lxml import etree

from specflow.verify.read_docx_package import Package, R, W, WordPart, attribute
from specflow.verify.read_docx_runs import Found, Story
from specflow.verify.read_docx_styles import Styles

_TEXT_PATH = "{urn:schemas-microsoft-com:vml}textpath"
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_CORE = {
    "title": "title", "subject": "subject", "creator": "author", "keywords": "keywords", "description": "description",
    "category": "category", "identifier": "id", "language": "language", "version": "version", "contentStatus": "status",
}  # fmt: skip


class Running:
    """The headers and footers of a document's sections.

    A section without its own has those of the section before it (ECMA-376 part 1, 17.10.1); the ordinary pages of a
    section have its `default` ones.
    """

    def __init__(self, package: Package, document: WordPart, styles: Styles) -> None:
        self._package = package
        self._document = document
        self._styles = styles
        self._parts: dict[str, WordPart | None] = {}

    def text(self, sections: Iterable[etree._Element], kind: str, first: int) -> str:
        """Return what the `header` or `footer` says in the sections from `first` on; a line for each that differs."""
        said: list[str] = []
        for part in self._of(sections, kind, first):
            text = "" if part is None else self._read(part)
            if text not in said:
                said.append(text)
        return "\n".join(said)

    def watermark(self, sections: Iterable[etree._Element], first: int) -> str:
        """Return the words of the art behind the text, those of each section that differ; "" for none."""
        said: list[str] = []
        for part in self._of(sections, "header", first):
            art = () if part is None else part.root.iter(_TEXT_PATH)
            text = " ".join(filter(None, (path.get("string", "") for path in art)))
            if text not in said:
                said.append(text)
        return "\n".join(said).strip()

    def _of(self, sections: Iterable[etree._Element], kind: str, first: int) -> Iterator[WordPart | None]:
        current = ""
        for number, section in enumerate(sections):
            for reference in section.iterchildren(f"{W}{kind}Reference"):
                if attribute(reference, "type") in (None, "default"):
                    current = self._document.targets.get(reference.get(f"{R}id", ""), "")
            if number >= first:
                if current not in self._parts:
                    self._parts[current] = self._package.part(current)
                yield self._parts[current]

    def _read(self, part: WordPart) -> str:
        story = Story(self._styles, part.targets, Found())
        spare = {paragraph for copy in part.root.iter(_FALLBACK) for paragraph in copy.iter(f"{W}p")}
        lines = [story.paragraph(paragraph).text for paragraph in part.root.iter(f"{W}p") if paragraph not in spare]
        return "\n".join(filter(str.strip, lines))


def properties(package: Package) -> dict[str, str]:
    """Return the document's properties by name: `title`, `subject`, `id` …, and those that users have added."""
    found: dict[str, str] = {}
    custom = package.package_part("custom-properties")
    for entry in () if custom is None else custom.root:
        found[entry.get("name", "")] = "".join(str(text) for text in entry.itertext())
    core = package.package_part("core-properties")
    for entry in () if core is None else core.root:
        name = _CORE.get(etree.QName(entry).localname)
        if name is not None:
            found[name] = entry.text or ""
    return found
