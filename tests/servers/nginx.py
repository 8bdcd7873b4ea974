"""A real nginx on a free loopback port."""

from __future__ import annotations

import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from tests.waiting import wait_until

if TYPE_CHECKING:
    from tests.servers.namespaces import Namespace

_CONFIG = """
daemon off; pid {home}/nginx.pid; error_log {home}/error.log; user root;
events {{}}
http {{
    access_log {home}/access.log;
    client_body_temp_path {home}/b; proxy_temp_path {home}/p;
    fastcgi_temp_path {home}/f; uwsgi_temp_path {home}/u; scgi_temp_path {home}/s;
    types {{ text/html html; image/jpeg jpg; image/png png; image/webp webp;
             image/svg+xml svg; image/gif gif; text/css css; }}
    {outside}
    server {{ listen {address}:{port}; root {root}; {inside} }}
}}
"""


@contextmanager
def nginx(
    home: Path,
    root: Path,
    *,
    address: str = "127.0.0.1",
    inside: Namespace | None = None,
    http: str = "",
    server_block: str = "",
) -> Iterator[str]:
    """Serve the files below ``root``; yields the URL. ``inside``: of a namespace.

    ``http``, ``server_block``: further directives of these blocks.
    """
    home.mkdir()
    port = 80 if inside else free_port()
    config = home / "nginx.conf"
    config.write_text(
        _CONFIG.format(
            home=home,
            address=address,
            port=port,
            root=root,
            outside=http,
            inside=server_block,
        )
    )
    command = ["nginx", "-c", str(config), "-e", str(home / "e.log")]
    server = subprocess.Popen(inside.command(*command) if inside else command)
    try:
        if inside:
            wait_until((home / "nginx.pid").exists)
        else:
            wait_for(port)
        yield f"http://{address}:{port}"
    finally:
        server.terminate()
        server.wait()


def free_port() -> int:
    """Return a port on which no server listens now."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


def wait_for(port: int, seconds: float = 15, address: str = "127.0.0.1") -> None:
    """Wait until a server listens on the port; raises TimeoutError."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            socket.create_connection((address, port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise TimeoutError(f"no server listens on port {port}")
