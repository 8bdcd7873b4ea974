"""Servers that answer a request for several ranges, or for a second look, oddly."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from tests.pictures import drawing, saved
from tests.servers.http import Asked, Wire

PHOTO = saved(drawing(3, (800, 800)), "JPEG", quality=90)
OTHER = saved(drawing(4, (800, 800)), "JPEG", quality=90)
SAMPLE = 10_241
MODIFIED = "Mon, 02 Nov 2026 10:00:00 GMT"

Span = tuple[int, int]
Headers = dict[str, str | int]
Multi = Callable[[list[Span], Wire, Headers], Awaitable[None]]


def spans_of(asked: Asked) -> list[Span]:
    """Return first and last byte, inclusive, of each range that was asked for."""
    pairs = re.findall(r"(\d+)-(\d+)", asked.headers.get("range", ""))
    return [(int(first), int(last)) for first, last in pairs]


def parts(spans: list[Span], *, eol: str = "\r\n", shift: int = 0) -> bytes:
    """Return the parts of multipart/byteranges without the closing delimiter."""
    found = b""
    for first, last in spans:
        lines = ["--SEP", "Content-Type: image/jpeg"]
        named = f"bytes {first + shift}-{last + shift}/{len(PHOTO)}"
        head = eol.join([*lines, f"Content-Range: {named}", "", ""])
        found += head.encode() + PHOTO[first : last + 1] + eol.encode()
    return found


async def send_parts(body: bytes, wire: Wire, headers: Headers) -> None:
    kind = "multipart/byteranges; boundary=SEP"
    more: Headers = {"Content-Type": kind, "Content-Length": len(body)}
    await wire.reply("206 Partial Content", {**headers, **more}, body)


async def multipart(spans: list[Span], wire: Wire, headers: Headers) -> None:
    await send_parts(parts(spans) + b"--SEP--\r\n", wire, headers)


async def odd(spans: list[Span], wire: Wire, headers: Headers) -> None:
    """Send the parts backwards, after a preamble, with line feeds only."""
    body = b"ranges:\n" + parts(spans[::-1], eol="\n") + b"--SEP--\n"
    await send_parts(body, wire, headers)


async def shifted(spans: list[Span], wire: Wire, headers: Headers) -> None:
    await send_parts(parts(spans, shift=7) + b"--SEP--\r\n", wire, headers)


async def cut(spans: list[Span], wire: Wire, headers: Headers) -> None:
    await send_parts(parts(spans[:2]) + parts(spans[2:])[:500], wire, headers)


async def ignored(_: list[Span], wire: Wire, headers: Headers) -> None:
    await wire.reply("200 OK", {**headers, "Content-Length": len(PHOTO)}, PHOTO)


async def first_only(spans: list[Span], wire: Wire, headers: Headers) -> None:
    await one_range(spans[0], wire, headers)


async def refused(_: list[Span], wire: Wire, headers: Headers) -> None:
    reply = {**headers, "Content-Length": 0}
    await wire.reply("416 Range Not Satisfiable", reply)


async def closed(_: list[Span], __: Wire, ___: Headers) -> None:
    """Close the connection without a response."""


async def other_total(spans: list[Span], wire: Wire, headers: Headers) -> None:
    body = parts(spans).replace(b"/%d" % len(PHOTO), b"/%d" % (len(PHOTO) + 1))
    await send_parts(body, wire, headers)


async def without_etag(spans: list[Span], wire: Wire, _: Headers) -> None:
    await multipart(spans, wire, {"Content-Type": "image/jpeg"})


async def etag_in_parts(spans: list[Span], wire: Wire, _: Headers) -> None:
    named = parts(spans).replace(b"Content-Range", b'ETag: "one"\r\nContent-Range')
    await send_parts(named + b"--SEP--\r\n", wire, {"Content-Type": "image/jpeg"})


async def other_part(spans: list[Span], wire: Wire, headers: Headers) -> None:
    named = parts(spans).replace(b"Content-Range", b'ETag: "two"\r\nContent-Range', 1)
    await send_parts(named + b"--SEP--\r\n", wire, headers)


async def slow(spans: list[Span], wire: Wire, headers: Headers) -> None:
    await asyncio.sleep(0.3)
    await multipart(spans, wire, headers)


async def one_range(span: Span, wire: Wire, headers: Headers) -> None:
    first, last = span[0], min(span[1], len(PHOTO) - 1)
    headers["Content-Range"] = f"bytes {first}-{last}/{len(PHOTO)}"
    headers["Content-Length"] = last - first + 1
    await wire.reply("206 Partial Content", headers, PHOTO[first : last + 1])


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What a server does at the second look, and what must come of it.

    ``later``: its headers then. ``requests``: for ends and blocks.
    """

    name: str
    several: Multi = multipart
    later: Headers = field(default_factory=dict)
    outcome: str = "record"
    requests: int = 1


