"""``scrapy export``: feeds as one file for other tools."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from fpcrawler.console.feed_command import FeedCommand
from fpcrawler.errors import BadInput
from fpcrawler.exports.formats import (
    BINARY,
    FORMATS,
    TAGGED,
    ExportFormat,
    format_of,
    is_gzipped,
    may_be_named,
)
from fpcrawler.exports.redaction.subjects import SUBJECTS, subjects_of
from fpcrawler.feeds.files import find_feeds
from fpcrawler.feeds.outputs import check_outputs

if TYPE_CHECKING:
    from fpcrawler.feeds.files import FeedFile


_TITLES = {ExportFormat.PARQUET: "Parquet", ExportFormat.SQLITE: "SQLite"}
_NOT_GZIPPED = {
    ExportFormat.PARQUET: "is compressed already",
    ExportFormat.SQLITE: "is read in place",
}


class Command(FeedCommand):
    """Writes feeds as one file for other tools; fetches nothing."""

    instead = MappingProxyType({"--json": "JSON of the records is --to jsonl"})

    def syntax(self) -> str:
        return "[options] FEED..."

    def short_desc(self) -> str:
        return "Write feeds as one table, map, timeline, database, list or case"

    def add_options(self, parser: argparse.ArgumentParser) -> None:
        super().add_options(parser)
        group = parser.add_argument_group(title="Export")
        group.add_argument(
            "--to",
            choices=[kind.value for kind in ExportFormat],
            help="format of the file, by default that of the suffix of FILE",
        )
        group.add_argument(
            "-O",
            "--output",
            metavar="FILE",
            help="a path or s3://BUCKET/KEY, replaced once the export is complete; .gz "
            "compresses all formats but Parquet and SQLite; - is stdout, the default",
        )
        group.add_argument(
            "--flat", action="store_true", help="as --to flat: CSV, a column a tag"
        )
        group.add_argument(
            "--names",
            choices=["exiftool"],
            help="name the tags as exiftool -j -G1 does",
        )
        group.add_argument(
            "--redact",
            metavar="WORDS",
            help=f"what to drop or round: {SUBJECTS}, separated by commas",
        )
        group.add_argument(
            "--pages",
            metavar="PAGES_FEED",
            help="for SQLite: the pairs of pages and images; by default, page_url",
        )

    def execute(self, args: list[str], opts: argparse.Namespace) -> None:
        target = None if opts.output == "-" else opts.output
        kind = _kind(_format(opts), target)
        redacted = subjects_of(opts.redact)
        _check_options(kind, opts)
        feeds = find_feeds(args)
        pages = find_feeds([opts.pages]) if opts.pages else []
        _check(kind, target, [*feeds, *pages])
        # Scrapy imports every command; only this one needs DuckDB and boto3.
        from fpcrawler.exports.report import Order, export_feeds  # noqa: PLC0415
        from fpcrawler.exports.sharing import Preparation  # noqa: PLC0415

        preparation = Preparation(
            redacted=redacted, has_exiftool_names=opts.names is not None
        )
        order = Order(
            feeds=feeds, pages=pages, target=target, kind=kind, preparation=preparation
        )
        export_feeds(self, order, memory=opts.memory)


def _format(opts: argparse.Namespace) -> str | None:
    if opts.flat and opts.to not in {None, ExportFormat.FLAT}:
        raise BadInput(f"--flat means --to flat, but --to is {opts.to}; omit one.")
    return ExportFormat.FLAT if opts.flat else opts.to


def _kind(to: str | None, target: str | None) -> ExportFormat:
    """Return the format that ``--to`` or the file's suffix names; raises BadInput."""
    named = format_of(target or "")
    if to and target and not may_be_named(ExportFormat(to), target):
        raise BadInput(
            f"the suffix of {target} means {named}, but --to is {to}; omit --to or "
            "name another file."
        )
    if target is not None and not (to or named):
        raise BadInput(f"{target!r} has no suffix of a format; add --to ({FORMATS}).")
    return ExportFormat(to or named or ExportFormat.PARQUET)


def _check_options(kind: ExportFormat, opts: argparse.Namespace) -> None:
    """Raise BadInput for an option that the format has no use for."""
    if opts.names and kind not in TAGGED:
        raise BadInput(
            f"--names is for formats with tags ({', '.join(TAGGED)}), not for {kind}; "
            "omit it."
        )
    if opts.pages and kind is not ExportFormat.SQLITE:
        raise BadInput(f"--pages is for sqlite, not for {kind}; omit it.")


def _check(kind: ExportFormat, target: str | None, feeds: Sequence[FeedFile]) -> None:
    """Raise BadInput for an unusable file, and for one that would be lost."""
    if kind in BINARY and not target:
        raise BadInput(
            f"{_TITLES[kind]} cannot be written to stdout; name a file "
            f"(-O images.{kind}), or add --to with another format, such as jsonl."
        )
    if kind in BINARY and target and is_gzipped(target):
        raise BadInput(f"{target}: {_TITLES[kind]} {_NOT_GZIPPED[kind]}; omit .gz.")
    if target and not target.startswith("s3://"):
        # As in execute: what recognises a format is beside what writes it.
        from fpcrawler.exports.outputs import export_output  # noqa: PLC0415

        check_outputs(
            [export_output(Path(target), kind)], [feed.path for feed in feeds]
        )
