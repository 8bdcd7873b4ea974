from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fpcrawler.core.metadata.user_comment import decode_user_comment

ASCII, UNICODE = b"ASCII\0\0\0", b"UNICODE\0"
JIS, UNDEFINED = b"JIS\0\0\0\0\0", bytes(8)


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        pytest.param(ASCII + b"harbour", "harbour", id="ASCII"),
        pytest.param(ASCII + b"harbour   \0\0junk", "harbour", id="padded"),
        pytest.param(ASCII + "Häfen".encode(), "Häfen", id="UTF-8 called ASCII"),
        pytest.param(ASCII + b"H\xe4fen und Meer", "Häfen und Meer", id="Latin-1"),
        pytest.param(UNICODE + "Häfen".encode("utf-16-le"), "Häfen", id="little"),
        pytest.param(UNICODE + "Häfen".encode("utf-16-be"), "Häfen", id="big"),
        pytest.param(
            UNICODE + "港の夕方".encode("utf-16-le"), "港の夕方", id="Japanese"
        ),
        pytest.param(UNICODE + "a 港".encode("utf-16"), "a 港", id="order mark"),
        pytest.param(UNICODE + b"h\0i\0\0\0x\0", "hi", id="ends at NUL"),
        pytest.param(JIS + "夕方".encode("iso2022_jp"), "夕方", id="JIS"),
        pytest.param(JIS + "夕方".encode("shift_jis"), "夕方", id="Shift JIS"),
        pytest.param(UNDEFINED + b"harbour", "harbour", id="undefined, a text"),
        pytest.param(UNDEFINED + b"\x01\x02\x03\x80", None, id="undefined, binary"),
        pytest.param(b"no code at all", "no code at all", id="no code"),
        pytest.param(b"        harbour", "harbour", id="spaces as code"),
        pytest.param(b"ASCII   harbour", "harbour", id="ASCII, spaces"),
        pytest.param(b"ASCII\0  harbour", "harbour", id="ASCII, NUL and spaces"),
        pytest.param(
            b"UNICODE " + "Häfen".encode("utf-16-le"), "Häfen", id="Unicode, a space"
        ),
        pytest.param(
            b"JIS     " + "夕方".encode("iso2022_jp"), "夕方", id="JIS, spaces"
        ),
        pytest.param(b"ASCII", "ASCII", id="shorter than a code"),
        pytest.param(ASCII, None, id="a code alone"),
        pytest.param(ASCII + b"    ", None, id="spaces"),
        pytest.param(UNICODE + bytes(40), None, id="zeros"),
        pytest.param(b"", None, id="nothing"),
    ],
)
def test_the_text_is_decoded_by_its_code(raw: bytes, text: str | None) -> None:
    assert decode_user_comment(raw, is_little_endian=True) == text


def test_the_byte_order_of_the_file_decides_if_the_text_does_not() -> None:
    raw = UNICODE + "夕方".encode("utf-16-be")

    assert decode_user_comment(raw, is_little_endian=False) == "夕方"


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        pytest.param(ASCII + b"x" * 65_536, "x" * 65_536, id="as long as can be"),
        pytest.param(ASCII + b"x" * 65_537, "x" * 65_536 + "…", id="a byte longer"),
        pytest.param(
            ASCII + b"x" + "ä".encode() * 40_000,
            "x" + "ä" * 32_767 + "…",
            id="cut in a character",
        ),
        pytest.param(ASCII + b"x".ljust(70_000, b"\0"), "x", id="padded"),
        pytest.param(
            UNICODE + "ä".encode("utf-16-le") * 40_000,
            "ä" * 32_768 + "…",
            id="UCS-2",
        ),
    ],
)
def test_a_text_that_is_cut_is_marked(raw: bytes, text: str) -> None:
    assert decode_user_comment(raw, is_little_endian=True) == text


@given(st.binary(max_size=9_000), st.booleans())
def test_any_bytes_give_a_bounded_text(raw: bytes, is_little: bool) -> None:  # noqa: FBT001
    text = decode_user_comment(raw, is_little_endian=is_little)

    assert text is None or 0 < len(text) <= len(raw)
    assert text is None or text.encode()
