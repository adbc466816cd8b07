"""The house style is checked like data, can be read, and gives pandoc a whole highlighting theme."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pypandoc
import pytest

from specflow import assets
from specflow.errors import InvalidTemplate
from specflow.theme import contrast, default_theme, highlight_theme, load_theme

DEFAULT = (assets.templates() / "themes" / "default" / "theme.yaml").read_text(encoding="utf-8")


def refused(folder: Path, text: str | bytes) -> InvalidTemplate:
    path = folder / "theme.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(InvalidTemplate) as caught:
        load_theme(path)
    for diagnostic in caught.value.diagnostics:
        assert diagnostic.span is not None
        assert diagnostic.span.file == path
        assert diagnostic.hint
    return caught.value


def test_the_default_theme_is_a4_with_the_bundled_fonts() -> None:
    theme = default_theme()
    assert (theme.page.width, theme.page.height) == (210, 297)
    assert theme.fonts.body.css == '"Liberation Sans", "Arial", "Helvetica", sans-serif'
    bundled = {path.stem.split("-")[0] for path in (assets.templates() / "fonts").glob("*.ttf")}
    for font in (theme.fonts.body, theme.fonts.headings, theme.fonts.mono):
        assert font.family.replace(" ", "") in bundled


def test_contrast_is_that_of_wcag() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)
    assert contrast("#FFFFFF", "#777777") == contrast("#777777", "#FFFFFF")


def test_highlighting_names_every_token_type_of_pandoc() -> None:
    made = subprocess.run(
        [pypandoc.get_pandoc_path(), "--print-highlight-style", "pygments"], capture_output=True, check=True
    )
    known = json.loads(made.stdout)
    ours = highlight_theme(default_theme())
    assert set(known["text-styles"]) <= set(ours["text-styles"])
    assert set(ours) == set(known)
    for style in ours["text-styles"].values():
        assert contrast(style["text-color"], ours["background-color"]) >= 4.5


def test_pandoc_takes_the_highlighting(tmp_path: Path) -> None:
    theme = tmp_path / "house.theme"
    theme.write_text(json.dumps(highlight_theme(default_theme())), encoding="utf-8")
    source = "```python\nif x: pass  # why\n```\n"
    made = subprocess.run(
        [pypandoc.get_pandoc_path(), "-s", "-t", "html", "--highlight-style", str(theme), "-M", "title=x"],
        input=source.encode(),
        capture_output=True,
        check=True,
    )
    keyword = default_theme().highlight.keyword
    assert f"code span.cf {{ color: {keyword.colour.lower()}; font-weight: bold; }}" in made.stdout.decode()


@pytest.mark.parametrize(
    ("old", "new", "code", "line"),
    [
        ("  body: 10\n", "  body: ten\n", "theme-length", "  body: ten"),
        ("  body: 10\n", "  body: -3\n", "theme-length", "  body: -3"),
        ("  body: 10\n", "  body: nan\n", "theme-length", "  body: nan"),
        ("  body: 10\n", "  body: [10]\n", "theme-length", "  body: [10]"),
        ('  ink: "#1C2128"\n', "  ink: navy\n", "theme-colour", "  ink: navy"),
        ('  ink: "#1C2128"\n', '  ink: "#1C212"\n', "theme-colour", '  ink: "#1C212"'),
        ("  size: A4 ", "  size: A5 ", "theme-choice", "  size: A5 "),
        ("page:\n", "page:\n  bleed: 3\n", "theme-unknown-key", "  bleed: 3"),
        ("page:\n", "page:\n  top: 20\n", "theme-duplicate-key", "  top: 27"),
        ("    word: Arial\n", '    word: Ari"al\n', "theme-font", '    word: Ari"al'),
        ("headings: [16, 13, 11.5, 10.5, 10, 10]", "headings: [16, 13]", "theme-list", "headings: [16, 13]"),
        ('["#14304F", bold]', '["#14304F", heavy]', "theme-choice", "heavy"),
        ('keyword: ["#14304F", bold]', 'keyword: "#14304F"', "theme-token", 'keyword: "#14304F"'),
    ],
)
def test_a_fault_is_told_with_its_place(tmp_path: Path, old: str, new: str, code: str, line: str) -> None:
    assert old in DEFAULT
    text = DEFAULT.replace(old, new, 1)
    (fault,) = refused(tmp_path, text).diagnostics
    assert fault.code == code
    assert fault.span is not None
    assert fault.span.line is not None
    assert line in text.splitlines()[fault.span.line - 1]


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    text = DEFAULT.replace("  left: 25\n", "").replace("  title: 24\n", "  title: big\n").replace('"#B7C1CC"', "grey")
    codes = [diagnostic.code for diagnostic in refused(tmp_path, text).diagnostics]
    assert codes == ["theme-missing-key", "theme-length", "theme-colour"]


def test_text_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    text = DEFAULT.replace('muted: "#56606B"', 'muted: "#9AA4AF"').replace('comment: ["#5B6570"', 'comment: ["#99AABB"')
    faults = refused(tmp_path, text).diagnostics
    assert {fault.code for fault in faults} == {"theme-contrast"}
    assert ["colours.muted" in faults[0].message, "highlight.comment" in faults[1].message] == [True, True]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (b"", "theme-empty"),
        (b"page: [", "theme-syntax"),
        (b"- a\n", "theme-mapping"),
        (b"page: \xff\n", "theme-encoding"),
        (b"a: 1\n---\nb: 2\n", "theme-syntax"),
    ],
)
def test_what_is_not_a_theme_is_refused(tmp_path: Path, text: bytes, code: str) -> None:
    (fault,) = refused(tmp_path, text).diagnostics
    assert fault.code == code
