"""Real places are the same in each format."""

from __future__ import annotations

import csv
import json
import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from fpcrawler.console.feed_command import MEMORY
from fpcrawler.exports.formats import ExportFormat
from fpcrawler.exports.sharing import Preparation
from fpcrawler.exports.writing import Summary, Task, write
from fpcrawler.feeds.files import find_feeds
from fpcrawler.tables.database import database
from tests.core.corpus import files
from tests.core.metadata.test_against_exiftool import KNOWN_OTHERS
from tests.exports.map_schemas import GPX, KML, assert_valid, needs_schemas
from tests.exports.records import lines, record_of
from tests.exports.test_tables import BARE, FULL

# ExifTool gives up on it: "JPEG format error".
UNREAD = "07-13-02-49-sep-2011-05-07-13-02-49a.jpg"

REAL = [
    path
    for path in files("seed", "metadata-near", "metadata-straddling", "metadata-far")
    if not path.name.endswith((*KNOWN_OTHERS, UNREAD))
]
needs_corpus = pytest.mark.skipif(
    not (REAL and shutil.which("exiftool")), reason="the corpus or exiftool is missing"
)

Places = dict[str, tuple[float, float]]


def written(feed: Path, kind: ExportFormat) -> tuple[Path, Summary]:
    path = feed.with_name(f"out.{kind}")
    with database(MEMORY) as connection:
        task = Task(connection, find_feeds([str(feed)]), Preparation())
        return path, write(task, path, kind)


@pytest.fixture(scope="module")
def feed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("corpus") / "feed.jsonl"
    path.write_text(lines(record_of(each) for each in REAL))
    return path


@pytest.fixture(scope="module")
def theirs() -> Places:
    """Return URL to latitude and longitude, as ExifTool reads them from EXIF or XMP."""
    command = ["exiftool", "-n", "-j", "-GPSLatitude", "-GPSLongitude"]
    command += ["-Composite:GPSLatitude", "-Composite:GPSLongitude"]
    done = subprocess.run([*command, *map(str, REAL)], capture_output=True, check=False)
    return {
        Path(row["SourceFile"]).as_uri(): (row["GPSLatitude"], row["GPSLongitude"])
        for row in json.loads(done.stdout)
        if isinstance(row.get("GPSLatitude"), int | float)
        and isinstance(row.get("GPSLongitude"), int | float)
    }


def geojson_places(path: Path) -> Places:
    features = json.loads(path.read_text())["features"]
    return {
        each["properties"]["url"]: tuple(reversed(each["geometry"]["coordinates"]))
        for each in features
    }


def kml_places(path: Path) -> Places:
    places = {}
    for placemark in etree.parse(path).iter("{*}Placemark"):
        url = placemark.findtext("{*}ExtendedData/{*}Data[@name='url']/{*}value")
        at = placemark.findtext("{*}Point/{*}coordinates") or ""
        longitude, latitude, *_ = map(float, at.split(","))
        places[str(url)] = (latitude, longitude)
    return places


def gpx_places(path: Path) -> Places:
    return {
        (each.findtext("{*}desc") or "").partition("\n")[0].removeprefix("url: "): (
            float(each.attrib["lat"]),
            float(each.attrib["lon"]),
        )
        for each in etree.parse(path).iter("{*}wpt")
    }


def sqlite_places(path: Path) -> Places:
    with closing(sqlite3.connect(path)) as made:
        rows = made.execute("SELECT url, latitude, longitude FROM places").fetchall()
    return {url: (latitude, longitude) for url, latitude, longitude in rows}


def flat_places(path: Path) -> Places:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return {
            row["url"]: (
                float(row["location_latitude"]),
                float(row["location_longitude"]),
            )
            for row in csv.DictReader(file)
            if row["location_latitude"]
        }


READERS: Mapping[str, Callable[[Path], Places]] = {
    "geojson": geojson_places,
    "kml": kml_places,
    "gpx": gpx_places,
    "sqlite": sqlite_places,
    "flat": flat_places,
}


@needs_corpus
@pytest.mark.parametrize("kind", READERS)
def test_places_of_the_corpus_are_exiftools_to_a_millionth_of_a_degree(
    feed: Path, theirs: Places, kind: str
) -> None:
    path, _ = written(feed, ExportFormat(kind))
    ours = READERS[kind](path)

    assert len(ours) > 10
    assert ours.keys() <= theirs.keys()
    for url, place in ours.items():
        assert place == pytest.approx(theirs[url], abs=1e-6), url


@needs_corpus
@needs_schemas
@pytest.mark.parametrize(("kind", "schema"), [("kml", KML), ("gpx", GPX)])
def test_the_maps_of_the_corpus_are_valid(feed: Path, kind: str, schema: str) -> None:
    path, _ = written(feed, ExportFormat(kind))

    assert_valid(path.read_bytes(), schema)


@pytest.mark.parametrize(
    ("kind", "summary"),
    [
        ("geojson", Summary(1, "place")),
        ("kml", Summary(1, "place")),
        ("gpx", Summary(1, "place")),
        ("timesketch", Summary(3, "event")),
        ("sqlite", Summary(2)),
        ("flat", Summary(2)),
        ("list", Summary(1, "row")),
        *((kind, Summary(2)) for kind in ("vics", "stix", "misp", "dfxml")),
    ],
)
def test_what_was_written_is_counted(
    tmp_path: Path, kind: str, summary: Summary
) -> None:
    feed: Any = tmp_path / "feed.jsonl"
    feed.write_text(lines([FULL, BARE]))

    assert written(feed, ExportFormat(kind))[1] == summary
