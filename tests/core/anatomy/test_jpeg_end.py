from __future__ import annotations

import pytest

from fpcrawler.core.anatomy import Picture, read_anatomy
from fpcrawler.core.file.sparse import UNKNOWN_SIZE, SparseFile
from tests.core.anatomy.test_anatomy import NOISE, segment
from tests.core.fingerprint.test_picture import (
    FORMATS,
    image,
    multi_picture,
    saved,
    whole,
)

KINDS = ("baseline JPEG", "progressive JPEG", "JPEG with restarts", "CMYK JPEG")
THUMBNAIL = saved("JPEG", image(60, 40))
TRAILERS = {
    "nothing": b"",
    "zeros": bytes(200),
    "a text": b"<x>appended</x>" * 30,
    "Samsung's": b"\0\0\x01\x0a\x0e\0\0\0Image_UTC_Data1467" + bytes(30) + b"SEFT",
    "a movie": b"\0\0\0\x18ftypmp42" + NOISE[:30_000],
    "an archive": b"PK\x03\x04" + NOISE[:3_000] + b"PK\x05\x06" + bytes(18),
    "another picture": FORMATS["progressive JPEG"],
    "an end alone": b"\xff\xd9",
}


def picture(file: SparseFile) -> Picture:
    found = read_anatomy(file, has_picture=True).picture
    assert found is not None
    return found


def parts(data: bytes, *spans: tuple[int, int], size: int = 0) -> SparseFile:
    file = SparseFile(size or len(data))
    for first, end in spans:
        file.add(first, data[first:end])
    return file


def segments_before(data: bytes, *segments: bytes) -> bytes:
    return data[:2] + b"".join(segments) + data[2:]


@pytest.mark.parametrize("trailer", TRAILERS)
@pytest.mark.parametrize("kind", KINDS)
def test_bytes_after_the_end_of_image_are_not_of_the_picture(
    kind: str, trailer: str
) -> None:
    plain = FORMATS[kind]
    found = picture(whole(plain + TRAILERS[trailer]))

    assert found.extents[-1].end == len(plain)
    assert found == picture(whole(plain))
    assert not found.is_upper_bound


@pytest.mark.parametrize(
    "segments",
    [
        (segment(0xE1, b"Exif\0\0II*\0\x08\0\0\0\0\0" + THUMBNAIL),),
        (segment(0xE2, b"ICC_PROFILE\0\x01\x01" + b"\xff\xd9" * 40),),
        (multi_picture(0x000000, primary=50_000),),
    ],
    ids=["a thumbnail", "a profile", "an index of pictures"],
)
def test_an_end_of_image_before_the_picture_is_not_its_end(
    segments: tuple[bytes, ...],
) -> None:
    data = segments_before(FORMATS["baseline JPEG"], *segments)
    found = picture(whole(data + THUMBNAIL))

    assert found.extents[-1].end == len(data)
    assert not found.is_upper_bound


def test_the_end_is_found_in_a_file_of_unknown_size() -> None:
    data = FORMATS["baseline JPEG"]
    file = parts(data, (0, len(data)), size=UNKNOWN_SIZE)

    assert picture(file) == picture(whole(data))


@pytest.mark.parametrize("kind", KINDS)
def test_a_tail_that_is_of_the_scans_has_the_end(kind: str) -> None:
    data = FORMATS[kind]
    appended = data + b"\0appended" * 20

    for every in (data, appended):
        file = parts(every, (0, 10_241), (len(data) - 1_500, len(every)))
        assert picture(file) == picture(whole(data))


@pytest.mark.parametrize(
    ("trailer", "tail"),
    [
        (NOISE[:30_000], 8_192),
        (b"text" * 5_000, 8_192),
        (THUMBNAIL, len(THUMBNAIL) + 800),
        (b"", 900),
        (b"", 0),
    ],
    ids=["noise", "text", "too few bytes of the scan", "a short tail", "no tail"],
)
def test_where_the_end_is_not_certain_it_is_an_upper_bound(
    trailer: bytes, tail: int
) -> None:
    data = FORMATS["baseline JPEG"] + trailer
    found = picture(parts(data, (0, 10_241), (len(data) - tail, len(data))))

    assert found.is_upper_bound
    assert found.extents[-1].end == len(data)


def test_the_tail_of_a_file_of_several_pictures_is_of_another_one() -> None:
    plain = FORMATS["baseline JPEG"]
    data = segments_before(plain, multi_picture(0x020002, primary=1)) + plain
    found = picture(parts(data, (0, 10_241), (len(data) - 4_096, len(data))))

    assert found.is_upper_bound


def test_a_stated_end_is_the_end_where_an_end_of_image_is_here() -> None:
    plain = FORMATS["baseline JPEG"]
    index = multi_picture(0x010001, primary=0)
    end = len(plain) + len(index)
    data = segments_before(plain, multi_picture(0x010001, primary=end)) + plain

    for spans, is_open in ([(0, 10_241)], True), ([(0, 10_241), (end - 9, end)], False):
        found = picture(parts(data, *spans))
        assert found.extents[-1].end == end
        assert found.is_upper_bound is is_open


@pytest.mark.parametrize("code", [0x01, 0x02, 0xBF, 0xD8, 0xF0, 0xFD])
def test_a_marker_that_cannot_be_in_a_scan_leaves_the_end_open(code: int) -> None:
    data = FORMATS["baseline JPEG"]
    broken = data[:30_000] + bytes([0xFF, code]) + data[30_002:]

    assert picture(whole(broken)).is_upper_bound


def test_a_picture_without_its_end_has_an_upper_bound() -> None:
    found = picture(whole(FORMATS["progressive JPEG"][:-300]))

    assert found.is_upper_bound


def test_a_file_of_markers_is_walked_in_bounded_steps() -> None:
    scans = segment(0xDA, b"\x01\x01\0\0\x3f\0") * 5_000
    opening = FORMATS["baseline JPEG"][:12_000]

    assert picture(whole(opening + scans + b"\xff\xd9")).is_upper_bound
