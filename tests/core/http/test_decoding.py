from __future__ import annotations

import gzip
import sys
import zlib
from collections.abc import Callable

import brotli
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fpcrawler.core.http.decoding import (
    DecodingError,
    decode_step,
    decoder_of,
    is_encoded,
)

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd


NO_LIMIT = 1 << 20


def deflated(data: bytes) -> bytes:
    """Compress without the zlib wrapper; some servers send this as ``deflate``."""
    compressor = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return compressor.compress(data) + compressor.flush()


CODINGS = [
    pytest.param("gzip", gzip.compress, id="RFC 1952 gzip"),
    pytest.param("x-gzip", gzip.compress, id="RFC 9110 8.4.1.3 x-gzip"),
    pytest.param("deflate", zlib.compress, id="RFC 9110 8.4.1.2 deflate"),
    pytest.param("deflate", deflated, id="RFC 1951 deflate without a wrapper"),
    pytest.param("br", brotli.compress, id="RFC 7932 br"),
    pytest.param("zstd", zstd.compress, id="RFC 8878 zstd"),
]
every_coding = pytest.mark.parametrize(("coding", "compress"), CODINGS)


def decoded(coding: str, chunks: list[bytes], limit: int = NO_LIMIT) -> bytes:
    """Decode as a response is read: each step may return the rest of the limit."""
    decoder = decoder_of(coding)
    assert decoder is not None
    body = b""
    for chunk in chunks:
        body += decode_step(decoder, chunk, limit - len(body))
    return body


def split_at(data: bytes, places: list[int]) -> list[bytes]:
    bounds = [0, *sorted(place % (len(data) + 1) for place in places), len(data)]
    return [data[bounds[at] : bounds[at + 1]] for at in range(len(bounds) - 1)]


payloads = st.one_of(
    st.binary(max_size=2_000),
    st.builds(
        lambda unit, times: unit * times, st.binary(max_size=9), st.integers(0, 5_000)
    ),
)
places = st.lists(st.integers(min_value=0), max_size=6)


@pytest.mark.untraced
@every_coding
@given(data=payloads, places=places)
def test_a_body_in_any_chunks_decodes_as_the_whole(
    coding: str, compress: Callable[[bytes], bytes], data: bytes, places: list[int]
) -> None:
    assert decoded(coding, split_at(compress(data), places)) == data


@every_coding
def test_a_body_of_single_bytes_decodes_as_the_whole(
    coding: str, compress: Callable[[bytes], bytes]
) -> None:
    data = b"a body of single bytes"

    assert decoded(coding, [bytes([byte]) for byte in compress(data)]) == data


@every_coding
@given(data=payloads, places=places, limit=st.integers(1, 3_000))
def test_no_more_than_the_limit_is_decoded(
    coding: str,
    compress: Callable[[bytes], bytes],
    data: bytes,
    places: list[int],
    limit: int,
) -> None:
    chunks = split_at(compress(data), [0, *places])

    assert decoded(coding, chunks[1:], limit) == data[:limit]


@every_coding
def test_a_decompression_bomb_is_limited(
    coding: str, compress: Callable[[bytes], bytes]
) -> None:
    bomb = compress(bytes(50_000_000))

    assert decoded(coding, [bomb], 100) == bytes(100)


@every_coding
def test_a_decoder_continues_where_its_limit_stopped_it(
    coding: str, compress: Callable[[bytes], bytes]
) -> None:
    data = bytes(range(256)) * 500
    decoder = decoder_of(coding)
    assert decoder is not None

    first = decode_step(decoder, compress(data), 10)
    second = decode_step(decoder, b"", 10)

    assert first + second == data[:20]


@every_coding
def test_a_limit_of_zero_decodes_nothing(
    coding: str, compress: Callable[[bytes], bytes]
) -> None:
    assert decoded(coding, [compress(b"abc")], 0) == b""


@every_coding
def test_a_truncated_body_is_decoded_up_to_its_end(
    coding: str, compress: Callable[[bytes], bytes]
) -> None:
    data = bytes(range(256)) * 500

    body = decoded(coding, [compress(data)[:-1]])

    assert data.startswith(body)


def test_gzip_may_have_several_members() -> None:
    # RFC 1952 section 2.2: "A gzip file consists of a series of 'members'".
    body = gzip.compress(b"one, ") + gzip.compress(b"two")

    assert decoded("gzip", [body]) == b"one, two"


@pytest.mark.parametrize("coding", ["", "identity", "Identity", " identity ", ","])
def test_an_identity_coding_has_no_decoder(coding: str) -> None:
    assert decoder_of(coding) is None
    assert not is_encoded(coding)


@pytest.mark.parametrize(
    "coding",
    [
        *("compress", "aws-chunked", "UTF-8", "none", "image/jpeg", "*", "gzip;q=1"),
        *("aws-chunked,gzip", "gzip, aws-chunked"),
    ],
)
def test_a_body_of_an_unknown_coding_passes_through(coding: str) -> None:
    # Fetch, "handle content codings": "If codings are not supported, return bytes."
    assert decoder_of(coding) is None
    assert not is_encoded(coding)


def test_a_coding_is_named_in_any_case() -> None:
    # RFC 9110 section 8.4.1: "All content codings are case-insensitive".
    assert decoded(" GZip ", [gzip.compress(b"abc")]) == b"abc"


def test_identity_beside_a_coding_changes_nothing() -> None:
    assert decoded("identity, gzip", [gzip.compress(b"abc")]) == b"abc"


@pytest.mark.parametrize("coding", ["gzip, br", "gzip,gzip"])
def test_several_codings_are_named(coding: str) -> None:
    with pytest.raises(DecodingError, match="is not supported") as refused:
        decoder_of(coding)

    assert repr(coding) in str(refused.value)


@pytest.mark.parametrize("coding", ["gzip", "x-gzip", "deflate", "br", "zstd"])
def test_a_body_that_does_not_match_its_coding_is_refused(coding: str) -> None:
    with pytest.raises(DecodingError, match="does not match its Content-Encoding"):
        decoded(coding, [b"\xff\xd8\xff\xe0\x00\x10JFIF" * 9])


@every_coding
@given(
    data=st.binary(min_size=1, max_size=200),
    at=st.integers(0),
    flip=st.integers(1, 255),
)
def test_a_broken_body_is_refused_or_read(
    coding: str, compress: Callable[[bytes], bytes], data: bytes, at: int, flip: int
) -> None:
    body = bytearray(compress(data))
    body[at % len(body)] ^= flip

    try:
        assert len(decoded(coding, [bytes(body)], 1_000)) <= 1_000
    except DecodingError as error:
        assert "Content-Encoding" in str(error)  # noqa: PT017
