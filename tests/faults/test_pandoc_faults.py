"""pandoc in trouble: missing, too old, dying, hanging, printing, answering half. Each ends in a diagnostic, and the
next job works."""

from __future__ import annotations

import os
import signal
import stat
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from specflow.errors import ConversionFailed, SpecflowError, ToolMissing
from specflow.tools import pandoc as module
from specflow.tools.pandoc import Answer, Output, Pandoc, find_pandoc


def job(pandoc: Pandoc, text: str = "Hello.", *filters: Path) -> Answer:
    return pandoc.convert(text, "markdown", filters, [Output("html5")], {}, lambda _: "does not exist")


def lua(folder: Path, code: str) -> Path:
    path = folder / "own.lua"
    path.write_text(code, "utf-8")
    return path


def program(folder: Path, script: str) -> Path:
    path = folder / "pandoc"
    path.write_text(f"#!/bin/sh\n{script}\n", "utf-8")
    path.chmod(path.stat().st_mode | stat.S_IEXEC)
    return path


def code_of(caught: pytest.ExceptionInfo[SpecflowError]) -> str:
    (found,) = caught.value.diagnostics
    assert found.hint
    return found.code


@pytest.fixture(scope="module")
def pandoc() -> Iterator[Pandoc]:
    with Pandoc(job_seconds=60) as started:
        yield started


def test_a_filter_that_fails_is_named_with_its_line_and_the_worker_lives(pandoc: Pandoc, tmp_path: Path) -> None:
    path = lua(tmp_path, "local x = 1\nfunction Str(s)\n  return s.text.nothing.at.all\nend\n")
    with pytest.raises(ConversionFailed) as caught:
        job(pandoc, "Hello.", path)
    assert code_of(caught) == "filter-failed"
    assert str(caught.value).startswith(
        f"{path}:3: error[filter-failed]: the filter failed: attempt to index a nil value"
    )
    assert "traceback" not in str(caught.value)
    before = pandoc._process
    assert job(pandoc).outputs == (b"<p>Hello.</p>",)
    assert pandoc._process is before


def test_a_filter_that_does_not_parse_is_named_with_its_line(pandoc: Pandoc, tmp_path: Path) -> None:
    path = lua(tmp_path, "function Str(s)\n  retrun s\nend\n")
    with pytest.raises(ConversionFailed, match=r"own\.lua:2: error\[filter-failed\]"):
        job(pandoc, "Hello.", path)


@pytest.mark.parametrize(
    "code",
    [
        "print('noise') io.stdout:write('more noise') io.stdout:flush()",
        "os.execute('echo noise')",
        "io.write('noise')",
        "io.stderr:write(('x'):rep(100000))",
    ],
)
def test_a_filter_that_prints_does_no_harm(pandoc: Pandoc, tmp_path: Path, code: str) -> None:
    assert job(pandoc, "Hello.", lua(tmp_path, f"function Pandoc(doc)\n{code}\nend")).outputs == (b"<p>Hello.</p>",)


def test_a_filter_that_ends_the_process_costs_only_its_own_job(pandoc: Pandoc, tmp_path: Path) -> None:
    with pytest.raises(ConversionFailed) as caught:
        job(pandoc, "Hello.", lua(tmp_path, "function Pandoc(doc)\nio.stderr:write('last words')\nos.exit(3)\nend"))
    assert code_of(caught) == "pandoc-worker"
    assert "own.lua: error[pandoc-worker]: the pandoc worker died" in str(caught.value)
    assert str(caught.value.diagnostics[0].message).endswith("while it ran the filter own.lua: last words")
    assert job(pandoc).outputs == (b"<p>Hello.</p>",)


def test_a_filter_that_never_ends_is_ended(tmp_path: Path) -> None:
    with Pandoc() as pandoc:
        job(pandoc)
        pandoc._job_seconds = 0.5
        with pytest.raises(ConversionFailed, match=r"gave no answer within 0\.5 seconds"):
            job(pandoc, "Hello.", lua(tmp_path, "function Pandoc(doc)\nwhile true do end\nend"))
        pandoc._job_seconds = 60
        assert job(pandoc).outputs == (b"<p>Hello.</p>",)


