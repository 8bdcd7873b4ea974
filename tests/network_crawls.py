"""A crawl in a network of its own, and what the network noted."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.crawls import Crawled, run_crawl
from tests.servers.dns import DnsServer, named_network
from tests.servers.http import App, Asked, Server, serving
from tests.servers.inward import ADDRESSES, INSIDE, ZONE
from tests.servers.packets import Target, packets

if TYPE_CHECKING:
    from pathlib import Path

    from tests.servers.namespaces import Namespace

PORTS = (80, 8080)
_EVERY_ADDRESS = ("0.0.0.0", "::")
_CALLS = "trace=connect,sendto,sendmsg,sendmmsg"


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkCrawled:
    """A crawl, and what was asked of the DNS server and of all web servers.

    ``entered``: the servers inside that a packet was sent to. ``trace`` is what strace
    noted of connecting and sending; "" without strace.
    """

    crawled: Crawled
    dns: DnsServer
    asked: list[Asked]
    targets: set[Target]
    entered: set[Target]
    trace: str


@dataclass(frozen=True, slots=True)
class Network:
    """A network with a DNS server, web servers, and the packets that were sent."""

    inside: Namespace
    dns: DnsServer
    servers: list[Server]
    targets: set[Target]

    @property
    def entered(self) -> set[Target]:
        """The servers inside that a packet was sent to."""
        return {at for at in self.targets if at[0] in INSIDE and at[1] in PORTS}


@contextmanager
def web_network(home: Path, app: App) -> Iterator[Network]:
    """Let ``app`` answer on every address, public and private, and PORTS."""
    with ExitStack() as stack:
        inside, dns = stack.enter_context(named_network(home, ADDRESSES, ZONE))
        servers = [
            stack.enter_context(
                serving(app, address=address, port=port, namespace=inside)
            )
            for address in _EVERY_ADDRESS
            for port in PORTS
        ]
        yield Network(inside, dns, servers, stack.enter_context(packets(inside)))


def crawl_in_network(
    home: Path, app: App, *arguments: str, **settings: object
) -> NetworkCrawled:
    """Crawl in the network of ``web_network``."""
    trace = home / "trace"
    strace = ("strace", "-f", "-qq", "--seccomp-bpf", "-e", _CALLS, "-o", str(trace))
    prefix = strace if shutil.which("strace") else ()
    with web_network(home, app) as network:
        command = network.inside.command(*prefix)
        crawled = run_crawl(home, *arguments, settings=settings, prefix=command)
    return NetworkCrawled(
        crawled=crawled,
        dns=network.dns,
        asked=[asked for server in network.servers for asked in server.asked],
        entered=network.entered,
        targets=network.targets,
        trace=trace.read_text(errors="replace") if prefix else "",
    )
