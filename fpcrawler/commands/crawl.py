"""``scrapy crawl``: checks the input first and ends with a correct exit code."""

from __future__ import annotations

import argparse
import os
import signal
import sys
from contextlib import AbstractContextManager
from functools import partial
from typing import TYPE_CHECKING, Any

from scrapy.commands import BaseRunSpiderCommand
from scrapy.extensions.feedexport import FeedExporter
from scrapy.utils.python import without_none_values

from fpcrawler.console.exit_codes import ExitCode, is_complete
from fpcrawler.console.one_line import (
    bad_values_refused,
    one_line_errors,
    say_and_log,
    speak_for,
)
from fpcrawler.console.program import program
from fpcrawler.console.stopping import images_in_progress, merge_repeated_signals
from fpcrawler.console.summary import summary_lines
from fpcrawler.console.text import count_in_words
from fpcrawler.crawl.bodies import check_bodies
from fpcrawler.crawl.ending import end_after_grace
from fpcrawler.crawl.failures import ReadingStopped
from fpcrawler.crawl.garbage import collect_garbage_rarely
from fpcrawler.exports.instead import check_format
from fpcrawler.feeds.checks import check_batches, check_feeds
from fpcrawler.feeds.exporter import TruthfulFeedExporter
from fpcrawler.feeds.names import with_format, with_options
from fpcrawler.feeds.outputs import check_crawl_outputs, check_log
from fpcrawler.feeds.page_pairs import NOT_WRITTEN as PAIRS_NOT_WRITTEN
from fpcrawler.feeds.s3_probe import probe_s3
from fpcrawler.feeds.stats_file import NOT_WRITTEN as STATS_NOT_WRITTEN
from fpcrawler.input.arguments import LIST_ARGUMENTS, check_arguments, read_arguments
from fpcrawler.input.help import add_help
from fpcrawler.input.lists import EmptyList
from fpcrawler.input.settings import check_settings
from fpcrawler.input.sources import Sources, check_default, check_sources
from fpcrawler.input.words import check_words
from fpcrawler.middlewares.rendering import check_rendering
from fpcrawler.resume.going_on import how_to_go_on
from fpcrawler.resume.loading import check_resume, done_before
from fpcrawler.resume.run_record import RunRecord
from fpcrawler.tor.proxies import check_tor
from fpcrawler.verify.checks import check_verify, check_verify_in_crawl

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

    from fpcrawler.feeds.outcome import Feed


class Command(BaseRunSpiderCommand):
    """Checks the input, crawls, prints a summary and sets the exit code."""

    requires_project = True

    def syntax(self) -> str:
        return "[options] images"

    def short_desc(self) -> str:
        return "Read metadata and fingerprints of images on the listed pages"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        speak_for(parser, "crawl")
        add_help(parser)

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        assert self.settings is not None  # noqa: S101 - set by Scrapy
        signal.signal(signal.SIGTERM, signal.default_int_handler)  # like ctrl-C
        opts.output, opts.overwrite_output = (
            named and [with_format(name) for name in named]
            for named in (opts.output, opts.overwrite_output)
        )
        if opts.output or opts.overwrite_output:
            del self.settings["FEEDS"]  # named feeds replace the default, not join it
        pairs = opts.spargs
        formats = without_none_values(self.settings.getwithbase("FEED_EXPORTERS"))
        with self._ended_in_one_line(log=False), bad_values_refused():
            arguments = read_arguments(pairs)  # Scrapy keeps the last of a name
            for name in (*(opts.output or ()), *(opts.overwrite_output or ())):
                check_format(name, formats)
            super().process_options(args, opts)
            opts.spargs = arguments
            check_log(self.settings, opts.spargs)
        with self._ended_in_one_line(), bad_values_refused():
            self._prepare_feeds()
            self._check(args, opts)

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        assert self.crawler_process is not None  # noqa: S101 - set by Scrapy
        with self._ended_in_one_line():
            # Its import looks up the source of each frame of the stack: a few here.
            import scrapy.core.downloader.contextfactory  # noqa: F401, PLC0415 - TLS

            crawler = self._create_crawler(args[0])
            check_bodies(crawler.settings)  # includes the spider's own settings
            merge_repeated_signals(crawler, partial(end_after_grace, crawler))
            collect_garbage_rarely()
            self.crawler_process.crawl(crawler, **opts.spargs)
            self.crawler_process.start()
        if self.crawler_process.bootstrap_failed:
            self.exitcode = ExitCode.BAD_INPUT
            return
        ending = Ending(crawler)
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_IGN)  # only the summary is left
        code = self.exitcode = ending.exit_code()
        if record := crawler.get_extension(RunRecord):
            record.ended(code)
        if code is ExitCode.BAD_INPUT:
            arguments = getattr(crawler.spider, "arguments", {})
            text = EmptyList(arguments.get("urls_file", ""))
            say_and_log(f"{program()} crawl: {text}\n", code, crawler.settings)
            return
        say_and_log("\n".join([*ending.lines(), ""]), code, crawler.settings)

    def _ended_in_one_line(self, *, log: bool = True) -> AbstractContextManager[None]:
        settings, stopped = self.settings if log else None, "stopped before the crawl"
        return one_line_errors("crawl", settings=settings, stopped=stopped)

    def _prepare_feeds(self) -> None:
        """Add what the names of feeds mean; read AWS_REGION as other S3 clients do."""
        assert self.settings is not None  # noqa: S101 - set by Scrapy
        feeds = with_options(self.settings.getdict("FEEDS"))
        self.settings.set("FEEDS", feeds, priority="cmdline")
        if "AWS_REGION" in os.environ:
            os.environ.setdefault("AWS_DEFAULT_REGION", os.environ["AWS_REGION"])

    def _check(self, args: list[str], opts: argparse.Namespace) -> None:
        assert self.settings is not None  # noqa: S101 - set by Scrapy
        check_words(args)
        check_settings(self.settings, (pair.partition("=")[0] for pair in opts.set))
        check_arguments(opts.spargs)
        check_feeds(self.settings)
        check_batches(self.settings, opts.spargs)
        check_verify_in_crawl(self.settings)
        check_rendering(self.settings)
        check_tor(self.settings)
        named = {k: v for k, v in opts.spargs.items() if k in LIST_ARGUMENTS}
        if "verify" not in opts.spargs:
            if not named:
                check_default(self.settings["URLS_FILE"])
            url_list = {"urls_file": self.settings["URLS_FILE"]}
            check_sources(Sources(**(named or url_list)))
        if "resume" in opts.spargs:
            opts.spargs["resume"] = check_resume(self.settings, opts.spargs)
        check_crawl_outputs(self.settings, opts.spargs)
        probe_s3(self.settings)
        if "resume" in opts.spargs:
            done_before(opts.spargs["resume"])  # cached for the crawl
        if "verify" in opts.spargs:
            check_verify(self.settings, opts.spargs)
        if self.settings.getlist("KNOWN_LISTS"):
            from fpcrawler.known.loading import known_lists  # noqa: PLC0415 - DuckDB

            known_lists(self.settings)  # cached for the crawl


