"""The pack for the archive: what is in it, that strangers can check it, and that every change to it shows."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from memos import MEMO, TEMPLATES, Memo
from signatures import NOW, PASSPHRASE, authority, plain_edition, signer_of, trust_file
from tampering import an_appended_note
from workbench import Project, Ran

from specflow.cli import clock
from specflow.diagnostics import Diagnostic
from specflow.files import sha256
from specflow.model import Format
from specflow.release.check import check_pack
from specflow.release.sums import Malformed, read_sums, sums_text
from specflow.signoff.pdf_document import content_digest
from specflow.tools.kit import Tools

Specflow = Callable[..., Ran]

PEOPLE = (("Author", "Nora Lind"), ("Security Review", "Ann Ex"), ("Management", "Max Mo"))
PROJECT = "templates: [templates]\n"
SHA256SUM = (str(shutil.which("sha256sum")), "--check", "--strict")


@pytest.fixture
def approved(memo: Memo, specflow: Specflow, project: Project) -> Memo:
    """The memo in a project of its own, approved by all three who must."""
    shutil.copytree(TEMPLATES, project.folder / "templates")
    project.write("specflow.yaml", PROJECT)
    for role, name in PEOPLE:
        memo.decide(role, name)
    memo.edit(("status: review", "status: approved"))
    return memo


@pytest.fixture(scope="module")
def released(tools: Tools, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with the memo, approved, and its pack; made once."""
    folder = tmp_path_factory.mktemp("released")
    shutil.copytree(TEMPLATES, folder / "templates")
    (folder / "specflow.yaml").write_text(PROJECT)
    (folder / "memo.yaml").write_text(MEMO)
    memo = Memo(folder / "memo.yaml", tools.pandoc)
    for role, name in PEOPLE:
        memo.decide(role, name)
    memo.edit(("status: review", "status: approved"))
    ran = Project(folder).run("release", memo.path, "-o", folder / "packs" / "memo-1.0")
    assert ran.exit == 0, ran.text
    assert ran.stdout.endswith("/packs/memo-1.0  M-12 v1.0  16 files, 3 approvals, 0 signatures\n")
    return folder


@pytest.fixture
def pack(released: Path, project: Project) -> Path:
    """The pack in the project, which is the current folder."""
    shutil.copytree(released, project.folder, dirs_exist_ok=True)
    return project.folder / "packs" / "memo-1.0"


def codes(found: tuple[Diagnostic, ...]) -> list[str]:
    return sorted({one.code for one in found})


def rewritten(pack: Path, change: Callable[[dict[str, bytes]], None]) -> list[str]:
    """Return what is found in a pack whose files were changed by somebody who wrote the lists anew, too."""
    files = {path.relative_to(pack).as_posix(): path.read_bytes() for path in pack.rglob("*") if path.is_file()}
    change(files)
    manifest = json.loads(files["manifest.json"])
    manifest["files"] = [
        {**one, "sha256": sha256(files[one["path"]])} for one in manifest["files"] if one["path"] in files
    ]
    files["manifest.json"] = json.dumps(manifest).encode()
    del files["SHA256SUMS"]
    files["SHA256SUMS"] = sums_text({name: sha256(data) for name, data in files.items()}).encode()
    shutil.rmtree(pack)
    for name, data in files.items():
        (pack / name).parent.mkdir(parents=True, exist_ok=True)
        (pack / name).write_bytes(data)
    return codes(check_pack(pack, (), now=NOW).faults)


def test_the_pack_is_whole_and_a_stranger_can_check_it(pack: Path, project: Project) -> None:
    checked = subprocess.run([*SHA256SUM, "SHA256SUMS"], cwd=pack, capture_output=True, check=False)
    assert checked.returncode == 0, checked.stdout
    listed = read_sums((pack / "SHA256SUMS").read_text())
    there = {path.relative_to(pack).as_posix() for path in pack.rglob("*") if path.is_file()}
    assert there == {*listed, "SHA256SUMS"}
    assert {f"memo.{form}" for form in Format} < there
    manifest = json.loads((pack / "manifest.json").read_text())
    assert {one["path"]: one["sha256"] for one in manifest["files"]} == {
        name: digest for name, digest in listed.items() if name != "manifest.json"
    }
    assert [(one["role"], one["state"]) for one in manifest["approvals"] if one["required"]] == [
        (role, "approved") for role, _ in PEOPLE
    ]
    assert manifest["content"] == content_digest((pack / "memo.pdf").read_bytes())
    assert (pack / "source" / "memo.signoff.jsonl").read_bytes() == (project.folder / "memo.signoff.jsonl").read_bytes()
    assert (pack / "source" / "memo.yaml").read_bytes() == (project.folder / "memo.yaml").read_bytes()
    assert "<title>The editions agree" in (pack / "verification.html").read_text()
    ran = project.run("verify", "packs")
    assert (ran.exit, ran.stdout) == (0, "verified  packs/memo-1.0  M-12 v1.0  16 files, 3 approvals, 0 signatures\n")
    assert pack.stat().st_mode & 0o777 == (project.folder / "packs").stat().st_mode & 0o777, "as any new folder"
    assert [path.name for path in pack.parent.iterdir()] == ["memo-1.0"]


