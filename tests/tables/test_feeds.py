from __future__ import annotations

import csv
import gzip
import json
import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fpcrawler.console.feed_command import MEMORY
from fpcrawler.core.file.cells import NUMBER, neutral
from fpcrawler.errors import BadInput
from fpcrawler.exports.formats import ExportFormat
from fpcrawler.exports.tables import write_table
from fpcrawler.feeds.files import find_feeds
from fpcrawler.feeds.formats import CsvExporter
from fpcrawler.tables.database import database
from fpcrawler.tables.latest import load
from tests.matches import match

A = {
    "url": "https://a.example/1.jpg",
    "image_size": 30_000,
    "exif": {"Image Make": "A"},
}
B: dict[str, Any] = {"url": "https://b.example/2.jpg", "image_size": None, "exif": {}}
TEXT_ENDINGS = (".json", ".jsonl", ".jl", ".jsonlines", ".csv")
CUT = json.dumps(A)[:30]


def read(*arguments: str | Path) -> tuple[list[tuple[Any, ...]], Counter[Path]]:
    feeds = find_feeds([str(argument) for argument in arguments])
    with database(MEMORY) as connection:
        skipped = load(
            connection,
            feeds,
            table="records",
            fields=["image_size", "exif", "picture_sha256"],
            columns="TRY_CAST(image_size AS BIGINT) AS size, exif, picture_sha256",
        )
        rows = connection.execute("FROM records ORDER BY feed, url").fetchall()
    return rows, skipped


def write(path: Path, *records: dict[str, Any], end: str = "") -> Path:
    """Write a feed in the format that its suffix names."""
    name = path.name.removesuffix(".gz")
    if name.endswith(".parquet"):
        return _exported(path, records)
    if name.endswith(".json"):
        text = json.dumps(list(records), indent=4)
    elif name.endswith(".csv"):
        fields = list(dict.fromkeys(name for record in records for name in record))
        cells = [[_cell(record.get(name)) for name in fields] for record in records]
        with path.open("w", newline="") as file:
            csv.writer(file).writerows([fields, *cells])
        text = path.read_bytes().decode()
    else:
        text = "".join(f"{json.dumps(record)}\n" for record in records)
    data = (text + end).encode()
    path.write_bytes(gzip.compress(data) if path.name.endswith(".gz") else data)
    return path


def _exported(path: Path, records: Sequence[dict[str, Any]]) -> Path:
    feed = write(path.with_suffix(".jsonl"), *records)
    with database(MEMORY) as connection:
        write_table(connection, find_feeds([str(feed)]), path, ExportFormat.PARQUET)
    feed.unlink()
    return path


def _cell(value: Any) -> Any:
    return json.dumps(value) if isinstance(value, dict | list) else value


@pytest.mark.parametrize(
    "ending",
    [
        ".parquet",
        *(f"{ending}{gz}" for ending in TEXT_ENDINGS for gz in ("", ".gz")),
    ],
)
def test_a_feed_of_any_format_gives_the_same_rows(tmp_path: Path, ending: str) -> None:
    rows, skipped = read(write(tmp_path / f"feed{ending}", A, B))

    assert [row[:3] + row[4:] for row in rows] == [
        (0, A["url"], 30_000, None),
        (0, B["url"], None, None),
    ]
    assert [json.loads(row[3]) for row in rows] == [A["exif"], B["exif"]]
    assert not skipped


