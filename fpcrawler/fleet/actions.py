"""The actions of ``scrapy fleet``; each returns an exit code."""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from types import FrameType
from typing import TYPE_CHECKING

from fpcrawler.console.exit_codes import ExitCode
from fpcrawler.console.streams import say, write_json, write_text
from fpcrawler.console.text import count_in_words
from fpcrawler.errors import BadInput
from fpcrawler.fleet.collecting import ask_again, collect, enqueue_missing
from fpcrawler.fleet.ledger import Ledger, read_ledger
from fpcrawler.fleet.local import LocalFleet, alone_at
from fpcrawler.fleet.manifest import COLLECTED, Manifest
from fpcrawler.fleet.places.opening import place_of
from fpcrawler.fleet.queue import Queue
from fpcrawler.fleet.scratch import scratch
from fpcrawler.fleet.shard_runner import ShardRunner
from fpcrawler.fleet.status import Status, extent_of, left_out_of
from fpcrawler.fleet.submitting import submit
from fpcrawler.fleet.worker import Worker

if TYPE_CHECKING:
    from fpcrawler.fleet.places.place import Place
    from fpcrawler.fleet.request import Request


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """An action of ``scrapy fleet``: its function and the options it accepts."""

    act: Callable[[Request], ExitCode]
    options: frozenset[str]
    has_list: bool = False


def _submit(request: Request) -> ExitCode:
    place = _named_place(request)
    queue = _queue(request)
    manifest, is_new = _submitted(place, request)
    ledger = read_ledger(place, manifest, trusts_size=True)
    enqueued = enqueue_missing(queue, place, ledger)
    state = "submitted" if is_new else "already submitted"
    _report(
        f"{extent_of(manifest)} {state}{left_out_of(manifest)}; "
        f"{count_in_words(enqueued, 'chain')} enqueued"
    )
    return ExitCode.FINISHED


def _work(request: Request) -> ExitCode:
    queue = _queue(request)
    with scratch() as folder:
        worker = Worker(queue, _runner(request, folder), request.processes)
        _stop_by_signal(worker.stopping)
        worker.run()
    return ExitCode.STOPPED


def _status(request: Request) -> ExitCode:
    try:
        queue: Queue | None = _queue(request)
    except BadInput:
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
    else:
        text = "\n\n".join("\n".join(status.lines()) for status in found)
        write_text([f"{text}\n"])
    sys.stdout.flush()
    return code


def _collect(request: Request) -> ExitCode:
    queue = None if request.to else _queue(request)
    place = place_of(request.to or _only_place(queue))
    ledger = _ledger(place, request)
    if ledger.left:
        try:
            enqueued = enqueue_missing(queue or _queue(request), place, ledger)
            _report(f"{count_in_words(enqueued, 'missing chain')} enqueued")
        except BadInput as error:  # say what is missing nevertheless
            _report(f"nothing enqueued: {error}")
    return collect(place, ledger, _report, without_failed=request.without_failed)


def _run(request: Request) -> ExitCode:
    place = _named_place(request)
    with alone_at(place), scratch() as folder:
        manifest, _ = _submitted(place, request)
        ledger = _ledger(place, request)
        left = f"shards left: {len(ledger.left):,}"
        _report(f"{extent_of(manifest)}{left_out_of(manifest)}; {left}")
        _report_idle(ledger, request.processes)
        fleet = LocalFleet(place, manifest, _runner(request, folder))
        _stop_by_signal(fleet.stopping)
        fleet.run(ledger.heads(), request.processes)
        if fleet.stopping.is_set():
            _report("stopped; run the same command again to continue")
            return ExitCode.STOPPED
        return collect(
            *(place, read_ledger(place, manifest), _report),
            without_failed=request.without_failed,
        )


_CRAWL = frozenset({"to", "arguments"})
ACTIONS = {
    "submit": Action(act=_submit, options=_CRAWL | {"redis"}, has_list=True),
    "work": Action(act=_work, options=frozenset({"redis", "processes"})),
    "status": Action(act=_status, options=frozenset({"redis", "to", "json"})),
    "collect": Action(
        act=_collect, options=frozenset({"redis", "to", "retry", "without_failed"})
    ),
    "run": Action(
        act=_run,
        options=_CRAWL | {"local", "retry", "without_failed"},
        has_list=True,
    ),
}


def _submitted(place: Place, request: Request) -> tuple[Manifest, bool]:
    is_new = submit(place, request.submission, _report)
    return Manifest.of(place), is_new


def _ledger(place: Place, request: Request) -> Ledger:
    ledger = read_ledger(place, Manifest.of(place))
    if request.retries_failed:
        ledger = ask_again(place, ledger)
    if not ledger.is_complete:
        place.remove(COLLECTED)  # it is out of date
    return ledger


def _status_of(place: Place, queue: Queue | None) -> Status:
    manifest = Manifest.of(place)
    running = queued = None
    if queue is not None:
        running = [*queue.running(place.uri, manifest.id, manifest.chains)]
        queued = len(queue.waiting(place.uri, manifest.id))
    ledger = read_ledger(place, manifest, trusts_size=True)
    return Status(place=place.uri, ledger=ledger, running=running, queued=queued)


def _statuses(queue: Queue | None) -> tuple[list[Status], ExitCode]:
    """Return the state of each place in Redis; report those that fail."""
    found, code = list[Status](), ExitCode.FINISHED
    for uri in _known_places(queue):
        try:
            found.append(_status_of(place_of(uri), queue))
        except (BadInput, OSError) as error:
            _report(str(error))
            code = ExitCode.FAILED
    return found, code


def _named_place(request: Request) -> Place:
    if request.to is None:
        raise BadInput(
            "--to is missing; name a folder or s3://bucket/prefix for the results."
        )
    return place_of(request.to)


def _known_places(queue: Queue | None) -> list[str]:
    places = queue.places() if queue else []
    if not places:
        raise BadInput(
            "this Redis knows no list; name its place with --to PLACE. If Redis has "
            "lost its data, scrapy fleet collect --to PLACE enqueues what is missing."
        )
    return places


def _only_place(queue: Queue | None) -> str:
    places = _known_places(queue)
    if len(places) > 1:
        raise BadInput(f"--to is missing; use one of {', '.join(places)}.")
    return places[0]


def _queue(request: Request) -> Queue:
    return Queue.connect(request.redis, lease=request.lease)


def _runner(request: Request, folder: Path) -> ShardRunner:
    return ShardRunner(
        limits=request.limits, policy=request.policy, scratch=folder, report=_report
    )


def _report_idle(ledger: Ledger, processes: int) -> None:
    chains = len(ledger.chains_left)
    if 0 < chains < processes:
        _report(
            f"{count_in_words(chains, 'chain')} of shards left, so only {chains} of "
            f"{processes} processes have work: one process at a time crawls a host"
        )


def _stop_by_signal(stopping: Event) -> None:
    """Stop gracefully at the first signal, immediately at the second."""

    def stop(_: int, __: FrameType | None) -> None:
        if stopping.is_set():
            os._exit(ExitCode.STOPPED)  # the crawls end with this process
        stopping.set()
        _report("stopping; a second signal stops immediately")

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)


def _report(*lines: str) -> None:
    say("".join(f"scrapy fleet: {line}\n" for line in lines))
