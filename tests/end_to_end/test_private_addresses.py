"""The address that is connected to decides: nothing on the web leads inside."""

from __future__ import annotations

import re
import shutil
from urllib.parse import urlsplit

import pytest

from tests.network_crawls import NetworkCrawled, crawl_in_network
from tests.servers import inward
from tests.servers.dns import NAMESERVER
from tests.servers.inward import HOSTS, SITE, WAYS
from tests.servers.namespaces import has_namespaces

pytestmark = pytest.mark.skipif(
    not has_namespaces(), reason="network namespaces may not be made"
)
ROWS = [(way, number) for way in WAYS for number in range(len(HOSTS))]
IDS = [f"{way}-{HOSTS[number]}" for way, number in ROWS]
DNS_PORTS = {53, 853, 5353}  # RFC 1035, 7858, 6762


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> NetworkCrawled:
    """One crawl of a list on the web that leads inside in every way."""
    return crawl_in_network(
        tmp_path_factory.mktemp("inward"),
        inward.app,
        *("-a", f"urls_file={SITE}/list.txt", "-a", "depth=1"),
        FOLLOW_STYLESHEETS=True,
        CONCURRENT_REQUESTS_PER_DOMAIN=32,
        RETRY_TIMES=0,
    )


@pytest.fixture(scope="module")
def reasons(seen: NetworkCrawled) -> dict[str, str]:
    """Path of a URL to the reason why it failed."""
    failed = seen.crawled.failed
    return {urlsplit(url).path: reason for url, reason in failed.items()}


@pytest.mark.parametrize(("way", "number"), ROWS, ids=IDS)
def test_no_way_leads_inside(
    seen: NetworkCrawled, reasons: dict[str, str], way: str, number: int
) -> None:
    assert not any(inward.row_of(asked) == (way, number) for asked in seen.asked)
    if way == "range":
        url = f"http://range-{number}.example/via/range/{number}.jpg"
        assert seen.crawled.record(url)["end_sha256"] is None
        assert any(
            asked.span and asked.span[0] and url.endswith(asked.path)
            for asked in seen.asked
        )
    elif way == "robots":
        hosts = [a.headers["host"] for a in seen.asked if a.path == "/robots.txt"]
        assert f"robots-{number}.example" in hosts
    else:
        assert reasons[inward.named_by(way, number)] == "PrivateAddress"


def test_no_packet_goes_inside(seen: NetworkCrawled) -> None:
    assert (inward.PUBLIC, 80) in seen.targets
    assert seen.entered == set()


def test_of_mixed_addresses_the_public_one_is_asked(seen: NetworkCrawled) -> None:
    assert seen.crawled.record("http://mixed.example/mixed.jpg")["picture_sha256"]


def test_nothing_is_lost(seen: NetworkCrawled) -> None:
    assert "log_count/ERROR" not in seen.crawled.stats
    assert seen.crawled.unaccounted == {"images": 0, "pages": 0}


def test_only_the_resolver_of_the_network_is_asked(seen: NetworkCrawled) -> None:
    assert {at for at in seen.targets if at[1] in DNS_PORTS} == {(NAMESERVER, 53)}
    assert not {name for name in seen.dns.names if name.endswith("onion")}
    assert seen.crawled.failed[f"http://{inward.ONION}/a.jpg"] == "TorUnavailable"


@pytest.mark.skipif(not shutil.which("strace"), reason="strace is not installed")
def test_no_other_resolver_is_tried(seen: NetworkCrawled) -> None:
    ports = "|".join(map(str, DNS_PORTS))
    asked = re.findall(rf'htons\((?:{ports})\).*?"([^"]+)"', seen.trace)

    assert set(asked) == {NAMESERVER}
