"""Short values are printed as exifread's objects print them."""

from __future__ import annotations

import struct

import pytest
from exifread.utils import Ratio

from fpcrawler.core.metadata.exif_quick import (
    quick_numbers,
    quick_ratios,
    quick_text,
)

NUMBERS = (0, 1, -1, 6, -4, 72, 2**31 - 1, -(2**31))


@pytest.mark.parametrize("numerator", NUMBERS)
@pytest.mark.parametrize("denominator", NUMBERS)
def test_a_ratio_is_printed_in_its_lowest_terms(
    numerator: int, denominator: int
) -> None:
    pair = struct.pack("<ii", numerator, denominator)
    ratio = Ratio(numerator, denominator)

    assert quick_ratios("<2i", 1)(pair, 0) == str(ratio)
    assert quick_ratios("<4i", 2)(pair + pair, 0) == str([ratio, ratio])


def test_a_text_ends_at_its_first_nul() -> None:
    assert quick_text(6)(b"..Acme\0", 2) == "Acme"


def test_a_text_that_is_not_ascii_is_left_to_the_other_reader() -> None:
    assert quick_text(4)("Häfen".encode(), 0) is None


def test_a_printer_that_raises_leaves_the_value_to_the_other_reader() -> None:
    def printer(_values: list[int]) -> str:
        raise ValueError

    quick = quick_numbers("<H", 1, printer)

    assert quick is not None
    assert quick(b"\1\0", 0) is None


def test_many_numbers_are_printed_by_name_and_the_others_as_they_are() -> None:
    """A Compression of 900 values once raised at a number that has no name."""
    numbers = [6, 1, 900] * 300
    printed = quick_numbers("<900H", len(numbers), {1: "Uncompressed", 6: "JPEG"})

    assert printed is not None
    assert printed(struct.pack("<900H", *numbers), 0) == "JPEGUncompressed900" * 300
