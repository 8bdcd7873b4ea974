"""Open what a command line of ``scrapy fleet`` names."""

from __future__ import annotations

import os
import signal
from threading import Event
from types import FrameType
from typing import TYPE_CHECKING

from fpcrawler.console.exit_codes import ExitCode
from fpcrawler.console.program import program
from fpcrawler.errors import BadInput
from fpcrawler.fleet.places.opening import place_of
from fpcrawler.fleet.queue import Queue, QueueUnavailable
from fpcrawler.fleet.request import report

if TYPE_CHECKING:
    from fpcrawler.fleet.manifest import Manifest
    from fpcrawler.fleet.places.place import Place
    from fpcrawler.fleet.request import Request


def named_place(request: Request) -> Place:
    """Open the place of ``--to``; raises BadInput."""
    if request.to is None:
        raise BadInput(
            "--to is missing; name a folder or s3://bucket/prefix for the results."
        )
    return place_of(request.to)


def known_places(queue: Queue | None) -> list[str]:
    """Return the places that Redis knows; raises QueueUnavailable without any."""
    places = queue.places() if queue else []
    if not places:
        raise QueueUnavailable(
            "this Redis knows no list; name its place with --to PLACE. If Redis lost "
            f"its data, {program()} fleet collect --to PLACE enqueues what is missing."
        )
    return places


def only_place(queue: Queue | None) -> str:
    """Return the only place that Redis knows; raises BadInput or QueueUnavailable."""
    places = known_places(queue)
    if len(places) > 1:
        raise BadInput(f"--to is missing; use one of {', '.join(places)}.")
    return places[0]


def queue_of(request: Request) -> Queue:
    """Connect to the queue in Redis; raises BadInput or QueueUnavailable."""
    return Queue.connect(request.redis, lease=request.lease)


def check_program(request: Request, place: Place, manifest: Manifest) -> None:
    """Raise OtherProgram if the list was submitted with another program."""
    here = request.installed_for(manifest)
    here.check(manifest.program, manifest.marks, place.uri)


def chosen_chain(request: Request, manifest: Manifest) -> range:
    """Return the shards of ``--chain``; raises BadInput."""
    if request.chain is None:
        raise BadInput("--chain is missing; name one by its number, from 0 on.")
    if request.chain >= len(manifest.chains):
        raise BadInput(
            f"--chain is {request.chain}, but the list has {len(manifest.chains)} "
            f"chains; use 0 to {len(manifest.chains) - 1}."
        )
    return manifest.chains[request.chain]


def stop_by_signal() -> Event:
    """Return an event that the first signal sets; a second one ends the process."""
    stopping = Event()

    def stop(_: int, __: FrameType | None) -> None:
        if stopping.is_set():
            os._exit(ExitCode.STOPPED)  # the crawls end with this process
        stopping.set()
        report("stopping; a second signal stops immediately")

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    return stopping
