"""By which route an image is looked at again, and whether it may be inside."""

from __future__ import annotations

import pickle
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from fpcrawler.verify.errands import (
    ForeignFile,
    InvalidUrl,
    NotAWebUrl,
    NotRequestable,
    errand_for,
)
from fpcrawler.verify.goal import Goal
from fpcrawler.verify.records import record_of

if TYPE_CHECKING:
    from fpcrawler.crawl.errand import Errand

LABEL = "2gzyxa5ihm7nsggfxnu52rck2vv4rvmdlkiu3zzui5du4xyclen53wid"
ONION = f"http://{LABEL}.onion/"
RECORD = record_of({"url": "https://a.example/1.jpg", "tor": "false"})


def errand(url: str, origin: str = "", **changes: Any) -> Errand:
    record = replace(RECORD, url=url, **changes)
    goal = Goal(record=record, lengths=(), shortest=None, blocks=4)
    return errand_for(goal, origin)


@pytest.mark.parametrize(
    ("url", "page_url", "tor", "is_tor", "led_by"),
    [
        ("https://a.example/1.jpg", None, False, False, None),
        ("https://a.example/1.jpg", "https://a.example/", False, False, None),
        ("https://a.example/1.jpg", ONION, True, True, LABEL),
        # A feed that contradicts itself must not lead out of Tor.
        ("https://a.example/1.jpg", ONION, False, True, LABEL),
        (f"{ONION}1.jpg", None, True, True, None),
        (f"{ONION}1.jpg", None, False, True, None),
    ],
)
def test_the_route_is_that_of_the_record(
    url: str, page_url: str | None, *, tor: bool, is_tor: bool, led_by: str | None
) -> None:
    found = errand(url, page_url=page_url, tor=tor)

    assert found.route.is_tor is is_tor
    assert found.route.led_by == led_by


def test_an_unknown_first_party_is_of_its_host_only() -> None:
    one, two, other = (
        errand(url, page_url="https://p.example/", tor=True)
        for url in ("http://a.example/1", "http://a.example/2", "http://b.example/1")
    )

    assert one.route.is_tor
    assert one.first_party == two.first_party != other.first_party


@pytest.mark.parametrize(
    ("url", "page_url", "origin", "may"),
    [
        ("http://10.0.0.1/1.jpg", None, "", True),
        ("http://10.0.0.1/1.jpg", None, "elsewhere", False),
        ("http://10.0.0.1/1.jpg", None, "http://10.0.0.1/list.txt", True),
        ("http://10.0.0.1/1.jpg", "http://10.0.0.1/", "", True),
        ("http://10.0.0.1/1.jpg", "http://10.0.0.1:8080/", "", False),
        ("http://10.0.0.1/1.jpg", "https://page.example/", "", False),
        # The name may have got a private address since the crawl.
        ("http://page.example/1.jpg", "http://page.example/", "", False),
        ("http://intranet.example/1.jpg", None, "", True),
    ],
)
def test_a_page_leads_inside_only_at_its_own_private_host(
    url: str, page_url: str | None, origin: str, *, may: bool
) -> None:
    found = errand(url, origin, page_url=page_url)

    assert found.at_listed_origin is may


@pytest.mark.parametrize(
    ("url", "page_url", "folder"),
    [
        ("file:///a/b/1.jpg", None, "/a/b/1.jpg"),
        ("file:///a/b/1.jpg", "file:///a/index.html", "/a"),
    ],
)
def test_a_local_image_may_be_read_from_its_folder(
    url: str, page_url: str | None, folder: str
) -> None:
    found = errand(url, page_url=page_url)

    assert found.folder == folder


@pytest.mark.parametrize(
    ("url", "page_url", "reason"),
    [
        ("file:///etc/1.jpg", "https://page.example/", ForeignFile),
        ("ftp://a.example/1.jpg", None, NotAWebUrl),
        ("s3://bucket/1.jpg", None, NotAWebUrl),
        ("data:image/png;base64,AA==", None, NotAWebUrl),
        ("", None, NotAWebUrl),
        ("http://[::1/1.jpg", None, InvalidUrl),
        ("http://[::1/1.jpg", "http://10.0.0.1/", InvalidUrl),
        ("file://[::1/1.jpg", None, InvalidUrl),
        ("http://127.0.0.1:99999/1.jpg", None, InvalidUrl),
        ("http:///1.jpg", None, InvalidUrl),
        ("http://a.example/1.jpg\r\nX-Header: 1", None, InvalidUrl),
        ("http://a.example/ 1.jpg", None, InvalidUrl),
        ("http://a.example/\ud800.jpg", None, InvalidUrl),
        (f"http://a.example/{'a' * 9_000}.jpg", None, InvalidUrl),
    ],
)
def test_what_no_crawl_records_is_not_requested(
    url: str, page_url: str | None, reason: type[NotRequestable]
) -> None:
    with pytest.raises(reason):
        errand(url, page_url=page_url)


@pytest.mark.parametrize("page_url", ["http://[::1/", "http://a.example:99999/", "x\r"])
def test_a_page_that_is_not_a_url_leads_nowhere_inside(page_url: str) -> None:
    assert not errand("http://10.0.0.1/1.jpg", page_url=page_url).at_listed_origin


def test_what_the_page_reserves_is_kept() -> None:
    found = errand("https://a.example/1.jpg", reservations=["noai"])

    assert found.reservations == ("noai",)


def test_an_errand_with_its_goal_survives_a_queue_on_the_disk() -> None:
    found = errand("https://a.example/1.jpg")

    assert pickle.loads(pickle.dumps(found)) == found  # noqa: S301 - as JOBDIR does
