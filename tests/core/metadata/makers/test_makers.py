from __future__ import annotations

import random
import struct
from dataclasses import replace

import pytest

from fpcrawler.core.metadata.makers.walk import MAX_ENTRIES
from tests.core.metadata.makers.notes import (
    AT,
    LONG,
    RAW,
    TEXT,
    Sample,
    found,
    headed,
    ifd,
    long,
    reading,
)
from tests.core.metadata.makers.self_contained import SELF_CONTAINED
from tests.core.metadata.makers.tiff_based import TIFF_BASED

SAMPLES = TIFF_BASED | SELF_CONTAINED

each_maker = pytest.mark.parametrize("maker", SAMPLES)


@each_maker
def test_the_identity_is_read_from_the_note_of(maker: str) -> None:
    sample = SAMPLES[maker]()

    result = reading(sample)

    assert found(result) == sample.expected
    assert result.missing == []


@each_maker
def test_a_note_cut_at_the_end_of_the_sample_says_what_is_missing(maker: str) -> None:
    sample = SAMPLES[maker]()
    whole = sample.file()

    for held in range(sample.first, len(whole), 7):
        result = reading(sample, held=held)
        values = found(result)

        assert values.items() <= sample.expected.items()
        assert values == sample.expected or result.missing
        assert all(extent.end > held for extent in result.missing)


@each_maker
def test_broken_notes_raise_nothing_and_give_only_text(maker: str) -> None:
    sample, rng = SAMPLES[maker](), random.Random(maker)
    whole = sample.file()

    for _ in range(60):
        data = bytearray(whole)
        for _ in range(rng.choice((1, 2, 8, 40))):
            place = rng.randrange(sample.first, len(data))
            data[place] = rng.choice((0, 1, 0x7F, 0xFF, rng.randrange(256)))
        held = rng.choice((None, rng.randrange(sample.first, len(data))))
        cut = rng.choice((len(data), rng.randrange(sample.first, len(data))))
        result = reading(sample, bytes(data[:cut]), held)

        assert all(0 < len(v) <= 64 and v.isprintable() for v in found(result).values())
        assert len(result.missing) <= 16


@pytest.mark.parametrize("distance", [-450, 0, 250])
def test_the_footer_of_a_moved_note_says_where_it_was(distance: int) -> None:
    # The first value is 6 bytes after the last entry, as in the EOS 20D.
    data = ifd(
        [(0x0C, LONG, long(730407016)), (0x96, TEXT, b"ZA2146315\0")], first=AT + 2
    )
    entries = 2 + 2 * 12 + 4
    data = data[:entries] + bytes(2) + data[entries:] + b"II*\0" + long(AT)
    expected = {"serial": "730407016", "internal_serial": "ZA2146315"}

    sample = Sample("Canon", data, expected, first=AT + distance)

    assert found(reading(sample)) == expected


def test_a_note_with_too_many_entries_is_not_walked() -> None:
    entries = [(0x0C, LONG, long(730407016))] * (MAX_ENTRIES + 1)

    assert found(reading(Sample("Canon", ifd(entries), {}))) == {}


def test_an_ifd_that_contains_itself_ends() -> None:
    data = bytearray(SAMPLES["Olympus"]().data)
    struct.pack_into("<I", data, 12 + 2 + 12 + 8, 12)

    assert found(reading(replace(SAMPLES["Olympus"](), data=bytes(data)))) == {}


@pytest.mark.parametrize(
    "make", ["DJI", "FLIR Systems AB", "CASIO COMPUTER CO.,LTD", ""]
)
def test_a_note_without_identity_is_left_alone(make: str) -> None:
    assert found(reading(Sample(make, ifd([(0x0C, LONG, long(730407016))]), {}))) == {}


def test_sony_models_without_a_known_place_give_no_internal_serial() -> None:
    sample = replace(SAMPLES["Sony"](), model="DSC-RX100")

    assert found(reading(sample)) == {"serial": "15203040"}


