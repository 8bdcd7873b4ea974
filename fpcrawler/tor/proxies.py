"""The Tor processes of a crawl."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from fpcrawler.core.web.onion import is_onion

if TYPE_CHECKING:
    from scrapy.settings import BaseSettings
import asyncio
import secrets
from contextlib import closing, suppress
from hashlib import sha256
from typing import TYPE_CHECKING

from socksio import ProtocolError
from socksio.socks5 import SOCKS5AuthMethod, SOCKS5AuthMethodsRequest, SOCKS5Connection

from fpcrawler.errors import BadInput


def check_tor(settings: BaseSettings) -> None:
    """Raise BadInput for a proxy or a way that does not exist."""
    try:
        checked_proxies(settings.getlist("TOR_PROXIES"))
    except BadProxy as error:
        raise BadInput(str(error)) from None
    user_agent = str(settings["TOR_USER_AGENT"] or "")
    if not (user_agent.isascii() and user_agent.isprintable() and user_agent.strip()):
        raise BadInput(
            f"TOR_USER_AGENT is {user_agent!r}; use a browser's, on one line."
        )
    way = settings["TOR_LINKED_CLEARNET"]
    if way not in ("tor", "drop"):
        raise BadInput(f"TOR_LINKED_CLEARNET is {way!r}; use tor or drop.")


SCHEME = "socks5h"

_MAX_PORT = 0xFFFF

_PROXY = re.compile(
    rf"{SCHEME}://"
    r"(?P<host>\[[0-9a-f:.]+\]|(?!-)[\w-]{1,63}(?:\.[\w-]{1,63}){0,9})"
    r":(?P<port>\d{1,5})/?",
    re.ASCII | re.IGNORECASE,
)

_PROBE_TIMEOUT = 5.0  # seconds

_MAX_REPLY = 256  # bytes


class BadProxy(ValueError):
    """An entry of TOR_PROXIES that cannot be used; the text is one sentence."""


class TorProxies:
    """Says which Tor process serves an onion, by credentials of its own.

    Tor gives streams with different SOCKS credentials different circuits
    (IsolateSOCKSAuth). They are the first party, so that the site's page shares
    its circuit with what it leads to and with nothing else, and a secret, so
    that no other user of the same Tor process shares it.
    """

    def __init__(self, proxies: Sequence[str]) -> None:
        self.proxies = proxies
        self._secret = secrets.token_hex(16)

    def proxy_of(self, first_party: str) -> str:
        """Return the proxy for a site: always the same one, with credentials."""
        number = int.from_bytes(sha256(first_party.encode()).digest())
        address = urlsplit(self.proxies[number % len(self.proxies)]).netloc
        return f"{SCHEME}://{first_party}:{self._secret}@{address}"


async def silent_addresses(proxies: Sequence[str]) -> list[str]:
    """Return those of the proxies, as ``host:port``, that do not answer."""
    addresses = [urlsplit(proxy).netloc for proxy in proxies]
    answers = await asyncio.gather(*map(_answers, addresses))
    return [a for a, is_there in zip(addresses, answers, strict=True) if not is_there]


def checked_proxies(proxies: Sequence[str]) -> list[str]:
    """Return the entries of TOR_PROXIES; raises BadProxy."""
    if not proxies:
        raise BadProxy(
            f"TOR_PROXIES is empty; name a SOCKS port: {SCHEME}://127.0.0.1:9050."
        )
    return [_checked(proxy.strip()) for proxy in proxies]


def _checked(proxy: str) -> str:
    found = _PROXY.fullmatch(proxy)
    is_usable = found is not None and 0 < int(found["port"]) <= _MAX_PORT
    if found is None or not is_usable or is_onion(found["host"]):
        raise BadProxy(
            f"TOR_PROXIES has {proxy!r}; write {SCHEME}://HOST:PORT, without a user: "
            f"Tor looks the names up, and each onion gets credentials of its own."
        )
    return proxy.rstrip("/")


async def _answers(address: str) -> bool:
    """Return whether a SOCKS5 proxy takes credentials there (RFC 1928 section 3)."""
    parts = urlsplit(f"//{address}")
    greeting = SOCKS5Connection()
    greeting.send(SOCKS5AuthMethodsRequest([SOCKS5AuthMethod.USERNAME_PASSWORD]))
    with suppress(OSError, ProtocolError):  # TimeoutError is an OSError
        async with asyncio.timeout(_PROBE_TIMEOUT):
            reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
            with closing(writer):
                writer.write(greeting.data_to_send())
                reply = greeting.receive_data(await reader.read(_MAX_REPLY))
        takes = getattr(reply, "method", None)
        return takes == SOCKS5AuthMethod.USERNAME_PASSWORD
    return False
