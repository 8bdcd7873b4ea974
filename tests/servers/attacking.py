"""What the rows of ``attacks.py`` and ``attack_files.py`` are made of."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from tests.servers.http import Asked, Wire
from tests.servers.quirks import GALLERY

Serve = Callable[[Asked, Wire], Awaitable[None]]
PHOTO = (GALLERY / "harbour.jpg").read_bytes()


@dataclass(frozen=True, slots=True)
class Attack:
    """A path, what is served there, and what comes of it.

    ``outcome``: record, page, or the name of a reason.
    """

    path: str
    serve: Serve
    outcome: str


def body(data: bytes, kind: str = "text/html", **more: str) -> Serve:
    """Send a file, by ranges if asked; ``more`` are headers, ``_`` for ``-``."""

    async def serve(asked: Asked, wire: Wire) -> None:
        headers: dict[str, str | int] = {
            k.replace("_", "-"): v for k, v in more.items()
        }
        headers["Content-Type"] = kind
        if asked.span is None or more:
            headers["Content-Length"] = len(data)
            await wire.reply("200 OK", headers, data)
            return
        first, last = asked.span[0], min(asked.span[1], len(data) - 1)
        headers["Content-Range"] = f"bytes {first}-{last}/{len(data)}"
        headers["Content-Length"] = last + 1 - first
        await wire.reply("206 Partial Content", headers, data[first : last + 1])

    return serve


def raw(first: bytes, again: bytes = b"", then: bytes = b"") -> Serve:
    """Send these bytes as they are; ``again`` without end, unless ``then`` follows."""

    async def serve(_: Asked, wire: Wire) -> None:
        await wire.send(first)
        while again and not then:
            await wire.send(again)
        await wire.send(again * 3 + then)

    return serve


def location(url: str) -> Serve:
    head = f"HTTP/1.1 302 Found\r\nLocation: {url}\r\n"
    return raw(head.encode() + b"Content-Length: 0\r\n\r\n")
