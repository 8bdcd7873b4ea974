from __future__ import annotations

import pytest
from scrapy.http import Headers

from fpcrawler.core.http.ranges import OK, PARTIAL_CONTENT, ContentRange
from fpcrawler.crawl.responses import HeaderLines, answer_of

RANGE = "bytes 0-10240/32764"


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        pytest.param(
            {"Content-Range": [RANGE, "bytes 0-10240/99999"]},
            PARTIAL_CONTENT,
            id="RFC 9110 5.3 two lines",
        ),
        pytest.param(
            {
                "Content-Range": RANGE,
                "Content-Type": "Multipart/Byteranges; boundary=x",
            },
            PARTIAL_CONTENT,
            id="RFC 9110 15.3.7.2 a range of several",
        ),
        pytest.param(
            {"Content-Type": "multipart/byteranges; boundary=x"},
            OK,
            id="RFC 9110 14.6 several ranges as a 200",
        ),
        pytest.param(
            {"Content-Range": "bytes */32764"}, OK, id="RFC 9110 14.4 belongs to a 416"
        ),
        pytest.param(
            {"Content-Range": RANGE, "Content-Length": "32764"},
            PARTIAL_CONTENT,
            id="RFC 9110 8.6 the length of another body",
        ),
    ],
)
def test_headers_contradict_each_other(
    headers: dict[str, str | list[str]], status: int
) -> None:
    for known in (status, 0):  # the reading is planned before the status is known
        assert answer_of(HeaderLines(Headers(headers)), known).contradicts_itself


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({"Content-Range": RANGE}, id="no length"),
        pytest.param({"Content-Range": RANGE, "Content-Length": "10241"}, id="both"),
        pytest.param(
            {
                "Content-Range": RANGE,
                "Content-Length": "32764",
                "Transfer-Encoding": "chunked",
            },
            id="RFC 9112 6.3 (3) Transfer-Encoding overrides Content-Length",
        ),
    ],
)
def test_headers_of_a_part_agree(headers: dict[str, str]) -> None:
    answer = answer_of(HeaderLines(Headers(headers)), PARTIAL_CONTENT)

    assert not answer.contradicts_itself
    assert answer.content_range == ContentRange(0, 10_240, 32_764)
