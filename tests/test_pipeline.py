"""The whole way, on real input: what comes out, that it is the same everywhere, and what a failure leaves behind."""

from __future__ import annotations

import hashlib
import json
import os
import re
import signal
import struct
import subprocess
import sys
import time
import zipfile
import zlib
from pathlib import Path

import pytest

import specflow
from specflow import pipeline
from specflow.diagnostics import Diagnostic
from specflow.errors import ConversionFailed, InvalidData, SpecflowError
from specflow.model import Format, Job, Settings
from specflow.tools.kit import Tools

SAMPLES = Path(__file__).parents[1] / "samples"
MINIMAL = SAMPLES / "minimal" / "minimal.yaml"

_OWN = {
    "manifest.yaml": """\
title: Own
description: A template for tests.
body: body.md.j2
schema: schema.json
starter: starter.yaml
identity: {id: id, version: version, status: status, date: date}
front_matter: [{key: id, label: ID}]
statuses: {draft: [draft], approved: [approved]}
checks: []
filters: [%s]
""",
    "schema.json": json.dumps(
        {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "type": "object",
            "additionalProperties": False,
            "required": ["template", "id", "version", "status", "date", "text"],
            "properties": {
                "template": {"type": "string", "x-kind": "text"},
                "id": {"type": "string", "x-kind": "text"},
                "version": {"type": "string", "x-kind": "text"},
                "status": {"type": "string", "x-kind": "text", "enum": ["draft", "review", "approved"]},
                "date": {"type": "string", "x-kind": "text", "format": "date"},
                "text": {"type": "string", "x-kind": "prose"},
            },
        }
    ),
    "body.md.j2": '---\nid: "{{ id }}"\n---\n\n# Own {{ id }}\n\n## Text\n\n{{ text }}\n',
    "starter.yaml": "template: own\nstatus: draft\n",
}

_DATA = "template: own\nid: OWN-1\nversion: 1.10\nstatus: review\ndate: 2026-11-23\ntext: |\n"


def own(folder: Path, text: str, **filters: str) -> Job:
    """Return a job for a spec with one prose value, whose template has these filters."""
    place = folder / "templates" / "own"
    place.mkdir(parents=True, exist_ok=True)
    for name, content in _OWN.items():
        names = ", ".join(f"{key}.lua" for key in filters)
        (place / name).write_text(content % names if name == "manifest.yaml" else content, "utf-8")
    for key, code in filters.items():
        (place / f"{key}.lua").write_text(code, "utf-8")
    spec = folder / "own.yaml"
    spec.write_text(_DATA + "".join(f"  {line}\n" for line in text.splitlines()), "utf-8")
    return Job(spec, folder / "out", templates=(folder / "templates",))


def hashes(folder: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir() if path.is_file()}


def test_a_build_gives_three_editions_and_their_record(tools: Tools, tmp_path: Path) -> None:
    told: list[Diagnostic] = []
    record = pipeline.build(Job(MINIMAL, tmp_path), tools, told.append)
    assert sorted(hashes(tmp_path)) == ["minimal.docx", "minimal.html", "minimal.json", "minimal.pdf"]
    written = json.loads(record.path.read_text("utf-8"))
    assert written == record.content
    for name, edition in written["editions"].items():
        data = (tmp_path / edition["file"]).read_bytes()
        assert (edition["file"], edition["bytes"]) == (f"minimal.{name}", len(data))
        assert edition["sha256"] == hashlib.sha256(data).hexdigest()
    assert written["inputs"]["spec"]["sha256"] == hashlib.sha256(MINIMAL.read_bytes()).hexdigest()
    assert written["document"]["to_fill"]
    assert len(written["warnings"]) == len(told)
    assert str(tmp_path) not in record.path.read_text("utf-8")
    assert list(tmp_path.glob(".*")) == []


def test_a_failing_build_leaves_the_editions_and_keeps_what_it_made(tools: Tools, tmp_path: Path) -> None:
    job = own(tmp_path, "Good.")
    pipeline.build(job, tools, lambda found: pytest.fail(str(found)))
    before = hashes(job.out)
    with pytest.raises(ConversionFailed) as caught:
        pipeline.build(own(tmp_path, "Bad.", bad="function Para()\n  error('no')\nend\n"), tools, lambda _: None)
    assert "bad.lua:2: error[filter-failed]" in str(caught.value)
    assert hashes(job.out) == before
    assert caught.value.kept == job.out / ".own.failed"
    assert "Q" in (caught.value.kept / "merged.md").read_text("utf-8")
    pipeline.build(own(tmp_path, "Good again."), tools, lambda _: None)
    assert not caught.value.kept.exists()
    assert hashes(job.out) != before


def test_invalid_data_makes_no_folder(tools: Tools, tmp_path: Path) -> None:
    spec = tmp_path / "bad.yaml"
    spec.write_text("template: technical-specification\nstatus: finished\n", "utf-8")
    with pytest.raises(InvalidData) as caught:
        pipeline.build(Job(spec, tmp_path / "out"), tools, lambda _: None)
    assert caught.value.kept is None
    assert not (tmp_path / "out").exists()


