"""What somebody could do to a signed PDF: each function returns the changed file."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from typing import Any

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from signatures import DAY, NOW, edition, plain_edition, signed

_CONTENTS = re.compile(rb"/Contents <([0-9a-fA-F]+)>")


class Appending(IncrementalPdfFileWriter):
    """A writer that changes nothing that it was not told to."""

    def _update_meta(self) -> None:
        """Do nothing."""


def appended(pdf: bytes, change: Callable[[Any], None]) -> bytes:
    """Return the PDF with an incremental update."""
    writer = Appending(io.BytesIO(pdf))
    change(writer)
    made = io.BytesIO()
    writer.write(made)  # type: ignore[no-untyped-call]
    return made.getvalue()


def flipped(pdf: bytes, at: int) -> bytes:
    return pdf[:at] + bytes([pdf[at] ^ 1]) + pdf[at + 1 :]


def a_byte_of_the_page(pdf: bytes) -> bytes:
    stream = pdf.index(b"stream\n") + 40
    return flipped(pdf, stream)


def a_byte_of_the_signature(pdf: bytes) -> bytes:
    match = _CONTENTS.search(pdf)
    assert match
    at = match.start(1) + 2 * (len(match[1].rstrip(b"0")) // 2) - 40
    other = b"0" if pdf[at : at + 1] != b"0" else b"1"
    return pdf[:at] + other + pdf[at + 1 :]


def an_appended_note(pdf: bytes) -> bytes:
    def change(writer: Any) -> None:
        page = writer.root["/Pages"]["/Kids"][0]
        note = {"/Type": "/Annot", "/Subtype": "/FreeText", "/Contents": "Rejected"}
        made = generic.DictionaryObject(
            {pdf_name(k): pdf_name(v) if v[0] == "/" else generic.TextStringObject(v) for k, v in note.items()}
        )
        made[pdf_name("/Rect")] = generic.ArrayObject(generic.FloatObject(x) for x in (50, 50, 300, 100))
        annotations = page["/Annots"]
        annotations.append(writer.add_object(made))
        writer.update_container(annotations)

    return appended(pdf, change)


def a_page_painted_over(pdf: bytes) -> bytes:
    def change(writer: Any) -> None:
        page = writer.root["/Pages"]["/Kids"][0]
        paint = writer.add_object(generic.StreamObject(stream_data=b"1 0 0 rg 0 0 500 500 re f"))
        old = page.raw_get("/Contents")
        page[pdf_name("/Contents")] = generic.ArrayObject([old, paint])
        writer.update_container(page)

    return appended(pdf, change)


def fields_of(writer: Any) -> Any:
    return [item.get_object() for item in writer.root["/AcroForm"]["/Fields"]]


def a_changed_form_value(pdf: bytes) -> bytes:
    """Give the field that is not signed yet to another role."""

    def change(writer: Any) -> None:
        field = fields_of(writer)[-1]
        field[pdf_name("/TU")] = generic.TextStringObject("Signature: Managing director")
        writer.update_container(field)

    return appended(pdf, change)


def a_text_field_with_a_value(pdf: bytes) -> bytes:
    def change(writer: Any) -> None:
        made = generic.DictionaryObject(
            {
                pdf_name("/FT"): pdf_name("/Tx"),
                pdf_name("/T"): generic.TextStringObject("comment"),
                pdf_name("/V"): generic.TextStringObject("not approved"),
            }
        )
        fields = writer.root["/AcroForm"]["/Fields"]
        fields.append(writer.add_object(made))
        writer.update_container(fields)

    return appended(pdf, change)


def a_swapped_signature(pdf: bytes) -> bytes:
    """Let the first two roles' fields hold each other's signature."""

    def change(writer: Any) -> None:
        one, other, *_ = fields_of(writer)
        first, second = one.raw_get("/V"), other.raw_get("/V")
        one[pdf_name("/V")], other[pdf_name("/V")] = second, first
        writer.update_container(one)
        writer.update_container(other)

    return appended(pdf, change)


def a_removed_signature(pdf: bytes) -> bytes:
    def change(writer: Any) -> None:
        field = fields_of(writer)[1]
        del field[pdf_name("/V")]
        writer.update_container(field)

    return appended(pdf, change)


def another_stamp(pdf: bytes) -> bytes:
    """Show the second role's stamp in the first role's field."""

    def change(writer: Any) -> None:
        one, other, *_ = fields_of(writer)
        one[pdf_name("/AP")] = other.raw_get("/AP")
        writer.update_container(one)

    return appended(pdf, change)


def a_signature_field_added(pdf: bytes) -> bytes:
    """Sign in a field of one's own, as large as the page."""
    from pyhanko.sign import signers
    from pyhanko.sign.fields import SigFieldSpec, SigSeedSubFilter
    from signatures import as_signer, signer_of

    about = signers.PdfSignatureMetadata(field_name="intruder", subfilter=SigSeedSubFilter.PADES)
    spec = SigFieldSpec("intruder", box=(0, 0, 500, 800), on_page=0)
    made = signers.PdfSigner(about, as_signer(signer_of("Eve")), new_field_spec=spec).sign_pdf(
        Appending(io.BytesIO(pdf))
    )
    return bytes(made.getvalue())


