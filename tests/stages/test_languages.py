"""Languages: found by tag, checked with places; templates say their own words in them; dates and holes follow."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest

from specflow import assets
from specflow.diagnostics import Diagnostic, Span
from specflow.errors import InvalidData, InvalidTemplate
from specflow.languages import find_language, language_names, language_tag
from specflow.languages.phrases import JOINT, phrases_of, translated
from specflow.languages.translation import in_language, template_phrases
from specflow.load import load
from specflow.merge import merge
from specflow.model import KeyPath, Place, Settings, Source, Spec, Template
from specflow.template import editor_schema, find_template
from specflow.validate import validate
from specflow.validate.dates import day_words

KEYS = (Path(__file__).parents[1] / "data" / "keys.yaml").read_text("utf-8")
TAGS = ("ar", "de", "en", "es", "fr", "it", "ja", "zh")
NAME = "technical-specification"

Write = Callable[[str, str], Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """`write(tag, text)` makes a language of the user's own in tmp_path."""

    def written(name: str, text: str) -> Path:
        path = tmp_path / "languages" / f"{name}.yaml"
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, "utf-8")
        return path

    return written


def told(diagnostic: Diagnostic) -> str:
    """Return "line:column code: message | hint"."""
    assert diagnostic.span is not None
    return (
        f"{diagnostic.span.line}:{diagnostic.span.column} {diagnostic.code}: {diagnostic.message} | {diagnostic.hint}"
    )


def refused(tag: str, folder: Path) -> list[str]:
    with pytest.raises(InvalidTemplate) as caught:
        find_language(tag, (folder,))
    return [told(diagnostic) for diagnostic in caught.value.diagnostics]


# Finding a language


def test_there_are_eight_languages_with_the_same_labels() -> None:
    assert tuple(language_names()) == TAGS
    english = find_language("en")
    for tag in TAGS:
        language = find_language(tag)
        assert (language.tag, language.named) == (tag, True)
        assert language.labels.keys() == english.labels.keys()
        assert language.direction == ("rtl" if tag == "ar" else "ltr")
        assert len(language.quotes) == 4
        assert len(language.months) in (0, 12)


def test_no_two_languages_have_the_same_words() -> None:
    words = {tag: tuple(find_language(tag).labels.values()) for tag in TAGS}
    assert len(set(words.values())) == len(TAGS)
    for tag in set(TAGS) - {"en"}:
        same = [name for name, word in find_language(tag).labels.items() if word == find_language("en").labels[name]]
        assert len(same) <= 10, (tag, same)  # French has "Table", "Version", "Date", "Signature" …


def test_where_nobody_names_a_language_it_is_plain_english() -> None:
    language = find_language("")
    assert (language.tag, language.named, language.hyphenate) == ("en", False, False)
    assert find_language("en").hyphenate


@pytest.mark.parametrize(
    ("tag", "known_as", "name"),
    [
        ("de-AT", "de-AT", "Deutsch"),
        ("DE-at", "de-AT", "Deutsch"),
        ("zh-hans-cn", "zh-Hans-CN", "简体中文"),
        ("EN", "en", "English"),
    ],
)
def test_a_regional_tag_is_read_from_its_language(tag: str, known_as: str, name: str) -> None:
    language = find_language(tag)
    assert (language.tag, language.name) == (known_as, name)


@pytest.mark.parametrize(
    ("tag", "meant"),
    [("Deutsch", "de"), ("dee", "de"), ("de_AT", "de-AT"), ("german", None), ("../../x", None), ("x" * 300, None)],
)
def test_an_unknown_language_is_told_with_those_that_there_are(tag: str, meant: str | None) -> None:
    span = Span(Path("spec.yaml"), 2, 11)
    with pytest.raises(InvalidData) as caught:
        find_language(tag, span=span)
    (found,) = caught.value.diagnostics
    assert (found.code, found.span, found.key) == ("unknown-language", span, "language")
    assert found.hint is not None
    assert found.hint.endswith("he languages are ar, de, en, es, fr, it, ja and zh")
    assert (f"did you mean `{meant}`" in found.hint) == (meant is not None)
    assert len(found.message) < 80