def test_an_exported_record_is_read_as_it_was(tmp_path: Path) -> None:
    """Parquet has types: of times, of numbers, and one for all items of a list."""
    record: dict[str, Any] = {
        "url": "https://a.example/1.jpg?a='b'",
        "image_size": 30_000,
        "timestamp": "2026-11-02T01:02:03",
        "exif": {"EXIF b": "1", "EXIF a": 'a "quoted" 5, [1]'},
        "alt": "",
        "tor": True,
        "spans": [[0, 10_241, "read"], [30, 12_345_678_901, "coded"]],
        "texts": [{"name": "12", "text": "34"}],
        "requests": {"sample": 1},
        "taken": {"local": "2026-11-02T01:02:03.5", "clock_skew": -3.5},
        "matches": [match("a.csv", "md5", row=7)],
    }
    fields = [*record][1:]
    rows = []
    for ending in (".jsonl", ".parquet"):
        path = write(tmp_path / f"feed{ending}", record)
        with database(MEMORY) as connection:
            load(
                connection,
                find_feeds([str(path)]),
                table="records",
                fields=fields,
                columns=", ".join(fields),
            )
            rows.append(connection.execute("FROM records").fetchall())

    ((_, url, *texts),), ((_, exported_url, *exported_texts),) = rows
    assert exported_url == url
    for name, text, exported in zip(fields, texts, exported_texts, strict=True):
        assert _parsed(exported, like=record[name]) == _parsed(text, like=record[name])


def _parsed(text: str, *, like: Any) -> Any:
    if not isinstance(like, dict | list):
        return text
    value = json.loads(text)
    if not isinstance(value, dict):
        return value
    # An export has all keys of an object.
    return {name: inner for name, inner in value.items() if inner is not None}


def test_globs_and_names_give_each_feed_once_and_in_order(tmp_path: Path) -> None:
    last = write(tmp_path / "z.json", A)
    write(tmp_path / "b.csv", A)
    write(tmp_path / "a.csv", B)

    feeds = find_feeds([str(last), f"{tmp_path}/*.csv", f"{tmp_path}/**/*.json"])

    assert [feed.path.name for feed in feeds] == ["z.json", "a.csv", "b.csv"]


@pytest.mark.parametrize(
    "name",
    ["it's.json", "a[1].json", "*.json", "'); DROP TABLE x; --.json", "%s ü.json"],
)
def test_a_name_is_a_name_whatever_it_looks_like(tmp_path: Path, name: str) -> None:
    write(tmp_path / "other.json", B)

    rows, _ = read(write(tmp_path / name, A))

    assert [row[1] for row in rows] == [A["url"]]


def test_a_line_that_a_kill_cut_is_skipped_and_counted(tmp_path: Path) -> None:
    others = [{**A, "url": f"https://{number}.example/"} for number in range(3)]
    lines = write(tmp_path / "a.jsonl", A, B, end=CUT)
    table = write(tmp_path / "b.csv", *others[:2], end='https://c.example/,3,"{""Im')
    whole = write(tmp_path / "c.jsonl", others[2])

    rows, skipped = read(lines, table, whole)

    assert Counter(row[0] for row in rows) == {0: 2, 1: 2, 2: 1}
    assert skipped == {lines: 1, table: 1}


@pytest.mark.parametrize("junk", ["5", "null", "[]", '{"url": null}', "\0\0\0", '{"u'])
def test_a_line_that_is_not_a_record_is_skipped(tmp_path: Path, junk: str) -> None:
    feed = write(tmp_path / "a.jsonl", A, end=f"{junk}\n{json.dumps(B)}\n")

    rows, skipped = read(feed)

    assert [row[1] for row in rows] == [A["url"], B["url"]]
    assert skipped == {feed: 1}


@pytest.mark.parametrize("name", ["a.jsonl", "a.jsonl.gz", "a.csv"])
def test_a_record_that_is_not_text_is_skipped(tmp_path: Path, name: str) -> None:
    feed = write(tmp_path / name, A, {**A, "url": "garbled"}, B)
    whole = feed.read_bytes()
    gz = name.endswith(".gz")
    text = gzip.decompress(whole) if gz else whole
    text = text.replace(b"garbled", b"\xff\xfe")
    feed.write_bytes(gzip.compress(text) if gz else text)

    rows, skipped = read(feed)

    assert [row[1] for row in rows] == [A["url"], B["url"]]
    assert skipped == {feed: 1}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.json", ""),
        ("a.json", "[\n]\n"),
        ("a.jsonl", ""),
        ("a.jsonl.gz", ""),
        ("a.csv", ""),
        ("a.csv", "url,image_size\r\n"),
    ],
)
def test_a_feed_may_be_empty(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text)

    assert read(tmp_path / name) == ([], Counter())


