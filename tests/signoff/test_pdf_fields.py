"""The signature fields of the PDF edition: where they stand, what they say, and that the file stays what it was."""

from __future__ import annotations

import importlib
import io
import subprocess
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pikepdf
import pytest
from signatures import ROLES, edition, plain_edition, signed

from specflow.finish.pdf_fields import address, field_name, with_signature_fields
from specflow.signoff.pdf_document import content_digest, signature_fields


@pytest.fixture(scope="module")
def checker(demand: Callable[[str], None]) -> ModuleType:
    try:
        return importlib.import_module("page")
    except ImportError:
        demand("the Python package page-validation is not installed")
        raise


def failures(checker: ModuleType, pdf: bytes, *profiles: str) -> set[str]:
    return {
        f"{profile}: {failure.rule_id}"
        for profile in profiles
        for failure in checker.validate_pdf_bytes(pdf, profile=profile).failures
    }


def test_each_role_has_a_field_with_its_words() -> None:
    fields = signature_fields(plain_edition())
    assert [(one.name, one.role, one.person, one.function, one.meaning) for one in fields] == [
        ("author", "Author", "Ada Okafor", "Lead engineer", "Authorship"),
        ("security-review", "Security Review", "Bo Lindqvist", "Head of security", "Review"),
        ("quality", "Quality", "Chen Söhne", "Quality manager", "Approval"),
    ]
    assert not any(one.signed for one in fields)
    assert all(one.height == pytest.approx(40, abs=0.1) and one.width > 60 for one in fields)


def test_a_field_is_a_widget_that_speaks() -> None:
    with pikepdf.open(io.BytesIO(plain_edition())) as opened:
        form: Any = opened.Root.AcroForm
        field = form.Fields[1]
        assert (field.Subtype, field.FT, int(field.F)) == ("/Widget", "/Sig", 4)
        assert str(field.TU) == "Signature: Security Review, Bo Lindqvist"
        assert "/A" not in field
        assert "/Contents" not in field
        tags = [
            thing for thing in opened.objects if isinstance(thing, pikepdf.Dictionary) and thing.get("/S") == "/Form"
        ]
        assert len(tags) == 3
        assert all(str(tag.K.Type) == "/OBJR" for tag in tags)
        links = [a for page in opened.pages for a in page.obj.get("/Annots", ()) if str(a.Subtype) == "/Link"]
        assert links == []


def test_the_file_stays_archivable_and_accessible(checker: ModuleType) -> None:
    assert failures(checker, plain_edition(), "3a", "ua1") == set()


def test_same_input_same_bytes() -> None:
    assert edition() == plain_edition()


def test_fifty_roles_have_fifty_fields_over_pages(checker: ModuleType) -> None:
    roles = tuple({"role": f"Approver {n}", "name": f"Person {n}"} for n in range(1, 51))
    pdf = edition(roles)
    assert [one.name for one in signature_fields(pdf)] == [f"approver-{n}" for n in range(1, 51)]
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        assert len(opened.pages) > 2
        for field in opened.Root.AcroForm.Fields:
            assert any(page.obj.objgen == field.P.objgen for page in opened.pages)
    assert failures(checker, pdf, "3a", "ua1") == set()


def test_roles_in_any_script(checker: ModuleType) -> None:
    roles = (
        {"role": "المراجعة الأمنية", "name": "مريم حداد"},
        {"role": "Έγκριση", "name": "Νίκος"},
        {"role": "Qualität", "name": "Söhne"},
    )
    pdf = edition(roles)
    fields = signature_fields(pdf)
    assert [one.role for one in fields] == [one["role"] for one in roles]
    assert all(one.name.isascii() for one in fields)
    assert len({one.name for one in fields}) == 3
    assert failures(checker, pdf, "3a", "ua1") == set()


def test_two_entries_of_one_role_have_two_fields() -> None:
    pdf = edition(({"role": "Approver", "name": "Ada"}, {"role": "Approver", "name": "Bo"}))
    assert [one.name for one in signature_fields(pdf)] == ["approver", "approver-2"]


@pytest.mark.parametrize(
    ("role", "name"),
    [
        ("Security Review", "security-review"),
        ("  QA / Release. ", "qa-release"),
        ("Qualität", "qualitat"),
        ("a.b.c", "a-b-c"),
    ],
)
def test_a_field_is_named_after_its_role(role: str, name: str) -> None:
    assert field_name(role) == name


def test_names_that_lose_letters_are_told_apart() -> None:
    names = {field_name(role) for role in ("审批", "审核", "Лектор", "审批 2", "x" * 60, "x" * 61)}
    assert len(names) == 6
    assert all(name.isascii() and "." not in name for name in names)


def test_a_link_of_the_data_cannot_become_a_field() -> None:
    body = b"a link to https://specflow.invalid/"
    mine = address(body)
    assert address(body + mine.encode()) != mine
    pdf = plain_edition()
    assert with_signature_fields(pdf, mine, "Signature") == pdf


def test_pdfsig_lists_the_empty_fields(require: Callable[[str], Path], tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(plain_edition())
    told = subprocess.run([require("pdfsig"), tmp_path / "a.pdf"], capture_output=True, text=True, check=False).stdout
    assert [f"Signature Field Name: {field_name(one['role'])}" in told for one in ROLES] == [True] * 3
    assert told.count("is not signed") == 3


def test_the_file_holds_the_content_digest() -> None:
    digest = "sha256:" + "ab" * 32
    pdf = edition(content=digest)
    assert content_digest(pdf) == digest
    assert content_digest(signed(pdf, 0)) == digest


def test_a_file_without_a_digest_says_so() -> None:
    assert content_digest(plain_edition()) is None
    assert content_digest(b"no PDF") is None