class Ending:
    """The exit code and the summary of a crawl that ended."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.feeds: list[Feed] = []
        exporter = crawler.get_extension(FeedExporter)
        if isinstance(exporter, TruthfulFeedExporter):
            exporter.settle()
            self.feeds = exporter.outcomes
        # With Scrapy's own exporter the records in feeds are unknown.
        self._is_ours = exporter is None or isinstance(exporter, TruthfulFeedExporter)

    def exit_code(self) -> ExitCode:
        """Return the exit code by the stats; Scrapy's own code is nearly always 0."""
        stats = self._stats()
        reason = str(stats.get("finish_reason", "shutdown"))
        if reason == "shutdown":
            return ExitCode.STOPPED
        if reason == EmptyList.finish_reason:
            return ExitCode.BAD_INPUT
        if not is_complete(reason) or self._lost_records():
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
        stats = self._with_half_read()
        going_on = how_to_go_on(self.crawler, _command_line())
        lines = summary_lines(stats, self.feeds, going_on)
        if missing := self._missing_records():
            records = count_in_words(missing, "record")
            lines.append(f"feed    {records} NOT WRITTEN to a requested feed")
        if pairs := self._stats().get(PAIRS_NOT_WRITTEN):
            pairs = count_in_words(pairs, "pair")
            lines.append(f"feed    {pairs} NOT WRITTEN to PAGES_FEED")
        if STATS_NOT_WRITTEN in self._stats():
            lines.append("stats   NOT WRITTEN to STATS_FILE")
        return lines

    def _with_half_read(self) -> dict[str, Any]:
        """Return the stats, with what a second signal has stopped as well."""
        stats = {"finish_reason": "shutdown", **self._stats()}
        if half_read := images_in_progress(self.crawler):
            name = f"item_dropped_reasons_count/{ReadingStopped.__name__}"
            stats[name] = stats.get(name, 0) + half_read
        return stats

    def _lost_records(self) -> bool:
        not_written = {PAIRS_NOT_WRITTEN, STATS_NOT_WRITTEN} & {*self._stats()}
        return any(not feed.is_stored for feed in self.feeds) or bool(
            self._missing_records() or not_written
        )

    def _missing_records(self) -> int:
        """Count the records that a requested feed does not hold."""
        made: int = self._stats().get("item_scraped_count", 0)
        expected = len(self.crawler.settings.getdict("FEEDS")) * self._is_ours
        return made * expected - sum(feed.records for feed in self.feeds)

    def _stats(self) -> dict[str, Any]:
        return self.crawler.stats.get_stats()


def _command_line() -> list[str]:
    """Return the words of this command; Scrapy has removed its name from them."""
    return [*sys.argv[:1], "crawl", *sys.argv[1:]]


def _all_failed(stats: dict[str, Any]) -> bool:
    def count(*prefixes: str) -> int:
        return sum(n for name, n in stats.items() if name.startswith(prefixes))

    done = count("pages/crawled", "pages/done_before", "images/done_before")
    done += count("images/earlier_runs/done", "pages/earlier_runs/done")
    done += count("item_scraped_count", "item_dropped_count")
    return not done and count("pages/failed/", "images/failed/") > 0
