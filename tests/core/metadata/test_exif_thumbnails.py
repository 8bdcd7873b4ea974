from __future__ import annotations

import pytest

from fpcrawler.core.anatomy import Extent
from tests.core.metadata.test_exif import at, part, read_block, read_parts, tiff
from tests.core.metadata.test_exif_block import SUB_IFDS

Entries = list[tuple[int, int, int, bytes]]

JPEG: Entries = [(0x0201, 4, 1, at(500)), (0x0202, 4, 1, at(60))]
STRIP: Entries = [(0x0111, 4, 1, at(500)), (0x0117, 4, 1, at(60))]
REDUCED: Entries = [(0x00FE, 4, 1, at(1))]


def pages(first: Entries, second: Entries) -> bytes:
    """Return a TIFF of two directories."""
    opening = tiff(*first)[:-4] + at(100)
    return (opening.ljust(100, b"\0") + tiff(*second)[8:]).ljust(600, b"\0")


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(pages([], JPEG), id="JPEG in the second directory"),
        pytest.param(pages(REDUCED + STRIP, []), id="reduced image in the first"),
        pytest.param(pages([], REDUCED + STRIP), id="reduced image in the second"),
        pytest.param(pages([(SUB_IFDS, 4, 1, at(100))], JPEG), id="sub-IFD"),
    ],
)
def test_a_thumbnail_is_placed(data: bytes) -> None:
    assert read_block(data).thumbnails == (Extent(500, 60),)


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(pages(STRIP, STRIP), id="two pages"),
        pytest.param(pages(JPEG, []), id="old-style JPEG"),
        pytest.param(pages([], JPEG[:1]), id="without a length"),
        pytest.param(pages([], REDUCED), id="without a place"),
    ],
)
def test_a_picture_or_nothing_is_not_a_thumbnail(data: bytes) -> None:
    assert read_block(data).thumbnails == ()


def test_the_strips_of_a_thumbnail_in_a_photograph_are_placed_in_the_file() -> None:
    block = pages([], STRIP)

    reading = read_parts(b"?" * 10 + block, part(10, len(block)))

    assert reading.thumbnails == (Extent(510, 60),)
