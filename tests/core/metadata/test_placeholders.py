from __future__ import annotations

import pytest

from fpcrawler.core.metadata.placeholders import identifier_of, lens_of, name_of


@pytest.mark.parametrize(
    "text",
    ["", " ", "\0\0", "0", "00000000", "0x00000000", "0X0", "0xFFFFFFFF", "11111111",
     "09999999", "0000-0000", "FFFFFFF", "KFFFFFFF", "A000000",
     "N/A", "none", "Unknown", "----", "???", "h", "NO= 00000000", "OLYMPUS DIGITAL",
     "\x10\x15`\x12\x95", "b'\\x10\\x15`\\x12\\x95'", "[48, 49, 50]", "1" * 201],
)  # fmt: skip
def test_a_placeholder_is_not_a_number(text: str) -> None:
    assert identifier_of(text) is None


@pytest.mark.parametrize(
    "text",
    ["730407016", "NO= 00002539", "000027ced3", "H500DE01120343", "1001403", "10",
     "1", "55", "1000000", "0x1A", "0x0000001A",
     "FC  A3115393     592D31333533070731962330313C44", "C813 054492921"],
)  # fmt: skip
def test_a_number_is_kept_as_it_is(text: str) -> None:
    assert identifier_of(f"  {text} \0") == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "N/A",
        "No Lens",
        "----",
        "0",
        "0.0",
        "\x7f\x01A",
        "0.0 mm f/0.0",
        "0mm f/0",
        "0.0-0.0 mm f/0.0-0.0",
        "0 mm",
    ],
)
def test_a_placeholder_is_not_a_lens(text: str) -> None:
    assert lens_of(text) is None


@pytest.mark.parametrize(
    "text",
    ["EF50mm f/1.8 STM", "Vario-Elmar T 1:3.5-5.6", "50.0 mm f/1.8", "50.0 mm f/0.0"],
)
def test_the_name_of_a_lens_is_kept(text: str) -> None:
    assert lens_of(text) == text


@pytest.mark.parametrize("text", ["José Muñoz", "J", "1.0", "E-20,E-20N,E-20P", "X"])
def test_a_name_is_any_text_with_a_letter_or_a_digit(text: str) -> None:
    assert name_of(f" {text}  ") == text


@pytest.mark.parametrize(
    "text", ["", "unknown", "-", "\x01A", "A" * 201, "0000", "0", "0.0"]
)
def test_a_placeholder_is_not_a_name(text: str) -> None:
    assert name_of(text) is None
