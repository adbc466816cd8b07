"""`specflow sign`: put a signature into a role's field of a PDF edition."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from specflow.cli import clock
from specflow.cli.arguments import add_json, describe, nearest
from specflow.cli.report import Report, shown
from specflow.diagnostics import Span, error
from specflow.errors import ExitCode, SignOffRefused, UsageError
from specflow.files import SIGNED_SUFFIX, read_bytes

if TYPE_CHECKING:
    from cryptography.x509 import Certificate

    from specflow.signoff.pdf_document import SignatureField
    from specflow.signoff.pdf_sign import Revocation

NAME = "sign"

_BROKEN = frozenset({"signature-broken", "signature-coverage", "signature-changed-after", "signature-unreadable"})


def configure(parser: argparse.ArgumentParser) -> None:
    """Add the command's arguments."""
    describe(
        parser,
        "Sign the field of one role in a PDF edition, visibly, and write FILE.signed.pdf beside it. A file that is\n"
        "signed already keeps its name: a signature is appended, and what was there stays byte for byte.\n"
        "The key is in a PKCS#12 file or in a token; its passphrase is asked for, or read from a file or a variable.",
        [
            "specflow sign out/ledger.pdf --role 'Security Review' --key bo.p12",
            "specflow sign out/ledger.signed.pdf --role Quality --key chen.p12 --passphrase-file /run/secrets/chen",
            "specflow sign out/ledger.pdf --role Author --key ada.p12 --timestamp-url https://time.example",
            "specflow sign out/ledger.pdf --role Author --pkcs11-lib /usr/lib/opensc-pkcs11.so --key-label Ada",
        ],
    )
    parser.add_argument("file", type=Path, metavar="FILE.pdf", help="the PDF edition, signed by others or not")
    parser.add_argument("--role", required=True, metavar="ROLE", help="whose field: the role, or the field's name")
    parser.add_argument("--key", type=Path, metavar="FILE.p12", help="a PKCS#12 file with your key and certificate")
    parser.add_argument("--pkcs11-lib", type=Path, metavar="LIB", help="the PKCS#11 library of your token, instead")
    parser.add_argument("--token", default="", metavar="LABEL", help="the token's label, where there are several")
    parser.add_argument(
        "--key-label", default="", metavar="LABEL", help="the label of key and certificate in the token"
    )
    parser.add_argument(
        "--passphrase-file", type=Path, metavar="FILE", help="a file whose first line is the passphrase or PIN"
    )
    parser.add_argument(
        "--passphrase-env", metavar="NAME", help="the name of an environment variable that holds the passphrase or PIN"
    )
    parser.add_argument(
        "--meaning", default="", metavar="TEXT", help="what the signature means, if the field does not say"
    )
    parser.add_argument("--other-name", action="store_true", help="sign although the document names somebody else")
    parser.add_argument("--timestamp-url", metavar="URL", help="ask this server for a timestamp (PAdES B-T)")
    parser.add_argument(
        "--trust",
        action="append",
        type=Path,
        default=[],
        metavar="FILE",
        help="roots, for a signature for the long term",
    )
    parser.add_argument(
        "--crl", action="append", type=Path, default=[], metavar="FILE", help="a revocation list to carry (PAdES B-LT)"
    )
    parser.add_argument(
        "--ocsp", action="append", type=Path, default=[], metavar="FILE", help="an OCSP answer to carry (PAdES B-LT)"
    )
    parser.add_argument("--ocsp-url", metavar="URL", help="ask this server if your certificate is revoked (PAdES B-LT)")
    parser.add_argument("--record", type=Path, metavar="FILE", help="the edition's record (default: the one beside it)")
    parser.add_argument("--without-record", action="store_true", help="sign a file that has no record")
    where = parser.add_mutually_exclusive_group()
    where.add_argument("-o", "--out", type=Path, metavar="FILE", help="the file to write")
    where.add_argument("--in-place", action="store_true", help="write the signature into FILE.pdf itself")
    add_json(parser)


