"""The content digest: what it depends on, what it does not, and that anybody can compute it again."""

from __future__ import annotations

import hashlib
import json
import math
import os
import shutil
import time
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from memos import TEMPLATES, Memo

from specflow import assets
from specflow.model import Job
from specflow.pipeline import build
from specflow.signoff.canonical import canonical, digest_of
from specflow.signoff.pictures import named_pictures
from specflow.tools.kit import Tools

PNG = b"\x89PNG\r\n\x1a\n"


def independent(record: dict[str, Any], spec: Path) -> str:
    """Compute the digest as docs/sign-off.md says, with nothing of specflow: from record, data and files."""

    def sha(value: Any) -> str:
        text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()

    def files(folder: Path) -> dict[str, str]:
        found = (path for path in folder.rglob("*") if path.is_file())
        return {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in found}

    data = yaml.load(spec.read_text("utf-8"), yaml.BaseLoader)  # noqa: S506  (it makes texts alone)
    del data["status"]
    for role in data["approvals"]:
        for key in ("approval", "date", "comment"):
            role.pop(key, None)
        for key in {"required", "in_sequence"} & set(role):
            role[key] = role[key] == "yes"
    parts = dict(record["signoff"]["parts"])
    parts["data"] = {
        name: sha(value)
        for key, below in data.items()
        for name, value in (
            {f"{key}.{inner}": value for inner, value in below.items()} if isinstance(below, dict) else {key: below}
        ).items()
    }
    parts["template"] = {name: hashed for name, hashed in files(TEMPLATES / "memo").items() if name != "starter.yaml"}
    parts["layouts"] = files(assets.templates() / "layouts")
    parts["filters"] = files(assets.filters())
    return f"sf1:{sha({group: sha(names) for group, names in parts.items()})}"


def test_an_auditor_can_compute_it_again(memo: Memo, tools: Tools) -> None:
    made = build(memo.job, tools, lambda _: None)
    record = json.loads(made.path.read_bytes())
    assert record["signoff"]["digest"] == independent(record, memo.path)
    assert record["tools"]["pandoc"] == record["signoff"]["parts"]["tools"]["pandoc"]


def test_it_does_not_depend_on_folders_and_times(memo: Memo, tmp_path: Path) -> None:
    other = tmp_path / "elsewhere" / "deep"
    other.mkdir(parents=True)
    shutil.copy(memo.path, other / "memo.yaml")
    os.utime(other / "memo.yaml", (0, 0))
    again = Memo(other / "memo.yaml", memo.pandoc)
    before = memo.stand()[1].digest
    time.sleep(0.01)
    assert again.stand()[1].digest == before


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("status: review", "status: draft"),
        ("status: review", "status: superseded"),
        (
            "    name: Ann Ex\n",
            "    name: Ann Ex\n    approval: Approved\n    date: 2026-11-22\n    comment: All well\n",
        ),
        ("title: Keep", "# a remark\ntitle:   Keep"),
    ],
)
def test_it_leaves_out_status_decisions_and_spelling(memo: Memo, old: str, new: str) -> None:
    before = memo.stand()[1].digest
    memo.edit((old, new))
    assert memo.stand()[1].digest == before


def test_it_does_not_depend_on_the_ledger(memo: Memo) -> None:
    before = memo.stand()[1]
    memo.decide("Author", "Nora Lind")
    after = memo.stand()[1]
    assert (after.digest, after.parts) == (before.digest, before.parts)
    assert (before.entries, after.entries) == (0, 2)


@pytest.mark.parametrize(
    ("old", "new", "changed"),
    [
        ("kept for 35 days, then", "kept for 36 days, then", "decision"),
        ("days: 35,", "days: 36,", "limits.days"),
        ("copies: 3", "copies: 3.0", "limits.copies"),
        ('version: "1.0"', 'version: "1.1"', "version"),
        ("    name: Ann Ex\n", "    name: Ann Why\n", "approvals"),
        ("    required: no\n", "", "approvals"),
        ("date: 2026-11-20\n", "date: 2026-11-21\n", "date"),
        ("title: Keep", "title: keep", "title"),
        ("review: 2027-11-20\n", "", "review"),
    ],
)
def test_every_value_counts_and_is_named(memo: Memo, old: str, new: str, changed: str) -> None:
    memo.decide("Author", "Nora Lind")
    memo.edit((old, new))
    role = memo.stand()[1].roles[0]
    assert (str(role.state), role.changed) == ("stale", (changed,))


