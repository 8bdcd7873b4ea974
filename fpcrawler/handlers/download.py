"""Download one response; of an image, with little work for each chunk."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from scrapy.exceptions import StopDownload
from scrapy.http import Headers, Response
from twisted.internet.defer import Deferred

from fpcrawler.core.file.formats import image_format
from fpcrawler.crawl.borrowed import (
    ResponseReader,
    ScrapyAgent,
    normalize_bind_address,
)
from fpcrawler.crawl.errand import errand_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from scrapy import Request
    from twisted.web.iweb import IResponse

    from fpcrawler.crawl.errand import Kind
    from fpcrawler.crawl.sampling import Sampling
    from fpcrawler.handlers.agent import DirectAgent
    from fpcrawler.handlers.listeners import Listeners


class Download(ScrapyAgent):
    """One download; ``agent`` returns the agent that it shares with others.

    Scrapy asks by a signal after the headers and after each chunk whether to go on. The
    bytes of an image are asked for directly, unless somebody else listens.
    """

    def __init__(
        self, agent: Callable[..., DirectAgent], listeners: Listeners, **options: Any
    ) -> None:
        super().__init__(**options)
        self._agent = agent
        self._listeners = listeners
        self._headers: Headers | None = None
        self._kind: Kind = "other"

    def _get_agent(self, request: Request, timeout: float) -> Any:
        if request.meta.get("proxy"):
            return super()._get_agent(request, timeout)
        bind_address = request.meta.get("bindaddress") or self._bindAddress
        return self._agent(timeout, normalize_bind_address(bind_address))

    def _headers_from_twisted_response(self, response: Any) -> Headers:  # type: ignore[override]  # once
        if self._headers is None:
            self._headers = _headers_of(response)
        return self._headers

    def _cb_bodyready(self, txresponse: Any, request: Request) -> Any:
        self._kind = errand_of(request).kind
        is_of_image = self._kind in ("image", "range")
        sampling = self._listeners.only_sampling() if is_of_image else None
        if sampling is None:
            return super()._cb_bodyready(txresponse, request)
        headers = self._headers_from_twisted_response(txresponse)
        try:
            sampling.headers_received(headers, request)
        except StopDownload as stop:
            txresponse._transport.stopProducing()  # noqa: SLF001 - as Scrapy does
            txresponse._transport.loseConnection()  # noqa: SLF001
            return {"txresponse": txresponse, "stop_download": stop}
        if txresponse.length == 0:  # deliverBody would wait for ever
            return {"txresponse": txresponse}
        finished: Deferred[Any] = Deferred(partial(self._cancel, txresponse=txresponse))
        txresponse.deliverBody(
            _SampleReader(
                sampling,
                finished=finished,
                txresponse=txresponse,
                request=request,
                maxsize=0,
                warnsize=0,
                fail_on_dataloss=self._fail_on_dataloss,
                crawler=self._crawler,
            )
        )
        self._txresponse = txresponse  # for a timeout
        return finished

    def _cb_bodydone(self, result: Any, url: str) -> Response:
        body, stop = result.get("body", b""), result.get("stop_download")
        if not self._is_picture(body) or (stop and stop.fail):
            return super()._cb_bodydone(result, url)
        txresponse = result["txresponse"]
        name, major, minor = txresponse.version
        response = Response(
            url,
            status=int(txresponse.code),
            body=body,
            flags=[
                *(result.get("flags") or ()),
                *(["download_stopped"] if stop else ()),
            ],
            protocol=f"{name.decode('latin-1')}/{major}.{minor}",
        )
        response.headers = self._headers_from_twisted_response(txresponse)
        return response

    def _is_picture(self, body: bytes) -> bool:
        """Return whether the body cannot be a page: Scrapy would search it for text."""
        if self._kind == "image":
            return image_format(body) not in (None, "svg")
        return self._kind == "range"


class _SampleReader(ResponseReader):
    """Collects the bytes of an image until the sampling has enough."""

    transport: Any

    def __init__(self, sampling: Sampling, **options: Any) -> None:
        super().__init__(**options)
        self._sampling = sampling

    def connectionMade(self) -> None:  # noqa: N802 - Twisted's name
        """Do not look up the certificate and the address, which nothing reads."""

    def dataReceived(self, data: bytes) -> None:  # noqa: N802 - Twisted's name
        if self._finished.called:
            return
        self._bodybuf.write(data)
        try:
            self._sampling.bytes_received(data, self._request)
        except StopDownload as stop:
            self.transport.stopProducing()
            self.transport.loseConnection()
            self._finish_response(stop_download=stop)


def _headers_of(response: IResponse) -> Headers:
    """Return the headers; Twisted has joined the lines of each name already.

    ``Headers.update`` converts each name and value three times.
    """
    headers = Headers()
    if isinstance(response.length, int):  # else it is not known
        dict.__setitem__(headers, b"Content-Length", [b"%d" % response.length])
    for name, lines in response.headers.getAllRawHeaders():
        dict.__setitem__(headers, name.title(), lines)
    return headers
