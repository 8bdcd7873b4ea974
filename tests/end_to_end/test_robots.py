"""robots.txt by RFC 9309, and the reservations of images and pages."""

from __future__ import annotations

import json
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.servers.http import Asked, Wire, serving
from tests.servers.nginx import free_port
from tests.servers.quirks import GALLERY

if TYPE_CHECKING:
    from tests.crawls import Crawl, Crawled
    from tests.servers.http import Server

PHOTO = (GALLERY / "harbour.jpg").read_bytes()
NOTHING = b"User-agent: *\nDisallow: /\n"
FILLED = b"#" * 99 + b"\n"
LATE = FILLED * 5_120 + NOTHING  # behind 512,000 bytes, 500 KiB
EARLY = NOTHING + FILLED * 9_000


class Site:
    """Returns a photo for every image, and answers of its own for other paths.

    ``answers``: path → status, headers and body.
    """

    def __init__(self, **answers: tuple[str, dict[str, str], bytes]) -> None:
        self.answers = {f"/{name}": answer for name, answer in answers.items()}

    async def __call__(self, asked: Asked, wire: Wire) -> None:
        name = asked.path.removesuffix(".txt")
        status, headers, body = self.answers.get(name, ("200 OK", {}, PHOTO))
        await wire.reply(status, {**headers, "Content-Length": len(body)}, body)


def html(text: str, **headers: str) -> tuple[str, dict[str, str], bytes]:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return "200 OK", {"Content-Type": "text/html", **named}, f"<html>{text}".encode()


def robots(server: Server) -> list[str]:
    return [asked.path for asked in server.asked if asked.path == "/robots.txt"]


ALLOWED: tuple[tuple[str, str, bytes, str | None, int], ...] = (
    ("2.2.2 Disallow", "200 OK", NOTHING, "ForbiddenByRobots", 1),
    ("2.5 behind 500 KiB", "200 OK", LATE, None, 1),
    ("2.5 before them", "200 OK", EARLY, "ForbiddenByRobots", 1),
    ("2.3.1.3 4xx, any body", "404 Not Found", NOTHING, None, 1),
    ("2.3.1.3 forbidden", "403 Forbidden", NOTHING, None, 1),
    ("2.3.1.4 5xx", "500 No", b"", "RobotsUnreachable", 3),
    ("2.3.1.4 any 5xx", "599 Odd", b"", "RobotsUnreachable", 1),
)
"""Section, status and body of a robots.txt; why it refuses; requests for it."""


def test_what_a_robots_txt_allows(crawl: Crawl, tmp_path: Path) -> None:
    with ExitStack() as stack:
        hosts = {
            section: stack.enter_context(
                serving(Site(robots=(status, {}, body)), address=f"127.0.1.{number}")
            )
            for number, (section, status, body, *_) in enumerate(ALLOWED, 1)
        }
        urls = {section: f"{host.url}/a.jpg" for section, host in hosts.items()}
        crawled = crawl("-a", f"urls={' '.join(urls.values())}")
    reasons = {section: reason for section, _, _, reason, _ in ALLOWED}
    refused = {urls[section]: reason for section, reason in reasons.items() if reason}
    notes = (tmp_path / "feed.json.notes").read_text().splitlines()

    assert {s: len(robots(host)) for s, host in hosts.items()} == {
        section: requests for section, *_, requests in ALLOWED
    }
    assert crawled.failed == refused
    assert {record["url"] for record in crawled.records} == {
        urls[section] for section, reason in reasons.items() if not reason
    }
    assert sorted(map(json.loads, notes), key=str) == sorted(
        (
            {"refused": url, "reason": reason, "tor": False}
            for url, reason in refused.items()
        ),
        key=str,
    )


def test_a_server_that_fails_may_be_crawled_if_the_user_says_so(crawl: Crawl) -> None:
    with serving(Site(robots=("500 No", {}, b""))) as server:
        settings = {"ROBOTSTXT_UNREACHABLE": "allow", "RETRY_TIMES": 0}
        crawled = crawl("-a", f"urls={server.url}/a.jpg", settings=settings)

    assert len(crawled.records) == 1


def test_a_site_without_a_response_is_not_asked_for_its_images(crawl: Crawl) -> None:
    async def app(asked: Asked, wire: Wire) -> None:
        if asked.path != "/robots.txt":
            await Site()(asked, wire)

    with serving(app) as server:
        crawled = crawl("-a", f"urls={server.url}/a.jpg", settings={"RETRY_TIMES": 1})

    assert [asked.path for asked in server.asked] == ["/robots.txt"] * 2
    assert crawled.failed == {f"{server.url}/a.jpg": "DownloadFailedError"}


