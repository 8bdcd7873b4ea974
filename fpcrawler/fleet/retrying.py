"""Lead a crawl again to what failed in an earlier one."""

from __future__ import annotations

import gzip
import json


def list_again(failures: bytes, listed: bytes) -> bytes:
    """Return the list that leads to all URLs that failed.

    ``failures``: the gzipped lines of a crawl (FailedFile). ``listed``: its list. An
    image that a page names is reached by this page again: only the page decides
    whether it is reached through Tor, and whether at a private address. Of a page
    that is not listed itself it is unknown what led to it, so all is listed again.
    """
    wanted: dict[str, None] = {}
    for line in gzip.decompress(failures).splitlines():
        failed = json.loads(line)
        wanted[failed["page"] or failed["url"]] = None
    if not wanted.keys() <= set(listed.decode().splitlines()):
        return listed
    return "".join(f"{url}\n" for url in wanted).encode()
