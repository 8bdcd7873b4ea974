"""Measure the figures that docs/scale.md calculates with.

``python -m benchmarks.scale`` prints the requests and bytes per real image (those
of ../shared/corpus, as ``benchmarks.metadata`` crawls them), the bytes of a record
in each format of feed, the cost of an export and of cutting a list, and the bytes of
a queued shard in a private Redis.
"""

from __future__ import annotations

import gzip
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import mean, median
from typing import Any
from uuid import uuid4

import redis
from dramatiq import Message
from dramatiq.brokers.redis import RedisBroker

from benchmarks.metadata import CLASSES, crawl
from fpcrawler.console.feed_command import MEMORY
from fpcrawler.exports.formats import ExportFormat
from fpcrawler.exports.tables import write_table
from fpcrawler.feeds.files import find_feeds
from fpcrawler.settings import MIN_IMAGE_SIZE
from fpcrawler.tables.database import database
from tests.commands import environment
from tests.core.corpus import files
from tests.servers.nginx import free_port, wait_for

MESSAGES = 10_000
COPIES = 1_000
LENGTHS = (10_000, 1_000_000, 10_000_000)
SITES = 50_021
PLACE = "s3://a-bucket-of-ours/crawls/2026-01-02"


def print_images(records: list[dict[str, Any]]) -> None:
    """Print requests and bytes of the images that a crawl keeps by default."""
    kept = [r for r in records if r["image_size"] > MIN_IMAGE_SIZE]
    taken = [record["bytes_downloaded"] for record in kept]
    requests = mean(sum(record["requests"].values()) for record in kept)
    print(f"{len(kept)} images above {MIN_IMAGE_SIZE:,} bytes:")
    print(f"  requests per image  {requests:10.2f}")
    print(f"  bytes per image     {mean(taken):10,.0f}   median {median(taken):,.0f}")


def print_records(records: list[dict[str, Any]], folder: Path) -> None:
    """Print the bytes of a record in each format of feed."""
    lines = "".join(f"{json.dumps(r, ensure_ascii=False)}\n" for r in records).encode()
    array = json.dumps(records, ensure_ascii=False, indent=4).encode()
    feed, table = folder / "feed.jsonl", folder / "images.parquet"
    feed.write_bytes(lines)
    with database(MEMORY) as connection:
        write_table(connection, find_feeds([str(feed)]), table, ExportFormat.PARQUET)
    sizes = {
        ".json": len(array),
        ".jsonl": len(lines),
        ".jsonl.gz": len(gzip.compress(lines)),
        ".parquet": table.stat().st_size,
    }
    print(f"bytes per record, mean of {len(records)}:")
    for name, size in sizes.items():
        print(f"  {name:<20}{size / len(records):10,.0f}")


def print_export(records: list[dict[str, Any]], folder: Path) -> None:
    """Print the cost of ``scrapy export`` for a feed of copied records."""
    feed = folder / "long.jsonl"
    with feed.open("w", encoding="utf-8") as lines:
        for number in range(COPIES * len(records)):
            record = {**records[number % len(records)], "url": f"http://x/{number}"}
            lines.write(f"{json.dumps(record, ensure_ascii=False)}\n")
    cpu, memory = _cost(folder, "export", feed.name, "-O", "long.parquet")
    megabytes = feed.stat().st_size / 1e6
    print(f"scrapy export, {megabytes:,.0f} MB of JSON Lines to Parquet:")
    print(f"  MB per second of CPU{megabytes / cpu:10,.0f}")
    print(f"  peak memory, MB     {memory:10,.0f}")


def print_cutting(folder: Path) -> None:
    """Print the cost of ``scrapy fleet plan`` for lists of several lengths."""
    for length in LENGTHS:
        with (folder / "urls.txt").open("w", encoding="utf-8") as lines:
            for number in range(length):
                at = number * 2_654_435_761 % length  # in no order
                site = f"https://img{at % SITES}.shop.example.com"
                lines.write(f"{site}/products/large/{at:012x}/picture-{at}.jpg\n")
        cpu, memory = _cost(folder, "fleet", "plan", "urls.txt", "--to", f"{length}")
        print(f"scrapy fleet plan, {length:,} URLs:")
        print(f"  CPU, microseconds a URL{cpu / length * 1e6:7,.0f}")
        print(f"  peak memory, MB     {memory:10,.0f}")


def _cost(folder: Path, *words: str) -> tuple[float, float]:
    """Run a command; return its seconds of CPU and its peak memory in MB."""
    child = subprocess.Popen(
        [sys.executable, "-m", "scrapy", *words],
        cwd=folder,
        env=environment(),
        stdout=subprocess.DEVNULL,
    )
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise SystemExit(f"scrapy {' '.join(words)} ended with {child.returncode}")
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1_000


def print_queue(folder: Path) -> None:
    """Print the memory in Redis of a message as long as the fleet's."""
    with redis_server(folder) as client:
        before = client.info("memory")["used_memory"]
        broker = RedisBroker(client=client, middleware=[])  # type: ignore[no-untyped-call]
        broker.declare_queue("shards")
        for shard in range(MESSAGES):
            ticket = {
                "place": PLACE,
                "fleet": uuid4().hex,
                "shard": shard,
                "attempt": 1,
            }
            broker.enqueue(
                Message(
                    queue_name="shards",
                    actor_name="crawl_shard",
                    args=(),
                    kwargs=ticket,
                    options={},
                )
            )
        after = client.info("memory")["used_memory"]
    print(f"Redis, {MESSAGES:,} messages:")
    print(f"  bytes per message   {(after - before) / MESSAGES:10,.0f}")


@contextmanager
def redis_server(folder: Path) -> Iterator[redis.Redis]:
    """Run a Redis without persistence; yields its client."""
    port = free_port()
    options = ["--port", str(port), "--bind", "127.0.0.1", "--save", ""]
    server = subprocess.Popen(
        [shutil.which("redis-server") or "redis-server", *options],
        cwd=folder,
        stdout=subprocess.DEVNULL,
    )
    try:
        wait_for(port)
        with redis.Redis(port=port) as client:
            yield client
    finally:
        server.terminate()
        server.wait()


def main() -> None:
    """Print all figures."""
    if not (paths := files(*CLASSES)):
        raise SystemExit("benchmarks.scale needs the corpus in ../shared/corpus.")
    records = [*crawl(paths).values()]
    with tempfile.TemporaryDirectory() as name:
        print_images(records)
        print_records(records, Path(name))
        print_export(records, Path(name))
        print_cutting(Path(name))
        print_queue(Path(name))


if __name__ == "__main__":
    main()
