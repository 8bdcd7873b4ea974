"""``scrapy fleet``: crawl a long list with many processes or machines."""

from __future__ import annotations

import argparse
import logging
import os
import re
import sys
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, NoReturn

from scrapy.commands import ScrapyCommand

from fpcrawler.console.one_line import one_line_errors, refuse
from fpcrawler.console.program import program
from fpcrawler.errors import BadInput
from fpcrawler.input.arguments import SCOPE_ARGUMENTS, check_arguments, read_arguments
from fpcrawler.input.settings import check_settings

if TYPE_CHECKING:
    from scrapy.settings import BaseSettings

_DIGITS = re.compile("[0-9]{1,9}")
_REDIS_FAILED = "Redis failed ({}); fix it and run the same command again."
_BOUNDS = {
    "FLEET_SHARD_URLS": (1, 10_000_000),
    "FLEET_SHARD_TIMEOUT": (1, 31_536_000),
    "FLEET_SHARD_MEMORY": (1, 16_777_216),
    "FLEET_RETRY_TIMES": (0, 1_000),
    "FLEET_RETRY_DELAY": (0, 86_400),
    "FLEET_LEASE": (1, 86_400),
}


def _text(given: str) -> str:
    if not given.strip():
        raise argparse.ArgumentTypeError("is empty; give it a value or leave it out")
    return given


def _number(least: int, most: int) -> Callable[[str], int]:
    def read(given: str) -> int:
        if not (_DIGITS.fullmatch(given) and least <= int(given) <= most):
            raise argparse.ArgumentTypeError(
                f"is {given!r}; use a number from {least} to {most:,}"
            )
        return int(given)

    return read


def _processors() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 1


_PROCESSES = "crawls at the same time, by default one per processor"
_OPTIONS: dict[str, tuple[str, Callable[[str], object], str]] = {
    "--to": ("PLACE", _text, "folder or s3://BUCKET/PREFIX for shards and results"),
    "--redis": ("URL", _text, "redis://HOST:PORT/DB, by default FLEET_REDIS"),
    "--local": ("N", _number(1, 1_000), _PROCESSES),
    "--processes": ("N", _number(1, 1_000), _PROCESSES),
    "--chain": ("N", _number(0, 10_000_000), "the chain to crawl, from 0 on"),
}
_FLAGS = {
    "--json": "print JSON",
    "--retry": "crawl again what failed, shards and URLs",
    "--without-failed": "accept a result without what failed",
}
_ACTIONS: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "run": (
        "LIST --to PLACE",
        "Crawl a list in processes of this machine; continues where it stopped.",
        ("--to", "--local", "--retry", "--without-failed"),
    ),
    "submit": (
        "LIST --to PLACE",
        "Cut a list into shards and put them into the queue in Redis.",
        ("--to", "--redis"),
    ),
    "work": (
        "",
        "Crawl shards from the queue in Redis until it is stopped.",
        ("--redis", "--processes"),
    ),
    "plan": (
        "LIST --to PLACE",
        "Cut a list into shards; prints how many chains an array of jobs has to crawl.",
        ("--to",),
    ),
    "crawl": (
        "--to PLACE --chain N",
        "Crawl one chain of shards; ends with 0 if all of them are done, else with 4.",
        ("--to", "--chain", "--retry"),
    ),
    "status": (
        "",
        "Print what is done, running, failed and left.",
        ("--to", "--redis", "--json"),
    ),
    "collect": (
        "",
        "Check that all is done, and write collected.json; enqueues what Redis lost.",
        ("--to", "--redis", "--retry", "--without-failed"),
    ),
}
"""Action to what it needs, its effect in a sentence, and its options."""


