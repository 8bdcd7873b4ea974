"""A network namespace whose names are all known: a DNS server of the test's own."""

from __future__ import annotations

import ipaddress
import struct
import threading
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.servers.namespaces import Namespace, namespace

if TYPE_CHECKING:
    import socket
    from pathlib import Path

Zone = Mapping[str, Sequence[tuple[str, ...]]]
"""Name to its records, one tuple for each look-up in turn; the last one stays.

A record is an address or, for CNAME, another name of the zone.
"""

NAMESERVER = "198.51.100.53"
_A, _CNAME, _AAAA = 1, 5, 28  # RFC 1035 section 3.2.2, RFC 3596 section 2.1
_IN = 1
_AUTHORITATIVE_ANSWER = 0x8580  # RFC 1035 section 4.1.1: QR, AA, RD, RA
_NO_SUCH_NAME = 3
_PATIENCE = 0.05
"""Seconds after which the server looks whether it has to stop."""


@dataclass(slots=True)
class DnsServer:
    """The zone, and the look-ups that it answered: name and type of record.

    ``silent``: the domain of the names to which it never responds.
    """

    zone: Zone
    silent: str | None = None
    asked: Counter[tuple[str, int]] = field(default_factory=Counter)

    @property
    def names(self) -> set[str]:
        return {name for name, _ in self.asked}

    def answer(self, query: bytes) -> bytes:
        """Return the response to one query of one question (RFC 1035 section 4).

        It is empty for a silent name.
        """
        name, end = _name_at(query, 12)
        (kind,) = struct.unpack_from(">H", query, end)
        nth = self.asked[name, kind]
        self.asked[name, kind] += 1
        if self.silent and name.endswith(self.silent):
            return b""
        found = list(self._records(name, kind, nth))
        code = 0 if name in self.zone else _NO_SUCH_NAME
        flags = _AUTHORITATIVE_ANSWER | code
        head = query[:2] + struct.pack(">5H", flags, 1, len(found), 0, 0)
        return head + query[12 : end + 4] + b"".join(found)

    def _records(self, name: str, kind: int, nth: int) -> Iterator[bytes]:
        turns = self.zone.get(name, [()])
        for record in turns[min(nth, len(turns) - 1)]:
            try:
                address = ipaddress.ip_address(record)
            except ValueError:
                yield _record(name, _CNAME, _encoded(record))
                yield from self._records(record, kind, nth)
                continue
            if kind == (_A if address.version == 4 else _AAAA):
                yield _record(name, kind, address.packed)


@contextmanager
def named_network(
    folder: Path, addresses: Sequence[str], zone: Zone, *, silent: str | None = None
) -> Iterator[tuple[Namespace, DnsServer]]:
    """Make a namespace with ``addresses``, whose resolver knows ``zone`` only."""
    etc = folder / "etc"
    etc.mkdir()
    options = "options timeout:1 attempts:2"
    (etc / "resolv.conf").write_text(f"nameserver {NAMESERVER}\n{options}\n")
    (etc / "nsswitch.conf").write_text("hosts: files dns\n")
    with namespace([NAMESERVER, *addresses], etc=etc) as inside:
        server = DnsServer(zone, silent)
        with _answering(server, inside.receive((NAMESERVER, 53))):
            yield inside, server


@contextmanager
def _answering(server: DnsServer, opened: socket.socket) -> Iterator[None]:
    def run() -> None:
        while not stopped.is_set():
            with suppress(TimeoutError):
                query, client = opened.recvfrom(512)
                if response := server.answer(query):
                    opened.sendto(response, client)

    stopped = threading.Event()
    opened.settimeout(_PATIENCE)
    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield
    finally:
        stopped.set()
        thread.join()
        opened.close()


def _name_at(message: bytes, at: int) -> tuple[str, int]:
    """Return the name at an offset, in lower case, and the offset after it."""
    labels = []
    while length := message[at]:
        labels.append(message[at + 1 : at + 1 + length])
        at += 1 + length
    return b".".join(labels).decode("ascii").lower(), at + 1


def _encoded(name: str) -> bytes:
    labels = name.encode("ascii").split(b".")
    return b"".join(bytes([len(label)]) + label for label in labels) + b"\0"


def _record(name: str, kind: int, data: bytes) -> bytes:
    """Return a record that may not be cached."""
    return _encoded(name) + struct.pack(">HHIH", kind, _IN, 0, len(data)) + data