def run(options: argparse.Namespace, report: Report) -> ExitCode:
    """Sign, look at the signature once more, and only then write the file."""
    _require_options(options)
    from specflow.publish import publish
    from specflow.signoff.certificates import holder, is_same_person
    from specflow.signoff.keys import certificate_of, refuse_unfit
    from specflow.signoff.pdf_document import signature_fields
    from specflow.signoff.pdf_sign import Signing, sign_pdf
    from specflow.signoff.pdf_stamp import Stamp, draw_stamp, printed_moment
    from specflow.tools.typst import Typst

    target = _target(options)
    pdf = read_bytes(options.file)
    field = _field(options, signature_fields(pdf))
    meaning = field.meaning or options.meaning
    if not meaning:
        hint = "say it with --meaning, such as --meaning Approval, or in the data"
        raise SignOffRefused(error("sign-meaning", "nothing says what the signature means", Span(options.file), hint))
    document = _recorded(options, pdf)
    _refuse_broken(options.file, pdf)
    moment = clock.now()
    with _signer(options) as signer:
        certificate = certificate_of(signer)
        refuse_unfit(certificate, moment)
        name = holder(certificate)
        is_other = bool(field.person) and not is_same_person(field.person, name)
        if is_other and not options.other_name:
            message = f"the certificate is that of {name}, but {field.person} is to sign as {field.role}"
            hint = "use the right key; with --other-name you sign all the same, under your own name"
            raise SignOffRefused(error("sign-other-name", message, Span(options.file), hint))
        timestamper, level = _timestamper(options)
        revocation = _revocation(options, certificate)
        stamp = Stamp(name, f"({field.person})" if is_other else field.function, meaning, moment)
        drawn = draw_stamp(stamp, field.width, field.height, Typst())
        made = sign_pdf(pdf, Signing(field.name, name, meaning, moment, drawn, timestamper, revocation), signer)
    _refuse_broken(options.file, made)
    if target.exists() and target.resolve() == options.file.resolve() and read_bytes(target) != pdf:
        hint = "sign again: the other one's signature is in the file now"
        raise SignOffRefused(
            error("sign-meanwhile", "somebody else has changed the file meanwhile", Span(target), hint)
        )
    publish({target.name: made}, target.parent, target.stem)
    level = "PAdES B-LT" if revocation else level
    if report.json:
        facts = {
            "file": shown(target),
            "field": field.name,
            "role": field.role,
            "signer": name,
            "meaning": meaning,
            "moment": moment.isoformat(timespec="seconds"),
            "level": level,
            "document": document,
        }
        report.document(NAME, ExitCode.DONE, signature=facts, diagnostics=[])
    else:
        report.result(f"signed  {shown(target)}  {field.role}  {name}  {printed_moment(moment)}  {level}")
        _tell_open(report, made)
    return ExitCode.DONE


def _require_options(options: argparse.Namespace) -> None:
    def refuse(message: str, hint: str) -> None:
        raise UsageError(error("usage", message, hint=hint))

    if (options.key is None) == (options.pkcs11_lib is None):
        refuse("name one key", "--key FILE.p12, or --pkcs11-lib LIB with --key-label LABEL")
    if options.pkcs11_lib and not options.key_label:
        refuse("--pkcs11-lib needs --key-label", "the label of key and certificate, as your token's program lists them")
    if options.passphrase_file and options.passphrase_env:
        refuse("the passphrase comes from one place", "leave out --passphrase-file or --passphrase-env")
    wants_proof = options.crl or options.ocsp or options.ocsp_url
    if wants_proof and not (options.trust and options.timestamp_url):
        refuse(
            "a signature for the long term needs a timestamp and the roots that it leads to",
            "add --timestamp-url URL and --trust FILE",
        )
    if options.trust and not wants_proof:
        refuse("--trust is for a signature for the long term", "add --crl, --ocsp or --ocsp-url, or leave out --trust")


def _field(options: argparse.Namespace, fields: Sequence[SignatureField]) -> SignatureField:
    """Return the field that --role means; raise SignOffRefused where there is none, several, or it is signed."""
    place = Span(options.file)
    if not fields:
        hint = "name a PDF edition whose document has an approval block"
        raise SignOffRefused(error("sign-no-fields", "the file has no field for a signature", place, hint))
    wanted = " ".join(options.role.split()).casefold()
    meant = [one for one in fields if one.name == options.role] or [
        one for one in fields if " ".join(one.role.split()).casefold() == wanted
    ]
    if not meant:
        roles = [one.role or one.name for one in fields]
        near = nearest(options.role, roles)
        hint = f'did you mean "{near}"?' if near else f"the roles are {', '.join(roles)}"
        raise SignOffRefused(error("sign-role", f'nobody signs this document as "{options.role}"', place, hint))
    if len(meant) > 1:
        hint = f"name the field instead: {', '.join(one.name for one in meant)}"
        raise SignOffRefused(error("sign-role", f"{len(meant)} fields are for {options.role}", place, hint))
    if meant[0].signed:
        left = [one.role or one.name for one in fields if not one.signed]
        hint = f"still to be signed: {', '.join(left)}" if left else "all fields are signed"
        raise SignOffRefused(error("sign-taken", f"the field of {options.role} is signed already", place, hint))
    return meant[0]


