"""`specflow sign` as a user meets it: what it writes, what it refuses, and that no secret leaves it."""

from __future__ import annotations

import contextlib
import json
import logging
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from asn1crypto.keys import PrivateKeyInfo
from asn1crypto.tsp import TimeStampReq
from asn1crypto.x509 import Certificate
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.x509 import ocsp
from cryptography.x509.oid import ExtendedKeyUsageOID
from pyhanko.sign.timestamps.dummy_client import DummyTimeStamper
from pyhanko_certvalidator.registry import SimpleCertificateStore
from signatures import DAY, NOW, PASSPHRASE, Holder, authority, edition, plain_edition, signed, signer_of, trust_file
from tampering import an_appended_note
from workbench import Project, Ran

from specflow.cli import clock, sign
from specflow.files import sha256
from specflow.signoff.certificates import der
from specflow.signoff.pdf_document import is_edition, read_record, signature_fields
from specflow.signoff.pdf_verdicts import signature_verdicts


@pytest.fixture
def desk(project: Project, monkeypatch: pytest.MonkeyPatch) -> Project:
    """A folder with an edition, its record, Ada's key and a passphrase file; the clock stands still."""
    pdf = plain_edition()
    project.write("ledger.pdf", pdf)
    record = {"document": {"id": "L-1"}, "editions": {"pdf": {"bytes": len(pdf), "sha256": sha256(pdf)}}}
    project.write("ledger.json", json.dumps(record))
    for name, person in (("ada", "Ada Okafor"), ("bo", "Bo Lindqvist")):
        project.write(f"{name}.p12", signer_of(person).pkcs12())
    project.write("words.txt", f"{PASSPHRASE}\n")
    monkeypatch.setattr(clock, "now", lambda: NOW)
    return project


def run(desk: Project, *words: str | Path, file: str = "ledger.pdf", role: str = "Author", key: str = "ada.p12") -> Ran:
    return desk.run("sign", file, "--role", role, "--key", key, "--passphrase-file", "words.txt", *words)


def code(ran: Ran) -> str:
    assert ran.exit, ran.text
    return ran.stderr.partition("error[")[2].partition("]")[0]


def test_two_signers_one_after_the_other(desk: Project) -> None:
    first = run(desk)
    assert first.exit == 0, first.text
    assert first.stdout == "signed  ledger.signed.pdf  Author  Ada Okafor  2026-11-23 14:05:09 UTC  PAdES B-B\n"
    assert "still to be signed: Security Review, Quality" in first.stderr
    assert (desk.folder / "ledger.pdf").read_bytes() == plain_edition()
    second = run(desk, "--json", file="ledger.signed.pdf", role="security-review", key="bo.p12")
    assert json.loads(second.stdout)["signature"]["role"] == "Security Review"
    pdf = (desk.folder / "ledger.signed.pdf").read_bytes()
    assert is_edition(pdf, read_record(desk.folder / "ledger.json"))
    verdicts = signature_verdicts(pdf, (trust_file(desk.folder, authority().pem),), now=NOW)
    assert [(one.signer, one.is_good) for one in verdicts] == [("Ada Okafor", True), ("Bo Lindqvist", True)]


def test_where_it_writes(desk: Project) -> None:
    assert run(desk, "--out", "sub/other.pdf").exit == 0
    assert (desk.folder / "sub" / "other.pdf").is_file()
    assert run(desk, "--in-place").exit == 0
    assert signature_fields((desk.folder / "ledger.pdf").read_bytes())[0].signed
    desk.write("ledger.signed.pdf", b"something")
    assert code(run(desk, role="Quality")) == "sign-exists"
    assert sorted(path.name for path in desk.folder.iterdir() if path.name.startswith(".")) == []


