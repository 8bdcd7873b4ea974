"""A script as the seed's: requests, HEAD and GET of each image, in threads."""

from __future__ import annotations

import json
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import requests

from benchmarks.race.contestants.lists import image_urls, record
from benchmarks.race.heat import HEAD

if TYPE_CHECKING:
    from benchmarks.race.heat import Heat

_LOCAL = threading.local()


def command(heat: Heat) -> list[str]:
    """Return the command of this module."""
    module = [sys.executable, "-m", __name__]
    listed = [str(heat.urls_file), f"{heat.are_pages:d}", str(heat.connections)]
    return [*module, *listed]


def read(url: str) -> dict[str, object]:
    """Ask for the size, then for the first bytes."""
    if not hasattr(_LOCAL, "session"):
        _LOCAL.session = requests.Session()
    session: requests.Session = _LOCAL.session
    size = int(session.head(url, timeout=30).headers["Content-Length"])
    response = session.get(url, headers={"Range": HEAD}, timeout=30)
    return record(url, size, response.content)


def main(urls_file: str, pages: str, at_once: str) -> None:
    """Write the records when all are there."""
    with ThreadPoolExecutor(int(at_once)) as threads:
        records = list(threads.map(read, image_urls(urls_file, pages)))
    Path("feed.json").write_text(json.dumps(records, indent=4))


if __name__ == "__main__":
    main(*sys.argv[1:])
