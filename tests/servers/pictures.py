"""nginx with one photograph under every name of every loopback host."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.servers.nginx import free_port, wait_for

_CONFIG = """
daemon off; pid {home}/nginx.pid; error_log {home}/error.log; user root;
events {{}}
http {{
    access_log off;
    open_file_cache max=8; sendfile on; keepalive_requests 1000000;
    client_body_temp_path {home}/b; proxy_temp_path {home}/p;
    fastcgi_temp_path {home}/f; uwsgi_temp_path {home}/u; scgi_temp_path {home}/s;
    types {{ text/html html; image/jpeg jpg; }}
    server {{
        listen {address}:{port};
        location = /robots.txt {{ return 404; }}
        location = /page.html {{ root {home}; }}
        location / {{ root {photo.parent}; try_files /{photo.name} =404; }}
    }}
}}
"""


@contextmanager
def pictures(home: Path, photo: Path, address: str = "0.0.0.0") -> Iterator[int]:
    """Serve ``photo`` for every path; yields the port."""
    home.mkdir()
    port = free_port()
    config = home / "nginx.conf"
    config.write_text(
        _CONFIG.format(home=home, port=port, photo=photo, address=address)
    )
    server = subprocess.Popen(["nginx", "-c", str(config), "-e", str(home / "e.log")])
    try:
        wait_for(port, address="127.0.0.1" if address == "0.0.0.0" else address)
        yield port
    finally:
        server.terminate()
        server.wait()


def hosts(number: int) -> list[str]:
    """Return ``number`` loopback addresses of this machine."""
    return [f"127.0.{at // 200 + 1}.{at % 200 + 1}" for at in range(number)]
