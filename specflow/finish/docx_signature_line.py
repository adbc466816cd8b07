"""Signature lines: the places in a DOCX that Word offers to sign, one in each role's cell of the approval block.

Word knows such a line by `o:signatureline` in a shape of its older drawing markup (ECMA-376 part 4, 19.2.2.5); the
shape shows a picture, which Word replaces by its own when the line is signed.
"""

from __future__ import annotations

import struct
import uuid
import zlib

from lxml import etree

from specflow.finish.control_names import RoleControls
from specflow.finish.docx_package import add_picture
from specflow.finish.wordml import W10, O, R, V, legal, qn, w
from specflow.model import RoleState, Spec

_NAMES = uuid.UUID("6ba7b811-9dad-11d1-80b4-00c04fd430c8")  # of addresses (RFC 9562, 6.6)
_NOBODY = "{00000000-0000-0000-0000-000000000000}"  # Word's own signature provider
_HEIGHT = 36.0
_MOST = 192.0  # points; as wide as Word's own
_PIXELS = (384, 144)


def add_line_picture(files: dict[str, bytes]) -> str:
    """Add the picture of an empty signature line to the package; return the id of its relationship."""
    return add_picture(files, "signature-line", _picture(*_PIXELS), "image/png")


def signature_line(
    picture: str, role: RoleState, controls: RoleControls, spec: Spec, content: str, room: float
) -> etree._Element:
    """Return the run with the role's signature line; who signs is told whose decision it is, and on which content.

    `room` is the width of its cell in points.
    """
    labels = spec.language.labels
    width = min(room, _MOST)
    tag = controls.tag("signature")
    shape = etree.Element(f"{{{V}}}shape", nsmap={"v": V, "o": O, "r": R, "w10": W10})
    shape.set("id", f"sf_{controls.slug}")
    shape.set("type", "#_x0000_t75")
    shape.set("alt", legal(f"{labels['signature']}: {role.role}"))
    shape.set("style", f"width:{width:.1f}pt;height:{_HEIGHT:.1f}pt")
    data = etree.SubElement(shape, f"{{{V}}}imagedata")
    data.set(f"{{{R}}}id", picture)
    data.set(f"{{{O}}}title", "")
    lock = etree.SubElement(shape, f"{{{O}}}lock")
    lock.set(f"{{{V}}}ext", "edit")
    for name in ("ungrouping", "rotation", "cropping", "verticies", "text", "grouping"):
        lock.set(name, "t")
    line = etree.SubElement(shape, f"{{{O}}}signatureline")
    line.set(f"{{{V}}}ext", "edit")
    line.set("id", "{" + str(uuid.uuid5(_NAMES, f"specflow:{spec.identity.id}:{tag}")).upper() + "}")
    line.set("provid", _NOBODY)
    line.set(f"{{{O}}}suggestedsigner", legal(role.name or role.role))
    line.set(f"{{{O}}}suggestedsigner2", legal(", ".join(filter(None, (role.role, role.function)))))
    line.set("signinginstructionsset", "t")
    line.set("signinginstructions", legal(labels["content"].replace("{digest}", content)))
    line.set("allowcomments", "t")
    line.set("issignatureline", "t")
    run = w("r", w("pict"))
    pict = run.find(qn("pict"))
    if pict is not None:
        pict.append(shape)
    return run


def _picture(width: int, height: int) -> bytes:
    """Return a PNG of a line with a cross before it on nothing: two colours, one of them transparent."""
    rows = []
    line = height - 24
    for y in range(height):
        row = bytearray(width)
        if line <= y < line + 3:
            row[12 : width - 12] = b"\1" * (width - 24)
        step = y - (line - 44)
        if 0 <= step < 32:
            for left in (20 + step, 20 + 31 - step):
                row[left : left + 4] = b"\1" * 4
        packed = bytes(int("".join(map(str, row[at : at + 8])), 2) for at in range(0, width, 8))
        rows.append(b"\0" + packed)
    chunks = (
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 1, 3, 0, 0, 0)),
        (b"PLTE", b"\xff\xff\xff\x60\x60\x60"),
        (b"tRNS", b"\0"),
        (b"IDAT", zlib.compress(b"".join(rows), 0)),
        (b"IEND", b""),
    )
    body = b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)) for name, data in chunks
    )
    return b"\x89PNG\r\n\x1a\n" + body