def test_the_passphrase_comes_from_a_variable(desk: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ADAS_WORDS", PASSPHRASE)
    command = ("sign", "ledger.pdf", "--role", "Author", "--key", "ada.p12", "--passphrase-env")
    assert code(desk.run(*command, "NO_SUCH_NAME")) == "passphrase-missing"
    assert desk.run(*command, "ADAS_WORDS").exit == 0


def test_without_a_terminal_nobody_is_asked(desk: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.stdin, "isatty", lambda: False, raising=False)
    ran = desk.run("sign", "ledger.pdf", "--role", "Author", "--key", "ada.p12")
    assert (code(ran), ran.exit) == ("passphrase-missing", 2)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ((), "usage"),
        (("--key", "ada.p12", "--pkcs11-lib", "x.so"), "usage"),
        (("--pkcs11-lib", "x.so"), "usage"),
        (("--key", "ada.p12", "--passphrase-file", "a", "--passphrase-env", "B"), "usage"),
        (("--key", "ada.p12", "--crl", "a.crl"), "usage"),
        (("--key", "ada.p12", "--trust", "a.pem"), "usage"),
        (("--key", "ada.p12", "--passphrase", "x"), "unknown-option"),
        (
            ("--key", "ada.p12", "--passphrase-file", "words.txt", "--timestamp-url", "file:///etc/passwd"),
            "bad-address",
        ),
    ],
)
def test_what_the_command_line_may_not_say(desk: Project, words: tuple[str, ...], expected: str) -> None:
    ran = desk.run("sign", "ledger.pdf", "--role", "Author", *words)
    assert (code(ran), ran.exit) == (expected, 2)


def test_what_is_refused_of_roles(desk: Project) -> None:
    assert code(run(desk, role="Secretary")) == "sign-role"
    ran = run(desk, role="Autor")
    assert 'did you mean "Author"?' in ran.stderr
    assert run(desk, "--in-place").exit == 0
    ran = run(desk, "--in-place")
    assert (code(ran), ran.exit) == ("sign-taken", 7)
    assert code(run(desk, role="Security Review")) == "sign-other-name"
    assert run(desk, "--other-name", "--in-place", role="Security Review").exit == 0


def test_what_is_refused_of_files(desk: Project) -> None:
    desk.write("other.pdf", edition(title="Budget"))
    assert code(run(desk, file="other.pdf")) == "sign-no-record"
    assert code(run(desk, "--record", "ledger.json", file="other.pdf")) == "sign-not-recorded"
    assert run(desk, "--without-record", file="other.pdf").exit == 0
    desk.write("text.pdf", b"no PDF")
    assert code(run(desk, "--without-record", file="text.pdf")) == "pdf-unreadable"
    assert code(run(desk, "--record", "words.txt")) == "record-unreadable"
    desk.write("ledger.pdf", an_appended_note(signed(plain_edition(), 1)))
    assert code(run(desk)) == "sign-broken"


def test_a_role_without_a_meaning(desk: Project) -> None:
    desk.write("plain.pdf", edition(({"role": "Author", "name": "Ada Okafor"},)))
    assert code(run(desk, "--without-record", file="plain.pdf")) == "sign-meaning"
    assert run(desk, "--without-record", "--meaning", "Authorship", file="plain.pdf").exit == 0


@pytest.mark.parametrize(
    ("holder", "expected"),
    [
        (lambda: authority().issue("Ada Okafor", end=NOW - DAY), "certificate-expired"),
        (lambda: authority().issue("Ada Okafor", start=NOW + DAY), "certificate-not-yet-valid"),
        (lambda: authority().issue("Ada Okafor", signs=False), "certificate-wrong-usage"),
        (lambda: authority().issue("Ada Okafor", purpose=ExtendedKeyUsageOID.SERVER_AUTH), "certificate-wrong-usage"),
    ],
    ids=["expired", "not yet valid", "encipherment", "web server"],
)
def test_what_is_refused_of_certificates(desk: Project, holder: Callable[[], Holder], expected: str) -> None:
    desk.write("ada.p12", holder().pkcs12())
    ran = run(desk)
    assert (code(ran), ran.exit) == (expected, 7)
    assert not (desk.folder / "ledger.signed.pdf").exists()


