"""The actions of ``scrapy fleet``; each returns an exit code."""

from __future__ import annotations

import json
from argparse import Namespace
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from fpcrawler.console.exit_codes import ExitCode
from fpcrawler.console.program import program
from fpcrawler.console.stop_event import stop_by_signal
from fpcrawler.console.streams import say, write_json, write_text
from fpcrawler.console.text import count_in_words
from fpcrawler.errors import BadInput
from fpcrawler.fleet.client import QueueUnavailable
from fpcrawler.fleet.collecting import ask_again, collect, enqueue_missing
from fpcrawler.fleet.ledger import Ledger, read_ledger
from fpcrawler.fleet.local import alone_at, run_chains
from fpcrawler.fleet.manifest import COLLECTED, ENQUEUED, Manifest
from fpcrawler.fleet.performing import check_writable
from fpcrawler.fleet.places.opening import place_of
from fpcrawler.fleet.status import Status, extent_of, idle_note, left_out_of
from fpcrawler.fleet.submitting import submit
from fpcrawler.fleet.worker import Worker

if TYPE_CHECKING:
    from fpcrawler.fleet.places.place import Place
    from fpcrawler.fleet.queue import Queue
    from fpcrawler.fleet.settings import FleetSettings


def _submit(opts: Namespace, settings: FleetSettings) -> ExitCode:
    queue = settings.queue(opts.redis)
    place, manifest, said = _cut(opts, settings, "submitted")
    enqueued = enqueue_missing(queue, place, read_ledger(place, manifest))
    report(f"{said}; {count_in_words(enqueued, 'chain')} enqueued")
    return ExitCode.FINISHED


def _plan(opts: Namespace, settings: FleetSettings) -> ExitCode:
    """Cut the list; print the number of chains, the size of an array of jobs."""
    _, manifest, said = _cut(opts, settings, "planned")
    report(said)
    write_text([f"{len(manifest.chains)}\n"])
    return ExitCode.FINISHED


def _work(opts: Namespace, settings: FleetSettings) -> ExitCode:
    queue, performer = settings.queue(opts.redis), settings.performer(report)
    worker = Worker(queue, performer, settings.check, stop_by_signal(report))
    worker.run(opts.processes)
    return ExitCode.STOPPED


def _crawl(opts: Namespace, settings: FleetSettings) -> ExitCode:
    """Perform one chain, whatever other processes do with the others."""
    place = place_of(opts.to)
    manifest = Manifest.of(place)
    settings.check(place, manifest)
    most = len(manifest.chains) - 1
    if opts.chain > most:
        raise BadInput(f"--chain is {opts.chain}; the list has chains 0 to {most}.")
    chain = manifest.chains[opts.chain]
    if opts.retry:
        ask_again(place, read_ledger(place, manifest, chain))
    perform = partial(settings.performer(report).perform, place, manifest)
    stopping = stop_by_signal(report)
    run_chains(perform, [chain], 1, stopping)
    if stopping.is_set():
        return ExitCode.STOPPED
    is_done = {*chain} <= {*read_ledger(place, manifest, chain).done}
    report(f"chain {opts.chain} is {'' if is_done else 'not '}done")
    return ExitCode.FINISHED if is_done else ExitCode.FAILED


def _status(opts: Namespace, settings: FleetSettings) -> ExitCode:
    try:
        queue: Queue | None = settings.queue(opts.redis)
    except (BadInput, QueueUnavailable):
        if opts.to is None:
            raise
        queue = None  # the place has all except what is running
    found, code = list[Status](), ExitCode.FINISHED
    for uri in _places(opts, queue):
        try:
            found.append(_status_of(place_of(uri), queue))
        except (BadInput, OSError) as error:
            if opts.to:
                raise
            report(str(error))
            code = ExitCode.FAILED
    if opts.json:
        text = json.dumps([status.as_json() for status in found], indent=1)
        write_json([f"{text}\n"])
    elif found:
        text = "\n\n".join("\n".join(status.lines()) for status in found)
        write_text([f"{text}\n"])
    return code


