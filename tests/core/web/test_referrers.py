from __future__ import annotations

import pytest

from fpcrawler.core.web.referrers import sent_referrer

PAGE = "https://a.example/album?token=x"


@pytest.mark.parametrize(
    ("referrer", "url", "sent"),
    [
        (PAGE, "https://a.example/1.jpg", PAGE),
        (PAGE, "https://A.example:443/1.jpg", PAGE),
        (PAGE, "https://a.example:8443/1.jpg", "https://a.example/"),
        (PAGE, "https://cdn.a.example/1.jpg", "https://a.example/"),
        (PAGE, "http://a.example/1.jpg", None),
        (PAGE, "http://a.example:443/1.jpg", None),
        ("http://a.example/b", "https://a.example/1.jpg", "http://a.example/"),
        ("http://a.example:8/b", "http://b.example/1.jpg", "http://a.example:8/"),
        ("http://ann:pw@a.example/b", "http://b.example/", "http://a.example/"),
        ("http://[a/b", "http://b.example/", None),
    ],
)
def test_another_origin_gets_the_origin_only(
    referrer: str, url: str, sent: str | None
) -> None:
    assert sent_referrer(referrer, url) == sent
