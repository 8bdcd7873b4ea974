from __future__ import annotations

import pytest

from fpcrawler.middlewares.referrer import ReferrerMiddleware
from tests.errands import image

PAGE = "https://a.example/album?id=1"


@pytest.mark.parametrize(
    ("given", "url", "sent"),
    [
        (PAGE, "https://a.example/1.jpg", PAGE.encode()),
        (PAGE, "https://b.example/1.jpg", b"https://a.example/"),
        (PAGE, "http://a.example/1.jpg", None),
        (None, "https://b.example/1.jpg", None),
    ],
)
def test_the_header_is_what_the_url_may_get(
    given: str | None, url: str, sent: bytes | None
) -> None:
    request = image(url)
    if given is not None:
        request.headers["Referer"] = given
    ReferrerMiddleware().process_request(request)

    assert request.headers.get("Referer") == sent
