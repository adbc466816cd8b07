"""Nothing that data, a project file or a theme names leads out of the project folder, or makes anybody wait."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from specflow.errors import SpecflowError
from specflow.load import load
from specflow.pictures import Pictures
from specflow.project import find_project
from specflow.svg import SvgRefused, sanitised
from specflow.theme import find_theme
from specflow.tools import raster
from specflow.tools.raster import Raster

HIDDEN = "secret"  # what stands in files that lie outside
OUTSIDE = [
    "/etc/hosts",
    "../outside.FIT",
    "deep/../../outside.FIT",
    "./././../outside.FIT",
    "link.FIT",
    "links/outside.FIT",
    "loop.FIT",
    "pipe.FIT",
    "%2e%2e/outside.FIT",
    "..%2foutside.FIT",
    "..%5coutside.FIT",
    "..\\outside.FIT",
    "C:\\outside.FIT",
    "C:outside.FIT",
    "\\\\host\\share\\outside.FIT",
    "//host/share/outside.FIT",
    "file:///etc/hosts",
    "file:outside.FIT",
    "http://127.0.0.1:9/x.FIT",
    "https://127.0.0.1:9/x.FIT",
    "ftp://127.0.0.1:9/x.FIT",
    "data:text/plain,x",
    "~/outside.FIT",
    "~root/outside.FIT",
    "$HOME/outside.FIT",
    "outside.FIT\0",
    "x" * 300 + ".FIT",
    "a/" * 3000 + "x.FIT",
    "",
    " ",
    ".",
    "..",
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A project folder with links that lead out of it, beside a file that nobody may read."""
    made = tmp_path / "project"
    (made / "deep").mkdir(parents=True)
    (made / "links").symlink_to("..")
    for suffix in ("yaml", "md", "csv", "png", "svg", "docx"):
        (tmp_path / f"outside.{suffix}").write_text(f"{HIDDEN}: {HIDDEN}\n", "utf-8")
        (made / f"link.{suffix}").symlink_to(f"../outside.{suffix}")
        (made / f"loop.{suffix}").symlink_to(f"loop.{suffix}")
        os.mkfifo(made / f"pipe.{suffix}")
    return made


def quoted(name: str) -> str:
    return '"' + name.replace("\\", "\\\\").replace("\0", "\\0") + '"'


def refused(act: Callable[[], object]) -> str:
    """Return the codes of what was refused; nothing of the secret is told."""
    with pytest.raises(SpecflowError) as caught:
        act()
    assert all(fault.hint and fault.span for fault in caught.value.diagnostics)
    assert HIDDEN not in str(caught.value)
    return " ".join(fault.code for fault in caught.value.diagnostics)


@pytest.mark.parametrize("name", OUTSIDE, ids=lambda name: repr(name)[:30])
@pytest.mark.parametrize("suffix", ["yaml", "md", "csv"])
def test_includes(name: str, suffix: str, folder: Path) -> None:
    spec = folder / "spec.yaml"
    spec.write_text(f"a: !include {quoted(name.replace('FIT', suffix))}\n", "utf-8")
    codes = refused(lambda: load(spec))
    assert codes in ("file-outside", "file-missing", "file-is-folder", "file-missing yaml-character")


@pytest.mark.parametrize("name", OUTSIDE, ids=lambda name: repr(name)[:30])
def test_layers(name: str, folder: Path) -> None:
    spec = folder / "spec.yaml"
    spec.write_text(f"extends: [{quoted(name.replace('FIT', 'yaml'))}]\na: b\n", "utf-8")
    assert {*refused(lambda: load(spec)).split()} <= {
        "file-outside",
        "file-missing",
        "file-is-folder",
        "yaml-character",
    }


@pytest.mark.parametrize("name", OUTSIDE, ids=lambda name: repr(name)[:30])
@pytest.mark.parametrize("suffix", ["png", "svg"])
def test_pictures(name: str, suffix: str, folder: Path) -> None:
    found = Pictures(folder).fetch(name.replace("FIT", suffix))
    assert isinstance(found, str), "a picture came from outside"
    assert HIDDEN not in found


