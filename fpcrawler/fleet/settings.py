"""What the settings of ``scrapy fleet`` mean."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fpcrawler.fleet.client import connect
from fpcrawler.fleet.crawling import Limits
from fpcrawler.fleet.machine import machine_name
from fpcrawler.fleet.performing import Performer, check_writable
from fpcrawler.fleet.program import installed
from fpcrawler.fleet.queue import Queue
from fpcrawler.fleet.submission import Submission
from fpcrawler.input.arguments import read_arguments

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

    from scrapy.settings import BaseSettings

    from fpcrawler.fleet.manifest import Manifest
    from fpcrawler.fleet.places.place import Place


@dataclass(frozen=True, slots=True)
class FleetSettings:
    """Checked settings; ``given``: those of the command line, as text."""

    settings: BaseSettings
    given: dict[str, str]

    def submission(self, opts: argparse.Namespace) -> Submission:
        """Return the list of a command line, with what holds for each of its shards."""
        given = self.given.items()
        return Submission(
            urls_file=opts.urls_file,
            arguments=read_arguments(opts.arguments),
            settings={k: v for k, v in given if not k.startswith("FLEET_")},
            shard_urls=self.settings.getint("FLEET_SHARD_URLS"),
            program=installed(self.settings, self.given),
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
        """Connect to Redis, by default FLEET_REDIS; raises as :func:`connect` does."""
        lease = self.settings.getfloat("FLEET_LEASE")
        return Queue(connect(url or self.settings["FLEET_REDIS"]), lease=lease)

    def check(self, place: Place, manifest: Manifest) -> None:
        """Raise OtherProgram or PlaceRefuses if nothing may be crawled for a place."""
        here = installed(self.settings, manifest.settings)
        here.check(manifest.program, place.uri)
        check_writable(place)
