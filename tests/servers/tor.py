"""A real Tor network on loopback: an authority, relays, a client, an onion host."""

from __future__ import annotations

import os
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from stem import ControllerError
from stem.control import Controller
from stem.util import log

if TYPE_CHECKING:
    from tests.servers.namespaces import Namespace

log.get_logger().setLevel(log.WARN)  # it logs every connection that ends

_LEADS = (8.5, 13.5, 18.5)
"""Seconds from the start to the first consensus, per attempt. A relay that misses the
vote would wait a whole interval for the next one."""

_INTERVAL = 300
"""Seconds between two consensuses; most test runs have one or two."""

# Ignore the machine's own configuration.
_TOR = ("tor", "--defaults-torrc", "/nonexistent", "--ignore-missing-torrc", "-f")

_EVERYONE = """
TestingTorNetwork 1
DirAuthority {authority}
Nickname {nickname}
DataDirectory {home}
ControlSocket {control}
CookieAuthentication 1
Log [~control]notice stdout
SafeLogging 0
ProtocolWarnings 1
ShutdownWaitLength 0
__OwningControllerProcess {owner}
DisableDebuggerAttachment 0
AvoidDiskWrites 1
PathsNeededToBuildCircuits 0.67
"""

_RELAY = """
Address 127.0.0.1
ORPort 127.0.0.1:{port} IPv4Only
SocksPort 0
AssumeReachable 1
ServerDNSDetectHijacking 0
ServerDNSTestAddresses
ServerDNSResolvConfFile {resolv_conf}
ServerDNSAllowBrokenConfig 1
RelayBandwidthRate 100 MBytes
RelayBandwidthBurst 200 MBytes
"""

# A client that asks a relay without a consensus waits for ten seconds.
_NO_CACHE = """
DirCache 0
"""

_NO_EXIT = """
ExitRelay 0
ExitPolicy reject *:*
"""

_EXIT = """
ExitRelay 1
ExitPolicy accept *:*
ExitPolicyRejectPrivate 0
OutboundBindAddressExit {address}
"""

# Without the guarantees of 0 only the older half of the relays is Stable, and an
# onion needs Stable ones.
_AUTHORITY = """
DirPort 127.0.0.1:{port} IPv4Only
AuthoritativeDirectory 1
V3AuthoritativeDirectory 1
ContactInfo authority@test.invalid
TestingDirAuthVoteExit *
TestingDirAuthVoteGuard *
TestingMinExitFlagThreshold 0
AuthDirVoteStableGuaranteeMinUptime 0
AuthDirVoteStableGuaranteeMTBF 0
V3AuthNIntervalsValid 3
TestingV3AuthInitialVotingInterval {interval}
TestingV3AuthInitialVoteDelay 2
TestingV3AuthInitialDistDelay 2
V3AuthVotingInterval {interval}
V3AuthVoteDelay 2
V3AuthDistDelay 2
"""

# A stream whose circuit has died fails after SocksTimeout, by default two minutes.
_CLIENT = """
ClientOnly 1
ClientUseIPv6 0
SocksTimeout 30
SocksPort 127.0.0.1:{port}
SocksPort unix:{path}
"""

_SERVICE = """
ClientOnly 1
ClientUseIPv6 0
SocksPort 0
"""