@pytest.mark.parametrize("name", [name for name in OUTSIDE if name.strip()], ids=lambda name: repr(name)[:30])
@pytest.mark.parametrize("key", ["reference: {}", "layers: [{}]", "templates: [{}]", "theme: {}", "out: {}"])
def test_project_files(name: str, key: str, folder: Path) -> None:
    if (key.startswith("out") and name in HARMLESS_FOLDERS) or (key.startswith("templates") and name == "."):
        pytest.skip("a folder of the project may have any name")
    (folder / "specflow.yaml").write_text(key.format(quoted(name.replace("FIT", "docx"))) + "\n", "utf-8")
    refused(lambda: find_project(folder / "spec.yaml"))


HARMLESS_FOLDERS = {
    name
    for name in OUTSIDE
    if name.startswith(
        ("%", "..%", "file:", "http", "ftp", "data:", "~", "$", "C:", "\\", "..\\", "x", "a/", "pipe", "loop")
    )
} | {"."}


@pytest.mark.parametrize("name", OUTSIDE, ids=lambda name: repr(name)[:30])
def test_logos(name: str, folder: Path) -> None:
    (folder / "house").mkdir()
    logo = quoted(name.replace("FIT", "png"))
    text = f"extends: default\nlogo: {{file: {logo}, width: 20, alt: X}}\n"
    (folder / "house" / "theme.yaml").write_text(text, "utf-8")
    refused(lambda: find_theme("house", folder))


SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 99 99" width="99" height="99">{}</svg>'
RECT = '<rect width="99" height="99" {}/>'


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ('<filter id="f"><feTurbulence numOctaves="10000"/></filter>', "too much work"),
        ('<filter id="f"><feTurbulence numOctaves="1e4"/></filter>', "too much work"),
        ('<filter id="f"><feMorphology radius="400"/></filter>', "too much work"),
        ('<filter id="f"><feMorphology radius="1 400"/></filter>', "too much work"),
        ('<filter id="f"><feConvolveMatrix order="100"/></filter>', "too much work"),
        ('<filter id="f"><feGaussianBlur stdDeviation="9999"/></filter>', "too much work"),
        ('<filter id="f">' + '<feGaussianBlur stdDeviation="9"/>' * 51 + "</filter>", "more than 50 steps"),
        *(
            (
                "<defs>"
                + "".join(
                    f'<{kind} id="m{at}">{RECT.format(f"{use}=" + chr(34) + f"url(#m{at + 1})" + chr(34)) * 5}</{kind}>'
                    for at in range(12)
                )
                + "</defs>",
                "unfolds to more than 50,000 elements",
            )
            for kind, use in map(str.split, ("mask mask", "pattern fill", "clipPath clip-path", "marker marker-end"))
        ),
        ('<mask id="a">' + RECT.format('style="mask: url(#a)"') + "</mask>", "repeats a part inside itself"),
    ],
)  # fmt: skip
def test_a_drawing_that_is_too_much_work_is_refused(body: str, reason: str) -> None:
    with pytest.raises(SvgRefused, match=reason):
        sanitised(SVG.format(body).encode())


def test_a_usual_filter_is_drawn() -> None:
    shadow = '<filter id="f"><feDropShadow dx="1" dy="1" stdDeviation="2"/></filter>'
    assert sanitised(SVG.format(shadow + RECT.format('filter="url(#f)"')).encode()).data


def test_a_drawing_that_takes_for_ever_is_a_refused_picture(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(raster, "SECONDS", 0.0)
    (folder / "slow.svg").write_text(SVG.format(RECT.format("")), "utf-8")
    answer = Pictures(folder, raster=Raster()).answer({"fetch": "slow.svg"})
    assert answer == "cannot be painted: that takes more than 0 seconds"
