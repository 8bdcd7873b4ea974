"""A second look at likely copies, over real sockets."""

from __future__ import annotations

import json
import os
import signal
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from shutil import rmtree
from typing import Any

import pytest

from tests.commands import run_scrapy
from tests.crawls import Crawled, run_crawl
from tests.end_to_end.test_tor import NOBODY
from tests.servers.http import Server, serving
from tests.servers.ranged import LOOKS, PHOTO, Look, Site
from tests.servers.socks import socks
from tests.waiting import wait_until

SOS = PHOTO.index(b"\xff\xda")
CODED = PHOTO[SOS + 2 + int.from_bytes(PHOTO[SOS + 2 : SOS + 4]) :]
"""T.81 B.2.3: what follows the first SOS segment."""

INSIDE, OWN = "127.4.0.1", "127.4.0.2"
ONION_PAGE = f"http://{NOBODY}/index.html"


@dataclass(frozen=True, slots=True)
class Verified:
    """A crawl, and the second look at its images."""

    server: Server
    first: Crawled
    second: Crawled

    def url(self, look: Look) -> str:
        """Return the image of a server, at a host of its own."""
        host = f"127.3.0.{LOOKS.index(look) + 1}"
        return f"http://{host}:{self.server.port}/{look.name}/0.jpg"


def other(record: dict[str, Any], url: str, **changes: Any) -> dict[str, Any]:
    return {**record, "url": url, **changes}


def others(record: dict[str, Any], port: int) -> list[dict[str, Any]]:
    """Return records of the same image that pages have named, direct and by Tor."""
    path = "/multipart/0.jpg"
    inside, own = (f"http://{host}:{port}" for host in (INSIDE, OWN))
    return [
        other(record, f"{inside}{path}", page_url="http://page.example/"),
        other(record, f"{own}{path}", page_url=f"{own}/index.html"),
        other(record, f"http://a.example{path}", page_url=ONION_PAGE, tor=True),
        other(record, f"http://b.example{path}", page_url=f"{own}/", tor=True),
    ]


@pytest.fixture(scope="module")
def verified(tmp_path_factory: pytest.TempPathFactory) -> Verified:
    """One crawl of an image of each server, and one second look at all of them."""
    folder, site = tmp_path_factory.mktemp("verify"), Site()
    with serving(site, address="0.0.0.0") as server, socks(server.port) as proxy:
        found = Verified(server, *[None] * 2)  # type: ignore[arg-type]
        urls = " ".join(map(found.url, LOOKS))
        first = run_crawl(folder, "-a", f"urls={urls}")
        site.is_second = True
        server.asked.clear()
        feed = folder / "first.json"
        record = first.record(found.url(LOOKS[0]))
        feed.write_text(json.dumps(first.records + others(record, server.port)))
        settings = {"TOR_PROXIES": proxy, "LOG_LEVEL": "DEBUG"}
        second = run_crawl(folder, "-a", f"verify={feed}", settings=settings)
        return Verified(server, first, second)


@pytest.mark.parametrize("look", LOOKS, ids=lambda look: look.name)
def test_each_server_has_its_outcome(verified: Verified, look: Look) -> None:
    url = verified.url(look)
    if look.outcome != "record":
        assert verified.second.dropped[url] == look.outcome
        return
    old, new = verified.first.record(url), verified.second.record(url)

    assert new["requests"]["proof"] == look.requests
    assert new["end_sha256"] == sha256(CODED[-1_024:]).hexdigest()
    assert len(new["blocks_sha256"]) == 4
    for at, digest in new["blocks_sha256"].items():
        assert digest == sha256(CODED[int(at) : int(at) + 1_024]).hexdigest()
    assert new["picture_length"] == len(CODED)
    assert not new["evidence"]["is_upper_bound"]
    assert new["evidence"]["blocks_deflated"] > 3_000
    assert new["timestamp"] >= old["timestamp"]
    assert new["bytes_downloaded"] > old["bytes_downloaded"]
    again = {"timestamp", "requests", "bytes_downloaded", "evidence", "end_sha256"}
    assert {name for name in new if new[name] != old[name]} <= again | {"blocks_sha256"}


def test_no_more_than_half_of_the_picture_is_requested(verified: Verified) -> None:
    url = verified.url(LOOKS[0])
    record = verified.second.record(url)

    assert record["requests"] == {"sample": 2, "metadata": 0, "picture": 0, "proof": 1}
    assert record["bytes_downloaded"] - 2 * 10_241 < 5 * 1_024 + 2_000


