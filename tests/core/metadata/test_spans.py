from __future__ import annotations

import pytest

from fpcrawler.core.anatomy import Extent, Part, Picture
from fpcrawler.core.file.sparse import UNKNOWN_SIZE, SparseFile
from fpcrawler.core.metadata.spans import MAX_SPANS, Span, spans_of

EXIF = Part("exif", (Extent(30, 70),))


def file_of(size: int, *spans: tuple[int, int]) -> SparseFile:
    file = SparseFile(size)
    for first, end in spans:
        file.add(first, bytes(end - first))
    return file


@pytest.mark.parametrize(
    ("parts", "picture", "spans"),
    [
        pytest.param([], [], [], id="nothing located"),
        pytest.param([EXIF], [], [(30, 100, "exif")], id="a part"),
        pytest.param(
            [Part("exif", (Extent(30, 70), Extent(110, 90)))],
            [],
            [(30, 100, "exif"), (110, 200, "exif")],
            id="a part in two segments",
        ),
        pytest.param(
            [Part("extended-xmp", (Extent(400, 9),)), Part("xmp", (Extent(7, 2),))],
            [],
            [(7, 9, "xmp"), (400, 409, "xmp")],
            id="extended XMP is XMP",
        ),
        pytest.param(
            [],
            [Extent(600, 100), Extent(500, 100), Extent(800, 9_999)],
            [(500, 700, "coded"), (800, 1_000, "coded")],
            id="adjacent strips; clipped to the file",
        ),
        pytest.param(
            [EXIF, Part("xmp", (Extent(50, 10),))],
            [],
            [(30, 100, "exif"), (50, 60, "xmp")],
            id="XMP inside EXIF",
        ),
        pytest.param([], [Extent(1_000, 5)], [], id="beyond the end"),
    ],
)
def test_located_bytes_are_spans(
    parts: list[Part], picture: list[Extent], spans: list[Span]
) -> None:
    coded = Picture(extents=tuple(picture)) if picture else None

    assert spans_of(file_of(1_000), parts, (), coded) == spans


def test_they_are_sorted_with_the_bytes_read() -> None:
    file = file_of(1_000, (0, 100), (300, 350), (50, 120))

    assert spans_of(
        file, [EXIF], [Extent(40, 20)], Picture(extents=(Extent(200, 800),))
    ) == [
        (0, 120, "read"),
        (30, 100, "exif"),
        (40, 60, "thumbnail"),
        (200, 1_000, "coded"),
        (300, 350, "read"),
    ]


def test_an_unknown_end_is_left_out() -> None:
    file = file_of(UNKNOWN_SIZE, (0, 100))
    coded = Picture(extents=(Extent(50, UNKNOWN_SIZE - 50),), is_end_known=False)

    assert spans_of(file, [EXIF], (), coded) == [(0, 100, "read"), (30, 100, "exif")]


def test_the_bytes_read_and_the_metadata_go_first_if_there_are_too_many() -> None:
    strips = tuple(Extent(200 + 10 * number, 5) for number in range(5_000))
    spans = spans_of(
        file_of(90_000, (70_000, 70_001)), [EXIF], (), Picture(extents=strips)
    )

    assert len(spans) == MAX_SPANS
    assert spans == sorted(spans)
    assert {(30, 100, "exif"), (70_000, 70_001, "read")} < {*spans}
