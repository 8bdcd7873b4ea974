"""Many hosts on loopback addresses, of which some are slow and some are dead."""

from __future__ import annotations

import socket
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from benchmarks.race.server import delayed, loopback
from tests.servers.nginx import free_port

IMAGES_PER_HOST = 5
SLOW_MS = 3_000
_KINDS = (*("dead", "silent", "slow", "slow"), *["live"] * 16)
"""Of 20 hosts, one refuses connections, one never answers, two answer late."""
_BACKLOG = 4_096


@contextmanager
def crowd(hosts: int, port: int) -> Iterator[tuple[list[str], Counter[str]]]:
    """Yield the URLs of the images of all hosts, and how many images have each kind.

    ``port`` is that of the server that the live hosts are.
    """
    silent = socket.create_server(("0.0.0.0", 0), backlog=_BACKLOG)  # noqa: S104 - all of 127.0.0.0/8
    with silent, delayed(port, SLOW_MS) as slow:
        ports = {
            "dead": free_port(),
            "silent": silent.getsockname()[1],
            "slow": slow,
            "live": port,
        }
        kinds = [_KINDS[number % len(_KINDS)] for number in range(hosts)]
        urls = [
            f"http://{loopback(number)}:{ports[kind]}/{image:06}.jpg"
            for image in range(IMAGES_PER_HOST)
            for number, kind in enumerate(kinds)
        ]
        yield urls, Counter(kind for kind in kinds for _ in range(IMAGES_PER_HOST))
