"""The fleet's queue and leases in Redis, also after Redis was down."""

from __future__ import annotations

import os
import re
import subprocess
import time
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

import pytest
from dramatiq.errors import ConnectionClosed
from redis import RedisError

from fpcrawler.errors import BadInput
from fpcrawler.fleet.client import QueueUnavailable, connect
from fpcrawler.fleet.collecting import enqueue_missing
from fpcrawler.fleet.ledger import Ledger
from fpcrawler.fleet.manifest import Manifest
from fpcrawler.fleet.places.folder import Folder
from fpcrawler.fleet.queue import QUEUE, Queue, Ticket
from fpcrawler.fleet.watching import Stopped, Watch
from tests.commands import SCRAPY, environment
from tests.fleet.outcomes import manifest_of, outcome, parked
from tests.servers.fleet import Fleet, FleetHere
from tests.servers.nginx import free_port
from tests.waiting import wait_until

if TYPE_CHECKING:
    from tests.servers.redis import RedisServer


def ticket(shard: int) -> Ticket:
    return Ticket(place="there", fleet="x", shard=shard)


def queue_of(redis: RedisServer, lease: float = 60) -> Queue:
    return Queue(connect(redis.url), lease=lease)


def running(queue: Queue) -> list[int]:
    return [one.shard for one in queue.running("there", manifest_of(None, 0))]


def has_stopped(watch: Watch) -> bool:
    try:
        watch.check()
    except Stopped:
        return True
    return False


def fetched(queue: Queue, prefetch: int = 1) -> int | None:
    """Take a message as a worker's new consumer does; return its shard."""
    message = next(queue.consume(QUEUE, prefetch=prefetch, timeout=10))
    return None if message is None else message.kwargs["shard"]


def test_what_waits_now_or_later_is_in_the_queue(redis: RedisServer) -> None:
    queue = queue_of(redis)
    queue.put(ticket(1))
    queue.put(ticket(2), delay=60)
    queue.put(Ticket(place="elsewhere", fleet="x", shard=3))
    queue.put(Ticket(place="there", fleet="before", shard=4))

    assert queue.waiting("there", "x") == {1, 2}


def test_what_a_worker_has_is_in_the_queue_until_it_is_done(
    redis: RedisServer,
) -> None:
    queue = queue_of(redis)
    queue.put(ticket(1))
    consumer = queue.consume(QUEUE, timeout=10)
    message = next(consumer)
    assert message is not None

    assert queue.waiting("there", "x") == {1}
    consumer.ack(message)
    assert queue.waiting("there", "x") == set()


def test_the_queue_outlives_redis(redis: RedisServer) -> None:
    queue = queue_of(redis)
    queue.put(ticket(1))
    redis.kill()
    with pytest.raises(ConnectionClosed):
        queue.put(ticket(2))
    redis.start()

    assert queue.waiting("there", "x") == {1}


def test_what_was_fetched_but_never_arrived_goes_back(redis: RedisServer) -> None:
    queue = queue_of(redis)
    for shard in (1, 2):
        queue.put(ticket(shard))
    assert fetched(queue) == 1
    queue.do_fetch(QUEUE, 1)  # its reply is lost with the connection

    assert fetched(queue, prefetch=2) == 2


def test_a_busy_worker_takes_nothing_more_with_a_new_connection(
    redis: RedisServer,
) -> None:
    queue, idle = queue_of(redis), queue_of(redis)
    for shard in (1, 2):
        queue.put(ticket(shard))

    assert [fetched(queue), fetched(queue), fetched(idle)] == [1, None, 2]


def test_what_waited_for_its_time_goes_back_with_a_broken_connection(
    redis: RedisServer,
) -> None:
    queue = queue_of(redis)
    queue.put(ticket(1), delay=60)
    delayed = f"{QUEUE}.DQ"
    first = next(queue.consume(delayed, timeout=10))
    second = next(queue.consume(delayed, timeout=10))

    assert first is not None
    assert second is not None
    assert first.kwargs == second.kwargs


