"""Folders of tiny documents, and specflow run on them as a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from specflow.model import Job

ROOT = Path(__file__).parents[1]

_TEMPLATE = {
    "manifest.yaml": """\
title: Note
description: A template for tests.
body: body.md.j2
schema: schema.json
starter: starter.yaml
identity: {id: id, version: version, status: status, date: date}
front_matter: [{key: id, label: ID}]
statuses: {draft: [draft], approved: [approved]}
checks: []
filters: [own.lua]
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
    "body.md.j2": "# Note {{ id }}\n\n## Text\n\n{{ text }}\n",
    "starter.yaml": "template: note\nstatus: draft\n",
    "own.lua": """\
function Str(str)
  if str.text == 'KILL' then os.exit(3) end
  if str.text == 'LOOP' then while true do end end
end
""",
}


@dataclass(frozen=True)
class Folder:
    """A project of notes, each in HTML alone; a word KILL ends pandoc, and LOOP keeps it busy for ever."""

    path: Path

    def note(self, name: str, text: str = "Some words.") -> Path:
        spec = self.path / "specs" / f"{name}.yaml"
        spec.parent.mkdir(exist_ok=True)
        spec.write_text(
            f"template: note\nid: N-{name}\nversion: '1.0'\nstatus: review\ndate: 2026-11-23\n"
            f"text: {json.dumps(text)}\n",
            "utf-8",
        )
        return spec

    def job(self, name: str, text: str = "Some words.") -> Job:
        from specflow.project import find_project

        spec = self.note(name, text)
        project = find_project(spec)
        return Job(spec, self.path / "out", project.formats, project.templates, project.settings)

    def command(self, *words: str) -> list[str]:
        return [sys.executable, "-m", "specflow", *words]

    def environment(self) -> dict[str, str]:
        return {**os.environ, "PYTHONPATH": str(ROOT)}

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self.command(*words), cwd=self.path, env=self.environment(), capture_output=True, text=True, check=False
        )


def make(path: Path) -> Folder:
    """Return a folder with a project and the template of notes."""
    template = path / "templates" / "note"
    template.mkdir(parents=True)
    for name, content in _TEMPLATE.items():
        (template / name).write_text(content, "utf-8")
    (path / "specflow.yaml").write_text("templates: [templates]\nformats: [html]\n", "utf-8")
    return Folder(path)
