from __future__ import annotations

import base64
import io
import zlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from fpcrawler.core.metadata.plain_text import CUT
from fpcrawler.core.metadata.texts import (
    MAX_IMAGE_BYTES,
    MAX_INFLATED,
    MAX_NAME_CHARS,
    MAX_TEXT_BYTES,
    RawText,
    Text,
    TextKind,
    TextsReading,
    read_texts,
)
from tests.core.metadata.test_pictures import PICTURES

CASE = Path(__file__).parents[4] / "shared/cases/metadata/M17_png_parameters.png"
KINDS: dict[bytes, TextKind] = {b"tEXt": "tEXt", b"zTXt": "zTXt", b"iTXt": "iTXt"}
PARAMETERS = "a harbour, 夕方\nNegative prompt: fog\nSteps: 20, Seed: 42"


def chunks(png: bytes) -> list[RawText]:
    """Return the text chunks of a PNG file."""
    found, at = [], 8
    while at < len(png):
        length, kind = int.from_bytes(png[at : at + 4], "big"), png[at + 4 : at + 8]
        if kind in KINDS:
            found.append(RawText(KINDS[kind], png[at + 8 : at + 8 + length]))
        at += 12 + length
    return found


def only(kind: TextKind, data: bytes) -> TextsReading:
    return read_texts([RawText(kind, data)])


def pairs(reading: TextsReading) -> list[tuple[str, str]]:
    return [(text.name, text.text) for text in reading.texts]


def test_every_text_that_pillow_writes_is_read() -> None:
    info = PngInfo()
    info.add_text("Software", "Hafen-Maler ä")  # tEXt in Latin-1
    info.add_text("Comment", "c" * 3_000, zip=True)
    info.add_itxt("parameters", PARAMETERS, lang="en", tkey="Parameter")
    info.add_itxt("workflow", '{"a": "夕方"}', zip=True)
    file = io.BytesIO()
    Image.new("RGB", (2, 2)).save(file, "PNG", pnginfo=info)

    reading = read_texts(chunks(file.getvalue()))

    assert pairs(reading) == [
        ("Software", "Hafen-Maler ä"),
        ("Comment", "c" * 3_000),
        ("parameters", PARAMETERS),
        ("workflow", '{"a": "夕方"}'),
    ]
    assert reading == TextsReading(texts=reading.texts)


@pytest.mark.skipif(not CASE.exists(), reason="the cases are missing")
def test_the_parameters_of_a_generated_picture_are_read() -> None:
    texts = dict(pairs(read_texts(chunks(CASE.read_bytes()))))

    assert texts.keys() == {"parameters", "Software", "Comment"}
    assert texts["parameters"].endswith("Seed: 42, Model: x")


@pytest.mark.parametrize(
    ("kind", "data", "text"),
    [
        ("comment", "Häfen".encode(), Text("Comment", "Häfen")),
        ("comment", b"H\xe4fen\0", Text("Comment", "Häfen")),
        ("comment", b"a\x1bb", Text("Comment", "a\ufffdb")),
        ("tEXt", b"Title\0" + "Häfen".encode(), Text("Title", "Häfen")),
        ("tEXt", b"Title\0a\0b", Text("Title", "a\ufffdb")),
        ("iTXt", b"Title\0\0\0\0\0H\xe4fen", Text("Title", "Häfen")),
        ("tEXt", b"N" * 900 + b"\0a", Text("N" * MAX_NAME_CHARS + CUT, "a")),
    ],
)
def test_texts_are_decoded_as_writers_meant_them(
    kind: TextKind, data: bytes, text: Text
) -> None:
    assert only(kind, data).texts == (text,)


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("tEXt", b"Raw profile type exif\0\nexif\n 2\nffff"),
        ("zTXt", b"Raw profile type iptc\0\0" + zlib.compress(b"\niptc\n")),
        ("iTXt", b"XML:com.adobe.xmp\0\0\0\0\0<x:xmpmeta/>"),
        ("tEXt", b"Title\0"),
        ("comment", b""),
        ("comment", b"\0\0 \r\n"),
    ],
)
def test_what_is_empty_or_another_kind_of_metadata_is_not_a_text(
    kind: TextKind, data: bytes
) -> None:
    assert only(kind, data) == TextsReading()