def source_of(data: dict[str, Any]) -> Source:
    places: dict[KeyPath, Place] = {("language",): Place(Span(Path("spec.yaml"), 2, 11))}
    return Source(Path("spec.yaml"), MappingProxyType(data), places, "0" * 64)


def test_the_data_names_the_language_before_the_project_does() -> None:
    settings = Settings(language="fr")
    assert language_tag(source_of({"language": " de "}), settings) == ("de", Span(Path("spec.yaml"), 2, 11))
    for data in ({}, {"language": ""}, {"language": ["de"]}):
        assert language_tag(source_of(data), settings) == ("fr", None)
    assert language_tag(source_of({}), Settings()) == ("", None)


# Languages of one's own


def test_a_file_of_ones_own_gives_what_differs(tmp_path: Path, write: Write) -> None:
    write("de", "extends: de\nquotes: [», «, ›, ‹]\nlabels:\n  appendix: Anlage {number}\n")
    write("de-CH", "extends: de\nquotes: [«, », ‹, ›]\n")
    ours = find_language("de", (tmp_path,))
    assert ours.labels["appendix"] == "Anlage {number}"
    assert ours.labels["table"] == "Tabelle {number}"
    assert find_language("de-CH", (tmp_path,)).labels["appendix"] == "Anlage {number}"
    assert find_language("de-CH", (tmp_path,)).quotes == ("«", "»", "‹", "›")
    assert find_language("de").labels["appendix"] == "Anhang {number}"


def test_a_language_of_ones_own_may_be_whole(tmp_path: Path, write: Write) -> None:
    english = (assets.templates() / "languages" / "en.yaml").read_text("utf-8")
    write("pl", english.replace("name: English", "name: Polski").replace("hyphenate: yes\n", ""))
    language = find_language("pl", (tmp_path,))
    assert (language.name, language.hyphenate) == ("Polski", False)


def test_a_changed_file_is_read_again(tmp_path: Path, write: Write) -> None:
    write("de", "extends: de\nname: Eins\n")
    assert find_language("de", (tmp_path,)).name == "Eins"
    write("de", "extends: de\nname: Zwei\n")
    assert find_language("de", (tmp_path,)).name == "Zwei"


def test_every_fault_of_a_file_is_told_with_its_place(tmp_path: Path, write: Write) -> None:
    write(
        "pl",
        "extends: en\n"
        "direction: left\n"
        "quotes: [„, ”]\n"
        "months: [styczeń]\n"
        'date: "{day} {month}"\n'
        "hyphenate: maybe\n"
        "qoutes: x\n"
        "labels:\n"
        "  tabel: Tabela\n"
        "  page: Strona {page}\n"
        "  contents: Spis {number}\n"
        "  figure:\n",
    )
    assert refused("pl", tmp_path) == [
        "2:12 language-value: this is no direction of writing | write ltr (left to right) or rtl (right to left)",
        "3:9 language-value: `quotes` are four marks | write the outer pair and the inner pair: [“, ”, ‘, ’]",
        "4:9 language-value: `months` has 1 names | write twelve names from January on, "
        "or [] where a month is a number",
        "5:7 language-value: a date has {day}, {month} and {year} | "
        'write each of the three once, as in "{day} {month} {year}"; the first day may differ: {day:1er}',
        "6:12 language-value: `hyphenate` is yes or no | write yes or no",
        "7:1 language-key: there is no key `qoutes` | did you mean `quotes`?",
        "9:3 language-label: there is no label `tabel` | did you mean `table`?",
        "10:9 language-placeholder: the label `page` has to have {page} and {pages} | "
        "in English it reads: Page {page} of {pages}",
        "11:13 language-placeholder: the label `contents` has to have no placeholder | in English it reads: Contents",
        "12:10 language-value: a text is expected here | write it in quotes",
    ]