def test_a_filter_that_eats_memory_fails_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MEMORY_BYTES", 700 << 20)
    with Pandoc(job_seconds=60) as pandoc:
        code = "function Pandoc(doc)\nlocal t = {}\nwhile true do t[#t + 1] = ('x'):rep(1 << 20) .. #t end\nend"
        with pytest.raises(ConversionFailed):
            job(pandoc, "Hello.", lua(tmp_path, code))
        assert job(pandoc).outputs == (b"<p>Hello.</p>",)


def test_nothing_of_one_job_reaches_the_next(pandoc: Pandoc, tmp_path: Path) -> None:
    first = (
        "leaked = 'yes'\nSPECFLOW.leaked = 'yes'\npandoc.mediabag.insert('a.png', 'image/png', 'x')\nfunction Str() end"
    )
    job(pandoc, "Hello.", lua(tmp_path, first))
    shown = "tostring(leaked) .. tostring(SPECFLOW.leaked) .. #pandoc.mediabag.list()"
    second = "return {{ Str = function(s) return " + shown + " end }}"
    assert job(pandoc, "Hello.", lua(tmp_path, second)).outputs == (b"<p>nilnil0</p>",)


def test_a_killed_worker_is_replaced(pandoc: Pandoc) -> None:
    job(pandoc)
    assert pandoc._process is not None
    os.kill(pandoc._process.pid, 9)
    pandoc._process.wait()
    with pytest.raises(ConversionFailed, match="the pandoc worker"):
        job(pandoc)
    assert job(pandoc).outputs == (b"<p>Hello.</p>",)


def test_a_missing_program_says_how_to_install_it(tmp_path: Path) -> None:
    with pytest.raises(ToolMissing) as caught:
        job(Pandoc(tmp_path / "no-such-program"))
    assert code_of(caught) == "pandoc-unusable"
    assert "pip install" in str(caught.value)


def test_a_program_that_is_no_pandoc_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ToolMissing) as caught:
        job(Pandoc(program(tmp_path, "echo I am not pandoc >&2; exit 1")))
    assert code_of(caught) == "pandoc-unusable"
    assert "I am not pandoc" in str(caught.value)


_ANSWERS = """
import os, struct, sys
def frame(head, sent=None):
    os.write(int(os.environ["SPECFLOW_ANSWER_FD"]), struct.pack("<I", sent or len(head)) + head)
"""


def answering(folder: Path, code: str) -> Path:
    """Return a program that talks in the worker's frames."""
    path = folder / "pandoc"
    path.write_text(f"#!{sys.executable}\n{_ANSWERS}{code}\n", "utf-8")
    path.chmod(path.stat().st_mode | stat.S_IEXEC)
    return path


def test_an_old_pandoc_is_refused(tmp_path: Path) -> None:
    old = answering(tmp_path, """frame(b'{"ready": "2.19.2", "blobs": []}')\nsys.stdin.read()""")
    with pytest.raises(ToolMissing, match=r"pandoc 2\.19\.2 is too old: specflow needs 3\.6"):
        job(Pandoc(old))


def test_half_an_answer_is_a_lost_worker(tmp_path: Path) -> None:
    code = """frame(b'{"ready": "3.9", "blobs": []}')\nos.read(0, 1)\nframe(b'{"log": [', 5000)"""
    with pytest.raises(ConversionFailed, match="the pandoc worker died"):
        job(Pandoc(answering(tmp_path, code)))