def test_the_sources_build_the_same_again(pack: Path, project: Project) -> None:
    words = next(line for line in (pack / "README.txt").read_text().splitlines() if "specflow build" in line).split()
    there = project.folder.parent / "elsewhere"
    shutil.copytree(pack, there / "pack")
    cwd = Path.cwd()
    os.chdir(there / "pack")
    try:
        ran = project.run(*words[1:])
    finally:
        os.chdir(cwd)
    assert ran.exit == 0, ran.text
    for name in ("memo.docx", "memo.pdf", "memo.html", "memo.json"):
        assert (there / "again" / name).read_bytes() == (pack / name).read_bytes()


def test_the_same_release_has_the_same_bytes(pack: Path, project: Project) -> None:
    assert project.run("release", "memo.yaml", "-o", "again").exit == 0
    assert (project.folder / "again" / "SHA256SUMS").read_bytes() == (pack / "SHA256SUMS").read_bytes()


def test_with_its_data_inside_the_pdf_is_an_archive_too(pack: Path, project: Project) -> None:
    assert project.run("release", "memo.yaml", "-o", "attached", "--attach-source").exit == 0
    assert "--attach-source" in (project.folder / "attached" / "README.txt").read_text()
    assert b"<pdfaid:part>3<" in (project.folder / "attached" / "memo.pdf").read_bytes()
    assert b"<pdfaid:part>2<" in (pack / "memo.pdf").read_bytes()


def test_what_is_not_released(memo: Memo, project: Project, specflow: Specflow) -> None:
    def told(*words: str) -> tuple[str, int]:
        ran = specflow("release", "memo.yaml", "-o", "pack", *words)
        assert not (project.folder / "pack").exists()
        assert [path.name for path in project.folder.iterdir() if path.name.endswith(".release")] == []
        return ran.stderr.partition("error[")[2].partition("]")[0], ran.exit

    assert told() == ("release-status", 7)
    memo.edit(("status: review", "status: approved"))
    assert told() == ("signoff-missing", 7)
    for role, name in PEOPLE:
        memo.decide(role, name)
    assert told("--signed", "nothing.pdf") == ("file-missing", 9)
    project.write("foreign.pdf", plain_edition())
    assert told("--signed", "foreign.pdf") == ("signature-missing", 7)
    project.write("foreign.pdf", b"%PDF-1.7\n%%EOF\n")
    assert told("--signed", "foreign.pdf") == ("signature-unreadable", 7)
    memo.edit(("35 days, then", "34 days, then"))
    assert told() == ("signoff-stale", 7)
    memo.path.write_text("template: memo\nnumber: [\n", "utf-8")
    assert told() == ("yaml-bracket", 3)


def test_an_archive_is_not_written_over(memo: Memo, project: Project, specflow: Specflow) -> None:
    project.write("pack/letter.txt", "kept")
    project.write("file", "kept")
    for target in ("pack", "file", "file/below"):
        ran = specflow("release", "memo.yaml", "-o", target)
        assert ran.exit in (2, 7, 9), ran.text
        assert "error[" in ran.stderr
    assert sorted(path.name for path in (project.folder / "pack").iterdir()) == ["letter.txt"]


def test_every_change_of_a_file_is_found(pack: Path, project: Project, tmp_path: Path) -> None:
    for name in sorted(read_sums((pack / "SHA256SUMS").read_text())):
        copy = tmp_path / "copy"
        shutil.copytree(pack, copy)
        if name == "manifest.json":
            text = (copy / name).read_text().replace("M-12", "M-13")
            (copy / name).write_text(text)
        else:
            (copy / name).write_bytes((copy / name).read_bytes() + b" ")
        assert codes(check_pack(copy, (), now=NOW).altered) == ["pack-file-changed"]
        shutil.rmtree(copy)
    (pack / "memo.docx").unlink()
    (pack / ".hidden").touch()
    (pack / "memo.html").rename(pack / "memo2.html")
    (pack / "memo.html").symlink_to("memo2.html")
    ran = project.run("verify", pack)
    assert ran.exit == 6
    found = re.findall(r"packs/memo-1.0/(\S+): error\[(\S+)\]", ran.stderr)
    assert sorted(found) == [
        (".hidden", "pack-file-foreign"),
        ("SHA256SUMS", "pack-file-missing"),
        ("memo.html", "pack-file-changed"),
        ("memo2.html", "pack-file-foreign"),
    ]


