"""The editions in programs that others wrote: LibreOffice, the Open XML SDK's validator, poppler and Chromium."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from editions import LOOKED_AT, Built
from effort import SWEEP

from specflow.model import Format

Require = Callable[[str], Path]

_QUIET = [
    f"--{switch}"
    for switch in (
        "headless",
        "no-sandbox",
        "disable-gpu",
        "disable-quic",
        "no-first-run",
        "disable-background-networking",
        "disable-component-update",
        "disable-sync",
    )
]


ENGLISH = ("minimal", "payments-ledger", "telemetry-gateway")


@pytest.fixture(scope="module", params=ENGLISH if SWEEP > 1 else ENGLISH[:1])
def record(request: pytest.FixtureRequest, editions: Callable[..., Built]) -> Built:
    """A sample whose words are English, as the tests below expect them; the smallest alone in `make test`."""
    return editions(request.param, "default")


def text_of(pdf: Path, require: Require) -> str:
    command = [str(require("pdftotext")), "-layout", str(pdf), "-"]
    done = subprocess.run(command, check=True, capture_output=True, timeout=120)
    return done.stdout.decode()


def squeezed(text: str) -> str:
    return "".join(text.split())


def test_libreoffice_opens_the_docx_and_shows_every_heading_with_its_number(
    record: Built, require: Require, tmp_path: Path
) -> None:
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    command = [str(require("soffice")), "--headless", profile, "--convert-to", "pdf", "--outdir", str(tmp_path)]
    subprocess.run([*command, str(record.editions[Format.DOCX])], check=True, capture_output=True, timeout=240)
    shown = squeezed(text_of(tmp_path / f"{record.editions[Format.DOCX].stem}.pdf", require))
    for number, text in record.content["headings"]:
        label = f"Appendix {number}" if number.isalpha() else number
        assert squeezed(label + text) in shown
    assert "Page1of" in shown
    assert ("DRAFT–notapproved" in shown) == (record.content["document"]["status"] == "draft")


@pytest.mark.parametrize(("name", "theme"), LOOKED_AT)
def test_the_docx_is_valid_office_open_xml(
    name: str, theme: str, editions: Callable[..., Built], require: Require
) -> None:
    validator, docx = require("ooxml-validator"), editions(name, theme).editions[Format.DOCX]
    done = subprocess.run([str(validator), str(docx)], capture_output=True, text=True, timeout=240)
    found = json.loads(done.stdout)
    assert found == [] or found.get("errors", found) == []


def test_poppler_reads_every_heading_in_the_pdf(record: Built, require: Require) -> None:
    shown = squeezed(text_of(record.editions[Format.PDF], require))
    for number, text in record.content["headings"]:
        label = f"Appendix {number}" if number.isalpha() else number
        assert squeezed(label + text) in shown


def test_chromium_prints_the_html_with_header_footer_and_page_numbers(
    record: Built, require: Require, tmp_path: Path
) -> None:
    printed = tmp_path / "printed.pdf"
    command = [str(require("chromium")), *_QUIET, f"--user-data-dir={tmp_path}/profile", "--no-pdf-header-footer"]
    page = record.editions[Format.HTML].as_uri()
    subprocess.run([*command, f"--print-to-pdf={printed}", page], check=True, capture_output=True, timeout=240)
    shown = squeezed(text_of(printed, require))
    document = record.content["document"]
    assert squeezed(f"Version {document['version']}") in shown
    assert "Page1of" in shown
    for number, text in record.content["headings"]:
        label = f"Appendix {number}" if number.isalpha() else number
        assert squeezed(label + text) in shown