def test_offsets_from_the_note_itself_are_found_to_be_so() -> None:
    moved = replace(SAMPLES["Samsung"](), first=AT + 250)

    assert found(reading(moved)) == moved.expected


@pytest.mark.parametrize("maker", TIFF_BASED)
@pytest.mark.parametrize("distance", [*range(-64, 66, 2), -1, 1, 250])
def test_a_moved_note_gives_no_wrong_value(maker: str, distance: int) -> None:
    sample = TIFF_BASED[maker]()

    values = found(reading(replace(sample, first=sample.first + distance)))

    assert values.items() <= sample.expected.items()


@pytest.mark.parametrize("outside", [1, 8, 200])
def test_an_offset_that_leads_out_of_the_note_gives_no_value(outside: int) -> None:
    head = b"FUJIFILM" + long(12)
    inside = head + ifd([(0x10, TEXT, b"FC A3115393\0")], first=12)
    sample = Sample("FUJIFILM", inside, {})
    start = len(inside) - 12
    data = bytearray(sample.file())
    data[AT + start + outside : AT + start + outside + 12] = b"592D31333533"
    struct.pack_into("<I", data, AT + 12 + 2 + 8, start + outside)

    assert found(reading(sample)) == {"internal_serial": "FC A3115393"}
    assert found(reading(sample, bytes(data))) == {}


def test_values_outside_of_an_old_olympus_note_need_the_text_that_all_have() -> None:
    def values(camera: bytes) -> dict[str, str]:
        entries = [
            (0x209, TEXT, camera.ljust(32, b"\0")),
            (0x101A, TEXT, b"203001592\0"),
        ]
        data = headed(b"OLYMP\0\1\0", entries, ">", AT, gap=200)
        outside = Sample("OLYMPUS", data[:40], {}, order=">", tail=data[40:])
        return found(reading(outside))

    assert values(b"OLYMPUS DIGITAL CAMERA") == {"serial": "203001592"}
    assert values(b"PUS DIGITAL CAMERA") == {}


@pytest.mark.parametrize("distance", [-250, 12, 250])
@pytest.mark.parametrize(
    ("maker", "inline"), [("Canon", {"serial": "730407016"}), ("Panasonic", {})]
)
def test_a_moved_note_gives_no_part_of_another_text(
    maker: str, inline: dict[str, str], distance: int
) -> None:
    values = found(reading(replace(SAMPLES[maker](), first=AT + distance)))

    assert values == inline


@pytest.mark.parametrize(
    ("maker", "tag", "kind", "value"),
    [
        ("Canon", 0x0C, LONG, b"\xff" * 4),
        ("Canon", 0x0C, LONG, bytes(4)),
        ("Canon", 0x4019, RAW, bytes.fromhex("00000000a5")),
        ("Canon", 0x28, RAW, bytes(16)),
        ("NIKON", 0x1D, TEXT, b"NO= 00000000\0"),
        ("SAMSUNG", 0xA002, TEXT, b"A12\0"),
    ],
)
def test_a_placeholder_in_a_note_is_none(
    maker: str, tag: int, kind: int, value: bytes
) -> None:
    data = ifd([(1, RAW, b"0100"), (tag, kind, value)])

    assert found(reading(Sample(maker, data, {}))) == {}


def test_the_first_of_two_tags_for_one_field_is_used() -> None:
    data = ifd([(0xA0, TEXT, b"NO= 1005a431\0"), (0x1D, TEXT, b"2188172\0")])

    assert found(reading(Sample("NIKON", data, {}))) == {"serial": "2188172"}


def test_sonys_pairs_of_digits_are_turned_without_the_leading_zero() -> None:
    data = ifd([(0x2031, TEXT, b"40302005\0")], gap=0)

    assert found(reading(Sample("SONY", data, {}))) == {"serial": "5203040"}