@pytest.mark.parametrize("name", ["SHA256SUMS", "manifest.json"])
@pytest.mark.parametrize("data", [b"", b"\xff\n", b"{}", b"[" * 100_000, b"not a list\n"])
def test_lists_that_cannot_be_read(name: str, data: bytes, tmp_path: Path, project: Project) -> None:
    pack = tmp_path / "pack"
    pack.mkdir()
    (pack / "SHA256SUMS").write_text(sums_text({}))
    (pack / "manifest.json").write_text('{"format": 1}')
    (pack / name).write_bytes(data)
    ran = project.run("verify", pack)
    assert ran.exit == 9, ran.text
    assert "error[pack-unreadable]" in ran.stderr


def test_who_writes_the_lists_anew_is_found_by_the_ledger(pack: Path, tmp_path: Path) -> None:
    ledger, head, record = "source/memo.signoff.jsonl", "source/memo.signoff.head", "memo.json"

    def cut(files: dict[str, bytes]) -> None:
        lines = files[ledger].splitlines(keepends=True)[:-1]
        files[ledger] = b"".join(lines)
        files[head] = f"{len(lines)} {sha256(lines[-1].rstrip())}\n".encode()

    def edited(files: dict[str, bytes]) -> None:
        files[ledger] = files[ledger].replace(b"Nora Lind", b"Nora Land", 1)

    def forged(files: dict[str, bytes]) -> None:
        files[record] = files[record].replace(b'"name": "Ann Ex"', b'"name": "Eve Ex"', 1)

    def waived(files: dict[str, bytes]) -> None:
        files[record] = files[record].replace(b'"missing": []', b'"missing": ["Management"]', 1)

    def other(files: dict[str, bytes]) -> None:
        content = json.loads(files[record])
        content["signoff"]["parts"]["data"]["decision"] = "0" * 64
        files[record] = json.dumps(content).encode()

    expected = {
        cut: ["pack-approval", "pack-ledger"],
        edited: ["ledger-chain"],
        forged: ["pack-approval"],
        waived: ["pack-approval"],
        other: ["pack-content"],
    }
    for change, wanted in expected.items():
        copy = tmp_path / change.__name__
        shutil.copytree(pack, copy)
        assert rewritten(copy, change) == wanted


def test_editions_that_differ_are_found_although_all_hashes_fit(pack: Path, project: Project) -> None:
    def change(files: dict[str, bytes]) -> None:
        before = files["memo.html"]
        files["memo.html"] = before.replace(b"then deleted", b"then archived")
        assert files["memo.html"] != before
        record = files["memo.json"].replace(sha256(before).encode(), sha256(files["memo.html"]).encode())
        files["memo.json"] = record

    assert rewritten(pack, change) == []
    ran = project.run("verify", pack)
    assert ran.exit == 6
    assert "error[differs-paragraphs]" in ran.stderr


@pytest.fixture
def signed(approved: Memo, project: Project, monkeypatch: pytest.MonkeyPatch) -> Project:
    """The approved memo, built, and its PDF signed by two; the roots are in ca.pem."""
    monkeypatch.setattr(clock, "now", lambda: NOW)
    project.write("words.txt", f"{PASSPHRASE}\n")
    shutil.copyfile(trust_file(project.folder, authority().pem), project.folder / "ca.pem")
    assert project.run("build", approved.path).exit == 0
    for role, name in PEOPLE[::2]:
        project.write(f"{role}.p12", signer_of(name).pkcs12())
        file = "out/memo.signed.pdf" if role == "Management" else "out/memo.pdf"
        ran = project.run("sign", file, "--role", role, "--key", f"{role}.p12", "--passphrase-file", "words.txt")
        assert ran.exit == 0, ran.text
    return project


