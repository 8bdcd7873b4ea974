from __future__ import annotations

import pytest

from fpcrawler.handlers.parser import MAX_CHUNKS, LenientChunks, TooManyChunks


def decoded(chunks: int) -> int:
    """Decode chunks of one byte; return how many bytes they had."""
    received: list[bytes] = []
    decoder = LenientChunks(received.append, lambda _: None)
    for _ in range(chunks):
        decoder.dataReceived(b"1\r\nx\r\n")
    return len(b"".join(received))


def test_a_body_has_a_bounded_number_of_chunks() -> None:
    assert decoded(MAX_CHUNKS) == MAX_CHUNKS
    with pytest.raises(TooManyChunks):
        decoded(MAX_CHUNKS + 1)
