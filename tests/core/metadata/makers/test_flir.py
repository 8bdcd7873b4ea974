from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest

from fpcrawler.core.anatomy.block import Block
from fpcrawler.core.file.extents import Extent
from fpcrawler.core.file.sparse import SparseFile
from fpcrawler.core.metadata.makers import MakerNote, read_maker_notes
from fpcrawler.core.metadata.makers.flir import MAX_RECORDS
from tests.core.metadata.makers.notes import fff, found

if TYPE_CHECKING:
    from fpcrawler.core.metadata.makers.note import NoteReading, Order

EXPECTED = {"serial": "470023842", "lens": "FOL7", "lens_serial": "T12345"}


def reading(data: bytes, held: int | None = None) -> NoteReading:
    """Read the file in two segments, of which the first ``held`` bytes are here."""
    cut = len(data) // 2
    file = SparseFile(len(data) + 108)
    whole = bytes(100) + data[:cut] + b"\xff\xe1..FLIR"[:8] + data[cut:]
    file.add(0, whole[:held])
    extents = [Extent(100, cut), Extent(108 + cut, len(data) - cut)]
    block = Block(file, extents)
    note = MakerNote(block=block, first=0, length=len(data), order=">", make="FLIR")
    return read_maker_notes([note])


@pytest.mark.parametrize("order", ["<", ">"])
def test_camera_and_lens_are_read_from_the_thermal_data(order: Order) -> None:
    result = reading(fff(order))

    assert found(result) == EXPECTED
    assert result.values["serial"].name == "FLIR CameraSerialNumber"


def test_a_record_after_the_sample_is_missing() -> None:
    result = reading(fff("<"), held=400)

    assert found(result) == {}
    assert sum(extent.length for extent in result.missing) == 0x1A0 + 16


def test_too_many_records_are_not_searched() -> None:
    assert found(reading(fff("<", MAX_RECORDS))) != {}
    assert found(reading(fff("<", MAX_RECORDS + 1))) == {}


def test_broken_data_raise_nothing() -> None:
    rng = random.Random(12)
    for _ in range(200):
        data = bytearray(fff(rng.choice(("<", ">"))))
        for _ in range(rng.choice((1, 4, 16))):
            data[rng.randrange(160)] = rng.randrange(256)
        length = rng.randrange(len(data)) if rng.random() < 0.3 else len(data)

        values = found(reading(bytes(data[:length])))

        assert all(text.isprintable() for text in values.values())
