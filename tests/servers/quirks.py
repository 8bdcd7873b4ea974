"""Odd servers as found on the web: ``python -m tests.servers.quirks`` serves them.

Each row of ``QUIRKS`` is one kind of response, its source, and the outcome that the
crawl must have.
"""

from __future__ import annotations

import asyncio
import functools
import gzip
import random
import struct
import sys
import threading
import zlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

import brotli

from tests.servers.http import STEP, Asked, Wire, serving

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

GALLERY = Path(__file__).parents[2] / "examples" / "gallery"
PAGE = b"<!DOCTYPE html><title>page</title><img src='/plain.jpg'>"

# A real picture with enough data after its end to show where reading stops.
PHOTO = (GALLERY / "harbour.jpg").read_bytes() + random.Random(1).randbytes(4_000_000)
SMALL = (GALLERY / "icon.png").read_bytes()
SAMPLE = 10_241
UNKNOWN = 20_481
"""Bytes that are read if the size is unknown."""
CHUNK = 2 * 65_536
"""Twisted reads 64 KiB at a time, and once more what was already on its way."""

HUGE = 5 * 2**32
TIMEOUT = 2.0
"""The DOWNLOAD_TIMEOUT, in seconds, that the rows expect."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quirk:
    """One kind of response, and its expected outcome."""

    path: str
    source: str
    serve: Callable[[Asked, Wire], Awaitable[None]]
    outcome: str = "record"
    image_size: int | None = None
    etag: str | None = None
    received: int = SAMPLE
    """The most bytes of bodies that the handler may have received."""
    contradicts_itself: bool = False
    """Every response does, so nothing is known of the file's end."""
    through_page: bool = False
    """The image is found on a page; the list has only the page."""


def _part(first: int, last: int, total: int | str = len(PHOTO)) -> dict[str, str | int]:
    return {
        "Content-Type": "image/jpeg",
        "Content-Range": f"bytes {first}-{last}/{total}",
    }


def _fixed(
    status: str, headers: dict[str, str | int], body: bytes, *, length: int | None = -1
) -> Callable[[Asked, Wire], Awaitable[None]]:
    """Send one fixed response; ``length``: None sends none, -1 the true one."""

    async def serve(_: Asked, wire: Wire) -> None:
        sent: dict[str, str | int] = (
            {} if length is None else {"Content-Length": length}
        )
        sent = {"Content-Length": len(body)} if length == -1 else sent
        await wire.reply(status, {**headers, **sent}, body)

    return serve


def _ranged(
    headers: dict[str, str | int],
    body: bytes,
    *,
    plain: dict[str, str | int],
    status: str = "206 Partial Content",
    has_length: bool = True,
) -> Callable[[Asked, Wire], Awaitable[None]]:
    """Send these for a Range request, the whole photo for any other."""
    length = {"Content-Length": len(body)} if has_length else {}

    async def serve(asked: Asked, wire: Wire) -> None:
        if asked.span is not None:
            await wire.reply(status, {**headers, **length}, body)
            return
        await wire.reply("200 OK", {**plain}, PHOTO)

    return serve


WHOLE: dict[str, str | int] = {"Content-Length": len(PHOTO)}


async def _endless(_: Asked, wire: Wire) -> None:
    await wire.reply("200 OK", {"Content-Type": "image/jpeg"}, PHOTO)
    while True:
        await wire.send(bytes(STEP))


async def _empty_blocks(_: Asked, wire: Wire) -> None:
    await wire.reply("200 OK", {"Content-Encoding": "gzip"})
    start = gzip.compress(SMALL, compresslevel=0)[:10]
    await wire.send(start + b"\x00" + struct.pack("<HH", 768, 768 ^ 0xFFFF) + SMALL)
    while True:
        await wire.send(b"\x00\x00\x00\xff\xff" * 4_000)


