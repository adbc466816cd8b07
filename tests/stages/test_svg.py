"""SVG files: what is refused and why, what is left out, how large a drawing is, and what it says."""

from __future__ import annotations

import pytest

from specflow.svg import MAX_BYTES, SvgRefused, is_svg, sanitised

HEAD = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="10" height="10">'
PNG = "data:image/png;base64,iVBORw0KGgo="


def drawing(body: str) -> bytes:
    return f"{HEAD}{body}</svg>".encode()


def nested(levels: int) -> str:
    """Return parts that each use the one before ten times."""
    parts = [f'<g id="p{level}">' + f'<use href="#p{level - 1}"/>' * 10 + "</g>" for level in range(1, levels)]
    return '<g id="p0"><path d="M0 0"/></g>' + "".join(parts)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("<script>x()</script>", "has a script"),
        ('<g onclick="x()"/>', "has a script (`onclick`)"),
        ('<g ONLOAD="x()"/>', "has a script (`ONLOAD`)"),
        ("<foreignObject><p/></foreignObject>", "has HTML inside (`foreignObject`)"),
        ('<animate attributeName="x"/>', "is animated"),
        ('<set attributeName="href"/>', "is animated"),
        ("<video/>", "has the element `video`, which is not drawn everywhere"),
        ('<image href="http://x/y.png"/>', "refers to something outside of it: `http://x/y.png`"),
        ('<image xlink:href="photo.png"/>', "refers to something outside of it: `photo.png`"),
        (f'<use href="{PNG}"/>', f"refers to something outside of it: `{PNG}`"),
        ('<use href="other.svg#a"/>', "refers to something outside of it: `other.svg#a`"),
        ('<feImage href="//x"/>', "refers to something outside of it: `//x`"),
        (
            '<image href="data:image/svg+xml;base64,PHN2Zz4="/>',
            "refers to something outside of it: `data:image/svg+xml;base64,PHN2Zz4=`",
        ),
        (
            '<image href="data:image/png;base64,PHN2Zz4="/>',
            "has an embedded picture that is neither PNG nor JPEG",
        ),
        (
            '<image href="data:image/png;base64,%%%"/>',
            "has an embedded picture that is neither PNG nor JPEG",
        ),
        ('<style>@import "x.css";</style>', "imports a style sheet (`@import`)"),
        ("<style>@font-face{src:url(data:x)}</style>", "brings a font of its own (`@font-face`)"),
        ("<style>.a{fill:url(http://x)}</style>", "refers to something outside of it: `http://x`"),
        ("<style>.a{background:image-set('x')}</style>", "has `image-set` in a style"),
        ("<style>.a{fill:u/* */rl(http://x)}</style>", None),
        ('<rect fill="url(http://x#a)"/>', "refers to something outside of it: `http://x#a`"),
        ('<rect style="fill:URL(http://x)"/>', "refers to something outside of it: `http://x`"),
        (r'<rect style="fill:u\72l(http://x)"/>', "has a backslash in a style"),
        ('<rect fill="url(#a"/>', "has a `url(` that does not end"),
        ('<g xml:base="http://x"/>', "names another base for its references (`xml:base`)"),
        ('<?xml-stylesheet href="x"?>', "names a style sheet outside of it"),
        ("<?php x ?>", "has instructions"),
        ('<use href="#a"/><g id="a"><use href="#a"/></g>', "repeats a part inside itself (`use`)"),
        (nested(8), "unfolds to more than 50,000 elements (`use`)"),
        ("<path/>" * 50_001, "has more than 50,000 elements"),
        ("<g>" * 64 + "</g>" * 64, "is nested more than 64 levels deep"),
    ],
)
def test_what_is_live_or_from_elsewhere_is_refused(body: str, reason: str | None) -> None:
    if reason is None:  # a comment in the word makes it none
        assert sanitised(drawing(body)).width == 10
        return
    with pytest.raises(SvgRefused) as caught:
        sanitised(drawing(body))
    assert caught.value.reason == reason


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('<!DOCTYPE svg [<!ENTITY a "x">]><svg xmlns="http://www.w3.org/2000/svg"/>', "declares entities"),
        (f'<?xml-stylesheet href="x"?>{HEAD}</svg>', "names a style sheet outside of it"),
        ("<svg/>", "is not an SVG drawing"),
        ('<svg xmlns="http://www.w3.org/2000/svg"/>', "has no size: neither `viewBox` nor `width` and `height`"),
        (HEAD.replace('"10"', '"20001"') + "</svg>", "is more than 20,000 pixels wide or high"),
        (HEAD, "is not well-formed: "),
        (" " * MAX_BYTES + HEAD, "is larger than 8 MiB"),
    ],
)
def test_what_is_no_drawing_is_refused(text: str, reason: str) -> None:
    with pytest.raises(SvgRefused) as caught:
        sanitised(text.encode())
    assert caught.value.reason.startswith(reason)


