"""The handler closes its sockets, with any number of sites."""

from __future__ import annotations

import asyncio
import socket
from asyncio import StreamWriter
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import pytest
from scrapy import Request
from scrapy.exceptions import DownloadConnectionRefusedError, DownloadTimeoutError
from scrapy.utils.test import get_crawler

from fpcrawler.tor.proxies import TorProxies
from fpcrawler.tor.socks import MAX_CLIENTS, SocksDownloadHandler
from tests.servers.http import accepting
from tests.servers.socks import HOST_UNREACHABLE, socks


def sockets() -> int:
    """Count the sockets of this process."""
    return sum(
        link.is_socket() for link in Path("/proc/self/fd").iterdir() if link.exists()
    )


async def ask_many(
    proxy: str, sites: int, *, at_once: int = 8, patience: float = 30
) -> tuple[list[Any], int]:
    """Request each site once; return the outcomes and the peak number of sockets."""
    handler = SocksDownloadHandler(get_crawler())
    proxies, gate = TorProxies([proxy]), asyncio.Semaphore(at_once)
    most = 0

    async def ask(site: int) -> Any:
        nonlocal most
        request = Request(
            f"http://{site}.example/",
            meta={"proxy": proxies.proxy_of(str(site)), "download_timeout": patience},
        )
        async with gate:
            try:
                return (await handler.download_request(request)).status
            except Exception as error:  # noqa: BLE001
                return type(error)
            finally:
                most = max(most, sockets())

    before = sockets()
    outcomes = await asyncio.gather(*map(ask, range(sites)))
    await handler.close()
    await asyncio.sleep(0.1)
    assert sockets() <= before
    return outcomes, most - before


async def keeps_open(reader: asyncio.StreamReader, writer: StreamWriter) -> None:
    """Respond to every request and keep the connection open."""
    with closing(writer), suppress(asyncio.IncompleteReadError, OSError):
        while await reader.readuntil(b"\r\n\r\n"):
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n.")


@pytest.mark.untraced
def test_many_sites_need_few_sockets() -> None:
    listener = socket.create_server(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    with accepting(listener, keeps_open), socks(port) as proxy:
        outcomes, most = asyncio.run(ask_many(proxy, 400))

    assert set(outcomes) == {200}
    # Two connections per client, each with both ends in this process. They close
    # late, so allow twice as many. 400 sites that stay open would need 1,600.
    assert most <= 2 * 4 * (MAX_CLIENTS + 8)


@pytest.mark.parametrize(
    ("code", "error"),
    [(HOST_UNREACHABLE, DownloadConnectionRefusedError), (None, DownloadTimeoutError)],
)
def test_a_connection_that_fails_is_closed(
    code: int | None, error: type[Exception]
) -> None:
    with socks(0, code=code) as proxy:
        outcomes, most = asyncio.run(ask_many(proxy, 40, at_once=20, patience=0.5))

    assert set(outcomes) == {error}
    assert most <= 2 * 20
