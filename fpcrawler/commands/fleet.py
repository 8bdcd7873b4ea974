"""``scrapy fleet``: crawl a long list with many processes or machines."""

from __future__ import annotations

import argparse
import logging
from functools import partial
from typing import TYPE_CHECKING

from scrapy.commands import ScrapyCommand

from fpcrawler.console.one_line import one_line_errors, refuse
from fpcrawler.console.program import program
from fpcrawler.errors import BadInput
from fpcrawler.fleet.words import FLAGS, OPTIONS, WORDS

if TYPE_CHECKING:
    from collections.abc import Callable

_REDIS_FAILED = "Redis failed ({}); fix it and run the same command again."


class Command(ScrapyCommand):
    """Splits a list into shards; workers on any machine crawl them."""

    requires_project = True
    requires_crawler_process = False

    def syntax(self) -> str:
        words = "\n  ".join(word.usage(name) for name, word in WORDS.items())
        command = f"{program()} fleet "
        return f"{words.removeprefix(command)}\n  {command}WORD -h"

    def short_desc(self) -> str:
        return "Crawl a long list in shards, by many processes or machines"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        parser.error = partial(refuse, "fleet")  # type: ignore[method-assign]  # exit code 1
        group = parser.add_argument_group(title="Fleet")
        # An option that is not given has no attribute, so it differs from a default.
        default = argparse.SUPPRESS
        for name, (value, text) in OPTIONS.items():
            group.add_argument(f"--{name}", metavar=value, default=default, help=text)
        for name, text in FLAGS.items():
            option = f"--{name.replace('_', '-')}"
            group.add_argument(option, action="store_true", default=default, help=text)
        group.add_argument(
            *("-a", "--arguments"),
            metavar="NAME=VALUE",
            action="append",
            default=default,
            help="spider argument, such as depth=1; may be repeated",
        )
        parse = parser.parse_known_args
        parser.parse_known_args = partial(_parsed, parser, parse)  # type: ignore[assignment]

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
            if name not in WORDS:
                raise BadInput(f"unknown action {name!r}; use {', '.join(WORDS)}.")
            _check_words(name, words, opts)
            request = read_request(name, words, opts, self.settings)
            level = str(self.settings["LOG_LEVEL"]).upper()
            logging.basicConfig(level=level, format=f"{program()} fleet: %(message)s")
            self.exitcode = ACTIONS[name](request)


def _parsed(
    parser: argparse.ArgumentParser,
    parse: Callable[..., tuple[argparse.Namespace, list[str]]],
    args: list[str],
) -> tuple[argparse.Namespace, list[str]]:
    """Parse a command line; make its help that of its word, if it has one."""
    name = next((arg for arg in args if arg in WORDS), None)
    if name is not None:
        parser.usage, parser.description = WORDS[name].usage(name), WORDS[name].help
        for action in parser._actions:  # noqa: SLF001 - argparse hides options only here
            is_ours = action.dest in (*OPTIONS, *FLAGS, "arguments")
            if is_ours and action.dest not in WORDS[name].options:
                action.help = argparse.SUPPRESS
    return parse(args)


def _check_words(name: str, words: list[str], opts: argparse.Namespace) -> None:
    for word in words:
        if word.startswith("-"):
            raise BadInput(f"unknown option {word}; see {program()} fleet {name} -h.")
    has_list = WORDS[name].has_list
    if len(words) != has_list:
        needed = "one LIST of URLs" if has_list else "no list"
        raise BadInput(
            f"{program()} fleet {name} takes {needed}, not {' '.join(words) or 'none'}."
        )
    for key in (*OPTIONS, *FLAGS, "arguments"):
        if key in vars(opts) and key not in WORDS[name].options:
            shown = "-a" if key == "arguments" else f"--{key.replace('_', '-')}"
            command = f"{program()} fleet {name}"
            raise BadInput(f"{command} has no option {shown}; see {command} -h.")
