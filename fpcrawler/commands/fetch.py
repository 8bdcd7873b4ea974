"""``scrapy fetch``: as Scrapy's, but it says why nothing was fetched."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from scrapy.commands import fetch

from fpcrawler.console.exit_codes import ExitCode
from fpcrawler.middlewares.explaining import explain

if TYPE_CHECKING:
    from scrapy.http import Response


class Command(fetch.Command):
    """Fetches one URL and prints the response."""

    has_response = False

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        super().process_options(args, opts)
        assert self.settings is not None  # noqa: S101 - set by Scrapy
        explain(self.settings)

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        super().run(args, opts)
        if not (self.exitcode or self.has_response):
            self.exitcode = ExitCode.FAILED

    def _print_response(self, response: Response, opts: argparse.Namespace) -> None:
        self.has_response = True
        super()._print_response(response, opts)
