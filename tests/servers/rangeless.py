"""Servers that fail only when asked for a range, each with its public report."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from http import HTTPStatus

from tests.servers.http import Asked, Wire
from tests.servers.quirks import PHOTO, SAMPLE

Serve = Callable[[Asked, Wire], Awaitable[None]]

HALF = SAMPLE // 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """What a server sends to a request with Range; without, it sends the photo."""

    name: str
    source: str
    serve: Serve
    outcome: str = "record"
    requests: int = 2
    """For one image, with and without Range."""
    counted: int = 2
    """Of these, the requests that its record counts; a retry is not."""


def _status(status: int) -> Serve:
    async def serve(_: Asked, wire: Wire) -> None:
        reason = HTTPStatus(status).phrase
        await wire.reply(f"{status} {reason}", {"Content-Length": 0})

    return serve


async def _closed(_: Asked, __: Wire) -> None:
    """Close the connection without a response."""


async def _page(_: Asked, wire: Wire) -> None:
    body = b"<!doctype html><title>Not found</title>"
    headers: dict[str, str | int] = {"Content-Type": "text/html"}
    await wire.reply("200 OK", {**headers, "Content-Length": len(body)}, body)


async def _cut_in_headers(_: Asked, wire: Wire) -> None:
    await wire.send(b"HTTP/1.1 206 Partial Content\r\nContent-Type: image/jpeg\r\n")


async def _cut_in_body(_: Asked, wire: Wire) -> None:
    headers: dict[str, str | int] = {"Content-Length": SAMPLE}
    headers["Content-Range"] = f"bytes 0-{SAMPLE - 1}/{len(PHOTO)}"
    await wire.reply("206 Partial Content", headers, PHOTO[:HALF])


FAILURES = [
    Failure(
        name="forbidden",
        source="bezzad/Downloader issue 220: 403 to the probe with a Range",
        serve=_status(403),
    ),
    Failure(
        name="bad-request",
        source="RFC 9110 15.5.1: a Range that the server holds for an error",
        serve=_status(400),
    ),
    Failure(
        name="internal",
        source="AntennaPod pull request 2550: servers that cannot parse the Range",
        serve=_status(500),
    ),
    Failure(
        name="not-implemented",
        source="RFC 9110 15.6.2: a server without the functionality",
        serve=_status(501),
    ),
    Failure(
        name="unavailable",
        source="bezzad/Downloader issue 220: 503 to the probe with a Range",
        serve=_status(503),
        requests=3,  # it may have meant a wait
    ),
    Failure(
        name="not-modified",
        source="RFC 9110 15.4.5 broken: 304 to a request without a condition",
        serve=_status(304),
    ),
    Failure(
        name="closed",
        source="RFC 9112 9.6: a server that closes without a response",
        serve=_closed,
    ),
    Failure(
        name="cut-in-headers",
        source="RFC 9112 8: an incomplete message, cut in its headers",
        serve=_cut_in_headers,
    ),
    Failure(
        name="cut-in-body",
        source="RFC 9112 8: fewer bytes than the Content-Length of the part",
        serve=_cut_in_body,
    ),
    Failure(
        name="page",
        source="a listed image whose server sends a page, with 200, to a Range",
        serve=_page,
        requests=3,  # as a page, which is the image; then its sample
        counted=3,
    ),
    *(
        Failure(
            name=f"status-{status}",
            source="RFC 9110 15.5, RFC 7725: what it says does not depend on a Range",
            serve=_status(status),
            outcome=f"Http{status}",
            requests=1,
        )
        for status in (401, 404, 407, 410, 451)
    ),
]


async def _send_photo(wire: Wire) -> None:
    headers: dict[str, str | int] = {"Content-Type": "image/jpeg"}
    await wire.reply("200 OK", {**headers, "Content-Length": len(PHOTO)}, PHOTO)


_BY_NAME = {failure.name: failure for failure in FAILURES}


async def app(asked: Asked, wire: Wire) -> None:
    """Respond by the failure that the path names: ``/NAME/N.jpg``."""
    if asked.path == "/robots.txt":
        await wire.reply("404 Not Found", {"Content-Length": 0})
        return
    if asked.span is not None:
        await _BY_NAME[asked.path.split("/")[1]].serve(asked, wire)
        return
    await _send_photo(wire)