def test_what_is_refused_of_keys(desk: Project) -> None:
    desk.write("words.txt", "wrong\n")
    assert code(run(desk)) == "key-passphrase"
    assert code(run(desk, key="ledger.json")) == "key-unreadable"
    ada, bo = signer_of("Ada Okafor"), signer_of("Bo Lindqvist")
    desk.write("words.txt", PASSPHRASE)
    desk.write("ada.p12", Holder(None, ada.certificate).pkcs12())
    assert code(run(desk)) == "key-incomplete"
    assert bo.certificate != ada.certificate


def test_a_token_that_is_not_there(desk: Project) -> None:
    words = ("--pkcs11-lib", "nothing.so", "--key-label", "Ada", "--passphrase-file", "words.txt")
    ran = desk.run("sign", "ledger.pdf", "--role", "Author", *words)
    assert (code(ran), ran.exit) == ("token-refused", 7)


def test_somebody_else_signs_meanwhile(desk: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    from specflow.signoff import keys

    refuse = keys.refuse_unfit

    def slowly(certificate: x509.Certificate, moment: object) -> None:
        desk.write("ledger.pdf", signed(plain_edition(), 1))
        refuse(certificate, NOW)

    monkeypatch.setattr(keys, "refuse_unfit", slowly)
    assert code(run(desk, "--in-place")) == "sign-meanwhile"
    assert [one.signed for one in signature_fields((desk.folder / "ledger.pdf").read_bytes())] == [False, True, False]


@contextlib.contextmanager
def server(answer: Callable[[bytes], bytes]) -> Iterator[str]:
    """Give the address of a web server on this machine that answers what it is posted."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = answer(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    made = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=made.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{made.server_port}/"
    finally:
        made.shutdown()
        thread.join()
        made.server_close()


def stamping() -> Callable[[bytes], bytes]:
    holder = authority().timestamper()
    maker = DummyTimeStamper(
        Certificate.load(der(holder.certificate)),
        PrivateKeyInfo.load(holder.secret),
        certs_to_embed=SimpleCertificateStore(),
        fixed_dt=NOW,
    )
    return lambda body: bytes(maker.request_tsa_response(TimeStampReq.load(body)).dump())


def vouching(holder: Holder) -> Callable[[bytes], bytes]:
    def answer(_: bytes) -> bytes:
        ca = authority()
        builder = ocsp.OCSPResponseBuilder().add_response(
            holder.certificate, ca.certificate, hashes.SHA256(), ocsp.OCSPCertStatus.GOOD, NOW, NOW + DAY, None, None
        )
        made = builder.responder_id(ocsp.OCSPResponderEncoding.HASH, ca.certificate).sign(ca.key, hashes.SHA256())
        return made.public_bytes(serialization.Encoding.DER)

    return answer


def test_a_timestamp_and_revocation_from_servers(desk: Project) -> None:
    trust = trust_file(desk.folder, authority().pem)
    with server(stamping()) as url:
        ran = run(desk, "--timestamp-url", url, "--out", "b-t.pdf")
        assert ran.stdout.endswith("PAdES B-T\n"), ran.text
        (desk.folder / "a.crl").write_bytes(authority().revoke())
        with server(vouching(signer_of("Ada Okafor"))) as other:
            words = ("--timestamp-url", url, "--ocsp-url", other, "--trust", "trust.pem", "--crl", "a.crl")
            ran = run(desk, *words, "--out", "b-lt.pdf")
            assert ran.stdout.endswith("PAdES B-LT\n"), ran.text
    for name in ("b-t.pdf", "b-lt.pdf"):
        (verdict,) = signature_verdicts((desk.folder / name).read_bytes(), (trust,), now=NOW + timedelta(hours=1))
        assert (verdict.is_good, verdict.proved) == (True, NOW), verdict.faults


def test_a_server_that_gives_no_answer(desk: Project) -> None:
    with server(lambda body: b"nonsense") as url:
        assert code(run(desk, "--timestamp-url", url)) == "timestamp-failed"
    assert code(run(desk, "--timestamp-url", url)) == "timestamp-failed"  # it is gone
    assert not (desk.folder / "ledger.signed.pdf").exists()


def test_no_secret_leaves_the_command(
    desk: Project, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    caplog.set_level(logging.DEBUG)
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    said = [run(desk), run(desk, "--json", "--out", "a.pdf"), run(desk, role="Nobody")]
    desk.write("ada.p12", signer_of("Ada Okafor").pkcs12("another"))
    said.append(run(desk, "--out", "b.pdf"))
    monkeypatch.setattr(clock, "now", lambda: 1 / 0)
    desk.write("ada.p12", signer_of("Ada Okafor").pkcs12())
    said.append(run(desk, "--out", "c.pdf"))
    assert [one.exit for one in said] == [0, 0, 7, 7, 1]
    told = "".join(one.text for one in said) + caplog.text
    secret = signer_of("Ada Okafor").secret
    inner = signer_of("Ada Okafor").key.private_numbers().private_value.to_bytes(32, "big")
    assert PASSPHRASE not in told
    for path in (*desk.folder.rglob("*"), *tmp_path.rglob("*")):
        if path.is_file() and path.name != "words.txt":
            data = path.read_bytes()
            assert PASSPHRASE.encode() not in data, path
            assert secret not in data, path
            assert inner not in data, path
            assert inner.hex().encode() not in data.lower(), path


def test_a_process_list_shows_no_secret(desk: Project) -> None:
    """The command line has no room for a passphrase, and the process that sets the stamp gets none."""
    environment = {**os.environ, "ADAS_WORDS": PASSPHRASE, "PYTHONPATH": str(Path(sign.__file__).parents[2])}
    words = ["sign", "ledger.pdf", "--role", "Author", "--key", "ada.p12", "--passphrase-env", "ADAS_WORDS"]
    ran = subprocess.Popen(
        [sys.executable, "-m", "specflow", *words], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    listed = set()
    while ran.poll() is None:
        with contextlib.suppress(OSError):
            listed.add(Path(f"/proc/{ran.pid}/cmdline").read_bytes())
        for one in Path(f"/proc/{ran.pid}/task/{ran.pid}/children").read_text().split() if ran.poll() is None else ():
            with contextlib.suppress(OSError):
                listed.add(Path(f"/proc/{one}/cmdline").read_bytes())
        time.sleep(0.05)
    out, err = ran.communicate()
    command = b"".join(listed)
    assert ran.returncode in (0, 7), err  # the clock is the real one here
    assert b"ledger.pdf" in command
    assert PASSPHRASE.encode() not in command + out + err


def test_verify_reports_the_signatures(desk: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)
    trust_file(desk.folder, authority().pem)
    assert run(desk).exit == 0
    ran = desk.run("verify", "ledger.signed.pdf", "--trust", "trust.pem")
    assert ran.exit == 0, ran.text
    assert "good  Author  Ada Okafor  Authorship" in ran.stdout
    assert "signed at: 2026-11-23 14:05:09 UTC, by the signer's clock" in ran.stdout
    assert "permits: signing and filling in" in ran.stdout
    assert "open  Security Review" in ran.stdout
    desk.write("ledger.signed.pdf", an_appended_note(signed(plain_edition(), 0)))
    ran = desk.run("verify", "ledger.signed.pdf", "--trust", "trust.pem", "--json")
    assert ran.exit == 7
    (document,) = json.loads(ran.stdout)["documents"]
    assert [one["code"] for one in document["diagnostics"]] == ["signature-changed-after"]
    assert document["signatures"][0]["intact"] is True


def test_verify_holds_the_file_against_record_and_ledger(desk: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)
    trust_file(desk.folder, authority().pem)
    desk.write("ledger.signed.pdf", signed(edition(title="Budget"), 0))
    ran = desk.run("verify", "ledger.signed.pdf", "--trust", "trust.pem")
    assert (code(ran), ran.exit) == ("signature-edition", 7)
    desk.write("ledger.signed.pdf", signed(plain_edition(), 0))
    ran = desk.run("verify", "ledger.signed.pdf", "--trust", "trust.pem", "--ledger", "none.signoff.jsonl")
    assert (code(ran), ran.exit) == ("signature-content", 7)
