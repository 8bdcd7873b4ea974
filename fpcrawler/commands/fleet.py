"""``scrapy fleet``: a list that is too long for one process, or for one machine."""

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
    "--to": ("PLACE", "a folder or s3://bucket/prefix for shards and results"),
    "--redis": ("URL", "redis://HOST:PORT/DB, if it is not FLEET_REDIS"),
    "--processes": ("N", "work: crawls at once; as many as processors"),
    "--local": ("N", "run: crawls at once; as many as processors"),
}
_FLAGS = {
    "--json": "status: write JSON",
    "--retry": "collect, run: try failed shards again",
    "--without-failed": "collect, run: it is complete without failed shards",
}
_REDIS_FAILED = "Redis failed ({}); fix it and run the same command again."


class Command(ScrapyCommand):
    """Cuts a list into shards that workers on any machine crawl."""

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
        # What was not given has no value, so that it can be told from a default.
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
            help="submit, run: an argument of the spider, such as depth=1",
        )

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        assert self.settings is not None  # noqa: S101 - set by Scrapy
        # Redis, S3 and Dramatiq are for this command alone.
        from dramatiq.errors import BrokerError  # noqa: PLC0415
        from redis import RedisError  # noqa: PLC0415

        from fpcrawler.fleet.actions import ACTIONS  # noqa: PLC0415
        from fpcrawler.fleet.request import read_request  # noqa: PLC0415

        failures = {
            OSError: "{}; make room, permit it, or say it again.",
            RedisError: _REDIS_FAILED,
            BrokerError: _REDIS_FAILED,
        }
        with one_line_errors("fleet", failures=failures, needs_stdout=False):
            name, *words = args or [""]
            action = ACTIONS.get(name)
            if action is None:
                raise BadInput(f"{name!r} is none of {', '.join(ACTIONS)}.")
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
            raise BadInput(f"{word} is no option; see scrapy fleet -h.")
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
                f"{shown} is not for scrapy fleet {name}; see scrapy fleet -h."
            )
