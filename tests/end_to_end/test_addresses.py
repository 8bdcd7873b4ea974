"""No page reaches another private host and port than its own, by any route."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.servers.http import Asked, Wire, serving
from tests.servers.quirks import GALLERY

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.crawls import Crawl, Crawled
    from tests.servers.http import Server

PHOTO = (GALLERY / "chart.png").read_bytes()
HOSTS = (
    "127.0.0.1",
    "127.0.0.1.",
    "localhost",
    "127.1",
    "0x7f000001",
    "017700000001",
    "2130706433",
    "\u2460\u2461\u2466.0.0.1",
    "127\u30020.0.1",
    "127.0.0.%31",
    "a.example@127.0.0.1",
    "[::ffff:127.0.0.1]",
    "[64:ff9b::7f00:1]",
    "[2002:7f00:1::]",
)
# Of each spelling: pages of a sitemap, a redirect and a refresh; images of a page, a
# redirect, a style sheet and a sitemap; a style sheet.
WAYS = {"page": 3, "image": 4, "style": 1}


def page_to(inside: str, number: str) -> str:
    """Name ``inside`` directly, and by own URLs that lead there."""
    return f"""
        <html><link rel=stylesheet href='{inside}/{number}.css'>
        <link rel=stylesheet href='/style{number}'>
        <img src='{inside}/{number}.jpg'><img src='/redirect{number}.jpg'>
        <a href='/redirect{number}'></a><a href='/refresh{number}'></a>"""


def listing_to(inside: str, number: str) -> str:
    return f"""<url><loc>{inside}/map{number}</loc><image:image>
        <image:loc>{inside}/map{number}.jpg</image:loc></image:image></url>"""


class Site:
    """Leads to the spellings of ``inside`` from everything that a crawl requests."""

    own = ""
    inside: tuple[str, ...] = ()

    async def __call__(self, asked: Asked, wire: Wire) -> None:
        path = asked.path
        number = "".join(filter(str.isdigit, path)) or "0"
        inside = self.inside[int(number)]
        is_range = path == "/range.jpg" and asked.span != (0, 10_240)
        if is_range or path == "/robots.txt" or path.startswith("/redirect"):
            await redirect(wire, f"{inside}{path}")
        elif path.endswith(".jpg"):
            await part(asked, wire)
        else:
            await send(wire, self._text(path, inside))

    def _text(self, path: str, inside: str) -> str:
        if path.startswith("/style"):
            return f"p {{ background: url('{inside}{path}.jpg') }}"
        if path.startswith("/refresh"):
            return f"<html><meta http-equiv=refresh content='0; url={inside}{path}'>"
        numbered = enumerate(self.inside)
        if path == "/list.txt":
            own = (f"{self.own}{name}" for name in ("/", "/map.xml", "/range.jpg"))
            return "\n".join([*own, *(f"{url}/listed.jpg" for url in self.inside)])
        if path == "/map.xml":
            urls = (listing_to(url, str(number)) for number, url in numbered)
            return f"<urlset>{''.join(urls)}</urlset>"
        return "".join(page_to(url, str(number)) for number, url in numbered)


async def redirect(wire: Wire, location: str) -> None:
    await wire.reply("302 Found", {"Location": location, "Content-Length": 0})


async def part(asked: Asked, wire: Wire) -> None:
    first, last = asked.span or (0, 0)
    body = PHOTO[first : last + 1]
    headers: dict[str, str | int] = {
        "Content-Range": f"bytes {first}-{first + len(body) - 1}/{len(PHOTO)}",
        "Content-Length": len(body),
    }
    await wire.reply("206 Partial Content", headers, body)


async def send(wire: Wire, text: str) -> None:
    body = text.encode()
    headers: dict[str, str | int] = {"Content-Length": len(body)}
    await wire.reply("200 OK", {**headers, "Content-Type": "text/html"}, body)


@pytest.fixture
def inside() -> Iterator[Server]:
    async def app(asked: Asked, wire: Wire) -> None:
        is_image = asked.path.endswith(".jpg")
        await (part(asked, wire) if is_image else send(wire, "<img src=own.jpg>"))

    with serving(app) as server:
        yield server


@pytest.fixture
def site(inside: Server) -> Iterator[Site]:
    site = Site()
    site.inside = tuple(f"http://{host}:{inside.port}" for host in HOSTS)
    with serving(site) as server:
        site.own = server.url
        yield site


def crawl_of(crawl: Crawl, site: Site, policy: str) -> Crawled:
    return crawl(
        *("-a", f"urls_file={site.own}/list.txt", "-a", "depth=1"),
        settings={"FOLLOW_STYLESHEETS": True, "PRIVATE_ADDRESSES": policy},
    )


def test_every_way_in_is_refused_in_every_spelling(
    crawl: Crawl, site: Site, inside: Server
) -> None:
    crawled = crawl_of(crawl, site, "listed")

    assert not inside.asked
    refused = {kind: f"{kind}s/failed/PrivateAddress" for kind in WAYS}
    counts = {kind: crawled.stats[stat] for kind, stat in refused.items()}
    assert all(counts[kind] >= ways * len(HOSTS) for kind, ways in WAYS.items())
    assert crawled.stats["metadata/failed/PrivateAddress"] == 1
    assert [record["url"] for record in crawled.records] == [f"{site.own}/range.jpg"]


def test_every_way_leads_in_if_all_addresses_are_allowed(
    crawl: Crawl, site: Site, inside: Server
) -> None:
    crawl_of(crawl, site, "allow")

    asked = {asked.path for asked in inside.asked}
    assert asked >= {"/robots.txt", "/range.jpg", "/listed.jpg", "/0.jpg", "/0.css"}
    assert asked >= {"/redirect0", "/redirect0.jpg", "/refresh0", "/style0.jpg"}
    assert asked >= {"/map0", "/map0.jpg"}


def test_a_foreign_page_does_not_spoil_the_image_of_a_listed_host(
    crawl: Crawl, inside: Server
) -> None:
    async def app(_: Asked, wire: Wire) -> None:
        await send(wire, f"<img src={inside.url}/own.jpg>")

    with serving(app) as server:
        crawled = crawl("-a", f"urls={server.url}/ {inside.url}/")

    (record,) = crawled.records
    assert record["page_url"] == f"{inside.url}/"
    assert crawled.stats["images/failed/PrivateAddress"] == 1
    assert crawled.unaccounted == {"images": 0, "pages": 0}
