"""What is said of signatures: good ones, and each way in which a certificate or a clock can be wrong."""

from __future__ import annotations

import importlib
import re
import subprocess
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import tampering
from asn1crypto.keys import PrivateKeyInfo
from asn1crypto.x509 import Certificate
from cryptography.x509.oid import ExtendedKeyUsageOID
from pyhanko.sign.timestamps.dummy_client import DummyTimeStamper
from pyhanko_certvalidator.registry import SimpleCertificateStore
from signatures import (
    DAY,
    NOW,
    Authority,
    Holder,
    authority,
    edition,
    plain_edition,
    signed,
    signed_by,
    signer_of,
    trust_file,
    typesetter,
)

from specflow.errors import SignOffRefused
from specflow.signoff.certificates import der
from specflow.signoff.pdf_document import signature_fields
from specflow.signoff.pdf_sign import Revocation
from specflow.signoff.pdf_stamp import Stamp, draw_stamp
from specflow.signoff.pdf_verdicts import Verdict, signature_verdicts


@pytest.fixture
def trust(tmp_path: Path) -> tuple[Path, ...]:
    return (trust_file(tmp_path, authority().pem),)


def codes(verdict: Verdict) -> set[str]:
    return {fault.code for fault in verdict.faults}


def time_server(holder: Holder, moment: Any) -> DummyTimeStamper:
    return DummyTimeStamper(
        Certificate.load(der(holder.certificate)),
        PrivateKeyInfo.load(holder.secret),
        certs_to_embed=SimpleCertificateStore(),
        fixed_dt=moment,
    )


def test_three_signers_in_sequence(trust: tuple[Path, ...]) -> None:
    pdf = signed_by(3)
    assert pdf.startswith(plain_edition())
    verdicts = signature_verdicts(pdf, trust, now=NOW + DAY)
    assert [(one.field, one.signer, one.meaning) for one in verdicts] == [
        ("author", "Ada Okafor", "Authorship"),
        ("security-review", "Bo Lindqvist", "Review"),
        ("quality", "Chen Söhne", "Approval"),
    ]
    assert all(one.is_good and one.intact and one.trusted for one in verdicts)
    assert [one.covers for one in verdicts] == ["revision 2 of 4", "revision 3 of 4", "the whole file"]
    assert [one.permits for one in verdicts] == ["signing and filling in", "", ""]
    assert verdicts[0].changes == "further signatures: quality, security-review"
    assert [one.claimed for one in verdicts] == [NOW + n * timedelta(hours=1) for n in range(3)]
    assert verdicts[0].as_json()["good"] is True


