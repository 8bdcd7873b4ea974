"""Remember which hosts ask the crawl to wait, and which do not reply at all."""

from __future__ import annotations

import random
from datetime import UTC, datetime
from time import monotonic
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from scrapy.exceptions import (
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
)

from fpcrawler.core.http.patience import (
    REFUSALS,
    TOO_MANY_REQUESTS,
    Next,
    NoReply,
    Patience,
    Refused,
    asked_wait,
)
from fpcrawler.crawl.errand import errand_of
from fpcrawler.crawl.failures import OutOfDescriptors, PrivateAddress
from fpcrawler.crawl.responses import HeaderLines
from fpcrawler.crawl.tracebacks import forget_frames

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.core.downloader.handlers import DownloadHandlers
    from scrapy.http import Response

    from fpcrawler.crawl.ending import Waits
    from fpcrawler.crawl.places import Places

_NO_REPLY = (
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    NoReply,
)
_OURS = (OutOfDescriptors, PrivateAddress)

_MAX_HOSTS = 10_000
"""Hosts without replies that are remembered; those that wait are not counted."""
_DOWNLOAD_SLOT = "download_slot"


class HostWaits:
    """The hosts in trouble, by the key of their downloader slot.

    A host that replies is forgotten, so nothing is looked up while all is well.
    """

    def __init__(self, *, timeout: float, retry_times: int) -> None:
        self.timeout = timeout
        self.retry_times = retry_times
        self.in_trouble: dict[str, Patience] = {}
        self.waiting: set[str] = set()  # they get no request, or one at a time
        self._refused: WeakKeyDictionary[Request, Refused] = WeakKeyDictionary()

    def ended(self, key: str) -> str:
        """Return why a host has ended; "" if it has not."""
        host = self.in_trouble.get(key)
        return host.ended if host else ""

    def is_failing(self, key: str) -> bool:
        """Return whether no response has come to the last requests of a host."""
        host = self.in_trouble.get(key)
        return host is not None and host.is_failing

    def pause(self, key: str) -> float:
        """Return the seconds until a request may be sent to a host; 0: at once."""
        host = self.in_trouble.get(key)
        return max(0.0, host.resumes - monotonic()) if host else 0.0

    def next_of(self, request: Request) -> Next:
        """Return when a refused request is sent again."""
        refused = self._refused.get(request)
        return refused.next if refused else "never"

    def replied(self, request: Request, response: Response, sent: float) -> None:
        """Take a response to a request that was sent at ``sent``."""
        if response.status in REFUSALS:
            self._refuse(request, response, sent)
            return
        key = request.meta.get(_DOWNLOAD_SLOT, "")
        if host := self.in_trouble.get(key):
            host.replied(sent=sent)
            self._note(key, host)

    def failed(self, request: Request) -> None:
        """Take a request to which no response came."""
        key = request.meta.get(_DOWNLOAD_SLOT)
        if key:
            host = self._host(key)
            host.failed(now=monotonic())
            self._note(key, host)

    def _refuse(self, request: Request, response: Response, sent: float) -> None:
        key = request.meta.get(_DOWNLOAD_SLOT)
        if not key:
            return
        host, lines = self._host(key), HeaderLines(response.headers)
        value, date = lines.get("retry-after") or "", lines.get("date") or ""
        asked = asked_wait(value, date, datetime.now(UTC))
        refused = self._refused.get(request)
        if refused is None:
            refused = self._refused[request] = Refused(
                host=host,
                retry_times=self.retry_times,
                may_go_without_range=_is_sample(request),
            )
        refused.again(
            was_alone=host.was_alone(sent),
            asks_to_wait=asked is not None or response.status == TOO_MANY_REQUESTS,
        )
        jitter = random.random()  # noqa: S311 - it spreads requests
        host.refused(sent=sent, now=monotonic(), asked=asked, jitter=jitter)
        self._note(key, host)

    def _host(self, key: str) -> Patience:
        host = self.in_trouble.get(key)
        if host is None:
            host = self.in_trouble[key] = Patience(timeout=self.timeout)
            if len(self.in_trouble) > _MAX_HOSTS:
                self._forget_one()
        return host

    def _note(self, key: str, host: Patience) -> None:
        if host.is_waiting and not host.ended:
            self.waiting.add(key)
        else:
            self.waiting.discard(key)
        if host.is_well and not host.is_waiting:
            self.in_trouble.pop(key, None)

    def _forget_one(self) -> None:
        key = next(iter(self.in_trouble))
        host = self.in_trouble.pop(key)
        if host.is_waiting or host.ended:
            self.in_trouble[key] = host


class HeardHandlers:
    """Scrapy's download handlers; tells what came of each request.

    Before the downloader knows of a response, it sends the next request of the host.
    """

    def __init__(
        self,
        handlers: DownloadHandlers,
        hosts: HostWaits,
        places: Places,
        waits: Waits,
    ) -> None:
        self._handlers = handlers
        self._hosts = hosts
        self._places = places
        self._waits = waits

    async def download_request_async(self, request: Request) -> Response:
        """Download a request by the handler of its scheme; raises Stopped."""
        sent = monotonic()
        try:
            with self._waits.endable():
                response = await self._handlers.download_request_async(request)
        except _NO_REPLY as error:
            forget_frames(error)
            if not isinstance(error, _OURS):
                self._hosts.failed(request)
            raise
        self._places.replied(request.meta.get(_DOWNLOAD_SLOT, ""), monotonic())
        if self._hosts.in_trouble or response.status in REFUSALS:
            self._hosts.replied(request, response, sent)
        return response


def _is_sample(request: Request) -> bool:
    return errand_of(request).kind == "image" and "Range" in request.headers
