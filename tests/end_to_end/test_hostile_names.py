"""A domain whose name servers do not answer stops its own names only."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.crawls import run_crawl
from tests.servers.dns import named_network
from tests.servers.hostile import PHOTO
from tests.servers.http import Asked, Wire, serving
from tests.servers.inward import PUBLIC
from tests.servers.namespaces import has_namespaces

if TYPE_CHECKING:
    from pathlib import Path

SILENT = [f"{number}.silent.example" for number in range(8)]
GOOD = [f"{number}.example" for number in range(4)]


@pytest.mark.skipif(not has_namespaces(), reason="network namespaces may not be made")
def test_names_without_an_answer_do_not_keep_others_from_theirs(tmp_path: Path) -> None:
    asked_before: list[int] = []

    async def app(asked: Asked, wire: Wire) -> None:
        if asked.path == "/robots.txt":
            await wire.reply("404 Not Found", {"Content-Length": 0})
            return
        asked_before.append(len(dns.names & {*SILENT}))
        await wire.reply("200 OK", {"Content-Length": len(PHOTO)}, PHOTO)

    urls = [f"http://{name}/a.jpg" for name in (*SILENT, *GOOD)]
    (tmp_path / "urls.txt").write_text("\n".join(urls))
    zone = {name: [(PUBLIC,)] for name in GOOD}
    settings = {"REACTOR_THREADPOOL_MAXSIZE": 4, "DNS_TIMEOUT": 1, "RETRY_TIMES": 0}
    with (
        named_network(tmp_path, [PUBLIC], zone, silent=".silent.example") as (
            inside,
            dns,
        ),
        serving(app, address=PUBLIC, port=80, namespace=inside),
    ):
        crawled = run_crawl(tmp_path, settings=settings, prefix=inside.command())

    assert {record["url"] for record in crawled.records} == {*urls[len(SILENT) :]}
    assert {*crawled.failed.values()} == {"NoAnswerFromDns"}
    assert len(crawled.failed) == len(SILENT)
    assert max(asked_before) < len(SILENT)
