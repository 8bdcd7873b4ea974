from __future__ import annotations

import pickle

import pytest
from scrapy import Request
from scrapy.utils.request import request_from_dict
from scrapy.utils.test import get_crawler

from fpcrawler.core.file.extents import Extent
from fpcrawler.crawl.errand import ERRAND, Errand, Kind, errand_of
from fpcrawler.crawl.requests import (
    count_downloaded,
    image_again,
    part_request,
    range_request,
)
from fpcrawler.crawl.trail import trail_of
from fpcrawler.items import Source
from tests.errands import URL, image, page

A = "2gzyxa5ihm7nsggfxnu52rck2vv4rvmdlkiu3zzui5du4xyclen53wid"
B = "duckduckgogg42xjoc72x3sjasowoarfbgcmvfimaftt6twagswzczad"
MOVED = "https://c.example/d.jpg"


def test_an_errand_is_the_only_key_of_ours_in_the_meta() -> None:
    of_file = {"handle_httpstatus_list", "download_maxsize", "download_warnsize"}
    scrapys = {ERRAND, "verbatim_url"}

    assert page(level=2, is_listed=True).meta.keys() == scrapys
    assert image(page_id=1, led_by=A).meta.keys() == scrapys | of_file


def test_an_errand_survives_a_queue_on_the_disk() -> None:
    spider = get_crawler()._create_spider("images")
    asked = image(f"http://{B}.onion/a.jpg", led_by=A, alt="A boat", page_id=7)
    asked = asked.replace(
        url=MOVED, callback=spider.parse, errback=None, meta=asked.meta
    )
    before = errand_of(asked)
    count_downloaded(asked, get_crawler().stats, 100)

    stored = pickle.dumps(asked.to_dict(spider=spider), protocol=4)
    back = request_from_dict(pickle.loads(stored), spider=spider)  # noqa: S301 - our own
    after = errand_of(back)

    assert after == before
    assert after.first is not None
    assert after.spending is after.first.spending
    assert after.spending.received == {"sample": 100}


def test_the_errand_follows_the_url_whoever_changes_it() -> None:
    request = image()
    to_onion = request.replace(url=f"http://{A}.onion/a.jpg")

    assert not errand_of(request).route.is_tor
    assert errand_of(to_onion).route.is_tor
    assert errand_of(to_onion).first_party == A
    back = to_onion.replace(url="https://b.example/")
    assert errand_of(back).route.is_tor
    assert errand_of(back).first_party == A
    assert errand_of(back).requested_url == URL


def test_a_request_of_another_component_takes_the_route_of_its_url() -> None:
    assert errand_of(Request(f"http://{A}.onion/robots.txt")).first_party == A
    assert not errand_of(Request("https://a.example/robots.txt")).route.is_tor


@pytest.mark.parametrize("kind", ["page", "image"])
def test_a_new_request_starts_before_the_redirects(kind: Kind) -> None:
    listed = image(at_listed_origin=True, page_id=3, alt="A boat")
    moved = listed.replace(url=MOVED)
    again = errand_of(moved).retry_as(kind, is_html=kind == "page")

    assert (again.kind, again.url, again.first) == (kind, URL, None)
    assert again.at_listed_origin
    assert (again.page_id, again.alt) == (3, "A boat")
    assert not again.route.is_tor
    assert again.spending.requests == {"sample": 2}


def test_an_onion_page_is_its_own_first_party_but_its_image_is_not() -> None:
    listed = errand_of(image(f"http://{B}.onion/", led_by=A))

    assert listed.first_party == A
    assert listed.retry_as("page").first_party == B


def test_a_range_adds_to_the_spending_of_its_image() -> None:
    moved = image(is_listed=True).replace(url=MOVED)
    source = Source(request=moved, validator=None)
    ranged = range_request(source, "metadata", Extent(100, 50))
    count_downloaded(ranged, get_crawler().stats, 50)

    assert ranged.url == MOVED
    assert ranged.headers["Range"] == b"bytes=100-149"
    assert errand_of(moved).spending.received == {"metadata": 50}
    again = errand_of(image_again(moved))
    assert again.spending.received.total() == 0


def test_the_parts_and_links_of_an_onion_page_go_through_tor() -> None:
    onion = page(f"http://{A}.onion/")
    part = part_request("https://a.example/a|b.js", {}, onion)
    link = trail_of(errand_of(onion), "x").to("image", "https://a.example/a.jpg")

    assert errand_of(part).first_party == A
    assert errand_of(part).first is None
    assert link.first_party == A


def test_the_number_of_a_page_is_that_of_its_first_url_and_route() -> None:
    direct, led = errand_of(page()), errand_of(page(led_by=A))

    assert direct.page_key != led.page_key
    assert direct.redirected(f"http://{A}.onion/").page_key == direct.page_key
    onion = f"http://{A}.onion/"
    keys = {errand_of(page(onion, led_by=party)).page_key for party in (None, B)}
    assert len(keys) == 1
    inside = "http://10.0.0.1/"
    own, found = page(inside, at_listed_origin=True), page(inside)
    assert errand_of(own).page_key != errand_of(found).page_key
    assert isinstance(direct, Errand)
