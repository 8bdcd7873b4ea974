"""List the URLs of a shard that is given up, as a crawl lists what failed."""

from __future__ import annotations

import gzip
import json

from fpcrawler.fleet.manifest import PARKED


def given_up_name(number: int) -> str:
    """Return the name of the list of the URLs of a parked shard, as JSON Lines."""
    return f"{PARKED}/{number:05}.failed.jsonl.gz"


def list_given_up(listed: bytes, failures: bytes, reason: str) -> bytes:
    """Return gzipped lines (FailedFile) that name each URL of a list.

    ``failures``: the gzipped lines of the last crawl, or nothing; a URL that they do
    not name has ``reason``.
    """
    lines = gzip.decompress(failures).splitlines() if failures else []
    known = {json.loads(line)["url"] for line in lines}
    for url in listed.decode().split("\n"):
        if url and url not in known:
            line = json.dumps({"url": url, "reason": reason, "page": None})
            lines.append(line.encode())
    return gzip.compress(b"".join(line + b"\n" for line in lines))
