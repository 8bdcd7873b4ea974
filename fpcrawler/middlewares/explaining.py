"""Say why a request failed, in commands of Scrapy that would not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scrapy.exceptions import IgnoreRequest
from scrapy.http.request import NO_CALLBACK

from fpcrawler.console.program import program
from fpcrawler.console.streams import say
from fpcrawler.crawl.failures import (
    PrivateAddress,
    failure_name,
    failure_sentence,
)

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.settings import BaseSettings

_ALLOW = "add -s PRIVATE_ADDRESSES=allow to fetch it"


class ExplainingMiddleware:
    """Writes one line for a request that was refused or has failed."""

    def process_exception(self, request: Request, exception: Exception) -> None:
        if request.callback is NO_CALLBACK:  # robots.txt: its middleware decides
            return
        sentence = failure_sentence(exception)
        if isinstance(exception, PrivateAddress):  # nothing is listed here
            sentence = f"{sentence.partition(';')[0]}; {_ALLOW}"
        name = failure_name(exception)
        say(f"{program()}: {request.url}: {sentence} ({name})\n")
        raise IgnoreRequest(name) from exception  # or Scrapy shows a traceback


def explain(settings: BaseSettings) -> None:
    """Put the middleware next to the engine, so that it sees all failures last."""
    path = f"{__name__}.{ExplainingMiddleware.__name__}"
    known = settings.getdict("DOWNLOADER_MIDDLEWARES")
    settings.set("DOWNLOADER_MIDDLEWARES", {**known, path: 1}, priority="cmdline")
