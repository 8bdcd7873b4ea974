"""Onion services through a real Tor network on loopback."""

from __future__ import annotations

import asyncio
import json
import re
import shutil
import ssl
from base64 import b32encode
from collections import defaultdict
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from hashlib import sha3_256, sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
import trustme

from fpcrawler.settings import DOWNLOADER_MIDDLEWARES
from tests.commands import ROOT
from tests.servers.http import App, Asked, Server, Wire, serving
from tests.servers.namespaces import Namespace, forward, has_namespaces, namespace
from tests.servers.nginx import free_port
from tests.servers.photograph import photograph
from tests.servers.quirks import GALLERY
from tests.servers.socks import (
    EXTENDED_ERRORS,
    HOST_UNREACHABLE,
    NO_METHOD,
    SUCCEEDED,
    USER_AND_PASSWORD,
    socks,
)
from tests.servers.tor import TorNetwork, tor_network

if TYPE_CHECKING:
    from scrapy import Request

    from tests.crawls import Crawl, Crawled

PHOTO = (GALLERY / "harbour.jpg").read_bytes()
SAMPLE = 10_241
SITE, EXIT = "93.184.216.34", "198.51.100.7"


def onion_label(number: int) -> str:
    """Return a valid, unused address of version 3 (rend-spec-v3 section 6)."""
    key, version = number.to_bytes(32), b"\x03"
    checksum = sha3_256(b".onion checksum" + key + version).digest()[:2]
    return b32encode(key + checksum + version).decode().lower()


NOBODY = "2gzyxa5ihm7nsggfxnu52rck2vv4rvmdlkiu3zzui5du4xyclen53wid.onion"

needs_tor = pytest.mark.skipif(not shutil.which("tor"), reason="tor is not installed")
needs_strace = pytest.mark.skipif(
    not shutil.which("strace"), reason="strace is not installed"
)
needs_namespaces = pytest.mark.skipif(
    not has_namespaces(), reason="network namespaces may not be made"
)


def gallery(
    images: int = 0, *, links: tuple[str, ...] = (), moved: dict[str, str] | None = None
) -> App:
    """Serve a page of ``images`` photographs and ``links``, and redirects."""
    names = [f"/{number}.jpg" for number in range(images)]
    page = "<!doctype html>" + "".join(f'<img src="{url}">' for url in [*names, *links])

    async def app(asked: Asked, wire: Wire) -> None:
        if asked.path in (moved or {}):
            location = (moved or {})[asked.path]
            await wire.reply("302 Found", {"Location": location, "Content-Length": 0})
        elif asked.path in ("/", "/again"):
            body = page.encode()
            length: dict[str, str | int] = {"Content-Length": len(body)}
            await wire.reply("200 OK", {"Content-Type": "text/html", **length}, body)
        elif asked.path.endswith(".jpg"):
            body = PHOTO + asked.path.encode()
            first, last = asked.span or (0, len(body) - 1)
            headers: dict[str, str | int] = {
                "Content-Type": "image/jpeg",
                "Content-Range": f"bytes {first}-{last}/{len(body)}",
                "Content-Length": last - first + 1,
            }
            await wire.reply("206 Partial Content", headers, body[first : last + 1])
        else:
            await wire.reply("404 Not Found", {"Content-Length": 0})

    return app


def through(network: TorNetwork, **settings: object) -> dict[str, object]:
    return {"TOR_PROXIES": network.proxy, **settings}


# The network has no exit, so Tor never finds one.
NO_EXIT = {"TOR_DOWNLOAD_TIMEOUT": 5, "RETRY_TIMES": 0}


# --- What comes out ----------------------------------------------------------


