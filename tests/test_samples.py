"""The samples: the broken ones say exactly what is wrong, the others are valid and build."""

from __future__ import annotations

from pathlib import Path

import pytest
from effort import SWEEP
from workbench import Project

from specflow.cli.specs import find_specs

ROOT = Path(__file__).parents[1]
SAMPLES = ROOT / "samples"
LEFT_OUT = ("payments-ledger/payments-ledger", "port-customs/port-customs", "telemetry-gateway/telemetry-gateway")
"""The longest ones."""
INDEX = ["index.csv", "index.html", "index.json"]
BROKEN = SAMPLES / "broken"
SOUND = [
    found.spec.relative_to(SAMPLES).as_posix()
    for found in find_specs([SAMPLES], excluded=[BROKEN])
    if not found.refusal
]


@pytest.mark.parametrize("name", sorted(path.stem for path in BROKEN.glob("*.yaml")))
def test_broken_sample_says_what_is_wrong(name: str, accept: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    ran = Project(ROOT).run("check", f"samples/broken/{name}.yaml")
    expected = BROKEN / f"{name}.expected"
    if accept:
        expected.write_text(ran.text, "utf-8")
    assert ran.text == expected.read_text("utf-8")
    assert ran.exit != 0


def test_every_expectation_has_its_sample() -> None:
    assert {path.stem for path in BROKEN.glob("*.expected")} == {path.stem for path in BROKEN.glob("*.yaml")}
    assert len(list(BROKEN.glob("*.yaml"))) >= 6


@pytest.mark.parametrize("name", SOUND)
def test_sample_is_valid(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    ran = Project(ROOT).run("check", f"samples/{name}")
    assert ran.exit == 0, ran.text


def test_a_folder_of_samples_builds_in_one_go(project: Project) -> None:
    left_out = [SAMPLES / f"{name}.yaml" for name in LEFT_OUT] if SWEEP == 1 else []
    excluded = [word for path in (BROKEN, *left_out) for word in ("--exclude", path)]
    ran = project.run("build", SAMPLES, *excluded, "--out", "out", "--formats", "html")
    assert ran.exit == 0, ran.text
    made = sorted(path.relative_to(project.folder / "out").as_posix() for path in (project.folder / "out").rglob("*.*"))
    built = [name for name in SOUND if SAMPLES / name not in left_out]
    wanted = [f"{name.rpartition('.')[0]}.{suffix}" for name in built for suffix in ("html", "json")]
    assert made == sorted([*INDEX, *wanted])
