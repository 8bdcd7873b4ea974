"""``scrapy fleet collect``: what is missing, what failed, and collected.json."""

from __future__ import annotations

import dataclasses
import gzip
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from io import BytesIO
from itertools import groupby
from typing import TYPE_CHECKING, Any

from msgspec.structs import asdict, replace

from fpcrawler.console.exit_codes import ExitCode
from fpcrawler.console.text import count_in_words
from fpcrawler.fleet.manifest import COLLECTED, ENQUEUED
from fpcrawler.fleet.outcome import RESULTS
from fpcrawler.fleet.queue import Ticket
from fpcrawler.fleet.status import left_out_counts, left_out_of

if TYPE_CHECKING:
    from fpcrawler.fleet.ledger import Ledger
    from fpcrawler.fleet.outcome import Outcome
    from fpcrawler.fleet.places.place import Place
    from fpcrawler.fleet.queue import Queue
    from fpcrawler.fleet.status import Status


_OF_SHARD = ("shard", "feed", "urls", "records", "sha256", "dropped", "failed")


def enqueue_missing(queue: Queue, place: Place, ledger: Ledger) -> int:
    """Enqueue chains that have shards left, but none in Redis; return how many."""
    manifest = ledger.manifest
    place.write(ENQUEUED, b"")
    queue.register(place.uri)
    running = queue.running(place.uri, manifest)
    busy = queue.waiting(place.uri, manifest.id) | {one.shard for one in running}
    missing = [
        chain.start
        for chain in ledger.chains()
        if busy.isdisjoint(manifest.chain_of[chain.start])
        and manifest.shards[chain.start].machine is None
    ]
    for shard in missing:
        queue.put(Ticket(place=place.uri, fleet=manifest.id, shard=shard))
    return len(missing)


def ask_again(place: Place, ledger: Ledger) -> Ledger:
    """Ask for parked shards, and for what failed in others, to be crawled again."""
    asked = {
        number: replace(outcome, again=True, parked=None, refused=False)
        for number, outcome in ledger.outcomes.items()
        if outcome.failed and not outcome.again
    }
    if asked:
        place.remove(COLLECTED)  # it is out of date
    for outcome in asked.values():
        outcome.save(place)
    return dataclasses.replace(ledger, outcomes=ledger.outcomes | asked)


def collect(
    place: Place, status: Status, report: Callable[..., None], *, without_failed: bool
) -> ExitCode:
    """Write collected.json if the fleet is complete; report the ``status``.

    ``without_failed``: what failed and parked shards count as complete, but not those
    whose result the place refused: nobody knows what failed in them.
    """
    ledger = status.ledger
    is_refused = any(outcome.refused for outcome in ledger.outcomes.values())
    is_short = bool(ledger.parked or ledger.failed) and not without_failed
    skipped = left_out_of(ledger.manifest)
    if ledger.left or is_refused or is_short:
        place.remove(COLLECTED)  # it is out of date
        report(f"not complete{skipped}", *status.lines()[1:], *_missing(ledger))
        return ExitCode.FAILED
    totals = write_collected(place, ledger)
    _remove_unnamed(place, ledger)
    place.tidy()
    failed = totals["failed"]
    without = f"; failed: {_in_words(failed)}" if failed else ""
    report(
        f"complete: {count_in_words(totals['records'], 'record')} from "
        f"{count_in_words(totals['urls'], 'URL')}{skipped}{without}; "
        f"repeated across shards: {totals['repeated']:,}",
        f"{place.uri}/{COLLECTED}",
    )
    return ExitCode.FINISHED


def _remove_unnamed(place: Place, ledger: Ledger) -> None:
    """Remove feeds and lists that belong to no shard's end; a kill has left them."""
    named = {name for outcome in ledger.outcomes.values() for name in outcome.files}
    for name in place.sizes(RESULTS).keys() - named:
        if name.endswith(".jsonl.gz"):
            place.remove(name)


def _missing(ledger: Ledger) -> Iterator[str]:
    """Yield what is missing of a fleet, and how to go on."""
    if ledger.left:
        yield f"chains   {ranges(ledger.chains_left)} have shards left"
    if ledger.chains_to_retry:
        outcomes = ledger.outcomes.values()
        is_listed = any(one.failures for one in outcomes)
        lists = f"; see {RESULTS}/*.failed.jsonl.gz" if is_listed else ""
        yield f"reasons  {_in_words(_sum(one.failed for one in outcomes))}{lists}"
        chains = ranges(ledger.chains_to_retry)
        yield f"retry    {chains} are the chains that --retry crawls again"
    refused = sum(outcome.refused for outcome in ledger.outcomes.values())
    if refused:
        count = count_in_words(refused, "shard")
        yield f"crawl {count} again with --retry: the place refused the result"
    elif not ledger.left:
        yield "crawl what failed again with --retry, or accept it with --without-failed"


def ranges(numbers: Iterable[int]) -> str:
    """Return sorted numbers as the array indices of Slurm, such as ``0-3,7``."""
    pairs = groupby(enumerate(numbers), lambda pair: pair[1] - pair[0])
    runs = ([number for _, number in run] for _, run in pairs)
    return ",".join("-".join(map(str, sorted({run[0], run[-1]}))) for run in runs)


def _in_words(counts: Counter[str]) -> str:
    return ", ".join(f"{name} {count:,}" for name, count in counts.most_common())


def write_collected(place: Place, ledger: Ledger) -> dict[str, Any]:
    """Write collected.json; return what it has, without its shards."""
    from fpcrawler.tables.texts import repeats  # noqa: PLC0415 - DuckDB takes 0.1 s

    crawled, manifest = ledger.crawled, ledger.manifest
    program = {"version": manifest.program.version, "sha256": manifest.program.sha256}
    totals = {
        "fleet": manifest.id,
        "list": manifest.urls_file,
        "program": program,
        "urls": manifest.urls,
        "skipped": left_out_counts(manifest),
        "records": sum(outcome.records for outcome in crawled),
        # A listed URL is in one shard, but images of pages may be in several.
        "repeated": repeats(_urls(place, crawled), place.scratch()),
        "bytes": sum(outcome.size for outcome in crawled),
        "dropped": _sum(outcome.dropped for outcome in crawled),
        "failed": _sum(outcome.failed for outcome in ledger.outcomes.values()),
        "parked": [one.shown_parked for one in ledger.parked.values()],
    }
    shards = [*map(_shard, crawled)]
    place.write(COLLECTED, json.dumps({**totals, "shards": shards}, indent=1).encode())
    return totals


def _urls(place: Place, crawled: Iterable[Outcome]) -> Iterator[str]:
    for outcome in crawled:
        with gzip.open(BytesIO(place.read(str(outcome.feed)) or b"")) as lines:
            for line in lines:
                url = json.loads(line).get("url")
                if url is not None:
                    yield json.dumps(url)  # a line of ASCII, whatever it contains


def _shard(outcome: Outcome) -> dict[str, Any]:
    fields = asdict(outcome)
    return {name: fields[name] for name in _OF_SHARD} | {"bytes": outcome.size}


def _sum(counts: Iterable[Mapping[str, int]]) -> Counter[str]:
    return sum(map(Counter[str], counts), Counter[str]())
