"""The report as one HTML page that needs nothing else: differences side by side, the words that differ marked."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from markupsafe import Markup, escape

from specflow.model import Format
from specflow.verify.checks import CHECKS
from specflow.verify.page_style import STYLE
from specflow.verify.parity import DOCUMENT, RECORD, Difference
from specflow.verify.report import Report, result_of

_WORD = re.compile(r"\s+|\w+|[^\w\s]")
_LONGEST = 4_000
"""Of longer texts only the beginning is marked; the rest is left out, and that is said."""


def page(reports: Sequence[Report]) -> str:
    """Return the page: a summary, then for each document its differences and its checks. Same input, same page."""
    bad = sum(not report.is_good for report in reports)
    verdict = "The editions agree" if not bad else f"{bad} of {len(reports)} documents differ"
    body = Markup("\n").join(_document(number, report) for number, report in enumerate(reports, 1))
    return str(
        Markup(
            '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
            "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
            '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
            '<meta name="color-scheme" content="light dark">\n'
            "<title>{verdict} – verification</title>\n<style>\n{style}</style>\n</head>\n<body>\n"
            "<header><h1>Verification</h1>\n<p>{verdict}.</p></header>\n<main>\n{body}\n</main>\n</body>\n</html>\n"
        ).format(verdict=verdict, style=Markup(STYLE), body=body)  # noqa: S704 - a constant
    )


def _document(number: int, report: Report) -> Markup:
    files = Markup("").join(
        Markup("<li><strong>{form}</strong> {file}{digest}</li>").format(
            form=form.upper(),
            file=file,
            digest=Markup(' <span class="digest">SHA-256 {}</span>').format(digest) if digest else "",
        )
        for form, (file, digest) in report.files.items()
    )
    faults = Markup("").join(
        Markup("<li><code>{code}</code> {message}</li>").format(code=fault.code, message=fault.message)
        for fault in report.faults
    )
    return Markup(
        '<section aria-labelledby="document-{number}">\n<h2 id="document-{number}">{title}</h2>\n'
        '<p class="{state}">{verdict}. Compared with {against}.</p>\n<ul class="files">{files}</ul>\n{faults}{found}'
        "{checks}\n</section>"
    ).format(
        number=number,
        title=f"{report.title} ({report.name})" if report.title else report.name,
        state="good" if report.is_good else "bad",
        verdict=_verdict(report),
        against=report.against,
        files=files,
        faults=Markup('<ul class="faults">{}</ul>\n').format(faults) if faults else "",
        found=_found(report),
        checks=_checks(number, report),
    )


def _verdict(report: Report) -> str:
    count = len(report.parity.differences)
    if not count:
        return "No difference" if report.is_good else "The files are not as recorded"
    return "1 difference" if count == 1 else f"{count} differences"


def _found(report: Report) -> Markup:
    return Markup("\n").join(_check_found(report, check.code, check.about) for check in CHECKS)


def _check_found(report: Report, code: str, about: str) -> Markup:
    found = [(one, place) for one, place in report.placed() if one.check == code]
    if not found:
        return Markup("")
    cards = Markup("\n").join(_card(one, str(place) if place else "") for one, place in found)
    return Markup('<h3><code>{code}</code></h3>\n<p class="about">{about}</p>\n{cards}').format(
        code=code, about=about, cards=cards
    )


def _card(one: Difference, place: str) -> Markup:
    where = [one.place, f"key {one.key}" if one.key else "", place]
    left, right = marked(one.expected, one.found)
    return Markup(
        '<article class="difference">\n<p class="where">{where}</p>\n<div class="sides">\n'
        '<div class="side"><h4>{against}</h4><div class="{kind}" dir="auto">{left}</div></div>\n'
        '<div class="side"><h4>{edition}</h4><div class="{kind}" dir="auto">{right}</div></div>\n</div>\n</article>'
    ).format(
        where=" · ".join(filter(None, where)) or "the document as a whole",
        against=f"The {one.against}" if one.against in (DOCUMENT, RECORD) else f"{one.against.upper()} edition",
        edition=f"{one.edition.upper()} edition",
        kind="text code" if one.check == "differs-code" else "text",
        left=left,
        right=right,
    )


def marked(expected: str, found: str) -> tuple[Markup, Markup]:
    """Return both texts as HTML, the words that differ in `del` and `ins`; a text that is not there says so."""
    nothing = Markup('<em class="nothing">nothing</em>')
    if not expected or not found:
        whole = Markup("<del>{}</del>").format(_cut(expected)) if expected else nothing
        return whole, Markup("<ins>{}</ins>").format(_cut(found)) if found else nothing
    left, right = (_WORD.findall(_cut(text)) for text in (expected, found))
    runs = SequenceMatcher(None, left, right, autojunk=False).get_opcodes()
    return (
        Markup("").join(_part("del", kind, left[start:end]) for kind, start, end, _, _ in runs),
        Markup("").join(_part("ins", kind, right[start:end]) for kind, _, _, start, end in runs),
    )


def _part(tag: str, kind: str, words: Sequence[str]) -> Markup:
    text = escape("".join(words))
    return text if kind == "equal" or not words else Markup("<{0}>{1}</{0}>").format(Markup(tag), text)  # noqa: S704


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]} … ({len(text) - _LONGEST} characters more)"


def _checks(number: int, report: Report) -> Markup:
    formats = tuple(form for form in Format if form in report.files)
    heads = Markup("").join(Markup('<th scope="col">{}</th>').format(form.upper()) for form in formats)
    rows = Markup("\n").join(_rows(report, formats))
    return Markup(
        "<details{state}><summary>All checks</summary>\n"
        '<div class="scroll" tabindex="0" role="group" aria-labelledby="document-{number}">\n<table>\n'
        '<thead><tr><th scope="col">Check</th><th scope="col">Result</th>{heads}</tr></thead>\n'
        "<tbody>\n{rows}\n</tbody>\n</table>\n</div></details>"
    ).format(
        state=Markup(" open") if report.is_good else "",
        number=number,
        heads=heads,
        rows=rows,
    )


def _rows(report: Report, formats: Sequence[Format]) -> Iterator[Markup]:
    for check in CHECKS:
        result = result_of(report.parity, check.code)
        looked_at = report.parity.looked_at.get(check.code, ())
        cells = Markup("").join(
            Markup("<td>{}</td>").format("compared" if form in looked_at else "not told") for form in formats
        )
        yield Markup(
            '<tr><th scope="row"><code>{code}</code></th><td class="{state}">{result}</td>{cells}</tr>'
        ).format(code=check.code, state=result.replace(" ", "-"), result=result, cells=cells)
