"""From feeds to a table and back."""

from __future__ import annotations

import csv
import gzip
import json
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

import duckdb
import pytest

from fpcrawler.console.feed_command import MEMORY
from fpcrawler.core.fingerprint.digests import FileDigests
from fpcrawler.core.fingerprint.evidence import Evidence
from fpcrawler.core.fingerprint.known import Match
from fpcrawler.core.metadata.device import Device
from fpcrawler.core.metadata.provenance import Provenance
from fpcrawler.errors import BadInput
from fpcrawler.exports.formats import TABLES, ExportFormat
from fpcrawler.exports.tables import TYPES, Counted, count_records, write_table
from fpcrawler.feeds.files import find_feeds
from fpcrawler.items import RECORD_FIELDS
from fpcrawler.tables.database import database
from tests.commands import ROOT
from tests.matches import match
from tests.tables.test_feeds import write

SEED = json.loads((ROOT / "tests" / "seed_record.json").read_text())["first"]
FULL: dict[str, Any] = {
    **dict.fromkeys(RECORD_FIELDS),
    "url": 'https://a.example/"quoted", with a comma.jpg',
    "image_size": 30_000,
    "etag": "5f-1",
    "timestamp": "2026-01-02T03:04:05",
    "exif": {"Image Make": "A", "EXIF LensModel": "", "Image\u0000Odd": "Zoë\n日本"},
    "sha256_first_10240_bytes": "ab" * 32,
    "random_128_bytes_sample_start": "cd" * 128,
    "page_url": "https://a.example/",
    "found_in": "img",
    "alt": "two\nlines",
    "format": "jpeg",
    "width": 640,
    "height": 480,
    "content_type": "image/jpeg",
    "last_modified": "yesterday",
    "metadata_status": {
        "exif": "complete",
        "xmp": "damaged",
        "iptc": "incomplete",
        "texts": "not-sought",
        "provenance": "complete",
    },
    "user_comment": "x",
    "xmp": {"dc:creator": "Ada; Bob"},
    "iptc": {"By-line": "Ada"},
    "texts": [{"name": "parameters", "text": "a cat,\n日本"}],
    "provenance": {
        "c2pa": True,
        "generator": "A tool 1",
        "actions": [
            {
                "action": "c2pa.created",
                "digital_source_type": "http://cv.iptc.org/x",
                "software_agent": None,
            }
        ],
        "digital_source_type": "http://cv.iptc.org/x",
        "signer": {"organization": "Zoë", "common_name": None},
    },
    "location": {
        "latitude": -33.8567844,
        "longitude": 151.2152967,
        "altitude": -2.5,
        "direction": None,
        "time": "2026-01-02T03:04:05",
        "sources": {"latitude": ["GPS GPSLatitude", "GPS GPSLatitudeRef"]},
    },
    "taken": {
        "local": "2026-01-02T14:04:05.25",
        "offset": "+11:00",
        "offset_source": "written",
        "utc": "2026-01-02T03:04:05.25",
        "clock_skew": -3,
        "sources": {"local": ["EXIF DateTimeOriginal"]},
    },
    "device": {
        **dict.fromkeys(field.name for field in fields(Device)),
        "make": "Canon",
        "serial": "0280401234",
        "sources": {"make": ["Image Make"], "serial": ["MakerNote SerialNumber"]},
    },
    "picture_sha256": "ef" * 32,
    "picture_length": 20_000,
    "end_sha256": "01" * 32,
    "blocks_sha256": {"8192": "67" * 32},
    "evidence": {
        **{field.name: 7 for field in fields(Evidence)},
        "is_constant_size": False,
        "is_upper_bound": True,
        "is_divided": False,
        "ends_in_checksum": False,
    },
    "server_digests": {"md5": "23" * 16},
    "file_digests": {"md5": None, "sha1": None, "sha256": "45" * 32},
    "matches": [match("nsrl.csv", "md5", row=3, flags=("a", "b"))],
    "requests": {"sample": 1, "metadata": 2},
    "bytes_downloaded": 10_241,
    "spans": [[0, 10_241, "read"], [30, 64, "exif"]],
    "has_ranges": True,
    "tor": True,
    "reservations": ["noai", "noindex"],
}
BARE: dict[str, Any] = {
    **dict.fromkeys(FULL),
    "url": "https://b.example/2.jpg",
    "has_ranges": None,
    "tor": False,
    **{name: {} for name in ("exif", "xmp", "iptc", "server_digests", "requests")},
    "blocks_sha256": {},
    "evidence": {field.name: 0 for field in fields(Evidence)}
    | {"is_constant_size": True, "is_upper_bound": False},
    "file_digests": asdict(FileDigests()),
    "metadata_status": dict.fromkeys(FULL["metadata_status"], "not-sought"),
    "texts": [],
    "provenance": asdict(Provenance()),
    **{
        name: {**dict.fromkeys(FULL[name]), "sources": {}}
        for name in ("location", "taken", "device")
    },
    "spans": [],
    "matches": [],
    "reservations": [],
}


