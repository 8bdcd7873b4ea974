from __future__ import annotations

import asyncio
import io
from dataclasses import asdict, fields, replace
from hashlib import sha256

import pytest
from PIL import Image
from scrapy import Request
from scrapy.utils.test import get_crawler

from fpcrawler import settings as project_settings
from fpcrawler.core.file.sparse import SparseFile
from fpcrawler.crawl.errand import errand_of
from fpcrawler.items import RECORD_FIELDS, ImageRecord, Sample, Source
from fpcrawler.pipelines.fingerprint import FingerprintPipeline
from fpcrawler.pipelines.format import FormatPipeline, NotAnImage
from fpcrawler.pipelines.reading import ReadingPipeline
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


def file_of(head: bytes, size: int) -> SparseFile:
    file = SparseFile(size)
    file.add(0, head)
    return file


def with_metadata(item: Sample, **settings: object) -> Sample:
    crawler = get_crawler(settings_dict={**SETTINGS, **settings})
    return asyncio.run(ReadingPipeline.from_crawler(crawler).process_item(item))


SETTINGS = {
    name: getattr(project_settings, name)
    for name in ("METADATA_KINDS", "METADATA_MAX_REQUESTS", "METADATA_MAX_BYTES")
}
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
    tor=False,
    head=PHOTO[:10_241],
    bytes_seen=10_241,
    requests={"sample": 1, "metadata": 0, "picture": 0},
    file=file_of(PHOTO[:10_241], len(PHOTO)),
    has_ranges=False,
    source=Source(request=Request("https://a.example/b.jpg"), validator=None),
)


def test_the_format_is_detected_by_the_first_bytes() -> None:
    item = FormatPipeline(get_crawler().stats).process_item(
        replace(SAMPLE, content_type="text/html")
    )

    assert item == replace(SAMPLE, content_type="text/html", format="jpeg")


@pytest.mark.parametrize("head", [b"", b"<!DOCTYPE html>", b"%PDF-1.7"])
def test_a_file_that_is_not_an_image_is_dropped_as_such(head: bytes) -> None:
    item = replace(SAMPLE, head=head)

    with pytest.raises(NotAnImage, match=r"a\.example/b\.jpg \(image/jpeg\)"):
        FormatPipeline(get_crawler().stats).process_item(item)


@pytest.mark.parametrize(
    ("image_size", "bytes_seen"),
    [
        pytest.param(MIN_SIZE, 10_241, id="the seed: larger than 20 KB"),
        pytest.param(1, 1, id="a byte"),
        pytest.param(0, 0, id="an empty file"),
        pytest.param(None, MIN_SIZE, id="no size stated, whole file read"),
    ],
)
def test_a_small_image_is_dropped(image_size: int | None, bytes_seen: int) -> None:
    item = replace(SAMPLE, image_size=image_size, bytes_seen=bytes_seen)

    with pytest.raises(TooSmall, match=r"\d bytes \(MIN_IMAGE_SIZE 20480\)$"):
        SizePipeline(MIN_SIZE, get_crawler().stats).process_item(item)


@pytest.mark.parametrize(
    ("image_size", "bytes_seen"),
    [
        pytest.param(MIN_SIZE + 1, 10_241, id="a byte above the limit"),
        pytest.param(None, MIN_SIZE + 1, id="no size stated, more bytes read"),
        pytest.param(None, None, id="a part of a file of unknown size"),
    ],
)
def test_a_larger_image_is_kept(image_size: int | None, bytes_seen: int | None) -> None:
    item = replace(SAMPLE, image_size=image_size, bytes_seen=bytes_seen)

    assert SizePipeline(MIN_SIZE, get_crawler().stats).process_item(item) is item


@pytest.mark.parametrize("page_url", [None, "https://a.example/"])
def test_small_images_that_the_user_listed_are_counted(page_url: str | None) -> None:
    stats = get_crawler().stats
    item = replace(SAMPLE, image_size=1, page_url=page_url)

    with pytest.raises(TooSmall):
        SizePipeline(MIN_SIZE, stats).process_item(item)

    listed = stats.get_value("images/too_small_in_list", 0)
    assert listed == (page_url is None)


