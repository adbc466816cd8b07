"""pandoc, kept running: one `pandoc lua` process that converts job after job.

Starting pandoc and loading its syntax tables costs more than converting a document, so a worker is started once. It
talks in frames over two pipes (see pandoc_worker.lua); whatever a filter prints goes to a log file and does no harm.
A job that fails leaves the worker alive; a worker that dies or hangs is ended, and the next job gets a new one.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import struct
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

from specflow import assets
from specflow.diagnostics import Diagnostic, Span, error
from specflow.errors import ConversionFailed, ToolMissing
from specflow.tools.pipes import Ended, Late, Reader, send

MINIMUM_VERSION = (3, 6)
INSTALL = "python -m pip install 'pypandoc-binary>=1.15'"
JOB_SECONDS = 120.0
"""How long a job may take before its worker is ended."""
MEMORY_BYTES = 4 << 30
"""Address space that a worker may use, where the system can enforce it."""
MAX_ANSWER = 1 << 30
"""Bytes that a part of an answer may have; a number beyond is taken for garbage."""
RECYCLE_JOBS = 1000
"""After so many jobs a worker is replaced: its memory grows slowly with the images it has seen."""

_WORKER = Path(__file__).with_name("pandoc_worker.lua")
_START_SECONDS = 30.0
_STDERR_SHOWN = 800


@dataclass(frozen=True, slots=True)
class Output:
    """One writer to run: its name, the filters that only it needs, and its WriterOptions."""

    to: str
    filters: Sequence[Path] = ()
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reply:
    """What a filter is given for its question: a head that JSON can hold, and bytes."""

    head: Mapping[str, Any]
    blobs: Sequence[bytes] = ()


Host = Callable[[Mapping[str, Any]], Reply | str]
"""Answer a filter's question, such as {"fetch": path}, or tell why not (`does not exist`)."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a job gave: the shared AST, one result an output, and pandoc's log messages (`type`, `pretty`, …).

    `ast_text` is the AST as pandoc wrote it, as JSON.
    """

    ast: Mapping[str, Any]
    ast_text: bytes
    outputs: tuple[bytes, ...]
    log: tuple[Mapping[str, Any], ...]


class WorkerLost(Exception):
    """The worker died, hung or answered nonsense; `reason` says which, as the end of a sentence."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def find_pandoc() -> Path:
    """Return the pandoc program that the installation brought along, or raise ToolMissing."""
    try:
        import pypandoc

        return Path(pypandoc.get_pandoc_path())
    except (ImportError, OSError) as fault:
        raise ToolMissing(error("pandoc-missing", "pandoc is not installed", hint=INSTALL)) from fault


