"""Make the errand of an image that is looked at again: by the route of its record."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from w3lib.url import file_uri_to_path

from fpcrawler.core.progress.done import is_told_by
from fpcrawler.core.web.addresses import private_host
from fpcrawler.core.web.origins import is_same_origin
from fpcrawler.core.web.url_list import WEB_SCHEMES, web_url
from fpcrawler.crawl.trail import Trail
from fpcrawler.tor.route import route_to

if TYPE_CHECKING:
    from fpcrawler.crawl.errand import Errand
    from fpcrawler.items import ImageRecord
    from fpcrawler.verify.goal import Goal


class NotRequestable(ValueError):
    """An image of a feed that is not requested; the name of its class says why."""


class InvalidUrl(NotRequestable):
    """No crawl can have requested this."""


class NotAWebUrl(NotRequestable):
    """The URL is neither of the web nor that of a file."""


class ForeignFile(NotRequestable):
    """A page of the web names a file of this computer."""


def errand_for(goal: Goal, origin: str) -> Errand:
    """Return the errand of a goal; raises NotRequestable.

    ``origin``: URLS_FILE_ORIGIN, where the list of a crawl without pages came from.
    """
    record = goal.record
    try:
        folder = _folder(record)
        trail = Trail(
            page_url=record.page_url,
            led_by=_led_by(record),
            folder=folder,
            origin=record.url if _is_listed_inside(record, origin) else None,
            reservations=tuple(map(str, record.reservations)),
        )
        found = {"found_in": record.found_in, "alt": record.alt, "goal": goal}
        return trail.to("image", record.url, **found)
    except NotRequestable:
        raise
    except ValueError as error:  # no valid host
        raise InvalidUrl(f"{record.url!r} is not a URL ({error})") from error


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
    """Return what a local image may be read from: itself, or the folder of its page.

    None for a URL of the web. Raises NotRequestable, and ValueError for an invalid URL.
    """
    url, page_url = record.url, record.page_url
    if not url.isascii() or not url.isprintable() or " " in url:
        raise InvalidUrl(f"{url!r} has characters that a request encodes")
    if not url.startswith("file:"):
        parts = urlsplit(url)
        if parts.scheme not in WEB_SCHEMES:
            raise NotAWebUrl(f"{url[:60]!r} is not an http, https or file URL")
        web_url(url)
        return None
    if page_url is None:
        return file_uri_to_path(url)
    if not page_url.startswith("file:"):
        raise ForeignFile(f"{page_url!r} names the file {url!r}")
    return str(Path(file_uri_to_path(page_url)).parent)


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
