from __future__ import annotations

import pytest
from scrapy import Request

from fpcrawler.middlewares.checksums import ChecksumsMiddleware
from tests.errands import image, page

ONION = "2gzyxa5ihm7nsggfxnu52rck2vv4rvmdlkiu3zzui5du4xyclen53wid.onion"
S3 = "https://bucket.s3.eu-west-1.amazonaws.com/a.jpg"


def sent(request: Request) -> bytes | None:
    ChecksumsMiddleware().process_request(request)
    return request.headers.get("x-amz-checksum-mode")


def test_a_request_to_s3_has_the_header() -> None:
    assert sent(image(S3)) == b"ENABLED"


@pytest.mark.parametrize(
    "request_",
    [
        pytest.param(image("https://a.example/a.jpg"), id="another host"),
        pytest.param(image(f"http://{ONION}/a.jpg"), id="an onion"),
        pytest.param(image(S3, led_by=ONION[:56]), id="S3 by an onion's page"),
        pytest.param(image(f"{S3}?X-Amz-Signature=0f"), id="a pre-signed URL"),
        pytest.param(page(S3), id="a page"),
        pytest.param(Request("https://s3.amazonaws.com/robots.txt"), id="robots.txt"),
    ],
)
def test_other_requests_do_not(request_: Request) -> None:
    assert sent(request_) is None


@pytest.mark.parametrize("url", ["https://a.example/", f"{S3}?X-Amz-Signature=0f"])
def test_a_redirect_removes_the_header(url: str) -> None:
    request = image(S3)
    assert sent(request) == b"ENABLED"

    assert sent(request.replace(url=url)) is None
