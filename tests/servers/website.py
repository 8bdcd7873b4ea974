"""A site whose images are all known: own, shared, small and moved ones."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.servers.quirks import GALLERY

if TYPE_CHECKING:
    from tests.servers.http import Asked, Server, Wire

LINKS = 3
OWN = 4
SHARED = 7
PHOTO = (GALLERY / "harbour.jpg").read_bytes()
ICON = (GALLERY / "icon.png").read_bytes()
SAMPLE: dict[str, str | int] = {
    "Content-Range": f"bytes 0-10240/{len(PHOTO)}",
    "Content-Length": 10_241,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Website:
    """A tree of pages with images, and further images in the list only.

    ``delay``: seconds before each response. ``broken``: paths with status 500.
    """

    pages: int = 30
    listed: int = 20
    delay: float = 0.0
    broken: set[str] = field(default_factory=set)

    async def app(self, asked: Asked, wire: Wire) -> None:
        """Respond to a request."""
        await asyncio.sleep(self.delay)
        kind, _, rest = asked.path[1:].partition("/")
        if asked.path in self.broken:
            await wire.reply("500 Internal Server Error", {"Content-Length": 0})
        elif kind == "page":
            await _reply(wire, "text/html", self._page(int(rest)))
        elif kind == "moved":
            await wire.reply("302 Found", {"Location": f"/target-{rest}"})
        elif asked.path.endswith(".png"):
            await _reply(wire, "image/png", ICON)
        elif asked.path.endswith(".jpg"):
            await wire.reply("206 Partial Content", SAMPLE, PHOTO[:10_241])
        else:
            await wire.reply("404 Not Found", {"Content-Length": 0})

    def urls(self, server: Server) -> list[str]:
        """Return the list: images, and the page that leads to all other pages."""
        images = [f"{server.url}/listed-{number}.jpg" for number in range(self.listed)]
        half = self.listed // 2
        return [*images[:half], f"{server.url}/page/0", *images[half:]]

    def images(self, server: Server) -> set[str]:
        """Return the URLs that a crawl of the list must record."""
        pages = range(self.pages)
        names = {f"{number}-{image}" for number in pages for image in range(OWN)}
        names |= {f"shared-{number % SHARED}" for number in pages}
        names |= {f"moved/{number}" for number in pages}
        names |= {f"listed-{number}" for number in range(self.listed)}
        return {f"{server.url}/{name}.jpg" for name in names}

    def _page(self, number: int) -> bytes:
        images = [f"/{number}-{image}.jpg" for image in range(OWN)]
        images += [f"/shared-{number % SHARED}.jpg", f"/moved/{number}.jpg"]
        images.append(f"/{number}.png")  # too small
        first = number * LINKS + 1
        links = range(first, min(first + LINKS, self.pages))
        named = "".join(f"<img src={image}>" for image in images)
        linked = "".join(f"<a href=/page/{link}>" for link in links)
        return f"<!DOCTYPE html>{named}{linked}".encode()


async def _reply(wire: Wire, kind: str, body: bytes) -> None:
    await wire.reply(
        "200 OK", {"Content-Type": kind, "Content-Length": len(body)}, body
    )