def test_a_page_leads_to_its_own_private_host_only(verified: Verified) -> None:
    port, path = verified.server.port, "/multipart/0.jpg"
    asked = {one.headers["host"] for one in verified.server.asked}

    assert verified.second.failed == {f"http://{INSIDE}:{port}{path}": "PrivateAddress"}
    assert f"{INSIDE}:{port}" not in asked
    assert verified.second.record(f"http://{OWN}:{port}{path}")["end_sha256"]


@pytest.mark.parametrize("host", ["a.example", "b.example"])
def test_the_route_is_that_of_the_record(verified: Verified, host: str) -> None:
    record = verified.second.record(f"http://{host}/multipart/0.jpg")
    asked = [one for one in verified.server.asked if one.headers["host"] == host]

    assert record["tor"]
    assert record["end_sha256"]
    assert {one.peer for one in asked} == {"127.0.0.1"}  # the proxy
    assert all("rv:140.0" in one.headers["user-agent"] for one in asked)


def test_every_image_is_accounted_for(verified: Verified) -> None:
    stats = verified.second.stats

    assert verified.second.unaccounted == {"images": 0, "pages": 0}
    assert verified.second.exit_code == 0
    assert stats["proof/failed/NoRange"] == 1
    assert stats["proof/failed/Http416"] == 1
    assert stats["proof/requests"] >= sum(look.requests for look in LOOKS[:9])
    assert "log_count/ERROR" not in stats


def killed(folder: Path, *arguments: str) -> None:
    """Look again, and kill the crawl at its third record."""
    feed = folder / "verified.jsonl"

    def kill(pid: int) -> None:
        wait_until(lambda: feed.exists() and feed.read_bytes().count(b"\n") >= 3)
        os.kill(pid, signal.SIGKILL)

    child = run_scrapy("crawl", "images", *arguments, cwd=folder, meanwhile=kill)
    assert child.returncode == -signal.SIGKILL


@pytest.mark.parametrize("job", [(), ("-s", "JOBDIR=job")], ids=["feed", "JOBDIR"])
def test_a_second_look_goes_on_after_a_kill(
    tmp_path: Path, job: tuple[str, ...]
) -> None:
    site = Site()
    with serving(site) as server:
        urls = [f"{server.url}/slow/{number}.jpg" for number in range(12)]
        first = run_crawl(tmp_path, "-a", f"urls={' '.join(urls)}")
        (tmp_path / "feed.json").rename(tmp_path / "first.json")
        site.is_second = True
        verify = ("-a", "verify=first.json", "-o", "verified.jsonl")
        slowly = ("-s", "CONCURRENT_REQUESTS_PER_DOMAIN=2")
        killed(tmp_path, *verify, *slowly, *job)
        server.asked.clear()
        resume = ("-a", "resume=verified.jsonl")
        rmtree(tmp_path / "job", ignore_errors=not job)  # as docs/resume.md says
        run_crawl(tmp_path, *verify, *resume, feed=False)
        lines = (tmp_path / "verified.jsonl").read_text().splitlines()
        asked_again = len({one.path for one in server.asked} - {"/robots.txt"})
        server.asked.clear()
        feeds = "verify=first.json verified.jsonl"
        run_crawl(tmp_path, "-a", feeds, "-O", "third.jsonl", feed=False)

    records = [json.loads(line) for line in lines]
    assert len(first.records) == 12
    assert sorted(record["url"] for record in records) == sorted(urls)
    assert all(record["blocks_sha256"] for record in records)
    assert asked_again < 12
    assert server.asked == []


def test_a_crawl_can_prove_the_copies_it_has_found(tmp_path: Path) -> None:
    with serving(Site()) as server:
        urls = [f"{server.url}/multipart/{number}.jpg" for number in range(2)]
        rangeless = f"{server.url}/rangeless/0.jpg"
        crawl = run_crawl(
            tmp_path,
            *("-a", f"urls={' '.join([*urls, rangeless])}"),
            settings={"VERIFY_IN_CRAWL": True, "LOG_LEVEL": "DEBUG"},
        )
    latest = {record["url"]: record for record in crawl.records}

    assert [len(latest[url]["blocks_sha256"]) for url in urls] == [4, 4]
    assert latest[urls[0]]["end_sha256"] == latest[urls[1]]["end_sha256"] is not None
    assert len(crawl.records) == 5
    assert crawl.dropped == {rangeless: "NothingSeen"}
    assert crawl.unaccounted == {"images": 0, "pages": 0}
    assert crawl.exit_code == 0
