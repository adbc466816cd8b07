"""Pictures: which files are used, in which size they are shown, and what the filters are told of them."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path
from typing import Any

import pytest

from specflow.image_size import pixels_of
from specflow.pictures import MAX_BYTES, Pictures, TextArea
from specflow.tools.kit import Tools
from specflow.tools.pandoc import Output, Reply
from specflow.tools.raster import Raster

AREA = TextArea(160, 240)
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="%s" height="%s"><text y="9">word</text></svg>'


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width: int, height: int, per_metre: int = 0) -> bytes:
    parts = [chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))]
    if per_metre:
        parts.append(chunk(b"pHYs", struct.pack(">IIB", per_metre, per_metre, 1)))
    parts += [chunk(b"IDAT", zlib.compress(b"\0" * (width + 1) * height)), chunk(b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def jpeg(width: int, height: int, unit: int, density: int) -> bytes:
    jfif = b"\xff\xe0\x00\x10JFIF\0\x01\x02" + struct.pack(">BHHBB", unit, density, density, 0, 0)
    tables = b"\xff\xc4\x00\x04\0\0"
    return b"\xff\xd8" + jfif + tables + b"\xff\xc0\x00\x0b\x08" + struct.pack(">HHB", height, width, 1) + b"\x01\x11\0"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A project folder with a file of each kind, and one beside it."""
    made = tmp_path / "project"
    made.mkdir()
    (made / "dot.png").write_bytes(png(96, 48))
    (made / "drawing.svg").write_bytes(SVG % (b"4in", b"1in"))
    (tmp_path / "secret.png").write_bytes(png(1, 1))
    return made


def ask(pictures: Pictures, source: str, **size: str) -> dict[str, Any]:
    reply = pictures.answer({"fetch": source, **size})
    assert isinstance(reply, Reply), reply
    return dict(reply.head)


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ("https://example.org/x.png", "is not a file of the project"),
        ("data:image/png;base64,x", "is not a file of the project"),
        ("//example.org/x.png", "is not a file of the project"),
        ("/etc/passwd", "lies outside the project folder"),
        ("../secret.png", "lies outside the project folder"),
        ("link.png", "lies outside the project folder"),
        ("..\\secret.png", "lies outside the project folder"),
        ("none.png", "does not exist"),
        ("notes.txt", "is neither PNG, JPEG nor SVG"),
        ("cut.png", "is cut or damaged"),
        ("bomb.png", "has more than 100,000,000 pixels"),
        ("script.svg", "has a script"),
        ("large.png", "is larger than 64 MiB"),
    ],
)
def test_what_may_not_be_used(folder: Path, source: str, why: str) -> None:
    (folder / "link.png").symlink_to(folder.parent / "secret.png")
    (folder / "notes.txt").write_text("no picture\n")
    (folder / "cut.png").write_bytes(png(9, 9)[:18])
    (folder / "bomb.png").write_bytes(
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 10001, 10000, 8, 0, 0, 0, 0))
    )
    (folder / "script.svg").write_bytes(SVG.replace(b"<text", b"<script/><text") % (b"1", b"1"))
    if source == "large.png":
        with (folder / source).open("wb") as stream:
            stream.truncate(MAX_BYTES + 1)
    pictures = Pictures(folder, AREA)
    assert pictures.answer({"fetch": source}) == why
    assert pictures.used == {}


@pytest.mark.parametrize(
    ("data", "shown"),
    [
        (png(96, 48), "25.4mm"),
        (png(2000, 100), "100%"),
        (png(300, 3000), "14.4mm"),
        (png(300, 100, 11811), "25.4mm"),
        (png(96, 96, 2835), "25.4mm"),
        (jpeg(300, 100, 1, 300), "25.4mm"),
        (jpeg(118, 100, 2, 118), "10mm"),
        (jpeg(96, 100, 0, 1), "25.4mm"),
        (SVG % (b"4in", b"1in"), "101.6mm"),
        (SVG % (b"40cm", b"1cm"), "100%"),
        (SVG % (b"100mm", b"1000mm"), "14.4mm"),
    ],
)
def test_without_a_choice_a_picture_has_its_own_size_but_fits_the_page(folder: Path, data: bytes, shown: str) -> None:
    (folder / "p").write_bytes(data)
    head = ask(Pictures(folder, AREA), "p")
    assert (head["width"], head["height"]) == (shown, "")


