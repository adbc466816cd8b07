"""A document may be written in another direction than its language: its editions agree all the same."""

from __future__ import annotations

from pathlib import Path

import pytest
from memos import MEMO, TEMPLATES

from specflow.model import Job, Settings
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