def test_a_consumer_turns_every_failure_of_redis_into_one_to_wait_for(
    redis: RedisServer,
) -> None:
    queue = queue_of(redis)
    queue.put(ticket(1))
    consumer = queue.consume(QUEUE, timeout=10)
    message = next(consumer)
    assert message is not None
    redis.kill()

    with pytest.raises(ConnectionClosed):
        consumer.ack(message)
    with pytest.raises(ConnectionClosed):
        consumer.requeue([message])
    with pytest.raises(ConnectionClosed):
        queue.consume(QUEUE)


def test_a_lease_has_one_holder_who_says_what_runs(redis: RedisServer) -> None:
    queue = queue_of(redis)
    one = queue.lease(ticket(0), 0, Event())
    other = queue.lease(ticket(1), 0, Event())

    assert one.take()
    assert not other.take()
    one.check()
    with pytest.raises(Stopped):
        other.check()
    assert running(queue) == [0]
    one.release()
    assert other.take()
    assert running(queue) == [1]
    other.release()
    assert running(queue) == []


def test_a_lease_lives_as_long_as_its_holder(redis: RedisServer) -> None:
    queue = queue_of(redis, lease=0.5)
    one = queue.lease(ticket(0), 0, Event())
    assert one.take()
    time.sleep(1.2)

    one.check()
    assert running(queue) == [0]
    one.release()


def test_a_lease_that_redis_forgot_is_taken_again(redis: RedisServer) -> None:
    queue = queue_of(redis)
    one = queue.lease(ticket(0), 0, Event())
    assert one.take()
    queue.client.flushall()

    assert one.renew()
    assert running(queue) == [0]
    one.release()


def test_a_shard_stops_when_another_worker_has_its_chain(redis: RedisServer) -> None:
    queue = queue_of(redis, lease=1)
    one = queue.lease(ticket(0), 0, Event())
    other = queue.lease(ticket(1), 0, Event())
    assert one.take()
    one.check()
    queue.client.flushall()
    assert other.take()

    wait_until(lambda: has_stopped(one))
    one.release()
    assert other.renew()
    other.release()


def test_a_shard_stops_once_redis_is_away_for_the_time_of_a_lease(
    redis: RedisServer,
) -> None:
    lease = queue_of(redis, lease=1).lease(ticket(0), 0, Event())
    assert lease.take()
    redis.kill()

    with pytest.raises(RedisError):
        lease.renew()
    lease.check()
    wait_until(lambda: has_stopped(lease))
    redis.start()
    assert lease.renew()
    lease.check()
    lease.release()


def test_only_what_is_missing_is_enqueued(redis: RedisServer, tmp_path: Path) -> None:
    place, queue = Folder(tmp_path), queue_of(redis)
    manifest = manifest_of(None, None, 1, None, 3, None, None)
    ledger = Ledger(manifest=manifest, outcomes={5: outcome(5)})
    queue.put(Ticket(place=place.uri, fleet="x", shard=4))
    lease = queue.lease(Ticket(place=place.uri, fleet="x", shard=0), 0, Event())
    lease.take()

    assert enqueue_missing(queue, place, ledger) == 2
    assert queue.waiting(place.uri, "x") == {1, 4, 6}
    assert enqueue_missing(queue, place, ledger) == 0
    assert queue.places() == [place.uri]
    lease.release()


def test_collect_says_what_redis_shows_as_running(
    redis: RedisServer,
    tmp_path: Path,
    fleet_here: FleetHere,
) -> None:
    place, queue = Folder(tmp_path), queue_of(redis)
    manifest_of(None).save(place)
    lease = queue.lease(Ticket(place=place.uri, fleet="x", shard=0), 0, Event())
    lease.take()
    ended = fleet_here("collect", "--to", place.uri, "--redis", redis.url)
    lease.release()

    assert ended.code == 4
    assert "shards   0 done, 1 running, 0 parked, 0 left" in ended.err
    assert "running  00000 on" in ended.err


