from __future__ import annotations

import json
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from fpcrawler.core.file.sparse import SparseFile
from fpcrawler.core.metadata.exif import read_exif
from fpcrawler.core.metadata.parts import Payloads
from fpcrawler.core.metadata.reader import locate
from tests.servers.photograph import photograph

RECORD = json.loads((Path(__file__).parents[1] / "seed_record.json").read_text())[
    "second"
]
EXIF: dict[str, str] = RECORD["exif"]
SIZE: int = RECORD["image_size"]
SAMPLE = 10_241


@pytest.fixture(scope="module")
def jpeg() -> bytes:
    return photograph(EXIF, SIZE)


def test_it_has_the_size_of_the_record(jpeg: bytes) -> None:
    assert len(jpeg) == SIZE == 1_104_883


@pytest.mark.parametrize("size", [SAMPLE, SIZE])
def test_its_first_bytes_print_every_tag_of_the_record_in_order(
    jpeg: bytes, size: int
) -> None:
    file = SparseFile(size)
    file.add(0, jpeg[:size])
    reading = read_exif(Payloads(file), locate(file))
    assert not reading.is_damaged
    assert list(reading.tags.items()) == list(EXIF.items())
    assert len(reading.tags) == 68


def test_it_is_the_same_each_time(jpeg: bytes) -> None:
    assert photograph(EXIF, SIZE) == jpeg


def test_it_begins_and_ends_as_a_jpeg(jpeg: bytes) -> None:
    assert jpeg.startswith(b"\xff\xd8\xff\xe1")
    assert jpeg.endswith(b"\xff\xd9")


def test_pillow_reads_its_header(jpeg: bytes) -> None:
    with Image.open(BytesIO(jpeg[:SAMPLE])) as image:
        assert (image.format, image.mode) == ("JPEG", "RGB")
        assert image.size == (2000, 1500)
        assert image.getexif()[0x0110] == "iPhone 7"


def test_pillow_decodes_all_of_it(jpeg: bytes) -> None:
    with Image.open(BytesIO(jpeg)) as image:
        image.load()


def test_its_thumbnail_is_a_jpeg_where_the_record_says(jpeg: bytes) -> None:
    start = jpeg.index(b"MM\0*") + int(EXIF["Thumbnail JPEGInterchangeFormat"])
    end = start + int(EXIF["Thumbnail JPEGInterchangeFormatLength"])
    with Image.open(BytesIO(jpeg[start:end])) as thumbnail:
        thumbnail.load()
        assert thumbnail.size == (160, 120)
    assert jpeg[end - 2 : end] == b"\xff\xd9"


@pytest.mark.parametrize("size", [SAMPLE, 20_000_000])
def test_a_size_that_no_scan_can_have_is_refused(size: int) -> None:
    with pytest.raises(ValueError, match="too few or too many"):
        photograph(EXIF, size)


def test_a_tag_without_room_in_front_of_the_next_ifd_is_refused() -> None:
    longer = EXIF | {"Image Software": "Photoshop " * 10}
    with pytest.raises(ValueError, match="at 300 would overwrite"):
        photograph(longer, SIZE)
