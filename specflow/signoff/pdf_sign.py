"""Sign a field of a PDF: PAdES B-B, B-T and B-LT (ETSI EN 319 142-1), appended without touching a byte of the file."""

from __future__ import annotations

import asyncio
import io
import logging
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import asn1crypto.x509
from cryptography import x509
from pyhanko.pdf_utils.content import ImportedPdfPage
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.layout import AxisAlignment, InnerScaling, Margins, SimpleBoxLayoutRule
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter
from pyhanko.sign.general import SigningError
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner
from pyhanko.sign.signers.pdf_cms import PdfCMSSignedAttributes
from pyhanko.sign.signers.pdf_signer import DSSContentSettings, SigDSSPlacementPreference
from pyhanko.sign.timestamps import TimeStamper
from pyhanko.stamp import StaticStampStyle
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.errors import PathError, ValidationError

from specflow.diagnostics import Diagnostic, error
from specflow.errors import SignOffRefused
from specflow.signoff.certificates import der

for _library in ("pyhanko", "pyhanko_certvalidator"):
    logging.getLogger(_library).addHandler(logging.NullHandler())  # or it would talk on standard error

_DIGEST = "sha256"
_ACCEPTED_USAGE = {"digital_signature", "non_repudiation"}


@dataclass(frozen=True, slots=True)
class Revocation:
    """What a signature for the long term carries: the roots it leads to, and what says that nothing is revoked."""

    roots: tuple[x509.Certificate, ...]
    crls: tuple[bytes, ...] = ()
    ocsps: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True)
class Signing:
    """One signature: into which field, what is said with it, and when.

    `stamp` is a PDF of one page as large as the field. The signature is timestamped where there is a `timestamper`, and
    carries what proves it later where there is `revocation`.
    """

    field: str
    name: str
    meaning: str
    moment: datetime
    stamp: bytes
    timestamper: TimeStamper | None = None
    revocation: Revocation | None = None


def sign_pdf(pdf: bytes, signing: Signing, signer: Any) -> bytes:
    """Return the PDF with one signature more; it begins with all the bytes of the given one.

    The first signature certifies the file: it allows signing and filling in of fields, nothing else (DocMDP level 2,
    ISO 32000-1, 12.8.2.2). Raises SignOffRefused when the file does not permit the signature, the revocation data does
    not suffice, or the timestamp server gives no answer.
    """
    try:
        return asyncio.run(_sign(pdf, signing, signer))
    except (SigningError, PdfError) as fault:
        if isinstance(fault.__cause__, PathError | ValidationError):
            raise SignOffRefused(_incomplete(fault.__cause__)) from fault
        hint = "sign the edition as it was built, or as the signer before has left it"
        message = f"the file does not permit this signature: {_sentence(fault)}"
        raise SignOffRefused(error("sign-failed", message, hint=hint)) from fault
    except (PathError, ValidationError) as fault:
        raise SignOffRefused(_incomplete(fault)) from fault


def _incomplete(fault: BaseException) -> Diagnostic:
    message = f"the signature cannot be made for the long term: {_sentence(fault)}"
    hint = "name with --trust the root, and with --crl or --ocsp what covers each certificate below it"
    return error("revocation-incomplete", message, hint=hint)


async def _sign(pdf: bytes, signing: Signing, signer: Any) -> bytes:
    reader = PdfFileReader(io.BytesIO(pdf))
    is_first = not list(reader.embedded_signatures)
    context = _context(signing)
    about = PdfSignatureMetadata(
        field_name=signing.field,
        md_algorithm=_DIGEST,
        name=signing.name,
        reason=signing.meaning,
        subfilter=SigSeedSubFilter.PADES,
        certify=is_first,
        docmdp_permissions=MDPPerm.FILL_FORMS,
        embed_validation_info=context is not None,
        validation_context=context,
        signer_key_usage=_ACCEPTED_USAGE if context is None else set(),
        dss_settings=DSSContentSettings(include_vri=False, placement=SigDSSPlacementPreference.TOGETHER_WITH_SIGNATURE),
    )
    with tempfile.TemporaryDirectory(prefix="specflow-") as folder:
        drawing = Path(folder) / "stamp.pdf"
        drawing.write_bytes(signing.stamp)
        style = StaticStampStyle(
            border_width=0,
            background=ImportedPdfPage(str(drawing)),
            background_opacity=1.0,
            background_layout=SimpleBoxLayoutRule(
                x_align=AxisAlignment.ALIGN_MID,
                y_align=AxisAlignment.ALIGN_MID,
                margins=Margins.uniform(0),
                inner_content_scaling=InnerScaling.NO_SCALING,
            ),
        )
        maker = PdfSigner(about, signer=signer, timestamper=signing.timestamper, stamp_style=style)
        session = maker.init_signing_session(_Appending(io.BytesIO(pdf)), existing_fields_only=True)
        session.system_time = signing.moment  # or pyHanko would read the clock itself
        checked = await session.perform_presign_validation()
        size = await session.estimate_signature_container_size(checked, tight=False)
        prepared = session.prepare_tbs_document(validation_info=checked, bytes_reserved=size)
        made = io.BytesIO()
        digest, _ = prepared.digest_tbs_document(output=made)
        signed = await prepared.perform_signature(
            document_digest=digest.document_digest,
            pdf_cms_signed_attrs=PdfCMSSignedAttributes(signing_time=signing.moment),
        )
        await signed.post_signature_processing(made)
        return made.getvalue()


def _context(signing: Signing) -> ValidationContext | None:
    if signing.revocation is None:
        return None
    given = signing.revocation
    return ValidationContext(
        trust_roots=_certificates(given.roots),
        crls=list(given.crls),
        ocsps=list(given.ocsps),
        moment=signing.moment,
        allow_fetching=False,
        revocation_mode="require",
        retroactive_revinfo=True,  # an answer that is younger than the signature is the better one
    )


def _certificates(given: Sequence[x509.Certificate]) -> list[asn1crypto.x509.Certificate]:
    return [asn1crypto.x509.Certificate.load(der(certificate)) for certificate in given]


class _Appending(IncrementalPdfFileWriter):
    """A writer that leaves the metadata alone: pyHanko's own would lose the schemas that PDF/A demands of XMP."""

    def _update_meta(self) -> None:
        """Do nothing."""


def _sentence(fault: BaseException) -> str:
    text = " ".join(str(fault).split()).rstrip(".") or type(fault).__name__
    return text[:1].lower() + text[1:]
