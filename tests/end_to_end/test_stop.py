"""What a stopped crawl has half read is read again when it is resumed."""

from __future__ import annotations

import asyncio
import json
import os
import random
import re
import signal
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from PIL import Image

from tests.crawls import run_crawl
from tests.pictures import drawing, saved
from tests.servers.files import folder
from tests.servers.http import serving
from tests.waiting import wait_until

if TYPE_CHECKING:
    from tests.crawls import Crawled
    from tests.servers.http import Asked, Server, Wire

    Records = dict[str, dict[str, Any]]

CHAINS = 4
STOPS = 5
OF_A_KIND = 12
AT_ONCE = 2
"""Further ranges that are fetched in parallel from a host by default."""
LATER = 0.3
"""Seconds after which a second signal counts (fpcrawler/console/stopping.py)."""
MAY_DIFFER = {"timestamp", "requests", "bytes_downloaded"}


@dataclass(slots=True)
class Site:
    """Serves only ``ranges`` further ranges of images, until :meth:`go_on`."""

    root: Path
    asked: int = 0
    ranges: float = float("inf")

    async def app(self, asked: Asked, wire: Wire) -> None:
        """Respond to a request."""
        if asked.span and asked.span[0]:
            self.asked += 1
            number = self.asked
            async with asyncio.timeout(60):
                while number > self.ranges:  # noqa: ASYNC110 - set by another thread
                    await asyncio.sleep(0.005)
        await folder(self.root)(asked, wire)

    def stop_after(self, ranges: int) -> None:
        self.asked, self.ranges = 0, ranges

    def go_on(self) -> None:
        self.ranges = float("inf")


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """Crawls of one list, each of which resumes the previous one."""

    home: Path
    site: Site
    server: Server
    dice: random.Random
    has_queue: bool

    def stopped(self, run: int, number: signal.Signals, *, ranges: int) -> None:
        """Stop a crawl, by one signal or two, while it waits for further ranges."""
        is_twice = not self.has_queue and self.dice.random() < 0.3
        pause = self.dice.uniform(0, 0.05)

        def stop(pid: int) -> None:
            wait_until(partial(self.has_asked, pid, ranges), every=0.005)
            time.sleep(pause)
            os.kill(pid, number)
            if is_twice:
                time.sleep(LATER)
                os.kill(pid, number)
            self.site.go_on()

        self.site.stop_after(ranges)
        crawled = self.crawled(run, meanwhile=stop)

        print(f"{self.home.name}: {number.name}, {ranges=}, {is_twice=}")
        print(*crawled.summary, sep="\n")
        assert crawled.exit_code == 3
        assert "Traceback" not in crawled.stderr
        if not is_twice:  # else the stats are not complete
            stats = crawled.stats
            stopped = stats["item_dropped_reasons_count/ReadingStopped"]
            waiting = stats["scheduler/enqueued"] - stats["scheduler/dequeued"]
            waiting -= stopped * self.has_queue  # they are enqueued again
            # A page that is just read may have named one more image.
            assert crawled.unaccounted["images"] - waiting in (0, 1)

    def has_asked(self, pid: int, ranges: int) -> bool:
        os.kill(pid, 0)  # raises if the crawl has ended by itself
        return self.site.asked > ranges

    def crawled(self, run: int, *arguments: str, **options: Any) -> Crawled:
        """Crawl until the end, or until ``meanwhile`` stops it."""
        names = (self.site.root / "list").read_text().split()
        urls = "".join(f"{self.server.url}/{name}\n" for name in names)
        (self.home / "urls.txt").write_text(urls)
        feed = ["-o", "0.json", "-a", "resume=0.json"]
        if self.has_queue:
            feed = ["-O", f"{run}.json", "-s", "JOBDIR=queue"]
        return run_crawl(self.home, *feed, *arguments, feed=False, **options)

    def records(self) -> Records:
        """Return the records of all feeds by URL, without fields that may differ."""
        texts = [path.read_text() for path in self.home.glob("[0-9].json")]
        records = [
            {name: value for name, value in record.items() if name not in MAY_DIFFER}
            for text in texts
            for record in json.loads(text.replace(self.server.url, ""))
        ]
        by_url = {record["url"]: record for record in records}
        assert len(by_url) == len(records)
        return by_url


@contextmanager
def chain_of_crawls(home: Path, pictures: Path, dice: random.Random) -> Iterator[Chain]:
    """Serve the pictures to crawls in the folder ``home``."""
    home.mkdir()
    site = Site(pictures)
    with serving(site.app) as server:
        yield Chain(
            home=home,
            site=site,
            server=server,
            dice=dice,
            has_queue=home.name == "JOBDIR",
        )


