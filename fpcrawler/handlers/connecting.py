"""Connect to the first address of a host that answers and may be reached."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

from twisted.internet.abstract import isIPAddress, isIPv6Address
from twisted.internet.defer import Deferred, succeed
from twisted.internet.endpoints import (
    TCP4ClientEndpoint,
    TCP6ClientEndpoint,
    wrapClientTLS,
)
from twisted.internet.error import DNSLookupError
from twisted.internet.interfaces import IResolutionReceiver, IStreamClientEndpoint
from zope.interface import implementer

from fpcrawler.core.web.addresses import private_address
from fpcrawler.crawl.borrowed import ClientTLSOptions
from fpcrawler.crawl.failures import PrivateAddress
from fpcrawler.handlers.certificates import NamedCreator
from fpcrawler.handlers.racing import Race, alternating

if TYPE_CHECKING:
    from twisted.internet.address import IPv4Address, IPv6Address
    from twisted.internet.interfaces import (
        IHostResolution,
        IProtocol,
        IProtocolFactory,
    )
    from twisted.web.client import URI

    from fpcrawler.handlers.sockets import Sockets

_MAX_ADDRESSES = 16
"""Of a host; a name may have hundreds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EndpointFactory:
    """Makes endpoints that cost nothing until a new connection is needed.

    ``judges``: an address that is not public is not connected to. The address is
    judged that is connected to, so a name cannot resolve to another one in between.
    """

    reactor: Any
    sockets: Sockets
    policy: Any  # IPolicyForHTTPS
    judges: bool
    timeout: float
    bind_address: tuple[str, int] | None

    def endpoint_for(self, uri: URI) -> _UriEndpoint:
        """Return the endpoint of the host of a URI."""
        return _UriEndpoint(self, uri)

    def tcp(self, address: str, port: int) -> TCP4ClientEndpoint | TCP6ClientEndpoint:
        """Return the endpoint of one IP address."""
        kind = TCP6ClientEndpoint if ":" in address else TCP4ClientEndpoint
        return kind(self.reactor, address, port, self.timeout, self.bind_address)


@implementer(IStreamClientEndpoint)
class _UriEndpoint:
    """Connects to the host of a URI, with TLS for https."""

    def __init__(self, factory: EndpointFactory, uri: URI) -> None:
        self._factory = factory
        self._uri = uri

    def connect(self, protocol_factory: IProtocolFactory) -> Deferred[IProtocol]:
        endpoint: Any = HostEndpoint(
            self._factory, self._uri.host.decode("ascii"), self._uri.port
        )
        if self._uri.scheme == b"https":
            policy = self._factory.policy
            creator = policy.creatorForNetloc(self._uri.host, self._uri.port)
            if type(creator) is ClientTLSOptions:  # it verifies
                creator = NamedCreator(creator, self._uri.host.decode("ascii"))
            endpoint = wrapClientTLS(creator, endpoint)
        connected: Deferred[IProtocol] = endpoint.connect(protocol_factory)
        return connected


@implementer(IStreamClientEndpoint)
class HostEndpoint:
    """Connects to one address of a host over TCP."""

    def __init__(self, factory: EndpointFactory, host: str, port: int) -> None:
        self._factory = factory
        self._host = host
        self._port = port

    def connect(self, protocol_factory: IProtocolFactory) -> Deferred[IProtocol]:
        """Fails with PrivateAddress, OutOfDescriptors, or an error of Twisted."""

        def connect(address: str) -> Deferred[Any]:
            opened = sockets.take()
            opened.addCallback(
                lambda _: (
                    factory.tcp(address, self._port)
                    .connect(protocol_factory)
                    .addBoth(sockets.give_back)
                )
            )
            return opened

        def race(addresses: list[str]) -> Deferred[Any]:
            allowed = self._allowed(addresses) if factory.judges else addresses
            candidates = islice(alternating(allowed), _MAX_ADDRESSES)
            return Race(factory.reactor, connect, candidates, sockets).start()

        factory, sockets = self._factory, self._factory.sockets
        return self._addresses().addCallback(race)

    def _addresses(self) -> Deferred[list[str]]:
        if isIPAddress(self._host) or isIPv6Address(self._host):
            return succeed([self._host])
        receiver = _Receiver(self._host)
        resolver = self._factory.reactor.nameResolver
        resolver.resolveHostName(receiver, self._host, self._port)
        return receiver.resolved

    def _allowed(self, addresses: list[str]) -> list[str]:
        """Return the public addresses; raises PrivateAddress if there are none."""
        reasons = {address: private_address(address) for address in addresses}
        public = [address for address in addresses if reasons[address] is None]
        if not public:
            address, reason = next(iter(reasons.items()))
            raise PrivateAddress(
                f"{self._host} leads to the private address {address} ({reason})"
            )
        return public


@implementer(IResolutionReceiver)
class _Receiver:
    """Collects the addresses that the reactor's resolver finds."""

    def __init__(self, host: str) -> None:
        self.resolved: Deferred[list[str]] = Deferred(lambda _: None)
        self._host = host
        self._addresses: list[str] = []
        self._resolution: IHostResolution | None = None

    def resolutionBegan(self, resolution: IHostResolution) -> None:  # noqa: N802 - Twisted's name
        self._resolution = resolution

    def addressResolved(self, address: IPv4Address | IPv6Address) -> None:  # noqa: N802 - Twisted's name
        self._addresses.append(address.host)

    def resolutionComplete(self) -> None:  # noqa: N802 - Twisted's name
        if self.resolved.called:  # the request ended before
            return
        if self._addresses:
            self.resolved.callback(self._addresses)
            return
        # Only our resolver knows why; the interface has no word for it.
        reason = getattr(self._resolution, "failure", None)
        self.resolved.errback(reason or DNSLookupError(self._host))