def exported(path: Path, kind: ExportFormat, *feeds: Path, **options: Any) -> Counted:
    with database(MEMORY) as connection:
        named = find_feeds([str(feed) for feed in feeds])
        counted = count_records(connection, named, kind)
        write_table(connection, named, path, kind, **options)
        return counted


def rows(path: Path) -> list[dict[str, Any]]:
    """Read a Parquet file as other tools do."""
    with duckdb.connect() as connection:
        connection.execute("SET autoinstall_known_extensions = false")
        table = connection.execute(f"FROM '{path}'")
        names = [name for name, *_ in table.description]
        found = [dict(zip(names, row, strict=True)) for row in table.fetchall()]
    for row in found:
        if row["spans"] is not None:
            row["spans"] = [[int(at), int(end), kind] for at, end, kind in row["spans"]]
        if row["timestamp"] is not None:
            row["timestamp"] = row["timestamp"].isoformat()
    return found


def test_every_field_has_a_type_in_the_records_order() -> None:
    assert [*TYPES] == RECORD_FIELDS
    evidence, (match,) = json.loads(TYPES["evidence"]), json.loads(TYPES["matches"])
    assert [*evidence] == [field.name for field in fields(Evidence)]
    assert [*match] == [*Match.__annotations__]


@pytest.mark.parametrize("ending", [".json", ".jsonl", ".jsonl.gz", ".csv", ".csv.gz"])
def test_parquet_holds_the_records_of_any_feed(tmp_path: Path, ending: str) -> None:
    feed = write(tmp_path / f"feed{ending}", FULL, BARE)
    written = exported(tmp_path / "out.parquet", ExportFormat.PARQUET, feed)

    assert rows(tmp_path / "out.parquet") == [FULL, BARE]
    assert written == Counted(records=2, skipped=written.skipped, unfit=written.unfit)
    assert not written.skipped
    assert not written.unfit


def test_nothing_is_downloaded(tmp_path: Path) -> None:
    """The extensions in the wheel are enough; others cannot be downloaded."""
    feed = write(tmp_path / "feed.json", FULL)
    with database(MEMORY) as connection:
        named = find_feeds([str(feed)])
        for kind in TABLES:
            write_table(connection, named, tmp_path / f"out.{kind}", kind)
        loaded = connection.execute(
            "SELECT DISTINCT install_mode FROM duckdb_extensions() WHERE loaded"
        ).fetchall()
        may_load = connection.execute(
            "SELECT current_setting('autoinstall_known_extensions'), "
            "current_setting('autoload_known_extensions')"
        ).fetchall()

    assert loaded == [("STATICALLY_LINKED",)]
    assert may_load == [(False, False)]


def test_parquet_has_types_and_zstd(tmp_path: Path) -> None:
    path = tmp_path / "out.parquet"
    exported(path, ExportFormat.PARQUET, write(tmp_path / "feed.json", FULL))
    with duckdb.connect() as connection:
        written = connection.execute(f"DESCRIBE FROM '{path}'").fetchall()
        packing = connection.execute(
            f"SELECT DISTINCT compression FROM parquet_metadata('{path}')"
        ).fetchall()

    types = {name: column_type for name, column_type, *_ in written}
    assert packing == [("ZSTD",)]
    assert types["timestamp"] == "TIMESTAMP"
    assert types["exif"] == "MAP(VARCHAR, VARCHAR)"
    assert types["requests"] == "MAP(VARCHAR, BIGINT)"
    assert types["image_size"] == "BIGINT"
    assert types["has_ranges"] == types["tor"] == "BOOLEAN"
    assert types["spans"] == "VARCHAR[][]"
    assert types["matches"] == (
        'STRUCT(list VARCHAR, kind VARCHAR, "row" BIGINT, "set" VARCHAR, category '
        'VARCHAR, series VARCHAR, flags VARCHAR[], "name" VARCHAR, size_agrees '
        "BOOLEAN)[]"
    )


