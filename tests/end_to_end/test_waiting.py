"""Hosts that ask to wait: they are waited for, and others need not."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.servers.nginx import nginx
from tests.servers.quirks import GALLERY

if TYPE_CHECKING:
    from tests.crawls import Crawl

ZONE = "limit_req_zone $binary_remote_addr zone=z:1m rate=20r/s;"
LIMIT = "limit_req zone=z burst=10 nodelay;"
IMAGES = 60


@pytest.mark.parametrize(
    "more",
    [
        pytest.param(
            "limit_req_status 429; add_header Retry-After 1 always;",
            id="RFC 6585 4: 429 with Retry-After",
        ),
        pytest.param("", id="nginx limit_req: 503 without Retry-After"),
    ],
)
def test_every_image_of_a_server_with_a_limit_is_read(
    crawl: Crawl, tmp_path: Path, more: str
) -> None:
    root = tmp_path / "www"
    root.mkdir()
    tags = [f'<img src="{number}.jpg">' for number in range(IMAGES)]
    (root / "index.html").write_text("".join(tags))
    picture = (GALLERY / "harbour.jpg").read_bytes()
    for number in range(IMAGES):
        (root / f"{number}.jpg").write_bytes(picture + bytes([number]))
    with nginx(tmp_path / "nginx", root, http=ZONE, server_block=LIMIT + more) as url:
        crawled = crawl("-a", f"urls={url}/index.html")

    assert len(crawled.records) == IMAGES
    assert all(record["picture_sha256"] for record in crawled.records)
    assert "retry/count" not in crawled.stats
