"""Classes and functions of Scrapy and Twisted that are not public, in one place.

Both are pinned. When one of these names is gone, tests/crawl/test_borrowed.py says
which.
"""

from __future__ import annotations

from scrapy.core.downloader.handlers._httpx import HttpxDownloadHandler
from scrapy.core.downloader.handlers.http11 import _ResponseReader as ResponseReader
from scrapy.core.downloader.handlers.http11 import _ScrapyAgent as ScrapyAgent
from scrapy.utils._download_handlers import (
    normalize_bind_address,
    wrap_twisted_exceptions,
)
from twisted.internet._sslverify import ClientTLSOptions
from twisted.web._newclient import (
    DONE,
    HEADER,
    STATUS,
    HTTP11ClientProtocol,
    HTTPClientParser,
    ParseError,
    TransportProxyProducer,
)
from twisted.web._newclient import Request as ClientRequest
from twisted.web.client import _RetryingHTTP11ClientProtocol as RetryingProtocol
from twisted.web.http import _ChunkedTransferDecoder as ChunkedDecoder

__all__ = [
    "DONE",
    "HEADER",
    "STATUS",
    "ChunkedDecoder",
    "ClientRequest",
    "ClientTLSOptions",
    "HTTP11ClientProtocol",
    "HTTPClientParser",
    "HttpxDownloadHandler",
    "ParseError",
    "ResponseReader",
    "RetryingProtocol",
    "ScrapyAgent",
    "TransportProxyProducer",
    "normalize_bind_address",
    "wrap_twisted_exceptions",
]
