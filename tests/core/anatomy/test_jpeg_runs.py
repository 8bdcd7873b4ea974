from __future__ import annotations

import random
import struct
from dataclasses import replace

import pytest

from fpcrawler.core.anatomy import Anatomy, Extent, read_anatomy
from fpcrawler.core.file.extents import joined
from fpcrawler.core.file.sparse import SparseFile
from fpcrawler.core.fingerprint.head import SAMPLE_BYTES
from fpcrawler.crawl.budget import PICTURE_BUDGET
from tests.core.anatomy.test_anatomy import (
    APP1,
    APP1_XMP,
    EXIF,
    IN_RESOURCE,
    NOISE,
    XMP,
    jpeg,
    resource,
    segment,
    texts,
    tiff,
    whole,
)

FULL = 65_533
DATA = random.Random(10).randbytes(1_250_000)
EXTENDED = b"http://ns.adobe.com/xmp/extension/\0" + b"A" * 32
PHOTOSHOP = b"Photoshop 3.0\0"


def pieces(data: bytes, share: int) -> list[bytes]:
    return [data[at : at + share] for at in range(0, len(data), share)]


def icc(data: bytes = DATA[:800_000]) -> list[bytes]:
    profile = struct.pack(">I", len(data)) + data[4:]
    parts = pieces(profile, FULL - 14)
    return [
        segment(0xE2, b"ICC_PROFILE\0" + bytes([number, len(parts)]) + part)
        for number, part in enumerate(parts, 1)
    ]


def flir(data: bytes = DATA[:800_000]) -> list[bytes]:
    parts = pieces(data, 65_524)
    return [
        segment(0xE1, b"FLIR\0\1" + bytes([number, len(parts) - 1]) + part)
        for number, part in enumerate(parts)
    ]


def scalado(data: bytes = DATA[:800_000]) -> list[bytes]:
    parts = pieces(data, FULL - 16)
    return [
        segment(
            0xE4, b"SCALADO\0" + struct.pack(">HHI", len(parts), number, len(data)) + p
        )
        for number, p in enumerate(parts)
    ]


def extended_xmp(data: bytes = DATA[:800_000], share: int = 65_400) -> list[bytes]:
    return [
        segment(0xE1, EXTENDED + struct.pack(">II", len(data), number * share) + part)
        for number, part in enumerate(pieces(data, share))
    ]


def boxes(data: bytes = DATA[:800_000], *, is_long: bool = False) -> list[bytes]:
    header = struct.pack(">I", len(data) + 8) + b"jumb"
    if is_long:
        header = b"\0\0\0\1jumb" + struct.pack(">Q", len(data) + 16)
    return [
        segment(0xEB, b"JP\2\x11" + struct.pack(">I", number) + header + part)
        for number, part in enumerate(pieces(data, FULL - 8 - len(header)), 1)
    ]


def flashpix(data: bytes = DATA[:800_000]) -> list[bytes]:
    """Build a list with a storage and two streams; the second has many segments."""
    entries = struct.pack(">IB", 0xFFFFFFFF, 0) + "/Store".encode("utf-16le")
    entries += bytes(2) + bytes(16)
    for length in (100, len(data)):
        entries += (
            struct.pack(">IB", length, 0) + "/Screen".encode("utf-16le") + b"\0\0"
        )
    streams = [(1, 0, DATA[:100])]
    # As some cameras write it: a longer first segment, whose offset is its end.
    streams += [(2, 61_608, data[:61_608])]
    streams += [
        (2, 61_608 + at, data[61_608 + at :][:61_440])
        for at in range(0, len(data) - 61_608, 61_440)
    ]
    return [
        segment(0xE2, b"FPXR\0\0\1" + struct.pack(">H", 3) + entries),
        *(
            segment(0xE2, b"FPXR\0\0\2" + struct.pack(">HI", index, offset) + part)
            for index, offset, part in streams
        ),
    ]


def photoshop(data: bytes = DATA[:800_000]) -> list[bytes]:
    """Build a long resource among short ones, over many segments."""
    resources = resource(0x03ED, bytes(15)) + resource(0x0FA0, data)
    resources += IN_RESOURCE
    return [segment(0xED, PHOTOSHOP + part) for part in pieces(resources, FULL - 14)]


def preview(count: int, marker: int = 0xE5) -> list[bytes]:
    """Build segments that say nothing about each other; the last is shorter."""
    data = b"\xff\xd8\xff\xdb" + DATA[4 : FULL * (count - 1) + 20_000]
    return [segment(marker, part) for part in pieces(data, FULL)]


