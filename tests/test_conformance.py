"""The PDF editions of all samples, in both themes, judged by a checker that knows nothing of specflow."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

from specflow.cli.specs import find_specs
from specflow.model import Format, Record
from specflow.theme import bundled_themes

SAMPLES = Path(__file__).parents[1] / "samples"
SPECS = [found.spec for found in find_specs([SAMPLES], excluded=[SAMPLES / "broken"]) if not found.refusal]

FALSE_ALARM = "STREAM-LENGTH-001"
"""The checker takes the last byte of a stream that happens to end in a line feed for the end of the line before
`endstream`, and then finds its length wrong. ISO 32000-1, 7.3.8.1 allows for a stream that ends so."""


@pytest.fixture(scope="module")
def checker(demand: Callable[[str], None]) -> ModuleType:
    """The module of the PyPI package page-validation."""
    try:
        return importlib.import_module("page")
    except ImportError:
        demand("the Python package page-validation is not installed")
        raise


def failures(checker: ModuleType, pdf: bytes, *profiles: str) -> list[str]:
    """Return what each profile finds wrong."""
    return [
        f"{profile}: {failure.rule_id}: {failure.message}"
        for profile in profiles
        for failure in checker.validate_pdf_bytes(pdf, profile=profile).failures
        if FALSE_ALARM not in failure.rule_id
    ]


@pytest.mark.parametrize("theme", bundled_themes())
@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.stem)
def test_the_pdf_is_archivable_and_accessible(
    spec: Path, theme: str, editions: Callable[..., Record], checker: ModuleType
) -> None:
    pdf = editions(spec, theme).editions[Format.PDF].read_bytes()
    assert failures(checker, pdf, "2a", "ua1") == []


def test_the_pdf_with_its_data_is_too(editions: Callable[..., Record], checker: ModuleType) -> None:
    spec = SAMPLES / "minimal" / "minimal.yaml"
    pdf = editions(spec, "default", attached=True).editions[Format.PDF].read_bytes()
    assert failures(checker, pdf, "3a", "ua1") == []


def test_the_checker_sees_what_is_wrong(editions: Callable[..., Record], checker: ModuleType) -> None:
    pdf = editions(SAMPLES / "minimal" / "minimal.yaml", "default").editions[Format.PDF].read_bytes()
    assert failures(checker, pdf.replace(b"<pdfuaid:part>1", b"<pdfuaid:part>9"), "ua1")