LOOKS = [
    Look(name="multipart"),
    Look(name="odd", several=odd),
    Look(name="slow", several=slow),
    Look(name="ignored", several=ignored, requests=6),
    Look(name="first-only", several=first_only, requests=5),
    Look(name="refused", several=refused, requests=6),
    Look(name="closed", several=closed, requests=6),
    Look(name="shifted", several=shifted, requests=6),
    Look(name="cut", several=cut, requests=4),
    Look(name="etag-in-parts", several=etag_in_parts),
    Look(name="no-etag-in-parts", several=without_etag, requests=6),
    Look(name="rangeless", outcome="NothingSeen"),
    Look(name="unsatisfiable", several=refused, outcome="NothingSeen"),
    Look(name="other-total", several=other_total, outcome="ImageChanged"),
    Look(name="no-etag-in-ranges", outcome="NothingSeen"),
    Look(name="other-part", several=other_part, outcome="ImageChanged"),
    Look(name="no-etag", outcome="ImageChanged"),
    Look(name="etag", later={"ETag": '"other"'}, outcome="ImageChanged"),
    Look(
        name="modified",
        later={"Last-Modified": "Tue, 03 Nov 2026 10:00:00 GMT"},
        outcome="ImageChanged",
    ),
    Look(name="size", outcome="ImageChanged"),
    Look(name="swapped", outcome="ImageChanged"),
    Look(name="replaced-meanwhile", several=ignored, outcome="ImageChanged"),
]
BY_NAME = {look.name: look for look in LOOKS}


class Site:
    """Serves ``/NAME/N.jpg``; the test sets ``is_second`` before the second look."""

    is_second = False

    async def __call__(self, asked: Asked, wire: Wire) -> None:
        if asked.path == "/robots.txt":
            await wire.reply("404 Not Found", {"Content-Length": 0})
            return
        look = BY_NAME[asked.path.split("/")[1]]
        headers: Headers = {"Content-Type": "image/jpeg", "Last-Modified": MODIFIED}
        is_bare = self.is_second and look.name == "no-etag"
        if look.name != "swapped" and not is_bare:
            headers["ETag"] = '"one"'
        if self.is_second:
            headers |= look.later
        spans = spans_of(asked)
        if look.name == "no-etag-in-ranges" and spans[0][0]:
            headers.pop("ETag", None)
        if look.name == "rangeless":
            await ignored(spans, wire, headers)
        elif self.is_second and look.name in {"size", "swapped"}:
            body = OTHER[: len(PHOTO)] if look.name == "swapped" else PHOTO + b"more"
            body = body.ljust(len(PHOTO), b"\0")
            named = f"bytes 0-{SAMPLE - 1}/{len(body)}"
            more: Headers = {"Content-Range": named, "Content-Length": SAMPLE}
            await wire.reply("206 Partial Content", {**headers, **more}, body[:SAMPLE])
        elif spans[0][0] and look.name == "unsatisfiable":
            await refused(spans, wire, headers)
        elif spans[0][0] and look.name == "replaced-meanwhile":
            await ignored(spans, wire, {**headers, "ETag": '"other"'})
        elif len(spans) > 1:
            await look.several(spans, wire, headers)
        else:
            await one_range(spans[0], wire, headers)
