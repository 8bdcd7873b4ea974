"""``scrapy fleet collect``: what is missing, what failed, and collected.json."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from io import BytesIO
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import Struct

from fpcrawler.console.exit_codes import ExitCode
from fpcrawler.console.text import count_in_words
from fpcrawler.fleet.grouping import repeats
from fpcrawler.fleet.manifest import (
    COLLECTED,
    DROPPED,
    PARKED,
    RESULTS,
    list_name,
    parked_name,
)
from fpcrawler.fleet.parking import given_up_name
from fpcrawler.fleet.queue import Ticket
from fpcrawler.fleet.status import Status, left_out_counts, left_out_of

if TYPE_CHECKING:
    from fpcrawler.fleet.ledger import Ledger
    from fpcrawler.fleet.manifest import Result
    from fpcrawler.fleet.places.place import Place
    from fpcrawler.fleet.queue import Queue


_LISTS_OF_FAILED = f"{RESULTS}/*.failed.jsonl.gz, {PARKED}/*.failed.jsonl.gz"


class _Failure(Struct):
    reason: str


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
    chains = [
        chain
        for chain in ledger.chains()
        if busy.isdisjoint(manifest.chain_of[chain.start])
        and manifest.shards[chain.start].machine is None
    ]
    for chain in chains:
        queue.put(Ticket(place=place.uri, fleet=manifest.id, shard=chain.start))
    return len(chains)


def ask_again(place: Place, ledger: Ledger) -> Ledger:
    """Ask for parked shards, and for what failed in others, to be crawled again."""
    for number in ledger.parked:
        place.remove(parked_name(number))
        place.remove(given_up_name(number))
    failed = {n for n, result in ledger.results.items() if result.failed}
    if failed or ledger.parked:
        place.remove(COLLECTED)  # it is out of date
    for number in failed - ledger.again:
        generation = ledger.results[number].generation + 1
        # Empty: what failed is in a file beside the feed.
        place.write(list_name(ledger.manifest.id, number, generation), b"")
    return replace(ledger, parked={}, again=ledger.again | failed)


def _reasons_of(place: Place, result: Result) -> Counter[str]:
    """Count what failed in a shard, by reason."""
    if not result.failed:
        return Counter()
    return _reasons_in(place, result.failures)


def _reasons_of_parked(place: Place, ledger: Ledger) -> Counter[str]:
    """Count the URLs of parked shards by reason; those with a result are in that."""
    reasons = Counter[str]()
    for number in ledger.parked.keys() - ledger.results.keys():
        whole = {ledger.parked[number].reason: ledger.manifest.shards[number].urls}
        reasons.update(_reasons_in(place, given_up_name(number)) or whole)
    return reasons


def _reasons_in(place: Place, name: str) -> Counter[str]:
    with gzip.open(BytesIO(place.read(name) or b"")) as lines:
        return Counter(
            msgspec.json.decode(line, type=_Failure).reason for line in lines
        )


def collect(
    place: Place, ledger: Ledger, report: Callable[..., None], *, without_failed: bool
) -> ExitCode:
    """Write collected.json if the fleet is complete; report the state.

    ``without_failed``: what failed and parked shards count as complete, but not those
    whose result the place refused: nobody knows what failed in them.
    """
    is_short = bool(ledger.parked or ledger.failed) and not without_failed
    if ledger.left or ledger.refused or is_short:
        place.remove(COLLECTED)  # it is out of date
        status = Status(place=place.uri, ledger=ledger, running=[])
        skipped = left_out_of(ledger.manifest)
        report(f"not complete{skipped}", *status.lines()[1:], *_missing(place, ledger))
        return ExitCode.FAILED
    totals = write_collected(place, ledger)
    _remove_unnamed(place, ledger)
    place.tidy()
    failed = totals["failed"]
    without = f"; failed: {_in_words(failed)}" if failed else ""
    report(
        f"complete: {count_in_words(totals['records'], 'record')} from "
        f"{count_in_words(totals['urls'], 'URL')}{left_out_of(ledger.manifest)}"
        f"{without}; "
        f"repeated across shards: {totals['repeated']:,}",
        f"{place.uri}/{COLLECTED}",
    )
    return ExitCode.FINISHED


def _remove_unnamed(place: Place, ledger: Ledger) -> None:
    """Remove feeds and lists that belong to no shard's end; a kill has left them."""
    named = {result.feed for result in ledger.results.values()}
    named |= {result.failures for result in ledger.results.values()}
    named |= {given_up_name(number) for number in ledger.parked}
    for name in {*place.listing(RESULTS), *place.listing(PARKED)} - named:
        if name.endswith(".jsonl.gz"):
            place.remove(name)