class Pandoc:
    """A pandoc worker that starts with its first job or before; use it as a context manager, or call `close`."""

    def __init__(self, program: Path | None = None, job_seconds: float = JOB_SECONDS) -> None:
        self._program = program
        self._job_seconds = job_seconds
        self._process: subprocess.Popen[bytes] | None = None
        self._answers = -1
        self._reader = Reader(-1, lambda: False)
        self._stage = ""
        self._stderr: IO[bytes] | None = None
        self._jobs = 0
        self._is_ready = False
        self.version = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def convert(
        self,
        text: str,
        source_format: str,
        filters: Sequence[Path],
        outputs: Sequence[Output],
        context: Mapping[str, Any],
        host: Host,
    ) -> Answer:
        """Return the document read, filtered once, and written by each writer.

        `context` is what filters see as the global `SPECFLOW`; `host` answers what they ask, such as for a picture.
        Raises ConversionFailed, with the failing filter's file and line where pandoc knows them, and ToolMissing when
        there is no usable pandoc.
        """
        job = {
            "text": 1,
            "from": source_format,
            "filters": [str(path) for path in filters],
            "context": context,
            "resource_path": [],
            "outputs": [
                {"to": out.to, "filters": [str(path) for path in out.filters], "options": out.options}
                for out in outputs
            ],
        }
        try:
            self._be_ready()
            head, blobs = self._exchange(job, [text.encode()], host)
            answer = None if "error" in head else _answer(head, blobs)
            fault = None if answer else _job_fault(head["error"])
        except WorkerLost as lost:
            raise self._explain(lost) from lost
        except BaseException:
            self.close(kill=True)  # an interrupted exchange would give its answer to the next job
            raise
        self._jobs += 1
        if self._jobs >= RECYCLE_JOBS:
            self.close()
        if fault:
            raise ConversionFailed(fault)
        assert answer  # noqa: S101 - there is a fault otherwise
        return answer

    def find_version(self) -> str:
        """Return the version of the program, started if it is unknown yet; raise ToolMissing as `convert`."""
        if not self.version:
            self._be_ready()
        return self.version

    def prepare(self) -> None:
        """Start the program and wait for nothing; what is wrong with it is raised by what needs it first."""
        if self._process is None:
            with contextlib.suppress(ToolMissing):
                self._start()

    def close(self, *, kill: bool = False) -> None:
        """End the worker; the next job would start a new one."""
        process, self._process = self._process, None
        if process is None:
            return
        if kill:
            _kill(process)
        if process.stdin:
            with contextlib.suppress(OSError):
                process.stdin.close()
        try:
            process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            _kill(process)
            process.wait()
        os.close(self._answers)
        if self._stderr:
            self._stderr.close()

    def _be_ready(self) -> None:
        """Start the program if it does not run yet, and hear that it is ready; raise ToolMissing as `convert`."""
        if self._process is None:
            self._start()
        if not self._is_ready:
            self._greet()

    def _start(self) -> None:
        program = self._program or find_pandoc()
        reading, writing = os.pipe()
        self._stderr = tempfile.TemporaryFile()  # noqa: SIM115  (lives as long as the worker)
        try:
            self._process = subprocess.Popen(
                _bounded([str(program), "lua", str(_WORKER)]),
                stdin=subprocess.PIPE,
                stdout=self._stderr,
                stderr=self._stderr,
                pass_fds=[writing],
                env=_environment(writing),
                start_new_session=True,  # Ctrl-C is ours to handle; and a filter's own children can be ended with it
            )
        except OSError as fault:
            os.close(reading)
            hint = f"{INSTALL} (tried {program})"
            raise ToolMissing(
                error("pandoc-missing", f"pandoc cannot be started: {fault.strerror}", hint=hint)
            ) from fault
        finally:
            os.close(writing)
        process = self._process
        if process.stdin:
            os.set_blocking(process.stdin.fileno(), False)  # a worker that reads nothing must not make us wait
        self._answers, self._jobs, self._is_ready = reading, 0, False
        self._reader = Reader(reading, lambda: process.poll() is None)

    def _greet(self) -> None:
        try:
            head, _ = self._receive(time.monotonic() + _START_SECONDS)
            self.version = str(head["ready"])
        except (WorkerLost, KeyError) as fault:
            shown = self._last_words()
            self.close(kill=True)
            message = "pandoc does not start as a worker" + (f": {shown}" if shown else "")
            raise ToolMissing(error("pandoc-unusable", message, hint=INSTALL)) from fault
        if _version_tuple(self.version) < MINIMUM_VERSION:
            self.close()
            wanted = ".".join(map(str, MINIMUM_VERSION))
            message = f"pandoc {self.version} is too old: specflow needs {wanted}"
            raise ToolMissing(error("pandoc-too-old", message, hint=INSTALL))
        self._is_ready = True

    def _exchange(
        self, job: Mapping[str, Any], blobs: Sequence[bytes], host: Host
    ) -> tuple[dict[str, Any], list[bytes]]:
        deadline = time.monotonic() + self._job_seconds
        if self._stderr:  # so that last words are this job's; the worker shares the file's position
            self._stderr.seek(0)
            self._stderr.truncate()
        self._stage = "the reader"
        self._send(job, blobs, deadline)
        while True:
            head, answers = self._receive(deadline)
            if "stage" in head:
                self._stage = str(head["stage"])
            elif "ask" in head:
                reply = host(head["ask"])
                if isinstance(reply, str):
                    self._send({"refused": reply}, [], deadline)
                else:
                    self._send(reply.head, reply.blobs, deadline)
            else:
                return head, answers

    def _send(self, head: Mapping[str, Any], blobs: Sequence[bytes], deadline: float) -> None:
        process = self._process
        if process is None or process.stdin is None:
            raise WorkerLost("is not running")
        text = json.dumps({**head, "blobs": [len(blob) for blob in blobs]}).encode()
        try:
            send(process.stdin.fileno(), struct.pack("<I", len(text)) + text + b"".join(blobs), deadline)
        except Ended as fault:
            raise WorkerLost("ended before it took the job") from fault
        except Late as fault:
            raise WorkerLost(f"did not take the job within {self._job_seconds:g} seconds") from fault

    def _receive(self, deadline: float) -> tuple[dict[str, Any], list[bytes]]:
        """Return a whole message; one that has not the worker's form comes from a filter that wrote to the pipe."""
        try:
            (size,) = struct.unpack("<I", self._take(4, deadline))
            head = json.loads(self._take(size, deadline))
            return head, [self._take(size, deadline) for size in head["blobs"]]
        except (ValueError, TypeError, KeyError, RecursionError) as fault:
            raise WorkerLost("answered garbage") from fault

    def _take(self, size: int, deadline: float) -> bytes:
        if not 0 <= size <= MAX_ANSWER:
            raise WorkerLost("answered garbage")
        try:
            return self._reader.take(size, deadline)
        except Late as fault:
            raise WorkerLost(f"gave no answer within {self._job_seconds:g} seconds") from fault
        except Ended as fault:
            raise WorkerLost("died") from fault

    def _explain(self, lost: WorkerLost) -> ConversionFailed:
        """Return the fault, at the filter that ran when the worker was lost."""
        last_words = self._last_words()
        self.close(kill=True)
        kind, _, name = self._stage.partition(" ")
        running = f" while it ran the filter {Path(name).name}" if kind == "filter" else ""
        message = f"the pandoc worker {lost.reason}{running}" + (f": {last_words}" if last_words else "")
        is_own = kind == "filter" and not Path(name).is_relative_to(assets.filters())
        hint = "mend the filter; the template names it" if is_own else "try again; if it happens again, report it"
        return ConversionFailed(error("pandoc-worker", message, Span(Path(name)) if is_own else None, hint))

    def _last_words(self) -> str:
        if self._stderr is None:
            return ""
        self._stderr.seek(0, os.SEEK_END)
        self._stderr.seek(max(0, self._stderr.tell() - _STDERR_SHOWN))
        return " ".join(self._stderr.read().decode("utf-8", "replace").split())


