from __future__ import annotations

import gzip
from collections.abc import Iterable
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fpcrawler.core.file.formats import SNIFF_BYTES
from fpcrawler.core.fingerprint.head import SAMPLE_BYTES
from fpcrawler.core.http.decoding import decoder_of
from fpcrawler.core.http.sampling import ImageSampling, PageSampling, wanted_bytes

MIN_SIZE = 20_480
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00"
HTML = b"<!DOCTYPE html><html><body>"


def bytes_read(reading: ImageSampling | PageSampling, chunks: Iterable[bytes]) -> int:
    """Return how many bytes were read until the reading had enough, or all."""
    read = 0
    for chunk in chunks:
        read += len(chunk)
        if reading.enough(chunk):
            break
    return read


def body_of(size: int, head: bytes = JPEG) -> bytes:
    return head + bytes(size - len(head))


def chunks_of(body: bytes, size: int) -> list[bytes]:
    return [body[at : at + size] for at in range(0, len(body), size)]


@pytest.mark.parametrize(
    ("is_range", "length", "min_size", "wanted"),
    [
        pytest.param(True, SAMPLE_BYTES, MIN_SIZE, SAMPLE_BYTES + 1, id="part"),
        pytest.param(
            True, None, MIN_SIZE, SAMPLE_BYTES + 1, id="part of unknown length"
        ),
        pytest.param(False, 10**9, MIN_SIZE, SAMPLE_BYTES, id="length is known"),
        pytest.param(False, None, MIN_SIZE, MIN_SIZE + 1, id="length is unknown"),
        pytest.param(False, None, 0, SAMPLE_BYTES, id="no image is too small"),
        pytest.param(False, None, SAMPLE_BYTES, SAMPLE_BYTES + 1, id="the edge"),
    ],
)
def test_how_many_bytes_are_wanted(
    length: int | None,
    min_size: int,
    wanted: int,
    *,
    is_range: bool,
) -> None:
    assert wanted_bytes(is_range=is_range, length=length, min_size=min_size) == wanted


@given(
    chunks=st.lists(st.integers(1, 4_096), min_size=1, max_size=60),
    wanted=st.integers(1, 30_000),
    is_image=st.booleans(),
)
def test_at_most_one_chunk_more_than_wanted_is_read_of_an_image(
    chunks: list[int], wanted: int, *, is_image: bool
) -> None:
    body = body_of(sum(chunks) + len(JPEG), JPEG if is_image else b"no image ")
    bounds = [0, *(sum(chunks[: end + 1]) for end in range(len(chunks)))]
    parts = [body[at:end] for at, end in pairwise(bounds)]

    read = bytes_read(ImageSampling(wanted=wanted), parts)

    before_the_last_chunk = max(at for at in bounds if at < read)
    assert before_the_last_chunk < (wanted if is_image else min(wanted, SNIFF_BYTES))
    if is_image:
        assert read >= min(wanted, bounds[-1])


@given(length=st.integers(1, 30_000), chunk=st.integers(1, 4_096))
def test_an_image_that_ends_by_itself_is_never_cut_off(length: int, chunk: int) -> None:
    reading = ImageSampling(wanted=30_000, length=length)

    assert bytes_read(reading, chunks_of(body_of(max(length, 11)), chunk)) >= length


def test_a_part_as_requested_keeps_its_connection() -> None:
    wanted = wanted_bytes(is_range=True, length=SAMPLE_BYTES, min_size=MIN_SIZE)
    reading = ImageSampling(wanted=wanted, length=SAMPLE_BYTES)

    assert not reading.enough(body_of(SAMPLE_BYTES))


def test_a_part_with_a_byte_too_many_is_cut_off() -> None:
    wanted = wanted_bytes(is_range=True, length=SAMPLE_BYTES + 99, min_size=MIN_SIZE)
    reading = ImageSampling(wanted=wanted, length=SAMPLE_BYTES + 99)

    assert not reading.enough(body_of(SAMPLE_BYTES))
    assert reading.enough(b"\x00")


