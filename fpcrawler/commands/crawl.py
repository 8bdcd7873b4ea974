"""``scrapy crawl`` with input that is checked and an exit code that is true."""

from __future__ import annotations

import sys
from collections import Counter
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from scrapy import signals
from scrapy.commands import BaseRunSpiderCommand
from scrapy.exceptions import UsageError
from scrapy.extensions.feedexport import FeedExporter

from fpcrawler.arrays import LiveArray
from fpcrawler.checks import (
    LIST_ARGUMENTS,
    BadInput,
    check_arguments,
    check_feeds,
    check_rendering,
    check_settings,
    check_sources,
    check_tor,
)
from fpcrawler.exitcodes import ExitCode
from fpcrawler.known.loading import known_lists
from fpcrawler.sources import Sources
from fpcrawler.summary import Feed, summary_lines

if TYPE_CHECKING:
    import argparse

    from scrapy.crawler import Crawler
    from scrapy.extensions.feedexport import FeedSlot
    from scrapy.settings import BaseSettings


class Command(BaseRunSpiderCommand):
    """Checks first, crawls, tells what came of it, and exits truthfully."""

    requires_project = True

    def syntax(self) -> str:
        return "[options] images"

    def short_desc(self) -> str:
        return "Crawl the images of the listed pages"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.error = _refuse  # type: ignore[method-assign]  # one line, exit code 1

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        assert self.settings is not None  # noqa: S101 - set by Scrapy
        if opts.output or opts.overwrite_output:
            del self.settings["FEEDS"]  # named feeds replace the default, not join it
        try:
            super().process_options(args, opts)
            self._check(args, opts)
        except (UsageError, BadInput, ValueError) as error:
            _refuse(str(error), self.settings)
        except KeyboardInterrupt:
            stopped = "scrapy crawl: stopped before it began\n"
            _tell(stopped, ExitCode.STOPPED, self.settings)
            sys.exit(ExitCode.STOPPED)

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        assert self.crawler_process is not None  # noqa: S101 - set by Scrapy
        crawler = self._create_crawler(args[0])
        ending = Ending(crawler)
        self.crawler_process.crawl(crawler, **opts.spargs)
        self.crawler_process.start()
        if self.crawler_process.bootstrap_failed:
            self.exitcode = ExitCode.BAD_INPUT
            return
        ending.release_feeds()
        self.exitcode = ending.exit_code()
        summary = "\n".join([*ending.lines(), ""])
        _tell(summary, ending.exit_code(), crawler.settings)

    def _check(self, args: list[str], opts: argparse.Namespace) -> None:
        assert self.settings is not None  # noqa: S101 - set by Scrapy
        if args != ["images"]:
            given = " ".join(args) or "nothing"
            message = (
                f"the spider is called images, not {given!r}; say: scrapy crawl images"
            )
            raise BadInput(message)
        check_settings(self.settings, (pair.partition("=")[0] for pair in opts.set))
        check_arguments(opts.spargs)
        check_feeds(self.settings)
        check_rendering(self.settings)
        check_tor(self.settings)
        named = {k: v for k, v in opts.spargs.items() if k in LIST_ARGUMENTS}
        check_sources(Sources(**(named or {"urls_file": self.settings["URLS_FILE"]})))
        if self.settings.getlist("KNOWN_LISTS"):
            known_lists(self.settings)  # the crawl finds them loaded


class Ending:
    """Collects what the exit code and the summary have to tell."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.feeds: list[Feed] = []
        self._failed: Counter[str] = Counter()
        crawler.signals.connect(self.feed_closed, signals.feed_slot_closed)

    def feed_closed(self, slot: FeedSlot) -> None:
        """Note a feed; a storage that failed is counted before this signal."""
        name = f"feedexport/failed_count/{type(slot.storage).__name__}"
        failed = self._stats().get(name, 0)
        is_stored = failed == self._failed[name]
        self._failed[name] = failed
        feed = Feed(uri=slot.uri, records=slot.itemcount, is_stored=is_stored)
        self.feeds.append(feed)

    def release_feeds(self) -> None:
        """Let go of feeds that were never closed; live arrays are whole all the same.

        A second signal leaves them open, and so does a place that cannot be
        written to.
        """
        exporter = self.crawler.get_extension(FeedExporter)
        noted = {feed.uri for feed in self.feeds}
        for slot in exporter.slots if exporter else ():
            if slot.uri in noted:
                continue
            if isinstance(slot.file, LiveArray):
                slot.file.close()
            is_stored = isinstance(slot.file, LiveArray)
            feed = Feed(uri=slot.uri, records=slot.itemcount, is_stored=is_stored)
            self.feeds.append(feed)

    def exit_code(self) -> ExitCode:
        """Judge by the stats; Scrapy's own code is 0 for nearly everything."""
        stats = self._stats()
        reason = str(stats.get("finish_reason", "shutdown"))
        if reason == "shutdown":
            return ExitCode.STOPPED
        is_finished = reason == "finished" or reason.startswith("closespider_")
        if not is_finished or self._lost_records():
            return ExitCode.FAILED
        if "tor/silent_proxies" in stats or any(
            name.endswith("/TorUnavailable") for name in stats
        ):
            return ExitCode.TOR_UNAVAILABLE
        if _all_failed(stats):
            return ExitCode.FAILED
        return ExitCode.FINISHED

    def lines(self) -> list[str]:
        """Return the summary."""
        lines = summary_lines(self._stats(), self.feeds)
        if missing := self._missing_records():
            lines.append(f"feed    {missing} records are in NO FEED that was asked for")
        return lines

    def _lost_records(self) -> bool:
        return any(not feed.is_stored for feed in self.feeds) or bool(
            self._missing_records()
        )

    def _missing_records(self) -> int:
        """Count the records that were made and that a feed does not hold."""
        made: int = self._stats().get("item_scraped_count", 0)
        asked_for = len(self.crawler.settings.getdict("FEEDS"))
        return made * asked_for - sum(feed.records for feed in self.feeds)

    def _stats(self) -> dict[str, Any]:
        return self.crawler.stats.get_stats()


def _all_failed(stats: dict[str, Any]) -> bool:
    def count(*prefixes: str) -> int:
        return sum(n for name, n in stats.items() if name.startswith(prefixes))

    done = count("pages/crawled", "item_scraped_count", "item_dropped_count")
    return not done and count("pages/failed/", "images/failed/") > 0


def _refuse(message: str, settings: BaseSettings | None = None) -> NoReturn:
    text = " ".join(message.split()) or "the command line is not complete"
    _tell(f"scrapy crawl: {text}\n", ExitCode.BAD_INPUT, settings)
    sys.exit(ExitCode.BAD_INPUT)


def _tell(text: str, code: ExitCode, settings: BaseSettings | None) -> None:
    """Say how it ended on stderr; in the log as well, for Scrapyd shows only that."""
    sys.stderr.write(text)
    if settings is not None and settings["LOG_FILE"]:
        with (
            suppress(OSError),
            Path(settings["LOG_FILE"]).open("a", encoding="utf-8") as log,
        ):
            log.write(f"{text}exit    {code} ({code.name.lower()})\n")
