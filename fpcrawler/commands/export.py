"""``scrapy export``: feeds as one table for DuckDB, Spark, Athena or pandas."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from fpcrawler.console.feed_command import FeedCommand
from fpcrawler.errors import BadInput
from fpcrawler.exports.formats import FORMATS, ExportFormat, format_of, is_gzipped
from fpcrawler.feeds.files import find_feeds
from fpcrawler.feeds.outputs import check_outputs, records_output

if TYPE_CHECKING:
    from fpcrawler.feeds.files import FeedFile


class Command(FeedCommand):
    """Writes feeds as one typed table; fetches nothing."""

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
            help="format of the table, by default that of the suffix of FILE",
        )
        group.add_argument(
            "-O",
            "--output",
            metavar="FILE",
            help="a path or s3://BUCKET/KEY, replaced once the table is complete; .gz "
            "compresses CSV and JSON Lines; - is stdout, the default",
        )

    def execute(self, args: list[str], opts: argparse.Namespace) -> None:
        target = None if opts.output == "-" else opts.output
        kind = _kind(opts.to, target)
        feeds = find_feeds(args)
        _check(kind, target, feeds)
        # Scrapy imports every command; only this one needs DuckDB and boto3.
        from fpcrawler.exports.report import export_feeds  # noqa: PLC0415

        export_feeds(self, feeds, target, kind, memory=opts.memory)


def _kind(to: str | None, target: str | None) -> ExportFormat:
    """Return the format that ``--to`` or the file's suffix names; raises BadInput."""
    named = format_of(target or "")
    if to and named and to != named:
        raise BadInput(
            f"the suffix of {target} means {named}, but --to is {to}; omit --to or "
            "name another file."
        )
    if target is not None and not (to or named):
        raise BadInput(f"{target!r} has no suffix of a format; add --to ({FORMATS}).")
    return ExportFormat(to or named or ExportFormat.PARQUET)


def _check(kind: ExportFormat, target: str | None, feeds: Sequence[FeedFile]) -> None:
    """Raise BadInput for an unusable file, and for one that would be lost."""
    if kind is ExportFormat.PARQUET and not target:
        raise BadInput(
            "Parquet cannot be written to stdout; name a file (-O images.parquet), or "
            "add --to csv or --to jsonl."
        )
    if kind is ExportFormat.PARQUET and target and is_gzipped(target):
        raise BadInput(f"{target}: Parquet is compressed already; omit .gz.")
    if target and not target.startswith("s3://"):
        output = records_output("-O", Path(target), kind)
        check_outputs([output], [feed.path for feed in feeds])