def long_exif(count: int = 13) -> list[bytes]:
    """Build a block whose one value ends far after the first segment."""
    model = DATA[: (FULL - 6) * (count - 1)].replace(b"\0", b"\1") + b"end\0"
    parts = pieces(tiff(model=model), FULL - 6)
    return [segment(0xE1, b"Exif\0\0" + part) for part in parts]


RUNS = {
    "a colour profile": icc(),
    "a thermal picture": flir(),
    "a Scalado index": scalado(),
    "extended XMP": extended_xmp(),
    "a box": boxes(),
    "a box with a long length": boxes(is_long=True),
    "FlashPix streams": flashpix(),
    "Photoshop's resources": photoshop(),
    "two full segments": preview(2),
    "seven full segments": preview(7),
    "twelve full segments": preview(12),
    "thirteen full segments": preview(13),
    "an EXIF block": long_exif(),
}


def fetched(data: bytes, most: int = 99) -> tuple[SparseFile, Anatomy, list[int]]:
    """Read metadata and picture in rounds; return also the requests of each."""
    file = SparseFile(len(data))
    rounds: list[int] = []
    file.add(0, data[:SAMPLE_BYTES])
    while True:
        anatomy = read_anatomy(file, frozenset({"xmp", "iptc"}), has_picture=True)
        needs = joined([*anatomy.needs, *anatomy.picture_needs], size=len(data))
        if not needs or len(rounds) == most:
            return file, anatomy, rounds
        for need in needs:
            file.add(need.first, data[need.first : need.end])
        rounds.append(len(needs))


@pytest.mark.parametrize("name", RUNS)
def test_a_run_costs_two_rounds_or_three_if_it_states_nothing(name: str) -> None:
    picture = DATA[:90_000].replace(b"\xff", b"\1")
    data = jpeg(APP1, *RUNS[name], picture=picture)
    file, anatomy, rounds = fetched(data, most=2 + ("full" in name))

    assert (anatomy.width, anatomy.height) == (640, 480)
    assert anatomy.picture is not None
    assert anatomy.picture.extents[0].first == data.index(picture)
    assert sum(rounds) <= PICTURE_BUDGET.max_requests
    assert file.held < PICTURE_BUDGET.max_bytes


@pytest.mark.parametrize("name", RUNS)
def test_metadata_after_a_run_are_found_as_in_the_whole_file(name: str) -> None:
    data = jpeg(*RUNS[name], APP1_XMP, picture=NOISE[:90_000])
    _file, anatomy, rounds = fetched(data)
    alone = read_anatomy(whole(data), has_picture=True)

    assert alone.picture is not None  # its end is not fetched
    assert anatomy == replace(
        alone, picture=replace(alone.picture, is_upper_bound=True)
    )
    assert texts(whole(data), anatomy)["xmp"] == XMP
    assert len(rounds) <= 3 + ("full" in name)


@pytest.mark.parametrize("length", [FULL, 65_000])
@pytest.mark.parametrize(
    ("count", "most"), [(1, 1), (2, 3), (3, 4), (7, 6), (12, 8), (26, 11), (40, 16)]
)
def test_long_segments_that_state_nothing_cost_few_requests(
    count: int, most: int, length: int
) -> None:
    run = [segment(0xE7, DATA[at : at + length]) for at in range(count)]
    data = jpeg(*run, APP1, picture=NOISE[:90_000])
    _file, anatomy, rounds = fetched(data)

    assert sum(rounds) <= most
    assert texts(whole(data), anatomy)["exif"] == EXIF["exif"]


def app1(length: int) -> bytes:
    """Build an EXIF segment of a given length of data."""
    return segment(0xE1, b"Exif\0\0" + tiff().ljust(length - 6, b"\0"))


FIRST_PIECE = segment(0xE1, EXTENDED + struct.pack(">II", 40_000, 0) + DATA[:20_000])
HIDING = {
    "in place of the second piece": [FIRST_PIECE, app1(20_075)],
    "before the second piece": [
        *extended_xmp()[:3],
        app1(65_400 + 75),
        *extended_xmp()[3:],
    ],
    "in place of the last segment of two": [flir()[0], app1(65_532), flir()[-1]],
    "between numbered segments": [*flir()[:5], app1(65_532), *flir()[5:]],
    "after the first of many": [flir()[0], app1(65_532), *flir()[1:]],
    "in a profile": [*icc()[:2], app1(FULL), *icc()[2:]],
    "in an index": [*scalado()[:2], app1(FULL), *scalado()[2:]],
}


@pytest.mark.parametrize("name", HIDING)
def test_exif_among_the_segments_of_a_run_is_found(name: str) -> None:
    data = jpeg(*HIDING[name], picture=NOISE[:90_000])
    _file, anatomy, _rounds = fetched(data)

    assert (anatomy.width, anatomy.height) == (640, 480)
    assert "exif" in [part.kind for part in anatomy.metadata]


