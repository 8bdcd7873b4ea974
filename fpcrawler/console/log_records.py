"""Make no log record that nobody will see, and none that harms who sees it."""

from __future__ import annotations

import logging
from copy import copy
from typing import TYPE_CHECKING, Any, Self

from scrapy.logformatter import LogFormatter

from fpcrawler.console.streams import for_log, lossy

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
    """Escapes and masks what another formatter writes, tracebacks included."""

    def __init__(self, inner: logging.Formatter) -> None:
        super().__init__()
        self._inner = inner

    def format(self, record: logging.LogRecord) -> str:
        """Return the text; only the colours of the other formatter are kept."""
        safe = copy(record)
        safe.msg, safe.args = for_log(record.getMessage()), None
        if record.exc_info and not record.exc_text:
            safe.exc_text = self._inner.formatException(record.exc_info)
        safe.exc_text = safe.exc_text and for_log(safe.exc_text)
        safe.stack_info = record.stack_info and for_log(record.stack_info)
        return self._inner.format(safe)


def make_logs_safe() -> None:
    """Let each handler of the root logger write what a terminal may get.

    Scrapy replaces its handler for each crawl, after the extensions are made and
    before the engine is. So handlers that are added later are made safe, too. The last
    resort writes to stderr if there is no other handler.
    """
    for handler in (*logging.root.handlers, logging.lastResort):
        _make_safe(handler)
    if logging.root.addHandler != _add_safe_handler:
        logging.root.addHandler = _add_safe_handler  # type: ignore[method-assign]


def _add_safe_handler(hdlr: logging.Handler) -> None:
    _make_safe(hdlr)
    logging.Logger.addHandler(logging.root, hdlr)


def _make_safe(handler: logging.Handler | None) -> None:
    if handler is None or isinstance(handler.formatter, SafeFormatter):
        return
    handler.setFormatter(SafeFormatter(handler.formatter or _PLAIN))
    if isinstance(handler, logging.FileHandler) and handler.stream:
        # A full disk must not end the crawl, nor print a traceback for each record.
        handler.stream = lossy(handler.stream, f"LOG_FILE {handler.baseFilename}")


class DebugLogFormatter(LogFormatter):
    """Describes responses and items, which Scrapy logs as DEBUG, only if it does.

    Scrapy logs nothing where a method returns None. Each crawl makes this object, also
    one that no command of ours began.
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
