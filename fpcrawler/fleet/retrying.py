"""Crawl again what failed: parked shards, and URLs of shards that are done."""

from __future__ import annotations

import gzip
import json
from collections.abc import Collection
from dataclasses import replace
from typing import TYPE_CHECKING

from fpcrawler.fleet.manifest import COLLECTED, list_name, parked_name

if TYPE_CHECKING:
    from fpcrawler.fleet.ledger import Ledger
    from fpcrawler.fleet.places.place import Place


def retry(place: Place, ledger: Ledger, only: Collection[int] | None = None) -> Ledger:
    """Mark what failed, in all shards or ``only`` in some, as left again."""
    parked = {n for n in ledger.parked if only is None or n in only}
    again = {
        number
        for number, result in ledger.results.items()
        if result.failed and (only is None or number in only)
    }
    if parked or again:
        place.remove(COLLECTED)  # it is out of date
    for number in parked:
        place.remove(parked_name(number))
    for number in again - ledger.again:
        generation = ledger.results[number].generation + 1
        place.write(list_name(ledger.manifest.id, number, generation), b"")
    kept = {n: why for n, why in ledger.parked.items() if n not in parked}
    return replace(ledger, parked=kept, again=ledger.again | again)


def list_again(failures: bytes, listed: bytes) -> bytes:
    """Return the list that leads to all URLs that failed.

    ``failures``: the gzipped lines of a crawl (FailedFile). ``listed``: its list. An
    image that a page names is reached by this page again: only the page decides
    whether it is reached through Tor, and whether at a private address. Of a page
    that is not listed itself it is unknown what led to it, so all is listed again.
    """
    wanted: dict[str, None] = {}
    for line in gzip.decompress(failures).splitlines():
        failed = json.loads(line)
        wanted[failed["page"] or failed["url"]] = None
    if not wanted.keys() <= set(listed.decode().splitlines()):
        return listed
    return "".join(f"{url}\n" for url in wanted).encode()
