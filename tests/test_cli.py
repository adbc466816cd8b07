"""The command line: what goes where, which exit code, and that one bad document stops nothing."""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import time
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
from workbench import Project

from specflow.batch import run
from specflow.cli import doctor
from specflow.cli.commands import COMMANDS
from specflow.cli.main import main, parser
from specflow.cli.report import diagnostic_text
from specflow.diagnostics import Span, Warn, error, warning
from specflow.errors import ConversionFailed, ExitCode, InvalidData, ToolMissing
from specflow.fonts.catalogue import PACKS
from specflow.model import Completeness, Format, Job, Record, Settings

ROOT = Path(__file__).parents[1]
SPEC = "template: technical-specification\n"


@dataclass
class FakePipeline:
    """A pipeline that fails where the file's text asks for it; it keeps the jobs that it was given."""

    jobs: list[Job]

    def check(self, job: Job, warn: Warn) -> Any:
        spec = job.spec
        text = spec.read_text("utf-8", "replace")
        if "WARN" in text:
            warn(warning("hole", "a field is to be filled", Span(spec, 2, 1), "fill it"))
        if "INVALID" in text:
            first = error("unknown-key", "there is no key bad", Span(spec, 2, 1), "leave it out")
            raise InvalidData(first, error("bad-date", "this is no date", Span(spec.resolve(), 3), "write 2026-11-23"))
        if "NOTOOL" in text:
            raise ToolMissing(error("pandoc-missing", "pandoc is not installed", hint="install it"))
        if "BUG" in text:
            raise RuntimeError("unforeseen")
        if "STOP" in text:
            raise KeyboardInterrupt
        identity = SimpleNamespace(status="draft", version="0.1")
        return SimpleNamespace(identity=identity, completeness=Completeness(3, (("title",),)))

    def build(self, job: Job, tools: object, warn: Warn) -> Record:
        made = self.check(job, warn)
        self.jobs.append(job)
        content = {"document": {"status": "draft", "version": "0.1"}}
        editions = {made: job.out / f"{job.spec.stem}.{made}" for made in job.formats}
        return Record(job.out / f"{job.spec.stem}.json", editions, content, made.completeness)


@pytest.fixture
def pipeline(monkeypatch: pytest.MonkeyPatch) -> FakePipeline:
    fake = FakePipeline([])
    module = ModuleType("specflow.pipeline")
    module.check, module.build = fake.check, fake.build  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "specflow.pipeline", module)
    # a worker would have the real pipeline, and the cache would know what it made
    monkeypatch.setattr("specflow.batch.attempt.open_cache", lambda *_: None)
    monkeypatch.setattr("specflow.batch.run._in_workers", lambda waiting, plan: run._here(waiting, None, plan))
    return fake


def specflow(*words: str | Path, **options: Any) -> subprocess.CompletedProcess[str]:
    """Run the command as a process of its own."""
    command = [sys.executable, "-m", "specflow", *(str(word) for word in words)]
    env = {**os.environ, "PYTHONPATH": str(ROOT)} | options.pop("env", {})
    return subprocess.run(command, env=env, text=True, check=False, **{"capture_output": True, **options})