def test_onions_among_clear_pages(
    crawl: Crawl, tor: TorNetwork, tmp_path: Path
) -> None:
    authority, tls = trustme.CA(), ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("nobody.example").configure_cert(tls)
    with ExitStack() as stack:
        hidden = stack.enter_context(serving(gallery(30)))
        secret = stack.enter_context(serving(gallery(2), tls=tls))
        clear = [stack.enter_context(serving(gallery(3))) for _ in range(2)]
        onion = stack.enter_context(tor.onion({80: hidden.port, 443: secret.port}))
        pages = [
            f"{clear[0].url}/",
            f"http://{onion}/",
            f"https://www.{onion}/",
            f"{clear[1].url}/",
        ]
        (tmp_path / "urls.txt").write_text("\n".join(pages))
        crawled = crawl(settings=through(tor))

    assert crawled.exit_code == 0, crawled.stderr
    per_page = [
        sum(record["page_url"] == page for record in crawled.records) for page in pages
    ]
    assert per_page == [3, 30, 2, 3]
    assert all(record["tor"] is (onion in record["url"]) for record in crawled.records)
    assert {record["bytes_downloaded"] for record in crawled.records} == {SAMPLE}
    assert {record["image_size"] for record in crawled.records} <= {
        len(PHOTO) + len("/0.jpg"),
        len(PHOTO) + len("/10.jpg"),
    }
    ranges = {a.headers.get("range") for a in hidden.asked if a.path.endswith(".jpg")}
    assert ranges == {"bytes=0-10240"}
    assert crawled.unaccounted == {"images": 0, "pages": 0}
    assert not crawled.stats.get("log_count/WARNING")


def test_an_onion_sees_one_browser(crawl: Crawl, tor: TorNetwork) -> None:
    with serving(gallery(2)) as hidden, tor.onion({80: hidden.port}) as onion:
        crawl(
            "-a",
            f"urls=http://{onion}/",
            settings=through(
                tor, USER_AGENT="me/1.0", DEFAULT_REQUEST_HEADERS='{"X-Case": "17"}'
            ),
        )

    assert [asked.path for asked in hidden.asked][:2] == ["/robots.txt", "/"]
    names = {name for asked in hidden.asked for name in asked.headers}
    assert names == {
        *("host", "user-agent", "accept", "accept-language", "accept-encoding"),
        *("connection", "range", "referer"),
    }
    assert {asked.headers["user-agent"] for asked in hidden.asked} == {
        "Mozilla/5.0 (Windows NT 10.0; rv:140.0) Gecko/20100101 Firefox/140.0"
    }


@needs_namespaces
def test_without_configuration_tor_is_at_its_usual_port(
    crawl: Crawl, tor: TorNetwork
) -> None:
    with (
        serving(gallery(3)) as hidden,
        tor.onion({80: hidden.port}) as onion,
        namespace() as inside,
        forward(inside, 9050, tor.socks_path),
    ):
        crawled = crawl("-a", f"urls=http://{onion}/", prefix=inside.command())

    assert crawled.exit_code == 0, crawled.stderr
    assert len(crawled.records) == 3


def test_further_ranges_take_the_circuit_of_the_sample(
    crawl: Crawl, tor: TorNetwork
) -> None:
    picture = (GALLERY / "night.png").read_bytes()
    streams = Streams()

    async def app(asked: Asked, wire: Wire) -> None:
        first, last = asked.span or (0, len(picture) - 1)
        last = min(last, len(picture) - 1)
        headers: dict[str, str | int] = {
            "ETag": '"1"',
            "Content-Range": f"bytes {first}-{last}/{len(picture)}",
            "Content-Length": last - first + 1,
        }
        await wire.reply("206 Partial Content", headers, picture[first : last + 1])

    with (
        serving(app) as hidden,
        tor.onion({80: hidden.port}) as onion,
        tor.control() as controller,
    ):
        controller.add_event_listener(streams.changed, "STREAM")
        settings = through(tor, ROBOTSTXT_OBEY=False)
        crawled = crawl("-a", f"urls=http://{onion}/night.png", settings=settings)
    (record,) = crawled.records
    sample, further = hidden.asked

    assert record["requests"] == {
        "sample": 1,
        "metadata": 1,
        "picture": 0,
    }
    assert record["metadata_status"]["exif"] == "complete"
    assert further.headers["if-range"] == '"1"'
    assert further.headers["user-agent"] == sample.headers["user-agent"]
    assert len(streams.circuits[onion]) == 1


