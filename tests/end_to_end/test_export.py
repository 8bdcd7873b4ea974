"""``scrapy export`` writes a complete file, or reports an error in one line."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import pytest

from tests.commands import run_scrapy
from tests.servers.quirks import GALLERY
from tests.servers.s3 import client
from tests.waiting import wait_until

if TYPE_CHECKING:
    from tests.crawls import Crawl


RECORD = {"url": "https://a.example/1.jpg", "exif": {"Image Make": "A"}}


def lines(count: int) -> str:
    """Return records of as many images."""
    line = json.dumps(RECORD)
    return "".join(f"{line.replace('1.jpg', f'{n}.jpg')}\n" for n in range(count))


def export(
    folder: Path,
    *arguments: str,
    **how: Any,
) -> subprocess.CompletedProcess[str]:
    return run_scrapy("export", *arguments, cwd=folder, **how)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "feed.jsonl").write_text(lines(3))
    (tmp_path / "out.parquet").write_text("as it was")
    (tmp_path / "link.jsonl").hardlink_to(tmp_path / "feed.jsonl")
    (tmp_path / "icon.json").write_bytes((GALLERY / "icon.png").read_bytes())
    return tmp_path


def test_a_crawl_is_exported_whole(crawl: Crawl, tmp_path: Path) -> None:
    crawled = crawl("-a", f"folder={GALLERY}", settings={"MIN_IMAGE_SIZE": 0})
    child = export(tmp_path, "feed.json", "-O", "out.parquet")
    with duckdb.connect() as connection:
        urls = connection.execute(f"SELECT url FROM '{tmp_path}/out.parquet'")
        found = [url for (url,) in urls.fetchall()]

    assert child.returncode == 0
    assert found == [record["url"] for record in crawled.records]
    assert child.stderr.startswith(f"scrapy export: {len(found)} records, ")
    assert [*tmp_path.glob(".*part")] == []


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["-O", "out.parquet"], "no feed is named"),
        (["feed.jsonl"], "Parquet cannot be written to stdout; name a file"),
        (["feed.jsonl", "-O", "-"], "Parquet cannot be written to stdout; name a file"),
        (["feed.jsonl", "--to", "xml"], "invalid choice: 'xml' (choose from "),
        (
            ["feed.jsonl", "--to", "csv", "-O", "out.parquet"],
            "the suffix of out.parquet means parquet, but --to is csv; omit --to",
        ),
        (["feed.jsonl", "--to", "csv", "-O", "a.JSONL.gz"], "JSONL.gz means jsonl"),
        (["feed.jsonl", "-O", "out.txt"], "'out.txt' has no suffix of a format"),
        (["feed.jsonl", "-O", "s3://bucket/csv"], "has no suffix of a format"),
        (["feed.jsonl", "-O", "out.gz"], "add --to (parquet, csv, jsonl, geojson, kml"),
        (["feed.jsonl", "-O", "a.parquet.gz"], "Parquet is compressed already"),
        (["feed.jsonl", "-O", "\udcff.csv"], "is not a UTF-8 name"),
        (["feed.jsonl", "--to", "sqlite"], "SQLite cannot be written to stdout"),
        (["feed.jsonl", "--flat", "--to", "kml"], "--to is kml; omit one."),
        (
            ["feed.jsonl", "-O", "a.kml", "--redact", "gps,name"],
            "--redact has 'name'; use one or more of gps, owner, serial",
        ),
        (
            ["feed.jsonl", "-O", "a.gpx", "--names", "exiftool"],
            "--names is for formats with tags (parquet, csv, jsonl, sqlite, flat), not",
        ),
        (
            ["feed.jsonl", "-O", "a.csv", "--pages", "feed.jsonl"],
            "--pages is for sqlite, not for csv; omit it.",
        ),
        (["feed.jsonl", "-O", "none/a.kml"], "its folder does not exist; create it."),
        (
            ["feed.jsonl", "-O", "icon.json", "--to", "geojson"],
            "exists but does not hold an export as geojson",
        ),
        (["icon.json", "-O", "new.csv"], "icon.json is not a complete JSON array"),
        (
            ["feed.jsonl", "-O", "feed.jsonl"],
            "-O feed.jsonl is also an input; name",
        ),
        (
            ["feed.jsonl", "-O", "out.parquet"],
            "exists but does not hold records as parquet",
        ),
        (
            ["feed.jsonl", "-O", "icon.json", "--to", "csv"],
            "exists but does not hold records as csv",
        ),
        (
            ["feed.jsonl", "-O", "link.jsonl"],
            "-O link.jsonl is also an input; name",
        ),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_bad_input_is_one_line(
    folder: Path, arguments: list[str], sentence: str
) -> None:
    before = sorted(folder.iterdir())
    child = export(folder, *arguments)

    assert child.returncode == 1
    assert child.stderr.count("\n") == 1
    assert child.stderr.startswith("scrapy export: ")
    assert sentence in child.stderr
    assert "Kind" not in child.stderr
    assert child.stdout == ""
    assert sorted(folder.iterdir()) == before
    assert (folder / "out.parquet").read_text() == "as it was"


@pytest.mark.parametrize(
    ("name", "start"),
    [
        ("a.parquet", b"PAR1"),
        ("a.csv", b"url,image_size,"),
        ("a.CSV", b"url,image_size,"),
        ("a.jsonl", b'{"url":'),
        ("a.csv.gz", b"\x1f\x8b"),
        ("a.jsonl.gz", b"\x1f\x8b"),
        ("a.stix.json", b'{"type":"bundle",'),
    ],
)
def test_the_name_of_the_file_decides_what_is_written(
    folder: Path, name: str, start: bytes
) -> None:
    child = export(folder, "feed.jsonl", "-O", name)

    assert child.returncode == 0, child.stderr
    assert (folder / name).read_bytes().startswith(start)


@pytest.mark.parametrize("name", ["a.kml.gz", "a.sqlite"])
def test_an_export_replaces_one_of_its_kind(folder: Path, name: str) -> None:
    redacted = export(folder, "feed.jsonl", "-O", name, "--redact", "gps,owner,serial")
    first = (folder / name).read_bytes()
    child = export(folder, "feed.jsonl", "-O", name)

    assert [redacted.returncode, child.returncode] == [0, 0], child.stderr
    assert (folder / name).read_bytes()[:10] == first[:10]
    assert [*folder.glob(".*part")] == []


def test_stderr_says_how_many_places_there_were(folder: Path) -> None:
    child = export(folder, "feed.jsonl", "--to", "geojson")

    assert child.returncode == 0
    assert json.loads(child.stdout)["features"] == []
    assert child.stderr.startswith("scrapy export: 0 places of 3 records, ")
    assert child.stderr.endswith(" bytes, to stdout\n")


def test_stderr_says_why_something_was_left_out(folder: Path) -> None:
    record = RECORD | {"xmp": {"a" * 300: "x"}, "location": "x", "spans": "x"}
    (folder / "odd.jsonl").write_text(json.dumps(record))
    child = export(folder, "odd.jsonl", "--to", "flat", "--redact", "gps")

    assert child.returncode == 0, child.stderr
    for reason in (
        "location: 1 values are not an object, written as null",
        "spans: 1 values are not a list, written as null",
        "1 tag left out: the name has more than 255 characters",
    ):
        assert f"scrapy export: {reason}\n" in child.stderr


def test_another_name_is_written_as_to_says(folder: Path) -> None:
    child = export(folder, "feed.jsonl", "--to", "csv", "-O", "table.txt")

    assert child.returncode == 0, child.stderr
    assert (folder / "table.txt").read_text().startswith("url,image_size,")


@pytest.mark.parametrize("file", [[], ["-O", "-"]])
def test_without_a_file_lines_go_to_stdout(folder: Path, file: list[str]) -> None:
    child = export(folder, "feed.jsonl", "--to", "jsonl", *file)

    assert not (folder / "-").exists()
    assert child.returncode == 0
    assert [json.loads(line)["exif"] for line in child.stdout.splitlines()] == [
        RECORD["exif"]
    ] * 3


def test_4_when_the_disk_is_full(folder: Path) -> None:
    """The previous file stays."""
    (folder / "feed.jsonl").write_text(lines(50_000))
    (folder / "out.csv").write_text("url,sha256_first_10240_bytes")
    prefix = ("sh", "-c", 'ulimit -f 4096; exec "$@"', "sh")
    child = export(folder, "feed.jsonl", "-O", "out.csv", prefix=prefix)

    assert child.returncode == 4
    assert child.stderr.count("\n") == 1
    assert "free disk space or fix the permissions" in child.stderr
    assert (folder / "out.csv").read_text() == "url,sha256_first_10240_bytes"
    assert [*folder.glob(".*part")] == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_3_when_stopped(folder: Path, number: signal.Signals) -> None:
    temporary = folder / "temporary"
    temporary.mkdir()
    with (folder / "feed.jsonl").open("a") as feed:
        feed.write(lines(200_000))

    def stop(pid: int) -> None:
        wait_until(lambda: [*folder.glob(".*part")])
        os.kill(pid, number)

    env = {"TMPDIR": str(temporary)}
    child = export(folder, "feed.jsonl", "-O", "out.csv.gz", env=env, meanwhile=stop)

    assert (child.returncode, child.stderr) == (3, "scrapy export: stopped\n")
    assert not (folder / "out.csv.gz").exists()
    assert [*folder.glob(".*part"), *temporary.iterdir()] == []


def test_an_object_on_s3_is_whole_or_not_there(
    folder: Path,
    s3: dict[str, str],
) -> None:
    target = "s3://feeds/out/images.parquet"
    child = export(folder, "feed.jsonl", "-O", target, env=s3)
    missing = export(folder, "feed.jsonl", "-O", "s3://nobody/a.parquet", env=s3)
    nonsense = {**s3, "AWS_ENDPOINT_URL": "nonsense"}
    nowhere = export(folder, "feed.jsonl", "-O", target, env=nonsense)
    body = client(s3).get_object(Bucket="feeds", Key="out/images.parquet")["Body"]
    (folder / "got.parquet").write_bytes(body.read())
    with duckdb.connect() as connection:
        rows = connection.execute(f"SELECT exif FROM '{folder}/got.parquet'").fetchall()

    assert child.returncode == 0
    assert rows == [(RECORD["exif"],)] * 3
    assert missing.returncode == 1
    assert "s3://nobody/a.parquet cannot be written" in missing.stderr
    assert missing.stderr.count("\n") == 1
    assert nowhere.returncode == 1
    assert f"{target} cannot be written (Invalid endpoint: nons" in nowhere.stderr
    assert nowhere.stderr.count("\n") == 1