def test_a_language_without_a_parent_has_to_be_whole(tmp_path: Path, write: Write) -> None:
    write("pl", "name: Polski\nlabels:\n  table: Tabela {number}\n")
    found = refused("pl", tmp_path)
    assert [line.split(" | ")[0] for line in found[:4]] == [
        "1:1 language-key: `direction` is missing",
        "1:1 language-key: `quotes` is missing",
        "1:1 language-key: `date` is missing",
        "3:3 language-label: the label `section` is missing",
    ]
    assert len(found) == 3 + len(find_language("en").labels) - 1


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        ({"pl": "extends: xx\n"}, "1:10 language-extends: `extends: xx` names no language beneath this one"),
        ({"pl": "extends: cs\n", "cs": "extends: pl\n"}, "1:10 language-extends: `extends: pl` names no language"),
        ({"pl": "name: [\n"}, "yaml-"),
        ({"pl": "labels: none\n"}, "1:9 language-value: labels are keys with texts"),
        ({"pl": 'extends: en\ndate: "{year:1er} {month} {day}"\n'}, "2:7 language-value: a date has"),
    ],
)
def test_what_else_is_refused(tmp_path: Path, write: Write, texts: dict[str, str], expected: str) -> None:
    for name, text in texts.items():
        write(name, text)
    assert expected in refused("pl", tmp_path)[0]


def test_a_file_that_is_not_utf8(tmp_path: Path, write: Write) -> None:
    write("pl", "").write_bytes(b"name: \xff\n")
    with pytest.raises(InvalidTemplate, match="the file is not UTF-8"):
        find_language("pl", (tmp_path,))


# Dates


@pytest.mark.parametrize(
    ("tag", "first", "other"),
    [
        ("ar", "1\xa0مارس 2026", "23\xa0نوفمبر 2026"),
        ("de", "1.\xa0März 2026", "23.\xa0November 2026"),
        ("en", "1\xa0March 2026", "23\xa0November 2026"),
        ("es", "1\xa0de marzo de 2026", "23\xa0de noviembre de 2026"),
        ("fr", "1er\xa0mars 2026", "23\xa0novembre 2026"),
        ("it", "1º\xa0marzo 2026", "23\xa0novembre 2026"),
        ("ja", "2026年3月1日", "2026年11月23日"),
        ("zh", "2026年3月1日", "2026年11月23日"),
    ],
)
def test_dates_as_the_language_writes_them(tag: str, first: str, other: str) -> None:
    language = find_language(tag)
    assert day_words("2026-03-01", language) == first
    assert day_words("2026-11-23", language) == other
    assert day_words("next week", language) == "next week"


# A template's phrases


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("## Purpose {#sec-x .unnumbered}", ["Purpose"]),
        ("#### Part {{ n }}: {{ name }} {#sec-{{ n }}}", ["Part {1}: {2}"]),
        ("- **Purpose**: {{ purpose }}", ["Purpose", JOINT]),
        ("- **Purpose**:\n  {{ purpose }}", ["Purpose", JOINT]),
        ("**A**: {{ a }} | **B b**: {{ b }}\\", ["A", JOINT, "B b"]),
        ("**Notes** see {{ a }}.", ["**Notes** see {1}."]),
        ("**Note**: see {{ a }}.", ["Note", JOINT, "see {1}."]),
        ("**Related Documents:**", ["Related Documents:"]),
        ("1. [ ] First do {{ a }}", ["First do {1}"]),
        ("- [x] {{ a }}\n- [{% if a %}x{% else %} {% endif %}] {{ a }}", []),
        ("| Date | {{ d }} | *By* |\n|---|:--:|--|", ["Date", "*By*"]),
        ("[{% if a %}{{ a }}{% else %}Pending{% endif %}]{.decision}", ["Pending"]),
        ("- [**{{ role }}**]{.role}: {{ approval }}", []),
        ("See [the record](record.md#part) of {{ a }}.", ["See [the record](record.md#part) of {1}."]),
        ("Table: {{ a }}\n\nFigure: The way {#fig-way}", ["The way"]),
        ("```sql\nselect words\n```\n~~~\nmore\n~~~", []),
        ("---\ntitle: {{ a }}\nstatus: words\n---\nText", ["Text"]),
        ("A line\n\n---\n\nAnother line", ["A line", "Another line"]),
        ("<# A remark\nof two lines #>\n{% set x = 'word' %}{{ 'word' }}\n::: approval-block\n:::", []),
        ("> Quoted\n\n概要", ["Quoted", "概要"]),
    ],
)
def test_what_is_a_phrase(source: str, expected: list[str]) -> None:
    assert phrases_of(source) == expected
    assert translated(source, {phrase: phrase for phrase in expected}) == source