def test_an_onion_without_ranges_after_a_clear_redirect(
    crawl: Crawl, tor: TorNetwork
) -> None:
    async def has_no_ranges(asked: Asked, wire: Wire) -> None:
        if asked.span:
            await wire.reply("416 Range Not Satisfiable", {"Content-Length": 0})
        else:
            await wire.reply("200 OK", {"Content-Length": len(PHOTO)}, PHOTO)

    with (
        serving(has_no_ranges) as hidden,
        tor.onion({80: hidden.port}) as onion,
        serving(gallery(moved={"/a.jpg": f"http://{onion}/a.jpg"})) as clear,
    ):
        crawled = crawl("-a", f"urls={clear.url}/a.jpg", settings=through(tor))

    (record,) = crawled.records
    assert record["tor"] is True
    # The clear site is on the list, so it is asked directly, both times.
    assert {a.headers["user-agent"] for a in clear.asked if a.path == "/a.jpg"} == {
        clear.asked[0].headers["user-agent"]
    }
    assert not crawled.stats.get("log_count/WARNING")


def test_the_seeds_second_record(crawl: Crawl, tor: TorNetwork) -> None:
    expected = json.loads((ROOT / "tests" / "seed_record.json").read_text())["second"]
    path = urlsplit(expected["url"]).path
    jpeg = photograph(expected["exif"], expected["image_size"])

    async def app(asked: Asked, wire: Wire) -> None:
        if asked.path != path or asked.span is None:
            await wire.reply("404 Not Found", {"Content-Length": 0})
            return
        first, last = asked.span
        headers: dict[str, str | int] = {
            "ETag": '"801ca4a79531db1:0"',
            "Content-Range": f"bytes {first}-{last}/{len(jpeg)}",
            "Content-Length": last - first + 1,
        }
        await wire.reply("206 Partial Content", headers, jpeg[first : last + 1])

    with serving(app) as hidden, tor.onion({80: hidden.port}) as onion:
        url = f"http://{onion}{path}"
        record = crawl("-a", f"urls={url}", settings=through(tor)).record(url)

    assert list(record)[: len(expected)] == list(expected)
    assert list(record["exif"].items()) == list(expected["exif"].items())
    assert len(record["exif"]) == 68
    assert (record["image_size"], record["etag"]) == (1_104_883, "801ca4a79531db1:0")
    # The original picture is missing; only its record with its tags is known.
    sample = jpeg[:SAMPLE]
    assert record["sha256_first_10240_bytes"] == sha256(sample).hexdigest()
    assert record["random_128_bytes_sample_start"] == sample[-128:].hex()
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", record["timestamp"])


# --- No leak -----------------------------------------------------------------

_CONNECT = re.compile(r"connect\(.*?sin6?_port=htons\((\d+)\).*?\"([^\"]+)\"")
_SENT = re.compile(r"\b(?:send\w*|writev?)\(\d+<(?!/|pipe:)(.*?)>, (.*)")


class Traced:
    """The network calls that a crawl made, from strace."""

    def __init__(self, path: Path) -> None:
        self.lines = path.read_text(errors="replace").splitlines()

    @property
    def connected(self) -> set[str]:
        """Return the ``address:port`` of all connections."""
        found = (_CONNECT.search(line) for line in self.lines)
        return {f"{match[2]}:{match[1]}" for match in found if match}

    @property
    def sent_onions_to(self) -> set[str]:
        """Return the peers to which an onion's name was sent."""
        sent = (_SENT.search(line) for line in self.lines)
        peers = (match[1] for match in sent if match and "onion" in match[2].lower())
        return {socket.rpartition("->")[2].rstrip("]") for socket in peers}


@pytest.fixture
def strace(tmp_path: Path) -> list[str]:
    return [
        *("strace", "-f", "-yy", "-s", "4096", "-e", "trace=network,write,writev"),
        *("-o", str(tmp_path / "strace.txt")),
    ]


@pytest.fixture
def web(tor: TorNetwork) -> Iterator[Web]:
    with Web(tor) as web:
        yield web