def _missing(place: Place, ledger: Ledger) -> Iterator[str]:
    """Yield what is missing of a fleet, and how to go on."""
    if ledger.left:
        yield f"chains   {ranges(ledger.chains_left)} have shards left"
    if ledger.chains_to_retry:
        failed = _sum(_reasons_of(place, one) for one in ledger.results.values())
        failed += _reasons_of_parked(place, ledger)
        yield f"reasons  {_in_words(failed)}; see {_LISTS_OF_FAILED}"
        chains = ranges(ledger.chains_to_retry)
        yield f"retry    {chains} are the chains that --retry crawls again"
    if ledger.refused:
        count = count_in_words(len(ledger.refused), "shard")
        yield f"crawl {count} again with --retry: the place refused the result"
    elif not ledger.left:
        yield "crawl what failed again with --retry, or accept it with --without-failed"


def ranges(numbers: Iterable[int]) -> str:
    """Return sorted numbers as the array indices of Slurm, such as ``0-3,7``."""
    found: list[list[int]] = []
    for number in numbers:
        if found and found[-1][-1] == number - 1:
            found[-1][1:] = [number]
        else:
            found.append([number])
    return ",".join("-".join(map(str, ends)) for ends in found)


def _in_words(counts: Counter[str]) -> str:
    return ", ".join(f"{name} {count:,}" for name, count in counts.most_common())


def write_collected(place: Place, ledger: Ledger) -> dict[str, Any]:
    """Write collected.json; return what it has, without its shards."""
    done = [result for _, result in sorted(ledger.results.items())]
    shards = [_shard(place, result) for result in done]
    totals = {
        "fleet": ledger.manifest.id,
        "list": ledger.manifest.urls_file,
        "program": msgspec.to_builtins(ledger.manifest.program),
        "urls": ledger.manifest.urls,
        "skipped": left_out_counts(ledger.manifest),
        "records": sum(result.records for result in done),
        # A listed URL is in one shard, but images of pages may be in several.
        "repeated": repeats(_urls(place, done), place.scratch()),
        "bytes": sum(result.size for result in done),
        "dropped": _sum(shard["dropped"] for shard in shards),
        "failed": _sum(shard["failed"] for shard in shards)
        + _reasons_of_parked(place, ledger),
        "parked": [
            {
                "shard": number,
                "urls": ledger.manifest.shards[number].urls,
                "reason": why.reason,
            }
            for number, why in sorted(ledger.parked.items())
        ],
    }
    place.write(COLLECTED, json.dumps({**totals, "shards": shards}, indent=1).encode())
    return totals


def _urls(place: Place, results: Iterable[Result]) -> Iterator[str]:
    for result in results:
        with gzip.open(BytesIO(place.read(result.feed) or b"")) as lines:
            for line in lines:
                url = json.loads(line).get("url")
                if url is not None:
                    yield json.dumps(url)  # a line of ASCII, whatever it contains


def _shard(place: Place, result: Result) -> dict[str, Any]:
    return {
        "shard": result.shard,
        "feed": result.feed,
        "urls": result.urls,
        "records": result.records,
        "bytes": result.size,
        "sha256": result.sha256,
        "dropped": result.by_reason(DROPPED),
        "failed": _reasons_of(place, result),
    }


def _sum(counts: Iterable[Mapping[str, int]]) -> Counter[str]:
    total = Counter[str]()
    for count in counts:
        total.update(count)
    return total
