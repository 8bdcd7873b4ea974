"""A real Redis on a free loopback port, which persists its data."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from redis import Redis
from redis.exceptions import BusyLoadingError

from tests.servers.nginx import free_port, wait_for
from tests.waiting import wait_until


class RedisServer:
    """A Redis that can be killed and restarted with its data."""

    def __init__(self, home: Path, address: str = "127.0.0.1") -> None:
        self.home = home
        self.address = address
        self.port = free_port()
        self.url = f"redis://{address}:{self.port}/0"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it on its port; return once it has loaded its data."""
        self._process = subprocess.Popen(
            [
                *("redis-server", "--port", str(self.port), "--dir", str(self.home)),
                *("--bind", self.address, "--protected-mode", "no", "--save", ""),
                *("--appendonly", "yes", "--appendfsync", "always"),
            ],
            stdout=subprocess.DEVNULL,
        )
        wait_for(self.port, address=self.address)
        wait_until(self._has_loaded)

    def _has_loaded(self) -> bool:
        try:
            return bool(Redis.from_url(self.url).ping())
        except BusyLoadingError:
            return False

    def kill(self) -> None:
        """``kill -9``."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()

    def stop(self) -> None:
        """Stop it, if it runs."""
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
            self._process.wait()


@contextmanager
def redis_server(home: Path, address: str = "127.0.0.1") -> Iterator[RedisServer]:
    """Run Redis with its data in ``home``."""
    home.mkdir()
    server = RedisServer(home, address)
    try:
        server.start()
        yield server
    finally:
        server.stop()
