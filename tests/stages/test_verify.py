"""Verification sees what was changed in one edition, and nothing where nothing was changed."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import pikepdf
import pytest

from specflow import pipeline
from specflow.convert import convert
from specflow.errors import VerificationFailed
from specflow.files import sha256
from specflow.finish import finish
from specflow.merge import merge
from specflow.model import Converted, Edition, Format, Job, Spec
from specflow.theme import find_theme
from specflow.tools.kit import Tools
from specflow.verify import verify

MINIMAL = Path(__file__).parents[2] / "samples" / "minimal" / "minimal.yaml"

Made = tuple[Spec, Converted, tuple[Edition, ...]]


@pytest.fixture(scope="module")
def made(tools: Tools) -> Made:
    def ignore(_: object) -> None:
        pass

    spec = pipeline.check(Job(MINIMAL, Path("unused")), ignore)
    formats = tuple(Format)
    theme = find_theme("", spec.source.folder)
    options = tools.house.writer_options(theme, spec.language, spec.settings)
    converted = convert(merge(spec, ignore), spec, theme, formats, options, tools.pandoc, ignore)
    return spec, converted, finish(converted, spec, theme, tools.typst, formats, ignore)


def test_editions_that_agree_pass(made: Made) -> None:
    spec, converted, editions = made
    verify(editions, converted, spec)


def in_docx(old: str, new: str) -> Callable[[bytes], bytes]:
    def change(data: bytes) -> bytes:
        made = io.BytesIO()
        with zipfile.ZipFile(io.BytesIO(data)) as before, zipfile.ZipFile(made, "w") as after:
            for name in before.namelist():
                part = before.read(name)
                if name == "word/document.xml":
                    assert old.encode() in part
                    part = part.replace(old.encode(), new.encode())
                after.writestr(name, part)
        return made.getvalue()

    return change


def in_html(old: str, new: str) -> Callable[[bytes], bytes]:
    def change(data: bytes) -> bytes:
        assert old.encode() in data
        return data.replace(old.encode(), new.encode(), 1)

    return change


def in_pdf(change_it: Callable[[pikepdf.Pdf], None]) -> Callable[[bytes], bytes]:
    def change(data: bytes) -> bytes:
        made = io.BytesIO()
        with pikepdf.open(io.BytesIO(data)) as pdf:
            change_it(pdf)
            pdf.save(made)
        return made.getvalue()

    return change


def retitle(pdf: pikepdf.Pdf) -> None:
    pdf.docinfo["/Title"] = "Another"


def rename_bookmark(pdf: pikepdf.Pdf) -> None:
    with pdf.open_outline() as outline:
        outline.root[1].title = "2 Another Design"


def drop_bookmark(pdf: pikepdf.Pdf) -> None:
    with pdf.open_outline() as outline:
        del outline.root[-1]


@pytest.mark.parametrize(
    ("form", "change", "codes"),
    [
        (Format.DOCX, in_docx("Exchange Rate Cache - Technical", "Exchange Rate Cash - Technical"), {"differs-title"}),
        (Format.DOCX, in_docx(">System Overview<", ">System Overlook<"), {"differs-headings"}),
        (Format.DOCX, in_docx('<w:pStyle w:val="Heading2"/>', '<w:pStyle w:val="Heading3"/>'), {"differs-headings"}),
        (Format.DOCX, in_docx(">Pending<", ">Approved<"), {"differs-tables"}),
        (Format.HTML, in_html("<h1>Exchange", "<h1>Change"), {"differs-title"}),
        (Format.HTML, in_html("</span> System Overview</h3>", "</span> System View</h3>"), {"differs-headings"}),
        (
            Format.HTML,
            in_html('<span class="section-number">2.1</span>', '<span class="section-number">2.2</span>'),
            {"differs-headings"},
        ),
        (Format.HTML, in_html("Pending", "Approved"), {"differs-tables"}),
        (Format.PDF, in_pdf(retitle), {"differs-title"}),
        (Format.PDF, in_pdf(rename_bookmark), {"differs-headings"}),
        (Format.PDF, in_pdf(drop_bookmark), {"differs-headings"}),
    ],
)
def test_a_change_in_one_edition_is_seen(
    made: Made, form: Format, change: Callable[[bytes], bytes], codes: set[str]
) -> None:
    spec, converted, editions = made
    changed = []
    for edition in editions:
        data = change(edition.data) if edition.format is form else edition.data
        changed.append(Edition(edition.format, data, sha256(data)))
    with pytest.raises(VerificationFailed) as caught:
        verify(changed, converted, spec)
    assert {found.code for found in caught.value.diagnostics} == codes
    assert all(f"the {form.upper()} edition" in found.message for found in caught.value.diagnostics)
