from __future__ import annotations

import pytest

from fpcrawler.crawl.trail import Trail


@pytest.mark.parametrize(
    ("folder", "url", "scheme"),
    [
        (None, "https://a.example/", None),
        (None, "file:///a", "file"),
        ("/", "file:///a", None),
        ("/", "ftp://a.example/", "ftp"),
    ],
)
def test_a_web_page_may_link_to_web_urls_only(
    folder: str | None, url: str, scheme: str | None
) -> None:
    assert Trail(None, None, folder).refused_scheme(url) == scheme
