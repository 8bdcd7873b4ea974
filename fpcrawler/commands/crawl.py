"""``scrapy crawl`` with input that is checked and an exit code that is true."""

from __future__ import annotations

import argparse
import os
import signal
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

from scrapy.commands import BaseRunSpiderCommand
from scrapy.extensions.feedexport import FeedExporter

from fpcrawler.console.exit_codes import ExitCode, is_whole
from fpcrawler.console.one_line import one_line_errors, refuse, tell
from fpcrawler.console.stopping import take_two_signals_at_once_for_one
from fpcrawler.console.summary import summary_lines
from fpcrawler.crawl.bodies import check_bodies
from fpcrawler.errors import BadInput
from fpcrawler.feeds.checks import check_batches, check_feeds
from fpcrawler.feeds.exporter import TruthfulFeedExporter
from fpcrawler.feeds.names import packed, with_format
from fpcrawler.feeds.outputs import check_crawl_outputs, check_log
from fpcrawler.input.arguments import LIST_ARGUMENTS, check_arguments, read_arguments
from fpcrawler.input.settings import check_settings
from fpcrawler.input.sources import Sources, check_sources
from fpcrawler.middlewares.rendering import check_rendering
from fpcrawler.resume.loading import check_resume, done_before
from fpcrawler.tor.proxies import check_tor

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

    from fpcrawler.feeds.outcome import Feed


class Command(BaseRunSpiderCommand):
    """Checks first, crawls, tells what came of it, and exits truthfully."""

    requires_project = True

    def syntax(self) -> str:
        return "[options] images"

    def short_desc(self) -> str:
        return "Crawl the images of the listed pages"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.error = partial(refuse, "crawl")  # type: ignore[method-assign]  # exit code 1

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        assert self.settings is not None  # noqa: S101 - set by Scrapy
        signal.signal(signal.SIGTERM, signal.default_int_handler)  # as of ctrl-C
        opts.output, opts.overwrite_output = (
            named and [with_format(name) for name in named]
            for named in (opts.output, opts.overwrite_output)
        )
        if opts.output or opts.overwrite_output:
            del self.settings["FEEDS"]  # named feeds replace the default, not join it
        pairs = opts.spargs
        with self._ended_in_one_line(log=False), _values_refused():
            super().process_options(args, opts)
            opts.spargs = read_arguments(pairs)  # Scrapy keeps the last of a name
            check_log(self.settings, opts.spargs)
        with self._ended_in_one_line(), _values_refused():
            self._prepare_feeds()
            self._check(args, opts)

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        assert self.crawler_process is not None  # noqa: S101 - set by Scrapy
        with self._ended_in_one_line():
            crawler = self._create_crawler(args[0])
            check_bodies(crawler.settings)  # those of the spider are among them
            take_two_signals_at_once_for_one(crawler)
            self.crawler_process.crawl(crawler, **opts.spargs)
            self.crawler_process.start()
        if self.crawler_process.bootstrap_failed:
            self.exitcode = ExitCode.BAD_INPUT
            return
        ending = Ending(crawler)
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_IGN)  # what is left is to tell of it
        code = self.exitcode = ending.exit_code()
        tell("\n".join([*ending.lines(), ""]), code, crawler.settings)

    def _ended_in_one_line(self, *, log: bool = True) -> AbstractContextManager[None]:
        settings, stopped = self.settings if log else None, "stopped before it began"
        return one_line_errors("crawl", settings=settings, stopped=stopped)

    def _prepare_feeds(self) -> None:
        """Pack what is named so, and take a region as other S3 clients do."""
        assert self.settings is not None  # noqa: S101 - set by Scrapy
        feeds = packed(self.settings.getdict("FEEDS"))
        self.settings.set("FEEDS", feeds, priority="cmdline")
        if "AWS_REGION" in os.environ:
            os.environ.setdefault("AWS_DEFAULT_REGION", os.environ["AWS_REGION"])

    def _check(self, args: list[str], opts: argparse.Namespace) -> None:
        assert self.settings is not None  # noqa: S101 - set by Scrapy
        if args != ["images"]:
            given = " ".join(args) or "nothing"
            raise BadInput(
                f"the spider is called images, not {given!r}; say: scrapy crawl images"
            )
        check_settings(self.settings, (pair.partition("=")[0] for pair in opts.set))
        check_arguments(opts.spargs)
        check_feeds(self.settings)
        check_batches(self.settings, opts.spargs)
        check_rendering(self.settings)
        check_tor(self.settings)
        named = {k: v for k, v in opts.spargs.items() if k in LIST_ARGUMENTS}
        check_sources(Sources(**(named or {"urls_file": self.settings["URLS_FILE"]})))
        if "resume" in opts.spargs:
            opts.spargs["resume"] = check_resume(self.settings, opts.spargs)
        check_crawl_outputs(self.settings, opts.spargs)
        if "resume" in opts.spargs:
            done_before(opts.spargs["resume"])  # the crawl finds it read
        if self.settings.getlist("KNOWN_LISTS"):
            from fpcrawler.known.loading import known_lists  # noqa: PLC0415 - DuckDB

            known_lists(self.settings)  # the crawl finds them loaded


class Ending:
    """What the exit code and the summary have to tell of a crawl that ended."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.feeds: list[Feed] = []
        exporter = crawler.get_extension(FeedExporter)
        if isinstance(exporter, TruthfulFeedExporter):
            exporter.settle()
            self.feeds = exporter.left
        # Whoever has put Scrapy's own in its place is told nothing of feeds.
        self._is_told = exporter is None or isinstance(exporter, TruthfulFeedExporter)

    def exit_code(self) -> ExitCode:
        """Judge by the stats; Scrapy's own code is 0 for nearly everything."""
        stats = self._stats()
        reason = str(stats.get("finish_reason", "shutdown"))
        if reason == "shutdown":
            return ExitCode.STOPPED
        if not is_whole(reason) or self._lost_records():
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
        asked_for = len(self.crawler.settings.getdict("FEEDS")) * self._is_told
        return made * asked_for - sum(feed.records for feed in self.feeds)

    def _stats(self) -> dict[str, Any]:
        return self.crawler.stats.get_stats()


@contextmanager
def _values_refused() -> Iterator[None]:
    """Take Scrapy's ValueError for a setting's value that cannot be read."""
    try:
        yield
    except ValueError as error:
        raise BadInput(str(error)) from error


def _all_failed(stats: dict[str, Any]) -> bool:
    def count(*prefixes: str) -> int:
        return sum(n for name, n in stats.items() if name.startswith(prefixes))

    done = count("pages/crawled", "pages/done_before", "images/done_before")
    done += count("item_scraped_count", "item_dropped_count")
    return not done and count("pages/failed/", "images/failed/") > 0