@pytest.mark.parametrize(
    ("kind", "data", "left"),
    [
        ("tEXt", b"no separator", ""),
        ("zTXt", b"Title\0\1" + zlib.compress(b"a"), ""),
        ("zTXt", b"Title\0\0not compressed", ""),
        ("zTXt", b"Title\0\0" + zlib.compress(b"harbour")[:-5], "harbour"),
        ("zTXt", b"Title\0", ""),
        ("iTXt", b"Title\0\1\0en\0", ""),
        ("iTXt", b"Title\0", ""),
        ("iTXt", b"Title\0\1\0\0\0" + zlib.compress(b"harbour")[:-5], "harbour"),
    ],
)
def test_a_damaged_text_is_read_as_far_as_it_goes(
    kind: TextKind, data: bytes, left: str
) -> None:
    reading = only(kind, data)

    assert reading.is_damaged
    assert "".join(text.text for text in reading.texts) == left


def test_what_was_inflated_before_an_error_is_kept() -> None:
    noise = bytes(range(33, 127)) * 20
    compressed = zlib.compress(noise, 0)
    data = b"Title\0\0" + compressed[:1_500] + zlib.compress(b"x")

    text = only("zTXt", data).texts[0].text

    assert len(text) > 900
    assert noise.decode().startswith(text[:900])


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("comment", b"a" * (MAX_TEXT_BYTES + 1)),
        ("comment", "夕".encode() * MAX_TEXT_BYTES),
        ("zTXt", b"Title\0\0" + zlib.compress(b"a" * MAX_TEXT_BYTES * 2)),
        ("iTXt", b"Title\0\1\0\0\0" + zlib.compress(bytes(MAX_INFLATED) + b"a")),
    ],
    ids=["ASCII", "three bytes each", "zTXt", "iTXt"],
)
def test_a_long_text_is_cut_and_marked(kind: TextKind, data: bytes) -> None:
    reading = only(kind, data)

    assert reading.is_cut
    assert reading.texts[0].text.endswith(CUT)
    assert len(reading.texts[0].text.encode()) <= MAX_TEXT_BYTES


def test_a_text_at_the_limit_is_whole() -> None:
    reading = only("comment", b"a" * MAX_TEXT_BYTES)

    assert reading.texts[0].text == "a" * MAX_TEXT_BYTES
    assert not reading.is_cut


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(RawText("comment", b"a" * 60_000), id="texts"),
        pytest.param(
            RawText("zTXt", b"T\0\0" + zlib.compress(bytes(MAX_INFLATED))), id="zeros"
        ),
        pytest.param(RawText("tEXt", b"N" * 79 + b"\0a"), id="names"),
    ],
)
def test_any_number_of_texts_is_bounded(raw: RawText) -> None:
    reads = 0

    def counted() -> list[RawText]:
        nonlocal reads
        reads += 1
        return [raw]

    reading = read_texts(found for _ in range(100_000) for found in counted())

    assert reading.is_cut
    assert reads < 6_000
    assert (
        sum(len(text.name.encode()) + len(text.text.encode()) for text in reading.texts)
        <= MAX_IMAGE_BYTES
    )


@given(st.sampled_from(["tEXt", "zTXt", "iTXt", "comment"]), st.binary(max_size=400))
def test_any_bytes_give_texts_that_utf_8_can_hold(kind: TextKind, data: bytes) -> None:
    for text in only(kind, data).texts:
        assert text.text.encode()
        assert "\0" not in text.name + text.text


def test_a_picture_in_a_text_is_its_kind_and_length_also_beyond_the_limit() -> None:
    picture = b"\xff\xd8\xff\xe0" + b"pic" * (MAX_TEXT_BYTES // 3)
    text = b"see data:image/jpeg;base64," + base64.b64encode(picture) + b" here"

    reading = only("tEXt", b"preview\0" + text)

    assert pairs(reading) == [("preview", f"see (JPEG, {len(picture):,} bytes) here")]
    assert not reading.is_cut


@pytest.mark.parametrize("kind", sorted(PICTURES))
def test_a_raw_picture_in_a_text_is_its_kind_and_length(kind: str) -> None:
    data = PICTURES[kind]
    text = f"see ({kind}, {len(data):,} bytes)"

    assert pairs(only("tEXt", b"raw\0see " + data)) == [("raw", text)]
    # An editor may have taken each byte for a character of Latin-1.
    assert pairs(only("comment", b"see " + data.decode("latin-1").encode())) == [
        ("Comment", text)
    ]