def test_an_entity_bomb_is_refused_at_once() -> None:
    entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 20))
    text = f'<!DOCTYPE svg [<!ENTITY e0 "x">{entities}]>{HEAD}<text>&e19;</text></svg>'
    with pytest.raises(SvgRefused):
        sanitised(text.encode())


@pytest.mark.parametrize(
    "body",
    [
        f'<image href="{PNG}"/>',
        '<rect fill="url(#a)"/>',
        "<rect fill=\"url( '#a' )\"/>",
        '<use href="#a"/><g id="a"/>',
        "<style>.a{fill:#14304F}</style>",
        '<rect style="clip-path:url(#a)"/>',
    ],
)
def test_what_draws_stays(body: str) -> None:
    made = sanitised(drawing(body)).data.decode()
    assert body.split(">")[0].removesuffix("/") in made


def test_pictures_inside_can_be_refused() -> None:
    with pytest.raises(SvgRefused, match="has a picture from elsewhere"):
        sanitised(drawing(f'<image href="{PNG}"/>'), pictures=False)


def test_what_is_not_drawn_is_left_out() -> None:
    body = (
        '<!-- note --><metadata><a/></metadata><ink:page xmlns:ink="urn:ink"><ink:script/></ink:page>'
        '<g xmlns:ink="urn:ink" ink:label="x" data-x="y" id="kept"/>'
    )
    made = sanitised(f"<!DOCTYPE svg>{drawing(body).decode()}".encode()).data.decode()
    assert made.endswith('><g id="kept"/></svg>')
    assert "DOCTYPE" not in made
    assert "ink" not in made.replace("xlink", "")


def test_a_link_keeps_its_drawing_and_loses_its_target() -> None:
    made = sanitised(drawing('<a href="javascript:x()" target="_top"><text>go</text></a>'))
    assert b"<g><text>go</text></g>" in made.data


@pytest.mark.parametrize(
    ("attributes", "size"),
    [
        ('width="30" height="20"', (30, 20)),
        ('width="1in" height="72pt"', (96, 96)),
        ('width="25.4mm" height="2.54cm"', (96, 96)),
        ('viewBox="0 0 40 20"', (40, 20)),
        ('viewBox="0,0,40,20" width="20"', (20, 10)),
        ('viewBox="0 0 40 20" height="40px"', (80, 40)),
        ('viewBox="0 0 40 20" width="100%" height="100%"', (40, 20)),
        ('viewBox="0 0 40 20" width="30" height="30"', (30, 30)),
    ],
)
def test_size(attributes: str, size: tuple[float, float]) -> None:
    made = sanitised(f'<svg xmlns="http://www.w3.org/2000/svg" {attributes}/>'.encode())
    assert (made.width, made.height) == pytest.approx(size)
    assert f'width="{size[0]:g}"'.encode() in made.data
    assert b"viewBox" in made.data


def test_the_same_drawing_gives_the_same_bytes_again() -> None:
    made = sanitised(drawing('<g style="fill:red"><text x="1">a</text></g>')).data
    assert sanitised(made).data == made


def test_words_are_read_from_the_top_down_and_from_the_left() -> None:
    body = (
        "<title>Flow</title><desc>Who  asks\nwhom</desc>"
        '<text x="50" y="80">last</text><text x="60" y="22">second</text><text x="5" y="20">first</text>'
        '<defs><g id="part"><text y="5"><tspan>mid</tspan><tspan>dle</tspan></text></g></defs>'
        '<g transform="translate(3, 40)"><use href="#part"/></g><text x="9" y="90">first</text>'
    )
    made = sanitised(drawing(body))
    assert (made.title, made.description) == ("Flow", "Who asks whom")
    assert made.labels == ("first", "second", "mid dle", "last")


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"<svg/>", True),
        (b"\xef\xbb\xbf<?xml version='1.0'?>\n<svg>", True),
        (b"<s:svg xmlns:s='x'/>", True),
        (b"<html><p/></html>", False),
        (b"svg", False),
    ],
)
def test_svg_is_told_by_its_beginning(data: bytes, expected: bool) -> None:
    assert is_svg(data) is expected
