"""A list from the web stays one in the crawls of its shards."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.commands import run_scrapy
from tests.network_crawls import web_network
from tests.servers.inward import photo
from tests.servers.namespaces import has_namespaces

if TYPE_CHECKING:
    from pathlib import Path

    from tests.servers.http import Asked, Wire

pytestmark = pytest.mark.skipif(
    not has_namespaces(), reason="network namespaces may not be made"
)

OWN = "http://a.inside.example"  # resolves to 10.0.0.5; the list is there
LISTED = (
    f"{OWN}/own.jpg",
    "http://site.example/public.jpg",
    "http://home.inside.example/other-host.jpg",
    "http://aaaa.inside.example/other-host.jpg",
    f"{OWN}:8080/other-port.jpg",
)


async def app(asked: Asked, wire: Wire) -> None:
    if asked.path == "/list.txt":
        listed = "\n".join(LISTED).encode()
        await wire.reply("200 OK", {"Content-Length": len(listed)}, listed)
    elif asked.path == "/moved.txt":
        moved: dict[str, str | int] = {"Location": "http://site.example/list.txt"}
        await wire.reply("302 Found", {**moved, "Content-Length": 0})
    elif asked.path.endswith(".jpg"):
        await photo(asked, wire)
    else:
        await wire.reply("404 Not Found", {"Content-Length": 0})


@pytest.mark.parametrize(
    ("path", "recorded"),
    [
        pytest.param("list.txt", 2, id="the own host and port of the list"),
        pytest.param("moved.txt", 1, id="nothing after a redirect to another host"),
    ],
)
def test_a_list_from_the_web_leads_a_fleet_inside_no_further_than_a_crawl(
    tmp_path: Path, path: str, recorded: int
) -> None:
    fleet = ("fleet", "run", f"{OWN}/{path}", "--to", "out", "--local", "1")
    sets = ("-s", "RETRY_TIMES=0", "-s", "FLEET_RETRY_TIMES=0")
    with web_network(tmp_path, app) as network:
        command = network.inside.command()
        ended = run_scrapy(*fleet, *sets, cwd=tmp_path, prefix=command)

    assert ended.returncode == 4, ended.stderr  # what is refused has failed
    (result,) = (tmp_path / "out" / "results").glob("*.json")
    stats = json.loads(result.read_text())["stats"]
    assert stats["item_scraped_count"] == recorded
    assert stats["images/failed/PrivateAddress"] == len(LISTED) - recorded
    asked = {a.path for server in network.servers for a in server.asked}
    assert ("/own.jpg" in asked) is (recorded == 2)
    assert network.entered == {("10.0.0.5", 80)}  # the list itself
