from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fpcrawler.core.links.listing import ListedImage, Listing
from fpcrawler.core.links.sitemaps import is_listing, listing_of

URL = "https://a.example/feed.json"
PAGE = "https://a.example/p"
FEED = {
    "version": "https://jsonfeed.org/version/1.1",
    "icon": "/icon.png",
    "favicon": None,
    "next_url": "/feed.json?page=2",
    "items": [
        {
            "id": "1",
            "url": "/p",
            "image": "/i.jpg",
            "banner_image": "/b.jpg",
            "content_html": '<p><img src="c.jpg" alt="A boat"></p>',
            "attachments": [
                {"url": "/a.bin", "mime_type": "IMAGE/png"},
                {"url": "/a.mp3", "mime_type": "audio/mpeg"},
                "/a.jpg",
            ],
        },
        {"external_url": "https://b.example/", "image": "/x.jpg"},
        {"url": 1, "attachments": {}},
        "an item",
    ],
}


@pytest.mark.parametrize(
    "text",
    [
        json.dumps(FEED).encode(),
        json.dumps(FEED, indent=1).encode("utf-8-sig"),
        json.dumps(FEED).replace("/", "\\/").encode(),
        json.dumps(FEED).encode("utf-16"),
    ],
    ids=["bytes", "mark", "escaped slashes", "UTF-16"],
)
def test_a_json_feed_lists_entries_and_their_images(text: bytes) -> None:
    host = "https://a.example"

    assert is_listing(text)
    assert listing_of(text, URL) == Listing(
        pages=[PAGE],
        sitemaps=[f"{host}/feed.json?page=2"],
        images=[
            ListedImage(f"{host}/icon.png", "feed", None),
            ListedImage(f"{host}/i.jpg", "feed", PAGE),
            ListedImage(f"{host}/b.jpg", "feed", PAGE),
            ListedImage(f"{host}/a.bin", "enclosure", PAGE),
            ListedImage(f"{host}/c.jpg", "feed", PAGE, "A boat"),
            ListedImage(f"{host}/x.jpg", "feed", "https://b.example/"),
        ],
    )


@given(st.text(max_size=50), st.integers(0, 400))
def test_no_json_feed_raises(text: str, at: int) -> None:
    feed = json.dumps(FEED)
    broken = feed[:at] + text + feed[at:]

    listing_of(broken.encode("utf-8", "replace"), URL)


def test_a_feed_nested_too_deep_lists_nothing() -> None:
    deep = '{"version": "https://jsonfeed.org/version/1", "items":' + "[" * 100_000

    assert listing_of(deep.encode(), URL) == Listing()
