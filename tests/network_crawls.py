"""A crawl in a network of its own, and what the network noted."""

from __future__ import annotations

import shutil
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.crawls import Crawled, run_crawl
from tests.servers.dns import DnsServer, named_network
from tests.servers.http import App, Asked, serving
from tests.servers.inward import ADDRESSES, INSIDE, ZONE
from tests.servers.packets import Target, packets

if TYPE_CHECKING:
    from pathlib import Path

PORTS = (80, 8080)
_EVERY_ADDRESS = ("0.0.0.0", "::")
_CALLS = "trace=connect,sendto,sendmsg,sendmmsg"


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkCrawled:
    """A crawl, and what was asked of the DNS server and of all web servers.

    ``trace`` is what strace noted of connecting and sending; "" without strace.
    """

    crawled: Crawled
    dns: DnsServer
    asked: list[Asked]
    targets: set[Target]
    trace: str

    @property
    def entered(self) -> set[Target]:
        """The servers inside that a packet was sent to."""
        return {at for at in self.targets if at[0] in INSIDE and at[1] in PORTS}


def crawl_in_network(
    home: Path, app: App, *arguments: str, **settings: object
) -> NetworkCrawled:
    """Crawl where ``app`` answers on every address, public and private, and PORTS."""
    trace = home / "trace"
    strace = ("strace", "-f", "-qq", "--seccomp-bpf", "-e", _CALLS, "-o", str(trace))
    prefix = strace if shutil.which("strace") else ()
    with ExitStack() as stack:
        inside, dns = stack.enter_context(named_network(home, ADDRESSES, ZONE))
        servers = [
            stack.enter_context(
                serving(app, address=address, port=port, namespace=inside)
            )
            for address in _EVERY_ADDRESS
            for port in PORTS
        ]
        targets = stack.enter_context(packets(inside))
        crawled = run_crawl(
            home, *arguments, settings=settings, prefix=inside.command(*prefix)
        )
    return NetworkCrawled(
        crawled=crawled,
        dns=dns,
        asked=[asked for server in servers for asked in server.asked],
        targets=targets,
        trace=trace.read_text(errors="replace") if prefix else "",
    )