class Web(ExitStack):
    """Two onions and two clear sites that name and redirect to each other."""

    def __init__(self, tor: TorNetwork) -> None:
        super().__init__()
        other = self.enter_context(serving(gallery(3)))
        self.other_onion = self.enter_context(tor.onion({80: other.port}))
        # Only an exit may reach it, because no list names it.
        self.linked = self.enter_context(serving(gallery(3), address="127.0.0.2"))
        self.hidden = self.enter_context(serving(self._hidden))
        self.onion = self.enter_context(tor.onion({80: self.hidden.port}))
        self.clear = self.enter_context(
            serving(
                gallery(
                    3,
                    links=(f"http://{self.other_onion}/1.jpg", "/away.jpg"),
                    moved={
                        "/away.jpg": f"http://{self.onion}/99.jpg",
                        "/page": f"http://{self.onion}/again",
                    },
                )
            )
        )
        self.urls = [
            f"http://{self.onion}/",
            f"{self.clear.url}/",
            f"{self.clear.url}/page",
            f"http://{self.onion}/out",
        ]
        self.allowed = {
            tor.proxy.removeprefix("socks5h://"),
            f"127.0.0.1:{self.clear.port}",
        }

    async def _hidden(self, asked: Asked, wire: Wire) -> None:
        elsewhere = (
            *(f"http://1.1.1.1:{self.linked.port}/0.jpg", "/away.jpg", "/page.jpg"),
            f"http://{self.other_onion}/0.jpg",
        )
        moved = {
            "/away.jpg": f"http://1.1.1.1:{self.linked.port}/1.jpg",
            "/page.jpg": "http://clear.example/2.jpg",
            "/out": "http://clear.example/",
        }
        await gallery(30, links=elsewhere, moved=moved)(asked, wire)


@needs_strace
@pytest.mark.untraced
@pytest.mark.parametrize("robots", [True, False])
def test_nothing_leaks(
    crawl: Crawl,
    web: Web,
    tor: TorNetwork,
    strace: list[str],
    tmp_path: Path,
    *,
    robots: bool,
) -> None:
    crawled = crawl(
        "-a",
        f"urls={' '.join(web.urls)}",
        settings=through(tor, ROBOTSTXT_OBEY=robots, **NO_EXIT),
        prefix=strace,
    )
    traced = Traced(tmp_path / "strace.txt")

    assert traced.connected == web.allowed
    assert traced.sent_onions_to == {tor.proxy.removeprefix("socks5h://")}
    assert len(crawled.records) == 30 + 3 + 3
    assert crawled.unaccounted == {"images": 0, "pages": 0}


@needs_strace
@pytest.mark.untraced
def test_proxies_of_the_environment_get_no_onion(
    crawl: Crawl, web: Web, tor: TorNetwork, strace: list[str], tmp_path: Path
) -> None:
    with serving(gallery(3)) as proxy:
        names = ("http_proxy", "https_proxy", "all_proxy")
        variables = {
            spelled: proxy.url for name in names for spelled in (name, name.upper())
        }
        crawled = crawl(
            "-a",
            f"urls=http://{web.onion}/ http://clear.example/0.jpg",
            settings=through(tor, **NO_EXIT),
            prefix=strace,
            env={**variables, "no_proxy": "", "NO_PROXY": ""},
        )
    traced = Traced(tmp_path / "strace.txt")

    assert {asked.headers["host"] for asked in proxy.asked} == {"clear.example"}
    assert traced.connected == {
        tor.proxy.removeprefix("socks5h://"),
        f"127.0.0.1:{proxy.port}",
    }
    assert traced.sent_onions_to == {tor.proxy.removeprefix("socks5h://")}
    assert len(crawled.records) == 30 + 1 + 1


class TakesProxies:
    """A faulty plug-in that removes the proxy."""

    def process_request(self, request: Request) -> None:
        request.meta.pop("proxy", None)


