"""Look up all addresses of a host, but never of an onion."""

from __future__ import annotations

import socket
from functools import partial
from typing import TYPE_CHECKING, Any, Self

from scrapy.utils.datatypes import LocalCache
from twisted.internet.address import IPv4Address, IPv6Address
from twisted.internet.error import DNSLookupError
from twisted.internet.interfaces import IHostnameResolver, IHostResolution
from zope.interface import implementer

from fpcrawler.core.web.onion import is_onion
from fpcrawler.crawl.failures import NoAnswerFromDns, OutOfDescriptors
from fpcrawler.handlers.lookups import Lookups

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from scrapy.crawler import Crawler
    from twisted.internet.interfaces import IAddress

MAX_AGE = 600.0
"""Seconds for which addresses are used again; getaddrinfo(3) says no lifetime."""

_IPV4_DELAY = 1.0
"""Seconds until IPv4 is asked for alone: some name servers ignore questions for IPv6,
and getaddrinfo(3) waits for both (RFC 8305 section 3)."""

Result = list[str] | Exception
_ABSENT = (socket.EAI_NONAME, socket.EAI_NODATA)


@implementer(IHostResolution)
class Resolution:
    """A look-up; ``failure`` is why it found no address."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.failure: Exception | None = None

    def cancel(self) -> None:
        """Do nothing: nobody can stop getaddrinfo(3)."""


@implementer(IHostnameResolver)
class HostResolver:
    """Asks the system in threads, for IPv4 and IPv6; TWISTED_DNS_RESOLVER."""

    def __init__(
        self, reactor: Any, *, cache_size: int, timeout: float, threads: int
    ) -> None:
        self.reactor = reactor
        self.lookups = Lookups(threads)
        self.timeout = timeout
        self._cache: LocalCache[str, tuple[float, list[str]]] = LocalCache(cache_size)
        self._asked: dict[str, _Question] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler, reactor: Any) -> Self:
        settings = crawler.settings
        is_cached = settings.getbool("DNSCACHE_ENABLED")
        return cls(
            reactor,
            cache_size=settings.getint("DNSCACHE_SIZE") if is_cached else 0,
            timeout=settings.getfloat("DNS_TIMEOUT"),
            threads=settings.getint("REACTOR_THREADPOOL_MAXSIZE"),
        )

    def install_on_reactor(self) -> None:
        """Answer whatever in the process asks Twisted for a name."""
        self.reactor.installNameResolver(self)

    def resolveHostName(  # noqa: N802 - Twisted's name
        self,
        resolutionReceiver: Any,  # noqa: N803 - Twisted's name
        hostName: str,  # noqa: N803 - Twisted's name
        portNumber: int = 0,  # noqa: N803 - Twisted's name
        addressTypes: Sequence[type[IAddress]] | None = None,  # noqa: N803 - Twisted's name
        transportSemantics: str = "TCP",  # noqa: ARG002, N803 - Twisted's name
    ) -> Resolution:
        """Report the addresses of a host in the order of RFC 6724."""
        receiver, resolution = resolutionReceiver, Resolution(hostName)

        def report(result: Result) -> None:
            if isinstance(result, Exception):
                resolution.failure = result
            else:
                for text in result:
                    kind = IPv6Address if ":" in text else IPv4Address
                    if addressTypes is None or kind in addressTypes:
                        receiver.addressResolved(kind("TCP", text, portNumber))
            receiver.resolutionComplete()

        receiver.resolutionBegan(resolution)
        self._look_up(hostName, report)
        return resolution

    def _look_up(self, name: str, report: Callable[[Result], None]) -> None:
        if is_onion(name):  # RFC 7686 section 2
            report(DNSLookupError("onion names are not resolved by DNS"))
            return
        since, addresses = self._cache.get(name, (0.0, []))
        if addresses and self.reactor.seconds() - since < MAX_AGE:
            report(addresses)
            return
        question = self._asked.get(name)
        if question is None:
            question = self._asked[name] = _Question(self, name)
            question.ask(socket.AF_UNSPEC)
        question.reports.append(report)

    def answered(self, name: str, result: Result) -> None:
        """Keep the addresses; a failure is not kept."""
        del self._asked[name]
        if not isinstance(result, Exception):
            self._cache[name] = (self.reactor.seconds(), result)


class _Question:
    """A question for a name, which several requests may wait for."""

    def __init__(self, resolver: HostResolver, name: str) -> None:
        self.reports: list[Callable[[Result], None]] = []
        self._resolver = resolver
        self._reactor = resolver.reactor
        self._name = name
        self._timers: list[Any] = []
        self._running = 0
        self._has_asked_ipv4 = False
        self._is_over = False

    def ask(self, family: int) -> None:
        self._running += 1
        self._resolver.lookups.start(self._name, partial(self._run, family))

    def _run(self, family: int) -> None:
        """Ask in a thread; the time runs from now on, not while all threads work."""
        self._reactor.callFromThread(self._started)
        try:
            result: list[str] | Exception = _addresses(self._name, family)
        except Exception as error:  # noqa: BLE001 - it is passed on
            result = error
        self._reactor.callFromThread(self._answered, result)

    def _started(self) -> None:
        if self._timers or self._is_over:
            return
        later = self._reactor.callLater
        late = NoAnswerFromDns("no name server answered within DNS_TIMEOUT")
        self._timers = [
            later(_IPV4_DELAY, self._ask_ipv4),
            later(self._resolver.timeout, self._end, late),
        ]

    def _ask_ipv4(self) -> None:
        if not self._is_over and not self._has_asked_ipv4:
            self._has_asked_ipv4 = True
            self.ask(socket.AF_INET)

    def _answered(self, result: list[str] | Exception) -> None:
        self._running -= 1
        self._resolver.lookups.ended(self._name)
        if self._is_over:
            return
        if not isinstance(result, Exception):
            self._end(result)
            return
        error = _named(result)
        if isinstance(error, NoAnswerFromDns):
            self._ask_ipv4()
        if not self._running:
            self._end(error)

    def _end(self, result: Result) -> None:
        self._is_over = True
        for timer in self._timers:
            if timer.active():
                timer.cancel()
        self._resolver.answered(self._name, result)
        for report in self.reports:
            report(result)


def _addresses(name: str, family: int) -> list[str]:
    found = socket.getaddrinfo(name.encode("ascii"), None, family, socket.SOCK_STREAM)
    return [str(address[0]) for *_, address in found]


def _named(error: Exception) -> Exception:
    """Return why a look-up failed.

    Without a free descriptor, getaddrinfo(3) says that no server answered.
    """
    if not _has_descriptor():
        return OutOfDescriptors()
    if isinstance(error, socket.gaierror) and error.errno not in _ABSENT:
        return NoAnswerFromDns("the name servers did not answer")
    return DNSLookupError("the host name was not found")


def _has_descriptor() -> bool:
    try:
        socket.socket().close()
    except OSError:
        return False
    return True
