from __future__ import annotations

import io
from dataclasses import asdict, replace
from hashlib import sha256

import pytest
from PIL import Image
from scrapy.utils.test import get_crawler

from fpcrawler.items import RECORD_FIELDS, ImageRecord, Sample
from fpcrawler.pipelines.exif import ExifPipeline
from fpcrawler.pipelines.fingerprint import FingerprintPipeline
from fpcrawler.pipelines.format import FormatPipeline, NotAnImage
from fpcrawler.pipelines.record import RecordPipeline
from fpcrawler.pipelines.size import SizePipeline, TooSmall

MIN_SIZE = 20_480
SEED_FIELDS = [
    "url",
    "image_size",
    "etag",
    "timestamp",
    "exif",
    "sha256_first_10240_bytes",
    "random_128_bytes_sample_start",
]


def photo() -> bytes:
    exif = Image.Exif()
    exif[0x010F] = "A maker"
    file = io.BytesIO()
    Image.effect_noise((300, 300), 90).save(file, "JPEG", exif=exif)
    return file.getvalue()


PHOTO = photo()
SAMPLE = Sample(
    url="https://a.example/b.jpg",
    found_in="img",
    alt="A boat",
    page_url="https://a.example/",
    image_size=len(PHOTO),
    etag="c",
    timestamp="2025-11-03T10:14:42",
    content_type="image/jpeg",
    last_modified=None,
    bytes_downloaded=10_241,
    head=PHOTO[:10_241],
    bytes_seen=10_241,
)


def test_the_format_is_told_by_the_first_bytes() -> None:
    item = FormatPipeline().process_item(replace(SAMPLE, content_type="text/html"))

    assert item == replace(SAMPLE, content_type="text/html", format="jpeg")


@pytest.mark.parametrize("head", [b"", b"<!DOCTYPE html>", b"%PDF-1.7"])
def test_what_is_no_image_is_dropped_by_its_name(head: bytes) -> None:
    item = replace(SAMPLE, head=head)

    with pytest.raises(NotAnImage, match=r"a\.example/b\.jpg \(image/jpeg\)"):
        FormatPipeline().process_item(item)


@pytest.mark.parametrize(
    ("image_size", "bytes_seen"),
    [
        pytest.param(MIN_SIZE, 10_241, id="the seed: larger than 20 KB"),
        pytest.param(1, 1, id="a byte"),
        pytest.param(0, 0, id="an empty file"),
        pytest.param(None, MIN_SIZE, id="nobody told, and all was read"),
    ],
)
def test_a_small_image_is_dropped(image_size: int | None, bytes_seen: int) -> None:
    item = replace(SAMPLE, image_size=image_size, bytes_seen=bytes_seen)

    with pytest.raises(TooSmall, match=r"\d bytes \(MIN_IMAGE_SIZE 20480\)$"):
        SizePipeline(MIN_SIZE).process_item(item)


@pytest.mark.parametrize(
    ("image_size", "bytes_seen"),
    [
        pytest.param(MIN_SIZE + 1, 10_241, id="a byte above the limit"),
        pytest.param(None, MIN_SIZE + 1, id="nobody told, and more came"),
    ],
)
def test_a_larger_image_is_kept(image_size: int | None, bytes_seen: int) -> None:
    item = replace(SAMPLE, image_size=image_size, bytes_seen=bytes_seen)

    assert SizePipeline(MIN_SIZE).process_item(item) is item


def test_a_limit_of_0_keeps_an_image_of_one_byte() -> None:
    item = replace(SAMPLE, image_size=1, bytes_seen=1)

    assert SizePipeline(0).process_item(item) is item


def test_the_limit_is_a_setting() -> None:
    crawler = get_crawler(settings_dict={"MIN_IMAGE_SIZE": "123"})

    assert SizePipeline.from_crawler(crawler).min_image_size == 123


def test_the_tags_of_the_sample_are_added() -> None:
    item = ExifPipeline().process_item(SAMPLE)

    assert item.exif["Image Make"] == "A maker"
    assert item == replace(SAMPLE, exif=item.exif)


def test_a_sample_that_the_reader_fails_on_is_kept_with_the_reason() -> None:
    item = ExifPipeline().process_item(replace(SAMPLE, head=b"\xff\xd8\xff\xe1"))

    assert item.exif == {}
    assert item.exif_error == "IndexError"


def test_the_fingerprints_of_the_sample_are_added() -> None:
    item = FingerprintPipeline().process_item(SAMPLE)

    assert item.sha256_first_10240_bytes == sha256(PHOTO[:10_241]).hexdigest()
    assert item.random_128_bytes_sample_start == PHOTO[10_113:10_241].hex()


def test_the_record_has_every_field_of_the_sample_but_the_bytes() -> None:
    item = replace(SAMPLE, format="jpeg", exif={"Image Make": "A maker"})

    record = RecordPipeline().process_item(item)

    sample = asdict(item)
    assert isinstance(record, ImageRecord)
    assert asdict(record) == {name: sample[name] for name in RECORD_FIELDS}
    assert sample.keys() - asdict(record).keys() == {"head", "bytes_seen"}


def test_the_record_begins_with_the_fields_of_the_seed_in_its_order() -> None:
    assert RECORD_FIELDS[: len(SEED_FIELDS)] == SEED_FIELDS


def test_no_field_of_a_record_holds_more_of_the_picture_than_128_bytes() -> None:
    item = FingerprintPipeline().process_item(ExifPipeline().process_item(SAMPLE))

    record = RecordPipeline().process_item(replace(item, format="jpeg"))

    values = asdict(record).values()
    assert not [value for value in values if isinstance(value, bytes)]
    assert len(record.random_128_bytes_sample_start) == 2 * 128


def test_the_bytes_are_not_printed_with_a_sample() -> None:
    assert "head" not in repr(SAMPLE)