@pytest.mark.parametrize(("hops", "reason"), [(5, "ForbiddenByRobots"), (21, None)])
def test_redirects_of_a_robots_txt_are_followed(
    crawl: Crawl, hops: int, reason: str | None
) -> None:
    """RFC 9309 section 2.3.1.2: five at least; after too many it is unavailable."""
    moved = {
        f"hop{number}": ("302 Found", {"Location": f"/hop{number + 1}"}, b"")
        for number in range(hops)
    }
    moved["robots"] = moved.pop("hop0")
    moved[f"hop{hops}"] = ("200 OK", {}, NOTHING)
    with serving(Site(**moved)) as server:
        crawled = crawl("-a", f"urls={server.url}/a.jpg")

    assert crawled.failed == ({f"{server.url}/a.jpg": reason} if reason else {})


PAGE = "<img src=free.jpg><img src=own.jpg><a href=next>"
RESERVED = Site(
    open=html(f'<meta name="googlebot" content="noindex">{PAGE}'),
    art=html(
        f'<meta name=robots content="NoAI, noimageai">{PAGE}', TDM_Reservation="1"
    ),
    next=html("<img src=next.jpg>", X_Robots_Tag="other: noindex"),
    **{"own.jpg": ("200 OK", {"X-Robots-Tag": "fpcrawler: noindex, noai"}, PHOTO)},
)


def reservations(crawled: Crawled) -> dict[str, list[str]]:
    return {
        str(record["url"]).rpartition("/")[2]: record["reservations"]
        for record in crawled.records
    }


def test_reservations_are_recorded(crawl: Crawl) -> None:
    with serving(RESERVED) as server:
        arguments = (f"urls={server.url}/{name}" for name in ("open", "art"))
        of_open, of_art = (crawl("-a", urls, "-a", "depth=1") for urls in arguments)

    of_page = ["noai", "noimageai", "tdm-reservation"]
    assert reservations(of_open) == {
        "free.jpg": [],
        "own.jpg": ["noai", "noindex"],
        "next.jpg": [],
    }
    assert reservations(of_art) == {
        "free.jpg": of_page,
        "own.jpg": ["noai", "noimageai", "noindex", "tdm-reservation"],
        "next.jpg": [],
    }


RESPECT = {"RESPECT_RESERVATIONS": True}


def test_a_reserved_image_is_dropped_if_the_user_says_so(crawl: Crawl) -> None:
    with serving(RESERVED) as server:
        urls = f"urls={server.url}/open"
        crawled = crawl("-a", urls, "-a", "depth=1", settings=RESPECT)

    assert reservations(crawled) == {"free.jpg": [], "next.jpg": []}
    assert crawled.dropped == {f"{server.url}/own.jpg": "Reserved"}


def test_a_reserved_page_is_not_followed_if_the_user_says_so(
    crawl: Crawl, tmp_path: Path
) -> None:
    with serving(RESERVED) as server:
        urls = f"urls={server.url}/art"
        crawled = crawl("-a", urls, "-a", "depth=1", settings=RESPECT)

    assert {asked.path for asked in server.asked} == {"/robots.txt", "/art"}
    assert crawled.stats["images/failed/Reserved"] == 2
    assert crawled.unaccounted == {"images": 0, "pages": 0}
    notes = (tmp_path / "feed.json.notes").read_text()
    assert notes.count('"reason": "Reserved"') == 2


def test_a_curator_names_the_crawler_and_a_contact(crawl: Crawl) -> None:
    with serving(Site()) as server:
        contact = "https://museum.example/crawler"
        settings = {"USER_AGENT_CONTACT": contact}
        crawl("-a", f"urls={server.url}/a.jpg", settings=settings)

    assert {asked.headers["user-agent"] for asked in server.asked} == {
        "fpcrawler (+https://museum.example/crawler)"
    }


@pytest.mark.parametrize(
    "settings",
    [
        {"USER_AGENT_CONTACT": "me"},
        {"USER_AGENT_CONTACT": "https://me:word@a.example/"},
        {"USER_AGENT_CONTACT": "https://a.example/ (x)"},
        {"USER_AGENT_CONTACT": "me@a.example", "USER_AGENT": "other/1.0"},
        {"ROBOTSTXT_UNREACHABLE": "retry"},
    ],
)
def test_a_contact_that_would_not_arrive_is_refused(
    crawl: Crawl, settings: dict[str, str]
) -> None:
    url = f"urls=http://127.0.0.1:{free_port()}/a.jpg"
    crawled = crawl("-a", url, settings=settings)

    assert crawled.exit_code == 1
    assert next(iter(settings)) in crawled.stderr.splitlines()[-1]