def _recorded(options: argparse.Namespace, pdf: bytes) -> dict[str, Any] | None:
    """Return what the record says of the document; raise SignOffRefused where the file is not of the record."""
    from specflow.signoff.pdf_document import is_edition, read_record

    if options.without_record:
        return None
    path = options.record or options.file.with_name(f"{options.file.stem.removesuffix(SIGNED_SUFFIX)}.json")
    if not path.is_file():
        hint = "name it with --record FILE, or sign what nobody can hold against a build with --without-record"
        message = f"there is no record of this edition: {shown(path)} is missing"
        raise SignOffRefused(error("sign-no-record", message, Span(options.file), hint))
    record = read_record(path)
    if not is_edition(pdf, record):
        hint = "build the document again, and sign what was built"
        message = f"the file is not the edition that {shown(path)} records"
        raise SignOffRefused(error("sign-not-recorded", message, Span(options.file), hint))
    return dict(record.document)


def _refuse_broken(path: Path, pdf: bytes) -> None:
    """Raise SignOffRefused where a signature that is in the file does not hold, whoever is trusted."""
    from specflow.signoff.pdf_verdicts import signature_verdicts

    for verdict in signature_verdicts(pdf, (), now=clock.now()):
        for fault in verdict.faults:
            if fault.code in _BROKEN:
                message = (
                    f"the signature of {verdict.role or verdict.field or 'somebody'} does not hold: {fault.message}"
                )
                raise SignOffRefused(error("sign-broken", message, Span(path), "get the file as the signer left it"))


@contextmanager
def _signer(options: argparse.Namespace) -> Iterator[Any]:
    from specflow.signoff.keys import open_pkcs11, open_pkcs12, passphrase

    what = f"passphrase of {options.key.name}" if options.key else "PIN of the token"
    secret = passphrase(what, options.passphrase_file, options.passphrase_env)
    if options.key:
        yield open_pkcs12(options.key, secret)
    else:
        with open_pkcs11(options.pkcs11_lib, options.token, options.key_label, secret) as signer:
            yield signer


def _timestamper(options: argparse.Namespace) -> tuple[Any, str]:
    if not options.timestamp_url:
        return None, "PAdES B-B"
    from specflow.signoff.network import Timestamps

    return Timestamps(options.timestamp_url), "PAdES B-T"


def _revocation(options: argparse.Namespace, certificate: Certificate) -> Revocation | None:
    """Return what proves later that nothing was revoked, None where nothing of the kind was named."""
    if not (options.crl or options.ocsp or options.ocsp_url):
        return None
    from specflow.signoff.certificates import read_certificates
    from specflow.signoff.network import ask_ocsp
    from specflow.signoff.pdf_sign import Revocation

    roots = read_certificates(options.trust)
    ocsps = [read_bytes(path) for path in options.ocsp]
    if options.ocsp_url:
        issuer = next((root for root in roots if root.subject == certificate.issuer), None)
        if issuer is None:
            hint = "put the certificate of the authority that issued yours into a file of --trust"
            raise SignOffRefused(error("ocsp-failed", "the issuer of your certificate is not known", hint=hint))
        ocsps.append(ask_ocsp(options.ocsp_url, certificate, issuer))
    return Revocation(roots, tuple(read_bytes(path) for path in options.crl), tuple(ocsps))


def _target(options: argparse.Namespace) -> Path:
    """Return the file to write; raise SignOffRefused where it would replace another signed one."""
    if options.out:
        return Path(options.out)
    file = Path(options.file)
    if options.in_place or file.stem.endswith(SIGNED_SUFFIX):
        return file
    target = file.with_name(f"{file.stem}{SIGNED_SUFFIX}{file.suffix}")
    if target.exists():
        hint = f"sign {shown(target)}, which has the signatures so far, or name another file with -o"
        raise SignOffRefused(error("sign-exists", f"{shown(target)} is there already", Span(file), hint))
    return target


def _tell_open(report: Report, pdf: bytes) -> None:
    from specflow.signoff.pdf_document import signature_fields

    left = [one.role or one.name for one in signature_fields(pdf) if not one.signed]
    report.note(f"still to be signed: {', '.join(left)}" if left else "all fields are signed")