@needs_strace
@pytest.mark.untraced
@pytest.mark.parametrize("position", [70, 745, 999])
def test_a_plug_in_that_takes_the_proxy_ends_in_nothing(
    crawl: Crawl,
    web: Web,
    tor: TorNetwork,
    strace: list[str],
    tmp_path: Path,
    position: int,
) -> None:
    middlewares = {
        **DOWNLOADER_MIDDLEWARES,
        "tests.end_to_end.test_tor.TakesProxies": position,
    }
    crawled = crawl(
        "-a",
        f"urls={' '.join(web.urls)}",
        settings=through(tor, DOWNLOADER_MIDDLEWARES=json.dumps(middlewares)),
        prefix=strace,
    )
    traced = Traced(tmp_path / "strace.txt")

    # At the start, the crawl connects to Tor but sends no name.
    assert traced.connected == web.allowed
    assert traced.sent_onions_to == set()
    assert set(crawled.failed.values()) == {"NotThroughTor"}
    assert len(crawled.records) == 3


@needs_strace
@pytest.mark.untraced
def test_tor_stopped_in_the_middle(
    crawl: Crawl, tor: TorNetwork, strace: list[str], tmp_path: Path
) -> None:
    photographs = gallery(30)
    is_stopped: list[bool] = []

    async def stops_tor(asked: Asked, wire: Wire) -> None:
        if asked.path.endswith(".jpg") and not is_stopped:
            is_stopped.append(True)
            tor.client.kill()
        await photographs(asked, wire)

    with (
        serving(stops_tor) as hidden,
        serving(gallery(3)) as clear,
        tor.onion({80: hidden.port}) as onion,
    ):
        try:
            crawled = crawl(
                "-a",
                f"urls=http://{onion}/ {clear.url}/",
                settings=through(tor, CONCURRENT_REQUESTS_PER_DOMAIN=1),
                prefix=strace,
            )
        finally:
            tor.start_client()
    traced = Traced(tmp_path / "strace.txt")

    assert crawled.exit_code == 5
    assert traced.connected == {
        tor.proxy.removeprefix("socks5h://"),
        f"127.0.0.1:{clear.port}",
    }
    assert traced.sent_onions_to == {tor.proxy.removeprefix("socks5h://")}
    assert set(crawled.failed.values()) == {"TorUnavailable"}
    assert len(crawled.failed) == 30
    assert len(crawled.records) == 3
    assert crawled.unaccounted == {"images": 0, "pages": 0}


# --- Circuits ----------------------------------------------------------------


@dataclass(slots=True)
class Streams:
    """The circuits of the streams to each host."""

    circuits: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))

    def changed(self, event: Any) -> None:
        if event.status == "SUCCEEDED":
            self.circuits[event.target_address].add(event.circ_id)


def test_a_site_has_circuits_of_its_own(crawl: Crawl, tor: TorNetwork) -> None:
    streams = Streams()
    with ExitStack() as stack:
        controller = stack.enter_context(tor.control())
        shared = stack.enter_context(serving(gallery(3)))
        third = stack.enter_context(tor.onion({80: shared.port}))
        link = (f"http://{third}/0.jpg",)
        sites = [stack.enter_context(serving(gallery(9, links=link))) for _ in range(2)]
        one, two = (stack.enter_context(tor.onion({80: site.port})) for site in sites)
        controller.add_event_listener(streams.changed, "STREAM")
        crawled = crawl(
            "-a", f"urls=http://{one}/ http://{two}/", settings=through(tor)
        )
        again = crawl("-a", f"urls=http://{one}/", settings=through(tor))

    assert len(crawled.records) == 9 + 9 + 1
    assert len(again.records) == 9 + 1
    # One circuit for each crawl, not shared with another site.
    assert len(streams.circuits[one]) == 2
    assert len(streams.circuits[two]) == 1
    assert not streams.circuits[one] & streams.circuits[two]