def open_when_read(fifo: Path, seconds: float = 30) -> int:
    """Return a descriptor that writes to the named pipe, as soon as somebody waits to read from it."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            return os.open(fifo, os.O_WRONLY | os.O_NONBLOCK)
        except OSError:  # nobody reads yet
            assert time.monotonic() < deadline, "the pipe was never opened"
            time.sleep(0.01)


class TestParsing:
    def test_no_words_print_the_help_and_fail(self, project: Project) -> None:
        ran = project.run()
        assert ran.exit == 2
        assert ran.stdout.startswith("usage: specflow")

    @pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
    def test_every_command_has_help_with_examples(self, command: Any, project: Project) -> None:
        ran = project.run(command.name, "--help")
        assert (ran.exit, ran.stderr) == (0, "")
        assert f"examples:\n  specflow {command.name}" in ran.stdout
        assert "documentation: README.md" in ran.stdout

    def test_examples_in_the_help_parse(self, project: Project) -> None:
        examples = [
            line
            for command in COMMANDS
            for line in re.findall(r"^  (specflow .*)$", project.run(command.name, "-h").stdout, re.M)
        ]
        assert len(examples) >= 2 * len(COMMANDS)
        for example in examples:
            words = shlex.split(re.split(r" [>;]", example)[0])
            options, unknown = parser().parse_known_args(words[1:])
            assert (options.command.name, unknown) == (words[1], [])

    def test_version(self, project: Project) -> None:
        wanted = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
        ran = specflow("--version")
        assert (ran.stdout, ran.stderr, ran.returncode) == (f"specflow {wanted}\n", "", 0)

    def test_usage_faults_are_json_when_json_is_asked_for(self, project: Project) -> None:
        ran = project.run("build", "x.yaml", "--json", "--format=docx")
        told = json.loads(ran.stdout)
        assert (ran.exit, ran.stderr) == (2, "")
        assert (told["exit"], told["documents"]) == (2, [])
        assert told["diagnostics"][0]["hint"] == "did you mean --formats?"


class TestDocuments:
    def test_outputs_lie_as_the_specs_lie(self, project: Project, pipeline: FakePipeline) -> None:
        for name in ("specs/b.yaml", "specs/a.yml", "specs/deep/er/c.yaml", "single.yaml"):
            project.write(name, SPEC)
        ran = project.run("build", "single.yaml", "specs", "-o", "made")
        assert ran.exit == 0
        assert [(str(job.spec), str(job.out)) for job in pipeline.jobs] == [
            ("single.yaml", "made"),
            ("specs/a.yml", "made"),
            ("specs/b.yaml", "made"),
            ("specs/deep/er/c.yaml", "made/deep/er"),
        ]
        assert (
            ran.stdout.splitlines()[-1] == "built  deep/er/c  draft v0.1  docx pdf html  75 % complete, 1 field to fill"
        )
        assert ran.stderr == "4 built\n"

    def test_only_specs_are_found(self, project: Project, pipeline: FakePipeline) -> None:
        project.write("specs/quoted.yaml", "# a comment\n'template' : x\n")
        project.write("specs/marked.yaml", b"\xef\xbb\xbftemplate: x\n")
        project.write("specs/wide.yaml", "template: x\n".encode("utf-16"))
        project.write("specs/LOUD.YAML", SPEC)
        project.write("specs/nested.yaml", "a:\n  template: x\n")
        project.write("specs/notes.txt", SPEC)
        project.write("specs/.hidden/x.yaml", SPEC)
        project.write("specs/venv/pyvenv.cfg", "")
        project.write("specs/venv/lib/x.yaml", SPEC)
        project.write("specs/out/x.yaml", SPEC)
        project.write("specs/old/x.yaml", SPEC)
        ran = project.run("build", "specs", "-o", "specs/out", "--exclude", "specs/old")
        assert [job.spec.name for job in pipeline.jobs] == ["LOUD.YAML", "marked.yaml", "quoted.yaml", "wide.yaml"]
        assert ran.exit == 0

    def test_out_may_be_the_searched_folder(self, project: Project, pipeline: FakePipeline) -> None:
        project.write("a.yaml", SPEC)
        assert project.run("build", ".", "-o", ".").exit == 0
        assert len(pipeline.jobs) == 1

    def test_a_spec_named_twice_is_built_once(self, project: Project, pipeline: FakePipeline) -> None:
        project.write("specs/a.yaml", SPEC)
        project.run("build", "specs/a.yaml", "specs", "./specs/../specs/a.yaml", project.folder / "specs/a.yaml")
        assert len(pipeline.jobs) == 1

    def test_clashing_outputs_are_refused_and_the_others_built(self, project: Project, pipeline: FakePipeline) -> None:
        for name in ("a.yaml", "a.yml", "b.yaml"):
            project.write(name, SPEC)
        ran = project.run("build", ".")
        assert ran.exit == 2
        assert [job.spec.name for job in pipeline.jobs] == ["b.yaml"]
        assert "a.yaml: error[output-clash]: would be written to the same files as a.yml: a.*" in ran.stderr
        assert "a.yml: error[output-clash]: would be written to the same files as a.yaml: a.*" in ran.stderr
        assert ran.stderr.endswith("1 built, 2 failed: a.yaml (1 error), a.yml (1 error)\n")

    def test_one_bad_document_stops_nothing_and_the_first_failure_counts(
        self, project: Project, pipeline: FakePipeline
    ) -> None:
        project.write("1.yaml", SPEC)
        project.write("2.yaml", "NOTOOL")
        project.write("3.yaml", "INVALID")
        ran = project.run("build", "1.yaml", "2.yaml", "missing", "3.yaml", "1.yaml")
        assert ran.exit == 8
        assert len(ran.stdout.splitlines()) == 1
        summary = "1 built, 3 failed: 2.yaml (1 error), missing (1 error), 3.yaml (2 errors)"
        assert ran.stderr.splitlines()[-1] == summary

    def test_a_bug_in_one_document_is_reported_and_the_others_go_on(
        self, project: Project, pipeline: FakePipeline
    ) -> None:
        project.write("1.yaml", "BUG")
        project.write("2.yaml", SPEC)
        ran = project.run("build", "1.yaml", "2.yaml")
        assert ran.exit == 1
        assert "Traceback" in ran.stderr
        assert "RuntimeError: unforeseen" in ran.stderr
        assert "1.yaml: error[bug]: this document brings out a bug in specflow: RuntimeError" in ran.stderr
        assert "specflow doctor" in ran.stderr
        assert ran.stdout.startswith("built  2 ")

    def test_interruption_stops_at_once(self, project: Project, pipeline: FakePipeline) -> None:
        project.write("1.yaml", "STOP")
        project.write("2.yaml", SPEC)
        ran = project.run("build", "1.yaml", "2.yaml")
        assert (ran.exit, ran.stdout, ran.stderr) == (130, "", "interrupted; nothing half-written was left\n")
        assert not pipeline.jobs

    def test_warnings_fail_only_when_asked(self, project: Project, pipeline: FakePipeline) -> None:
        project.write("1.yaml", "WARN")
        project.write("2.yaml", SPEC)
        ran = project.run("check", "1.yaml", "2.yaml")
        assert ran.exit == 0
        assert ran.stderr.startswith("1.yaml:2:1: warning[hole]: a field is to be filled\n  hint: fill it\n")
        ran = project.run("check", "1.yaml", "2.yaml", "--fail-on-warnings")
        assert ran.exit == 3
        assert ran.stderr.endswith("1 valid, 1 failed: 1.yaml (1 warning)\n")

    def test_formats_are_canonical(self, project: Project, pipeline: FakePipeline) -> None:
        project.write("1.yaml", SPEC)
        project.run("build", "1.yaml", "-f", "html, DOCX,html")
        assert pipeline.jobs[0].formats == (Format.DOCX, Format.HTML)

    def test_own_templates_are_passed_on(self, project: Project, pipeline: FakePipeline) -> None:
        project.write("1.yaml", SPEC)
        for folder in ("mine", "ours"):
            (project.folder / folder).mkdir()
        project.run("build", "1.yaml", "--templates", "mine", "--templates", "ours")
        assert pipeline.jobs[0].templates == (Path("mine"), Path("ours"))

    def test_many_failures_are_counted_not_all_named(self, project: Project, pipeline: FakePipeline) -> None:
        for number in range(13):
            project.write(f"{number:02}.yaml", f"{SPEC}INVALID: x")
        assert project.run("check", ".").stderr.endswith("09.yaml (2 errors) and 3 more\n")

    def test_unreadable_folders_are_reported(
        self, project: Project, pipeline: FakePipeline, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        project.write("specs/a.yaml", SPEC)
        project.write("specs/shut/b.yaml", SPEC)
        scandir = os.scandir

        def refuses(path: str) -> Any:
            if str(path).endswith("shut"):  # a mode of 0 would not keep root out
                raise PermissionError(13, "Permission denied", path)
            return scandir(path)

        monkeypatch.setattr(os, "scandir", refuses)
        ran = project.run("check", "specs")
        assert "specs/shut: error[folder-unreadable]" in ran.stderr
        assert ran.exit == 9

    def test_a_dangling_link_is_not_passed_over(self, project: Project) -> None:
        (project.folder / "gone.yaml").symlink_to("nowhere.yaml")
        ran = project.run("check", ".")
        assert "gone.yaml: error[file-missing]" in ran.stderr
        assert ran.exit == 9

    def test_what_a_failed_build_made_is_pointed_to(
        self, project: Project, pipeline: FakePipeline, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def fails(job: Job, *_: object) -> Record:
            fault = ConversionFailed(error("typst-failed", "no", hint="mend it"))
            fault.kept = job.out / ".1.failed"
            raise fault

        monkeypatch.setattr(sys.modules["specflow.pipeline"], "build", fails)
        project.write("1.yaml", SPEC)
        assert project.run("build", "1.yaml").stderr.endswith(
            "what was made of 1.yaml so far is kept in out/.1.failed\n"
        )
        told = json.loads(project.run("build", "1.yaml", "--json").stdout)
        assert told["documents"][0]["kept"] == "out/.1.failed"


class TestProject:
    def test_the_command_line_wins_over_the_project_which_wins_over_defaults(
        self, project: Project, pipeline: FakePipeline
    ) -> None:
        for name in ("mine", "ours"):
            (project.folder / name).mkdir()
        for name in ("house.docx", "own.docx", "house.yaml", "one.yaml", "two.yaml"):
            project.write(name, "a: b\n")
        project.write("specs/a.yaml", SPEC)
        project.write(
            "specflow.yaml",
            "template: x\ntheme: default\nformats: [html]\nout: dist\npage_size: letter\nlanguage: fr\n"
            "layers: [house.yaml]\ntemplates: [ours]\nreference: house.docx\nattach_source: yes\n",
        )
        assert project.run("build", "specs").exit == 0
        (job,) = pipeline.jobs
        here = project.folder.resolve()
        given = Settings(
            here, "x", "default", "letter", "fr", (here / "house.yaml",), (), here / "house.docx", attach_source=True
        )
        assert job == Job(Path("specs/a.yaml"), here / "dist", (Format.HTML,), (here / "ours",), given)
        words = "-o made -f pdf --templates mine --theme other --page-size a4 --language de --reference own.docx"
        project.run("build", "specs", *words.split(), "--no-attach-source", "--data=one.yaml", "--data", "two.yaml")
        chosen = Settings(
            here,
            "x",
            "other",
            "A4",
            "de",
            (here / "house.yaml",),
            (Path("one.yaml"), Path("two.yaml")),
            Path("own.docx"),
            attach_source=False,
        )
        templates = (Path("mine"), here / "ours")
        assert pipeline.jobs[1] == Job(Path("specs/a.yaml"), Path("made"), (Format.PDF,), templates, chosen)

    def test_without_a_project_file_all_is_default(self, project: Project, pipeline: FakePipeline) -> None:
        project.write("a.yaml", SPEC)
        project.run("build", "a.yaml")
        assert pipeline.jobs == [Job(Path("a.yaml"), Path("out"))]

    def test_a_theme_is_named_or_its_folder_is(
        self, project: Project, pipeline: FakePipeline, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        project.write("specflow.yaml", "")
        project.write("looks/ours/theme.yaml", "extends: default\n")
        project.write("specs/a.yaml", SPEC)
        monkeypatch.chdir(project.folder / "specs")
        for name in ("ours", "../looks/ours", "../looks/ours/theme.yaml", "../looks"):
            project.run("build", "a.yaml", "--theme", name)
        assert [job.settings.theme for job in pipeline.jobs] == [
            "ours",
            "looks/ours",
            "looks/ours/theme.yaml",
            "../looks",
        ]

    def test_unknown_paper(self, project: Project) -> None:
        ran = project.run("build", "a.yaml", "--page-size", "A5")
        assert ran.exit == 2
        assert 'there is no page size "A5"; the sizes are A4 and letter' in ran.stderr

    def test_specs_are_told_from_layers(self, project: Project, pipeline: FakePipeline) -> None:
        project.write("specflow.yaml", "template: x\nlayers: [house.yaml]\nexclude: [old, '*.part.yaml']\nout: made\n")
        for name in ("house", "common", "own", "old/a", "b.part", "made/c", "release"):
            project.write(f"{name}.yaml", SPEC)
        project.write("specs/a.yaml", "extends: ../common.yaml\n")
        project.write("specs/b.yaml", "'extends': [middle.yaml]\n")
        project.write("specs/middle.yaml", "extends: ../common.yaml\n")
        project.write("specs/data.yaml", "a: {extends: own.yaml}\n")
        assert project.run("build", ".", "--data", "release.yaml").exit == 0
        assert [str(job.spec) for job in pipeline.jobs] == ["own.yaml", "specs/a.yaml", "specs/b.yaml"]
        assert project.run("build", "common.yaml").exit == 0

    def test_layers_in_a_circle_are_reported(self, project: Project) -> None:
        project.write("a.yaml", "extends: b.yaml\n")
        project.write("b.yaml", "extends: a.yaml\n")
        ran = project.run("check", ".")
        assert ran.exit == 3
        assert "b.yaml:1:10: error[file-cycle]: this file extends itself: a.yaml → b.yaml → a.yaml" in ran.stderr

    def test_a_faulty_project_file_is_reported_once_and_other_projects_go_on(
        self, project: Project, pipeline: FakePipeline
    ) -> None:
        for name in ("bad/a", "bad/b", "bad/deep/c", "good/d"):
            project.write(f"{name}.yaml", SPEC)
        project.write("bad/specflow.yaml", "thema: default\n")
        project.write("bad/deep/specflow.yaml", "")
        ran = project.run("build", ".", "bad/a.yaml", "bad/deep")
        assert ran.exit == 3
        assert ran.stderr.count("unknown-key") == 1
        assert [str(job.spec) for job in pipeline.jobs] == ["good/d.yaml", "bad/deep/c.yaml"]

    def test_the_same_name_in_two_projects_does_not_clash(self, project: Project, pipeline: FakePipeline) -> None:
        for name in ("one", "two"):
            project.write(f"{name}/a.yaml", SPEC)
            project.write(f"{name}/specflow.yaml", "out: made\n")
        assert project.run("build", "one/a.yaml", "two/a.yaml").exit == 0
        ran = project.run("build", "one/a.yaml", "two/a.yaml", "--out", "both")
        assert (ran.exit, ran.stderr.count("output-clash")) == (2, 2)

    def test_new_takes_the_projects_template(self, project: Project) -> None:
        note = project.folder / "templates/note"
        shutil.copytree(ROOT / "tests/errors/templates/note", note)
        project.write("specflow.yaml", "template: note\ntemplates: [templates]\n")
        ran = project.run("new", "specs")
        assert ran.stdout == "wrote  specs/specification.yaml\nwrote  specs/note.schema.json\n"
        assert project.run("check", "specs").exit == 0
        assert project.run("new", ".", "--name", "specflow").exit == 2


class TestJson:
    def test_everything_is_in_one_object(self, project: Project, pipeline: FakePipeline) -> None:
        project.write("1.yaml", "WARN")
        project.write("2.yaml", "INVALID")
        ran = project.run("build", "1.yaml", "2.yaml", "--json")
        told = json.loads(ran.stdout)
        assert ran.stderr == ""
        assert (told["format"], told["command"], told["exit"], ran.exit) == (1, "build", 3, 3)
        good, bad = told["documents"]
        assert (good["spec"], good["ok"], good["exit"]) == ("1.yaml", True, 0)
        assert good["record"] == {"document": {"status": "draft", "version": "0.1"}}
        assert [fault["code"] for fault in good["diagnostics"]] == ["hole"]
        assert (bad["ok"], bad["exit"], bad["record"]) == (False, 3, None)
        assert [(fault["file"], fault["line"]) for fault in bad["diagnostics"]] == [("2.yaml", 2), ("2.yaml", 3)]


class TestPrinting:
    def test_only_severity_words_are_coloured(self) -> None:
        text = diagnostic_text(
            error("bad", "an error[bad] thing", Span(Path("error[bad].yaml"), 1), "mend"), colour=True
        )
        assert text == "error[bad].yaml:1: \x1b[1;31merror\x1b[0m[bad]: an error[bad] thing\n  hint: mend"

    @pytest.mark.parametrize(
        ("env", "is_coloured"),
        [({"TERM": "xterm"}, True), ({"TERM": "dumb"}, False), ({"TERM": "xterm", "NO_COLOR": "1"}, False)],
    )
    def test_colour_is_for_terminals_that_want_it(
        self, env: dict[str, str], is_coloured: bool, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        class Terminal(io.StringIO):
            def isatty(self) -> bool:
                return True

        monkeypatch.delenv("NO_COLOR", raising=False)
        for name, value in env.items():
            monkeypatch.setenv(name, value)
        terminal = Terminal()
        monkeypatch.setattr(sys, "stderr", terminal)
        assert main(["nonsense"]) == 2
        assert ("\x1b[1;31merror\x1b[0m" in terminal.getvalue()) is is_coloured

    def test_no_escape_sequence_reaches_the_terminal(self) -> None:
        text = diagnostic_text(error("bad", "a \x1b[2J\x9b thing", Span(Path("a\rb.yaml"))), colour=False)
        assert text == "a\\x0db.yaml: error[bad]: a \\x1b[2J\\x9b thing"

    def test_paths_below_the_current_folder_are_relative(self, project: Project, tmp_path: Path) -> None:
        below, beside = project.folder / "a/b.yaml", tmp_path / "c.yaml"
        assert diagnostic_text(error("bad", "x", Span(below, 1)), colour=False) == "a/b.yaml:1: error[bad]: x"
        assert diagnostic_text(error("bad", "x", Span(beside)), colour=False) == f"{beside}: error[bad]: x"

    def test_a_reader_that_leaves_is_no_error(self) -> None:
        ran = specflow("schema", stdout=os.open(os.devnull, os.O_RDONLY), stderr=subprocess.PIPE, capture_output=False)
        assert "Traceback" not in ran.stderr
        reading, writing = os.pipe()
        os.close(reading)
        ran = specflow("doctor", stdout=writing, stderr=subprocess.PIPE, capture_output=False)
        os.close(writing)
        assert (ran.stderr, ran.returncode) == ("", 9)

    @pytest.mark.skipif(not Path("/dev/full").exists(), reason="a Linux device")
    def test_a_full_disk_is_reported(self) -> None:
        with Path("/dev/full").open("w") as full:
            ran = specflow("doctor", stdout=full, stderr=subprocess.PIPE, capture_output=False)
        assert "error[output-unwritable]: cannot print" in ran.stderr
        assert ran.returncode == 9

    def test_a_terminal_without_unicode_is_no_error(self, project: Project) -> None:
        project.write("tür—.yaml", "x")
        env = {"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0", "LC_ALL": "C", "PYTHONCOERCECLOCALE": "0"}
        ran = specflow("build", "tür", cwd=project.folder, env=env)
        assert "Traceback" not in ran.stderr
        assert ran.returncode == 9


class TestMain:
    def test_a_bug_is_a_traceback_and_exit_1(self, project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
        def fails(*_: object) -> ExitCode:
            raise ZeroDivisionError

        monkeypatch.setattr(doctor, "run", fails)
        ran = project.run("doctor")
        assert ran.exit == 1
        assert "Traceback" in ran.stderr
        assert ran.stderr.endswith("what `specflow doctor` prints\n")

    def test_ctrl_c_ends_a_running_build(self, project: Project) -> None:
        os.mkfifo(project.folder / "endless.yaml")  # reading it waits for a writer that never writes
        command = [sys.executable, "-m", "specflow", "build", "endless.yaml"]
        env = {**os.environ, "PYTHONPATH": str(ROOT)}
        running = subprocess.Popen(command, cwd=project.folder, env=env, stderr=subprocess.PIPE, text=True)
        writing = open_when_read(project.folder / "endless.yaml")
        for _ in range(5):  # Python loses an interrupt that arrives inside a callback; a person presses again
            running.send_signal(signal.SIGINT)
            with contextlib.suppress(subprocess.TimeoutExpired):
                running.wait(timeout=6)
                break
        _, told = running.communicate(timeout=10)
        os.close(writing)
        assert (running.returncode, told) == (130, "interrupted; nothing half-written was left\n")

    def test_module_and_command_are_the_same(self) -> None:
        assert specflow("--help").stdout.startswith("usage: specflow ")


class TestNew:
    def test_writes_a_spec_that_checks(self, project: Project) -> None:
        ran = project.run("new", "my specs", "--name", "ledger")
        assert ran.exit == 0, ran.text
        assert ran.stdout == "wrote  my specs/ledger.yaml\nwrote  my specs/technical-specification.schema.json\n"
        assert ran.stderr == "next:\n  specflow check 'my specs/ledger.yaml'\n  specflow build 'my specs/ledger.yaml'\n"
        assert project.run("check", "my specs").exit == 0

    def test_the_starter_refers_to_the_schema_beside_it(self, project: Project) -> None:
        project.run("new", ".")
        first = (project.folder / "specification.yaml").read_text("utf-8").partition("\n")[0]
        assert first == "# yaml-language-server: $schema=technical-specification.schema.json"
        schema = (project.folder / "technical-specification.schema.json").read_text("utf-8")
        assert schema == project.run("schema").stdout

    def test_never_overwrites_unless_forced(self, project: Project) -> None:
        mine = project.write("specification.yaml", "mine")
        ran = project.run("new", ".")
        assert ran.exit == 9
        assert ran.stderr.startswith("specification.yaml: error[file-exists]: ")
        assert mine.read_text("utf-8") == "mine"
        assert [path.name for path in project.folder.iterdir()] == ["specification.yaml"]
        assert project.run("new", ".", "--force").exit == 0
        assert mine.read_text("utf-8") != "mine"
        assert len(list(project.folder.iterdir())) == 2

    def test_a_second_spec_shares_the_schema(self, project: Project) -> None:
        project.run("new", ".")
        ran = project.run("new", ".", "--name", "second.yaml")
        assert ran.stdout == "wrote  second.yaml\n"

    @pytest.mark.parametrize("name", ["a/b", "..", ".yaml", "", "-x", "a\nb", "c:d"])
    def test_names_that_are_no_file_name(self, name: str, project: Project) -> None:
        ran = project.run("new", ".", f"--name={name}")
        assert ran.exit == 2
        assert not list(project.folder.iterdir())

    def test_a_file_in_the_folders_place(self, project: Project) -> None:
        project.write("taken", "x")
        ran = project.run("new", "taken/deeper")
        assert ran.exit == 9
        assert "Traceback" not in ran.stderr


class TestSchema:
    def test_is_sorted_and_stable(self, project: Project) -> None:
        ran = project.run("schema")
        assert (ran.exit, ran.stderr) == (0, "")
        assert ran.stdout == json.dumps(json.loads(ran.stdout), indent=2, sort_keys=True) + "\n"
        assert ran.stdout == project.run("schema", "technical-specification").stdout


class TestDoctor:
    def test_all_is_well_here(self, project: Project) -> None:
        ran = project.run("doctor")
        assert ran.exit == 0, ran.stdout
        extras = "|".join(pack.name for pack in PACKS)
        needed = [line for line in ran.stdout.splitlines() if not re.search(rf" (?:{extras}) |specflow\[fonts\]", line)]
        assert {line.split()[0] for line in needed} == {"ok"}

    def test_fonts_that_are_not_installed_are_named_with_what_they_are_for(
        self, project: Project, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("specflow.fonts.catalogue.releases", dict)
        ran = project.run("doctor")
        assert ran.exit == 0
        line = r"^missing +fonts-cjk .*: Chinese, Japanese, Korean\n +mend it with: .*specflow\[fonts\]"
        assert re.search(line, ran.stdout, re.MULTILINE)

    def test_libraries_are_those_of_the_package(self) -> None:
        project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
        assert {f"{name}>={oldest}" for name, (_, oldest) in doctor.LIBRARIES.items()} == set(project["dependencies"])

    def test_a_missing_library_is_a_line_not_a_crash(self, project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(doctor.LIBRARIES, "no-such-library", ("no_such_library", "1.0"))
        ran = project.run("doctor")
        assert ran.exit == 8
        assert "missing  no-such-library   not installed\n" in ran.stdout
        assert "mend it with: python -m pip install 'no-such-library>=1.0'" in ran.stdout

    def test_a_broken_library_is_a_line_not_a_crash(self, project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(sys.modules, "yaml", None)
        told = json.loads(project.run("doctor", "--json").stdout)
        (broken,) = [check for check in told["checks"] if not check["ok"]]
        assert broken["name"] == "pyyaml"
        assert told["exit"] == 8

    def test_an_old_pandoc_is_missing(self, project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
        old = project.write("pandoc", "#!/bin/sh\necho pandoc 2.19\n")
        old.chmod(0o755)
        monkeypatch.setattr("specflow.tools.pandoc.find_pandoc", lambda: old)
        ran = project.run("doctor")
        assert ran.exit == 8
        assert re.search(r"^missing +pandoc +2\.19 ", ran.stdout, re.MULTILINE)

    def test_nothing_installed_at_all(self, tmp_path: Path) -> None:
        """Without its libraries (python -S has none) specflow still says what is missing."""
        command = [sys.executable, "-S", "-m", "specflow", "doctor"]
        ran = subprocess.run(
            command, env={"PYTHONPATH": str(ROOT)}, cwd=tmp_path, capture_output=True, text=True, check=False
        )
        assert (ran.returncode, ran.stderr) == (8, "")
        missing = re.findall(r"^missing +(\S+)", ran.stdout, re.MULTILINE)
        assert set(missing) == {"pandoc", *doctor.LIBRARIES, *(pack.name for pack in PACKS)}


class TestCompletion:
    @pytest.mark.parametrize("shell", ["bash", "zsh", "tcsh"])
    def test_script_names_every_command(self, shell: str, project: Project, require: Callable[[str], Path]) -> None:
        ran = project.run("completion", shell)
        assert ran.exit == 0
        for command in COMMANDS:
            assert command.name in ran.stdout
        if shell == "bash":
            subprocess.run([require("bash"), "-n"], input=ran.stdout, text=True, check=True)

    def test_paths_are_completed_as_files(self, project: Project) -> None:
        script = project.run("completion", "bash").stdout
        for option in (
            "build_pos_0",
            "build__o",
            "build___out",
            "new_pos_0",
            "check___templates",
            "build___data",
            "check___reference",
        ):
            assert re.search(rf"^_shtab_specflow_{option}_COMPGEN=_shtab_compgen_files$", script, re.MULTILINE), option

    def test_unknown_shell(self, project: Project) -> None:
        assert project.run("completion", "fish").exit == 2
