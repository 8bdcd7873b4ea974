"""What scripts of a rendered page ask for does not lead inside."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.end_to_end.test_rendered import RENDER, html_of, needs_browser
from tests.network_crawls import NetworkCrawled, crawl_in_network
from tests.servers.inward import HOSTS, PUBLIC, SITE, photo
from tests.servers.namespaces import has_namespaces

if TYPE_CHECKING:
    from tests.servers.http import Asked, Wire

pytestmark = [
    pytest.mark.untraced,
    needs_browser,
    pytest.mark.skipif(
        not has_namespaces(), reason="network namespaces may not be made"
    ),
]

HOSTS_OF_SCRIPTS = [*HOSTS, "mixed.example"]
SCRIPT = f"""
const hosts = {HOSTS_OF_SCRIPTS};
hosts.forEach((host, number) => {{
  add(`http://${{host}}/image/${{number}}.jpg`);
  const frame = document.createElement('iframe');
  frame.src = `http://${{host}}/frame/${{number}}`;
  document.body.append(frame);
  document.head.append(Object.assign(document.createElement('script'),
    {{src: `http://${{host}}/script/${{number}}.js`}}));
}});
Promise.allSettled(hosts.map((host, number) =>
  fetch(`http://${{host}}/fetch/${{number}}`, {{mode: 'no-cors'}})
)).then(() => add('/done.jpg'));
"""


async def app(asked: Asked, wire: Wire) -> None:
    """Respond as every host: a page with the script, images and texts."""
    page = html_of(SCRIPT)
    if asked.path.endswith(".jpg"):
        await photo(asked, wire)
    elif asked.path == "/":
        length: dict[str, str | int] = {"Content-Length": len(page)}
        await wire.reply("200 OK", {"Content-Type": "text/html", **length}, page)
    else:
        await wire.reply("404 Not Found", {"Content-Length": 0})


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> NetworkCrawled:
    home = tmp_path_factory.mktemp("rendered")
    (home / "urls.txt").write_text(f"{SITE}/")
    return crawl_in_network(
        home, app, CONCURRENT_REQUESTS_PER_DOMAIN=32, RETRY_TIMES=0, **RENDER
    )


@pytest.mark.parametrize("number", range(len(HOSTS)), ids=HOSTS)
@pytest.mark.parametrize("kind", ["image", "frame", "script", "fetch"])
def test_no_script_leads_inside(seen: NetworkCrawled, kind: str, number: int) -> None:
    paths = [asked.path.partition(".")[0] for asked in seen.asked]

    assert f"/{kind}/{number}" not in paths


def test_no_packet_of_a_rendered_page_goes_inside(seen: NetworkCrawled) -> None:
    assert (PUBLIC, 80) in seen.targets
    assert seen.entered == set()


def test_the_scripts_of_the_page_ran(seen: NetworkCrawled) -> None:
    recorded = {record["url"] for record in seen.crawled.records}
    public = f"{HOSTS_OF_SCRIPTS[-1]}"

    assert recorded == {
        f"{SITE}/done.jpg",
        f"http://{public}/image/{len(HOSTS)}.jpg",
    }
    assert f"/fetch/{len(HOSTS)}" in [asked.path for asked in seen.asked]
