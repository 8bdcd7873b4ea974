"""Hostile responses that no honest server sends: ``ATTACKS``, each with its outcome.

``quirks.py`` has those that honest servers send as well, ``inward.py`` those that lead
to private addresses.
"""

from __future__ import annotations

import gzip
import sys
from typing import TYPE_CHECKING

import brotli

from tests.servers.attack_files import DOCUMENTS, IMAGES
from tests.servers.attacking import PHOTO, Attack, Serve, body, location, raw
from tests.servers.inward import ONION
from tests.servers.quirks import PAGE

if TYPE_CHECKING:
    from tests.servers.http import App, Asked, Wire

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

_ZEROS = PAGE + bytes(20_000_000)
_OK = b"HTTP/1.1 200 OK\r\n"
_PART = (
    b"HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 0-10240/%d\r\n"
    b"Content-Length: 10241\r\nConnection: close\r\n" % len(PHOTO)
)
_SAMPLE = b"\r\n" + PHOTO[:10_241]
_CHUNKED = _OK + b"Content-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n"
HTTP = [
    Attack(
        "/informs-forever.jpg",
        raw(b"", b"HTTP/1.1 103 Early Hints\r\n\r\n"),
        "DownloadFailedError",
    ),
    Attack(
        "/informs.jpg",
        raw(b"", b"HTTP/1.1 100 Continue\r\n\r\n", _PART + _SAMPLE),
        "record",
    ),
    Attack(
        "/cookies.jpg",
        raw(_PART, b"Set-Cookie: a=b\r\n", b"Set-Cookie: a=b\r\n" * 900 + _SAMPLE),
        "record",
    ),
    Attack(
        "/cookies-forever.jpg",
        raw(_PART, b"Set-Cookie: a=b\r\n"),
        "DownloadFailedError",
    ),
    Attack(
        "/elsewhere.jpg",
        raw(
            _PART
            + b'Alt-Svc: h3=":1"\r\nClear-Site-Data: "*"\r\nRefresh: 0; url=file:///etc/passwd'
            + b"\r\n"
            + _SAMPLE
        ),
        "record",
    ),
    Attack(
        "/named.jpg",
        raw(
            _PART
            + b"Content-Disposition: attachment; filename=../../../a.jpg\r\n"
            + _SAMPLE
        ),
        "record",
    ),
    Attack("/http09.jpg", raw(PHOTO), "DownloadFailedError"),
    Attack(
        "/escapes.jpg",
        raw(_PART + b'ETag: "\x1b]0;x\x07\x9b"\r\nX: \x1b[2J\r\n' + _SAMPLE),
        "record",
    ),
    Attack(
        "/status.jpg",
        raw(b"HTTP/1.1 99999999999999999999 OK\r\n\r\n"),
        "InvalidStatus",
    ),
    Attack(
        "/switches.jpg",
        raw(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\n\r\n", b"x" * 999),
        "DownloadFailedError",
    ),
    Attack(
        "/chunk-size",
        raw(_CHUNKED + b"f" * 40 + b"\r\n", b"x" * 999),
        "DownloadCancelledError",
    ),
    Attack("/chunk-negative", raw(_CHUNKED + b"-1\r\nabc"), "page"),
    Attack("/chunk-extension", raw(_CHUNKED + b"5;", b"a=b;" * 999), "page"),
    Attack("/chunks-of-one", raw(_CHUNKED, b"1\r\nx\r\n" * 99), "page"),
    Attack(
        "/trailers", raw(_CHUNKED + b"5\r\n<img>\r\n0\r\n", b"X: y\r\n" * 99), "page"
    ),
    Attack(
        "/gzip-bomb",
        body(gzip.compress(_ZEROS, compresslevel=1), Content_Encoding="gzip"),
        "IgnoreRequest",
    ),
    Attack(
        "/br-bomb",
        body(brotli.compress(_ZEROS, quality=1), Content_Encoding="br"),
        "IgnoreRequest",
    ),
    Attack(
        "/zstd-bomb",
        body(zstd.compress(_ZEROS), Content_Encoding="zstd"),
        "IgnoreRequest",
    ),
    Attack("/codings", body(PAGE, Content_Encoding="gzip, " * 5_000), "page"),
    Attack(
        "/map-bomb.xml.gz",
        body(gzip.compress(_ZEROS, compresslevel=1), "application/gzip"),
        "NotAPage",
    ),
]
REDIRECTS = [
    Attack("/to-data.jpg", location("data:image/png;base64,AAAA"), "Http302"),
    Attack("/to-script.jpg", location("javascript:alert(1)"), "Http302"),
    Attack("/to-ftp.jpg", location("ftp://a.example/a.jpg"), "Http302"),
    Attack("/to-onion.jpg", location(f"http://{ONION}/a.jpg"), "TorUnavailable"),
    Attack("/to-bad-onion.jpg", location("http://x.onion/a.jpg"), "InvalidOnion"),
    Attack("/to-nowhere.jpg", location("http://[::1/a.jpg"), "Http302"),
    Attack("/to-port.jpg", location("http://a.example:99999/a.jpg"), "Http302"),
    Attack("/to-long.jpg", location("/" + "a" * 1_000_000), "DownloadFailedError"),
    Attack("/to-longer-url.jpg", location("/" + "a" * 15_000), "Http302"),
    Attack("/to-share.jpg", location("\\\\10.0.0.5\\share\\a.jpg"), "PrivateAddress"),
    Attack("/to-decimal.jpg", location("http://167772165/a.jpg"), "PrivateAddress"),
    Attack(
        "/to-mapped.jpg", location("http://[::ffff:10.0.0.5]/a.jpg"), "PrivateAddress"
    ),
    Attack(
        "/to-local-name.jpg", location("http://localhost:1/a.jpg"), "PrivateAddress"
    ),
    Attack("/split.jpg", location("/plain.jpg%0d%0aX:%20y"), "Http404"),
]
ATTACKS = [*HTTP, *REDIRECTS, *DOCUMENTS, *IMAGES]
_STYLES = {
    "/a.css": b"@import '/b.css';",
    "/b.css": b"@import '/a.css'; @import '/b.css';"
    + b"p { background: url(/plain.jpg) }" * 50_000,
}


async def app(asked: Asked, wire: Wire) -> None:
    """Respond by the row of a path."""
    found = [attack for attack in ATTACKS if attack.path == asked.path]
    if found:
        await found[0].serve(asked, wire)
    elif asked.path.partition("?")[0] == "/plain.jpg":
        await body(PHOTO, "image/jpeg")(asked, wire)
    elif asked.path in _STYLES:
        await body(_STYLES[asked.path], "text/css")(asked, wire)
    else:
        await wire.reply("404 Not Found", {"Content-Length": 0})


def robots(serve: Serve) -> App:
    """Serve a robots.txt, and the photo at every other path."""

    async def both(asked: Asked, wire: Wire) -> None:
        photo = body(PHOTO, "image/jpeg")
        await (serve if asked.path == "/robots.txt" else photo)(asked, wire)

    return both


ROBOTS = {
    "endless": (
        raw(_OK + b"Content-Type: text/plain\r\n\r\n", b"# " + b"x" * 998),
        "record",
    ),
    "bomb": (
        body(
            gzip.compress(bytes(20_000_000), compresslevel=1),
            "text/plain",
            Content_Encoding="gzip",
        ),
        "record",
    ),
    "loop": (location("/robots.txt"), "record"),
    "inside": (location("http://10.0.0.5/robots.txt"), "record"),
    "file": (location("file:///etc/passwd"), "record"),
    "long": (
        body(b"User-agent: *\nDisallow: " + b"/*" * 200_000 + b"$\n", "text/plain"),
        "record",
    ),
    "groups": (body(b"User-agent: a\nDisallow: /\n" * 40_000, "text/plain"), "record"),
    "binary": (body(bytes(range(256)) * 400, "text/plain"), "record"),
}
