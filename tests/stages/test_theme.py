"""The house style is checked like data, can be read, and gives pandoc a whole highlighting theme."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pypandoc
import pytest

from specflow import assets
from specflow.errors import InvalidTemplate
from specflow.theme import bundled_themes, contrast, default_theme, find_theme, highlight_theme, load_theme

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


@pytest.mark.parametrize("name", bundled_themes())
def test_bundled_themes_use_bundled_fonts(name: str, tmp_path: Path) -> None:
    theme = find_theme(name, tmp_path)
    assert theme.name == name
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
        ("title_block: compact", "title_block: poster", "theme-choice", "title_block: poster"),
        ("  tables: auto", "  tables: maybe", "theme-choice", "  tables: maybe"),
        ('classification: ""', "classification: [SECRET]", "theme-line", "classification: [SECRET]"),
        ("logo: none", "logo: {file: no.svg, width: 40, alt: X}", "theme-logo", "logo: {file: no.svg"),
        ('banner_ink: "#FFFFFF"', 'banner_ink: "#335577"', "theme-contrast", 'banner_ink: "#335577"'),
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
    for fault, words in zip(faults, ("muted:", "comment:"), strict=True):
        assert fault.span
        assert fault.span.line
        assert words in text.splitlines()[fault.span.line - 1]


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


def project(folder: Path, **themes: str) -> Path:
    for name, text in themes.items():
        (folder / "themes" / name).mkdir(parents=True)
        (folder / "themes" / name / "theme.yaml").write_text(text, encoding="utf-8")
    return folder


def fault_of(name: str, folder: Path, page_size: str = "") -> tuple[str, str, int | None]:
    """Return code, hint and line of the one fault."""
    with pytest.raises(InvalidTemplate) as caught:
        find_theme(name, folder, page_size=page_size)
    (fault,) = caught.value.diagnostics
    return fault.code, fault.hint or "", fault.span.line if fault.span else None


def test_a_theme_extends_another_by_a_few_keys(tmp_path: Path) -> None:
    text = "extends: civic\ntitle_block: compact\nsizes: {body: 12, headings: [20, 15, 13, 12, 12, 12]}\n"
    theme = find_theme("house", project(tmp_path, house=text))
    civic = find_theme("civic", tmp_path)
    assert (theme.name, theme.title_block, theme.approval) == ("house", "compact", civic.approval)
    assert (theme.sizes.body, theme.sizes.headings[0], theme.sizes.table) == (12, 20, civic.sizes.table)
    assert theme.colours == civic.colours
    assert [path.parent.name for path in theme.files] == ["house", "civic"]


def test_a_chain_of_themes_is_read_from_the_bottom(tmp_path: Path) -> None:
    folder = project(
        tmp_path,
        one="extends: two\nclassification: ONE\n",
        two="extends: default\nclassification: TWO\napproval: front\n",
    )
    theme = find_theme("one", folder)
    assert (theme.classification, theme.approval, theme.page) == ("ONE", "front", default_theme().page)


def test_a_project_may_have_its_own_default(tmp_path: Path) -> None:
    folder = project(tmp_path, default="extends: default\nclassification: OURS\n")
    assert find_theme("", folder).classification == "OURS"


@pytest.mark.parametrize("name", ["themes/house", "themes/house/theme.yaml", "house"])
def test_a_theme_is_named_by_its_name_or_path(name: str, tmp_path: Path) -> None:
    folder = project(tmp_path, house="extends: default\nclassification: X\n")
    assert find_theme(name, folder).classification == "X"


def test_a_theme_that_extends_itself_is_refused(tmp_path: Path) -> None:
    folder = project(tmp_path, one="extends: two\n", two="approval: end\nextends: one\n")
    assert fault_of("one", folder)[0::2] == ("theme-cycle", 2)


def test_a_theme_extends_one_other(tmp_path: Path) -> None:
    folder = project(tmp_path, one="extends: [default, civic]\n", two="extends: defualt\n")
    assert fault_of("one", folder)[0] == "theme-extends"
    code, hint, line = fault_of("two", folder)
    assert (code, line) == ("theme-missing", 1)
    assert "did you mean `default`?" in hint


def test_an_unknown_key_has_a_suggestion_and_a_place(tmp_path: Path) -> None:
    folder = project(tmp_path, one="extends: default\ncolours:\n  inc: '#000000'\n")
    code, hint, line = fault_of("one", folder)
    assert (code, line) == ("theme-unknown-key", 3)
    assert "did you mean `ink`?" in hint


def test_contrast_is_that_of_the_merged_theme(tmp_path: Path) -> None:
    folder = project(tmp_path, one="extends: default\ncolours: {table_header_fill: '#14304F'}\n")
    with pytest.raises(InvalidTemplate) as caught:
        find_theme("one", folder)
    (fault,) = caught.value.diagnostics
    assert fault.code == "theme-contrast"
    assert fault.span
    assert fault.span.file.parent.name == "default"  # where the ink is set that the new fill hides


def test_nothing_leaves_the_project(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "theme.yaml").write_text("extends: default\n", encoding="utf-8")
    folder = tmp_path / "project"
    (folder / "themes").mkdir(parents=True)
    (folder / "themes" / "linked").symlink_to(outside)
    for name in ("../outside", str(outside), "linked"):
        assert fault_of(name, folder)[0] == "theme-outside"
    (folder / "house").mkdir()
    (folder / "house" / "theme.yaml").write_text(
        "extends: default\nlogo: {file: ../secret.png, width: 20, alt: X}\n", encoding="utf-8"
    )
    (folder / "secret.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    assert fault_of("house", folder)[0] == "theme-logo"


def test_a_logo_comes_with_its_bytes(tmp_path: Path) -> None:
    folder = project(tmp_path, house="extends: default\nlogo: {file: a.png, width: 20, alt: Example Ltd}\n")
    (folder / "themes" / "house" / "a.png").write_bytes(b"\x89PNG\r\n\x1a\nx")
    theme = find_theme("house", folder)
    assert theme.logo
    assert (theme.logo.mime, theme.logo.width, theme.logo.alt) == ("image/png", 20, "Example Ltd")
    assert theme.files[-1].name == "a.png"
    (folder / "themes" / "house" / "a.png").write_bytes(b"GIF89a")
    assert fault_of("house", folder)[0] == "theme-logo"


def test_the_size_of_paper_can_be_chosen_apart(tmp_path: Path) -> None:
    theme = find_theme("", tmp_path, page_size="Letter")
    assert (theme.page.size, theme.page.width) == ("letter", 215.9)
    assert fault_of("", tmp_path, page_size="A5")[0] == "page-size"
