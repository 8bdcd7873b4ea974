"""collected.json, the summary of all results."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

from fpcrawler.fleet.collecting import write_collected
from fpcrawler.fleet.ledger import read_ledger
from fpcrawler.fleet.manifest import feed_name
from fpcrawler.fleet.places.folder import Folder, digest_of
from fpcrawler.fleet.retrying import retry
from tests.fleet.test_judging import manifest_of, parked, result


def store(place: Folder, number: int, urls: list[str], **stats: Any) -> None:
    path = place.root / "feed"
    lines = [json.dumps({"url": url} if url else {}) for url in urls]
    path.write_bytes(gzip.compress("".join(f"{line}\n" for line in lines).encode()))
    place.put(feed_name(number), path)
    size, sha256 = path.stat().st_size, digest_of(path)
    made = result(number, records=len(urls), size=size, sha256=sha256, stats=stats)
    made.save(place)


def test_an_image_of_several_shards_is_counted(tmp_path: Path) -> None:
    place, manifest = Folder(tmp_path), manifest_of(None, None, None)
    store(place, 0, ["a", "b"], **{"pages/crawled": 1, "images/failed/Http404": 2})
    store(place, 1, ["b", "c"], **{"pages/failed/Http404": 1})
    store(place, 2, ["b"], **{"item_dropped_reasons_count/TooSmall": 4})
    totals = write_collected(place, read_ledger(place, manifest))
    written = json.loads(place.read("collected.json") or b"")

    assert totals["records"] == 5
    assert totals["repeated"] == 2
    assert totals["failed"] == {"Http404": 3}
    assert totals["dropped"] == {"TooSmall": 4}
    assert [shard["records"] for shard in written["shards"]] == [2, 2, 1]
    assert {*totals, "shards"} == written.keys()


def test_equal_urls_are_repetitions_also_without_pages(tmp_path: Path) -> None:
    place, manifest = Folder(tmp_path), manifest_of(None, None)
    store(place, 0, ["http://a.example/?b=2&a=1", "http://a.example/%C3%A9", ""])
    store(place, 1, ["http://a.example/?a=1&b=2", "http://a.example/%C3%A9", ""])

    assert write_collected(place, read_ledger(place, manifest))["repeated"] == 1


def test_parked_shards_are_left_again_once_forgotten(tmp_path: Path) -> None:
    place, manifest = Folder(tmp_path), manifest_of(None, None)
    parked(1).save(place)
    ledger = read_ledger(place, manifest)
    forgotten = retry(place, ledger)

    assert ledger.left == [0]
    assert forgotten.left == [0, 1]
    assert read_ledger(place, manifest) == forgotten
