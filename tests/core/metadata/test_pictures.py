from __future__ import annotations

import base64
import io
import random
from collections.abc import Callable
from urllib.parse import quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from fpcrawler.core.metadata.pictures import (
    SHORTEST,
    binary,
    described,
    picture_bytes,
    without_picture,
)


def coded(form: str) -> bytes:
    noise = random.Random(1).randbytes(40 * 40 * 3)
    file = io.BytesIO()
    Image.frombytes("RGB", (40, 40), noise).save(file, form)
    return file.getvalue()


PICTURES = {
    kind: coded(form)
    for kind, form in {
        "JPEG": "JPEG",
        "PNG": "PNG",
        "GIF": "GIF",
        "WEBP": "WEBP",
        "TIFF": "TIFF",
        "BMP": "BMP",
        "JP2": "JPEG2000",
        "AVIF": "AVIF",
    }.items()
}
PICTURES["HEIC"] = b"\0\0\0\x18ftypheic" + bytes(200)
PICTURES["JXL"] = b"\0\0\0\x0cJXL \r\n\x87\n" + bytes(200)


def base64_of(data: bytes) -> str:
    return base64.b64encode(data).decode()


@pytest.mark.parametrize(
    "encoded",
    [
        pytest.param(base64_of, id="base64"),
        pytest.param(lambda data: base64.encodebytes(data).decode(), id="lines"),
        pytest.param(
            lambda data: base64.urlsafe_b64encode(data).decode(), id="URL-safe"
        ),
        pytest.param(lambda data: data.hex(), id="hexadecimal"),
        pytest.param(lambda data: data.hex(" ").upper(), id="spaced hexadecimal"),
        pytest.param(lambda data: data.decode("latin-1"), id="raw"),
    ],
)
@pytest.mark.parametrize("kind", PICTURES)
def test_a_picture_is_its_kind_and_length(
    kind: str, encoded: Callable[[bytes], str]
) -> None:
    data = PICTURES[kind]

    assert without_picture(encoded(data)) == f"({kind}, {len(data):,} bytes)"


@pytest.mark.parametrize("kind", PICTURES)
@pytest.mark.parametrize("before", [b"", b"a", b"ab", b"abc"])
def test_a_picture_within_a_text_is_found(kind: str, before: bytes) -> None:
    data = PICTURES[kind]

    text = without_picture(f"Preview: {base64_of(before + data)}. The end")

    assert text.startswith("Preview: ")
    assert text.endswith(" bytes). The end")
    assert f"({kind}, " in text
    assert len(text) < SHORTEST


def test_a_data_url_is_its_type_and_length() -> None:
    image = base64_of(b"?" * 300)

    text = without_picture(f'<img src="data:image/x-new;base64,{image}"> seen')

    assert text == '<img src="(X-NEW, 300 bytes)"> seen'


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("GIF89a and BMP are formats. RIFF, II*. " * 9, id="names"),
        pytest.param("lorem ipsum dolor sit amet " * 20, id="words"),
        pytest.param("0123456789abcdef" * 40, id="a number"),
        pytest.param("a data:image/png URL, " * 20, id="a URL's begin"),
        pytest.param("Zoë, 山田; " * 40, id="letters"),
        pytest.param(base64_of(PICTURES["JPEG"])[:100], id="too short"),
    ],
)
def test_another_text_is_the_same(text: str) -> None:
    assert without_picture(text) == text


@pytest.mark.parametrize(
    "escaped",
    [
        pytest.param(lambda text: text.replace("/", r"\/"), id="JSON"),
        pytest.param(lambda text: text.replace("/", r"\\/"), id="JSON in JSON"),
        pytest.param(lambda text: text.replace("/", r"\u002f"), id="JSON, by code"),
        pytest.param(
            lambda text: "\\r\\n".join(
                text[at : at + 76] for at in range(0, len(text), 76)
            ),
            id="JSON, in lines",
        ),
        pytest.param(quote_plus, id="URL"),
    ],
)
@pytest.mark.parametrize("before", ["", "data:image/jpeg;base64,"])
def test_a_picture_whose_digits_are_escaped_is_found(
    before: str, escaped: Callable[[str], str]
) -> None:
    picture = PICTURES["JPEG"]
    text = '{"image": "' + escaped(before + base64_of(picture)) + '", "seed": 5}'

    found = without_picture(text)
    assert f'(JPEG, {len(picture):,} bytes)", "seed": 5}}' in found
    assert len(found) < 80


@pytest.mark.parametrize(
    ("text", "short"),
    [
        (base64_of(PICTURES["JXL"]), f"(JXL, {len(PICTURES['JXL'])} bytes)"),
        (base64_of(b"\xff\x0a" + bytes(200)), "(JXL, 202 bytes)"),
        (base64_of(b"?" * 300), "(picture, 300 bytes)"),
        ("/9j/", "(picture, 3 bytes)"),
        ("ü" * 300, "(picture, 225 bytes)"),
    ],
)
def test_a_property_for_pictures_is_never_a_text(text: str, short: str) -> None:
    assert described(text) == short


def test_binary_data_have_a_length() -> None:
    jpeg = PICTURES["JPEG"]

    assert picture_bytes(b"a preview: " + jpeg) == f"(JPEG, {len(jpeg):,} bytes)"
    assert picture_bytes(b"none" * 99) is None
    assert binary(b"none") == "(data, 4 bytes)"


@given(
    st.text(max_size=200),
    st.sampled_from(sorted(PICTURES)),
    st.sampled_from([" ", ":", "'", "/", "9"]),
)
def test_no_picture_is_left_in_any_text(before: str, kind: str, between: str) -> None:
    image = base64_of(PICTURES[kind])

    text = without_picture(before + between + image)

    middle = image[40 : 40 + SHORTEST * 4 // 3]
    assert middle not in text