def test_a_signed_pdf_is_in_the_pack(signed: Project) -> None:
    ran = signed.run("release", "memo.yaml", "-o", "pack", "--trust", "ca.pem")
    assert ran.stdout.endswith("17 files, 3 approvals, 2 signatures\n"), ran.text
    assert "pdfsig memo.signed.pdf" in (signed.folder / "pack" / "README.txt").read_text()
    assert signed.run("verify", "pack").exit == 0
    good = signed.run("verify", "pack", "--trust", "ca.pem", "--json")
    found = json.loads(good.stdout)["documents"][0]["release"]["signatures"]
    assert [(one["signer"], one["good"]) for one in found] == [("Nora Lind", True), ("Max Mo", True)]
    signed.write("stranger.pem", signer_of("Eve").pem)
    bad = signed.run("verify", "pack", "--trust", "stranger.pem")
    assert (bad.exit, "error[signature-untrusted]" in bad.stderr) == (7, True)
    everything = b"".join(path.read_bytes() for path in (signed.folder / "pack").rglob("*") if path.is_file())
    assert PASSPHRASE.encode() not in everything


def test_a_signed_pdf_that_was_changed_is_not_released(signed: Project) -> None:
    path = signed.folder / "out" / "memo.signed.pdf"
    good = path.read_bytes()
    signed.write("broken.pdf", an_appended_note(good))
    ran = signed.run("release", "memo.yaml", "-o", "pack", "--signed", "broken.pdf")
    assert (ran.exit, "signature-changed-after" in ran.stderr) == (7, True)
    (signed.folder / "specflow.yaml").write_text(f"{PROJECT}page_size: letter\n")
    ran = signed.run("release", "memo.yaml", "-o", "pack")
    assert ran.exit == 7, "another content than the one that was signed"
    assert not (signed.folder / "pack").exists()


def test_a_signature_proves_a_decision(memo: Memo, project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sign first, then record with the signature as evidence: the release asks for both."""
    shutil.copytree(TEMPLATES, project.folder / "templates")
    project.write("specflow.yaml", PROJECT)
    monkeypatch.setattr(clock, "now", lambda: NOW)
    project.write("words.txt", f"{PASSPHRASE}\n")
    project.write("nora.p12", signer_of("Nora Lind").pkcs12())
    project.write("stranger.pem", signer_of("Eve").pem)
    shutil.copyfile(trust_file(project.folder, authority().pem), project.folder / "ca.pem")
    assert project.run("build", memo.path).exit == 0
    key = ("--key", "nora.p12", "--passphrase-file", "words.txt")
    assert project.run("sign", "out/memo.pdf", "--role", "Author", *key).exit == 0

    def approve(*words: str, role: str = "Author", trust: str = "ca.pem", pdf: str = "out/memo.signed.pdf") -> str:
        proof = ("--signature", pdf, "--trust", trust)
        ran = project.run("approve", "memo.yaml", "--role", role, "--decision", "approved", *proof, *words)
        return ran.stderr.partition("error[")[2].partition("]")[0] if ran.exit else ran.stdout

    assert approve(trust="stranger.pem") == "signature-untrusted"
    assert approve("--name", "Eve Ex") == "evidence-person"
    assert approve(role="Security Review") == "evidence-missing"
    assert approve("--withdraw") == "approve-both"
    assert approve(pdf="ca.pem") == "evidence-content"
    assert project.run("approve", "memo.yaml", "--role", "Author", "--signature", "out/memo.signed.pdf").exit == 2
    assert approve().startswith("approved  memo  Author: Nora Lind  content ")
    assert "pdf-signature" in project.run("log", "memo.yaml").stdout
    for role, name in PEOPLE[1:]:
        memo.decide(role, name)
    memo.edit(("status: review", "status: approved"))
    released = project.run("release", "memo.yaml", "-o", "pack")
    assert released.exit == 0, released.text
    manifest = json.loads((project.folder / "pack" / "manifest.json").read_text())
    evidence = manifest["approvals"][0]["evidence"]
    assert (evidence["kind"], evidence["subject"]) == ("pdf-signature", "Nora Lind")
    assert evidence["sha256"] == sha256((project.folder / "pack" / "memo.signed.pdf").read_bytes())
    (project.folder / "out" / "memo.signed.pdf").unlink()
    ran = project.run("release", "memo.yaml", "-o", "unproved")
    assert (ran.exit, "error[pack-evidence]" in ran.stderr) == (7, True)


@pytest.mark.parametrize("name", ["plain.txt", "a b/ü.txt", "back\\slash", "line\nend", "cr\rx", "-dash"])
def test_lists_are_those_of_coreutils(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(b"x")
    text = sums_text({name: sha256(b"x")})
    assert read_sums(text) == {name: sha256(b"x")}
    (tmp_path / "SUMS").write_text(text)
    subprocess.run([*SHA256SUM, "--quiet", "SUMS"], cwd=tmp_path, check=True)
    with pytest.raises(Malformed):
        read_sums(text + text)
