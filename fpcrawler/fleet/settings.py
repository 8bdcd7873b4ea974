"""The checked settings of ``scrapy fleet``, and what is made of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fpcrawler.console.program import program
from fpcrawler.errors import BadInput
from fpcrawler.fleet.crawling import Limits
from fpcrawler.fleet.machine import machine_name
from fpcrawler.fleet.performing import Performer
from fpcrawler.fleet.program import installed
from fpcrawler.fleet.queue import Queue
from fpcrawler.fleet.shardsettings import check_for_shards
from fpcrawler.fleet.submission import LOG_SETTINGS, Submission
from fpcrawler.input.arguments import SCOPE_ARGUMENTS, check_arguments, read_arguments
from fpcrawler.input.settings import check_settings

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

    from scrapy.settings import BaseSettings

    from fpcrawler.fleet.manifest import Manifest
    from fpcrawler.fleet.places.place import Place

OWN = "FLEET_"
_BOUNDS = {
    "FLEET_SHARD_URLS": (1, 10_000_000),
    "FLEET_SHARD_TIMEOUT": (1, 31_536_000),
    "FLEET_SHARD_MEMORY": (1, 16_777_216),
    "FLEET_RETRY_TIMES": (0, 1_000),
    "FLEET_RETRY_DELAY": (0, 86_400),
    "FLEET_LEASE": (1, 86_400),
}


@dataclass(frozen=True, slots=True)
class FleetSettings:
    """Checked settings; ``given``: those of the command line, as text."""

    settings: BaseSettings
    given: dict[str, str]

    def submission(self, opts: argparse.Namespace) -> Submission:
        """Return the list of a command line, with what holds for each of its shards."""
        here = installed(self.settings, self.given)
        return Submission(
            urls_file=opts.urls_file,
            arguments=read_arguments(opts.arguments),
            settings={k: v for k, v in self.given.items() if not k.startswith(OWN)},
            shard_urls=self.settings.getint("FLEET_SHARD_URLS"),
            program=here.program,
            marks=here.marks,
            machine=machine_name() if opts.action == "run" else None,
        )

    def performer(self, report: Callable[[str], None]) -> Performer:
        """Return what performs shards within the limits of the settings."""
        return Performer(
            limits=Limits(
                memory=self.settings.getint("FLEET_SHARD_MEMORY"),
                seconds=self.settings.getint("FLEET_SHARD_TIMEOUT"),
            ),
            retries=self.settings.getint("FLEET_RETRY_TIMES"),
            delay=self.settings.getfloat("FLEET_RETRY_DELAY"),
            report=report,
        )

    def queue(self, url: str | None) -> Queue:
        """Connect to Redis, by default FLEET_REDIS.

        Raises BadInput or QueueUnavailable.
        """
        lease = self.settings.getfloat("FLEET_LEASE")
        return Queue.connect(url or self.settings["FLEET_REDIS"], lease=lease)

    def check_program(self, place: Place, manifest: Manifest) -> None:
        """Raise OtherProgram if the list was submitted with another program."""
        here = installed(self.settings, manifest.settings)
        here.check(manifest.program, manifest.marks, place.uri)


def read_settings(settings: BaseSettings, opts: argparse.Namespace) -> FleetSettings:
    """Check the settings, and the arguments of the spider; raises BadInput."""
    given = dict(pair.partition("=")[::2] for pair in opts.set)
    check_settings(settings, given)
    for name, (least, most) in _BOUNDS.items():
        if not least <= settings.getfloat(name) <= most:
            raise BadInput(f"{name} is {settings[name]!r}; use {least} to {most}.")
    if "urls_file" in opts:
        check_for_shards(settings, given, is_here=opts.action == "run")
        _check_arguments(read_arguments(opts.arguments))
    else:
        _check_own(given, opts.action)
    return FleetSettings(settings, given)


def _check_arguments(arguments: dict[str, str]) -> None:
    for name, value in arguments.items():
        if name not in SCOPE_ARGUMENTS:
            known = ", ".join(f"-a {known}=…" for known in SCOPE_ARGUMENTS)
            raise BadInput(f"-a {name}={value} does not apply to a fleet; use {known}.")
    check_arguments(arguments)


def _check_own(given: dict[str, str], action: str) -> None:
    for name in given:
        if not name.startswith(OWN) and name not in LOG_SETTINGS:
            raise BadInput(
                f"-s {name} has no effect on {program()} fleet {action}; give it "
                f"to plan, submit or run, where it holds for every shard."
            )