def test_phrases_are_replaced_where_they_stand() -> None:
    source = (
        "#### Part {{ n }}: {{ name }} {#p}\n- **Purpose**: {{ purpose }}\n- **Aim**:\n  {{ aim }}\n\n```\nAim\n```\n"
    )
    made = translated(
        source, {"Part {1}: {2}": "{2} ({1}. Teil)", "Purpose": "Zweck", JOINT: "{1} : {2}", "Aim": "Ziel"}
    )
    assert made == (
        "#### {{ name }} ({{ n }}. Teil) {#p}\n- **Zweck** : {{ purpose }}\n- **Ziel** :\n"
        "  {{ aim }}\n\n```\nAim\n```\n"
    )


# The bundled template in every language


@pytest.fixture(scope="module")
def template() -> Template:
    return find_template(NAME, [])


@pytest.mark.parametrize("tag", sorted({*TAGS} - {"en"}))
def test_every_phrase_of_the_bundled_template_is_translated(template: Template, tag: str) -> None:
    wanted = template_phrases(template)
    assert len(wanted) > 200
    (file,) = template.translations[tag]
    found = in_language(template, find_language(tag), lambda told: pytest.fail(str(told)))
    typed = {word for check in template.checks for word in check.get("refusals", ())} - set(wanted)
    by_key = {phrase for phrase in found.phrases if re.search(r" \((priority|complexity)\)$", phrase)}
    assert set(found.phrases) - by_key - typed == set(wanted), file
    assert all(phrase.rpartition(" (")[0] in wanted for phrase in by_key)


def spec_of(tmp_path: Path, text: str, tag: str, template: Template) -> Spec:
    path = tmp_path / "spec.yaml"
    path.write_text(text, "utf-8")
    language = find_language(tag)
    own = in_language(template, language, lambda told: pytest.fail(str(told)))
    return validate(load(path), own, lambda _: None, language)


def lines_of(spec: Spec) -> list[str]:
    """Return the body's lines with every slot replaced by its value."""
    made = merge(spec, lambda told: pytest.fail(str(told)))
    token = re.compile(re.escape(made.prefix) + "([0-9]+)" + made.suffix)
    return token.sub(lambda found: made.slots[int(found[1])].value, made.markdown).splitlines()


@pytest.mark.parametrize(
    ("tag", "expected"),
    [
        (
            "de",
            [
                'created_date: "12.\xa0Januar 2026"',
                'status: "In Prüfung"',
                'priority: "Hoch"',
                "## Überblick {#sec-overview}",
                "#### Komponente 1: {COMPONENT_1_NAME}",
                "- **Zweck**: {COMPONENT_1_PURPOSE}",
                "| Version | Datum | Änderungen | Verfasser |",
            ],
        ),
        ("fr", ['priority: "Élevée"', 'risk_level: "Moyen"', "- **Objet**\u202f: {COMPONENT_1_PURPOSE}"]),
        ("ja", ["- **目的**：{COMPONENT_1_PURPOSE}", "#### コンポーネント1：{COMPONENT_1_NAME}"]),
    ],
)
def test_the_body_is_in_the_language(template: Template, tmp_path: Path, tag: str, expected: list[str]) -> None:
    lines = lines_of(spec_of(tmp_path, f"language: {tag}\n{KEYS}", tag, template))
    assert [line for line in expected if line not in lines] == []


def test_in_every_language_the_body_has_the_same_values(template: Template, tmp_path: Path) -> None:
    english = merge(spec_of(tmp_path, KEYS, "", template), lambda _: None)
    for tag in TAGS:
        other = merge(spec_of(tmp_path, KEYS, tag, template), lambda _: None)
        assert sorted(slot.key for slot in other.slots) == sorted(slot.key for slot in english.slots)
        assert other.markdown.count("\n") == english.markdown.count("\n")


