from __future__ import annotations

import struct

import pytest

from fpcrawler.core.anatomy import read_anatomy
from tests.core.anatomy.test_anatomy import box, full, heic, whole

ROTATION = box(b"irot", b"\x01")
MIRROR = box(b"imir", b"\x00")
CROP = box(b"clap", struct.pack(">8I", 600, 1, 400, 1, 0, 1, 0, 1))


def parameters(data: bytes) -> tuple[bytes, ...]:
    picture = read_anatomy(whole(data), has_picture=True).picture
    assert picture is not None
    return picture.parameters


@pytest.mark.parametrize(
    "properties",
    [
        *((ROTATION,), (box(b"irot", b"\x02"),), (MIRROR,), (CROP,)),
        *((ROTATION, MIRROR), (MIRROR, ROTATION)),
    ],
    ids=["90", "180", "mirror", "crop", "90 and mirror", "mirror and 90"],
)
@pytest.mark.parametrize("grid", [True, False], ids=["grid", "one"])
def test_what_is_done_before_a_picture_is_shown_belongs_to_it(
    properties: tuple[bytes, ...], *, grid: bool
) -> None:
    plain = parameters(heic(grid=grid))
    shown = parameters(heic(*properties, grid=grid))

    assert shown == (*plain, *(each[4:] for each in properties))


def test_what_is_done_to_a_tile_belongs_to_the_picture() -> None:
    shown = parameters(heic(ROTATION, grid=True, of=4))

    assert shown == (*parameters(heic(grid=True)), b"irot\x01")


@pytest.mark.parametrize("other", [box(b"pasp", bytes(8)), full(b"pixi", b"\x01\x08")])
def test_other_properties_and_items_do_not(other: bytes) -> None:
    assert parameters(heic(other)) == parameters(heic())
    assert parameters(heic(ROTATION, of=2)) == parameters(heic())
