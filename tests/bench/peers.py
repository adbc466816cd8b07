"""What a user would run instead, as commands; each peer is left out where it is not installed."""

from __future__ import annotations

import shutil
import sys
from importlib.util import find_spec
from pathlib import Path

from bench.cost import Command
from specflow.tools.pandoc import find_pandoc

_TYPESET = "import sys, typst; typst.compile(sys.argv[1], output=sys.argv[2])"
_DOCXTPL = """
import sys, pathlib, docx, docxtpl
document = docx.Document(); document.add_paragraph("{{ text }}"); document.save(sys.argv[2])
for _ in range(int(sys.argv[3])):
    template = docxtpl.DocxTemplate(sys.argv[2])
    template.render({"text": pathlib.Path(sys.argv[1]).read_text("utf-8")}, autoescape=True)
    template.save(sys.argv[2] + ".made.docx")
"""


def pandoc(text: Path) -> list[Command]:
    """Return the commands that give the three formats of a Markdown file, the PDF through Typst."""
    program, made = str(find_pandoc()), str(text.with_suffix(""))
    return [
        [program, str(text), "--toc", "-o", f"{made}.docx"],
        [program, str(text), "--toc", "--standalone", "--embed-resources", "-o", f"{made}.html"],
        [program, str(text), "--toc", "--standalone", "-t", "typst", "-o", f"{made}.typ"],
        [sys.executable, "-c", _TYPESET, f"{made}.typ", f"{made}.pdf"],
    ]


def others(text: Path, count: int) -> tuple[dict[str, list[Command]], list[str]]:
    """Return the commands of the other peers by what they make, and the names of those that are not installed."""
    made = str(text.with_suffix(""))
    found: dict[str, list[Command]] = {}
    missing: list[str] = []
    if program := shutil.which("quarto"):
        formats = ("html", "docx", "typst")
        found["Quarto, three formats"] = [[program, "render", str(text), "--to", form] for form in formats]
    else:
        missing.append("Quarto")
    if shutil.which("xelatex"):
        command = [str(find_pandoc()), str(text), "--pdf-engine=xelatex", "-o", f"{made}.latex.pdf"]
        found["pandoc and XeLaTeX, PDF alone"] = [command]
    else:
        missing.append("XeLaTeX")
    if program := shutil.which("asciidoctor-pdf"):
        asciidoc = [str(find_pandoc()), str(text), "-t", "asciidoc", "-o", f"{made}.adoc"]
        found["asciidoctor-pdf, PDF alone"] = [asciidoc, [program, f"{made}.adoc"]]
    else:
        missing.append("asciidoctor-pdf")
    if find_spec("docxtpl"):
        command = [sys.executable, "-c", _DOCXTPL, str(text), f"{made}.template.docx", str(count)]
        found["docxtpl, DOCX alone, the text in one paragraph"] = [command]
    else:
        missing.append("docxtpl")
    return found, missing
