"""All addresses of a host are tried, as curl does it in the same network."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

import pytest

from tests.crawls import Crawled, run_crawl
from tests.servers.dns import Zone, named_network
from tests.servers.http import Asked, Wire, serving
from tests.servers.namespaces import Namespace, has_namespaces
from tests.servers.quirks import GALLERY

pytestmark = pytest.mark.skipif(
    not has_namespaces(), reason="network namespaces may not be made"
)

PHOTO = (GALLERY / "harbour.jpg").read_bytes()
PORT = 8080
LIVE, LIVE_6 = "93.184.216.34", "2606:2800:21f::34"
CLOSED, CLOSED_6 = "93.184.216.35", "2606:2800:21f::35"  # refuses
SILENT, SILENT_6 = "93.184.216.36", "2606:2800:21f::36"  # drops each packet
AWAY, AWAY_6 = "93.184.216.37", "2606:2800:21f::37"  # no route leads there
ADDRESSES = (LIVE, LIVE_6, CLOSED, CLOSED_6, SILENT, SILENT_6)

ZONE: Zone = {
    "a.example": [(LIVE,)],
    "aaaa.example": [(LIVE_6,)],
    "both.example": [(LIVE, LIVE_6)],
    "alias.example": [("aaaa.example",)],
    "alias-of-alias.example": [("alias.example",)],
    "closed-first.example": [(CLOSED, LIVE)],
    "closed-second.example": [(LIVE, CLOSED)],
    "silent-first.example": [(SILENT, LIVE)],
    "silent-second.example": [(LIVE, SILENT)],
    "away-first.example": [(AWAY, LIVE)],
    "third.example": [(CLOSED, AWAY, LIVE)],
    "closed-aaaa.example": [(CLOSED_6, LIVE)],
    "silent-aaaa.example": [(SILENT_6, LIVE)],
    "away-aaaa.example": [(AWAY_6, LIVE)],
    "closed-a.example": [(LIVE_6, CLOSED)],
    "silent-a.example": [(LIVE_6, SILENT)],
    "two-aaaa.example": [(CLOSED_6, LIVE_6)],
    "all-closed.example": [(CLOSED, CLOSED_6)],
    "all-away.example": [(AWAY, AWAY_6)],
    "nothing.example": [()],
}
HOSTS = (*ZONE, "unknown.example", LIVE, f"[{LIVE_6}]", f"[{CLOSED_6}]", AWAY)
SECONDS = 8
TIMED_OUT = 28
"""curl's exit code."""


@dataclass(frozen=True, slots=True)
class Network:
    """A crawl of all hosts, the exit codes of curl, and who was asked by name."""

    crawled: Crawled
    curl: dict[str, int]
    named: set[str]


async def photo(asked: Asked, wire: Wire) -> None:
    first, last = asked.span or (0, len(PHOTO) - 1)
    body = PHOTO[first : last + 1]
    headers: dict[str, str | int] = {
        "Content-Range": f"bytes {first}-{last}/{len(PHOTO)}",
        "Content-Length": len(body),
    }
    await wire.reply("206 Partial Content", headers, body)


@contextmanager
def silent(inside: Namespace, address: str) -> Iterator[None]:
    """Listen, but never accept: Linux drops the packets to a full queue."""
    listener = inside.listen((address, PORT))
    listener.listen(0)
    with listener:
        (fill,) = _curls(inside, [f"http://{_bracketed(address)}:{PORT}/"], seconds=1)
        assert fill.wait() == TIMED_OUT
        yield


def _curls(
    inside: Namespace, urls: Iterable[str], *, seconds: int = SECONDS
) -> list[subprocess.Popen[bytes]]:
    # curl shares the time to connect among the addresses.
    times = ("--max-time", str(seconds), "--connect-timeout", str(max(1, seconds // 2)))
    curl = ("curl", "-gso", os.devnull, *times)
    return [subprocess.Popen(inside.command(*curl, url)) for url in urls]


def _bracketed(address: str) -> str:
    return f"[{address}]" if ":" in address else address


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory) -> Network:
    home = tmp_path_factory.mktemp("addresses")
    urls = {host: f"http://{host}:{PORT}/{n}.jpg" for n, host in enumerate(HOSTS)}
    (home / "urls.txt").write_text("\n".join(urls.values()))
    with ExitStack() as stack:
        enter = stack.enter_context
        inside, dns = enter(named_network(home, ADDRESSES, ZONE))
        for address in (LIVE, LIVE_6):
            enter(serving(photo, address=address, port=PORT, namespace=inside))
        for address in (SILENT, SILENT_6):
            enter(silent(inside, address))
        curls = _curls(inside, urls.values())
        crawled = run_crawl(
            home,
            settings={"DOWNLOAD_TIMEOUT": SECONDS, "RETRY_TIMES": 0},
            prefix=inside.command(),
        )
        codes = [curl.wait() for curl in curls]
    return Network(crawled, dict(zip(HOSTS, codes, strict=True)), dns.names)


@pytest.mark.parametrize("host", HOSTS)
def test_a_host_is_reached_where_curl_reaches_it(network: Network, host: str) -> None:
    recorded = {urlsplit(record["url"]).netloc for record in network.crawled.records}

    print(f"curl's exit code: {network.curl[host]}")
    assert (f"{host}:{PORT}" in recorded) is (network.curl[host] == 0)


@pytest.mark.parametrize("host", [*ZONE, "unknown.example"])
def test_a_name_is_looked_up_in_the_network(network: Network, host: str) -> None:
    assert host in network.named


def test_most_hosts_are_reached(network: Network) -> None:
    assert [host for host, code in network.curl.items() if code] == [
        "all-closed.example",
        "all-away.example",
        "nothing.example",
        "unknown.example",
        f"[{CLOSED_6}]",
        AWAY,
    ]


def test_each_failure_has_its_reason(network: Network) -> None:
    failed = network.crawled.failed
    reasons = {urlsplit(url).netloc: reason for url, reason in failed.items()}

    assert reasons == {
        f"all-closed.example:{PORT}": "DownloadConnectionRefusedError",
        f"all-away.example:{PORT}": "HostUnreachable",
        f"nothing.example:{PORT}": "CannotResolveHostError",
        f"unknown.example:{PORT}": "CannotResolveHostError",
        f"[{CLOSED_6}]:{PORT}": "DownloadConnectionRefusedError",
        f"{AWAY}:{PORT}": "HostUnreachable",
    }
    assert network.crawled.unaccounted == {"images": 0, "pages": 0}
