"""``scrapy parse``: as Scrapy's, with the request that a crawl would make."""

from __future__ import annotations

import argparse
import warnings
from dataclasses import fields
from typing import TYPE_CHECKING, Any

from scrapy.commands import parse
from scrapy.exceptions import ScrapyDeprecationWarning

from fpcrawler.console.exit_codes import ExitCode
from fpcrawler.input.sources import ListEntry, Sources
from fpcrawler.spiders.images import ImagesSpider

if TYPE_CHECKING:
    from scrapy import Request, Spider


class Command(parse.Command):
    """Shows what the spider reads of one URL, as if a list named it."""

    def process_options(self, args: list[str], opts: argparse.Namespace) -> None:
        super().process_options(args, opts)
        # Scrapy's own callback of this command does what Scrapy deprecates.
        own = "<function Command.prepare_request"
        warnings.filterwarnings("ignore", own, ScrapyDeprecationWarning)

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        opts.spider = opts.spider or ImagesSpider.name
        super().run(args, opts)
        if not (self.exitcode or self.first_response):
            self.exitcode = ExitCode.FAILED

    def add_items(self, lvl: int, new_items: list[Any]) -> None:
        """Note items to print them, without the bytes of images."""
        super().add_items(lvl, [_without_bytes(item) for item in new_items])

    def prepare_request(
        self, spider: Spider, request: Request, opts: argparse.Namespace
    ) -> Request:
        """Give the request its errand, which decides on callback and address."""
        if isinstance(spider, ImagesSpider):
            request = _as_listed(spider, request, opts.callback)
        return super().prepare_request(spider, request, opts)


def _without_bytes(item: Any) -> dict[str, Any]:
    values = {field.name: getattr(item, field.name) for field in fields(item)}
    return {
        name: f"({len(value):,} bytes)" if isinstance(value, bytes) else value
        for name, value in values.items()
    }


def _as_listed(spider: ImagesSpider, request: Request, callback: str | None) -> Request:
    for entry in Sources(urls=request.url).entries():
        if isinstance(entry, ListEntry):
            for errand in spider.frontier.listed(entry):
                listed = spider.request(errand)
                if callback:
                    listed.callback = None
                return listed
    return request
