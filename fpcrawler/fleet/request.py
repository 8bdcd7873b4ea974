"""Check the command line of ``scrapy fleet``."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fpcrawler.console.program import program
from fpcrawler.console.streams import say
from fpcrawler.errors import BadInput
from fpcrawler.fleet.crawling import Limits
from fpcrawler.fleet.machine import machine_name
from fpcrawler.fleet.performing import Performer
from fpcrawler.fleet.program import installed
from fpcrawler.fleet.shardsettings import check_for_shards
from fpcrawler.fleet.submission import LOG_SETTINGS, Submission
from fpcrawler.input.arguments import SCOPE_ARGUMENTS, check_arguments, read_arguments
from fpcrawler.input.settings import check_settings

if TYPE_CHECKING:
    from scrapy.settings import BaseSettings

    from fpcrawler.fleet.manifest import Manifest
    from fpcrawler.fleet.program import Installed

OWN = "FLEET_"
_MOST = {"processes": 1_000, "local": 1_000, "chain": 10_000_000}
_BOUNDS = {
    "FLEET_SHARD_URLS": (1, 10_000_000),
    "FLEET_SHARD_TIMEOUT": (1, 31_536_000),
    "FLEET_SHARD_MEMORY": (1, 16_777_216),
    "FLEET_RETRY_TIMES": (0, 1_000),
    "FLEET_RETRY_DELAY": (0, 86_400),
    "FLEET_LEASE": (1, 86_400),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """The checked words and options of one command line."""

    to: str | None
    redis: str
    names_redis: bool
    lease: float
    processes: int
    chain: int | None
    installed_for: Callable[[Manifest], Installed]
    submission: Submission
    performer: Performer
    is_json: bool
    retries_failed: bool
    without_failed: bool


def read_request(
    action: str, words: list[str], opts: argparse.Namespace, settings: BaseSettings
) -> Request:
    """Check the words, options and settings of an action; raises BadInput."""
    sets = dict(pair.partition("=")[::2] for pair in opts.set)
    _check_settings(settings, sets)
    if action == "collect" and {"retry", "without_failed"} <= vars(opts).keys():
        raise BadInput(
            "--retry crawls what failed again and --without-failed accepts it; use one."
        )
    is_crawl = action in ("submit", "plan", "run")
    if is_crawl:
        check_for_shards(settings, sets, is_here=action == "run")
    else:
        _check_own_settings(action, sets)
    given = vars(opts)
    for name in ("to", "redis"):
        if name in given and not given[name].strip():
            raise BadInput(f"--{name} is empty; give it a value or leave it out.")
    here = installed(settings, sets)
    return Request(
        to=given.get("to"),
        redis=given.get("redis") or settings["FLEET_REDIS"],
        names_redis="redis" in given,
        lease=settings.getfloat("FLEET_LEASE"),
        processes=_number(given, ("processes", "local"), 1) or _processors(),
        chain=_number(given, ("chain",), 0),
        installed_for=lambda manifest: installed(settings, manifest.settings),
        submission=Submission(
            urls_file=words[0] if is_crawl else "",
            arguments=_arguments(given.get("arguments", [])),
            settings={k: v for k, v in sets.items() if not k.startswith(OWN)},
            shard_urls=settings.getint("FLEET_SHARD_URLS"),
            program=here.program,
            marks=here.marks,
            machine=machine_name() if action == "run" else None,
        ),
        performer=Performer(
            limits=Limits(
                memory=settings.getint("FLEET_SHARD_MEMORY"),
                seconds=settings.getint("FLEET_SHARD_TIMEOUT"),
            ),
            retries=settings.getint("FLEET_RETRY_TIMES"),
            delay=settings.getfloat("FLEET_RETRY_DELAY"),
            report=report,
        ),
        is_json="json" in given,
        retries_failed="retry" in given,
        without_failed="without_failed" in given,
    )


def report(*lines: str) -> None:
    """Write lines to stderr."""
    say("".join(f"{program()} fleet: {line}\n" for line in lines))


def _arguments(pairs: list[str]) -> dict[str, str]:
    arguments = read_arguments(pairs)
    for name, value in arguments.items():
        if name not in SCOPE_ARGUMENTS:
            known = ", ".join(f"-a {known}=…" for known in SCOPE_ARGUMENTS)
            raise BadInput(f"-a {name}={value} does not apply to a fleet; use {known}.")
    check_arguments(arguments)
    return arguments


def _check_settings(settings: BaseSettings, sets: Iterable[str]) -> None:
    check_settings(settings, sets)
    for name, (least, most) in _BOUNDS.items():
        if not least <= settings.getfloat(name) <= most:
            raise BadInput(f"{name} is {settings[name]!r}; use {least} to {most}.")


def _check_own_settings(action: str, sets: Mapping[str, str]) -> None:
    for name in sets:
        if not name.startswith(OWN) and name not in LOG_SETTINGS:
            raise BadInput(
                f"-s {name} has no effect on {program()} fleet {action}; give it "
                f"to plan, submit or run, where it holds for every shard."
            )


def _number(given: Mapping[str, str], names: Iterable[str], least: int) -> int | None:
    for name in names:
        text = given.get(name)
        if text is None:
            continue
        most = _MOST[name]
        if not (text.isascii() and text.isdigit() and least <= int(text) <= most):
            bounds = (
                f", from {least} on" if name == "chain" else f" from {least} to {most}"
            )
            raise BadInput(f"--{name} is {text!r}; use a number{bounds}.")
        return int(text)
    return None


def _processors() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 1
