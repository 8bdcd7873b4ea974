"""The arithmetic and the queries of docs/scale.md are correct."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from fpcrawler.console.feed_command import MEMORY
from fpcrawler.exports.formats import ExportFormat
from fpcrawler.exports.tables import TYPES, write_table
from fpcrawler.feeds.files import find_feeds
from fpcrawler.tables.database import database
from tests.commands import ROOT
from tests.exports.test_tables import BARE, FULL
from tests.tables.test_feeds import write

SCALE = (ROOT / "docs" / "scale.md").read_text(encoding="utf-8")
QUERIES, DDL = re.findall(r"```sql\n(.*?)```", SCALE, re.DOTALL)
HIVE = {
    "string": "VARCHAR",
    "bigint": "BIGINT",
    "double": "DOUBLE",
    "boolean": "BOOLEAN",
    "timestamp": "TIMESTAMP",
}
IMAGES = {"1 M": 1e6, "100 M": 1e8, "10 G": 1e10}
SECONDS = {"1 M": 3_600, "100 M": 86_400, "10 G": 30 * 86_400}
UNITS = {
    "": 1,
    "MB": 1e6,
    "GB": 1e9,
    "TB": 1e12,
    "Mbit/s": 1e6,
    "core-hours": 3_600,
    "core-days": 86_400,
}
PER_IMAGE = re.compile(
    r"Per image ([\d.]+) ms, ([\d.]+) KB, ([\d.]+) requests and ([\d,]+) bytes of feed;"
    r" per shard ([\d,]+) URLs"
)
MS, KB, REQUESTS, FEED, SHARD = (
    float(figure.replace(",", "")) for figure in PER_IMAGE.findall(SCALE)[0]
)
FORMULAS: dict[str, Callable[[float, float], float]] = {
    "CPU": lambda n, _: n * MS / 1_000,
    "cores": lambda n, s: n * MS / 1_000 / s,
    "images a second": lambda n, s: n / s,
    "traffic": lambda n, _: n * KB * 1_000,
    "line": lambda n, s: n * KB * 1_000 * 8 / s,
    "traffic, sample alone": lambda n, _: n * 11_000,
    "hosts at the same time": lambda n, s: n / s / (4 / (REQUESTS * 0.25)),
    "shards": lambda n, _: n / SHARD,
    "Redis": lambda n, _: n / SHARD * 539,
    "objects on S3": lambda n, _: n / SHARD * 3,
    "requests to S3": lambda n, _: n / SHARD * 9,
    "feeds, `.jsonl.gz`": lambda n, _: n * FEED,
}


@pytest.fixture
def images(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Export a few records to where the queries look."""
    elsewhere = {**FULL, "url": "https://b.example/copy.jpg"}
    elsewhere["evidence"] = {**FULL["evidence"], "picture_deflated": 4_000}
    located = {**elsewhere, "url": "https://c.example/copy.jpg"}
    located["location"] = {**FULL["location"], "latitude": 48.8583333}
    feed = write(tmp_path / "feed.jsonl", FULL, BARE, elsewhere, located)
    (tmp_path / "export").mkdir()
    (tmp_path / "results").mkdir()
    write(tmp_path / "results" / "0.jsonl.gz", FULL)
    with database(MEMORY) as connection:
        path = tmp_path / "export" / "images.parquet"
        write_table(connection, find_feeds([str(feed)]), path, ExportFormat.PARQUET)
    monkeypatch.chdir(tmp_path)


@pytest.mark.usefixtures("images")
@pytest.mark.parametrize(
    ("query", "first"),
    [
        *zip(
            QUERIES.strip().split("\n\n"),
            [
                ("jpeg", 3, 90_000, 30_723),
                ("Canon", None, "0280401234", 3, 3),
                ("2026-01-02", 3, 3),
                (3,),  # rows that COPY wrote
                (
                    "ef" * 32,
                    2,
                    "[https://b.example/copy.jpg, https://c.example/copy.jpg]",
                ),
                ("nsrl.csv", "md5", 3, FULL["url"]),
                (FULL["url"], "A"),
            ],
            strict=True,
        )
    ],
)
def test_the_queries_answer(query: str, first: tuple[object, ...]) -> None:
    with duckdb.connect() as connection:
        row = connection.execute(query).fetchone()
    assert row is not None
    plain = [
        f"[{', '.join(sorted(cell))}]" if isinstance(cell, list) else cell
        for cell in row
    ]

    assert [str(cell) for cell in plain] == [str(cell) for cell in first]


@pytest.mark.usefixtures("images")
def test_the_ddl_has_the_types_of_the_export() -> None:
    with duckdb.connect() as connection:
        told = connection.execute("DESCRIBE FROM 'export/*.parquet'").fetchall()
    columns = re.findall(r"^  `?(\w+)`? (.+?),?$", DDL, re.MULTILINE)

    assert [name for name, _ in columns] == [*TYPES]
    assert [(name, _duckdb_type(kind)) for name, kind in columns] == [
        (name, kind.replace('"', "")) for name, kind, *_ in told
    ]


def _duckdb_type(kind: str) -> str:
    """Return Hive's name of a type in DuckDB's words."""
    names = r"\b(string|bigint|boolean|timestamp|double)\b"
    text = re.sub(names, lambda name: HIVE[name[0]], kind.replace("`", ""))
    while "<" in text:  # from the inside out
        text = re.sub(r"(\w+)<([^<>]*)>", _duckdb_nested, text)
    return text


def _duckdb_nested(match: re.Match[str]) -> str:
    if match[1] == "array":
        return f"{match[2]}[]"
    members = re.sub(r", *", ", ", match[2]).replace(":", " ")
    return f"{match[1].upper()}({members})"


def test_the_table_is_what_its_formulas_give() -> None:
    rows = {
        cells[0]: cells[2:]
        for line in SCALE.splitlines()
        if line.startswith("| ")
        for cells in [[cell.strip() for cell in line.strip("|").split("|")]]
        if len(cells) == 5
    }
    assert FORMULAS.keys() <= rows.keys()
    for name, formula in FORMULAS.items():
        for cell, size in zip(rows[name], IMAGES, strict=True):
            number, _, unit = cell.partition(" ")
            documented = float(number.replace(",", "")) * UNITS[unit]
            real = formula(IMAGES[size], SECONDS[size])
            assert documented == pytest.approx(real, rel=0.04), (name, size)