def test_theme_language_and_word_file_count(memo: Memo, tmp_path: Path) -> None:
    memo.decide("Author", "Nora Lind")
    reference = tmp_path / "house.docx"
    reference.write_bytes(b"PK")

    def changed(**settings: Any) -> tuple[str, ...]:
        return memo.stand(**settings)[1].roles[0].changed

    assert changed() == ()
    assert changed(page_size="letter") == ("theme/page",)
    assert changed(theme="civic") == ("theme",)
    assert changed(language="de")[:2] == ("language/tag", "language/labels")
    assert changed(reference=reference) == ("word/reference",)
    assert changed(attach_source=True) == ()


def test_the_template_counts_but_not_its_starter(memo: Memo, tmp_path: Path) -> None:
    own = tmp_path / "templates"
    shutil.copytree(TEMPLATES, own)
    memo.decide("Author", "Nora Lind")

    def changed() -> tuple[str, ...]:
        from specflow.pipeline import stand

        return (
            stand(Job(memo.path, memo.path.parent, templates=(own,)), memo.pandoc, lambda _: None)[1].roles[0].changed
        )

    (own / "memo" / "starter.yaml").write_text("template: memo\nnumber: M-1\n", "utf-8")
    assert changed() == ()
    body = own / "memo" / "body.md.j2"
    body.write_text(body.read_text("utf-8").replace("## Decision", "## Decided"), "utf-8")
    assert changed() == ("template/body.md.j2",)


def test_tools_are_told_with_both_versions(memo: Memo, monkeypatch: pytest.MonkeyPatch) -> None:
    memo.decide("Author", "Nora Lind")
    version = memo.pandoc.find_version()
    monkeypatch.setattr(memo.pandoc, "version", "99.1")
    assert memo.stand()[1].roles[0].changed == (f"pandoc {version} → 99.1",)


@pytest.mark.parametrize(
    "image",
    [
        "![Plan](plan.png)",
        '![Plan](<plan.png> "A plan")',
        "![Plan](plan.png 'A plan'){width=50%}",
        "![Plan](p&#108;an.png)",
        "![Plan](pl%61n.png)",
        "![Plan](./plan\\.png)",
        "![Plan][p]\n\n[p]: plan.png",
        "![Plan (a [deep] one)](plan.png)",
    ],
)
def test_pictures_count_however_they_are_named(tmp_path: Path, image: str) -> None:
    (tmp_path / "plan.png").write_bytes(PNG + b"one")
    (tmp_path / "notes.txt").write_bytes(b"no picture")
    first = named_pictures([f"Look: {image} and [this](notes.txt)."], tmp_path)
    assert first == {"plan.png": hashlib.sha256(PNG + b"one").hexdigest()}


def test_pictures_outside_of_the_project_do_not_count(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    (tmp_path / "plan.png").write_bytes(PNG)
    (home / "link.png").symlink_to(tmp_path / "plan.png")
    assert named_pictures(["![a](../plan.png) ![b](link.png) ![c](\0.png) ![d](" + "x" * 5000 + ")"], home) == {}


# The canonical form


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"b": 1, "a": [True, None, "x"]}, '{"a":[true,null,"x"],"b":1}'),
        ({"\ufb33": 1, "\U0001f600": 2}, '{"\U0001f600":2,"\ufb33":1}'),  # by UTF-16, not by code point
        ('\u20ac$\x0f\nA\'B"\\"/', '"\u20ac$\\u000f\\nA\'B\\"\\\\\\"/"'),
        ([10.0, 4.5, 2e-3, -0.0, 1e20], "[10,4.5,0.002,0,100000000000000000000]"),
    ],
)
def test_the_canonical_form_is_that_of_rfc_8785(value: Any, text: str) -> None:
    assert canonical(value).decode() == text


@pytest.mark.parametrize("value", [math.nan, math.inf, 1e300, 1e-9, {1, 2}])
def test_what_has_no_canonical_form_is_refused(value: Any) -> None:
    with pytest.raises(ValueError, match="no canonical form"):
        canonical(value)


JSON = st.recursive(
    st.none() | st.booleans() | st.text(max_size=8) | st.integers(-(10**6), 10**6),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=12,
)


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(JSON)
def test_the_order_of_members_does_not_count(value: Any) -> None:
    def turned(node: Any) -> Any:
        if isinstance(node, dict):
            return {key: turned(node[key]) for key in reversed(node)}
        return [turned(inner) for inner in node] if isinstance(node, list) else node

    assert digest_of(value) == digest_of(turned(value))
    assert json.loads(canonical(value)) == value
