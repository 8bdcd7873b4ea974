"""A worker's chain ends, or what is left of it goes back into the queue.

The lists are not those that were submitted, so each attempt fails without a crawl.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, NamedTuple

import msgspec
import pytest

from fpcrawler.fleet.crawling import Limits
from fpcrawler.fleet.ledger import read_ledger
from fpcrawler.fleet.manifest import Manifest, list_name
from fpcrawler.fleet.performing import Performer
from fpcrawler.fleet.places.folder import Folder
from fpcrawler.fleet.queue import Ticket
from fpcrawler.fleet.worker import Worker
from tests.fleet.outcomes import manifest_of
from tests.fleet.test_queue import queue_of

if TYPE_CHECKING:
    from fpcrawler.fleet.places.place import Place
    from fpcrawler.fleet.queue import Queue
    from tests.servers.redis import RedisServer


class World(NamedTuple):
    """A list of one chain with two shards, a queue, and a ticket for the chain."""

    place: Folder
    manifest: Manifest
    queue: Queue
    ticket: Ticket

    def worker(
        self,
        retries: int = 0,
        stopping: Event | None = None,
        check: Callable[[Place, Manifest], None] = lambda *_: None,
    ) -> Worker:
        limits = Limits(memory=1_024, seconds=60)
        performer = Performer(limits=limits, retries=retries, delay=60, report=print)
        return Worker(self.queue, performer, check, stopping or Event())

    def take(self, retries: int = 0, stopping: Event | None = None) -> None:
        self.worker(retries, stopping).take(**asdict(self.ticket))

    def queued(self, queue: str) -> list[Ticket]:
        texts = self.queue.client.hvals(f"fpcrawler:{queue}.msgs")
        messages = [msgspec.json.decode(text) for text in texts]
        return [Ticket(**message["kwargs"]) for message in messages]


@pytest.fixture
def world(redis: RedisServer, tmp_path: Path) -> World:
    place, manifest = Folder(tmp_path / "out"), manifest_of(None, 0)
    place.make()
    manifest.save(place)
    for shard in range(2):
        place.write(list_name("x", shard), b"http://127.0.0.1:9/a.jpg\n")
    ticket = Ticket(place=place.uri, fleet="x", shard=0)
    return World(place, manifest, queue_of(redis), ticket)


def test_a_chain_is_performed_to_its_end(world: World) -> None:
    world.take()

    assert [*read_ledger(world.place, world.manifest).parked] == [0, 1]
    assert world.queued("shards") == world.queued("shards.DQ") == []


def test_a_failed_attempt_goes_back_with_its_number(world: World) -> None:
    world.take(retries=1)

    assert [(one.shard, one.attempt) for one in world.queued("shards.DQ")] == [(0, 2)]


def test_a_chain_of_another_worker_waits(world: World) -> None:
    lease = world.queue.lease(world.ticket, 0, Event())
    assert lease.take()
    world.take()
    lease.release()

    assert world.queued("shards.DQ") == [world.ticket]
    assert read_ledger(world.place, world.manifest).parked == {}


def test_a_worker_that_stops_gives_its_chain_to_others(world: World) -> None:
    stopping = Event()
    stopping.set()
    world.take(stopping=stopping)

    assert world.queued("shards") == [world.ticket]


def test_redis_keeps_what_the_place_does_not_even_note_and_the_chain_goes_on(
    world: World,
) -> None:
    unfinished = world.place.root / ".unfinished"
    unfinished.rmdir()
    unfinished.touch()  # nothing can be written any more
    checked: list[str] = []
    worker = world.worker(check=lambda place, _: checked.append(place.uri))
    worker.take(**asdict(world.ticket))
    (rest,) = world.queued("shards")
    (why,) = world.queue.parked(world.place.uri, "x").values()

    assert why.parked == "the place refused the result in 1 attempt: File exists"
    assert rest == replace(world.ticket, shard=1)
    world.queue.client.delete("fpcrawler:shards.msgs")
    worker.take(**asdict(rest))
    assert world.queue.parked(world.place.uri, "x").keys() == {0, 1}
    assert checked == [world.place.uri] * 2
    assert world.queued("shards") == world.queued("shards.DQ") == []


def test_a_chain_of_another_list_is_dropped_and_that_of_a_place_away_waits(
    world: World,
) -> None:
    shutil.rmtree(world.place.root)
    world.take()
    world.place.make()
    msgspec.structs.replace(world.manifest, id="y").save(world.place)
    world.take()

    assert world.queued("shards") == []
    assert world.queued("shards.DQ") == [world.ticket]
