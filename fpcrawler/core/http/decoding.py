"""Decode a Content-Encoding incrementally, up to a limit of output bytes."""

from __future__ import annotations

import sys
import zlib
from collections.abc import Callable
from typing import Protocol

import brotli

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd


class DecodingError(ValueError):
    """The bytes do not match their Content-Encoding, or it lists several codings."""


class Decoder(Protocol):
    """One content coding of RFC 9110 section 8.4.1 (zstd: RFC 8878)."""

    def decode(self, data: bytes, limit: int) -> bytes:
        """Add ``data`` and return at most ``limit`` (> 0) further decoded bytes."""


class _Zlib:
    def __init__(self, wbits: int) -> None:
        self._inflate = zlib.decompressobj(wbits)

    def decode(self, data: bytes, limit: int) -> bytes:
        return self._inflate.decompress(self._inflate.unconsumed_tail + data, limit)


class _Gzip:
    """Consecutive members (RFC 1952 section 2.2); other data after them is skipped."""

    _WBITS = 16 + zlib.MAX_WBITS
    _MAGIC = b"\x1f\x8b"

    def __init__(self) -> None:
        self._member = zlib.decompressobj(self._WBITS)
        self._kept = b""

    def decode(self, data: bytes, limit: int) -> bytes:
        data, decoded = self._kept + data, b""
        while data and len(decoded) < limit:
            if self._member.eof:
                if not data.startswith(self._MAGIC[: len(data)]):
                    data = b""
                    break
                self._member = zlib.decompressobj(self._WBITS)
            decoded += self._member.decompress(data, limit - len(decoded))
            data = self._member.unconsumed_tail or self._member.unused_data
        self._kept = data
        return decoded


class _Deflate:
    """Deflate in the zlib format (RFC 9110 8.4.1.2), or raw as some servers send it."""

    _HEADER_BYTES = 2  # RFC 1950 section 2.2: CMF and FLG, together a multiple of 31

    def __init__(self) -> None:
        self._coding: _Zlib | None = None
        self._opening = b""

    def decode(self, data: bytes, limit: int) -> bytes:
        if self._coding is not None:
            return self._coding.decode(data, limit)
        self._opening += data
        if len(self._opening) < self._HEADER_BYTES:
            return b""
        header = self._opening[: self._HEADER_BYTES]
        is_wrapped = (
            header[0] & 0x0F == zlib.DEFLATED and int.from_bytes(header) % 31 == 0
        )
        self._coding = _Zlib(zlib.MAX_WBITS if is_wrapped else -zlib.MAX_WBITS)
        return self._coding.decode(self._opening, limit)


class _Brotli:
    def __init__(self) -> None:
        self._brotli = brotli.Decompressor()
        self._kept = b""

    def decode(self, data: bytes, limit: int) -> bytes:
        # The library may exceed its limit: keep the excess for the next call.
        decoded = self._kept
        if data or len(decoded) < limit:
            decoded += self._brotli.process(data, output_buffer_limit=limit)
        self._kept = decoded[limit:]
        return decoded[:limit]


class _Zstd:
    def __init__(self) -> None:
        self._zstd = zstd.ZstdDecompressor()

    def decode(self, data: bytes, limit: int) -> bytes:
        return b"" if self._zstd.eof else self._zstd.decompress(data, limit)


_CODINGS: dict[str, Callable[[], Decoder]] = {
    "gzip": _Gzip,
    "x-gzip": _Gzip,
    "deflate": _Deflate,
    "br": _Brotli,
    "zstd": _Zstd,
}
_ERRORS = (zlib.error, brotli.error, zstd.ZstdError, EOFError)


def decoder_of(content_encoding: str) -> Decoder | None:
    """Return the decoder of a Content-Encoding, None if the body is read as it is.

    Fetch, "handle content codings": with a coding that is not supported, the bytes
    pass through unchanged. Servers send ``aws-chunked``, ``UTF-8`` and types of images
    as codings of bodies that are not encoded. Raises DecodingError for several codings.
    """
    if not is_encoded(content_encoding):
        return None
    codings = _codings(content_encoding)
    if len(codings) > 1:
        raise DecodingError(f"Content-Encoding {content_encoding!r} is not supported.")
    return _CODINGS[codings[0]]()


def is_encoded(content_encoding: str) -> bool:
    """Return whether a body with this Content-Encoding has to be decoded."""
    if not content_encoding:
        return False
    codings = _codings(content_encoding)
    return bool(codings) and all(coding in _CODINGS for coding in codings)


def _codings(content_encoding: str) -> list[str]:
    parts = (part.strip() for part in content_encoding.lower().split(","))
    return [part for part in parts if part not in ("", "identity")]


def decode_step(decoder: Decoder, data: bytes, limit: int) -> bytes:
    """Decode ``data`` to at most ``limit`` bytes; raises DecodingError."""
    try:
        return decoder.decode(data, limit) if limit > 0 else b""
    except _ERRORS as error:
        raise DecodingError(
            f"The body does not match its Content-Encoding: {error}."
        ) from error
