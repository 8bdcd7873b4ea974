from __future__ import annotations

import logging
from io import StringIO
from typing import Any

import pytest
from scrapy import Request, Spider
from scrapy.http import Response
from scrapy.logformatter import LogFormatter
from scrapy.utils.test import get_crawler

from fpcrawler.console.log_records import DebugLogFormatter, SafeFormatter

PATH = "fpcrawler.console.log_records.DebugLogFormatter"
URL = "https://a.example/1.jpg"


@pytest.mark.parametrize("name", ["crawled", "scraped"])
def test_what_is_logged_as_debug_is_described_only_for_debug(
    caplog: pytest.LogCaptureFixture, name: str
) -> None:
    first = Request(URL) if name == "crawled" else {"url": URL}
    arguments: Any = (first, Response(URL), Spider("images"))
    described = getattr(LogFormatter(), name)(*arguments)

    with caplog.at_level(logging.DEBUG, "scrapy"):
        assert getattr(DebugLogFormatter(), name)(*arguments) == described
    with caplog.at_level(logging.INFO, "scrapy"):
        assert getattr(DebugLogFormatter(), name)(*arguments) is None


@pytest.mark.parametrize("name", ["crawled", "scraped"])
def test_what_every_handler_drops_is_not_described(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, name: str
) -> None:
    handler = logging.NullHandler(logging.INFO)
    monkeypatch.setattr(logging.root, "handlers", [handler])
    first = Request(URL) if name == "crawled" else {"url": URL}
    arguments: Any = (first, Response(URL), Spider("images"))

    with caplog.at_level(logging.DEBUG, "scrapy"):
        assert getattr(DebugLogFormatter(), name)(*arguments) is None
        handler.setLevel(logging.DEBUG)
        assert getattr(DebugLogFormatter(), name)(*arguments) is not None


def test_the_log_of_a_crawl_is_made_safe_before_it_begins(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    text = StringIO()
    handler = logging.StreamHandler(text)
    handler.setFormatter(logging.Formatter("[%(levelname)s] %(message)s"))
    monkeypatch.setattr(logging.root, "handlers", [handler])
    get_crawler(settings_dict={"LOG_FORMATTER": PATH, "HTTPCACHE_DIR": "\u202ex"})

    logging.getLogger("a").warning("https://u:p@a.example/\x1b[2J")

    assert text.getvalue() == "[WARNING] https://…@a.example/\\x1b[2J\n"


def test_a_traceback_is_made_safe_and_a_colour_stays() -> None:
    inner = logging.Formatter("\x1b[32m%(message)s\x1b[0m")
    error = ValueError("s3://AK:pw@b/\u202e")
    record = logging.LogRecord(
        "a", 40, "", 0, "at %s", ("\x1b",), (ValueError, error, None)
    )

    assert SafeFormatter(inner).format(record) == (
        "\x1b[32mat \\x1b\x1b[0m\nValueError: s3://…@b/\\u202e"
    )
    assert record.exc_text is None