def test_a_spec_that_names_no_template_is_told_so(tools: Tools, tmp_path: Path) -> None:
    spec = tmp_path / "bad.yaml"
    spec.write_text("status: draft\n", "utf-8")
    with pytest.raises(InvalidData, match=r"error\[template-missing\]"):
        pipeline.check(Job(spec, Path("unused")), lambda _: None)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("See [](#tbl-none).", "reference-unresolved"),
        ("![](inside.png)", "image-alt"),
        ("![A picture](../picture.png)", "image-refused"),
        ("![A picture](/etc/hostname)", "image-refused"),
        ("![A picture](https://example.com/x.png)", "image-refused"),
        ("![A picture](link.png)", "image-refused"),
        ("![A picture](own.yaml)", "image-refused"),
    ],
)
def test_what_leads_nowhere_stops_the_build_at_its_line(tools: Tools, tmp_path: Path, text: str, code: str) -> None:
    inside = tmp_path / "in"
    job = own(inside, text)
    (tmp_path / "picture.png").write_bytes(_PNG)
    (inside / "inside.png").write_bytes(_PNG)
    (inside / "link.png").symlink_to(tmp_path / "picture.png")
    with pytest.raises(InvalidData) as caught:
        pipeline.build(job, tools, lambda _: None)
    assert [found.code for found in caught.value.diagnostics][-1] == code
    assert str(caught.value).startswith(f"{job.spec}:6:7: error[{code}]")


def _png() -> bytes:
    """Return a picture of one grey dot."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    pixels = zlib.compress(b"\x00\x80")
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


_PNG = _png()


def test_a_picture_reaches_all_three_editions(tools: Tools, tmp_path: Path) -> None:
    job = own(tmp_path, "![A dot](dot.png){#fig-dot width=20%}\n\nSee [](#fig-dot).")
    (tmp_path / "dot.png").write_bytes(_PNG)
    record = pipeline.build(job, tools, lambda found: pytest.fail(str(found)))
    assert record.content["captions"] == [["figure", "1", "A dot"]]
    assert b"data:image/png;base64," in (job.out / "own.html").read_bytes()
    assert record.content["inputs"]["pictures"] == [hashlib.sha256(_PNG).hexdigest()]


def test_live_markup_in_a_value_is_refused_or_literal(tools: Tools, tmp_path: Path) -> None:
    told: list[Diagnostic] = []
    text = (
        "<script>alert(1)</script>\n\n"
        "`<b>`{=html} \\input{x} <b onclick=x>c</b> [a](javascript:alert(1)) [b](FILE:///etc/passwd)"
    )
    pipeline.build(own(tmp_path, text), tools, told.append)
    page = (tmp_path / "out" / "own.html").read_text("utf-8")
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "<script" not in page
    assert "&lt;b onclick=x&gt;c&lt;/b&gt;" in page
    assert "<code>&lt;b&gt;</code>{=html}" in page
    assert 'href="javascript' not in page.lower()
    assert 'href="file' not in page.lower()
    assert [(found.code, found.key, found.span and found.span.line) for found in told] == [
        ("link-refused", "text", 6)
    ] * 2


def test_building_one_format_says_that_the_others_are_old(tools: Tools, tmp_path: Path) -> None:
    job = own(tmp_path, "Text.")
    pipeline.build(job, tools, lambda found: pytest.fail(str(found)))
    told: list[Diagnostic] = []
    one = Job(job.spec, job.out, (Format.HTML,), job.templates)
    pipeline.build(one, tools, told.append)
    assert [found.code for found in told] == ["edition-outdated", "edition-outdated"]


def test_the_docx_does_not_depend_on_the_formats_asked_for(tools: Tools, tmp_path: Path) -> None:
    job = own(tmp_path, "Text.")
    pipeline.build(job, tools, lambda _: None)
    alone = Job(job.spec, tmp_path / "alone", (Format.DOCX,), job.templates)
    pipeline.build(alone, tools, lambda _: None)
    assert (alone.out / "own.docx").read_bytes() == (job.out / "own.docx").read_bytes()


def test_an_interrupt_leaves_nothing_half_written(tmp_path: Path) -> None:
    out = tmp_path / "out"
    command = [sys.executable, "-m", "specflow", "build", str(SAMPLES / "payments-ledger"), "-o", str(out)]
    environment = {**os.environ, "PYTHONPATH": str(Path(specflow.__file__).parents[1])}
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) as process:
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
        for _ in range(1200):  # until pandoc runs: earlier it is Python that starts, and not specflow
            time.sleep(0.05)
            if not children.parent.exists() or children.read_text():
                break
        process.send_signal(signal.SIGINT)
        _, told = process.communicate(timeout=60)
    assert process.returncode == specflow.ExitCode.INTERRUPTED, told
    assert "Traceback" not in told
    assert not out.exists() or list(out.iterdir()) == []


def test_the_python_interface_builds(tmp_path: Path) -> None:
    record = specflow.build(MINIMAL, out=tmp_path, formats=["html"])
    assert record.editions == {Format.HTML: tmp_path / "minimal.html"}
    assert str(record.completeness).endswith("fields to fill")
    spec = specflow.check(MINIMAL)
    assert spec.identity.draft
    with pytest.raises(SpecflowError) as caught:
        specflow.build(tmp_path / "none.yaml")
    assert caught.value.exit_code == specflow.ExitCode.FILE_ACCESS


def test_an_arabic_document_runs_from_right_to_left_in_every_edition(tools: Tools, tmp_path: Path) -> None:
    record = pipeline.build(Job(MINIMAL, tmp_path, settings=Settings(language="ar")), tools, lambda _: None)
    with zipfile.ZipFile(record.editions[Format.DOCX]) as package:
        paragraphs = re.findall(r"<w:p>.*?</w:p>", package.read("word/document.xml").decode(), re.DOTALL)
    arabic = [paragraph for paragraph in paragraphs if re.search("[\u0621-\u064a]", paragraph)]
    against = [paragraph for paragraph in arabic if '<w:bidi w:val="0"/>' in paragraph]
    assert len(arabic) > 100
    assert len(against) < len(arabic) / 4, "only what begins with Latin letters runs the other way"
    assert '<html lang="ar" dir="rtl"' in record.editions[Format.HTML].read_text("utf-8")