def test_pdfsig_says_the_same_of_three_signers(require: Callable[[str], Path], tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(signed_by(3))
    command: list[str | Path] = [require("pdfsig"), "-nocert", tmp_path / "a.pdf"]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert told.count("Signature is Valid.") == 3
    assert told.count("ETSI.CAdES.detached") == 3
    for name in ("Ada Okafor", "Bo Lindqvist", "Chen Söhne"):
        assert f"Common Name: {name}" in told


@pytest.mark.parametrize("count", [1, 2, 3])
def test_the_file_is_archivable_and_accessible_after_signing(count: int, demand: Callable[[str], None]) -> None:
    try:
        page: ModuleType = importlib.import_module("page")
    except ImportError:
        demand("the Python package page-validation is not installed")
        raise
    found = {
        f.rule_id
        for profile in ("3a", "ua1")
        for f in page.validate_pdf_bytes(signed_by(count), profile=profile).failures
    }
    # From the second signature on, the checker wants the first one to cover what was appended later, which none can.
    assert found == (set() if count == 1 else {"PDFA3A-SIGNATURE-BYTERANGE-001"})


def test_nobody_is_trusted_unless_named(tmp_path: Path) -> None:
    pdf = signed_by(1)
    assert codes(signature_verdicts(pdf, (), now=NOW)[0]) == {"signature-untrusted"}
    other = trust_file(tmp_path, Authority("Northbridge Root").pem)
    (verdict,) = signature_verdicts(pdf, (other,), now=NOW)
    assert (verdict.intact, verdict.trusted, codes(verdict)) == (True, False, {"signature-untrusted"})


def test_a_file_without_a_certificate_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.pem").write_text("nothing")
    with pytest.raises(SignOffRefused) as caught:
        signature_verdicts(signed_by(1), (tmp_path / "a.pem",), now=NOW)
    assert caught.value.diagnostics[0].code == "certificate-unreadable"


def test_an_expired_certificate(trust: tuple[Path, ...]) -> None:
    holder = authority().issue("Ada Okafor", end=NOW + DAY)
    pdf = signed(plain_edition(), 0, holder)
    assert signature_verdicts(pdf, trust, now=NOW)[0].is_good
    (verdict,) = signature_verdicts(pdf, trust, now=NOW + 2 * DAY)
    assert codes(verdict) == {"signature-expired"}
    assert "no timestamp" in verdict.faults[0].message


def test_a_timestamp_outlives_the_certificate(trust: tuple[Path, ...]) -> None:
    holder = authority().issue("Ada Okafor", end=NOW + DAY)
    pdf = signed(plain_edition(), 0, holder, timestamper=time_server(authority().timestamper(), NOW))
    (verdict,) = signature_verdicts(pdf, trust, now=NOW + 30 * DAY)
    assert (verdict.proved, verdict.faults) == (NOW, ())
    assert verdict.is_good


def test_an_expired_root(tmp_path: Path) -> None:
    old = Authority("Old Root", end=NOW + DAY)
    pdf = signed(plain_edition(), 0, old.issue("Ada Okafor"))
    (verdict,) = signature_verdicts(pdf, (trust_file(tmp_path, old.pem),), now=NOW + 2 * DAY)
    assert not verdict.is_good
    assert codes(verdict) == {"signature-expired"}


def test_a_certificate_that_is_not_valid_yet(trust: tuple[Path, ...]) -> None:
    pdf = signed(plain_edition(), 0, authority().issue("Ada Okafor", start=NOW + DAY))
    assert codes(signature_verdicts(pdf, trust, now=NOW)[0]) == {"signature-not-yet-valid", "signature-clock"}
    assert codes(signature_verdicts(pdf, trust, now=NOW + 2 * DAY)[0]) == {"signature-clock"}


@pytest.mark.parametrize(
    "options", [{"signs": False}, {"purpose": ExtendedKeyUsageOID.SERVER_AUTH}], ids=["encipherment", "web server"]
)
def test_a_certificate_for_another_use(options: dict[str, Any], trust: tuple[Path, ...]) -> None:
    holder = authority().issue("Ada Okafor", **options)
    pdf = signed(plain_edition(), 0, holder)
    (verdict,) = signature_verdicts(pdf, trust, now=NOW)
    assert codes(verdict) == {"signature-wrong-usage"}
    assert not verdict.is_good


def test_a_revoked_certificate(trust: tuple[Path, ...], tmp_path: Path) -> None:
    holder = authority().issue("Ada Okafor")
    pdf = signed(plain_edition(), 0, holder)
    (tmp_path / "a.crl").write_bytes(authority().revoke(holder))
    (verdict,) = signature_verdicts(pdf, trust, now=NOW, crls=(tmp_path / "a.crl",))
    assert codes(verdict) == {"signature-revoked"}
    assert (verdict.intact, verdict.trusted) == (True, False)
    (tmp_path / "b.crl").write_bytes(authority().revoke())
    (good,) = signature_verdicts(pdf, trust, now=NOW, crls=(tmp_path / "b.crl",))
    assert good.is_good
    assert not any("revoked" in note for note in good.notes)


def test_a_timestamp_before_the_revocation(trust: tuple[Path, ...], tmp_path: Path) -> None:
    holder = authority().issue("Ada Okafor")
    pdf = signed(plain_edition(), 0, holder, timestamper=time_server(authority().timestamper(), NOW))
    for revoked, expected in ((NOW + DAY, set()), (NOW - DAY, {"signature-revoked"})):
        (tmp_path / "a.crl").write_bytes(authority().revoke(holder, moment=revoked, issued=NOW + 2 * DAY))
        (verdict,) = signature_verdicts(pdf, trust, now=NOW + 3 * DAY, crls=(tmp_path / "a.crl",))
        assert codes(verdict) == expected


def test_clocks_that_are_wrong(trust: tuple[Path, ...]) -> None:
    pdf = signed(plain_edition(), 0, moment=NOW + timedelta(minutes=4))
    assert signature_verdicts(pdf, trust, now=NOW)[0].is_good
    pdf = signed(plain_edition(), 0, moment=NOW + timedelta(minutes=6))
    (verdict,) = signature_verdicts(pdf, trust, now=NOW)
    assert codes(verdict) == {"signature-clock"}
    assert "future" in verdict.faults[0].message
    server = time_server(authority().timestamper(), NOW + timedelta(hours=2))
    (verdict,) = signature_verdicts(signed(plain_edition(), 0, timestamper=server), trust, now=NOW + DAY)
    assert codes(verdict) == {"signature-clock"}
    assert "timestamp" in verdict.faults[0].message


def test_a_timestamp_of_a_stranger(trust: tuple[Path, ...]) -> None:
    server = time_server(Authority("Elsewhere").timestamper(), NOW)
    (verdict,) = signature_verdicts(signed(plain_edition(), 0, timestamper=server), trust, now=NOW)
    assert (verdict.proved, codes(verdict)) == (None, {"timestamp-untrusted"})


def test_a_signature_for_the_long_term_carries_its_proof(trust: tuple[Path, ...]) -> None:
    holder, server = authority().issue("Ada Okafor", end=NOW + DAY), authority().timestamper()
    revocation = Revocation((authority().certificate,), (authority().revoke(),))
    pdf = signed(plain_edition(), 0, holder, timestamper=time_server(server, NOW), revocation=revocation)
    (verdict,) = signature_verdicts(pdf, trust, now=NOW + 20 * DAY)
    assert verdict.is_good
    assert not any("revoked" in note for note in verdict.notes)
    assert b"/DSS" in pdf
    both = signed(pdf, 1, moment=NOW + timedelta(hours=1))
    assert [one.is_good for one in signature_verdicts(both, trust, now=NOW + 2 * timedelta(hours=1))] == [True, True]


@pytest.mark.parametrize("revoked", [True, False])
def test_the_long_term_wants_proof_of_everything(revoked: bool) -> None:
    holder = authority().issue("Ada Okafor")
    crls = (authority().revoke(holder),) if revoked else ()
    server = time_server(authority().timestamper(), NOW)
    with pytest.raises(SignOffRefused) as caught:
        signed(plain_edition(), 0, holder, timestamper=server, revocation=Revocation((authority().certificate,), crls))
    assert caught.value.diagnostics[0].code == "revocation-incomplete"


def test_fifty_approvers(trust: tuple[Path, ...]) -> None:
    pdf = edition(tuple({"role": f"Approver {n}", "name": f"Person {n}", "meaning": "Approval"} for n in range(50)))
    for at in (0, 24, 49):
        pdf = signed(pdf, at)
    verdicts = signature_verdicts(pdf, trust, now=NOW)
    assert [one.role for one in verdicts if one.is_good] == ["Approver 0", "Approver 24", "Approver 49"]
    assert sum(one.signed for one in signature_fields(pdf)) == 3


@pytest.mark.parametrize("name", ["مريم حداد", "陈伟", "Νίκος Παπαδόπουλος", "Ngô Thị Hường"])
def test_names_in_any_script(
    name: str, trust: tuple[Path, ...], require: Callable[[str], Path], tmp_path: Path
) -> None:
    pdf = signed(edition(({"role": "Approver", "name": name, "meaning": "Approval"},)), 0)
    (verdict,) = signature_verdicts(pdf, trust, now=NOW)
    assert (verdict.signer, verdict.person, verdict.is_good) == (name, name, True)
    (tmp_path / "a.pdf").write_bytes(pdf)
    told = subprocess.run([require("pdfsig"), "-nocert", tmp_path / "a.pdf"], capture_output=True, check=True).stdout
    assert f"Common Name: {name}" in told.decode()
    assert b"Signature is Valid." in told


@pytest.mark.parametrize("name", ["مريم حداد", "Ada Okafor"])
def test_date_and_time_of_a_stamp_stand_in_order(name: str, require: Callable[[str], Path], tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(draw_stamp(Stamp(name, "Lead", "Approval", NOW), 200, 40, typesetter()))
    command: list[str | Path] = [require("pdftotext"), "-bbox", tmp_path / "a.pdf", "-"]
    told = subprocess.run(command, capture_output=True, check=True, text=True).stdout
    places = {word: float(x) for x, word in re.findall(r'xMin="([0-9.]+)"[^>]*>([^<]+)<', told)}
    assert places["2026-11-23"] < places["14:05:09"] < places["UTC"]
    assert (places["2026-11-23"] < 5) == name.isascii()  # the whole line stands on the side of the name


PDFSIG_IS_BLIND = {
    "an_appended_note",
    "a_page_painted_over",
    "a_changed_form_value",
    "a_text_field_with_a_value",
    "a_swapped_signature",
    "a_removed_signature",
    "another_stamp",
    "a_signature_field_added",
    "an_attachment_exchanged",
    "metadata_changed",
    "bytes_behind_the_end",
}
"""What poppler does not look at: it checks the signed bytes, and never what was appended to them."""


@pytest.mark.parametrize("change", tampering.ALL, ids=lambda change: change.__name__)
def test_tampering_is_seen(
    change: Callable[[bytes], bytes], trust: tuple[Path, ...], require: Callable[[str], Path], tmp_path: Path
) -> None:
    pdf = change(signed_by(2))
    verdicts = signature_verdicts(pdf, trust, now=NOW + DAY)
    if change is tampering.metadata_changed:  # signing programs do it; it is not printed, and it is told
        assert all(one.is_good and any("properties" in note for note in one.notes) for one in verdicts)
    else:
        found = {fault.code for one in verdicts for fault in one.faults}
        assert found & {"signature-broken", "signature-changed-after", "signature-unreadable"}
        assert not all(one.is_good for one in verdicts)
    (tmp_path / "a.pdf").write_bytes(pdf)
    told = subprocess.run(
        [require("pdfsig"), "-nocert", tmp_path / "a.pdf"], capture_output=True, text=True, check=False
    )
    lines = [line for line in told.stdout.splitlines() if "Signature Validation" in line]
    assert all(line.endswith("Signature is Valid.") for line in lines) == (change.__name__ in PDFSIG_IS_BLIND)


@pytest.mark.parametrize("pdf", [b"", b"no PDF", b"%PDF-1.7\n%%EOF\n"], ids=["nothing", "text", "a header"])
def test_what_is_no_pdf_is_not_good(pdf: bytes, trust: tuple[Path, ...]) -> None:
    (verdict,) = signature_verdicts(pdf, trust, now=NOW)
    assert codes(verdict) == {"signature-unreadable"}


def test_a_cut_file_is_not_good(trust: tuple[Path, ...]) -> None:
    pdf = signed_by(2)
    verdicts = signature_verdicts(pdf[:-600], trust, now=NOW + DAY)
    assert verdicts
    assert not all(one.is_good for one in verdicts)


def test_a_signature_cut_off_leaves_its_role_open(trust: tuple[Path, ...]) -> None:
    pdf = signed_by(2)
    cut = pdf[: pdf.rindex(b"%%EOF", 0, pdf.rindex(b"%%EOF")) + len(b"%%EOF\n")]
    assert [one.is_good for one in signature_verdicts(cut, trust, now=NOW + DAY)] == [True]
    assert [one.signed for one in signature_fields(cut)] == [True, False, False]


def test_no_signature_no_verdict(trust: tuple[Path, ...]) -> None:
    assert signature_verdicts(plain_edition(), trust, now=NOW) == ()


def test_another_person_is_told(trust: tuple[Path, ...]) -> None:
    (verdict,) = signature_verdicts(signed(plain_edition(), 0, signer_of("Bo Lindqvist")), trust, now=NOW)
    assert verdict.is_good
    assert "the document names Ada Okafor, the certificate Bo Lindqvist" in verdict.notes