@pytest.mark.parametrize(
    ("password", "error", "said"),
    [
        (":secret", QueueUnavailable, r"respond at 127\.0.*/0 \(ConnectionError\)"),
        ("user:se@cret", QueueUnavailable, "Redis does not respond at 127"),
        ("secret:7/secret", QueueUnavailable, "Redis does not respond at 127"),
        (":secret/secret", BadInput, r"not a URL of Redis \(127.* as %2F"),
        (":se#cret", BadInput, "is not a URL of Redis"),
        (":secret?", BadInput, "is not a URL of Redis"),
    ],
)
def test_the_message_of_a_missing_redis_has_no_password(
    password: str, error: type[Exception], said: str
) -> None:
    url = f"redis://{password}@127.0.0.1:{free_port()}/0"

    with pytest.raises(error, match=said) as raised:
        connect(url)
    assert not re.search("secret|cret", str(raised.value))


@pytest.mark.parametrize(
    ("command", "reply"),
    [
        ("CONFIG SET maxmemory 1", "used memory > 'maxmemory'"),
        ("REPLICAOF 127.0.0.1 1", "read only replica"),
        ("ACL SETUSER default -sadd", "no permissions"),
    ],
)
def test_what_redis_refuses_is_reported_in_one_line(
    command: str,
    reply: str,
    redis: RedisServer,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    fleet_here: FleetHere,
) -> None:
    queue_of(redis).client.execute_command(*command.split())
    (tmp_path / "urls.txt").write_text("http://127.0.0.1:9/a.jpg\n")
    monkeypatch.chdir(tmp_path)
    ended = fleet_here("submit", "urls.txt", "--to", "out", "--redis", redis.url)

    assert ended.code == 4
    assert ended.err.count("\n") == 1
    assert re.match(rf"scrapy fleet: Redis failed \(.*{reply}", ended.err)


def test_a_worker_does_not_crawl_for_a_place_that_refuses(
    redis: RedisServer, tmp_path: Path
) -> None:
    (tmp_path / "urls.txt").write_text("http://127.0.0.1:9/a.jpg\n")
    fleet = Fleet(home=tmp_path, to=str(tmp_path / "out"), redis=redis.url)
    fleet.run("submit", "urls.txt").check_returncode()
    (tmp_path / "out" / "results").touch()
    child = fleet.run("work", "--processes", "1")
    queue = queue_of(redis)

    assert child.returncode == 4
    assert re.match(r"scrapy fleet: .* refuses files in results/ \(.*", child.stderr)
    assert len(queue.waiting(fleet.to, Manifest.of(Folder(Path(fleet.to))).id)) == 1


def test_a_status_that_nobody_reads_is_not_a_failure(tmp_path: Path) -> None:
    place = Folder(tmp_path / "out")
    place.make()
    manifest_of(*[None] * 40).save(place)
    for number in range(40):
        parked(number, parked="it broke " * 100).save(place)
    fleet = Fleet(home=tmp_path, to=place.uri)
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "wb") as nobody:
        child = subprocess.run(
            [*SCRAPY, *fleet.command("status")],
            env=environment(),
            stdout=nobody,
            stderr=subprocess.PIPE,
            check=False,
        )

    assert child.returncode == 0
    assert child.stderr == b""


def test_places_that_are_gone_do_not_hide_the_others(
    redis: RedisServer, tmp_path: Path
) -> None:
    place, queue = Folder(tmp_path / "there"), queue_of(redis)
    place.make()
    manifest_of(None).save(place)
    for uri in (place.uri, str(tmp_path / "gone")):
        queue.register(uri)
    fleet = Fleet(home=tmp_path, to="", redis=redis.url)
    child = fleet.run("status")

    assert child.returncode == 4
    assert (
        child.stdout.splitlines()[1] == "shards   0 done, 0 running, 0 parked, 1 left"
    )
    assert f"{tmp_path / 'gone'}/manifest.json is missing; is the place" in child.stderr