def test_the_documents_identity_is_in_the_language(template: Template, tmp_path: Path) -> None:
    identity = spec_of(tmp_path, KEYS, "de", template).identity
    assert (identity.status, identity.status_words) == ("review", "In Prüfung")
    assert (identity.date, identity.date_words) == ("2026-03-02", "2.\xa0März 2026")
    plain = spec_of(tmp_path, KEYS, "", template).identity
    assert (plain.status_words, plain.date_words) == ("Review", "2026-03-02")


def test_a_hole_says_so_in_the_language(template: Template, tmp_path: Path) -> None:
    text = f"template: {NAME}\nstatus: draft\n"
    spec = spec_of(tmp_path, text, "fr", template)
    assert spec.identity.id == find_language("fr").labels["missing"]
    assert spec.identity.date_words == spec.identity.id
    assert 'priority: "À définir"' in lines_of(spec)


def test_the_information_table_is_in_the_language(template: Template) -> None:
    italian = in_language(template, find_language("it"), lambda _: None)
    assert italian.front_matter[:2] == (("document_type", "Tipo di documento"), ("milestone_id", "ID della milestone"))
    assert [key for key, _ in italian.front_matter] == [key for key, _ in template.front_matter]


def test_a_refusal_in_the_language_is_no_approval(template: Template, tmp_path: Path) -> None:
    refusal = KEYS.replace("status: review", "status: approved").replace('"{SECURITY_APPROVAL}"', "abgelehnt")
    with pytest.raises(InvalidData, match='the decision of Security Review is "abgelehnt"'):
        spec_of(tmp_path, refusal, "de", template)


# Translations of one's own


@pytest.fixture
def own(tmp_path: Path, template: Template) -> Callable[..., tuple[Template, list[str]]]:
    """`own(text, tag=…)` reads the bundled template with the user's phrases; returns it and the warnings."""

    def made(text: str, tag: str = "de") -> tuple[Template, list[str]]:
        file = tmp_path / NAME / "languages" / f"{tag.partition('-')[0]}.yaml"
        file.parent.mkdir(parents=True)
        file.write_text(text, "utf-8")
        warnings: list[str] = []
        read = find_template(NAME, [tmp_path])
        language = replace(find_language("de"), tag=tag, name="Polski") if tag == "pl" else find_language(tag)
        return in_language(read, language, lambda told: warnings.append(str(told))), warnings

    return made


def test_phrases_of_ones_own_lie_above_the_templates(own: Callable[..., tuple[Template, list[str]]]) -> None:
    made, warnings = own("Purpose: Absicht\n")
    assert (made.phrases["Purpose"], made.phrases["Scope"], warnings) == ("Absicht", "Geltungsbereich", [])


def test_even_english_can_have_phrases_of_its_own(own: Callable[..., tuple[Template, list[str]]]) -> None:
    made, warnings = own("Authorization: Authorisation\n", tag="en-GB")
    assert (made.phrases, warnings) == ({"Authorization": "Authorisation"}, [])


