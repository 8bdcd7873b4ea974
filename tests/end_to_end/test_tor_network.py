from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.servers.http import Asked, Server, Wire, serving
from tests.servers.namespaces import Namespace, forward, has_namespaces, namespace
from tests.servers.tor import TorNetwork, tor_network

SITE, EXIT = "93.184.216.34", "198.51.100.7"

needs_tor = pytest.mark.skipif(not shutil.which("tor"), reason="tor is not installed")
needs_namespaces = pytest.mark.skipif(
    not has_namespaces(), reason="network namespaces may not be made"
)


async def hello(asked: Asked, wire: Wire) -> None:
    body = f"hello {asked.headers['host']}".encode()
    await wire.reply("200 OK", {"Content-Length": len(body)}, body)


@pytest.fixture
def site() -> Iterator[Server]:
    with serving(hello) as server:
        yield server


def curl(url: str, proxy: str | None = None, inside: Namespace | None = None) -> str:
    """Return the body; raises CalledProcessError if curl fails."""
    command = ["curl", "--silent", "--show-error", "--max-time", "30", url]
    if proxy:
        command += ["--proxy", proxy]
    return subprocess.run(
        inside.command(*command) if inside else command,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    ).stdout


def test_an_onion_answers(tor: TorNetwork, site: Server) -> None:
    with tor.onion({80: site.port}) as host:
        assert len(host) == len("x" * 56 + ".onion")
        assert curl(f"http://{host}/", tor.proxy) == f"hello {host}"


def test_onions_are_apart_and_end_with_their_block(
    tor: TorNetwork, site: Server
) -> None:
    with ExitStack() as stack:
        one = stack.enter_context(tor.onion({80: site.port, 8080: site.port}))
        with tor.onion({80: site.port}) as two:
            assert curl(f"http://{two}/", tor.proxy) == f"hello {two}"
        assert curl(f"http://{one}:8080/", tor.proxy) == f"hello {one}:8080"
        with pytest.raises(subprocess.CalledProcessError):
            curl(f"http://{two}/", tor.proxy)


def test_the_client_comes_back_on_its_ports(tor: TorNetwork, site: Server) -> None:
    with tor.onion({80: site.port}) as host:
        tor.stop_client()
        with pytest.raises(subprocess.CalledProcessError):
            curl(f"http://{host}/", tor.proxy)
        tor.start_client()
        assert curl(f"http://{host}/", tor.proxy) == f"hello {host}"


def test_control_sees_the_client(tor: TorNetwork) -> None:
    with tor.control() as controller:
        assert controller.get_pid() == tor.client.pid
        known = {relay.fingerprint for relay in controller.get_network_statuses()}
    assert known > {relay.fingerprint for relay in tor.relays}


@needs_tor
@needs_namespaces
def test_an_exit_reaches_a_public_address_in_a_namespace(tmp_path: Path) -> None:
    with (
        namespace([SITE, EXIT]) as inside,
        serving(hello, address=SITE, port=80, namespace=inside) as site,
        tor_network(tmp_path, namespace=inside, exit_address=EXIT) as network,
        forward(inside, 9050, network.socks_path),
    ):
        assert curl(f"http://{SITE}/", network.proxy, inside) == f"hello {SITE}"
        assert curl(f"http://{SITE}/", "socks5h://127.0.0.1:9050", inside)
        assert curl(f"http://{SITE}/", inside=inside)
    assert [asked.peer for asked in site.asked] == [EXIT, EXIT, SITE]


@needs_namespaces
def test_forward_finds_a_tor_outside(tor: TorNetwork, site: Server) -> None:
    with (
        tor.onion({80: site.port}) as host,
        namespace() as inside,
        forward(inside, 9050, tor.socks_path),
    ):
        proxy = "socks5h://127.0.0.1:9050"
        assert curl(f"http://{host}/", proxy, inside) == f"hello {host}"
        with pytest.raises(subprocess.CalledProcessError):
            curl(site.url, inside=inside)
