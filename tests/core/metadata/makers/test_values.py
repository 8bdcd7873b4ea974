from __future__ import annotations

import pytest

from fpcrawler.core.metadata.makers.values import (
    dated_serial,
    hexadecimal,
    integer,
    lens,
    name,
    serial,
)


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (b"ZA2146315\0\0", "ZA2146315"),
        (b"  H1234  \0junk", "H1234"),
        (b"\xff\xfe1234", None),
        (b"\0A1234", None),
        (b"0000000\0", None),
    ],
)
def test_a_serial_is_ascii_up_to_the_first_zero(raw: bytes, text: str | None) -> None:
    assert serial(raw, "<") == text


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (b"F000501140053\0\xff\xdd", "F000501140053"),
        (b"F350807010058^\0\0", "F350807010058"),
        (b"LNX1211230042", "LNX1211230042"),
        (b"A1234\0", "A1234"),
        (b"F590000000000000", None),
        (b"000000000000\0", None),
    ],
)
def test_the_padding_of_a_dated_serial_is_left_out(
    raw: bytes, text: str | None
) -> None:
    assert dated_serial(raw, "<") == text


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (b"\x28\x20\x89\x2b", "730406952"),
        (b"\0\0\0\0", None),
        (b"\xff\xff\xff\xff", None),
        (b"\x12\x34", "13330"),
    ],
)
def test_a_number_is_printed_without_leading_zeros(
    raw: bytes, text: str | None
) -> None:
    assert integer(raw, "<") == text


def test_bytes_are_printed_in_hexadecimal() -> None:
    assert hexadecimal(b"\0\0\x21\x4e\x1c", "<") == "0000214e1c"
    assert hexadecimal(bytes(16), "<") is None


def test_names_may_have_other_letters() -> None:
    assert name("José".encode("cp1252"), "<") == name("José".encode(), "<") == "José"
    assert lens(b"\x81\x8d\x8f", "<") is None
