from __future__ import annotations

import pytest

from fpcrawler.core.file.sparse import SparseFile
from fpcrawler.core.metadata.origin import read_origin
from fpcrawler.core.metadata.reader import locate, read_metadata
from tests.core.metadata.makers.notes import camera_file
from tests.core.metadata.makers.self_contained import SELF_CONTAINED
from tests.core.metadata.makers.tiff_based import TIFF_BASED
from tests.tiffs import ASCII, EXIF_IFD, LONG, UNDEFINED, tiff

SAMPLES = TIFF_BASED | SELF_CONTAINED
KODAK = b"KCXEP54200123 ".ljust(20_000, b"\0")


def file_of(data: bytes) -> SparseFile:
    file = SparseFile(len(data))
    file.add(0, data)
    return file


@pytest.mark.parametrize("maker", SAMPLES)
def test_the_note_in_a_file_is_read_of(maker: str) -> None:
    sample = SAMPLES[maker]()
    file = file_of(camera_file(sample))

    device = read_origin(read_metadata(file, locate(file))).device

    assert {name: getattr(device, name) for name in sample.expected} == sample.expected
    assert all(
        device.sources[name][0].startswith("MakerNote ") for name in sample.expected
    )


def test_of_two_notes_that_of_the_exif_directory_is_read() -> None:
    file = file_of(
        tiff(
            (0x010F, ASCII, b"Kodak\0"),
            (0x927C, UNDEFINED, KODAK.replace(b"123", b"456")),
            (EXIF_IFD, LONG, [(0x927C, UNDEFINED, KODAK)]),
        )
    )

    device = read_origin(read_metadata(file, locate(file))).device

    assert device.serial == "KCXEP54200123"


def test_a_note_is_read_as_far_as_its_bytes_came_for_other_fields() -> None:
    before = (0x9000, UNDEFINED, bytes(600))
    data = tiff(
        (0x010F, ASCII, b"Kodak\0"),
        (EXIF_IFD, LONG, [before, (0x927C, UNDEFINED, KODAK)]),
    )
    at = data.index(KODAK)
    file = SparseFile(len(data))
    file.add(0, data[:at])
    metadata = read_metadata(file, locate(file))
    early = read_origin(metadata).device.serial

    file.add(at, data[at : at + 100])

    assert not metadata.needs
    assert early is None
    assert read_origin(metadata).device.serial == "KCXEP54200123"
