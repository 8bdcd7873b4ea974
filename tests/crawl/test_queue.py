"""Hosts take turns, whatever their number."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest
from scrapy import Request
from scrapy.core.downloader import Downloader, Slot
from scrapy.squeues import FifoMemoryQueue
from scrapy.utils.test import get_crawler

from fpcrawler.crawl import queue
from fpcrawler.crawl.queue import PatientPriorityQueue

if TYPE_CHECKING:
    from collections.abc import Iterator


class Waiting:
    """Requests for images of hosts, ``A/1`` for the first of A, in one queue."""

    def __init__(self) -> None:
        self.crawler = get_crawler(settings_dict={"DOWNLOAD_HANDLERS_BASE": {}})
        self.downloader = Downloader(self.crawler)
        self.crawler.engine = SimpleNamespace(downloader=self.downloader)  # type: ignore[assignment]  # the queue asks no more of it
        self.queue = PatientPriorityQueue(self.crawler, FifoMemoryQueue, "")

    def push(self, *names: str) -> None:
        for name in names:
            self.queue.push(Request(f"http://{name}"))

    def take(self) -> Iterator[str]:
        while request := self.queue.pop():
            yield request.url.removeprefix("http://").upper()

    def download(self, name: str, number: int) -> None:
        """Let a number of requests of a host be in progress."""
        slot = self.downloader.slots[name] = Slot(8, 0, jitter=0)
        slot.active |= {Request(f"http://{name}/{n}") for n in range(number)}


@pytest.fixture
def waiting() -> Iterator[Waiting]:
    requests = Waiting()
    yield requests
    requests.downloader.close()


def test_hosts_take_turns(waiting: Waiting) -> None:
    waiting.push("a/1", "a/2", "a/3", "b/1", "b/2", "c/1")

    assert [*waiting.take()] == ["A/1", "B/1", "C/1", "A/2", "B/2", "A/3"]


def test_a_host_with_fewer_requests_in_progress_comes_first(waiting: Waiting) -> None:
    waiting.download("a", 2)
    waiting.download("b", 1)
    waiting.push("a/1", "b/1", "c/1", "c/2")

    assert [*waiting.take()] == ["C/1", "C/2", "B/1", "A/1"]


def test_of_many_busy_hosts_each_gets_a_turn(
    waiting: Waiting, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue, "_LOOKS", 2)
    hosts = "abcdefg"
    for host in hosts:
        waiting.download(host, 1)
        waiting.push(f"{host}/1", f"{host}/2", f"{host}/3")
    taken = waiting.take()

    assert {next(taken)[0] for _ in range(2 * len(hosts))} == {*hosts.upper()}


def test_the_number_is_that_of_the_requests(waiting: Waiting) -> None:
    waiting.push("a/1", "a/2", "b/1")
    taken = waiting.take()

    assert len(waiting.queue) == 3
    assert [len(waiting.queue) for _ in taken] == [2, 1, 0]
    assert waiting.queue.pop() is None
