"""Note where the packets of a network namespace go."""

from __future__ import annotations

import ipaddress
import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.servers.namespaces import Namespace

Target = tuple[str, int]
"""The address and the port that a packet is sent to."""

_HEADERS = 128
"""Bytes of a packet that are looked at."""
_ICMP = {1, 58}
_CLIENTS = 32_768
"""Linux gives clients the ports from this one on."""
_SOL_PACKET, _STATISTICS = 263, 6  # linux/if_packet.h
_PATIENCE = 0.05
"""Seconds without a packet after which the reader looks whether it has to stop."""


@contextmanager
def packets(inside: Namespace) -> Iterator[set[Target]]:
    """Collect the targets of all packets to servers until the block ends.

    Answers to clients and ICMP, which the kernel itself sends, are left out. Raises
    OverflowError if the kernel dropped a packet before it was read.
    """

    def run() -> None:
        while True:
            try:
                target = _target(captured.recv(_HEADERS))
                if target is not None and target[1] < _CLIENTS:
                    targets.add(target)
            except TimeoutError:
                if stopped.is_set():
                    return

    targets: set[Target] = set()
    stopped = threading.Event()
    with inside.capture() as captured:
        with suppress(OSError):  # without root, the usual size has to do
            captured.setsockopt(socket.SOL_SOCKET, 33, 64 * 2**20)  # SO_RCVBUFFORCE
        captured.settimeout(_PATIENCE)
        thread = threading.Thread(target=run)
        thread.start()
        try:
            yield targets
        finally:
            stopped.set()
            thread.join()
        _, lost = struct.unpack("II", captured.getsockopt(_SOL_PACKET, _STATISTICS, 8))
        if lost:
            raise OverflowError(f"{lost} packets were not seen")


def _target(packet: bytes) -> Target | None:
    """Return where an IPv4 (RFC 791) or IPv6 packet (RFC 8200) is sent to."""
    if packet[0] >> 4 == 4:
        protocol, address, ports = packet[9], packet[16:20], 4 * (packet[0] & 15)
    else:
        protocol, address, ports = packet[6], packet[24:40], 40
    if protocol in _ICMP:
        return None
    (port,) = struct.unpack_from(">H", packet, ports + 2)
    return str(ipaddress.ip_address(address)), port
