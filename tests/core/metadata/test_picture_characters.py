from __future__ import annotations

from collections.abc import Callable

import pytest
from parsel import Selector

from fpcrawler.core.metadata.pictures import SHORTEST, without_picture
from tests.core.metadata.test_pictures import PICTURES

DECODED: dict[str, Callable[[bytes], str]] = {
    "latin-1": lambda data: data.decode("latin-1"),
    "windows-1252": lambda data: "".join(
        bytes([byte]).decode("cp1252", "ignore") or chr(byte) for byte in data
    ),
    "windows-1252, replaced": lambda data: data.decode("cp1252", "replace"),
    "Mac Roman": lambda data: data.decode("mac-roman"),
    "UTF-8": lambda data: data.decode("utf-8", "replace"),
}


@pytest.mark.parametrize("parsed", [False, True])
@pytest.mark.parametrize("charset", DECODED)
@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF", "AVIF"])
def test_a_picture_in_a_wrong_character_set_is_cut(
    kind: str, charset: str, *, parsed: bool
) -> None:
    text = "A cat: " + DECODED[charset](PICTURES[kind])
    if parsed:
        escaped = text.replace("&", "&amp;").replace('"', "&quot;")
        text = Selector(f'<img alt="{escaped}">').css("img::attr(alt)").get("")
        assert len(text) > 200

    short = without_picture(text)

    assert short.startswith("A cat: ")
    assert short.endswith(" bytes)")
    assert len(short) < SHORTEST


@pytest.mark.parametrize(
    "text",
    [
        "PNG: IHDR, JFIF and Exif. Zoë\n" * 20,
        "写真、JFIF、Exif。PNG、、IHDR " * 20,
        "Caf\ufffd GIF89a, qoif, ftypavif, 8BPS. " * 9,
    ],
)
def test_names_of_a_picture_s_parts_stay(text: str) -> None:
    assert without_picture(text) == text