def test_a_body_that_is_not_an_image_is_recognized_by_its_first_bytes() -> None:
    page = HTML + b" " * 100_000

    assert bytes_read(ImageSampling(wanted=30_000), chunks_of(page, 100)) == 600


def test_the_decoded_bytes_of_an_encoded_image_are_counted() -> None:
    body = gzip.compress(body_of(100_000))
    reading = ImageSampling(wanted=SAMPLE_BYTES, decoder=decoder_of("gzip"))

    assert len(body) < 1_000
    assert reading.enough(body)


def test_an_encoded_body_that_is_not_an_image_is_recognized_too() -> None:
    page = gzip.compress(HTML + bytes(range(256)) * 2)
    reading = ImageSampling(wanted=SAMPLE_BYTES, decoder=decoder_of("gzip"))

    assert reading.enough(page)


def test_a_body_that_does_not_match_its_coding_is_not_read_on() -> None:
    reading = ImageSampling(wanted=SAMPLE_BYTES, decoder=decoder_of("gzip"))

    assert reading.enough(JPEG)


ENDLESS_BLOCKS = b"\x00\x00\x00\xff\xff" * 200_000
"""RFC 1951 section 3.2.4: stored blocks of length 0; they decode to nothing."""


@pytest.mark.parametrize(
    ("opening", "rest"),
    [
        pytest.param(gzip.compress(JPEG), bytes(1_000_000), id="more after its end"),
        pytest.param(
            b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff",
            ENDLESS_BLOCKS,
            id="blocks of length 0",
        ),
    ],
)
def test_a_coding_without_output_is_not_read_for_ever(
    opening: bytes, rest: bytes
) -> None:
    reading = ImageSampling(wanted=SAMPLE_BYTES, decoder=decoder_of("gzip"))
    body = opening + rest

    assert bytes_read(reading, chunks_of(body, 10_000)) < len(body)


@pytest.mark.parametrize(
    ("head", "is_typed_as_html", "read"),
    [
        pytest.param(HTML, True, 100_000, id="a page"),
        pytest.param(HTML, False, 100_000, id="a page of another type"),
        pytest.param(b"\n" * 600 + HTML, True, 100_000, id="line feeds before a page"),
        pytest.param(b"plain text", True, 100_000, id="text declared as HTML"),
        pytest.param(b"plain text", False, 600, id="plain text"),
        pytest.param(b"\x00\x01\x02\x03", False, 600, id="other bytes"),
        pytest.param(b"<opml>", False, 8_200, id="XML"),
        pytest.param(b"<?a?>" * 500 + b"<rss>", False, 100_000, id="a late root"),
        pytest.param(JPEG, False, 100, id="an image"),
        pytest.param(JPEG, True, 100, id="an image declared as HTML"),
    ],
)
def test_only_a_page_is_read_to_its_end(
    head: bytes, read: int, *, is_typed_as_html: bool
) -> None:
    reading = PageSampling(is_typed_as_html=is_typed_as_html)
    body = head + b"x" * (100_000 - len(head))

    assert bytes_read(reading, chunks_of(body, 100)) == read


def test_a_short_page_is_not_cut_off() -> None:
    assert not PageSampling(is_typed_as_html=False).enough(b"<p>Hello")


@given(
    chunks=st.lists(st.binary(max_size=700), max_size=5), is_typed_as_html=st.booleans()
)
def test_a_page_keeps_no_more_than_its_first_bytes(
    chunks: list[bytes], *, is_typed_as_html: bool
) -> None:
    reading = PageSampling(is_typed_as_html=is_typed_as_html)
    for chunk in chunks:
        reading.enough(chunk)

    assert bytes(reading._head) == b"".join(chunks)[: len(reading._head)]
    assert len(reading._head) <= SNIFF_BYTES