async def _huge(_: Asked, wire: Wire) -> None:
    await wire.reply("200 OK", {"Content-Length": HUGE}, PHOTO)
    for _i in range(HUGE // STEP):
        await wire.send(bytes(STEP))


async def _slow(_: Asked, wire: Wire) -> None:
    await wire.reply("200 OK", WHOLE)
    for at in range(len(PHOTO)):
        await wire.send(PHOTO[at : at + 1])
        await asyncio.sleep(0.1)


async def _silent(_: Asked, __: Wire) -> None:
    await asyncio.sleep(3600)


async def _endless_headers(_: Asked, wire: Wire) -> None:
    await wire.send(b"HTTP/1.1 200 OK\r\n")
    while True:
        await wire.send(b"X-Padding: " + b"x" * 4_000 + b"\r\n")


def _odd_headers(*lines: bytes) -> Callable[[Asked, Wire], Awaitable[None]]:
    """Send the sample with these header lines before the others."""

    async def serve(_: Asked, wire: Wire) -> None:
        await wire.send(b"HTTP/1.1 206 Partial Content\r\n")
        await wire.send(b"".join(line + b"\r\n" for line in lines))
        named = "".join(f"{k}: {v}\r\n" for k, v in _part(0, 10_240).items())
        await wire.send(named.encode() + b"Connection: close\r\n\r\n")
        await wire.send(PHOTO[:SAMPLE])

    return serve


async def _http2(_: Asked, wire: Wire) -> None:
    """Send the frames SETTINGS and GOAWAY (RFC 9113 sections 6.5 and 6.8)."""
    await wire.send(b"\0\0\x06\x04\0\0\0\0\0\0\x03\0\0\0\x64")
    await wire.send(b"\0\0\x08\x07\0\0\0\0\0\0\0\0\0\0\0\0\x01")


async def _last_chunk_missing(_: Asked, wire: Wire) -> None:
    chunk = f"{len(PAGE):x}\r\n".encode() + PAGE + b"\r\n"
    headers: dict[str, str | int] = {"Content-Type": "text/html"}
    await wire.reply("200 OK", {**headers, "Transfer-Encoding": "chunked"}, chunk)


async def _cut(_: Asked, wire: Wire) -> None:
    await wire.reply("200 OK", WHOLE, PHOTO[:5_000])


async def _padded_chunks(_: Asked, wire: Wire) -> None:
    chunks = b"1f4   \r\n%b\r\n3894\t ;a = b\r\n%b\r\n0  \r\n\r\n"
    body = chunks % (PHOTO[:500], PHOTO[500:14_984])
    await wire.reply("200 OK", {"Transfer-Encoding": "chunked"}, body)


async def _chunked_short(_: Asked, wire: Wire) -> None:
    body = PHOTO[:15_000]
    chunk = f"{len(body):x}\r\n".encode() + body + b"\r\n0\r\n\r\n"
    await wire.reply("200 OK", {"Transfer-Encoding": "chunked"}, chunk)


async def _short_416(asked: Asked, wire: Wire) -> None:
    if asked.span is not None:
        headers: dict[str, str | int] = {"Content-Range": f"bytes */{len(SMALL)}"}
        await wire.reply("416 Range Not Satisfiable", headers)
        return
    await wire.reply("200 OK", {"Content-Length": len(SMALL)}, SMALL)


class _RecoversAtThird:
    """Sends a 503 twice, then the image."""

    def __init__(self) -> None:
        self.asked = 0

    async def __call__(self, _: Asked, wire: Wire) -> None:
        self.asked += 1
        if self.asked < 3:
            await wire.reply("503 Service Unavailable", {"Content-Length": 0})
        else:
            await wire.reply("206 Partial Content", _part(0, 10_240), PHOTO[:SAMPLE])


def _redirect(location: str) -> Callable[[Asked, Wire], Awaitable[None]]:
    return _fixed("302 Found", {"Location": location}, b"")


async def _redirect_on(asked: Asked, wire: Wire) -> None:
    path, _, steps = asked.path.partition("?on=")
    await _redirect(f"{path}?on={int(steps or 0) + 1}")(asked, wire)


def _encoded(coding: str, body: bytes) -> Callable[[Asked, Wire], Awaitable[None]]:
    return _fixed("200 OK", {"Content-Encoding": coding}, body)


def _raw_deflate(data: bytes) -> bytes:
    deflate = zlib.compressobj(level=1, wbits=-zlib.MAX_WBITS)
    return deflate.compress(data) + deflate.flush()


@functools.cache
def _bomb() -> bytes:
    """Compress 200 MB for those who ask: all tests import this module."""
    return gzip.compress(PHOTO[:UNKNOWN] + bytes(200_000_000), compresslevel=1)


async def _send_bomb(asked: Asked, wire: Wire) -> None:
    await _encoded("gzip", _bomb())(asked, wire)


QUIRKS = [
    Quirk(
        path="/plain.jpg",
        source="RFC 9110 15.3.7: the part that was asked for",
        serve=_fixed("206 Partial Content", _part(0, 10_240), PHOTO[:SAMPLE]),
        image_size=len(PHOTO),
    ),
    Quirk(
        path="/ignores-range.jpg",
        source="RFC 9110 14.2: a server MAY ignore Range; 20 GB by a script's readfile",
        serve=_huge,
        image_size=HUGE,
        received=SAMPLE + CHUNK,
    ),
    Quirk(
        path="/endless.jpg",
        source="RFC 9112 6.3 (8): no length, delimited by close; webcams never close",
        serve=_endless,
        received=UNKNOWN + CHUNK,
    ),
    Quirk(
        path="/chunked-short.jpg",
        source="RFC 9112 7.1: chunked; the end shows that the file is small",
        serve=_chunked_short,
        outcome="TooSmall",
        received=15_000,
    ),
    Quirk(
        path="/padded-chunks.jpg",
        source="RFC 9112 7.1.1: no space after the size of a chunk; curl skips it",
        serve=_padded_chunks,
        outcome="TooSmall",
        received=14_984,
    ),
    Quirk(
        path="/one-too-many.jpg",
        source="scripts that take the range's end as exclusive, corrected twice",
        serve=_fixed("206 Partial Content", _part(0, 10_241), PHOTO[: SAMPLE + 1]),
        image_size=len(PHOTO),
        received=SAMPLE + 1,
    ),
    Quirk(
        path="/many-too-many.jpg",
        source="RFC 9110 14.4 broken: a part's header before the whole body",
        serve=_fixed("206 Partial Content", _part(0, 10_240), PHOTO, length=None),
        contradicts_itself=True,
        received=2 * (SAMPLE + CHUNK),
    ),
    Quirk(
        path="/total-too-small.jpg",
        source="RFC 9110 14.4 broken: more bytes than the total",
        serve=_ranged(_part(0, 10_240, SAMPLE), PHOTO, plain=WHOLE, has_length=False),
        image_size=len(PHOTO),
        received=2 * (SAMPLE + CHUNK),
    ),
    Quirk(
        path="/length-of-the-file.jpg",
        source="RFC 9110 15.3.7 broken: a part with the Content-Length of the file",
        serve=_ranged(
            {**_part(0, 10_240), **WHOLE}, PHOTO[:SAMPLE], plain=WHOLE, has_length=False
        ),
        image_size=len(PHOTO),
        received=SAMPLE + CHUNK,
    ),
    Quirk(
        path="/length-of-the-file-again.jpg",
        source="RFC 9110 15.3.7 broken likewise, for every request",
        serve=_fixed(
            "206 Partial Content",
            {**_part(0, 10_240), **WHOLE},
            PHOTO[:SAMPLE],
            length=None,
        ),
        contradicts_itself=True,
    ),
    Quirk(
        path="/empty-part.jpg",
        source="RFC 9110 15.3.7 broken: a part without content, as if to HEAD",
        serve=_ranged(_part(0, 10_240), b"", plain=WHOLE),
        image_size=len(PHOTO),
        received=SAMPLE + CHUNK,
    ),
    Quirk(
        path="/part-as-200.jpg",
        source="RFC 9110 15.3.7 broken: only the part is sent, with status 200",
        serve=_ranged(_part(0, 10_240), PHOTO[:SAMPLE], plain=WHOLE, status="200 OK"),
        image_size=len(PHOTO),
        received=SAMPLE + SAMPLE + CHUNK,
    ),
    Quirk(
        path="/part-as-200-again.jpg",
        source="RFC 9110 15.3.7 broken likewise, for every request",
        serve=_fixed("200 OK", _part(0, 10_240), PHOTO[:SAMPLE]),
        contradicts_itself=True,
        received=2 * SAMPLE,
    ),
    Quirk(
        path="/short-part-as-200.jpg",
        source="RFC 9110 15.3.7 broken likewise, by a part that is not the sample",
        serve=_fixed("200 OK", _part(0, 4_095), PHOTO[:4_096]),
        outcome="NoSample",
        received=2 * 4_096,
    ),
    Quirk(
        path="/other-part-as-200.jpg",
        source="RFC 9110 15.3.7 broken likewise, by a part from the middle",
        serve=_fixed("200 OK", _part(100, 10_340), PHOTO[100:10_341]),
        outcome="NoSample",
        received=2 * SAMPLE,
    ),
    Quirk(
        path="/whole-as-200.jpg",
        source="RFC 9110 14.4: Content-Range has no meaning in a 200, but is right",
        serve=_fixed("200 OK", _part(0, len(PHOTO) - 1), PHOTO),
        image_size=len(PHOTO),
        received=SAMPLE + CHUNK,
    ),
    Quirk(
        path="/unsatisfied-200.jpg",
        source="RFC 9110 14.4: `bytes */N` belongs to a 416, and only a part is sent",
        serve=_ranged(
            {"Content-Range": f"bytes */{len(PHOTO)}"},
            PHOTO[:SAMPLE],
            plain=WHOLE,
            status="200 OK",
        ),
        image_size=len(PHOTO),
        received=SAMPLE + CHUNK,
    ),
    Quirk(
        path="/unsatisfied-200-again.jpg",
        source="RFC 9110 14.4 broken likewise, for every request",
        serve=_fixed(
            "200 OK", {"Content-Range": f"bytes */{len(PHOTO)}"}, PHOTO[:SAMPLE]
        ),
        contradicts_itself=True,
    ),
    Quirk(
        path="/multipart.jpg",
        source="RFC 9110 15.3.7.2: multipart/byteranges MUST NOT have Content-Range",
        serve=_ranged(
            {**_part(0, 10_240), "Content-Type": "multipart/byteranges; boundary=x"},
            b"--x\r\nContent-Range: bytes 0-9/10\r\n\r\n" + PHOTO[:SAMPLE],
            plain=WHOLE,
            has_length=False,
        ),
        image_size=len(PHOTO),
        received=SAMPLE + CHUNK,
    ),
    Quirk(
        path="/unknown-total-again.jpg",
        source="RFC 9110 14.4: `bytes 0-10240/*`, also without Range",
        serve=_fixed("206 Partial Content", _part(0, 10_240, "*"), PHOTO[:SAMPLE]),
        received=2 * SAMPLE,
    ),
    Quirk(
        path="/too-few.jpg",
        source="RFC 9110 15.3.7: a server may send a part of the part (capped ranges)",
        serve=_ranged(_part(0, 4_095), PHOTO[:4_096], plain=WHOLE),
        image_size=len(PHOTO),
        received=4_096 + SAMPLE + CHUNK,
    ),
    Quirk(
        path="/unknown-total.jpg",
        source="RFC 9110 14.4: `bytes 0-10240/*`, the total is not known",
        serve=_ranged(_part(0, 10_240, "*"), PHOTO[:SAMPLE], plain={}),
        received=SAMPLE + UNKNOWN + CHUNK,
    ),
    Quirk(
        path="/no-content-range.jpg",
        source="RFC 9110 15.3.7.2: multipart/byteranges, no Content-Range of its own",
        serve=_ranged({}, PHOTO[:SAMPLE], plain=WHOLE),
        image_size=len(PHOTO),
        received=SAMPLE + SAMPLE + CHUNK,
    ),
    Quirk(
        path="/invalid-total.jpg",
        source="RFC 9110 14.4: a total not above the last offset is invalid",
        serve=_ranged(_part(0, 10_240, 100), PHOTO[:SAMPLE], plain=WHOLE),
        image_size=len(PHOTO),
        received=SAMPLE + SAMPLE + CHUNK,
    ),
    Quirk(
        path="/other-offset.jpg",
        source="RFC 9110 15.3.7: check Content-Range, it need not be the asked range",
        serve=_ranged(_part(100, 10_340), PHOTO[100:10_341], plain=WHOLE),
        image_size=len(PHOTO),
        received=SAMPLE + SAMPLE + CHUNK,
    ),
    Quirk(
        path="/short-body.jpg",
        source="RFC 9110 14.4 broken: fewer bytes than Content-Range names",
        serve=_ranged(_part(0, 10_240), PHOTO[:5_000], plain=WHOLE),
        image_size=len(PHOTO),
        received=5_000 + SAMPLE + CHUNK,
    ),
    Quirk(
        path="/gzip.jpg",
        source="RFC 9110 8.4.1.3: gzip though Accept-Encoding is identity",
        serve=_encoded("gzip", gzip.compress(PHOTO, compresslevel=1)),
        received=UNKNOWN + CHUNK,
    ),
    Quirk(
        path="/deflate.jpg",
        source="RFC 9110 8.4.1.2: deflate in zlib's wrapper",
        serve=_encoded("deflate", zlib.compress(PHOTO, level=1)),
        received=UNKNOWN + CHUNK,
    ),
    Quirk(
        path="/raw-deflate.jpg",
        source="RFC 9110 8.4.1.2, note: some send deflate without the wrapper",
        serve=_encoded("deflate", _raw_deflate(PHOTO)),
        received=UNKNOWN + CHUNK,
    ),
    Quirk(
        path="/br.jpg",
        source="RFC 7932: Brotli though Accept-Encoding is identity",
        serve=_encoded("br", brotli.compress(PHOTO, quality=1)),
        received=UNKNOWN + CHUNK,
    ),
    Quirk(
        path="/zstd.jpg",
        source="RFC 8878: a block of zstd ends after up to 128 KiB",
        serve=_encoded("zstd", zstd.compress(PHOTO)),
        received=UNKNOWN + 131_072 + CHUNK,
    ),
    Quirk(
        path="/bomb.jpg",
        source="200 MB of zeros in 1 MB of gzip: only the wanted bytes are decoded",
        serve=_send_bomb,
        received=UNKNOWN + CHUNK,
    ),
    Quirk(
        path="/broken-gzip.jpg",
        source="a proxy that decodes and leaves the Content-Encoding header",
        serve=_encoded("gzip", PHOTO),
        outcome="DecodingError",
        received=CHUNK,
    ),
    Quirk(
        path="/unknown-coding.jpg",
        source="RFC 9110 8.4.1.1: compress; Fetch, `handle content codings`: unchanged",
        serve=_encoded("compress", PHOTO),
        image_size=len(PHOTO),
        received=SAMPLE + CHUNK,
    ),
    Quirk(
        path="/aws-chunked.jpg",
        source="noobaa-core issue 9138: the store keeps aws-chunked of an upload",
        serve=_fixed(
            "206 Partial Content",
            {**_part(0, 10_240), "Content-Encoding": "aws-chunked"},
            PHOTO[:SAMPLE],
        ),
        image_size=len(PHOTO),
    ),
    *(
        Quirk(
            path=f"/coding-{number}.jpg",
            source="Fetch, `handle content codings`: a charset, a type",
            serve=_encoded(coding, PHOTO),
            image_size=len(PHOTO),
            received=SAMPLE + CHUNK,
        )
        for number, coding in enumerate(("UTF-8", "none", "image/jpeg", "base64"))
    ),
    Quirk(
        path="/page-in-utf-8",
        source="Fetch, `handle content codings`: a page with Content-Encoding: UTF-8",
        serve=_encoded("UTF-8", PAGE),
        outcome="page",
        received=len(PAGE),
    ),
    Quirk(
        path="/created.jpg",
        source="RFC 9110 15.3.2: a script answers 201 with the thumbnail it has made",
        serve=_fixed("201 Created", {}, PHOTO),
        image_size=len(PHOTO),
        received=SAMPLE + CHUNK,
    ),
    Quirk(
        path="/transformed.jpg",
        source="RFC 9110 15.3.4: 203 by a proxy that has changed the content",
        serve=_fixed("203 Non-Authoritative Information", {}, PHOTO),
        image_size=len(PHOTO),
        received=SAMPLE + CHUNK,
    ),
    Quirk(
        path="/gzip-part.jpg",
        source="S3: an object stored with Content-Encoding gzip, ranges of the gzip",
        serve=_ranged(
            {**_part(0, 10_240), "Content-Encoding": "gzip"},
            gzip.compress(PHOTO, compresslevel=1)[:SAMPLE],
            plain=WHOLE,
        ),
        image_size=len(PHOTO),
        received=SAMPLE + SAMPLE + CHUNK,
    ),
    Quirk(
        path="/short-416.jpg",
        source="RFC 9110 15.5.17 misread: 416 for a file shorter than the range",
        serve=_short_416,
        outcome="TooSmall",
        received=len(SMALL),
    ),
    Quirk(
        path="/always-416.jpg",
        source="RFC 9110 15.5.17 to a request without Range",
        serve=_fixed("416 Range Not Satisfiable", {}, b""),
        outcome="NoSample",
        received=0,
    ),
    Quirk(
        path="/redirect.jpg",
        source="RFC 9110 15.4.3: the record keeps the URL that was asked for",
        serve=_redirect("/redirected.jpg"),
        image_size=len(PHOTO),
    ),
    Quirk(
        path="/redirect-loop.jpg",
        source="RFC 9110 15.4: a client SHOULD detect redirections without end",
        serve=_redirect_on,
        outcome="TooManyRedirects",
        received=0,
    ),
    Quirk(
        path="/redirect-to-itself.jpg",
        source="RFC 9110 15.4: cyclical, as when a cookie is expected",
        serve=_redirect("/redirect-to-itself.jpg"),
        outcome="TooManyRedirects",
        received=0,
    ),
    Quirk(
        path="/long-length.jpg",
        source="RFC 9110 8.6: a recipient has to expect large numbers in decimal",
        serve=_fixed("200 OK", {}, PHOTO, length=int("9" * 100)),
        image_size=None,
        received=UNKNOWN + CHUNK,
    ),
    Quirk(
        path="/gallery-typed-as-image",
        source="RFC 9110 8.3, wrong type: a page without an image's name as image/png",
        serve=_fixed("200 OK", {"Content-Type": "image/png"}, PAGE),
        outcome="page",
        received=2 * len(PAGE),
    ),
    Quirk(
        path="/redirect-to-metadata.jpg",
        source="a cloud's metadata service through a redirect (CWE-918)",
        serve=_redirect("http://169.254.169.254/latest/meta-data/a.jpg"),
        outcome="PrivateAddress",
        received=0,
    ),
    Quirk(
        path="/redirect-to-file.jpg",
        source="a local file through a redirect (CWE-918)",
        serve=_redirect("file:///etc/passwd"),
        outcome="Http302",
        received=0,
    ),
    Quirk(
        path="/soft-404.jpg",
        source="WHATWG MIME Sniffing 7.1: a 'soft 404', an HTML page with status 200",
        serve=_fixed("200 OK", {"Content-Type": "text/html"}, PAGE * 500),
        outcome="NotAnImage",
        received=len(PAGE) * 500,
        through_page=True,
    ),
    Quirk(
        path="/File:Photo.jpg",
        source="MediaWiki: the URL of a page about an image ends like an image's",
        serve=_fixed("200 OK", {"Content-Type": "text/html"}, PAGE),
        outcome="page",
        received=2 * len(PAGE),
    ),
    Quirk(
        path="/page-typed-as-image.jpg",
        source="RFC 9110 8.3, wrong type: the server guesses it from the name",
        serve=_fixed("200 OK", {"Content-Type": "image/jpeg"}, PAGE),
        outcome="page",
        received=2 * len(PAGE),
    ),
    Quirk(
        path="/image?id=1",
        source="an image without a file name in its URL (imgproxy, thumbor)",
        serve=_fixed("200 OK", {"Content-Type": "image/jpeg"}, PHOTO),
        image_size=len(PHOTO),
        received=SAMPLE + CHUNK,
    ),
    Quirk(
        path="/image-typed-as-page",
        source="RFC 9110 8.3, wrong type: an image as text/html (PHP's default)",
        serve=_fixed("200 OK", {"Content-Type": "text/html"}, PHOTO),
        image_size=len(PHOTO),
        received=SAMPLE + CHUNK,
    ),
    Quirk(
        path="/typed-as-text.jpg",
        source="RFC 9110 8.3, wrong type: an image as text/plain (old Apache)",
        serve=_fixed(
            "206 Partial Content",
            {**_part(0, 10_240), "Content-Type": "text/plain"},
            PHOTO[:SAMPLE],
        ),
        image_size=len(PHOTO),
    ),
    Quirk(
        path="/archive",
        source="WHATWG MIME Sniffing 7.1: bytes that are neither page nor image",
        serve=_fixed("200 OK", {}, b"PK\x03\x04" + bytes(4_000_000)),
        outcome="NotAPage",
        received=CHUNK,
    ),
    Quirk(
        path="/gzip-page",
        source="RFC 9110 8.4: a compressed page without a Content-Type",
        serve=_encoded(
            "gzip", gzip.compress(PAGE + random.Random(2).randbytes(400_000))
        ),
        outcome="page",
        received=401_000,
    ),
    Quirk(
        path="/gzip-archive",
        source="RFC 9110 8.4: a compressed body that is not a page",
        serve=_encoded(
            "gzip",
            gzip.compress(random.Random(3).randbytes(4_000_000), compresslevel=0),
        ),
        outcome="NotAPage",
        received=CHUNK,
    ),
    Quirk(
        path="/gzip-without-end.jpg",
        source="RFC 1951 3.2.4: stored blocks of no bytes, without end",
        serve=_empty_blocks,
        outcome="TooSmall",
        received=UNKNOWN + 256 * 1024 + CHUNK,
    ),
    Quirk(
        path="/long-page",
        source="RFC 9110 8.6: a page beyond DOWNLOAD_MAXSIZE",
        serve=_fixed(
            "200 OK", {"Content-Type": "text/html"}, PAGE, length=11 * 1024 * 1024
        ),
        outcome="DownloadCancelledError",
        received=0,
    ),
    Quirk(
        path="/empty.jpg",
        source="RFC 9110 8.6: Content-Length 0 (an upload that failed)",
        serve=_fixed("200 OK", {"Content-Type": "image/jpeg"}, b""),
        outcome="NotAnImage",
        received=0,
    ),
    Quirk(
        path="/icon.png",
        source="RFC 9110 14.4: the total shows that the file is small",
        serve=_fixed(
            "206 Partial Content", _part(0, len(SMALL) - 1, len(SMALL)), SMALL
        ),
        outcome="TooSmall",
        received=len(SMALL),
    ),
    Quirk(
        path="/gone.jpg",
        source="RFC 9110 15.5.5: 404",
        serve=_fixed("404 Not Found", {}, b"gone"),
        outcome="Http404",
        received=4,
    ),
    Quirk(
        path="/overloaded.jpg",
        source="RFC 9110 15.6.4: 503 twice, then the image",
        serve=_RecoversAtThird(),
        image_size=len(PHOTO),
    ),
    Quirk(
        path="/cut.jpg",
        source="RFC 9112 8: an incomplete message, cut before the sample is complete",
        serve=_cut,
        outcome="ResponseDataLossError",
        received=3 * 5_000,
    ),
    Quirk(
        path="/slow.jpg",
        source="slow loris: ten bytes a second",
        serve=_slow,
        outcome="DownloadTimeoutError",
        received=3 * 100,
    ),
    Quirk(
        path="/silent.jpg",
        source="a server that accepts and never responds",
        serve=_silent,
        outcome="DownloadTimeoutError",
        received=0,
    ),
    Quirk(
        path="/endless-headers.jpg",
        source="RFC 9110 5.4: a client may limit the header section it accepts",
        serve=_endless_headers,
        outcome="DownloadFailedError",
        received=0,
    ),
    Quirk(
        path="/endless-line.jpg",
        source="RFC 9110 5.4: likewise, in one line",
        serve=lambda _, wire: wire.send(b"HTTP/1.1 200 OK\r\nX: " + bytes(STEP * 5)),
        outcome="DownloadFailedError",
        received=0,
    ),
    Quirk(
        path="/long-policy.jpg",
        source="a Content-Security-Policy of 60 KB; curl and browsers read it",
        serve=_odd_headers(b"Content-Security-Policy: " + b"a.example " * 6_000),
        image_size=len(PHOTO),
    ),
    Quirk(
        path="/odd-names.jpg",
        source="RFC 9110 5.1 broken: header names with a space, a letter, none at all",
        serve=_odd_headers(
            b"My Name: x", b"Gr\xc3\xb6\xc3\x9fe: 1", b": x", b"x", b"\0: \0"
        ),
        image_size=len(PHOTO),
    ),
    Quirk(
        path="/folded-first.jpg",
        source="RFC 9112 2.2: a recipient ignores lines with a space after the status",
        serve=_odd_headers(b" Folded: x"),
        image_size=len(PHOTO),
    ),
    Quirk(
        path="/identity.jpg",
        source="RFC 2616 3.6: Transfer-Encoding: identity, which RFC 7230 removed",
        serve=_odd_headers(b"Transfer-Encoding: identity"),
        image_size=len(PHOTO),
    ),
    Quirk(
        path="/no-number.jpg",
        source="RFC 9110 8.6 broken: a Content-Length that is not a number",
        serve=_odd_headers(b"Content-Length: unknown"),
        image_size=len(PHOTO),
    ),
    Quirk(
        path="/two-lengths.jpg",
        source="RFC 9112 6.3 (5): two different lengths are an unrecoverable error",
        serve=_odd_headers(b"Content-Length: 10241", b"Content-Length: 5"),
        outcome="DownloadFailedError",
        received=0,
    ),
    Quirk(
        path="/http2.jpg",
        source="RFC 9113 3.4: a server of HTTP/2 only sends frames",
        serve=_http2,
        outcome="Http2Only",
        received=0,
    ),
    Quirk(
        path="/short-page",
        source="RFC 9112 8: an incomplete page; browsers show what came",
        serve=_fixed(
            "200 OK", {"Content-Type": "text/html"}, PAGE, length=len(PAGE) + 99
        ),
        outcome="page",
        received=3 * len(PAGE),
    ),
    Quirk(
        path="/last-chunk-missing",
        source="RFC 9112 7.1: a chunked page without its last chunk",
        serve=_last_chunk_missing,
        outcome="page",
        received=3 * len(PAGE),
    ),
    Quirk(
        path="/no-http.jpg",
        source="RFC 9112 4: not a status line (an SSH server's banner)",
        serve=lambda _, wire: wire.send(b"SSH-2.0-OpenSSH_9.9\r\n"),
        outcome="DownloadFailedError",
        received=0,
    ),
    Quirk(
        path="/weak-etag.jpg",
        source='RFC 9110 8.8.3: W/"…"',
        serve=_fixed(
            "206 Partial Content",
            {**_part(0, 10_240), "ETag": 'W/"68b420a9-7ffc"'},
            PHOTO[:SAMPLE],
        ),
        image_size=len(PHOTO),
        etag="68b420a9-7ffc",
    ),
    Quirk(
        path="/bare-etag.jpg",
        source="RFC 9110 8.8.3 broken: no quotes",
        serve=_fixed(
            "206 Partial Content",
            {**_part(0, 10_240), "ETag": "801ca4a79531db1:0"},
            PHOTO[:SAMPLE],
        ),
        image_size=len(PHOTO),
        etag="801ca4a79531db1:0",
    ),
    Quirk(
        path="/forbidden/a.jpg",
        source="RFC 9309 2.2.2: robots.txt disallows it",
        serve=_silent,
        outcome="ForbiddenByRobots",
        received=0,
    ),
]
_BY_PATH = {quirk.path: quirk for quirk in QUIRKS}


async def app(asked: Asked, wire: Wire) -> None:
    """Respond by the row of a path; ``/page-of/PATH`` is a page with the image PATH."""
    if asked.path == "/robots.txt":
        await wire.reply("200 OK", {}, b"User-agent: *\nDisallow: /forbidden/\n")
    elif asked.path == "/redirected.jpg":
        await wire.reply("206 Partial Content", _part(0, 10_240), PHOTO[:SAMPLE])
    elif asked.path.startswith("/page-of/"):
        image = asked.path.removeprefix("/page-of")
        page = f"<!DOCTYPE html><img src='{image}'>".encode()
        await wire.reply("200 OK", {"Content-Type": "text/html"}, page)
    else:
        path = asked.path.partition("?on")[0]
        await _BY_PATH[path].serve(asked, wire)


if __name__ == "__main__":
    with serving(app) as running:
        for row in QUIRKS:
            sys.stdout.write(f"{running.url}{row.path}  {row.source}\n")
        sys.stdout.flush()
        threading.Event().wait()
