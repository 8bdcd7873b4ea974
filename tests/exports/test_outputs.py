"""An export replaces files of its own kind only."""

from __future__ import annotations

from pathlib import Path

import pytest

from fpcrawler.console.feed_command import MEMORY
from fpcrawler.errors import BadInput
from fpcrawler.exports.formats import TABLES, ExportFormat
from fpcrawler.exports.outputs import export_output
from fpcrawler.exports.sharing import Preparation
from fpcrawler.exports.tables import write_table
from fpcrawler.exports.writing import Task, write
from fpcrawler.feeds.files import find_feeds
from fpcrawler.feeds.outputs import check_outputs
from fpcrawler.tables.database import database
from tests.exports.test_tables import FULL
from tests.tables.test_feeds import write as write_feed


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with an export in each format, named by it."""
    path = tmp_path_factory.mktemp("exports")
    feeds = find_feeds([str(write_feed(path / "feed.jsonl", FULL))])
    with database(MEMORY) as connection:
        for kind in ExportFormat:
            if kind in TABLES:
                write_table(connection, feeds, path / kind, kind)
            else:
                write(Task(connection, feeds, Preparation()), path / kind, kind)
    return path


@pytest.mark.parametrize("kind", ExportFormat)
def test_each_format_is_recognised(folder: Path, kind: ExportFormat) -> None:
    check_outputs([export_output(folder / kind, kind)], [])


@pytest.mark.parametrize("kind", sorted({*ExportFormat} - {*TABLES}))
def test_no_format_replaces_another(folder: Path, kind: ExportFormat) -> None:
    for other in {*ExportFormat} - {kind}:
        with pytest.raises(BadInput, match="so it is kept; name another file"):
            check_outputs([export_output(folder / other, kind)], [])


def test_another_database_is_kept(folder: Path, tmp_path: Path) -> None:
    data = bytearray((folder / "sqlite").read_bytes())
    data[68:72] = bytes(4)
    (tmp_path / "other.db").write_bytes(data)

    with pytest.raises(BadInput, match="does not hold an export as sqlite"):
        check_outputs([export_output(tmp_path / "other.db", ExportFormat.SQLITE)], [])


@pytest.mark.parametrize(
    "kind", ["geojson", "kml", "gpx", "flat", "list", "vics", "stix", "misp", "dfxml"]
)
def test_a_gzipped_export_without_records_is_recognised(
    tmp_path: Path, kind: str
) -> None:
    """It is shorter than what it says of itself."""
    (tmp_path / "feed.json").write_text("[]")
    path = tmp_path / "out.gz"
    with database(MEMORY) as connection:
        feeds = find_feeds([str(tmp_path / "feed.json")])
        task = Task(connection, feeds, Preparation())
        write(task, path, ExportFormat(kind), is_gzipped=True)

    check_outputs([export_output(path, ExportFormat(kind))], [])
