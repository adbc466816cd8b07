"""The properties of a DOCX: what file managers, archives and Word's own fields read of the document."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from lxml import etree

from specflow.finish.title import document_type
from specflow.finish.wordml import legal, root_of, serialise
from specflow.model import SignOff, Spec

_CORE = "http://schemas.openxmlformats.org/package/2006/metadata/core-properties"
_DC = "http://purl.org/dc/elements/1.1/"
_TERMS = "http://purl.org/dc/terms/"
_XSI = "http://www.w3.org/2001/XMLSchema-instance"
_EXTENDED = "http://schemas.openxmlformats.org/officeDocument/2006/extended-properties"
_CUSTOM = "http://schemas.openxmlformats.org/officeDocument/2006/custom-properties"
_VALUES = "http://schemas.openxmlformats.org/officeDocument/2006/docPropsVTypes"
_USER_FORMAT = "{D5CDD505-2E9C-101B-9397-08002B2CF9AE}"  # properties of users (ECMA-376 part 1, 22.3)
_FIRST_ID = 2
_NO_DATE = "1980-01-01"

DOCUMENT_ID, VERSION, STATUS, CONTENT = "Document ID", "Version", "Status", "Content Digest"
"""The custom properties that fields name: { DOCPROPERTY "Document ID" }."""

LEDGER = "Ledger Entries"
"""The custom property that says how many entries the ledger had, whose decisions the document shows."""


def property_parts(title: str, spec: Spec, signed: SignOff | None = None) -> dict[str, bytes]:
    """Return the three parts that hold the properties, by their names in the package.

    Nobody is named as author or last editor: a document has those who approve it. The dates are the document's own.
    """
    return {
        "docProps/core.xml": serialise(_core(title, spec)),
        "docProps/app.xml": serialise(_extended()),
        "docProps/custom.xml": serialise(_custom(spec, signed)),
    }


def custom_properties(spec: Spec, signed: SignOff | None = None) -> Iterator[tuple[str, str]]:
    """Yield the names and values of the custom properties."""
    identity = spec.identity
    yield DOCUMENT_ID, identity.id
    yield VERSION, identity.version
    yield STATUS, identity.status_words
    yield "Date", identity.date
    if signed:
        yield CONTENT, signed.digest
        yield LEDGER, str(signed.entries)


def _core(title: str, spec: Spec) -> etree._Element:
    root = etree.Element(f"{{{_CORE}}}coreProperties", nsmap={"cp": _CORE, "dc": _DC, "dcterms": _TERMS, "xsi": _XSI})
    identity = spec.identity
    moment = f"{_day(identity.date)}T00:00:00Z"
    values = (
        (_DC, "title", title),
        (_DC, "subject", document_type(spec)),
        (_DC, "creator", ""),
        (_CORE, "keywords", ", ".join(filter(None, (identity.id, identity.version, identity.status_words)))),
        (_CORE, "category", document_type(spec)),
        (_DC, "identifier", identity.id),
        (_DC, "language", spec.language.tag),
        (_CORE, "version", identity.version),
        (_CORE, "contentStatus", identity.status_words),
        (_TERMS, "created", moment),
        (_TERMS, "modified", moment),
    )
    for namespace, name, value in values:
        element = etree.SubElement(root, f"{{{namespace}}}{name}")
        element.text = legal(value)
        if namespace == _TERMS:
            element.set(f"{{{_XSI}}}type", "dcterms:W3CDTF")
    return root


def _day(text: str) -> str:
    """Return the ISO date; the zip's own epoch where the document's date is still a hole."""
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        return _NO_DATE


def _extended() -> etree._Element:
    root = root_of(_EXTENDED, "Properties")
    etree.SubElement(root, f"{{{_EXTENDED}}}Application").text = "specflow"
    return root


def _custom(spec: Spec, signed: SignOff | None) -> etree._Element:
    root = root_of(_CUSTOM, "Properties")
    for number, (name, value) in enumerate(custom_properties(spec, signed), _FIRST_ID):
        entry = etree.SubElement(root, f"{{{_CUSTOM}}}property", fmtid=_USER_FORMAT, pid=str(number), name=name)
        etree.SubElement(entry, f"{{{_VALUES}}}lpwstr", nsmap={"vt": _VALUES}).text = legal(value)
    return root
