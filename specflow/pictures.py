"""Pictures that a document shows: files of the project folder and diagrams, as what all three formats can show."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from specflow import diagrams, svg
from specflow.image_size import millimetres, pixels_of
from specflow.tools.pandoc import Reply
from specflow.tools.raster import Raster, TooHeavy

MAX_BYTES = 64 << 20
"""A picture larger than this is refused."""
MAX_PIXELS = 100_000_000
"""A picture with more pixels is refused: a small file can unfold to more than a machine's memory."""
MAX_HEIGHT = 0.85
"""The share of the page's text area that a picture's height may take, so that its caption fits below."""
USUAL_HEIGHT = 0.6
"""The share that it may take where the author gave no size, so that words stand on the same page."""

_KINDS = ((b"\x89PNG\r\n\x1a\n", "image/png"), (b"\xff\xd8\xff", "image/jpeg"))
_SVG = "image/svg+xml"
_UNITS = {"mm": 1.0, "cm": 10.0, "in": 25.4, "inch": 25.4, "pt": 25.4 / 72, "px": 25.4 / 96, "": 25.4 / 96}
_LENGTH = re.compile(r"(\d+\.?\d*)(mm|cm|in|inch|pt|px|%|)")
_EXTENSIONS = {"image/png": "png", "image/jpeg": "jpg", _SVG: "svg"}


@dataclass(frozen=True, slots=True)
class TextArea:
    """How wide and high the text of a page is, in millimetres; A4 with the house's margins unless told."""

    width: float = 163.0
    height: float = 246.0


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture as the formats show it, its natural size in millimetres, and a diagram's words."""

    mime: str
    data: bytes
    width: float
    height: float
    words: Mapping[str, Any] = field(default_factory=dict)


class Pictures:
    """The pictures of one project folder, and those that a document has used so far.

    `used` maps the names under which the formats know a picture to its bytes, `read` the files that were read, as they
    were asked for, to the hex digests of theirs. With a `raster` a drawing has a PNG of
    the same name beside it, for the format that shows no SVG.
    """

    def __init__(self, folder: Path, area: TextArea | None = None, raster: Raster | None = None) -> None:
        self._folder = folder.resolve()
        self._area = area or TextArea()
        self._raster = raster
        self.used: dict[str, bytes] = {}
        self.read: dict[str, str] = {}

    def answer(self, request: Mapping[str, Any]) -> Reply | str:
        """Return the picture that a filter asks for, or why there is none, as the end of a sentence.

        A request is {"fetch": path} or {"draw": {"kind": …, "text": …}}, with the author's `width` and `height` as he
        typed them. The reply has the picture, its name, and the size to show it in: the chosen one or the natural one,
        shrunk to the text area. Raises ToolMissing where the diagram's program is missing.
        """
        draw = request.get("draw")
        found = self.draw(str(draw["kind"]), str(draw["text"])) if draw else self.fetch(str(request["fetch"]))
        if isinstance(found, str):
            return found
        chosen = [_length(str(request.get(side, ""))) for side in ("width", "height")]
        width, height = self._shown(found, *chosen)
        size = f" {width:.4f} {height:.4f}".encode() if found.mime == _SVG else b""
        name = hashlib.sha1(found.data + size, usedforsecurity=False).hexdigest()
        blobs = [found.data]
        self.used[f"{name}.{_EXTENSIONS[found.mime]}"] = found.data
        if self._raster and found.mime == _SVG:
            try:
                blobs.append(self._raster.png(found.data, width, height))
            except TooHeavy as heavy:
                return heavy.reason
            self.used[f"{name}.png"] = blobs[1]
        head = {"name": name, "extension": _EXTENSIONS[found.mime], "mime": found.mime}
        share = 100 * width / self._area.width
        size_text = f"{share:.4g}%" if share > 99.9 or (chosen[0] and chosen[0].is_share) else f"{width:.4g}mm"
        head |= {"width": size_text, "height": f"{height:.4g}mm" if None not in chosen else ""}
        return Reply({**head, **found.words}, blobs)

    def draw(self, kind: str, text: str) -> Picture | str:
        """Return the diagram's picture, or what is wrong with its text, as a sentence."""
        try:
            made = diagrams.draw(kind, text)
        except diagrams.DiagramInvalid as fault:
            return str(fault)
        words = {"title": made.title, "description": made.description, "labels": list(made.labels)}
        return Picture(_SVG, made.data, millimetres(made.width), millimetres(made.height), words)

    def fetch(self, source: str) -> Picture | str:
        """Return a picture of the folder, or why it may not be used, as the end of a sentence.

        Links are followed before the place is judged, so a symbolic link cannot lead out of the folder.
        """
        if "://" in source or source.startswith(("data:", "//")):
            return "is not a file of the project"
        path = Path(source)
        if path.is_absolute() or "\\" in source or "\0" in source:
            return "lies outside the project folder"
        try:
            found = (self._folder / path).resolve(strict=True)
        except (OSError, RuntimeError):
            return "does not exist"
        if not found.is_relative_to(self._folder):
            return "lies outside the project folder"
        if not found.is_file():
            return "is a folder or a device, not a file"
        try:
            with found.open("rb") as stream:
                data = stream.read(MAX_BYTES + 1)
        except OSError as fault:
            return f"cannot be read: {fault.strerror}"
        if len(data) > MAX_BYTES:
            return f"is larger than {MAX_BYTES >> 20} MiB"
        self.read[source] = hashlib.sha256(data).hexdigest()
        return _pixels(data) or _drawing(data)

    def _shown(self, picture: Picture, width: _Length | None, height: _Length | None) -> tuple[float, float]:
        """Return the size in which it fits the page, in millimetres; its proportions stay unless both are set."""
        ratio = picture.height / picture.width
        across = width.of(self._area.width) if width else None
        down = height.of(self._area.height) if height else None
        if across is None:
            across = picture.width if down is None else down / ratio
        if down is None:
            down = across * ratio
        most = MAX_HEIGHT if width or height else USUAL_HEIGHT
        fit = min(1.0, self._area.width / across, most * self._area.height / down)
        return across * fit, down * fit


@dataclass(frozen=True, slots=True)
class _Length:
    """A length in millimetres, or a share of what there is."""

    number: float
    is_share: bool

    def of(self, whole: float) -> float:
        return self.number * whole if self.is_share else self.number


def _length(text: str) -> _Length | None:
    """Return what an author wrote as an image's width or height; None for nothing, zero, or an unknown unit."""
    found = _LENGTH.fullmatch(text)
    if not found or not float(found[1]):
        return None
    if found[2] == "%":
        return _Length(float(found[1]) / 100, is_share=True)
    return _Length(float(found[1]) * _UNITS[found[2]], is_share=False)


def _pixels(data: bytes) -> Picture | str | None:
    """Return a PNG or JPEG picture; None for something else."""
    mime = next((mime for signature, mime in _KINDS if data.startswith(signature)), None)
    if mime is None:
        return None
    size = pixels_of(data)
    if size is None:
        return "is cut or damaged"
    across, down, resolution = size
    if across * down > MAX_PIXELS:
        return f"has more than {MAX_PIXELS:,} pixels"
    return Picture(mime, data, millimetres(across, resolution), millimetres(down, resolution))


def _drawing(data: bytes) -> Picture | str:
    if not svg.is_svg(data):
        return "is neither PNG, JPEG nor SVG"
    try:
        made = svg.sanitised(data)
    except svg.SvgRefused as refused:
        return refused.reason
    return Picture(_SVG, made.data, millimetres(made.width), millimetres(made.height))
