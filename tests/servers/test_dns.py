"""A namespace resolves by its own server, and its packets are seen."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator

import pytest

from tests.servers.dns import NAMESERVER, DnsServer, Zone, named_network
from tests.servers.namespaces import Namespace, has_namespaces
from tests.servers.packets import packets

pytestmark = pytest.mark.skipif(
    not has_namespaces(), reason="network namespaces may not be made"
)

ZONE: Zone = {
    "both.example": [("93.184.216.34", "2606:2800:21f::34")],
    "alias.example": [("both.example",)],
    "rebound.example": [("93.184.216.34",), ("10.0.0.5",)],
    "empty.example": [()],
}


@pytest.fixture(scope="module")
def network(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[Namespace, DnsServer]]:
    with named_network(
        tmp_path_factory.mktemp("dns"), ["10.0.0.5", "2606:2800:21f::1"], ZONE
    ) as made:
        yield made


def addresses(inside: Namespace, name: str) -> set[str]:
    """Return the addresses that the system's resolver finds inside."""
    found = subprocess.run(
        inside.command("getent", "ahosts", name),
        capture_output=True,
        text=True,
        check=False,
    )
    return {line.split()[0] for line in found.stdout.splitlines()}


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("both.example", {"93.184.216.34", "2606:2800:21f::34"}),
        ("alias.example", {"93.184.216.34", "2606:2800:21f::34"}),
        ("empty.example", set()),
        ("unknown.example", set()),
    ],
)
def test_a_name_has_the_addresses_of_the_zone(
    network: tuple[Namespace, DnsServer], name: str, found: set[str]
) -> None:
    inside, dns = network

    assert addresses(inside, name) == found
    assert name in dns.names


def test_a_name_can_have_another_address_at_its_second_look_up(
    network: tuple[Namespace, DnsServer],
) -> None:
    inside, _ = network

    assert addresses(inside, "rebound.example") == {"93.184.216.34"}
    assert addresses(inside, "rebound.example") == {"10.0.0.5"}


def test_packets_are_seen_even_if_nothing_listens(
    network: tuple[Namespace, DnsServer],
) -> None:
    inside, _ = network
    curl = inside.command("curl", "--silent", "http://10.0.0.5:81/")

    with packets(inside) as targets:
        subprocess.run(curl, check=False)
        addresses(inside, "both.example")

    assert targets == {("10.0.0.5", 81), (NAMESERVER, 53)}
