"""Make the errand of an image that is looked at again: by the route of its record."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from w3lib.url import file_uri_to_path

from fpcrawler.core.progress.done import is_told_by
from fpcrawler.core.web.addresses import private_host
from fpcrawler.core.web.origins import is_same_origin
from fpcrawler.core.web.url_list import WEB_SCHEMES
from fpcrawler.crawl.trail import Trail
from fpcrawler.tor.route import route_to

if TYPE_CHECKING:
    from fpcrawler.crawl.errand import Errand
    from fpcrawler.items import ImageRecord
    from fpcrawler.verify.goal import Goal


def errands_for(goal: Goal, origin: str) -> Iterator[Errand]:
    """Yield the errand of a goal; none if no crawl can have recorded its URL.

    ``origin``: URLS_FILE_ORIGIN, where the list of a crawl without pages came from.
    """
    record = goal.record
    folder = _folder(record)
    trail = Trail(
        page_url=record.page_url,
        led_by=_led_by(record),
        folder=folder,
        origin=record.url if _is_listed_inside(record, origin) else None,
        reservations=tuple(map(str, record.reservations)),
    )
    try:
        if urlsplit(record.url).scheme not in WEB_SCHEMES and folder is None:
            return
        yield trail.to(
            "image", record.url, found_in=record.found_in, alt=record.alt, goal=goal
        )
    except ValueError:  # no valid host
        return


def _led_by(record: ImageRecord) -> str | None:
    """Return the onion that led to an image.

    An image whose page is on the clear web may have been reached through Tor, because
    an onion led to that page. Which one is not known, so its host gets a circuit of
    its own.
    """
    if is_told_by(record.page_url):
        return route_to(record.page_url or "").onion or _stranger(record)
    return _stranger(record) if record.tor and not is_told_by(record.url) else None


def _stranger(record: ImageRecord) -> str:
    host = urlsplit(record.url).netloc
    return sha256(host.encode(errors="replace")).hexdigest()[:56]


def _folder(record: ImageRecord) -> str | None:
    """Return what a local image may be read from: itself, or the folder of its page."""
    if not record.url.startswith("file:"):
        return None
    if record.page_url is None:
        return file_uri_to_path(record.url)
    is_local = record.page_url.startswith("file:")
    return str(Path(file_uri_to_path(record.page_url)).parent) if is_local else None


def _is_listed_inside(record: ImageRecord, origin: str) -> bool:
    """Return whether an image may be at a private address (PRIVATE_ADDRESSES).

    The user has listed what no page names. A page can name what is at its own host
    and port, if the URL shows that this is a private host. A public name may have got a
    private address since the crawl.
    """
    url, page_url = record.url, record.page_url
    if url.startswith("file:"):
        return False
    if page_url is None:
        return not origin or is_same_origin(origin, url)
    host = urlsplit(url).hostname or ""
    return is_same_origin(page_url, url) and private_host(host) is not None
