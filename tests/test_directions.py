"""A document may be written in another direction than its language: its editions agree all the same."""

from __future__ import annotations

import re
from pathlib import Path

import pypdfium2
import pytest
from memos import MEMO, TEMPLATES

from specflow.errors import VerificationFailed
from specflow.finish import pdf
from specflow.model import Format, Job, Settings
from specflow.pipeline import build
from specflow.tools.kit import Tools

DRAWING = '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="20"><rect width="40" height="20"/></svg>'
LATIN = """\
decision: |
  Backups are kept.

  ![Plan of the port](plan.svg)

  Table: Copies by site

  | Site | Copies |
  |------|--------|
  | 1    | 3      |

  1. Copy
"""
ARABIC = """\
decision: |
  تحفظ النسخ.

  ![مخطط الميناء](plan.svg)

  Table: النسخ حسب الموقع

  | الموقع | النسخ |
  |--------|-------|
  | 1      | 3     |

  1. نسخة
"""


def arabic(tmp_path: Path) -> Job:
    memo = MEMO.replace("decision: Backups are kept for 35 days, then deleted.\n", ARABIC)
    (tmp_path / "memo.yaml").write_text(memo, "utf-8")
    (tmp_path / "plan.svg").write_text(DRAWING, "utf-8")
    return Job(tmp_path / "memo.yaml", tmp_path / "out", templates=(TEMPLATES,), settings=Settings(language="ar"))


def test_letters_with_dots_are_once_in_the_text_of_the_pdf(tmp_path: Path, tools: Tools) -> None:
    record = build(arabic(tmp_path), tools, lambda _: None)
    page = pypdfium2.PdfDocument(record.editions[Format.PDF])[0].get_textpage().get_text_bounded()
    assert "\u200bن" in page or "ن\u200b" in page
    assert re.findall(r"([بتخجفقني])\1", page) == []
    html = record.editions[Format.HTML].read_text("utf-8")
    assert 'content="Keep backups for 35 days: M-12, الإصدار 1.0, ' in html


def test_letters_that_are_told_twice_are_found(tmp_path: Path, tools: Tools, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "with_letters_once", lambda made, text: made)
    with pytest.raises(VerificationFailed) as caught:
        build(arabic(tmp_path), tools, lambda _: None)
    assert {"differs-paragraphs", "differs-captions"} <= {found.code for found in caught.value.diagnostics}
    assert all("PDF" in found.message for found in caught.value.diagnostics)


@pytest.mark.parametrize("language", ["ar", "en"])
@pytest.mark.parametrize("words", [LATIN, ARABIC], ids=["latin", "arabic"])
def test_editions_agree_whatever_their_letters(tmp_path: Path, tools: Tools, language: str, words: str) -> None:
    memo = MEMO.replace("decision: Backups are kept for 35 days, then deleted.\n", words)
    assert words in memo
    spec = tmp_path / "memo.yaml"
    spec.write_text(memo, "utf-8")
    (tmp_path / "plan.svg").write_text(DRAWING, "utf-8")
    job = Job(spec, tmp_path / "out", templates=(TEMPLATES,), settings=Settings(language=language))
    record = build(job, tools, lambda _: None)
    passed = set(record.content["verification"]["passed"])
    assert {"differs-direction", "differs-language", "differs-captions", "differs-images", "differs-version"} <= passed
