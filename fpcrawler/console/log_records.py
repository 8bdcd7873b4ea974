"""Make no log record that nobody will see, and none that harms who sees it."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, Self

from scrapy.logformatter import LogFormatter

from fpcrawler.console.streams import for_log

if TYPE_CHECKING:
    from scrapy import Spider
    from scrapy.crawler import Crawler
    from scrapy.http import Request, Response
    from scrapy.logformatter import LogFormatterResult
    from twisted.python.failure import Failure

_PLAIN = logging.Formatter()
_SCRAPY = logging.getLogger("scrapy")


def shows_debug() -> bool:
    """Return whether a record of Scrapy's at DEBUG reaches a handler.

    Scrapy enables DEBUG for its loggers, whatever LOG_LEVEL is; the handlers drop it.
    """
    return _SCRAPY.isEnabledFor(logging.DEBUG) and any(
        handler.level <= logging.DEBUG for handler in logging.root.handlers
    )


class SafeFormatter(logging.Formatter):
    """Escapes and masks all of the text of another formatter, tracebacks included."""

    def __init__(self, inner: logging.Formatter) -> None:
        super().__init__()
        self._inner = inner

    def format(self, record: logging.LogRecord) -> str:
        return for_log(self._inner.format(record))


def make_logs_safe() -> None:
    """Let each handler of the root logger write what a terminal may get."""
    for handler in logging.root.handlers:
        if not isinstance(handler.formatter, SafeFormatter):
            handler.setFormatter(SafeFormatter(handler.formatter or _PLAIN))


class DebugLogFormatter(LogFormatter):
    """Describes responses and items, which Scrapy logs as DEBUG, only if it does.

    Scrapy logs nothing where a method returns None. It makes this object right after
    the handlers of a crawl, before anything of the crawl is logged.
    """

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        make_logs_safe()
        return super().from_crawler(crawler)

    def crawled(  # type: ignore[override] # None is documented
        self, request: Request, response: Response, spider: Spider
    ) -> LogFormatterResult | None:
        if not shows_debug():
            return None
        return super().crawled(request, response, spider)

    def scraped(  # type: ignore[override] # None is documented
        self, item: Any, response: Response | Failure | None, spider: Spider
    ) -> LogFormatterResult | None:
        if not shows_debug():
            return None
        return super().scraped(item, response, spider)