@needs_tor
def test_a_relay_that_dies_in_mid_transfer(crawl: Crawl, tmp_path: Path) -> None:
    photographs = gallery(9)
    killed: list[str] = []

    with tor_network(tmp_path / "network", relays=8) as network:
        relays = {relay.fingerprint: relay for relay in network.relays}

        def kill_one() -> None:
            # The first look-up of the onion used another circuit.
            with network.control() as controller:
                circuits = {
                    stream.circ_id
                    for stream in controller.get_streams()
                    if stream.status == "SUCCEEDED"
                }
                (path,) = (controller.get_circuit(one).path for one in circuits)
            with network.service.control() as controller:
                introductions = {
                    hop
                    for circuit in controller.get_circuits()
                    for hop, _ in circuit.path
                    if circuit.purpose == "HS_SERVICE_INTRO"
                }
            # The authority must stay, as only it has the descriptors of onions. The
            # introduction points should stay, but so small a network may need one.
            hops = [hop for hop, _ in path if hop in relays]
            hop = min(hops, key=lambda hop: hop in introductions)
            relays[hop].kill()
            killed.append(hop)

        async def app(asked: Asked, wire: Wire) -> None:
            if asked.path != "/3.jpg" or killed:
                await photographs(asked, wire)
                return
            await wire.send(b"HTTP/1.1 200 OK\r\nContent-Length: 99999\r\n\r\n")
            await wire.send(PHOTO[:5_000])
            await asyncio.to_thread(kill_one)
            await asyncio.sleep(60)

        with serving(app) as hidden, network.onion({80: hidden.port}) as onion:
            crawled = crawl("-a", f"urls=http://{onion}/", settings=through(network))

    assert len(killed) == 1
    assert crawled.stats["retry/reason_count/fpcrawler.tor.CircuitCut"] >= 1
    assert len(crawled.records) == 9, crawled.stderr
    assert crawled.exit_code == 0


# --- Where an onion page leads -----------------------------------------------


@pytest.fixture(scope="module")
def exit_network(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[Namespace, TorNetwork]]:
    if not shutil.which("tor"):
        pytest.skip("tor is not installed")
    if not has_namespaces():
        pytest.skip("network namespaces may not be made")
    home = tmp_path_factory.mktemp("exit")
    with (
        namespace([SITE, EXIT]) as inside,
        # An exit is seldom chosen for other hops, and an onion takes four of them.
        tor_network(home, relays=4, namespace=inside, exit_address=EXIT) as network,
    ):
        yield inside, network


def crawl_linked(
    crawl: Crawl,
    exit_network: tuple[Namespace, TorNetwork],
    tmp_path: Path,
    **settings: object,
) -> tuple[Crawled, list[Asked]]:
    """Crawl an onion page that links to the clear web; return its requests, too."""
    inside, network = exit_network
    authority, tls = trustme.CA(), ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert(SITE).configure_cert(tls)
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    stranger = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    trustme.CA().issue_cert(SITE).configure_cert(stranger)
    with ExitStack() as stack:

        def site(app: App, tls: ssl.SSLContext | None = None) -> Server:
            return stack.enter_context(
                serving(app, tls=tls, address=SITE, namespace=inside)
            )

        plain, trusted, untrusted = (
            site(gallery(3)),
            site(gallery(3), tls),
            site(gallery(3), stranger),
        )
        links = (f"{plain.url}/0.jpg", f"{trusted.url}/1.jpg", f"{untrusted.url}/2.jpg")
        moved = {"/3.jpg": f"{plain.url}/3.jpg", "/page": f"{plain.url}/"}
        app = gallery(3, links=(*links, "/3.jpg"), moved=moved)
        hidden = stack.enter_context(serving(app, namespace=inside))
        onion = stack.enter_context(network.onion({80: hidden.port}))
        crawled = crawl(
            "-a",
            f"urls=http://{onion}/ http://{onion}/page",
            settings=through(network, **settings),
            env={"SSL_CERT_FILE": str(tmp_path / "ca.pem")},
            prefix=inside.command(),
        )
    return crawled, [*plain.asked, *trusted.asked, *untrusted.asked]


