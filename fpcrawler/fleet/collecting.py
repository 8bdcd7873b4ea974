"""``scrapy fleet collect``: enqueue missing shards, write collected.json."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from fpcrawler.fleet.manifest import COLLECTED, DROPPED
from fpcrawler.fleet.queue import Ticket
from fpcrawler.fleet.repeats import count_repeats

if TYPE_CHECKING:
    from fpcrawler.fleet.ledger import Ledger
    from fpcrawler.fleet.manifest import Manifest, Result
    from fpcrawler.fleet.places.place import Place
    from fpcrawler.fleet.queue import Queue

_FAILED = ("images/failed/", "pages/failed/")


def enqueue_missing(queue: Queue, place: Place, ledger: Ledger) -> int:
    """Enqueue shards that are left, but not queued or running; return how many.

    Redis may have lost its data, but the manifest is still at the place. At most
    one shard of a chain is in the queue.
    """
    manifest = ledger.manifest
    queue.register(place.uri)
    busy = queue.waiting(place.uri, manifest.id)
    busy |= {
        one.shard for one in queue.running(place.uri, manifest.id, manifest.chains)
    }
    chains = [c for c in ledger.chains() if busy.isdisjoint(manifest.chain_of[c.start])]
    for chain in chains:
        queue.put(Ticket(place=place.uri, fleet=manifest.id, shard=chain.start))
    return len(chains)


def write_collected(place: Place, ledger: Ledger) -> dict[str, Any]:
    """Write collected.json; return its totals, without the list of shards."""
    done = [result for _, result in sorted(ledger.results.items())]
    totals = {
        "fleet": ledger.manifest.id,
        "list": ledger.manifest.urls_file,
        "urls": ledger.manifest.urls,
        "records": sum(result.records for result in done),
        # A listed URL is in one shard, but images of pages may be in several.
        "repeated": count_repeats(place, done),
        "bytes": sum(result.size for result in done),
        "dropped": _sum(result.by_reason(DROPPED) for result in done),
        "failed": _sum(
            result.by_reason(prefix) for result in done for prefix in _FAILED
        ),
        "parked": [
            {
                "shard": number,
                "urls": _urls(ledger.manifest, number),
                "reason": why.reason,
            }
            for number, why in sorted(ledger.parked.items())
        ],
    }
    shards = [_shard(result) for result in done]
    place.write(COLLECTED, json.dumps({**totals, "shards": shards}, indent=1).encode())
    return totals


def _shard(result: Result) -> dict[str, Any]:
    return {
        "shard": result.shard,
        "feed": result.feed,
        "urls": result.urls,
        "records": result.records,
        "bytes": result.size,
        "sha256": result.sha256,
        "dropped": result.by_reason(DROPPED),
        "failed": _sum(result.by_reason(prefix) for prefix in _FAILED),
    }


def _urls(manifest: Manifest, number: int) -> int:
    return manifest.shards[number].urls


def _sum(counts: Iterable[Mapping[str, int]]) -> Mapping[str, int]:
    total: Counter[str] = Counter()
    for count in counts:
        total.update(count)
    return total
