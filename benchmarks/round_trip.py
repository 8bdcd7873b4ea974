"""A network path with a round trip of some milliseconds, in a namespace of its own.

``python -m benchmarks.round_trip MILLISECONDS`` runs inside the namespace. It delays IP
packets, not requests, so TCP has its real handshake and its real first window (RFC
6928: ten segments). The kernel needs no netem for this, but /dev/net/tun and root.
"""

from __future__ import annotations

import fcntl
import os
import select
import struct
import subprocess
import sys
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from tests.commands import environment
from tests.servers.namespaces import namespace

if TYPE_CHECKING:
    from tests.servers.namespaces import Namespace

HERE, FAR = "10.99.0.1", "10.99.0.2"
"""What is sent to FAR arrives at HERE, later, and seems to come from FAR."""

_READY = "ready\n"
_SETUP = (
    f"ip address add {HERE}/24 dev far",
    "ip link set far mtu 1500 up",
    "sysctl -qw net.ipv4.tcp_congestion_control=reno",
)
# linux/if_tun.h: TUNSETIFF takes a struct ifreq: name, then flags.
_TUNSETIFF, _IFF_TUN, _IFF_NO_PI = 0x400454CA, 0x0001, 0x1000
_MAX_PACKET = 65_536


@contextmanager
def far_away(milliseconds: float) -> Iterator[Namespace]:
    """Make a namespace where FAR is a round trip of ``milliseconds`` away."""
    with namespace() as inside:
        relay = [sys.executable, "-m", "benchmarks.round_trip", str(milliseconds)]
        with subprocess.Popen(
            inside.command(*relay), env=environment(), stdout=subprocess.PIPE, text=True
        ) as child:
            if child.stdout is None or child.stdout.readline() != _READY:
                raise RuntimeError("no delayed network: see standard error")
            try:
                yield inside
            finally:
                child.terminate()


def relay(seconds: float) -> None:
    """Return each packet to the other end, ``seconds`` later, until terminated."""
    device = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    request = struct.pack("16sH22x", b"far", _IFF_TUN | _IFF_NO_PI)
    fcntl.ioctl(device, _TUNSETIFF, request)
    for command in _SETUP:
        subprocess.run(command.split(), check=True)
    print(_READY, end="", flush=True)
    waiting: deque[tuple[float, bytes]] = deque()
    while True:
        left = waiting[0][0] - time.monotonic() if waiting else None
        if left is not None and left <= 0:
            os.write(device, waiting.popleft()[1])
            continue
        if select.select([device], [], [], left)[0]:
            packet = os.read(device, _MAX_PACKET)
            waiting.append((time.monotonic() + seconds, _turned_round(packet)))


def _turned_round(packet: bytes) -> bytes:
    """Exchange source and destination (RFC 791 section 3.1); checksums stay right."""
    if packet[0] >> 4 != 4:  # IPv6 looks for neighbours
        return packet
    return packet[:12] + packet[16:20] + packet[12:16] + packet[20:]


if __name__ == "__main__":
    relay(float(sys.argv[1]) / 2_000)  # each way is half of the round trip