def test_the_clear_web_is_reached_by_the_exit_without_referer(
    crawl: Crawl, exit_network: tuple[Namespace, TorNetwork], tmp_path: Path
) -> None:
    crawled, asked = crawl_linked(crawl, exit_network, tmp_path)

    assert {one.peer for one in asked} == {EXIT}
    assert "/robots.txt" in {one.path for one in asked}
    referrers = {one.headers.get("referer") for one in asked if "onion" in str(one)}
    assert not referrers
    assert {urlsplit(r["url"]).path for r in crawled.records} >= {"/0.jpg", "/3.jpg"}
    # 3 of the onion, 1 plain, 1 trusted, 1 redirected; the page at /page has 2 more.
    assert len(crawled.records) == 3 + 1 + 1 + 1 + 2, crawled.stderr
    assert {record["tor"] for record in crawled.records} == {True}
    assert [*crawled.failed.values()] == ["DownloadConnectionRefusedError"]


def test_with_drop_the_clear_web_is_not_reached(
    crawl: Crawl, exit_network: tuple[Namespace, TorNetwork], tmp_path: Path
) -> None:
    crawled, asked = crawl_linked(
        crawl, exit_network, tmp_path, TOR_LINKED_CLEARNET="drop"
    )

    assert not asked
    assert set(crawled.failed.values()) == {"LinkedClearnet"}
    assert len(crawled.failed) == 5
    assert len(crawled.records) == 3
    assert crawled.unaccounted == {"images": 0, "pages": 0}


# --- Failures have names -----------------------------------------------------


def test_without_tor_the_clear_web_is_crawled(crawl: Crawl) -> None:
    port = free_port()
    with serving(gallery(3)) as clear:
        crawled = crawl(
            "-a",
            f"urls=http://{NOBODY}/ {clear.url}/ http://{NOBODY}/a.jpg",
            settings={"TOR_PROXIES": f"socks5h://127.0.0.1:{port}"},
            log_level="WARNING",
        )
    first, *failures = [line for line in crawled.stderr.splitlines() if "WARN" in line]

    assert crawled.exit_code == 5
    assert f"Tor does not respond at 127.0.0.1:{port}" in first
    assert "apt-get install tor" in first
    assert len(failures) == 2
    assert set(crawled.failed.values()) == {"TorUnavailable"}
    assert len(crawled.records) == 3
    assert "Traceback" not in crawled.stderr


def test_without_onions_tor_is_not_asked_for(crawl: Crawl) -> None:
    with serving(gallery(3)) as clear:
        crawled = crawl("-a", f"urls={clear.url}/", log_level="WARNING")

    assert crawled.exit_code == 0
    assert "Tor" not in crawled.stderr


@pytest.mark.parametrize(
    ("method", "code", "name", "exit_code"),
    [
        (NO_METHOD, SUCCEEDED, "TorUnavailable", 5),
        (0, SUCCEEDED, "TorUnavailable", 5),
        (USER_AND_PASSWORD, HOST_UNREACHABLE, "OnionUnreachable", 4),
        *((USER_AND_PASSWORD, code, "OnionUnreachable", 4) for code in EXTENDED_ERRORS),
        (USER_AND_PASSWORD, None, "OnionTimeout", 4),
    ],
)
def test_every_reply_of_a_proxy_has_a_name(
    crawl: Crawl, method: int, code: int | None, name: str, exit_code: int
) -> None:
    settings = {"RETRY_TIMES": 0, "ROBOTSTXT_OBEY": False, "TOR_DOWNLOAD_TIMEOUT": 1}
    with socks(0, method=method, code=code) as proxy:
        crawled = crawl(
            "-a", f"urls=http://{NOBODY}/", settings={"TOR_PROXIES": proxy, **settings}
        )

    assert crawled.failed == {f"http://{NOBODY}/": name}
    assert crawled.exit_code == exit_code
    assert ("Tor does not respond" in crawled.stderr) is (exit_code == 5)
    assert "Traceback" not in crawled.stderr


def test_a_proxy_of_another_kind_is_not_tor(crawl: Crawl) -> None:
    with serving(gallery(3)) as web_server:
        proxy = f"socks5h://127.0.0.1:{web_server.port}"
        crawled = crawl(
            "-a",
            f"urls=http://{NOBODY}/",
            settings={"TOR_PROXIES": proxy, "TOR_DOWNLOAD_TIMEOUT": 1},
        )

    assert f"Tor does not respond at 127.0.0.1:{web_server.port}" in crawled.stderr
    assert crawled.exit_code == 5
    assert "Traceback" not in crawled.stderr


