"""``scrapy show``: one image, or a few, for a person."""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import sys
from collections.abc import Iterable
from contextlib import suppress
from typing import TYPE_CHECKING

from scrapy.commands import ScrapyCommand

from fpcrawler.console.exit_codes import ExitCode
from fpcrawler.console.feed_command import without_options
from fpcrawler.console.known_option import add_known_option
from fpcrawler.console.one_line import bad_values_refused, one_line_errors, speak_for
from fpcrawler.console.program import program
from fpcrawler.console.streams import say, write_json, write_text
from fpcrawler.console.text import printable
from fpcrawler.crawl.bodies import check_bodies
from fpcrawler.errors import BadInput
from fpcrawler.feeds.outputs import check_log
from fpcrawler.input.settings import check_settings
from fpcrawler.items import ImageRecord
from fpcrawler.show.arguments import Named, NamesNoFile, read_named
from fpcrawler.show.output import as_json, as_text
from fpcrawler.show.results import NoRecord, Results
from fpcrawler.show.spider import NamedImages
from fpcrawler.tor.proxies import check_tor

if TYPE_CHECKING:
    from types import FrameType

    Outcome = tuple[Named, ImageRecord | NoRecord] | NamesNoFile

_STDERR = 2
_OURS = {
    "MIN_IMAGE_SIZE": 0,  # the user names the image, whatever its size
    # One image may redirect to another: both are shown.
    "DUPEFILTER_CLASS": "scrapy.dupefilters.BaseDupeFilter",
    "FEEDS": {},
    "RENDER_PAGES": False,
    **dict.fromkeys(("JOBDIR", "PAGES_FEED", "STATS_FILE"), ""),
}
"""Settings of this command; they win over those of the user."""


class Command(ScrapyCommand):
    """Fetches images as a crawl does, and prints their records for a person."""

    requires_project = True

    def syntax(self) -> str:
        return "[options] URL-or-FILE..."

    def short_desc(self) -> str:
        return "Show what a crawl reads of an image"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        speak_for(parser, "show")
        group = parser.add_argument_group(title="Show")
        add_known_option(group, "look the images up in known lists (paths or globs)")
        group.add_argument(
            "--json", action="store_true", help="print the records, a JSON array"
        )

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        assert self.settings is not None  # noqa: S101 - set by Scrapy
        # What failed is said for each argument, so a warning would say it twice.
        self.settings.set("LOG_LEVEL", "ERROR", priority="project")
        with one_line_errors("show"):
            with bad_values_refused():
                super().process_options(args, opts)
            for name, value in _OURS.items():
                self.settings.set(name, value, priority="cmdline")
            if opts.known:
                self.settings.set("KNOWN_LISTS", opts.known, priority="cmdline")
            check_settings(self.settings, (pair.partition("=")[0] for pair in opts.set))
            check_tor(self.settings)
            check_log(self.settings, {"urls": ""})

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        assert self.settings is not None  # noqa: S101 - set by Scrapy
        with one_line_errors("show"):
            named = [_named(word) for word in without_options("show", args)]
            if not named:
                raise BadInput("no image is named; name URLs or files before --known.")
            if self._has_lists():
                from fpcrawler.known.loading import known_lists  # noqa: PLC0415 - DuckDB

                known_lists(self.settings)  # cached for the crawl
            outcomes = self._outcomes(named)
            write = self._write_json if opts.json else self._write_text
            write(outcomes)
            sys.stdout.flush()
        self.exitcode = self.exitcode or _exit_code(outcomes)

    def _has_lists(self) -> bool:
        assert self.settings is not None  # noqa: S101 - set by Scrapy
        return bool(self.settings.getlist("KNOWN_LISTS"))

    def _outcomes(self, named: list[Named | NamesNoFile]) -> list[Outcome]:
        """Fetch the images; return what became of each argument, in their order."""
        assert self.crawler_process is not None  # noqa: S101 - set by Scrapy
        crawler = self.crawler_process.create_crawler(NamedImages)
        check_bodies(crawler.settings)
        results = Results(crawler)
        urls = dict.fromkeys(one.url for one in named if isinstance(one, Named))
        if urls:
            self.crawler_process.crawl(crawler, urls=" ".join(urls))
            for number in (signal.SIGINT, signal.SIGTERM):
                signal.signal(number, _end_at_once)
            self.crawler_process.start(install_signal_handlers=False)
        if self.crawler_process.bootstrap_failed:
            self.exitcode = ExitCode.BAD_INPUT
        return [
            (one, results.of(one.url)) if isinstance(one, Named) else one
            for one in named
        ]

    def _write_json(self, outcomes: Iterable[Outcome]) -> None:
        found = [found for outcome in outcomes if (found := _found(outcome))]
        write_json([as_json(record for _, record in found)])

    def _write_text(self, outcomes: Iterable[Outcome]) -> None:
        width = shutil.get_terminal_size().columns
        separator = ""
        for outcome in outcomes:
            sys.stdout.flush()  # so that both streams keep the order
            if found := _found(outcome):
                text = as_text(
                    *found,
                    width=width,
                    encoding=sys.stdout.encoding,
                    has_lists=self._has_lists(),
                )
                write_text([separator, text])
                separator = "\n"


def _named(word: str) -> Named | NamesNoFile:
    try:
        return read_named(word)
    except NamesNoFile as problem:
        return problem


def _found(outcome: Outcome) -> tuple[str, ImageRecord] | None:
    """Return an argument and its record; without one, say why and return None."""
    if isinstance(outcome, NamesNoFile):
        say(f"{program()} show: {printable(str(outcome))}\n")
        return None
    named, result = outcome
    if isinstance(result, NoRecord):
        say(f"{program()} show: {printable(f'{named.given}: {result}')}\n")
        return None
    return named.given, result


def _exit_code(outcomes: list[Outcome]) -> ExitCode:
    if all(isinstance(outcome, NamesNoFile) for outcome in outcomes):
        return ExitCode.BAD_INPUT
    results = [None if isinstance(one, NamesNoFile) else one[1] for one in outcomes]
    missing = [one for one in results if not isinstance(one, ImageRecord)]
    if any(one is not None and one.reason == "TorUnavailable" for one in missing):
        return ExitCode.TOR_UNAVAILABLE
    return ExitCode.FAILED if missing else ExitCode.FINISHED


def _end_at_once(_number: int, _frame: FrameType | None) -> None:
    """End the process: nothing is to be stored, and a thread may wait for DNS."""
    line = "\n" if sys.stderr.isatty() else ""  # below the progress and the ^C
    with suppress(OSError):
        # The signal may have come while a stream was being written to.
        os.write(_STDERR, f"{line}{program()} show: stopped\n".encode())
    os._exit(ExitCode.STOPPED)