@pytest.mark.parametrize(
    ("size", "shown"),
    [
        ({"width": "60%"}, ("60%", "")),
        ({"width": "5cm"}, ("50mm", "")),
        ({"width": "72pt"}, ("25.4mm", "")),
        ({"width": "1in"}, ("25.4mm", "")),
        ({"width": "96"}, ("25.4mm", "")),
        ({"width": "900mm"}, ("100%", "")),
        ({"height": "10mm"}, ("40mm", "")),
        ({"height": "10%"}, ("96mm", "")),
        ({"width": "50mm", "height": "50mm"}, ("50mm", "50mm")),
        ({"width": "100mm", "height": "408mm"}, ("50mm", "204mm")),
        ({"width": "0%"}, ("101.6mm", "")),
        ({"width": "wide"}, ("101.6mm", "")),
    ],
)
def test_the_author_chooses_a_size(folder: Path, size: dict[str, str], shown: tuple[str, str]) -> None:
    head = ask(Pictures(folder, AREA), "drawing.svg", **size)
    assert (head["width"], head["height"]) == shown


def test_a_drawing_is_used_as_svg_and_png_of_one_name(folder: Path) -> None:
    pictures = Pictures(folder, AREA, Raster())
    name = ask(pictures, "drawing.svg")["name"]
    assert set(pictures.used) == {f"{name}.svg", f"{name}.png"}
    assert pictures.used[f"{name}.svg"].startswith(b"<svg")
    assert pixels_of(pictures.used[f"{name}.png"]) == (4 * 288, 288, 96.0)
    other = ask(pictures, "drawing.svg", width="10mm")["name"]
    assert other != name
    assert set(Pictures(folder, AREA).used) == set()
    assert len(pictures.used) == 4


def test_pixels_stay_what_they_are(folder: Path) -> None:
    pictures = Pictures(folder, AREA, Raster())
    name = ask(pictures, "dot.png")["name"]
    assert pictures.used == {f"{name}.png": png(96, 48)}


def test_a_raster_is_the_same_every_time(folder: Path) -> None:
    svg = SVG % (b"40", b"20")
    assert Raster().png(svg, 20, 10) == Raster().png(svg, 20, 10)


def test_a_diagram_that_is_none_is_a_sentence(folder: Path) -> None:
    answer = Pictures(folder, AREA).answer({"draw": {"kind": "mermaid", "text": ""}})
    assert answer == "the diagram is empty"


@pytest.mark.parametrize(
    "data", [b"", b"\x89PNG", png(3, 3)[:20], b"\xff\xd8\xff", b"\xff\xd8\xff\xe0\0\x10JF", png(0, 5)]
)
def test_a_file_that_is_cut_has_no_size(data: bytes) -> None:
    assert pixels_of(data) is None


def test_a_filter_asks_its_host_and_gets_bytes_or_a_reason(tools: Tools, tmp_path: Path) -> None:
    path = tmp_path / "own.lua"
    path.write_text(
        "function Str(s)\n"
        "  local head, blobs = SPECFLOW_ASK { name = s.text }\n"
        "  if not head then return pandoc.Str('no: ' .. blobs) end\n"
        "  return pandoc.Str(head.told .. #blobs[1] .. blobs[2])\nend\n",
        "utf-8",
    )

    def host(question: Any) -> Reply | str:
        return Reply({"told": "yes"}, [b"\0\xff", b"x"]) if question == {"name": "good"} else "it is bad"

    answer = tools.pandoc.convert("good bad", "markdown", [path], [Output("html5")], {}, host)
    assert answer.outputs == (b"<p>yes2x no: it is bad</p>",)
