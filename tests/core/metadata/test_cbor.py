from __future__ import annotations

from itertools import count

import cbor2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fpcrawler.core.anatomy.structure import GivenUp, Malformed
from fpcrawler.core.metadata.cbor import MAX_DEPTH, MAX_ITEMS, Cbor, decode_cbor

NUMBERS = st.integers(-(2**64), 2**64 - 1) | st.floats(allow_nan=False)
SCALARS = st.none() | st.booleans() | NUMBERS | st.text() | st.binary()
VALUES = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner)
        | st.dictionaries(st.text() | st.integers(-(2**63), 2**63), inner)
    ),
    max_leaves=20,
)


@pytest.mark.untraced
@given(VALUES, st.booleans())
def test_what_cbor2_encodes_is_decoded(value: Cbor, is_indefinite: bool) -> None:  # noqa: FBT001
    encoded = cbor2.dumps(value, indefinite_containers=is_indefinite)

    assert decode_cbor(encoded) == value


@pytest.mark.parametrize(
    ("encoded", "value"),
    [
        # RFC 8949, Appendix A.
        ("f93c00", 1.0),
        ("fa47c35000", 100_000.0),
        ("f7", None),
        ("f0", None),
        ("f8ff", None),
        ("c11a514b67b0", 1_363_896_240),
        ("c249010000000000000000", bytes.fromhex("010000000000000000")),
        ("d74401020304", bytes.fromhex("01020304")),
        ("5f42010243030405ff", bytes.fromhex("0102030405")),
        ("7f657374726561646d696e67ff", "streaming"),
        ("9f018202039f0405ffff", [1, [2, 3], [4, 5]]),
        ("bf61610161629f0203ffff", {"a": 1, "b": [2, 3]}),
        # Keys that are neither texts nor integers, and equal keys.
        ("a2410002616103", {"a": 3}),
        ("a2616101616102", {"a": 2}),
        # Tags that would share a value, or repeat it, or compile an expression.
        ("d81c81d81d00", [0]),
        ("d8236328612b", "(a+"),
        ("61ff", "\ufffd"),
    ],
)
def test_only_plain_values_are_returned(encoded: str, value: Cbor) -> None:
    assert decode_cbor(bytes.fromhex(encoded)) == value


@pytest.mark.parametrize(
    ("encoded", "error"),
    [
        (b"", Malformed),
        (b"\x1c", Malformed),
        (b"\xff", Malformed),
        (b"\xdf\x00", Malformed),
        (b"\x5f\x61a\xff", Malformed),
        (b"\x5f\x5f\xff\xff", Malformed),
        (b"\x9f" + b"\x00" * 9, Malformed),
        (b"\x5b" + b"\xff" * 8, Malformed),
        (b"\x7b" + b"\xff" * 8 + b"a", Malformed),
        (b"\x9b" + b"\xff" * 8, Malformed),
        (b"\xbb" + b"\xff" * 8 + b"\x00" * 90, Malformed),
        (b"\x81" * 60_000, GivenUp),
        (b"\x9f" * 60_000, GivenUp),
        (b"\xa1" * 60_000, GivenUp),
        (b"\xc1" * 60_000, GivenUp),
        (b"\x5f" + b"\x40" * 60_000, GivenUp),
        (b"\x9b" + b"\xff" * 8 + b"\x00" * 60_000, GivenUp),
        (b"\xbf" + b"\x00" * 60_000, GivenUp),
    ],
    ids=count(),
)
def test_hostile_data_are_refused(encoded: bytes, error: type[Malformed]) -> None:
    with pytest.raises(error):
        decode_cbor(encoded)


def test_values_at_the_limits_are_decoded() -> None:
    assert decode_cbor(b"\x81" * MAX_DEPTH + b"\x00")
    assert decode_cbor(cbor2.dumps([0] * (MAX_ITEMS - 1))) == [0] * (MAX_ITEMS - 1)


@given(st.binary(max_size=60))
def test_any_bytes_are_decoded_or_malformed(data: bytes) -> None:
    try:
        decode_cbor(data)
    except Malformed:
        return
    assert data
