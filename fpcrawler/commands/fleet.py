"""``scrapy fleet``: crawl a long list with many processes or machines."""

from __future__ import annotations

import argparse
import logging
from functools import partial
from typing import TYPE_CHECKING

from scrapy.commands import ScrapyCommand

from fpcrawler.console.one_line import one_line_errors, refuse
from fpcrawler.errors import BadInput

if TYPE_CHECKING:
    from fpcrawler.fleet.actions import Action

_SYNTAX = """submit LIST --to PLACE [options]
  scrapy fleet work [options]
  scrapy fleet status [--to PLACE] [options]
  scrapy fleet collect [--to PLACE] [options]
  scrapy fleet run LIST --to PLACE [--local N] [options]"""
_OPTIONS = {
    "--to": ("PLACE", "folder or s3://BUCKET/PREFIX for shards and results"),
    "--redis": ("URL", "redis://HOST:PORT/DB, by default the setting FLEET_REDIS"),
    "--processes": ("N", "work: crawls at the same time, by default one per processor"),
    "--local": ("N", "run: crawls at the same time, by default one per processor"),
}
_FLAGS = {
    "--json": "status: print JSON",
    "--retry": "collect, run: retry failed shards",
    "--without-failed": "collect, run: accept a result without the failed shards",
}
_REDIS_FAILED = "Redis failed ({}); fix it and run the same command again."


class Command(ScrapyCommand):
    """Splits a list into shards; workers on any machine crawl them."""

    requires_project = True
    requires_crawler_process = False

    def syntax(self) -> str:
        return _SYNTAX

    def short_desc(self) -> str:
        return "Crawl a long list in shards, by many processes or machines"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.error = partial(refuse, "fleet")  # type: ignore[method-assign]  # exit code 1
        group = parser.add_argument_group(title="Fleet")
        # An option that is not given has no attribute, so it differs from a default.
        default = argparse.SUPPRESS
        for name, (value, text) in _OPTIONS.items():
            group.add_argument(name, metavar=value, default=default, help=text)
        for name, text in _FLAGS.items():
            group.add_argument(name, action="store_true", default=default, help=text)
        group.add_argument(
            *("-a", "--arguments"),
            metavar="NAME=VALUE",
            action="append",
            default=default,
            help="submit, run: spider argument, such as depth=1; may be repeated",
        )

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        assert self.settings is not None  # noqa: S101 - set by Scrapy
        # Scrapy imports every command; only this one needs Redis, S3 and Dramatiq.
        from dramatiq.errors import BrokerError  # noqa: PLC0415
        from redis import RedisError  # noqa: PLC0415

        from fpcrawler.fleet.actions import ACTIONS  # noqa: PLC0415
        from fpcrawler.fleet.places.place import PlaceUnavailable  # noqa: PLC0415
        from fpcrawler.fleet.request import read_request  # noqa: PLC0415

        failures = {
            OSError: "{}; free space or fix permissions; run the same command again.",
            PlaceUnavailable: "{}",
            RedisError: _REDIS_FAILED,
            BrokerError: _REDIS_FAILED,
        }
        with one_line_errors("fleet", failures=failures, needs_stdout=False):
            name, *words = args or [""]
            action = ACTIONS.get(name)
            if action is None:
                raise BadInput(f"unknown action {name!r}; use {', '.join(ACTIONS)}.")
            _check_words(name, action, words, opts)
            request = read_request(name, words, opts, self.settings)
            level = str(self.settings["LOG_LEVEL"]).upper()
            logging.basicConfig(level=level, format="scrapy fleet: %(message)s")
            self.exitcode = action.act(request)


def _check_words(
    name: str, action: Action, words: list[str], opts: argparse.Namespace
) -> None:
    for word in words:
        if word.startswith("-"):
            raise BadInput(f"unknown option {word}; see scrapy fleet -h.")
    if len(words) != action.has_list:
        needed = "one LIST of URLs" if action.has_list else "no list"
        raise BadInput(
            f"scrapy fleet {name} takes {needed}, not {' '.join(words) or 'none'}."
        )
    names = [*_OPTIONS, *_FLAGS, "--arguments"]
    for option in names:
        key = option.removeprefix("--").replace("-", "_")
        if key in vars(opts) and key not in action.options:
            shown = "-a" if key == "arguments" else option
            raise BadInput(
                f"scrapy fleet {name} has no option {shown}; see scrapy fleet -h."
            )
