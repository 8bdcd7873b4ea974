"""The actions of ``scrapy fleet``; each returns an exit code."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from fpcrawler.console.exit_codes import ExitCode
from fpcrawler.console.streams import write_json, write_text
from fpcrawler.console.text import count_in_words
from fpcrawler.errors import BadInput
from fpcrawler.fleet.collecting import ask_again, collect, enqueue_missing
from fpcrawler.fleet.ledger import Ledger, read_ledger
from fpcrawler.fleet.local import alone_at, run_chains
from fpcrawler.fleet.manifest import COLLECTED, ENQUEUED, Manifest
from fpcrawler.fleet.performing import check_writable
from fpcrawler.fleet.places.opening import place_of
from fpcrawler.fleet.queue import QueueUnavailable
from fpcrawler.fleet.request import report
from fpcrawler.fleet.requested import (
    check_program,
    chosen_chain,
    known_places,
    named_place,
    only_place,
    queue_of,
    stop_by_signal,
)
from fpcrawler.fleet.status import Status, extent_of, idle_note, left_out_of
from fpcrawler.fleet.submitting import submit
from fpcrawler.fleet.worker import Worker

if TYPE_CHECKING:
    from fpcrawler.fleet.places.place import Place
    from fpcrawler.fleet.queue import Queue
    from fpcrawler.fleet.request import Request


def _submit(request: Request) -> ExitCode:
    place = named_place(request)
    queue = queue_of(request)
    manifest, is_new = submit(place, request.submission, report)
    ledger = read_ledger(place, manifest)
    enqueued = _enqueued(queue, place, ledger)
    state = "submitted" if is_new else "already submitted"
    report(
        f"{extent_of(manifest)} {state}{left_out_of(manifest)}; "
        f"{count_in_words(enqueued, 'chain')} enqueued"
    )
    return ExitCode.FINISHED


def _plan(request: Request) -> ExitCode:
    """Cut the list; print the number of chains, the size of an array of jobs."""
    manifest, is_new = submit(named_place(request), request.submission, report)
    state = "planned" if is_new else "already planned"
    report(f"{extent_of(manifest)} {state}{left_out_of(manifest)}")
    write_text([f"{len(manifest.chains)}\n"])
    sys.stdout.flush()
    return ExitCode.FINISHED


def _work(request: Request) -> ExitCode:
    queue = queue_of(request)

    def check(place: Place, manifest: Manifest) -> None:
        check_program(request, place, manifest)
        check_writable(place)

    worker = Worker(queue, request.performer, check, stop_by_signal())
    worker.run(request.processes)
    return ExitCode.STOPPED


def _crawl(request: Request) -> ExitCode:
    """Perform one chain, whatever other processes do with the others."""
    place = named_place(request)
    manifest = Manifest.of(place)
    check_program(request, place, manifest)
    chain = chosen_chain(request, manifest)
    ledger = read_ledger(place, manifest, chain)
    if request.retries_failed or not {*chain} <= {*ledger.done}:
        check_writable(place)
    if request.retries_failed:
        ask_again(place, ledger)
    stopping = stop_by_signal()
    perform = partial(request.performer.perform, place, manifest)
    run_chains(perform, [chain], 1, stopping)
    if stopping.is_set():
        return ExitCode.STOPPED
    is_done = {*chain} <= {*read_ledger(place, manifest, chain).done}
    report(f"chain {request.chain} is {'' if is_done else 'not '}done")
    return ExitCode.FINISHED if is_done else ExitCode.FAILED


def _status(request: Request) -> ExitCode:
    try:
        queue: Queue | None = queue_of(request)
    except (BadInput, QueueUnavailable):
        if request.to is None:
            raise
        queue = None  # the place has all except what is running
    if request.to:
        found, code = [_status_of(place_of(request.to), queue)], ExitCode.FINISHED
    else:
        found, code = _statuses(queue)
    if request.is_json:
        text = json.dumps([status.as_json() for status in found], indent=1)
        write_json([f"{text}\n"])
    elif found:
        text = "\n\n".join("\n".join(status.lines()) for status in found)
        write_text([f"{text}\n"])
    sys.stdout.flush()
    return code


def _collect(request: Request) -> ExitCode:
    queue = None if request.to else queue_of(request)
    place = place_of(request.to or only_place(queue))
    ledger = _ledger(place, request)
    if ledger.left and (queue or _uses_redis(request, place)):
        try:
            queue = queue or queue_of(request)
            if request.retries_failed:
                queue.forget_parked(place.uri, ledger.manifest.id)
            ledger = ledger.with_parked(queue.parked(place.uri, ledger.manifest.id))
            enqueued = _enqueued(queue, place, ledger)
            report(f"{count_in_words(enqueued, 'missing chain')} enqueued")
        except (
            BadInput,
            QueueUnavailable,
        ) as error:  # say what is missing nevertheless
            report(f"nothing enqueued: {error}")
    return collect(place, ledger, report, without_failed=request.without_failed)


def _run(request: Request) -> ExitCode:
    place = named_place(request)
    with alone_at(place):
        manifest, _ = submit(place, request.submission, report)
        ledger = _ledger(place, request)
        left = f"shards left: {len(ledger.left):,}"
        report(f"{extent_of(manifest)}{left_out_of(manifest)}; {left}")
        if ledger.left:
            check_writable(place)
        if note := idle_note(len(ledger.chains_left), request.processes):
            report(note)
        perform = partial(request.performer.perform, place, manifest)
        stopping = stop_by_signal()
        run_chains(perform, ledger.chains(), request.processes, stopping)
        if stopping.is_set():
            report("stopped; run the same command again to continue")
            return ExitCode.STOPPED
        return collect(
            *(place, read_ledger(place, manifest), report),
            without_failed=request.without_failed,
        )


ACTIONS: dict[str, Callable[[Request], ExitCode]] = {
    "run": _run,
    "submit": _submit,
    "work": _work,
    "plan": _plan,
    "crawl": _crawl,
    "status": _status,
    "collect": _collect,
}


def _ledger(place: Place, request: Request) -> Ledger:
    ledger = read_ledger(place, Manifest.of(place))
    if request.retries_failed:
        ledger = ask_again(place, ledger)
    if not ledger.is_complete:
        place.remove(COLLECTED)  # it is out of date
    return ledger


def _enqueued(queue: Queue, place: Place, ledger: Ledger) -> int:
    if place.size(ENQUEUED) is None:
        place.write(ENQUEUED, b"")
    return enqueue_missing(queue, place, ledger)


def _uses_redis(request: Request, place: Place) -> bool:
    """Return whether Redis has had chains of a place, or is named for them."""
    return request.names_redis or place.size(ENQUEUED) is not None


def _status_of(place: Place, queue: Queue | None) -> Status:
    manifest = Manifest.of(place)
    running = queued = None
    if queue is not None:
        running = [*queue.running(place.uri, manifest.id, manifest.chains)]
        if place.size(ENQUEUED) is not None:
            queued = len(queue.waiting(place.uri, manifest.id))
    ledger = read_ledger(place, manifest)
    if queue is not None:
        ledger = ledger.with_parked(queue.parked(place.uri, manifest.id))
    return Status(place=place.uri, ledger=ledger, running=running, queued=queued)


def _statuses(queue: Queue | None) -> tuple[list[Status], ExitCode]:
    """Return the state of each place in Redis; report those that fail."""
    found, code = list[Status](), ExitCode.FINISHED
    for uri in known_places(queue):
        try:
            found.append(_status_of(place_of(uri), queue))
        except (BadInput, OSError) as error:
            report(str(error))
            code = ExitCode.FAILED
    return found, code
