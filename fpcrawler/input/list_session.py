"""Fetch a list from the web; its redirects may not lead inside, or to an onion."""

from __future__ import annotations

import socket
from typing import Any
from urllib.parse import urlsplit

from requests import PreparedRequest, Response, Session
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import NewConnectionError

from fpcrawler.core.web.addresses import private_address, private_host
from fpcrawler.core.web.onion import is_onion
from fpcrawler.core.web.origins import is_same_origin
from fpcrawler.core.web.passwords import basic_of
from fpcrawler.core.web.url_list import WEB_SCHEMES


class ListSession(Session):
    """Fetches one list, which the user named by its URL.

    So the list's own host and port may be private (PRIVATE_ADDRESSES). A redirect that
    leaves them is judged, and so is whatever follows it.
    """

    def __init__(self, list_url: str) -> None:
        super().__init__()
        self._list_url = list_url
        self._authorization = basic_of(list_url)
        self._has_left = False
        self._own, self._other = HTTPAdapter(), _PublicAdapter()
        for scheme in WEB_SCHEMES:
            self.mount(f"{scheme}://", self._own)

    def may_list(self, url: str) -> bool:
        """Return whether the list comes from the host and port of ``url``."""
        return not self._has_left and is_same_origin(self._list_url, url)

    def send(self, request: PreparedRequest, **kwargs: Any) -> Response:
        url = request.url or ""
        host = urlsplit(url).hostname or ""
        if is_onion(host):  # DNS would see its name
            raise ValueError(
                "lists are not read through Tor; download it with torsocks first"
            )
        if not self.may_list(url) and not self._has_left:
            self._has_left = True
            for scheme in WEB_SCHEMES:
                self.mount(f"{scheme}://", self._other)
        if self._has_left and private_host(host) is not None:
            raise ValueError(f"it redirects to the private host {host}")
        if self._authorization and self._is_listed(url):
            request.headers["Authorization"] = self._authorization
        return super().send(request, **kwargs)

    def _is_listed(self, url: str) -> bool:
        """Return whether a URL has the origin (RFC 6454) of the list."""
        has_scheme = urlsplit(url).scheme == urlsplit(self._list_url).scheme
        return has_scheme and self.may_list(url)


class _PublicAdapter(HTTPAdapter):
    """Connects to public addresses only; a proxy resolves names itself."""

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {
            "http": _PublicPool,
            "https": _PublicTlsPool,
        }


class _PublicConnection(HTTPConnection):
    """Resolves the host itself, so that what was judged is what is connected to."""

    server_hostname: str | None = None

    def connect(self) -> None:
        name = self.host
        self.server_hostname = name  # of the certificate
        failure: Exception | None = None
        try:
            for address in _public_addresses(name, self.port):
                self.host = address
                try:
                    return super().connect()
                except NewConnectionError as error:
                    failure = error
        finally:
            self.host = name  # of the Host header
        raise failure or OSError(f"{name} has no address")


class _PublicTlsConnection(_PublicConnection, HTTPSConnection):
    pass


class _PublicPool(HTTPConnectionPool):
    ConnectionCls: Any = _PublicConnection


class _PublicTlsPool(HTTPSConnectionPool):
    ConnectionCls: Any = _PublicTlsConnection


def _public_addresses(host: str, port: int) -> list[str]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    addresses = [str(sockaddr[0]) for *_, sockaddr in found]
    for address in addresses:
        if reason := private_address(address):
            raise ValueError(f"it redirects to {host}, whose address is {reason}")
    return addresses