def test_onions_that_hang_leave_room_for_the_clear_web(
    crawl: Crawl, tmp_path: Path
) -> None:
    # More than CONCURRENT_REQUESTS, and listed first.
    labels = (onion_label(number) for number in range(70))
    with serving(gallery(20)) as clear, socks(0, code=None) as proxy:
        pictures = [f"{clear.url}/{number}.jpg" for number in range(20)]
        onions = [f"http://{label}.onion/a.jpg" for label in labels]
        (tmp_path / "urls.txt").write_text("\n".join([*onions, *pictures]))
        crawled = crawl(
            settings={
                "TOR_PROXIES": proxy,
                "TOR_DOWNLOAD_TIMEOUT": 6,
                "ROBOTSTXT_OBEY": False,
                "RETRY_TIMES": 0,
            }
        )
    failures = [line for line in crawled.stderr.splitlines() if "OnionTimeout" in line]
    first_failure = min(line[:19].replace(" ", "T") for line in failures)

    # The last picture was recorded before the first onion timed out.
    assert len(crawled.records) == 20
    assert max(record["timestamp"] for record in crawled.records) < first_failure
    assert len(crawled.failed) == 70
    assert crawled.unaccounted == {"images": 0, "pages": 0}


def test_absent_gone_and_mistyped_services(crawl: Crawl, tor: TorNetwork) -> None:
    with serving(gallery(3)) as hidden:
        with tor.onion({80: hidden.port}) as gone:
            pass
        with tor.onion({80: hidden.port, 81: free_port()}) as onion:
            mistyped = onion.replace(onion[0], "a" if onion[0] != "a" else "b", 1)
            urls = {
                f"http://{NOBODY}/": "OnionUnreachable",
                f"http://{gone}/": "OnionUnreachable",
                f"http://{onion}:81/": "OnionUnreachable",
                f"http://{mistyped}/": "InvalidOnion",
                "http://expyuzz4wqqyqhjn.onion/": "InvalidOnion",
            }
            crawled = crawl(
                "-a", f"urls={' '.join(urls)} http://{onion}/", settings=through(tor)
            )

    assert crawled.failed == urls
    assert len(crawled.records) == 3
    assert crawled.exit_code == 0


def test_a_service_that_does_not_answer(crawl: Crawl, tor: TorNetwork) -> None:
    async def hangs(asked: Asked, wire: Wire) -> None:
        if asked.path == "/drips":
            await wire.send(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n")
            for _ in range(60):
                await wire.send(b" ")
                await asyncio.sleep(0.5)
        await asyncio.sleep(60)

    with serving(hangs) as hidden, tor.onion({80: hidden.port}) as onion:
        crawled = crawl(
            "-a",
            f"urls=http://{onion}/hangs http://{onion}/drips",
            settings=through(tor, TOR_DOWNLOAD_TIMEOUT=3, ROBOTSTXT_OBEY=False),
        )

    assert set(crawled.failed.values()) == {"OnionTimeout"}
    assert len(crawled.failed) == 2
    assert crawled.stats["retry/reason_count/fpcrawler.tor.OnionTimeout"] == 2


def test_a_connection_that_the_service_cuts(crawl: Crawl, tor: TorNetwork) -> None:
    async def cuts(asked: Asked, wire: Wire) -> None:
        if asked.path == "/body.jpg":
            await wire.reply("200 OK", {"Content-Length": 99_999}, PHOTO[:5_000])

    with serving(cuts) as hidden, tor.onion({80: hidden.port}) as onion:
        crawled = crawl(
            "-a",
            f"urls=http://{onion}/body.jpg http://{onion}/nothing.jpg",
            settings=through(tor, ROBOTSTXT_OBEY=False),
        )

    assert set(crawled.failed.values()) == {"CircuitCut"}
    assert len(crawled.failed) == 2
    assert crawled.stats["retry/reason_count/fpcrawler.tor.CircuitCut"] == 4