def test_the_array_of_a_crawl_that_goes_on_while_it_is_read_is_whole(
    tmp_path: Path,
) -> None:
    # A record replaced the closing bracket; it starts after the bytes that are read.
    path = tmp_path / "a.json"
    path.write_text(json.dumps([A, B], indent=4).removesuffix("\n]") + ",\n ")

    assert len(read(path)[0]) == 2


def test_a_continued_csv_has_its_header_twice(tmp_path: Path) -> None:
    header = "url,image_size,exif\r\n"
    feed = write(tmp_path / "a.csv", A, end=f"{header}https://c.example/,9,{{}}\r\n")

    rows, skipped = read(feed)

    assert [row[1:3] for row in rows] == [(A["url"], 30_000), ("https://c.example/", 9)]
    assert not skipped


def test_a_table_may_have_any_other_columns(tmp_path: Path) -> None:
    others = {"filename": "a", "c0": "b", "it's": "c", "": "d", "feed": "e"}

    rows, skipped = read(write(tmp_path / "a.csv", {**others, **A}))

    assert [row[:3] for row in rows] == [(0, A["url"], 30_000)]
    assert not skipped


def test_values_of_another_type_do_not_end_the_reading(tmp_path: Path) -> None:
    odd = {"url": {"a": 1}, "image_size": "many", "exif": [1], "picture_sha256": 5}

    assert read(write(tmp_path / "a.json", odd))[0] == [
        (0, '{"a":1}', None, "[1]", "5")
    ]


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("a.json", b'[{"url": "x"}, {"ur', "is not a complete JSON array"),
        ("a.json", b'{"url": "x"}', "is not a complete JSON array"),
        ("a.json", b"<html>", "is not a complete JSON array"),
        ("a.json", b"\x89PNG\r\n\x1a\n\0\0", "is not a complete JSON array"),
        (
            "a.json.gz",
            gzip.compress(b"\x89PNG", mtime=0),
            "is not a complete JSON array",
        ),
        ("a.json", '[{"url": "x"}]'.encode("utf-16"), "is not a complete JSON arr"),
        ("a.json", b'[{"url": "\xff\xfe"}]', "is not a complete JSON array"),
        ("a.json", b'[{"url": "x"}, \xff]', "is not a complete JSON array"),
        ("a.json", bytes(5_000), "is not a complete JSON array"),
        ("a.json", b"[1, 2]", "is not a complete JSON array"),
        (
            "a.json",
            b'[{"url": "\\ud83d\\ude00\\\\ud800"},\n{"url": "a\\ud800b"}]',
            "has half of a surrogate pair in line 2 at byte 11, which is not a char",
        ),
        (
            "a.json.gz",
            gzip.compress(rb'[{"url": "\uDC00"}]', mtime=0),
            "has half of a surrogate pair in line 1 at byte 11",
        ),
        ("a.json", b'[{"name": 1}]', "not a feed: no record has a url"),
        ("a.jsonl", b'{"name": 1}\n', "not a feed: no record has a url"),
        ("a.jsonl", b"\x89PNG\r\n\x1a\n", "not a feed: no record has a url"),
        (
            "a.jsonl",
            '{"url": "x"}\n'.encode("utf-16"),
            "not a feed: no record has a url",
        ),
        ("a.jsonl", bytes(40_000_000), "a record of more than 16,777,216 bytes"),
        ("a.csv", bytes(5_000), "not a feed: no record has a url"),
        ("a.csv", b"\x89PNG\r\n\x1a\n", "no record has a url in UTF-8"),
        ("a.csv", b"name,size\r\n1,2\r\n", "not a feed: no record has a url"),
        ("a.csv", b"url,URL\r\n1,2\r\n", "two columns with one name"),
        ("a.csv", b"\xff\xfeu\0r\0l\0", "no record has a url in UTF-8"),
        ("a.csv.gz", b"url\r\n", "cannot be read (it is not a whole gzip file"),
        ("a.jsonl.gz", b"not gzip", "is not a complete gzip file"),
        (
            "a.jsonl.gz",
            gzip.compress(b"x" * 999, mtime=0)[:-9],
            "is not a complete gzip file",
        ),
        ("a.parquet", b"not Parquet", "is not a complete Parquet file"),
        ("a.parquet", b"PAR1" + bytes(20) + b"PAR1", "is not a complete Parquet"),
        ("a.parquet.gz", b"x", "has an unknown suffix; use one of .json, .jsonl"),
        ("a.txt", b"x", "has an unknown suffix; use one of .json, .jsonl"),
        ("gz", b"x", "has an unknown suffix; use one of .json, .jsonl"),
    ],
)
def test_a_file_that_is_not_a_feed_is_named_in_one_sentence(
    tmp_path: Path, name: str, data: bytes, words: str
) -> None:
    path = tmp_path / name
    path.write_bytes(data)

    with pytest.raises(BadInput) as caught:
        read(path)

    sentence = str(caught.value)
    assert sentence.startswith(f"{path} ")
    assert words in sentence
    assert "\n" not in sentence
    assert "/fpcrawler-" not in sentence


