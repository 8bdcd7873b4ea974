"""nginx on all loopback addresses, and its count of what was asked for."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.commands import environment
from tests.servers.nginx import free_port, wait_for

_CONFIG = """
daemon off; pid {home}/nginx.pid; error_log {home}/error.log; user root;
events {{}}
http {{
    log_format counted "$request_method $status $body_bytes_sent $uri";
    access_log {home}/access.log counted;
    open_file_cache max=100; sendfile on;
    client_body_temp_path {home}/b; proxy_temp_path {home}/p;
    fastcgi_temp_path {home}/f; uwsgi_temp_path {home}/u; scgi_temp_path {home}/s;
    types {{ text/html html; image/jpeg jpg; image/png png; }}
    server {{ listen 0.0.0.0:{port}; root {root}; {location} }}
}}
"""
_READ = {"200", "206"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A running server: the port to ask, after the delay, and its log."""

    port: int
    log: Path

    def mark(self) -> int:
        """Return the present end of the log."""
        return self.log.stat().st_size

    def asked_since(self, mark: int) -> Asked:
        """Return what was asked for since ``mark`` was returned."""
        time.sleep(0.2)  # a client can end before its last request is logged
        with self.log.open() as log:
            log.seek(mark)
            lines = [line.split() for line in log]
        images = [line for line in lines if not line[3].endswith((".html", ".txt"))]
        return Asked(
            requests=len(lines),
            received=sum(int(size) for _, _, size, _ in lines),
            images=len({u for how, s, _, u in images if how == "GET" and s in _READ}),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Requests, the bytes of their bodies, and the images that were read."""

    requests: int
    received: int
    images: int


def loopback(number: int) -> str:
    """Return 127.1.0.1 or one of what follows: all of 127.0.0.0/8 is this machine."""
    return f"127.1.{number // 200}.{number % 200 + 1}"


@contextmanager
def serving(
    home: Path, root: Path, delay: int, *, always: str | None = None
) -> Iterator[Server]:
    """Serve the files below ``root``, each answer ``delay`` milliseconds late.

    ``always`` is the path of the file that every name of a JPEG leads to.
    """
    home.mkdir()
    port = free_port()
    location = f"location ~ [.]jpg$ {{ try_files {always} =404; }}" if always else ""
    config = home / "nginx.conf"
    config.write_text(
        _CONFIG.format(home=home, port=port, root=root, location=location)
    )
    command = ["nginx", "-c", str(config), "-e", str(home / "e.log")]
    with ExitStack() as stack:
        stack.enter_context(_running(command))
        wait_for(port)
        asked = stack.enter_context(delayed(port, delay)) if delay else port
        yield Server(port=asked, log=home / "access.log")


@contextmanager
def delayed(port: int, delay: int) -> Iterator[int]:
    """Relay to ``port``, ``delay`` milliseconds late; yields the port of the relay."""
    asked = free_port()
    relay = [sys.executable, "-m", "benchmarks.race.delay"]
    with _running([*relay, *map(str, (asked, port, delay))]):
        wait_for(asked)
        yield asked


@contextmanager
def _running(command: list[str]) -> Iterator[None]:
    child = subprocess.Popen(command, env=environment())
    try:
        yield
    finally:
        child.terminate()
        child.wait()
