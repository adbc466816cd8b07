"""The preview: what its session shows, and what its server gives to whom."""

from __future__ import annotations

import http.client
import json
import signal
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from folder import Folder

from specflow.model import Format, Job
from specflow.preview.server import Server
from specflow.preview.session import Session, Shown
from specflow.project import find_project
from specflow.watch import Watch, with_folders


@pytest.fixture
def session(folder: Folder) -> Iterator[Session]:
    spec = folder.note("a", "First words.")

    def find_job(out: Path) -> Job:
        project = find_project(spec)
        return Job(spec, out, templates=project.templates, settings=project.settings)

    with Session(spec, find_job) as made:
        yield made


@pytest.fixture
def server(session: Session) -> Iterator[Server]:
    with Server(session) as made:
        yield made


def ask(server: Server, path: str, host: str | None = None, method: str = "GET") -> tuple[int, dict[str, str], bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=60)
    connection.request(method, path, headers={"Host": host} if host else {})
    answer = connection.getresponse()
    found = answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
    connection.close()
    return found


def test_a_fault_leaves_the_last_good_edition(folder: Folder, session: Session) -> None:
    before = sorted(path.relative_to(folder.path) for path in folder.path.rglob("*"))
    good = session.rebuild()
    assert (good.edition, good.is_good) == (1, True)
    assert b"First words." in good.html
    spec = folder.path / "specs" / "a.yaml"
    text = spec.read_text("utf-8")
    spec.write_text(text.replace("version:", "verson:"), "utf-8")
    bad = session.rebuild()
    assert (bad.edition, bad.html, bad.is_good) == (1, good.html, False)
    told = bad.as_json()["diagnostics"]
    assert (told[0]["code"], told[0]["line"]) == ("unknown-key", 3)
    assert dict(told[0]["lines"])[3].startswith("verson:")
    spec.write_text(f"{text}# a comment\n", "utf-8")
    same = session.rebuild()
    assert (same.edition, same.is_good) == (1, True), "what looks the same is not loaded again"
    assert sorted(path.relative_to(folder.path) for path in folder.path.rglob("*")) == before, "nothing is written"
    assert {spec, spec.parent, folder.path / "templates" / "note" / "body.md.j2"} <= session.inputs.paths


def test_it_is_told_of_each_state(session: Session) -> None:
    came: list[Shown | None] = []
    waiting = threading.Thread(target=lambda: came.append(session.wait(0, 60)))
    waiting.start()
    session.rebuild()
    waiting.join(60)
    assert [one.number for one in came if one] == [1]
    assert session.wait(1, 0.01) is None


def test_the_server_gives_what_there_is_and_nothing_else(server: Server, session: Session) -> None:
    session.rebuild()
    here = urlsplit(server.url).path
    status, fields, page = ask(server, here)
    assert (status, fields["content-type"]) == (200, "text/html; charset=utf-8")
    assert "frame-ancestors 'none'" in fields["content-security-policy"]
    assert b"preview.js" in page
    assert ask(server, here[:-1])[1]["location"] == here
    status, fields, edition = ask(server, f"{here}edition/1")
    assert edition == session.shown.html
    assert fields["content-security-policy"].startswith("default-src 'none'; style-src")
    assert "script-src" not in fields["content-security-policy"]
    status, fields, docx = ask(server, f"{here}docx")
    assert (status, docx[:2]) == (200, b"PK")
    assert fields["content-disposition"] == "attachment; filename*=UTF-8''a.docx"
    for path in ("/", here[:-2] + "x/", f"{here}nothing", f"{here}../a.yaml", f"{here}..%2Fa.yaml", f"{here}html"):
        assert ask(server, path)[0] == 404, path
    assert ask(server, here, method="POST")[0] == 501
    assert ask(server, here, method="PUT")[0] == 501


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1", "evil.example:80"])
def test_another_name_is_refused(host: str, server: Server) -> None:
    assert ask(server, urlsplit(server.url).path, host)[0] == 421


def test_it_listens_to_this_machine_alone_under_a_secret(server: Server) -> None:
    assert server.server_address[0] == "127.0.0.1"
    assert len(server.token) >= 32


def test_an_edition_that_cannot_be_made_says_why(folder: Folder, server: Server) -> None:
    folder.note("a", "A [](#nowhere) reference.")
    status, _, told = ask(server, f"{urlsplit(server.url).path}{Format.PDF}")
    assert status == 409
    assert b"reference-unresolved" in told


def test_events_are_json(server: Server, session: Session) -> None:
    session.rebuild()
    connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=60)
    connection.request("GET", f"{urlsplit(server.url).path}events")
    answer = connection.getresponse()
    assert answer.getheader("Content-Type") == "text/event-stream"
    line = answer.readline().decode()
    assert json.loads(line.removeprefix("data: "))["edition"] == 1
    connection.close()


def test_changes_are_seen(tmp_path: Path) -> None:
    file, other = tmp_path / "a", tmp_path / "b"
    file.write_text("1", "utf-8")
    watch = Watch(with_folders([file, other]))
    assert not watch.changed()
    other.write_text("1", "utf-8")
    assert watch.changed()
    file.write_text("22", "utf-8")
    watch.renew([file])
    assert watch.changed(), "a change that nobody has asked for is not lost"
    assert not watch.changed()


def test_a_folder_is_built_again_as_it_changes(folder: Folder) -> None:
    spec = folder.note("a")
    running = subprocess.Popen(
        folder.command("build", "specs", "-j", "1", "--watch"),
        cwd=folder.path,
        env=folder.environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=_interruptible,
    )
    assert running.stdout
    assert running.stderr
    try:
        assert running.stdout.readline().startswith("built  a")
        assert running.stderr.readline() == "watching; Ctrl-C ends it\n"
        text = spec.read_text("utf-8")
        spec.write_text(text.replace("version:", "verson:"), "utf-8")
        assert "error[unknown-key]" in running.stderr.readline()
        spec.write_text(text.replace("Some words.", "Other words."), "utf-8")
        assert running.stdout.readline().startswith("built  a")
        assert b"Other words." in (folder.path / "out" / "a.html").read_bytes()
        folder.note("b")
        assert running.stdout.readline().startswith("built  b"), "what has not changed is not reported"
    finally:
        running.send_signal(signal.SIGINT)
        running.communicate(timeout=60)
    assert running.returncode == 130


def _interruptible() -> None:
    signal.signal(signal.SIGINT, signal.default_int_handler)
