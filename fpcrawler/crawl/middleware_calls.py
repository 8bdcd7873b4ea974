"""Call downloader middlewares; wait only for those that have to be waited for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from scrapy.core.downloader.middleware import DownloaderMiddlewareManager
from scrapy.http import Request, Response
from scrapy.utils.defer import ensure_awaitable
from scrapy.utils.python import global_object_name

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterable

    Download = Callable[[Request], Coroutine[Any, Any, Response]]
    Method = Callable[..., Any]


class MiddlewareCalls(DownloaderMiddlewareManager):
    """Scrapy's chain of downloader middlewares, in the same order, in less time.

    Scrapy makes a coroutine and a name for each call of each middleware, 20 for a
    request. Nearly all of them return None, or the response that they were given.
    """

    async def _process_request(
        self, request: Request, download_func: Download
    ) -> Response | Request:
        if self._mw_methods_requiring_spider:  # plug-ins for an older Scrapy
            return await super()._process_request(request, download_func)
        for method in self._methods("process_request"):
            result = method(request=request)
            if result is None:
                continue
            result = await _awaited(result, method)
            if isinstance(result, (Response, Request)):
                return result
            if result is not None:
                raise _wrong(method, result, "None, Response or Request")
        return await download_func(request)

    async def _process_response(
        self, response: Response | Request, request: Request
    ) -> Response | Request:
        if self._mw_methods_requiring_spider or not isinstance(response, Response):
            return await super()._process_response(response, request)
        for method in self._methods("process_response"):
            result = method(request=request, response=response)
            if result is response:
                continue
            result = await _awaited(result, method)
            if isinstance(result, Request):
                return result
            if not isinstance(result, Response):
                raise _wrong(method, result, "Response or Request")
            response = result
        return response

    def _methods(self, name: str) -> Iterable[Method]:
        return cast("Iterable[Method]", self.methods[name])  # None: spider middlewares


async def _awaited(result: Any, method: Method) -> Any:
    return await ensure_awaitable(result, _warn=global_object_name(method))


def _wrong(method: Method, result: object, wanted: str) -> TypeError:
    kind = type(result).__name__
    return TypeError(f"{method.__qualname__} must return {wanted}, not {kind}")