@dataclass(slots=True)
class Tor:
    """A Tor process, which can be restarted with its data."""

    nickname: str
    home: Path
    control_path: Path
    namespace: Namespace | None
    _process: subprocess.Popen[bytes] | None = field(default=None, init=False)

    @property
    def pid(self) -> int:
        assert self._process, f"{self.nickname} was not started"
        return self._process.pid

    @property
    def fingerprint(self) -> str:
        """The name a relay has in the consensus and in circuits."""
        return (self.home / "fingerprint").read_text().split()[1]

    @property
    def torrc(self) -> Path:
        return self.home / "torrc"

    @property
    def log(self) -> Path:
        return self.home / "log"

    def start(self) -> None:
        command = [*_TOR, str(self.torrc)]
        if self.namespace:
            command = self.namespace.command(*command)
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )

    def stop(self) -> None:
        """Terminate the process; kill it if it does not end."""
        if not self._process:
            return
        self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self) -> None:
        """Kill the process, as a crash would end it."""
        if self._process:
            self._process.kill()
            self._process.wait()

    @contextmanager
    def control(self) -> Iterator[Controller]:
        with Controller.from_socket_file(str(self.control_path)) as controller:
            controller.authenticate()
            yield controller

    def info(self, key: str) -> str:
        """Return the reply to GETINFO; empty if Tor does not respond yet."""
        # Stem leaves a socket open if Tor does not listen yet.
        with socket.socket(socket.AF_UNIX) as probe:
            if probe.connect_ex(str(self.control_path)):
                return ""
        try:
            with self.control() as controller:
                return str(controller.get_info(key))
        except ControllerError:
            return ""

    def wait_for(self, what: str, is_ready: Callable[[], bool], seconds: float) -> None:
        """Wait until ``is_ready``; raises RuntimeError with the end of the log."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if is_ready():
                return
            time.sleep(0.2)  # each question is a connection of its own
        last_lines = "\n".join(self.log.read_text().splitlines()[-15:])
        raise RuntimeError(f"{self.nickname}: no {what} in {seconds} s\n{last_lines}")

    def wait_for_circuits(self) -> None:
        def has_circuits() -> bool:
            return "PROGRESS=100" in self.info("status/bootstrap-phase")

        self.wait_for("circuits", has_circuits, 90)


@dataclass(frozen=True, slots=True, kw_only=True)
class TorNetwork:
    """A private Tor network; tests use its client and its onions."""

    authority: Tor
    relays: list[Tor]
    client: Tor
    service: Tor
    socks_port: int
    socks_path: Path

    @property
    def proxy(self) -> str:
        return f"socks5h://127.0.0.1:{self.socks_port}"

    def control(self) -> AbstractContextManager[Controller]:
        """Control the client."""
        return self.client.control()

    @contextmanager
    def onion(self, ports: dict[int, int]) -> Iterator[str]:
        """Publish a new onion (virtual to loopback ports); yields its host name."""
        with self.service.control() as controller:
            # Tor ends the service with the connection that asked for it.
            service = controller.create_ephemeral_hidden_service(
                ports, key_content="ED25519-V3", await_publication=True, timeout=60
            )
            host = f"{service.service_id}.onion"
            self.wait_for_host(host, min(ports))
            yield host

    def wait_for_host(self, host: str, port: int) -> None:
        """Wait until the client can connect to the host."""
        self.client.wait_for(
            f"connection to {host}:{port}", lambda: self._connects(host, port), 60
        )

    def _connects(self, host: str, port: int) -> bool:
        """Try a CONNECT by RFC 1928: no authentication, a domain name."""
        name = host.encode()
        with socket.socket(socket.AF_UNIX) as proxy:
            proxy.settimeout(30)
            try:
                proxy.connect(str(self.socks_path))
                proxy.sendall(b"\5\1\0")
                proxy.recv(2)
                proxy.sendall(b"\5\1\0\3%c%b%b" % (len(name), name, port.to_bytes(2)))
                return proxy.recv(2) == b"\5\0"
            except OSError:
                return False

    def start_client(self) -> None:
        """Restart the client on the same ports."""
        self.client.start()
        self.client.wait_for_circuits()

    def start(self, lead: float) -> None:
        """Start all processes, ``lead`` seconds before the first consensus."""
        relays = [self.authority, *self.relays]
        offset = int(time.time() + lead) % _INTERVAL
        with self.authority.torrc.open("a") as torrc:
            torrc.write(f"TestingV3AuthVotingStartOffset {offset}\n")
        for relay in relays:
            relay.start()

        def has_all() -> bool:
            return self.authority.info("ns/all").count(" Running ") == len(relays)

        time.sleep(lead)  # there is nothing to ask for yet
        self.authority.wait_for("consensus on all relays", has_all, 5)
        # Not earlier: a client without a consensus would wait ten seconds to retry.
        self.client.start()
        self.service.start()
        self.client.wait_for_circuits()
        self.service.wait_for_circuits()

    def stop(self) -> None:
        for tor in (self.service, self.client, *self.relays, self.authority):
            tor.stop()


@contextmanager
def tor_network(
    home: Path,
    *,
    relays: int = 3,
    namespace: Namespace | None = None,
    exit_address: str | None = None,
) -> Iterator[TorNetwork]:
    """Run an authority, three relays or more, a client and a host of onions.

    With ``exit_address`` the last relay is an exit, and connects from there.
    """
    with tempfile.TemporaryDirectory(prefix="tor-") as sockets, ExitStack() as stack:
        for lead in _LEADS:
            network = _prepare(
                home / f"{lead}", Path(sockets), relays, namespace, exit_address
            )
            stack.callback(network.stop)
            try:
                network.start(lead)
                break
            except RuntimeError:
                network.stop()
                if lead == _LEADS[-1]:
                    raise
        if exit_address:
            listen = namespace.listen if namespace else socket.create_server
            with listen((exit_address, 0)) as listener:
                network.wait_for_host(*listener.getsockname())
        yield network


def _prepare(
    home: Path,
    sockets: Path,
    relays: int,
    namespace: Namespace | None,
    exit_address: str | None,
) -> TorNetwork:
    """Write the keys and configurations of a network."""
    socks_path = sockets / "socks"
    dir_port, socks_port, authority_port, *relay_ports = _free_ports(3 + relays)
    home.mkdir(mode=0o700, parents=True)
    resolv_conf = home / "resolv.conf"
    resolv_conf.write_text("nameserver 127.0.0.1\n")

    def tor(nickname: str) -> Tor:
        folder = home / nickname
        folder.mkdir(mode=0o700)
        return Tor(nickname, folder, sockets / nickname, namespace)

    authority = tor("authority")
    v3ident = _certify(authority, dir_port)
    trusted = (
        f"authority orport={authority_port} no-v2 v3ident={v3ident}"
        f" 127.0.0.1:{dir_port} {authority.fingerprint}"
    )

    def configure(tor: Tor, *parts: str) -> Tor:
        everyone = _EVERYONE.format(
            authority=trusted,
            nickname=tor.nickname,
            home=tor.home,
            control=tor.control_path,
            # If Stem reads its own process ID here, it takes over the ownership, and
            # Tor ends with the first control connection. Tor ignores the zero.
            owner=f"0{os.getpid()}",
        )
        tor.torrc.write_text("".join([everyone, *parts]))
        return tor

    def relay(port: int) -> str:
        return _RELAY.format(port=port, resolv_conf=resolv_conf)

    exits = [_NO_EXIT] * relays
    if exit_address:
        exits[-1] = _EXIT.format(address=exit_address)
    return TorNetwork(
        authority=configure(
            authority,
            relay(authority_port),
            _NO_EXIT,
            _AUTHORITY.format(port=dir_port, interval=_INTERVAL),
        ),
        relays=[
            configure(tor(f"relay{number}"), relay(port), _NO_CACHE, exit_policy)
            for number, (port, exit_policy) in enumerate(
                zip(relay_ports, exits, strict=True), 1
            )
        ],
        client=configure(
            tor("client"), _CLIENT.format(port=socks_port, path=socks_path)
        ),
        service=configure(tor("service"), _SERVICE),
        socks_port=socks_port,
        socks_path=socks_path,
    )


def _certify(authority: Tor, dir_port: int) -> str:
    """Make the authority's keys; return the fingerprint of its identity."""
    keys = authority.home / "keys"
    keys.mkdir(mode=0o700)
    certificate = keys / "authority_certificate"
    subprocess.run(
        [
            *("tor-gencert", "--create-identity-key", "--passphrase-fd", "0"),
            *("-m", "12", "-a", f"127.0.0.1:{dir_port}", "-c", certificate),
            *("-i", keys / "authority_identity_key"),
            *("-s", keys / "authority_signing_key"),
        ],
        input=b"of no use\n",
        capture_output=True,
        check=True,
    )
    # Its keys as a relay; Tor makes them only if some authority is configured.
    subprocess.run(
        [
            *(*_TOR, "/nonexistent", "--quiet", "--list-fingerprint"),
            *("--orport", "1", "--nickname", authority.nickname),
            *("--datadirectory", authority.home),
            *("--dirserver", f"nobody 127.0.0.1:1 {'f' * 40}"),
        ],
        capture_output=True,
        check=True,
    )
    lines = (line.partition(" ") for line in certificate.read_text().splitlines())
    return next(value for name, _, value in lines if name == "fingerprint")


def _free_ports(count: int) -> list[int]:
    """Return different ports on which no server listens now."""
    with ExitStack() as stack:
        listeners = [
            stack.enter_context(socket.create_server(("127.0.0.1", 0)))
            for _ in range(count)
        ]
        return [listener.getsockname()[1] for listener in listeners]
