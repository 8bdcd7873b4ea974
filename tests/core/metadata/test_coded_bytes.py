from __future__ import annotations

import base64
import io
import json
import random
import zlib
from collections.abc import Callable

import pytest
from PIL import Image

from fpcrawler.core.metadata.pictures import SHORTEST, without_picture

NOISE = random.Random(5)
PIXELS = NOISE.randbytes(20 * 20 * 3)


def coded(form: str, pixels: bytes = PIXELS) -> bytes:
    file = io.BytesIO()
    Image.frombytes("RGB", (20, 20), pixels).save(file, form)
    return file.getvalue()


FORMS = ["QOI", "PPM", "TGA", "PCX", "SGI", "DDS", "EPS", "ICO"]
FLAT = bytes(20 * 20 * 3)
OPENED = {
    f"{form}, {name}": coded(form, pixels)
    for form in FORMS
    for name, pixels in {"noise": PIXELS, "black": FLAT}.items()
    if (form, name) not in (("QOI", "black"), ("ICO", "black"))
}
OPENED["ICNS"] = b"icns\0\0\x10\0ic07" + b"\0\0\x0f\xf8" + bytes(500)
OPENED["PGM in digits"] = b"P2\n9 9\n255\n" + b"12 255 7\n" * 27
OPENED["without a signature"] = NOISE.randbytes(500)
OPENED["a part"] = coded("JPEG")[200:600]


@pytest.mark.parametrize(
    "encoded",
    [
        pytest.param(lambda data: base64.b64encode(data).decode(), id="base64"),
        pytest.param(
            lambda data: base64.encodebytes(data).decode().strip(), id="lines"
        ),
        pytest.param(lambda data: base64.urlsafe_b64encode(data).decode(), id="URL"),
        pytest.param(bytes.hex, id="hexadecimal"),
    ],
)
@pytest.mark.parametrize("kind", OPENED)
def test_what_pillow_opens_is_a_length(
    kind: str, encoded: Callable[[bytes], str]
) -> None:
    data = OPENED[kind]

    text = without_picture(f"<{encoded(data)}>")

    assert text.endswith(f", {len(data):,} bytes)>")
    assert len(text) < SHORTEST


@pytest.mark.parametrize("before", ["Preview:", "This is a preview of mine: ", "a b "])
@pytest.mark.parametrize("kind", ["TGA, noise", "PCX, noise", "a part"])
def test_words_before_the_digits_stay(kind: str, before: str) -> None:
    data = OPENED[kind]

    text = without_picture(before + base64.b64encode(data).decode())

    label = f"({kind.partition(',')[0].replace('a part', 'data')}, "
    assert text == f"{before}{label}{len(data):,} bytes)"


TEXT = "A photograph of a cat, taken in Zürich on a sunny day (ISO 400). " * 6
HASHES = [NOISE.randbytes(32).hex() for _ in range(12)]
TOKEN = base64.urlsafe_b64encode(NOISE.randbytes(192)).decode()
PROMPT = {str(n): {"class_type": "KSampler", "inputs": {"seed": 2**60 + n, "steps": 20,
          "model": ["4", 0]}} for n in range(30)}  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("masterpiece best quality 4k Canon EOS R5 " * 20, id="words"),
        pytest.param("A_Long_File_Name_Of_2024/" * 20, id="a path"),
        pytest.param("SomeWordsInOneName" * 20, id="one name"),
        pytest.param("https://cdn.example/" + TOKEN + "=s1600", id="a URL's token"),
        pytest.param(json.dumps(PROMPT), id="a prompt"),
        pytest.param(" ".join(HASHES), id="hashes"),
        pytest.param(", ".join(HASHES), id="a list of hashes"),
        pytest.param("xmp.iid:5D8A3C7E-91B2-4F60-8E1A-0C9D7B6A5F43 " * 20, id="ids"),
        pytest.param(base64.b64encode(TEXT.encode()).decode(), id="base64 of text"),
        pytest.param(
            base64.b64encode(("写真の説明です。" * 40).encode()).decode(),
            id="base64 of Japanese",
        ),
        pytest.param(TEXT.encode().hex(), id="hexadecimal of text"),
        pytest.param("".join(str(7**n % 10**9) for n in range(90)), id="a number"),
        pytest.param("Rotated " + "".join(str(7**n) for n in range(40)), id="names"),
        pytest.param("ACGTTGCAAC" * 60, id="few letters"),
        pytest.param("写真の説明です。PNG、JPEG。" * 40, id="Japanese"),
    ],
)
def test_a_long_honest_text_stays(text: str) -> None:
    assert without_picture(text) == text


def test_compressed_data_cannot_be_told_from_a_picture() -> None:
    data = zlib.compress(" ".join(HASHES).encode())

    text = without_picture(base64.b64encode(data).decode())

    assert text == f"(data, {len(data)} bytes)"
