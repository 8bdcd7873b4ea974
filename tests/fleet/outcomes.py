"""Manifests and outcomes without a crawl."""

from __future__ import annotations

import gzip
import json
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from fpcrawler.fleet.failures import Failure, gzipped
from fpcrawler.fleet.manifest import Manifest, Shard
from fpcrawler.fleet.outcome import Outcome, failures_name, feed_name
from tests.fleet.programs import PROGRAM

if TYPE_CHECKING:
    from fpcrawler.fleet.places.place import Place

FEED = feed_name(0, "0" * 64)


def outcome(number: int = 0, **changed: Any) -> Outcome:
    """Return the outcome of a shard with 10 URLs, of which 2 images were dropped."""
    fields: dict[str, Any] = {"urls": 10, "records": 8, "size": 4, "attempt": 1}
    fields |= {"feed": FEED, "dropped": {"TooSmall": 2}, "program": PROGRAM.sha256}
    fields |= {"crawls": 1, "seconds": 2.0, "ended": 100.0}
    return Outcome(**{**fields, "fleet": "x", "shard": number, **changed})


def parked(number: int, **changed: Any) -> Outcome:
    """Return the outcome of a shard that was given up without a list of what failed."""
    fields = {"parked": "it broke", "attempt": 3, "failed": {"it broke": 10}}
    ended = {"fleet": "x", "shard": number, "urls": 10, "program": PROGRAM.sha256}
    return Outcome(**{**ended, **fields, **changed})


def stored(
    place: Place,
    number: int,
    urls: list[str],
    failures: list[Failure] | None = None,
    **changed: Any,
) -> Outcome:
    """Store feed, list of what failed and outcome of a shard."""
    lines = "".join(json.dumps({"url": url} if url else {}) + "\n" for url in urls)
    feed = gzip.compress(lines.encode())
    fields: dict[str, Any] = {"records": len(urls), "size": len(feed)}
    fields["sha256"] = sha256(feed).hexdigest()
    fields["feed"] = feed_name(number, fields["sha256"])
    place.write(fields["feed"], feed)
    if failures:
        content = gzipped(failures)
        fields["failures"] = failures_name(number, sha256(content).hexdigest())
        fields["failed"] = {failure.reason: 1 for failure in failures}
        place.write(fields["failures"], content)
    made = outcome(number, **{**fields, **changed})
    made.save(place)
    return made


def manifest_of(*follows: int | None) -> Manifest:
    return Manifest(
        id="x",
        submitted="",
        urls_file="urls.txt",
        list_origin="",
        list_sha256="",
        program=PROGRAM,
        duplicates=0,
        rejected=0,
        local=0,
        shard_urls=10,
        arguments={},
        settings={},
        shards=[Shard(urls=10, sha256="", follows=one is not None) for one in follows],
    )