def metadata_changed(pdf: bytes) -> bytes:
    def change(writer: Any) -> None:
        stream = writer.root["/Metadata"]
        data = stream.data.replace(b"Ledger", b"Budget")
        assert data != stream.data
        writer.root[pdf_name("/Metadata")] = writer.add_object(
            generic.StreamObject(
                {pdf_name("/Type"): pdf_name("/Metadata"), pdf_name("/Subtype"): pdf_name("/XML")}, stream_data=data
            )
        )
        writer.update_root()

    return appended(pdf, change)


def an_attachment_exchanged(pdf: bytes) -> bytes:
    def change(writer: Any) -> None:
        file = writer.root["/Names"]["/EmbeddedFiles"]
        leaf = file["/Kids"][0].get_object() if "/Kids" in file else file
        spec = leaf["/Names"][1].get_object()
        spec["/EF"][pdf_name("/F")] = writer.add_object(generic.StreamObject(stream_data=b"another source"))
        writer.update_container(spec["/EF"])

    return appended(pdf, change)


def with_contents(pdf: bytes, at: int, contents: bytes) -> bytes:
    """Return the PDF with other bytes in its signature number `at`; as long as the ones before."""
    match = list(_CONTENTS.finditer(pdf))[at]
    room = match.end(1) - match.start(1)
    filled = contents.rstrip(b"0").ljust(room, b"0")[:room]
    return pdf[: match.start(1)] + filled + pdf[match.end(1) :]


def contents(pdf: bytes, at: int) -> bytes:
    return list(_CONTENTS.finditer(pdf))[at][1]


def a_signature_of_another_document(pdf: bytes) -> bytes:
    other = signed(edition(title="Budget"), 0, moment=NOW - DAY)
    return with_contents(pdf, 0, contents(other, 0))


def a_signature_of_another_role(pdf: bytes) -> bytes:
    return with_contents(pdf, 1, contents(pdf, 0))


def bytes_behind_the_end(pdf: bytes) -> bytes:
    return pdf + b"\n% a remark\n"


def another_certification(pdf: bytes) -> bytes:
    assert b"/P 2" in pdf
    return pdf.replace(b"/P 2", b"/P 3", 1)


def the_edition_beneath_exchanged(pdf: bytes) -> bytes:
    """Put another document's bytes in front of the appended signatures."""
    first = plain_edition()
    other = edition(title="Budget")
    return other[: len(first)].ljust(len(first)) + pdf[len(first) :]


ALL: tuple[Callable[[bytes], bytes], ...] = (
    a_byte_of_the_page,
    a_byte_of_the_signature,
    an_appended_note,
    a_page_painted_over,
    a_changed_form_value,
    a_text_field_with_a_value,
    a_swapped_signature,
    a_removed_signature,
    another_stamp,
    a_signature_field_added,
    metadata_changed,
    an_attachment_exchanged,
    a_signature_of_another_document,
    a_signature_of_another_role,
    bytes_behind_the_end,
    another_certification,
    the_edition_beneath_exchanged,
)
