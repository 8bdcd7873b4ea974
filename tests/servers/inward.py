"""A site on the web that leads to the inside, by each way in and each spelling.

``named_network`` needs ``ZONE`` and ``ADDRESSES`` to serve it. All hosts, those inside
too, are answered by one ``app``: a request that gets through is seen, and recorded.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from tests.servers.quirks import GALLERY

if TYPE_CHECKING:
    from tests.servers.dns import Zone
    from tests.servers.http import Asked, Wire

SITE = "http://site.example"
PUBLIC, PUBLIC_6 = "93.184.216.34", "2606:2800:21f::34"
NAMED: dict[str, tuple[str, ...]] = {
    "a.inside.example": ("10.0.0.5",),
    "loopback.inside.example": ("127.0.0.1",),
    "metadata.inside.example": ("169.254.169.254",),
    "shared.inside.example": ("100.64.0.1",),
    "home.inside.example": ("192.168.7.7",),
    "zero.inside.example": ("0.0.0.0",),
    "protocol.inside.example": ("192.0.0.8",),
    "aaaa.inside.example": ("fd00:ec2::254",),
    "loopback6.inside.example": ("::1",),
    "mapped.inside.example": ("::ffff:10.0.0.5",),
    "nat64.inside.example": ("64:ff9b::a00:5",),
    "6to4.inside.example": ("2002:a00:5::1",),
    "both.inside.example": ("10.0.0.5", "fd00:ec2::254"),
    "alias.inside.example": ("a.inside.example",),
    "alias6.inside.example": ("aaaa.inside.example",),
}
"""Names that resolve inside."""
LITERALS = (
    *("10.0.0.5", "169.254.169.254", "100.64.0.1", "0.0.0.0", "localhost", "127.1"),
    *("0x0a000005", "[fd00:ec2::254]", "[::1]", "[::ffff:a00:5]"),
    *("[64:ff9b::a00:5]", "[2002:a00:5::1]"),
)
HOSTS = (*NAMED, *LITERALS)
INSIDE = {
    *("10.0.0.5", "127.0.0.1", "169.254.169.254", "100.64.0.1", "192.168.7.7"),
    *("0.0.0.0", "192.0.0.8", "fd00:ec2::254", "::1", "::"),
    *("64:ff9b::a00:5", "2002:a00:5::1", "::ffff:10.0.0.5"),
}
"""The addresses to which no packet may go."""
ADDRESSES = (
    *(PUBLIC, PUBLIC_6, "10.0.0.5", "169.254.169.254", "100.64.0.1", "192.168.7.7"),
    *("192.0.0.8", "fd00:ec2::254", "64:ff9b::a00:5", "2002:a00:5::1"),
)
"""What the network has beyond its loopback."""
ZONE: Zone = {
    "site.example": [(PUBLIC, PUBLIC_6)],
    **{
        f"{way}-{number}.example": [(PUBLIC,)]
        for way in ("robots", "range")
        for number in range(len(HOSTS))
    },
    **{host: [records] for host, records in NAMED.items()},
    "mixed.example": [("10.0.0.5", "fd00:ec2::254", PUBLIC)],
    "rebound.example": [(PUBLIC,), ("10.0.0.5",)],
}
WAYS = (
    *("image", "moved-image", "moved-page", "refresh", "range", "robots", "style"),
    *("import", "sitemap", "sitemap-image", "listed"),
)

ONION = "2gzyxa5ihm7nsggfxnu52rck2vv4rvmdlkiu3zzui5du4xyclen53wid.onion"
PHOTO = (GALLERY / "night.png").read_bytes()  # it takes further ranges


def target(way: str, number: int) -> str:
    """Return the URL inside that a way leads to."""
    ending = {"style": ".css", "import": ".css", "moved-page": "", "refresh": ""}
    return f"http://{HOSTS[number]}/to/{way}/{number}{ending.get(way, '.jpg')}"


def named_by(way: str, number: int) -> str:
    """Return the path of the URL that a failure of this row is about."""
    if way.startswith(("moved", "refresh")):
        ending = ".jpg" if way == "moved-image" else ""
        return f"/via/{way}/{number}{ending}"
    return urlsplit(target(way, number)).path


def row_of(asked: Asked) -> tuple[str, int] | None:
    """Return the way and the number of a request that came through."""
    start, _, rest = asked.path.removeprefix("/").partition("/")
    way, _, number = rest.partition("/")
    return (way, int(number.partition(".")[0])) if start == "to" else None


def listed() -> list[str]:
    """Return the lines of the list, which the site itself serves."""
    numbers = range(len(HOSTS))
    return [
        f"{SITE}/",
        f"{SITE}/map.xml",
        *(f"{SITE}/via/moved-page/{number}" for number in numbers),
        *(f"{SITE}/via/refresh/{number}" for number in numbers),
        *(f"http://robots-{number}.example/only.jpg" for number in numbers),
        *(target("listed", number) for number in numbers),
        "http://mixed.example/mixed.jpg",
        *(f"http://rebound.example/{number}.jpg" for number in range(4)),
    ]


async def app(asked: Asked, wire: Wire) -> None:
    """Respond as each host of the zone."""
    path, number = asked.path, asked.path.rpartition("/")[2].partition(".")[0]
    host = asked.headers["host"]
    if path == "/robots.txt" and host.startswith("robots-"):
        at = int(host.removeprefix("robots-").partition(".")[0])
        await _redirect(wire, target("robots", at))
    elif path.startswith("/via/refresh/"):
        url = target("refresh", int(number))
        refresh = f"<html><meta http-equiv=refresh content='0; url={url}'>"
        await _reply(wire, "text/html", refresh)
    elif path.startswith("/via/range/"):
        await photo(asked, wire, target("range", int(number)))
    elif path.startswith("/via/"):
        await _redirect(wire, target(path.split("/")[2], int(number)))
    elif path in _TEXTS:
        await _reply(wire, *_TEXTS[path])
    elif path.endswith(".jpg"):
        await photo(asked, wire)
    else:
        await wire.reply("404 Not Found", {"Content-Length": 0})


async def photo(asked: Asked, wire: Wire, moved: str | None = None) -> None:
    """Send a range of the photo; if ``moved``, redirect each but the first range."""
    first, last = asked.span or (0, len(PHOTO) - 1)
    if first and moved:
        await _redirect(wire, moved)
        return
    body = PHOTO[first : last + 1]
    headers: dict[str, str | int] = {
        "Content-Range": f"bytes {first}-{first + len(body) - 1}/{len(PHOTO)}",
        "Content-Length": len(body),
    }
    await wire.reply("206 Partial Content", headers, body)


async def _redirect(wire: Wire, url: str) -> None:
    await wire.reply("302 Found", {"Location": url, "Content-Length": 0})


async def _reply(wire: Wire, kind: str, text: str) -> None:
    body = text.encode()
    headers: dict[str, str | int] = {"Content-Type": kind, "Content-Length": len(body)}
    await wire.reply("200 OK", headers, body)


def _page() -> str:
    parts = [
        f"<!DOCTYPE html><link rel=stylesheet href=/own.css><img src=http://{ONION}/a.jpg>"
    ]
    for number in range(len(HOSTS)):
        parts += [
            f"<link rel=stylesheet href='{target('style', number)}'>",
            f"<img src='{target('image', number)}'>",
            f"<img src='/via/moved-image/{number}.jpg'>",
            f"<img src='http://range-{number}.example/via/range/{number}.jpg'>",
        ]
    return "".join(parts)


def _sitemap() -> str:
    entries = (
        f"<url><loc>{target('sitemap', number)}</loc><image:image><image:loc>"
        f"{target('sitemap-image', number)}</image:loc></image:image></url>"
        for number in range(len(HOSTS))
    )
    return f"<urlset>{''.join(entries)}</urlset>"


_STYLE = "".join(
    f"@import '{target('import', number)}';" for number in range(len(HOSTS))
)
_TEXTS = {
    "/list.txt": ("text/plain", "\n".join(listed())),
    "/": ("text/html", _page()),
    "/map.xml": ("application/xml", _sitemap()),
    "/own.css": ("text/css", _STYLE),
}
