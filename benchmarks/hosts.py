"""Crawl more hosts than a process may have descriptors.

``python -m benchmarks.hosts [HOSTS [DESCRIPTORS]]`` crawls one image of each host in a
network namespace with a DNS server of its own. Every server keeps its connection
open. It needs root or unprivileged namespaces.
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from pathlib import Path

from tests.many_hosts import crawl_hosts

HOSTS, DESCRIPTORS = 3_000, 1_024
CONCURRENT_REQUESTS = (64, 1_000)


def main(hosts: int = HOSTS, descriptors: int = DESCRIPTORS) -> None:
    """Print records, failures and the peak of descriptors by CONCURRENT_REQUESTS."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))  # for the server
    print(f"{hosts:,} hosts, at most {descriptors:,} descriptors")
    for concurrent in CONCURRENT_REQUESTS:
        with tempfile.TemporaryDirectory() as home:
            started = time.monotonic()
            crawled = crawl_hosts(
                Path(home),
                hosts,
                descriptors,
                CONCURRENT_REQUESTS=concurrent,
                LOG_LEVEL="WARNING",
            )
            seconds = time.monotonic() - started
        failed = {n: k for n, k in crawled.stats.items() if n.startswith("images/fail")}
        print(
            f"CONCURRENT_REQUESTS={concurrent}: {len(crawled.records):,} records, "
            f"failed {failed}, peak {crawled.stats['test/descriptors']:,} "
            f"descriptors, {seconds:.0f} s"
        )


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
