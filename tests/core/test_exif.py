from __future__ import annotations

import io
import json
import logging
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from fpcrawler.core.exif import MAX_VALUE_CHARS, read_exif
from fpcrawler.core.ranges import SAMPLE_BYTES

ROOT = Path(__file__).parents[2]
CORPUS = ROOT.parent / "shared" / "corpus"
CORPUS_FILES = sorted(path for path in CORPUS.glob("*/**/*") if path.is_file())
SEED_IMAGE = CORPUS / "seed" / "img_1771.jpg"
SEED_RECORD = json.loads((ROOT / "tests" / "seed_record.json").read_text())["first"]

MAKE, ARTIST, EXIF_IFD, USER_COMMENT = 0x010F, 0x013B, 0x8769, 0x9286


def photo(tags: dict[int, object], writer: str = "JPEG") -> bytes:
    """Return a picture as Pillow writes it, with the tags of its main IFD."""
    exif = Image.Exif()
    exif.update(tags)
    file = io.BytesIO()
    Image.new("RGB", (64, 64), "teal").save(file, writer, exif=exif)
    return file.getvalue()


# Pillow writes the EXIF chunk of a WebP as RFC 9649 section 2.7.1.5 says, without
# the six bytes "Exif\0\0" that exifread 3.5.1 skips unseen: it finds no tags there.
@pytest.mark.parametrize("writer", ["JPEG", "PNG", "TIFF"])
def test_a_tag_is_read_from(writer: str) -> None:
    head = photo({MAKE: "A maker"}, writer)

    tags, error = read_exif(head)

    assert tags["Image Make"] == "A maker"
    assert error is None


@pytest.mark.parametrize(
    "head",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"GIF89a" + bytes(600), id="GIF"),
        pytest.param(b"plain text", id="text"),
        pytest.param(photo({}), id="JPEG without tags"),
        pytest.param(b"II*\x00\x08\x00\x00\x00", id="TIFF that ends at its header"),
    ],
)
def test_no_tags_are_no_error(head: bytes) -> None:
    assert read_exif(head) == ({}, None)


@pytest.mark.parametrize(
    ("head", "error"),
    [
        pytest.param(b"\xff\xd8\xff\xe1", "IndexError", id="JPEG cut off in APP1"),
        pytest.param(
            b"\x00\x00\x00\x18ftypheic", "EOFError", id="HEIC cut off in its first box"
        ),
        pytest.param(
            b"\x89PNG\r\n\x1a\n\x00\x00\x00\x10eXIf",
            "IndexError",
            id="PNG cut off in eXIf",
        ),
    ],
)
def test_a_reader_that_fails_is_named(head: bytes, error: str) -> None:
    assert read_exif(head) == ({}, error)


def test_a_long_text_is_cut() -> None:
    tags, _ = read_exif(photo({ARTIST: "x" * 9_000}))

    assert len(tags["Image Artist"]) == MAX_VALUE_CHARS


def test_bytes_of_a_tag_are_bounded() -> None:
    tags, _ = read_exif(photo({EXIF_IFD: {USER_COMMENT: bytes(range(256)) * 30}}))

    assert all(len(value) <= MAX_VALUE_CHARS for value in tags.values())


@given(st.text(max_size=50), st.binary(max_size=50))
def test_any_value_can_be_written_as_json(text: str, raw: bytes) -> None:
    tags, _ = read_exif(photo({MAKE: text.encode("utf-8", "replace"), ARTIST: raw}))

    json.dumps(tags, ensure_ascii=False).encode()


@given(st.binary(max_size=200))
def test_any_bytes_give_tags_or_an_error(head: bytes) -> None:
    tags, error = read_exif(b"\xff\xd8\xff\xe1" + head)

    assert not (tags and error)


def test_the_reader_is_silent(caplog: pytest.LogCaptureFixture) -> None:
    head = photo({MAKE: "A maker"})

    with caplog.at_level(logging.DEBUG):
        read_exif(b"no image that it knows")
        read_exif(head[:60])

    assert caplog.records == []


@pytest.mark.skipif(not SEED_IMAGE.exists(), reason="../shared/corpus is not here")
def test_the_seeds_image_gives_the_seeds_entries_in_its_order() -> None:
    tags, error = read_exif(SEED_IMAGE.read_bytes()[:SAMPLE_BYTES])

    assert list(tags.items()) == list(SEED_RECORD["exif"].items())
    assert len(tags) == 48
    assert error is None


@pytest.mark.parametrize(
    "path",
    [pytest.param(path, id=str(path.relative_to(CORPUS))) for path in CORPUS_FILES]
    or [
        pytest.param(
            None,
            id="corpus",
            marks=pytest.mark.skip(reason="../shared/corpus is not here"),
        )
    ],
)
def test_the_first_bytes_of_a_real_file_give_bounded_texts_or_an_error(
    path: Path,
) -> None:
    tags, error = read_exif(path.read_bytes()[:SAMPLE_BYTES])

    assert not (tags and error)
    assert not [name for name in tags if "JPEGThumbnail" in name or "MakerNote" in name]
    assert all(len(value) <= MAX_VALUE_CHARS for value in tags.values())
    json.dumps(tags, ensure_ascii=False).encode()


ENDLESS_META = bytes.fromhex(
    "00000018 66747970 6d696631 00000000 6d696631 68656963"  # ftyp
    "0000020c 6d657461 00000000"  # meta
    "00000001 66726565 00000000 00000000"  # a box of 64-bit size 0
)


@pytest.mark.parametrize(
    "head", [pytest.param(ENDLESS_META + bytes(9_000), id="ISO 14496-12 4.2 size 0")]
)
def test_a_reader_that_goes_in_circles_is_ended(head: bytes) -> None:
    assert read_exif(head) == ({}, "TooManyReads")
