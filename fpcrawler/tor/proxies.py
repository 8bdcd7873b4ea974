"""Check TOR_PROXIES, and choose the Tor process and credentials of a site."""

from __future__ import annotations

import asyncio
import re
import secrets
from collections.abc import Sequence
from contextlib import closing, suppress
from hashlib import sha256
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from socksio import ProtocolError
from socksio.socks5 import SOCKS5AuthMethod, SOCKS5AuthMethodsRequest, SOCKS5Connection

from fpcrawler.core.web.onion import is_onion
from fpcrawler.errors import BadInput

if TYPE_CHECKING:
    from scrapy.settings import BaseSettings

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


def check_tor(settings: BaseSettings) -> None:
    """Raise BadInput for a setting of Tor that cannot be used."""
    try:
        checked_proxies(settings.getlist("TOR_PROXIES"))
    except BadProxy as error:
        raise BadInput(str(error)) from None
    user_agent = str(settings["TOR_USER_AGENT"] or "")
    if not (user_agent.isascii() and user_agent.isprintable() and user_agent.strip()):
        raise BadInput(
            f"TOR_USER_AGENT is {user_agent!r}; use one line of ASCII, as browsers do."
        )
    linked = settings["TOR_LINKED_CLEARNET"]
    if linked not in ("tor", "drop"):
        raise BadInput(f"TOR_LINKED_CLEARNET is {linked!r}; use tor or drop.")


class TorProxies:
    """Chooses the Tor process of each site, and gives the site its credentials.

    Tor uses different circuits for streams with different SOCKS credentials
    (IsolateSOCKSAuth). The user name is the first party: so a page shares its
    circuit with its links, and with nothing else. The password is a secret of the
    crawl: so no other user of the Tor process shares the circuit.
    """

    def __init__(self, proxies: Sequence[str]) -> None:
        self.proxies = proxies
        self._secret = secrets.token_hex(16)

    def proxy_of(self, first_party: str) -> str:
        """Return the URL of a site's proxy with credentials; always the same proxy."""
        number = int.from_bytes(sha256(first_party.encode()).digest())
        address = urlsplit(self.proxies[number % len(self.proxies)]).netloc
        return f"{SCHEME}://{first_party}:{self._secret}@{address}"


async def silent_addresses(proxies: Sequence[str]) -> list[str]:
    """Return the proxies that do not respond, as ``host:port``."""
    addresses = [urlsplit(proxy).netloc for proxy in proxies]
    responds = await asyncio.gather(*map(_responds, addresses))
    return [a for a, is_up in zip(addresses, responds, strict=True) if not is_up]


def checked_proxies(proxies: Sequence[str]) -> list[str]:
    """Return the entries of TOR_PROXIES without spaces; raises BadProxy."""
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
            f"TOR_PROXIES has {proxy!r}; use {SCHEME}://HOST:PORT without a user name, "
            "so that Tor resolves host names and each onion gets its own credentials."
        )
    return proxy.rstrip("/")


async def _responds(address: str) -> bool:
    """Return whether a SOCKS5 proxy accepts credentials (RFC 1928 section 3)."""
    parts = urlsplit(f"//{address}")
    greeting = SOCKS5Connection()
    greeting.send(SOCKS5AuthMethodsRequest([SOCKS5AuthMethod.USERNAME_PASSWORD]))
    with suppress(OSError, ProtocolError):  # TimeoutError is an OSError
        async with asyncio.timeout(_PROBE_TIMEOUT):
            reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
            with closing(writer):
                writer.write(greeting.data_to_send())
                reply = greeting.receive_data(await reader.read(_MAX_REPLY))
        method = getattr(reply, "method", None)
        return method == SOCKS5AuthMethod.USERNAME_PASSWORD
    return False
