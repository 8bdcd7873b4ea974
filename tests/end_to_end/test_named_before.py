"""A listed origin inside loses nothing because another page names it first."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from tests.network_crawls import crawl_in_network
from tests.servers.inward import photo
from tests.servers.namespaces import has_namespaces

if TYPE_CHECKING:
    from pathlib import Path

    from tests.servers.http import Asked, Wire

pytestmark = pytest.mark.skipif(
    not has_namespaces(), reason="network namespaces may not be made"
)

OWN = "http://a.inside.example"  # resolves to 10.0.0.5
OTHERS = ("/other", "/map.xml")
PAGES = {
    "/other": f"<!DOCTYPE html><img src='{OWN}/x.jpg'>",
    "/map.xml": f"<urlset><url><loc>{OWN}/linked</loc></url></urlset>",
    "/own": "<!DOCTYPE html><img src=/x.jpg><img src=/own.jpg><a href=/linked>",
    "/linked": "<!DOCTYPE html><img src=/x.jpg><img src=/y.jpg><a href=/linked>",
}
TIME_TO_REFUSE = 1.0


@pytest.mark.parametrize(
    ("at_a_time", "refused"),
    [
        pytest.param(4, {f"{OWN}/x.jpg", f"{OWN}/linked"}, id="refused before"),
        pytest.param(1, set(), id="still waiting"),
    ],
)
def test_what_another_page_names_first_is_read_for_its_own_page(
    tmp_path: Path, at_a_time: int, refused: set[str]
) -> None:
    served: set[str] = set()

    async def app(asked: Asked, wire: Wire) -> None:
        if asked.path == "/own":
            while not served.issuperset(OTHERS):  # noqa: ASYNC110 - of two loops
                await asyncio.sleep(0.05)
            await asyncio.sleep(TIME_TO_REFUSE)
        if asked.path in PAGES:
            served.add(asked.path)
            page = PAGES[asked.path].encode()
            await wire.reply("200 OK", {"Content-Length": len(page)}, page)
        elif asked.path.endswith(".jpg"):
            await photo(asked, wire)
        else:
            await wire.reply("404 Not Found", {"Content-Length": 0})

    listed = [f"{OWN}/own", *(f"http://site.example{path}" for path in OTHERS)]
    (tmp_path / "urls.txt").write_text("\n".join(listed))
    seen = crawl_in_network(
        tmp_path,
        app,
        *("-a", "depth=1"),
        CONCURRENT_REQUESTS_PER_DOMAIN=at_a_time,
        RETRY_TIMES=0,
        JOBDIR="job",
    )

    recorded = Counter(record["url"] for record in seen.crawled.records)
    assert recorded == {f"{OWN}/{name}.jpg": 1 for name in ("x", "y", "own")}
    assert set(seen.crawled.failed) == refused
    assert seen.crawled.unaccounted == {"images": 0, "pages": 0}
    assert seen.entered == {("10.0.0.5", 80)}
