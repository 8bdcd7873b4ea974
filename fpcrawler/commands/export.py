"""``scrapy export``: feeds as one table for DuckDB, Spark, Athena, pandas."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from fpcrawler.console.feed_command import FeedCommand
from fpcrawler.errors import BadInput
from fpcrawler.exports.formats import FORMATS, ExportFormat, format_of, is_packed
from fpcrawler.feeds.files import find_feeds
from fpcrawler.feeds.outputs import check_outputs, records_output

if TYPE_CHECKING:
    from fpcrawler.feeds.files import FeedFile


class Command(FeedCommand):
    """Writes feeds as one table with types; fetches nothing."""

    def syntax(self) -> str:
        return "[options] FEED..."

    def short_desc(self) -> str:
        return "Write feeds as one table: Parquet, CSV or JSON Lines"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        group = parser.add_argument_group(title="Export")
        group.add_argument(
            "--to",
            choices=[kind.value for kind in ExportFormat],
            help="what to write (default: what the name of FILE ends with)",
        )
        group.add_argument(
            "-O",
            "--output",
            metavar="FILE",
            help="a path or s3://BUCKET/KEY, replaced when all is there; .gz packs "
            "CSV and JSON Lines; without it, or with -, they go to stdout",
        )

    def answer(self, args: list[str], opts: argparse.Namespace) -> None:
        target = None if opts.output == "-" else opts.output
        kind = _kind(opts.to, target)
        feeds = find_feeds(args)
        _check(kind, target, feeds)
        # Scrapy imports every command; DuckDB and boto3 are for this one alone.
        from fpcrawler.exports.report import export_feeds  # noqa: PLC0415

        export_feeds(self, feeds, target, kind, memory=opts.memory)


def _kind(to: str | None, target: str | None) -> ExportFormat:
    """Return what to write: what ``--to`` and the file's name say, or one of them."""
    named = format_of(target or "")
    if to and named and to != named:
        raise BadInput(
            f"{target} is the name of a {named}, but --to says {to}; leave --to out "
            "or name another file."
        )
    if target is not None and not (to or named):
        raise BadInput(f"{target!r} does not tell what to write; add --to ({FORMATS}).")
    return ExportFormat(to or named or ExportFormat.PARQUET)


def _check(kind: ExportFormat, target: str | None, feeds: Sequence[FeedFile]) -> None:
    """Refuse a file that nobody could use, and one that is still needed."""
    if kind is ExportFormat.PARQUET and not target:
        raise BadInput(
            "parquet is not for stdout; name a file, -O images.parquet, or add --to "
            "csv or --to jsonl."
        )
    if kind is ExportFormat.PARQUET and target and is_packed(target):
        raise BadInput(f"{target}: parquet is packed inside; leave .gz out.")
    if target and not target.startswith("s3://"):
        output = records_output("-O", Path(target), kind)
        check_outputs([output], [feed.path for feed in feeds])
