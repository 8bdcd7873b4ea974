"""What is redacted stands in no format."""

from __future__ import annotations

import gzip
import sqlite3
from contextlib import closing
from pathlib import Path

import duckdb
import pytest

from fpcrawler.console.feed_command import MEMORY
from fpcrawler.exports.formats import TABLES, ExportFormat
from fpcrawler.exports.redaction.subjects import Subject
from fpcrawler.exports.sharing import Preparation, prepared
from fpcrawler.exports.tables import write_table
from fpcrawler.exports.writing import Task, write
from fpcrawler.feeds.files import find_feeds
from fpcrawler.tables.database import database
from tests.exports.redaction.test_record import TOLD
from tests.tables.test_feeds import write as write_feed

SECRETS = ("lovelace", "holness", "0401234", "7766", "33.85", "151.21")


def exported(folder: Path, kind: ExportFormat, preparation: Preparation) -> str:
    """Return all that a file says, in lower case."""
    path = folder / f"out.{kind}"
    with database(MEMORY) as connection:
        feeds = find_feeds([str(write_feed(folder / "feed.json", TOLD))])
        if kind in TABLES:
            with prepared(connection, feeds, preparation) as shared:
                write_table(connection, shared, path, kind)
        else:
            write(Task(connection, feeds, preparation), path, kind)
    return text_of(path, kind).lower()


def text_of(path: Path, kind: ExportFormat) -> str:
    if kind is ExportFormat.SQLITE:
        with closing(sqlite3.connect(path)) as made:
            return "\n".join(made.iterdump())
    if kind is ExportFormat.PARQUET:
        with duckdb.connect() as made:
            return str(made.execute(f"FROM '{path}'").fetchall())
    return path.read_text(encoding="utf-8")


@pytest.mark.parametrize("kind", sorted({*ExportFormat} - {ExportFormat.LIST}))
def test_no_format_says_what_is_redacted(tmp_path: Path, kind: ExportFormat) -> None:
    before = exported(tmp_path, kind, Preparation())
    after = exported(tmp_path, kind, Preparation(redacted=frozenset(Subject)))

    assert "lovelace" in before
    assert [secret for secret in SECRETS if secret in after] == []
    assert ("canon" in after) == ("canon" in before)


def test_a_list_says_nothing_that_could_be_redacted(tmp_path: Path) -> None:
    text = exported(tmp_path, ExportFormat.LIST, Preparation())

    assert text.count("\n") == 2
    assert [secret for secret in (*SECRETS, "canon", "http") if secret in text] == []


@pytest.mark.parametrize("kind", ["csv", "jsonl", "parquet", "sqlite", "flat"])
def test_tags_have_the_names_of_exiftool(tmp_path: Path, kind: str) -> None:
    preparation = Preparation(has_exiftool_names=True)
    text = exported(tmp_path, ExportFormat(kind), preparation)

    for name in ("exififd:serialnumber", "xmp-dc:creator", "iptc:by-line"):
        assert name in text
    assert "exif bodyserialnumber" not in text


def test_records_are_equal_but_for_what_is_asked(tmp_path: Path) -> None:
    """The temporary feed between them loses nothing."""
    preparation = Preparation(redacted=frozenset({Subject.SERIAL}))
    plain = exported(tmp_path, ExportFormat.JSONL, Preparation())
    shared = exported(tmp_path, ExportFormat.JSONL, preparation)

    assert '"spans":[[0,10241,"read"],[30,10200,"exif"]]' in plain
    assert '"spans":[[0,10241,"read"],[30,10200,"exif"]]' in shared
    assert plain.partition('"exif":')[2].count('":') > 100
    assert plain.count('":') - shared.count('":') == 3  # two tags, one source


@pytest.mark.parametrize("kind", ["geojson", "kml", "gpx", "timesketch", "flat"])
def test_a_gzipped_export_is_the_same(tmp_path: Path, kind: str) -> None:
    plain = exported(tmp_path, ExportFormat(kind), Preparation())
    with database(MEMORY) as connection:
        task = Task(
            connection, find_feeds([str(tmp_path / "feed.json")]), Preparation()
        )
        write(task, tmp_path / "packed", ExportFormat(kind), is_gzipped=True)

    unpacked = gzip.decompress((tmp_path / "packed").read_bytes())
    assert unpacked.decode().replace("\r\n", "\n").lower() == plain
