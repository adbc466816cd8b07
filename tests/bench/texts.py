"""The texts that are measured: variants of a sample, long ones, and the same as plain pandoc would get them."""

from __future__ import annotations

import re
from pathlib import Path

from specflow import filter_chain, pipeline
from specflow.convert import READER, filter_context
from specflow.merge import merge
from specflow.model import Job
from specflow.theme import default_theme
from specflow.tools.pandoc import Output, Pandoc

SAMPLES = Path(__file__).parents[2] / "samples"
SAMPLE = SAMPLES / "payments-ledger" / "payments-ledger.yaml"
SMALL = SAMPLES / "minimal" / "minimal.yaml"
_NAME = re.compile(r"^(milestone_name: .*)$", re.MULTILINE)
_APPENDICES = re.compile(r"^appendices:\n(?P<items>.*?)(?=^\w)", re.MULTILINE | re.DOTALL)
_IDENTIFIER = re.compile(r"\{#[\w-]+\}")
_UNKNOWN = re.compile(r"^(\s*`{3,}) *(?:http|text|console|mermaid)$", re.MULTILINE)


def variants(sample: Path, count: int, folder: Path) -> list[Path]:
    """Return so many specs, written into the folder, whose names differ, and so every page of theirs."""
    folder.mkdir(parents=True, exist_ok=True)
    text, made = sample.read_text("utf-8"), []
    for number in range(count):
        path = folder / f"{sample.stem}-{number:04}.yaml"
        changed = _NAME.sub(rf"\1 {number}", text, count=1)
        if not path.is_file() or path.read_text("utf-8") != changed:
            path.write_text(changed, "utf-8")
        made.append(path)
    return made


def longer(times: int, folder: Path) -> Path:
    """Return a spec, written into the folder, with the sample's appendices so many times; 0 leaves all but one out."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"times-{times}.yaml"
    text = SAMPLE.read_text("utf-8")
    found = _APPENDICES.search(text)
    if not found:
        raise AssertionError
    items = found["items"]
    again = _IDENTIFIER.sub("", items) * (times - 1)
    path.write_text(text[: found.end("items")] + again + text[found.end("items") :], "utf-8")
    return path


def bound_text(spec_path: Path) -> str:
    """Return a spec's text, values in place, as pandoc's Markdown."""
    spec = pipeline.check(Job(spec_path, Path("unused")), lambda _: None)
    merged = merge(spec, lambda _: None)
    with Pandoc() as pandoc:
        output = Output("markdown", (), {"wrap_text": "none"})
        context = filter_context(merged, spec, default_theme())
        answer = pandoc.convert(merged.markdown, READER, filter_chain.paths(["bind"]), [output], context, lambda _: "")
    return answer.outputs[0].decode()


def with_unknown_fence(text: str) -> str:
    """Return the text with a block of code whose language pandoc does not know, as requests often have it."""
    return f"{text}\n\n``` http\nGET /v1/entries HTTP/1.1\n```\n"


def without_unknown_fences(text: str) -> str:
    """Return the text without the languages that pandoc does not know."""
    fences = re.sub(r"^(\s*`{3,}) *\{\.(?:http|text|console|mermaid)[ }][^\n]*$", r"\1", text, flags=re.MULTILINE)
    return _UNKNOWN.sub(r"\1", fences)
