"""Libraries in a process of their own: one that hangs, dies, prints or eats memory costs only its own job."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from specflow import diagrams
from specflow.diagrams import mermaid
from specflow.errors import ConversionFailed
from specflow.tools import apart, typst
from specflow.tools.typst import Typst


@pytest.fixture(autouse=True)
def fresh(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Give each test a process of its own."""
    made = apart._Beside()
    monkeypatch.setattr(apart, "_beside", made)
    yield
    made.close(kill=True)


def test_results_and_faults_cross_over() -> None:
    assert apart.call(20, os.path.join, "a", "b") == "a/b"
    assert apart.call(20, os.getpid) != os.getpid()
    assert apart.call(20, os.getpid) == apart.call(20, os.getpid)
    with pytest.raises(ZeroDivisionError):
        apart.call(20, divmod, 1, 0)


def test_what_hangs_is_ended() -> None:
    before = apart.call(20, os.getpid)
    with pytest.raises(apart.Overrun, match=r"takes more than 0\.3 seconds"):
        apart.call(0.3, time.sleep, 600)
    assert apart.call(20, os.getpid) != before


def test_what_is_stopped_is_ended() -> None:
    os.kill(apart.call(20, os.getpid), signal.SIGSTOP)
    with pytest.raises(apart.Overrun, match=r"takes more than 0\.3 seconds"):
        apart.call(0.3, len, "x" * 10_000_000)
    assert apart.call(20, len, "x") == 1


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSEGV, signal.SIGABRT])
def test_what_dies_is_replaced(number: int) -> None:
    with pytest.raises(apart.Overrun, match="breaks the program"):
        apart.call(20, signal.raise_signal, number)
    assert apart.call(20, len, "x") == 1


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apart, "MEMORY_BYTES", 300 << 20)
    with pytest.raises(apart.Overrun, match="takes more memory than it may"):
        apart.call(20, bytearray, 400 << 20)
    assert apart.call(20, len, "x") == 1


def test_what_is_printed_does_no_harm() -> None:
    apart.call(20, os.write, 1, b"noise" * 10_000)
    apart.call(20, print, "noise")
    assert apart.call(20, len, "x") == 1


def test_what_cannot_cross_over_is_a_fault() -> None:
    with pytest.raises(TypeError, match="pickle"):
        apart.call(20, open, os.devnull)
    assert apart.call(20, len, "x") == 1


def test_it_is_replaced_now_and_then(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apart, "RECYCLE_JOBS", 2)
    assert len({apart.call(20, os.getpid) for _ in range(4)}) == 2


def test_it_ends_with_its_parent(tmp_path: Path) -> None:
    code = (
        "import os, time; from specflow.tools import apart\n"
        "print(apart.call(20, os.getpid), flush=True); apart.prepare(time.sleep, 0.1); os.kill(os.getpid(), 9)"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False, cwd=Path(__file__).parents[2])
    child = int(ran.stdout)
    for _ in range(100):
        try:
            os.kill(child, 0)
        except ProcessLookupError:
            return
        time.sleep(0.1)
    pytest.fail("the process outlives its parent")


@pytest.mark.parametrize(
    ("source", "code"),
    [
        (b"#while true {}", "typst-failed"),
        (b"#let f(x) = f(x)\n#f(1)", "typst-failed"),
        (b"#for a in range(9000) { for b in range(9000) { for c in range(9000) {} } }", "typst-worker"),
    ],
)
def test_typst_that_never_ends_is_ended(source: bytes, code: str, monkeypatch: pytest.MonkeyPatch) -> None:
    maker = Typst()
    ready = b'#set document(title: "x")\n= One\n'
    assert maker.compile(ready, {}, timestamp=0).startswith(b"%PDF")
    monkeypatch.setattr(typst, "SECONDS", 1.0 if code == "typst-worker" else 60.0)
    with pytest.raises(ConversionFailed) as caught:
        maker.compile(source, {}, timestamp=0)
    (found,) = caught.value.diagnostics
    assert found.code == code
    assert found.hint


def test_mermaid_that_never_ends_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    if find_spec("merman") is None:
        pytest.skip("merman is not installed")
    monkeypatch.setattr(mermaid, "SECONDS", 1.0)
    left, right = (" & ".join(f"{side}{at}" for at in range(3000)) for side in "ab")
    with pytest.raises(diagrams.DiagramInvalid, match="takes more than 1 seconds"):
        diagrams.draw("mermaid", f"graph TD\n{left} --> {right}\n")


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="memory is read from /proc")
def test_typst_forgets_all_documents_but_the_last() -> None:
    typesetter = Typst()
    sizes = []
    for number in range(12):
        paragraphs = "\n\n".join(f"Paragraph {line} of document {number}: " + "words " * 60 for line in range(150))
        source = f'#set document(title: "T")\n#set text(lang: "en")\n{paragraphs}'
        typesetter.compile(source.encode(), {}, timestamp=0, fonts=())
        sizes.append(apart.call(20, _own_mebibytes))
    assert sizes[-1] - sizes[3] < 25, sizes  # with all that it remembers by itself it grows by eighty


def _own_mebibytes() -> int:
    resident, shared = map(int, Path("/proc/self/statm").read_text().split()[1:3])
    return (resident - shared) * os.sysconf("SC_PAGE_SIZE") >> 20