def _collect(opts: Namespace, settings: FleetSettings) -> ExitCode:
    queue = None if opts.to else settings.queue(opts.redis)
    uri, *others = _places(opts, queue)
    if others:
        raise BadInput(f"--to is missing; use one of {', '.join([uri, *others])}.")
    place = place_of(uri)
    ledger = _ledger(place, retries=opts.retry)
    if ledger.left and (queue or opts.redis or place.size(ENQUEUED) is not None):
        try:
            queue = queue or settings.queue(opts.redis)
            if opts.retry:
                queue.forget_parked(place.uri, ledger.manifest.id)
            ledger = ledger.with_parked(queue.parked(place.uri, ledger.manifest.id))
            enqueued = enqueue_missing(queue, place, ledger)
            report(f"{count_in_words(enqueued, 'missing chain')} enqueued")
        except (BadInput, QueueUnavailable) as error:
            report(f"nothing enqueued: {error}")  # say what is missing nevertheless
    running = None if queue is None else queue.running(place.uri, ledger.manifest)
    status = Status(place=place.uri, ledger=ledger, running=running)
    return collect(place, status, report, without_failed=opts.without_failed)


def _run(opts: Namespace, settings: FleetSettings) -> ExitCode:
    place = place_of(opts.to)
    with alone_at(place):
        manifest, _ = submit(place, settings.submission(opts), report)
        ledger = _ledger(place, retries=opts.retry)
        left = f"shards left: {len(ledger.left):,}"
        report(f"{extent_of(manifest)}{left_out_of(manifest)}; {left}")
        if ledger.left:
            check_writable(place)
        if note := idle_note(len(ledger.chains_left), opts.local):
            report(note)
        stopping = stop_by_signal(report)
        perform = partial(settings.performer(report).perform, place, manifest)
        run_chains(perform, ledger.chains(), opts.local, stopping)
        if stopping.is_set():
            report("stopped; run the same command again to continue")
            return ExitCode.STOPPED
        ledger = read_ledger(place, manifest)
        status = Status(place=place.uri, ledger=ledger, running=[])
        return collect(place, status, report, without_failed=opts.without_failed)


ACTIONS: dict[str, Callable[[Namespace, FleetSettings], ExitCode]] = {
    "run": _run,
    "submit": _submit,
    "work": _work,
    "plan": _plan,
    "crawl": _crawl,
    "status": _status,
    "collect": _collect,
}


def report(*lines: str) -> None:
    """Write lines to stderr."""
    say("".join(f"{program()} fleet: {line}\n" for line in lines))


def _cut(
    opts: Namespace, settings: FleetSettings, done: str
) -> tuple[Place, Manifest, str]:
    place = place_of(opts.to)
    manifest, is_new = submit(place, settings.submission(opts), report)
    state = f"{'' if is_new else 'already '}{done}{left_out_of(manifest)}"
    return place, manifest, f"{extent_of(manifest)} {state}"


def _ledger(place: Place, *, retries: bool) -> Ledger:
    ledger = read_ledger(place, Manifest.of(place))
    if retries:
        ledger = ask_again(place, ledger)
    if ledger.left or ledger.parked:
        place.remove(COLLECTED)  # it is out of date
    return ledger


def _places(opts: Namespace, queue: Queue | None) -> list[str]:
    """Return that of ``--to``, or all that Redis knows; raises QueueUnavailable."""
    places = [opts.to] if queue is None or opts.to else queue.places()
    if not places:
        raise QueueUnavailable(
            "this Redis knows no list; name its place with --to PLACE. If Redis lost "
            f"its data, {program()} fleet collect --to PLACE enqueues what is missing."
        )
    return places


def _status_of(place: Place, queue: Queue | None) -> Status:
    manifest = Manifest.of(place)
    running = queued = None
    if queue is not None:
        running = queue.running(place.uri, manifest)
        if place.size(ENQUEUED) is not None:
            queued = len(queue.waiting(place.uri, manifest.id))
    ledger = read_ledger(place, manifest)
    if queue is not None:
        ledger = ledger.with_parked(queue.parked(place.uri, manifest.id))
    return Status(place=place.uri, ledger=ledger, running=running, queued=queued)