def test_json_lines_are_a_feed_again(tmp_path: Path) -> None:
    """This holds for records from CSV as well, which has no types."""
    feed = write(tmp_path / "feed.csv", FULL, BARE)
    exported(tmp_path / "out.jsonl.gz", ExportFormat.JSONL, feed, is_gzipped=True)
    lines = gzip.decompress((tmp_path / "out.jsonl.gz").read_bytes()).splitlines()

    assert [json.loads(line) for line in lines] == [FULL, BARE]
    assert [*json.loads(lines[0])] == RECORD_FIELDS


def test_csv_is_a_feed_again(tmp_path: Path) -> None:
    feed = write(tmp_path / "feed.json", FULL, BARE)
    exported(tmp_path / "out.csv", ExportFormat.CSV, feed)
    with (tmp_path / "out.csv").open(newline="") as file:
        header, *_ = csv.reader(file)
    exported(tmp_path / "out.parquet", ExportFormat.PARQUET, tmp_path / "out.csv")

    assert header == RECORD_FIELDS
    assert rows(tmp_path / "out.parquet") == [FULL, BARE]


def test_feeds_that_lack_fields_are_one_table(tmp_path: Path) -> None:
    """The two records of the seed have eight fields."""
    old = write(tmp_path / "a.json", SEED)
    new = write(tmp_path / "b.jsonl", FULL)
    exported(tmp_path / "out.parquet", ExportFormat.PARQUET, old, new)
    by_url = {row["url"]: row for row in rows(tmp_path / "out.parquet")}

    assert by_url[FULL["url"]] == FULL
    assert by_url[SEED["url"]] == {**dict.fromkeys(RECORD_FIELDS), **SEED}


def test_a_value_that_does_not_fit_is_null_and_counted(tmp_path: Path) -> None:
    """A server may send a size of more than 64 bits; the export goes on."""
    odd = {
        **BARE,
        "image_size": 9_999_999_999_999_999_999,
        "timestamp": "yesterday",
        "exif": ["no", "object"],
        "evidence": "none",
    }
    feed = write(tmp_path / "feed.jsonl", FULL, odd)
    written = exported(tmp_path / "out.parquet", ExportFormat.PARQUET, feed)

    assert written.unfit == {"image_size": 1, "timestamp": 1, "exif": 1, "evidence": 1}
    assert rows(tmp_path / "out.parquet") == [
        FULL,
        {**odd, **dict.fromkeys(written.unfit)},
    ]


@pytest.mark.parametrize("ending", [".jsonl", ".csv"])
def test_lines_that_a_kill_cut_are_counted(tmp_path: Path, ending: str) -> None:
    cut = {".jsonl": '{"url": "https://c.exam', ".csv": '"https://c.exam'}[ending]
    feed = write(tmp_path / f"feed{ending}", FULL, BARE, end=cut)
    written = exported(tmp_path / "out.parquet", ExportFormat.PARQUET, feed)

    assert written.records == 2
    assert written.skipped == {feed: 1}
    assert rows(tmp_path / "out.parquet") == [FULL, BARE]


@pytest.mark.untraced
def test_records_keep_their_order(tmp_path: Path) -> None:
    records = [{"url": f"https://a.example/{n}.jpg"} for n in range(100_000)]
    feed = write(tmp_path / "feed.jsonl", *records)
    exported(tmp_path / "out.jsonl", ExportFormat.JSONL, feed)
    with (tmp_path / "out.jsonl").open() as lines:
        urls = [json.loads(line)["url"] for line in lines]

    assert urls == [record["url"] for record in records]


def test_a_file_that_is_not_a_feed_is_refused(tmp_path: Path) -> None:
    (tmp_path / "feed.json").write_text('[{"name": "x"}]')
    with pytest.raises(BadInput, match=r"feed\.json is not a feed"):
        exported(tmp_path / "out.parquet", ExportFormat.PARQUET, tmp_path / "feed.json")


def test_an_empty_feed_is_an_empty_table(tmp_path: Path) -> None:
    (tmp_path / "feed.json").write_text("[\n]\n")
    written = exported(
        tmp_path / "out.parquet", ExportFormat.PARQUET, tmp_path / "feed.json"
    )

    assert written.records == 0
    assert rows(tmp_path / "out.parquet") == []
