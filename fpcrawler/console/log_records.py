"""Make no log record that nobody will see."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from scrapy.logformatter import LogFormatter

if TYPE_CHECKING:
    from scrapy import Spider
    from scrapy.http import Request, Response
    from scrapy.logformatter import LogFormatterResult
    from twisted.python.failure import Failure

_SCRAPY = logging.getLogger("scrapy")


def shows_debug() -> bool:
    """Return whether a record of Scrapy's at DEBUG reaches a handler.

    Scrapy enables DEBUG for its loggers, whatever LOG_LEVEL is; the handlers drop it.
    """
    return _SCRAPY.isEnabledFor(logging.DEBUG) and any(
        handler.level <= logging.DEBUG for handler in logging.root.handlers
    )


class DebugLogFormatter(LogFormatter):
    """Describes responses and items, which Scrapy logs as DEBUG, only if it does.

    Scrapy logs nothing where a method returns None.
    """

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