def test_only_the_bytes_of_images_count_as_such() -> None:
    stats = get_crawler().stats
    pipeline = FormatPipeline(stats)
    errand_of(SAMPLE.source.request).spending.received["sample"] = 10_241

    pipeline.process_item(SAMPLE)
    with pytest.raises(NotAnImage):
        pipeline.process_item(replace(SAMPLE, head=b"text"))

    assert stats.get_value("images/bytes_total") == len(PHOTO)
    assert stats.get_value("others/bytes_downloaded") == 10_241


def test_a_limit_of_0_keeps_an_image_of_one_byte() -> None:
    item = replace(SAMPLE, image_size=1, bytes_seen=1)

    assert SizePipeline(0, get_crawler().stats).process_item(item) is item


def test_the_limit_is_a_setting() -> None:
    crawler = get_crawler(settings_dict={"MIN_IMAGE_SIZE": "123"})

    assert SizePipeline.from_crawler(crawler).min_image_size == 123


def test_the_metadata_of_the_sample_are_added() -> None:
    item = with_metadata(SAMPLE)

    assert item.exif["Image Make"] == "A maker"
    assert item.metadata_status["exif"] == "complete"
    assert item.spans == [
        (0, 10_241, "read"),
        (30, 30 + 8 + 18 + 8, "exif"),
        (PHOTO.index(b"\xff\xda") + 2 + 8, len(PHOTO), "coded"),
    ]
    assert (item.width, item.height) == (300, 300)
    assert item.requests == {"sample": 1, "metadata": 0, "picture": 0}


def test_metadata_beyond_the_sample_are_incomplete_without_ranges() -> None:
    file = io.BytesIO()
    Image.effect_noise((300, 300), 90).save(file, "PNG")
    head, size = file.getvalue()[:10_241], len(file.getvalue())
    item = with_metadata(replace(SAMPLE, file=file_of(head, size)))

    assert item.exif == {}
    assert item.metadata_status["exif"] == "incomplete"


def test_a_file_that_is_cut_off_is_kept_without_tags() -> None:
    item = with_metadata(replace(SAMPLE, file=file_of(b"\xff\xd8\xff\xe1", 4)))

    assert item.exif == {}


def test_the_fingerprints_of_the_sample_are_added() -> None:
    item = FingerprintPipeline().process_item(SAMPLE)

    assert item.sha256_first_10240_bytes == sha256(PHOTO[:10_241]).hexdigest()
    assert item.random_128_bytes_sample_start == PHOTO[10_113:10_241].hex()


def test_the_record_has_every_field_of_the_sample_but_the_bytes() -> None:
    item = replace(SAMPLE, format="jpeg", exif={"Image Make": "A maker"})

    record = RecordPipeline().process_item(item)

    sample = {field.name: getattr(item, field.name) for field in fields(Sample)}
    assert isinstance(record, ImageRecord)
    assert {name: getattr(record, name) for name in RECORD_FIELDS} == {
        name: sample[name] for name in RECORD_FIELDS
    }
    assert sample.keys() - asdict(record).keys() == {
        *("head", "bytes_seen", "file", "source", "is_contradictory")
    }


def test_the_record_begins_with_the_fields_of_the_seed_in_its_order() -> None:
    assert RECORD_FIELDS[: len(SEED_FIELDS)] == SEED_FIELDS


def test_no_field_of_a_record_holds_more_of_the_picture_than_128_bytes() -> None:
    item = FingerprintPipeline().process_item(with_metadata(SAMPLE))

    record = RecordPipeline().process_item(replace(item, format="jpeg"))

    values = asdict(record).values()
    assert not [value for value in values if isinstance(value, bytes)]
    assert len(record.random_128_bytes_sample_start) == 2 * 128


def test_the_bytes_are_not_printed_with_a_sample() -> None:
    assert "head" not in repr(SAMPLE)
    assert "file=" not in repr(SAMPLE)