@pytest.mark.parametrize(
    ("argument", "words"),
    [
        ("none.json", "none.json does not exist"),
        (
            "s3://bucket/a.json",
            "s3://bucket/a.json is not a local path; copy it to this disk",
        ),
        ("none*.json", "none*.json matches no file"),
        (".", ". is a folder"),
        ("/dev/null", "/dev/null is a device, not a file; name a feed"),
    ],
)
def test_a_name_without_a_feed_is_refused(argument: str, words: str) -> None:
    with pytest.raises(BadInput, match="^" + words.replace("*", r"\*")):
        find_feeds([argument])


def test_a_missing_name_is_refused() -> None:
    with pytest.raises(BadInput, match="no feed is named"):
        find_feeds([])


def test_nothing_is_left_in_the_temporary_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    temporary = tmp_path / "it's temporary"
    temporary.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(temporary))

    rows, _ = read(write(tmp_path / "a.json", A))

    assert len(rows) == 1
    assert not list(temporary.iterdir())


TEXTS = st.text(st.sampled_from("'=+-@\t\r\n\uff1d0.eE,;\" aé")) | st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\0")
)


@pytest.mark.parametrize("kind", ["crawl", "export"])
@settings(max_examples=3, deadline=None)
@given(texts=st.lists(TEXTS, min_size=100))
def test_text_cells_of_csv_are_no_formulas_and_are_read_back(
    kind: str, texts: list[str]
) -> None:
    texts += [
        "=1+1",
        "'=1",
        "-12",
        "@a",
        "\ttab",
        "\rcr",
        "''+x",
        "+1e5",
        ";'=1;=2\t;\t@",
    ]
    records = [{"url": f"https://a/{n}", "alt": t} for n, t in enumerate(texts)]
    with TemporaryDirectory() as folder:
        path = Path(folder, "feed.csv")
        if kind == "crawl":
            with path.open("wb") as file:
                exporter = CsvExporter(file, fields_to_export=["url", "alt"])
                exporter.start_exporting()
                for record in records:
                    exporter.export_item(record)
                exporter.finish_exporting()
        else:
            with database(MEMORY) as connection:
                feed = write(Path(folder, "feed.jsonl"), *records)
                feeds = find_feeds([str(feed)])
                write_table(connection, feeds, path, ExportFormat.CSV)
        with database(MEMORY) as connection:
            load(
                connection,
                find_feeds([str(path)]),
                table="t",
                fields=["alt"],
                columns="alt",
            )
            found = dict(connection.execute("SELECT url, alt FROM t").fetchall())
        with path.open(encoding="utf-8", newline="") as file:
            cells = [row["alt"] for row in csv.DictReader(file)]

    assert found == {record["url"]: record["alt"] or None for record in records}
    starts = {cell[0] for cell in cells if cell and not re.fullmatch(NUMBER, cell)}
    assert starts.isdisjoint("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")
    assert cells == [neutral(text) for text in texts]
