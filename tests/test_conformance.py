"""The PDF editions of all samples, in both themes, judged by a checker that knows nothing of specflow."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from types import ModuleType

import pytest
from editions import LOOKED_AT, Built

from specflow.model import Format

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


@pytest.mark.parametrize(("name", "theme"), LOOKED_AT)
def test_the_pdf_is_archivable_and_accessible(
    name: str, theme: str, editions: Callable[..., Built], checker: ModuleType
) -> None:
    pdf = editions(name, theme).editions[Format.PDF].read_bytes()
    assert failures(checker, pdf, "2a", "ua1") == []


def test_the_pdf_with_its_data_is_too(editions: Callable[..., Built], checker: ModuleType) -> None:
    pdf = editions("minimal", "default", attached=True).editions[Format.PDF].read_bytes()
    assert failures(checker, pdf, "3a", "ua1") == []


def test_the_checker_sees_what_is_wrong(editions: Callable[..., Built], checker: ModuleType) -> None:
    pdf = editions("minimal", "default").editions[Format.PDF].read_bytes()
    assert failures(checker, pdf.replace(b"<pdfuaid:part>1", b"<pdfuaid:part>9"), "ua1")
