"""Network namespaces: machines that have only the addresses given by a test."""

from __future__ import annotations

import asyncio
import functools
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.servers.http import accepting, pump

_IS_ROOT = os.geteuid() == 0
_UNSHARE = ("unshare", "--net") if _IS_ROOT else ("unshare", "--map-root-user", "--net")
_ENTER = ("--net",) if _IS_ROOT else ("--user", "--preserve-credentials", "--net")

# A socket stays in the namespace where it was created, so a child process creates it.
# Python has os.setns only since 3.12, and without root only a process with a single
# thread may enter a user namespace.
_OPEN = """
import socket, sys
kind, address, port, parent_socket = sys.argv[1:]
family = socket.AF_INET6 if ":" in address else socket.AF_INET
if kind == "tcp":
    opened = socket.create_server((address, int(port)), family=family)
elif kind == "udp":
    opened = socket.socket(family, socket.SOCK_DGRAM)
    opened.bind((address, int(port)))
else:  # every packet of the namespace, as packet(7) says
    opened = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.ntohs(3))
with opened, socket.socket(fileno=int(parent_socket)) as parent:
    socket.send_fds(parent, [b"."], [opened.fileno()])
"""

# A mount namespace of its own, in which the files of a folder replace those of /etc.
_REPLACING = """
for file in "$0"/*; do mount --bind "$file" "/etc/${file##*/}" || exit; done
exec "$@"
"""


@dataclass(frozen=True, slots=True)
class Namespace:
    """A network namespace, which exists as long as the process ``pid``.

    For its commands, the files of the folder ``etc`` replace those of /etc.
    """

    pid: int
    etc: Path | None = None

    def command(self, *argv: str) -> list[str]:
        """Return the command that runs ``argv`` inside, by ``exec`` only."""
        enter = ["nsenter", f"--target={self.pid}", *_ENTER]
        if self.etc is not None:
            enter += ["unshare", "--mount", "sh", "-c", _REPLACING, str(self.etc)]
        return [*enter, *argv]

    def listen(self, address: tuple[str, int]) -> socket.socket:
        """Call ``socket.create_server`` inside the namespace."""
        return self._open("tcp", address)

    def receive(self, address: tuple[str, int]) -> socket.socket:
        """Open a UDP socket inside the namespace."""
        return self._open("udp", address)

    def capture(self) -> socket.socket:
        """Open a socket that receives each packet of the namespace (packet(7))."""
        return self._open("packets", ("", 0))

    def _open(self, kind: str, address: tuple[str, int]) -> socket.socket:
        ours, theirs = socket.socketpair()
        with ours, theirs:
            parent_socket = theirs.fileno()
            child = (sys.executable, "-I", "-c", _OPEN, kind, *map(str, address))
            subprocess.run(
                self.command(*child, str(parent_socket)),
                pass_fds=[parent_socket],
                check=True,
            )
            _, (opened,), *_ = socket.recv_fds(ours, 1, 1)
        return socket.socket(fileno=opened)


@functools.cache
def has_namespaces() -> bool:
    """Return whether this machine allows network namespaces."""
    if not all(map(shutil.which, ("unshare", "nsenter", "ip"))):
        return False
    tried = subprocess.run([*_UNSHARE, "true"], capture_output=True, check=False)
    return tried.returncode == 0


@contextmanager
def namespace(
    addresses: Sequence[str] = (), *, etc: Path | None = None
) -> Iterator[Namespace]:
    """Make a network namespace with 127.0.0.1, ::1 and ``addresses``.

    ``etc`` is a folder of files that replace those of /etc for its commands.
    """
    adds = (
        f"ip address add {address}/{128 if ':' in address else 32} dev lo"
        for address in addresses
    )
    # cat ends when our end of the pipe closes, however the tests end.
    script = " && ".join(["ip link set lo up", *adds, "echo up", "exec cat"])
    with subprocess.Popen(
        [*_UNSHARE, "sh", "-c", script],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as holder:
        if not (holder.stdout and holder.stdout.readline()):
            raise RuntimeError(
                f"no network namespace with {addresses}: see standard error"
            )
        yield Namespace(holder.pid, etc)


@contextmanager
def forward(namespace: Namespace, port: int, socks_path: Path) -> Iterator[None]:
    """Forward connections to 127.0.0.1:port inside to a unix socket outside."""

    async def connected(
        reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        with closing(writer):
            try:
                far_reader, far_writer = await asyncio.open_unix_connection(socks_path)
                with closing(far_writer):
                    await asyncio.gather(
                        pump(reader, far_writer), pump(far_reader, writer)
                    )
            except (OSError, asyncio.CancelledError):
                pass  # one side has closed, or the test is over

    with accepting(namespace.listen(("127.0.0.1", port)), connected):
        yield


@contextmanager
def machine(number: int) -> Iterator[Namespace]:
    """Make a namespace linked to this machine, which has 10.77.NUMBER.1 there.

    Needs root. The link ends with the namespace.
    """
    with namespace() as made:
        ours, theirs = f"fpc{number}a", f"fpc{number}b"
        wire = ["ip", "link", "add", ours, "type", "veth", "peer", "name", theirs]
        _run([*wire, "netns", str(made.pid)])
        _run(["ip", "address", "add", f"10.77.{number}.1/24", "dev", ours])
        _run(["ip", "link", "set", ours, "up"])
        address = f"10.77.{number}.2/24"
        _run(made.command("ip", "address", "add", address, "dev", theirs))
        _run(made.command("ip", "link", "set", theirs, "up"))
        gateway = f"10.77.{number}.1"
        _run(made.command("ip", "route", "add", "default", "via", gateway))
        yield made


@contextmanager
def local_network(network: str) -> Iterator[None]:
    """Make every address of ``network`` local to this machine."""
    route = ["local", network, "dev", "lo"]
    _run(["ip", "route", "add", *route])
    try:
        yield
    finally:
        _run(["ip", "route", "del", *route])


def _run(command: list[str]) -> None:
    subprocess.run(command, check=True)
