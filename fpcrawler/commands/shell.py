"""``scrapy shell``: as Scrapy's, but it says why nothing was fetched."""

from __future__ import annotations

import argparse

from scrapy.commands import shell

from fpcrawler.middlewares.explaining import explain


class Command(shell.Command):
    """Opens a console on the response for one URL."""

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        super().process_options(args, opts)
        assert self.settings is not None  # noqa: S101 - set by Scrapy
        explain(self.settings)