@pytest.mark.parametrize(
    "answer",
    [
        "frame(b'garbage')",
        "frame(b'[]')",
        "frame(b'7')",
        "frame(b'{}')",
        """frame(b'{"blobs": 7}')""",
        """frame(b'{"blobs": ["x"]}')""",
        """frame(b'{"blobs": [-1]}')""",
        """frame(b'{"blobs": [9999999999]}')""",
        """frame(b'{"log": [], "blobs": []}')""",
        """frame(b'{"log": [], "blobs": [1]}'); os.write(int(os.environ["SPECFLOW_ANSWER_FD"]), b"{")""",
        """frame(b'{"log": 5, "blobs": [2]}'); os.write(int(os.environ["SPECFLOW_ANSWER_FD"]), b"{}")""",
        "frame(b'x', 0xFFFFFFFF)",
    ],
)
def test_garbage_is_a_lost_worker(tmp_path: Path, answer: str) -> None:
    code = f"""frame(b'{{"ready": "3.9", "blobs": []}}')\nos.read(0, 1)\n{answer}\nsys.stdin.read()"""
    with pytest.raises(ConversionFailed, match="the pandoc worker answered garbage") as caught:
        job(Pandoc(answering(tmp_path, code), job_seconds=20))
    assert code_of(caught) == "pandoc-worker"


@pytest.mark.parametrize("text", ["Hello.", "Hello. " * 100_000])
def test_a_worker_that_reads_nothing_is_ended(tmp_path: Path, text: str) -> None:
    code = """frame(b'{"ready": "3.9", "blobs": []}')\nimport time\ntime.sleep(600)"""
    with Pandoc(answering(tmp_path, code)) as pandoc:
        pandoc._job_seconds = 1
        with pytest.raises(ConversionFailed, match="within 1 seconds"):
            job(pandoc, text)


def test_a_stopped_worker_is_ended(pandoc: Pandoc) -> None:
    job(pandoc)
    assert pandoc._process is not None
    os.kill(pandoc._process.pid, signal.SIGSTOP)
    pandoc._job_seconds = 0.5
    with pytest.raises(ConversionFailed, match=r"within 0\.5 seconds"):
        job(pandoc, "Hello. " * 100_000)
    pandoc._job_seconds = 60
    assert job(pandoc).outputs == (b"<p>Hello.</p>",)


def test_what_a_filter_has_started_ends_with_it(tmp_path: Path) -> None:
    with Pandoc(job_seconds=60) as pandoc:
        code = f"function Pandoc(doc)\nos.execute('sleep 600 & echo $! >{tmp_path}/pid')\nos.exit(1)\nend"
        with pytest.raises(ConversionFailed, match=r"died while it ran the filter own\.lua"):
            job(pandoc, "Hello.", lua(tmp_path, code))  # at once, though the child holds the pipe open
        left = int((tmp_path / "pid").read_text())
        for _ in range(50):
            state = Path(f"/proc/{left}/stat")
            if not state.exists() or state.read_text().split(") ")[1].startswith("Z"):
                break
            time.sleep(0.1)
        else:
            pytest.fail("the filter's own child lives on")


def test_a_filter_that_writes_into_the_answers_is_found_out(tmp_path: Path) -> None:
    code = "local p = io.open('/dev/fd/' .. os.getenv 'SPECFLOW_ANSWER_FD', 'wb')\np:write(('x'):rep(100)) p:close()"
    with Pandoc(job_seconds=60) as pandoc:
        with pytest.raises(ConversionFailed, match=r"answered garbage while it ran the filter own\.lua"):
            job(pandoc, "Hello.", lua(tmp_path, f"function Pandoc(doc)\n{code}\nend"))
        assert job(pandoc).outputs == (b"<p>Hello.</p>",)


def test_the_installed_pandoc_is_new_enough(pandoc: Pandoc) -> None:
    assert find_pandoc().is_file()
    job(pandoc)
    assert tuple(int(part) for part in pandoc.version.split(".")[:2]) >= module.MINIMUM_VERSION


def test_any_bytes_survive_the_frames(pandoc: Pandoc) -> None:
    text = "x\u0000y \ud7ff \U0010ffff ‮ Ω 中 " * 500
    answer = job(pandoc, text)
    assert answer.outputs[0].decode().count("中") == 500