def _kill(process: subprocess.Popen[bytes]) -> None:
    """End the worker and what its filters have started."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except OSError:
        process.kill()


def _environment(answer_fd: int) -> dict[str, str]:
    """Return what a worker may see: nothing of the user's, or the same input would not give the same bytes."""
    kept = {name: os.environ[name] for name in ("PATH", "TMPDIR", "SYSTEMROOT") if name in os.environ}
    nowhere = str(_WORKER.parent / "no-such-folder")
    return {
        **kept,
        "HOME": nowhere,
        "XDG_DATA_HOME": nowhere,
        "LC_ALL": "C.UTF-8",  # under the C locale pandoc cannot open files with accented names
        "SOURCE_DATE_EPOCH": "315532800",  # 1980-01-01, where zip time begins
        "GHCRTS": "-A64m",  # a larger nursery: documents are short-lived data, and this saves a quarter of the time
        "SPECFLOW_ANSWER_FD": str(answer_fd),
    }


def _bounded(command: Sequence[str]) -> list[str]:
    """Return the command with its address space bounded, where the system can do it.

    The shell sets the limit before pandoc starts: its runtime reserves what it may, and fails if the limit comes later.
    """
    return ["/bin/sh", "-c", f'ulimit -v {MEMORY_BYTES >> 10} 2>/dev/null; exec "$@"', "sh", *command]


def _version_tuple(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", version)[:3])


def _answer(head: Mapping[str, Any], blobs: Sequence[bytes]) -> Answer:
    try:
        return Answer(json.loads(blobs[0]), blobs[0], tuple(blobs[1:]), tuple(head["log"]))
    except (ValueError, LookupError, TypeError, RecursionError) as fault:
        raise WorkerLost("answered garbage") from fault


def _job_fault(fault: Mapping[str, Any]) -> Diagnostic:
    """Return the diagnostic of a job that failed inside a living worker."""
    stage, told = str(fault["stage"]), str(fault["message"]).partition("stack traceback:")[0]
    message = " ".join(told.split())
    kind, _, rest = stage.partition(" ")
    if kind != "filter":
        return error(
            "pandoc-failed", f"pandoc's {stage} failed: {message}", hint="report it with the template that does it"
        )
    path = Path(rest)
    line = re.search(rf"{re.escape(path.name)}:(\d+):\s*", message)
    span = Span(path, int(line[1]) if line else None)
    said = message[line.end() :] if line else message
    return error("filter-failed", f"the filter failed: {said}", span, hint="mend the filter; its template names it")
