"""A component that listens to the bytes changes nothing but hears all of them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tests.crawls import observed_extensions
from tests.servers.files import folder
from tests.servers.http import serving
from tests.servers.quirks import GALLERY

if TYPE_CHECKING:
    from tests.crawls import Crawl


def test_headers_and_chunks_are_still_signalled_to_a_listener(crawl: Crawl) -> None:
    extensions = json.dumps(observed_extensions(Listener=950))
    with serving(folder(GALLERY)) as server:
        page = f"urls={server.url}/index.html"
        alone = crawl("-a", page)
        asked_alone = len(server.asked)
        heard = crawl("-a", page, settings={"EXTENSIONS": extensions})

    for record in (*alone.records, *heard.records):
        del record["timestamp"]
    assert sorted(map(json.dumps, alone.records)) == sorted(
        map(json.dumps, heard.records)
    )
    assert heard.received == alone.received
    assert heard.stats["listener/bytes"] >= sum(heard.received.values())
    assert heard.stats["listener/headers"] == len(server.asked) - asked_alone