class Command(ScrapyCommand):
    """Splits a list into shards; workers on any machine crawl them."""

    requires_project = True
    requires_crawler_process = False

    def syntax(self) -> str:
        return "ACTION [options]"

    def short_desc(self) -> str:
        return "Crawl a long list in shards, by many processes or machines"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        command = f"{program()} fleet"
        parser.usage = f"{command} {self.syntax()}"
        _speak_for(parser, command)
        actions = parser.add_subparsers(
            title="actions",
            dest="action",
            metavar="ACTION",
            required=True,
            prog=command,
        )
        for name, (needs, text, options) in _ACTIONS.items():
            action = actions.add_parser(name, help=text, description=text)
            action.formatter_class = parser.formatter_class
            action.usage = " ".join(filter(None, (action.prog, needs, "[options]")))
            _speak_for(action, action.prog)
            super().add_options(action)
            _add_options(action, needs, options)

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        assert self.settings is not None  # noqa: S101 - set by Scrapy
        # Scrapy imports every command; only this one needs Redis, S3 and Dramatiq.
        from dramatiq.errors import BrokerError  # noqa: PLC0415
        from redis import RedisError  # noqa: PLC0415

        from fpcrawler.fleet.actions import ACTIONS  # noqa: PLC0415
        from fpcrawler.fleet.places.place import PlaceUnavailable  # noqa: PLC0415
        from fpcrawler.fleet.settings import FleetSettings  # noqa: PLC0415

        failures = {
            OSError: "{}; free space or fix permissions; run the same command again.",
            MemoryError: "{}; free space at the place, or set TMPDIR.",
            PlaceUnavailable: "{}",
            RedisError: _REDIS_FAILED,
            BrokerError: _REDIS_FAILED,
        }
        with one_line_errors("fleet", failures=failures, needs_stdout=False):
            if args:
                command = f"{program()} fleet {opts.action}"
                kind = "option" if args[0].startswith("-") else "argument"
                raise BadInput(f"unknown {kind} {args[0]}; see {command} -h.")
            given = dict(pair.partition("=")[::2] for pair in opts.set)
            _check(self.settings, given, opts)
            level = str(self.settings["LOG_LEVEL"]).upper()
            logging.basicConfig(level=level, format=f"{program()} fleet: %(message)s")
            settings = FleetSettings(self.settings, given)
            self.exitcode = ACTIONS[opts.action](opts, settings)
            sys.stdout.flush()


def _add_options(
    action: argparse.ArgumentParser, needs: str, options: Iterable[str]
) -> None:
    action.set_defaults(local=_processors(), processes=_processors())
    if "LIST" in needs:
        action.add_argument("urls_file", metavar="LIST", help="list of URLs")
    group = action.add_argument_group(title="Fleet")
    for option in options:
        if option in _FLAGS:
            group.add_argument(option, action="store_true", help=_FLAGS[option])
        else:
            value, kind, text = _OPTIONS[option]
            added = group.add_argument(option, metavar=value, type=kind, help=text)
            added.required = option in needs
    if "LIST" in needs:
        group.add_argument(
            *("-a", "--arguments"),
            metavar="NAME=VALUE",
            action="append",
            default=[],
            help="spider argument, such as depth=1; may be repeated",
        )


def _check(
    settings: BaseSettings, given: Mapping[str, str], opts: argparse.Namespace
) -> None:
    """Check settings, ``given`` ones above all, and arguments; raises BadInput."""
    from fpcrawler.fleet.shardsettings import check_for_shards  # noqa: PLC0415 - Playwright

    check_settings(settings, given)
    for name, (least, most) in _BOUNDS.items():
        if not least <= settings.getfloat(name) <= most:
            raise BadInput(f"{name} is {settings[name]!r}; use {least} to {most}.")
    if opts.action == "collect" and opts.retry and opts.without_failed:
        raise BadInput(
            "--retry crawls what failed again and --without-failed accepts it; use one."
        )
    if "urls_file" not in opts:
        _check_own(given, opts.action)
        return
    check_for_shards(settings, given, is_here=opts.action == "run")
    arguments = read_arguments(opts.arguments)
    for name, value in arguments.items():
        if name not in SCOPE_ARGUMENTS:
            known = ", ".join(f"-a {known}=…" for known in SCOPE_ARGUMENTS)
            raise BadInput(f"-a {name}={value} does not apply to a fleet; use {known}.")
    check_arguments(arguments)


def _check_own(given: Iterable[str], action: str) -> None:
    for name in given:
        if not name.startswith("FLEET_") and name != "LOG_LEVEL":
            raise BadInput(
                f"-s {name} has no effect on {program()} fleet {action}; give it "
                f"to plan, submit or run, where it holds for every shard."
            )


def _speak_for(parser: argparse.ArgumentParser, command: str) -> None:
    """Let a parser end with one line, the exit code 1, and where the help is."""

    def refuse_in_words(message: str) -> NoReturn:
        refuse("fleet", f"{message}; see {command} -h.")

    parser.error = refuse_in_words  # type: ignore[method-assign]