@pytest.fixture(scope="module")
def pictures(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a list and a page of pictures; most of them need further ranges."""
    root = tmp_path_factory.mktemp("pictures")
    short, long = Image.Exif(), Image.Exif()
    short[0x010F] = "A maker"
    long[0x010E] = "x" * 40_000
    large = [drawing(number, (400, 400)) for number in range(4)]
    files = {
        "far.webp": saved(large[0], "WEBP", quality=95, method=0, exif=short),
        "long.jpg": saved(large[1], "JPEG", exif=long),
        "even.tif": saved(large[2], "TIFF"),
        "near.jpg": saved(large[3], "JPEG", quality=98, exif=short),
        "icon.png": saved(drawing(4, (20, 20)), "PNG"),
    }
    for number in range(OF_A_KIND):
        # A few of those that need no further range are enough.
        for name in [*files][: 5 if number < 5 else 3]:
            (root / f"{number:02}-{name}").write_bytes(files[name])
    names = sorted(path.name for path in root.iterdir())
    page = "".join(f"<img src={name}>" for name in names[::2])
    (root / "page.html").write_text(f"<!DOCTYPE html>{page}")
    (root / "list").write_text("\n".join(["page.html", *names[1::2]]))
    return root


@pytest.mark.untraced
def test_what_a_stopped_crawl_had_half_read_is_read_when_it_goes_on(
    tmp_path: Path, pictures: Path
) -> None:
    seed = random.randrange(2**32)
    print(f"{seed=}")

    def crawled(
        name: str, stops: Sequence[signal.Signals] = (), most: int = 0
    ) -> tuple[Records, int]:
        """Crawl with these stops; return the records and the last crawl's ranges."""
        dice = random.Random(f"{seed} {name}")
        with chain_of_crawls(tmp_path / name, pictures, dice) as chain:
            for run, number in enumerate(stops):
                chain.stopped(run, number, ranges=dice.randint(1, most))
            chain.site.asked = 0
            last = chain.crawled(len(stops))
            assert last.exit_code == 0
            assert "log_count/ERROR" not in last.stats
            return chain.records(), chain.site.asked

    whole, ranges = crawled("whole")
    most = ranges // STOPS - AT_ONCE - 1  # so that each stop has ranges left
    numbers = [signal.SIGINT, signal.SIGTERM] * STOPS
    with ThreadPoolExecutor(CHAINS + 1) as threads:
        chains = [
            threads.submit(crawled, f"{at}", numbers[at : at + STOPS], most)
            for at in range(CHAINS)
        ]
        chains.append(threads.submit(crawled, "JOBDIR", numbers[:2], most))

    assert_whole(whole)
    for chain in chains:
        assert chain.result()[0] == whole


def test_what_a_limit_had_half_read_is_read_when_it_goes_on(
    tmp_path: Path, pictures: Path
) -> None:
    with chain_of_crawls(tmp_path / "limit", pictures, random.Random(1)) as chain:
        limited = chain.crawled(0, "-s", "CLOSESPIDER_ITEMCOUNT=10")
        recorded = len(chain.records())
        last = chain.crawled(1)
        records = chain.records()

    assert (limited.exit_code, last.exit_code) == (0, 0)
    assert 10 <= recorded < len(records)
    assert_whole(records)


def test_two_signals_name_what_is_half_read(tmp_path: Path, pictures: Path) -> None:
    def stop(pid: int) -> None:
        wait_until(partial(chain.has_asked, pid, 2), every=0.005)
        os.kill(pid, signal.SIGINT)
        time.sleep(LATER)
        os.kill(pid, signal.SIGINT)

    with chain_of_crawls(tmp_path / "twice", pictures, random.Random(1)) as chain:
        chain.site.stop_after(2)
        crawled = chain.crawled(0, meanwhile=stop)
        chain.site.go_on()

    (told,) = re.findall(r"stopping: .*, (\d+) images? (?:is|are) half", crawled.stderr)
    (stopped,) = re.findall(r"ReadingStopped (\d+)", crawled.stderr)
    assert min(int(told), int(stopped)) > 0


def assert_whole(records: Records) -> None:
    """Check that no value is missing."""
    assert len(records) == 3 * OF_A_KIND + 5
    assert all(
        record["metadata_status"]["exif"] == "complete" for record in records.values()
    )
    assert all(record["picture_sha256"] for record in records.values())