def test_a_missing_phrase_is_warned_of_once(own: Callable[..., tuple[Template, list[str]]], tmp_path: Path) -> None:
    made, warnings = own("Purpose: Cel\n", tag="pl")
    assert len(warnings) == len(template_phrases(made)) - 1
    file = tmp_path / NAME / "languages" / "pl.yaml"
    assert (
        f'{file}: warning[phrase-missing]: the phrase "Scope" has no words in Polski; it is printed as it is\n'
        '  hint: add "Scope": … to the file'
    ) in warnings


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("Porpose: Zweck", '1:1 phrase-unknown: the template has no phrase "Porpose" | did you mean "Purpose"?'),
        ("Purpose: ''", '1:10 phrase-value: "Purpose" has no words | write the words of the language, in quotes'),
        ("Purpose: [a]", '1:10 phrase-value: "Purpose" has no words | write the words of the language, in quotes'),
        (
            '"Component {1}: {2}": "{2}"',
            "1:23 phrase-placeholder: the words have to have {1} {2}, each once | "
            "in the template it reads: Component {1}: {2}",
        ),
        (
            'Purpose: "Zweck {1}"',
            "1:10 phrase-placeholder: the phrase prints no value | in the template it reads: Purpose",
        ),
        (
            '"{1}: {2}": "{2}: {1}"',
            "1:13 phrase-placeholder: the label {1} comes first, and what follows it, {2}, last | "
            "in the template it reads: {1}: {2}",
        ),
        (
            'Purpose: "{% raw %}"',
            "1:10 phrase-placeholder: words hold no line end and no template code | in the template it reads: Purpose",
        ),
    ],
)
def test_a_wrong_phrase(own: Callable[..., tuple[Template, list[str]]], line: str, expected: str) -> None:
    with pytest.raises(InvalidTemplate) as caught:
        own(f"{line}\n")
    assert [told(diagnostic) for diagnostic in caught.value.diagnostics] == [expected]


def test_a_template_without_translations_says_so(template: Template) -> None:
    bare = replace(template, translations={})
    warnings: list[Diagnostic] = []
    assert in_language(bare, find_language("de"), warnings.append) is bare
    (warning,) = warnings
    assert warning.code == "template-untranslated"
    assert warning.hint == (
        f"write {NAME}/languages/de.yaml, or say in the manifest what it is written in: `language: de`"
    )
    german = replace(bare, language="de-DE")
    assert in_language(german, find_language("de"), lambda told: pytest.fail(str(told))) is german


# What the documentation shows

DOCS = Path(__file__).parents[2] / "docs"


def shown(page: str, language: str, start: str) -> str:
    """Return the fenced block of the page that starts with these words."""
    blocks = re.findall(rf"^```{language}\n(.*?)^```$", (DOCS / page).read_text("utf-8"), re.MULTILINE | re.DOTALL)
    (found,) = [block for block in blocks if block.startswith(start)]
    return str(found)


def test_the_documented_languages_are_whole(tmp_path: Path, write: Write) -> None:
    write("pt", shown("languages.md", "yaml", "name: Português"))
    write("de-CH", shown("languages.md", "yaml", "# languages/de-CH.yaml"))
    portuguese = find_language("pt", (tmp_path,))
    assert (portuguese.labels["page"], portuguese.named) == ("Página {page} de {pages}", True)
    assert find_language("de-CH", (tmp_path,)).labels["appendix"] == "Beilage {number}"


def test_the_documented_translation_has_every_phrase_of_the_documented_template(tmp_path: Path) -> None:
    memo = tmp_path / "memo"
    (memo / "languages").mkdir(parents=True)
    (memo / "schema.json").write_text(shown("templates.md", "json", "{"), "utf-8")
    (memo / "body.md.j2").write_text(shown("templates.md", "jinja", "---"), "utf-8")
    (memo / "manifest.yaml").write_text(shown("templates.md", "yaml", "title: Memo"), "utf-8")
    (memo / "starter.yaml").write_text("template: memo\n", "utf-8")
    (memo / "languages" / "de.yaml").write_text(shown("languages.md", "yaml", "# my-templates/memo"), "utf-8")
    template = find_template("memo", [tmp_path])
    german = in_language(template, find_language("de"), lambda told: pytest.fail(str(told)))
    assert sorted(german.phrases) == template_phrases(template)
    assert german.front_matter == (("number", "Nummer"), ("date", "Datum"))


def test_the_documentation_lists_every_language() -> None:
    listed = re.findall(r"^\| `([a-z]+)` \|.*\|$", (DOCS / "languages.md").read_text("utf-8"), re.MULTILINE)
    assert tuple(tag for tag in listed if len(tag) == 2) == TAGS


# Editors


def test_editors_are_offered_the_languages(template: Template) -> None:
    properties = editor_schema(template)["properties"]
    offered = [option["const"] for option in properties["language"]["anyOf"] if "const" in option]
    assert tuple(offered) == TAGS
    assert "extends" in properties