def test_the_pieces_of_extended_xmp_that_were_jumped_over_are_located() -> None:
    data = jpeg(*extended_xmp())
    _, anatomy, _ = fetched(data)

    assert texts(whole(data), anatomy) == {"extended-xmp": DATA[:800_000]}


def test_a_long_exif_block_is_one_part_without_the_headers_of_its_segments() -> None:
    data = jpeg(*long_exif())
    _, anatomy, _ = fetched(data)

    assert len(anatomy.metadata) == 1
    assert texts(whole(data), anatomy)["exif"].endswith(b"end\0")


def test_iptc_in_the_last_of_many_segments_is_found() -> None:
    data = jpeg(*photoshop())
    file, anatomy, _ = fetched(data)

    assert texts(file, anatomy) == {"iptc": IN_RESOURCE}


def test_two_runs_are_jumped_one_after_the_other() -> None:
    data = jpeg(*extended_xmp(), *flir(), APP1)
    file, anatomy, rounds = fetched(data)

    assert texts(whole(data), anatomy)["exif"] == EXIF["exif"]
    assert len(rounds) <= 4
    assert file.held < 131_072


def test_a_thermal_picture_that_was_jumped_is_one_block() -> None:
    data = jpeg(*flir(), APP1)
    file, anatomy, _ = fetched(data)
    (part,) = (part for part in anatomy.metadata if part.kind == "maker-note")

    assert file.held < 131_072
    assert b"".join(data[e.first : e.end] for e in part.extents) == DATA[:800_000]


LIES = {
    "a profile that ends early": icc()[:6],
    "a thermal picture that ends early": flir()[:6],
    "extended XMP that ends early": extended_xmp()[:6],
    "FlashPix streams that end early": flashpix()[:7],
    "Photoshop's resources that end early": photoshop()[:6],
    "a box that ends early": boxes()[:6],
    "extended XMP of four gigabytes": [
        segment(0xE1, EXTENDED + b"\xff\xff\xff\xff" + bytes(4) + b"a" * 9_000)
    ]
    * 6,
    "a Scalado index of 65,535 segments": [
        segment(0xE4, b"SCALADO\0\xff\xff\0\0" + b"\xff" * 4 + b"a" * 9_000)
    ]
    * 6,
    "a profile of segments of different lengths": [
        segment(0xE2, b"ICC_PROFILE\0" + bytes([number, 6]) + DATA[: 9_000 + number])
        for number in range(1, 7)
    ],
    "a thousand lists of streams": [
        segment(0xE2, b"FPXR\0\0\1\xff\xff" + b"\0\0\0\1\0a\0\0\0" * 9)
    ]
    * 1_000,
    "segments that are shorter than their header": [
        segment(marker, opening)
        for marker, opening in (
            (0xE1, b"FLIR\0"),
            (0xE2, b"ICC_PROFILE\0"),
            (0xE2, b"FPXR\0\0\1\xff\xff"),
            (0xE2, b"FPXR\0\0\2"),
            (0xE4, b"SCALADO\0"),
            (0xEB, b"JP"),
            (0xE1, EXTENDED),
            (0xED, PHOTOSHOP),
        )
        for _ in range(2)
    ],
}


@pytest.mark.parametrize("name", LIES)
def test_a_run_that_is_not_as_stated_is_walked_segment_by_segment(name: str) -> None:
    other = segment(0xEF, DATA[:9_000])
    data = jpeg(*LIES[name], other, APP1, picture=NOISE[:90_000])
    file, anatomy, _ = fetched(data)

    assert (anatomy.width, anatomy.height) == (640, 480)
    assert texts(whole(data), anatomy)["exif"] == EXIF["exif"]
    assert file.held < 400_000


def test_metadata_between_full_segments_of_another_kind_are_found() -> None:
    exif = segment(0xE1, b"Exif\0\0" + tiff().ljust(FULL - 6, b"\0"))
    vendor = segment(0xE1, b"vendor\0" + DATA[: FULL - 7])
    data = jpeg(*[vendor] * 3, exif, *[vendor] * 4)
    _, anatomy, _ = fetched(data)

    assert [part.kind for part in anatomy.metadata] == ["exif"]


@pytest.mark.parametrize("name", RUNS)
def test_a_run_with_changed_bytes_raises_nothing(name: str) -> None:
    drawn = random.Random(name)
    for _ in range(6):
        data = bytearray(jpeg(*RUNS[name], APP1_XMP, picture=NOISE[:30_000]))
        for _ in range(60):
            data[drawn.randrange(200)] = drawn.randrange(256)
        anatomy = fetched(bytes(data), most=30)[1]

        assert all(isinstance(need, Extent) for need in anatomy.needs)
