from __future__ import annotations

import csv
import gzip
import io
import json
import os
import random
import signal
from hashlib import md5, sha1, sha256
from pathlib import Path
from threading import Timer
from typing import Any

import duckdb
import pytest
from scrapy.settings import Settings

from fpcrawler.core.fingerprint.known import (
    SAMPLE_LENGTH,
    DigestKind,
    Match,
    whole_digests,
)
from fpcrawler.errors import BadInput
from fpcrawler.known.loading import KnownLists, known_lists

DRAWN = random.Random(1)
FILES = [DRAWN.randbytes(1_000) for _ in range(5)]
MD5S = [md5(data, usedforsecurity=False).hexdigest() for data in FILES]
SHA1S = [sha1(data, usedforsecurity=False).hexdigest() for data in FILES]
SHA256S = [sha256(data).hexdigest() for data in FILES]
SAMPLES = [data[500:628].hex() for data in FILES]


def load(*lists: Path | str) -> KnownLists:
    return known_lists(Settings({"KNOWN_LISTS": [str(path) for path in lists]}))


def matches(data: bytes, *lists: Path | str) -> list[Match]:
    return load(*lists).matches(whole_digests(data), data, len(data))


def found(data: bytes, *lists: Path | str) -> list[tuple[str, int | None]]:
    return [(match["kind"], match["row"]) for match in matches(data, *lists)]


def refusal(*lists: Path | str) -> str:
    with pytest.raises(BadInput) as refused:
        load(*lists)
    text = str(refused.value)
    assert "\n" not in text
    assert text.endswith(".")
    assert "/fpcrawler-" not in text
    return text


def write(path: Path, data: str | bytes) -> Path:
    data = data.encode() if isinstance(data, str) else data
    path.write_bytes(gzip.compress(data) if path.name.endswith(".gz") else data)
    return path


def md5s(count: int) -> str:
    """Return lines of digests, which are cheap to make."""
    return random.Random(count).randbytes(16 * count).hex("\n", 16)


def table(rows: list[list[str]], **options: Any) -> str:
    text = io.StringIO()
    csv.writer(text, **options).writerows(rows)
    return text.getvalue()


def rows_of(*columns: list[str]) -> list[list[str]]:
    return [list(row) for row in zip(*columns, strict=True)]


@pytest.mark.parametrize("gz", ["", ".gz"])
@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("list.csv", table([["sha256"], *rows_of(SHA256S)])),
        ("list.jsonl", "".join(f'{{"sha256": "{h}"}}\n' for h in SHA256S)),
        ("list.json", json.dumps([{"sha256": h} for h in SHA256S])),
        ("list.json", json.dumps([{"sha256": h} for h in SHA256S], indent=4)),
        ("list.txt", "".join(f"{h}\n" for h in SHA256S)),
        ("list.txt", "\n".join(SHA256S)),
        ("list.txt", "".join(f"{h}  folder/a b.jpg\n" for h in SHA256S)),
        ("list", "".join(f"{h},a.jpg\r\n" for h in SHA256S)),
        ("list.md5", "".join(f"\\{h}  a\\nb.jpg\n" for h in SHA256S)),
        ("list", "# a note\n# another\n" + "".join(f'"{h}"\n' for h in SHA256S)),
    ],
    ids=lambda value: value.replace("\n", "⏎")[:20],
)
def test_a_list_of_any_format_finds_every_file_in_its_row(
    tmp_path: Path, name: str, text: str, gz: str
) -> None:
    path = write(tmp_path / f"{name}{gz}", text)
    notes = text.startswith("#") * 2

    for row, data in enumerate(FILES, start=1 + notes):
        assert found(data, path) == [("sha256", row)]
    assert found(b"another", path) == []


@pytest.mark.parametrize(
    "column",
    [
        '"SHA-256"',
        'upper("SHA-256") AS sha256',
        'unhex("SHA-256") AS sha256',
        """{'sha256': "SHA-256", 'md5': NULL} AS file_digests""",
        """MAP {'sha256': "SHA-256"} AS server_digests""",
    ],
)
def test_a_list_in_parquet_has_digests_in_hex_in_bytes_or_as_our_feeds(
    tmp_path: Path, column: str
) -> None:
    path = tmp_path / "list"
    with duckdb.connect() as connection:
        connection.execute('CREATE TABLE own (number INTEGER, "SHA-256" VARCHAR)')
        connection.executemany("INSERT INTO own VALUES (?, ?)", [*enumerate(SHA256S)])
        connection.execute(
            f"COPY (SELECT {column} FROM own ORDER BY number) "
            f"TO '{path}' (FORMAT parquet)"
        )

    for row, data in enumerate(FILES, start=1):
        assert found(data, path) == [("sha256", row)]


def test_a_parquet_file_without_digests_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "list.parquet"
    with duckdb.connect() as connection:
        connection.execute(f"COPY (SELECT 1 AS name, 2 AS size) TO '{path}'")

    assert refusal(path).endswith("only 'name, size'; add one.")
    path.write_bytes(path.read_bytes()[:-9])
    assert "is not a complete Parquet file" in refusal(path)


@pytest.mark.parametrize(
    ("column", "kind", "values"),
    [
        ("sha256", "sha256", SHA256S),
        ("SHA-256", "sha256", [h.upper() for h in SHA256S]),
        ("Sha_256", "sha256", SHA256S),
        ("SHA-1", "sha1", [h.upper() for h in SHA1S]),
        ("sha1", "sha1", SHA1S),
        ("MD5", "md5", [h.upper() for h in MD5S]),
        ("md5", "md5", [f" {h} " for h in MD5S]),
        ("RANDOM_128_bytes_sample_start", "random_128_bytes_sample_start", SAMPLES),
    ],
)
@pytest.mark.parametrize("is_json", [False, True])
def test_a_column_is_known_by_its_name_however_it_is_written(
    tmp_path: Path, column: str, kind: str, values: list[str], *, is_json: bool
) -> None:
    text = (
        json.dumps([{"name": "a", column: value} for value in values])
        if is_json
        else table([["name", column], *rows_of(["a, b"] * 5, values)])
    )
    path = write(tmp_path / "list", text)

    assert [found(data, path) for data in FILES] == [
        [(kind, row)] for row in range(1, 6)
    ]


@pytest.mark.parametrize("bom", ["", "\ufeff"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_a_table_as_forensic_tools_write_it(
    tmp_path: Path, delimiter: str, bom: str
) -> None:
    header = ["SHA-1", "MD5", "CRC32", "FileName", "FileSize"]
    names = ['a "b".jpg', "c,d;e.jpg", "f|g\th.jpg", "ü.jpg", ""]
    rows = rows_of(SHA1S, MD5S, ["0"] * 5, names, ["1000"] * 5)
    text = table([header, *rows], quoting=csv.QUOTE_ALL, delimiter=delimiter)
    path = write(tmp_path / "NSRLFile.txt", bom + text)

    for row, data in enumerate(FILES, start=1):
        assert found(data, path) == [("md5", row), ("sha1", row)]


@pytest.mark.parametrize("gz", ["", ".gz"])
@pytest.mark.parametrize("order", ["le", "be"])
@pytest.mark.parametrize(
    "text",
    [
        table([["Name", "MD5"], *rows_of(["süß.jpg"] * 5, MD5S)], delimiter=";"),
        "".join(f"{digest} *süß.jpg\n" for digest in MD5S),
        json.dumps([{"name": "süß.jpg", "md5": digest} for digest in MD5S]),
        "%%%% HASHDEEP-1.0\n%%%% size,md5,filename\n## \n"
        + "".join(f"1000,{digest},süß.jpg\n" for digest in MD5S),
        json.dumps({"value": [{"MD5": digest, "Name": "süß.jpg"} for digest in MD5S]}),
    ],
    ids=["table", "md5sum", "JSON", "hashdeep", "Project VIC"],
)
def test_utf_16_is_read_by_its_byte_order_mark(
    tmp_path: Path, text: str, order: str, gz: str
) -> None:
    path = write(tmp_path / f"list{gz}", f"\ufeff{text}".encode(f"utf-16-{order}"))

    for data in FILES:
        (match,) = matches(data, path)
        assert (match["kind"], match["name"]) == ("md5", "süß.jpg")
    assert path.read_bytes()[:2] in {b"\xff\xfe", b"\xfe\xff", b"\x1f\x8b"}


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "latin-1", "cp1252"])
def test_file_names_may_have_any_encoding(tmp_path: Path, encoding: str) -> None:
    rows = [["Name", "MD5"], *rows_of(["süß.jpg"] * 5, MD5S)]
    data = table(rows, delimiter="\t").encode(encoding)
    path = write(tmp_path / "list.tsv", data)

    assert [found(file, path) for file in FILES] == [[("md5", n)] for n in range(1, 6)]
    assert load(path).skipped == 0


def test_a_list_of_project_vic_is_an_object_around_its_array(tmp_path: Path) -> None:
    media = [
        {"MediaID": n, "Category": 1, "MD5": a.upper(), "SHA1": b.upper()}
        for n, (a, b) in enumerate(zip(MD5S, SHA1S, strict=True))
    ]
    text = {"odata.metadata": "http://a.example/1.3.xml#Media", "value": media}

    for indent in (None, 2):
        for ending in ("", ".gz"):
            name = f"vic-{indent}.json{ending}"
            path = write(tmp_path / name, "\ufeff" + json.dumps(text, indent=indent))
            assert [found(data, path) for data in FILES] == [
                [("md5", n), ("sha1", n)] for n in range(1, 6)
            ]


def test_bare_hashes_of_several_kinds_differ_by_length(tmp_path: Path) -> None:
    path = write(tmp_path / "list", f"{SHA1S[0]}\n{MD5S[1].upper()}\n\n{SHA256S[2]}\n")

    assert [found(data, path) for data in FILES] == [
        *([("sha1", 1)], [("md5", 2)], [("sha256", 4)], [], [])
    ]


def record(number: int, **fields: Any) -> dict[str, Any]:
    data = FILES[number]
    return {
        "url": f"https://a.example/{number}.jpg",
        "exif": {"Image ImageDescription": 'a "b",\nc'},
        "sha256_first_10240_bytes": sha256(data + b"head").hexdigest(),
        "random_128_bytes_sample_start": SAMPLES[number],
        "picture_sha256": sha256(data + b"picture").hexdigest(),
        "server_digests": {"md5": MD5S[number], "claimed_sha256": SHA256S[number]},
        **fields,
    }


def feed(records: list[dict[str, Any]], name: str) -> str:
    if name.startswith("feed.csv"):
        cells = [
            [json.dumps(v) if isinstance(v, dict) else v or "" for v in r.values()]
            for r in records
        ]
        return table([list(records[0]), *cells])
    if name.startswith("feed.jsonl"):
        return "".join(f"{json.dumps(record)}\n" for record in records)
    return json.dumps(records, indent=4)


@pytest.mark.parametrize(
    "name", ["feed.json", "feed.jsonl", "feed.csv", "feed.json.gz", "feed.csv.gz"]
)
def test_a_feed_of_ours_is_a_list(tmp_path: Path, name: str) -> None:
    records = [
        record(0),
        record(1, picture_sha256=None, server_digests={}),
        record(2),
    ]
    path = write(tmp_path / name, feed(records, name))
    index = load(path)
    digests = {
        DigestKind.HEAD: records[2]["sha256_first_10240_bytes"],
        DigestKind.PICTURE: records[2]["picture_sha256"],
    }

    assert [m["kind"] for m in index.matches(digests, b"")] == list(digests)
    assert [m["row"] for m in index.matches(digests, b"")] == [3, 3]
    assert found(FILES[2], path) == [
        *(("md5", 3), ("random_128_bytes_sample_start", 3))
    ]
    assert found(FILES[1], path) == [("random_128_bytes_sample_start", 2)]
    assert index.digests == 3 + 3 + 2 + 2


def test_a_claimed_digest_is_not_a_digest_of_a_list(tmp_path: Path) -> None:
    path = write(tmp_path / "feed.json", feed([record(0)], "feed.json"))

    assert ("sha256", 1) not in found(FILES[0], path)


def test_matches_name_the_list_also_for_globs(tmp_path: Path) -> None:
    write(tmp_path / "b.csv", table([["md5"], [MD5S[1]], [MD5S[0]]]))
    write(tmp_path / "a.csv", table([["sha256"], [SHA256S[0]]]))
    (tmp_path / "below").mkdir()
    same = write(tmp_path / "below" / "a.csv", table([["md5"], [MD5S[0]]]))

    found = matches(FILES[0], tmp_path / "*.csv", same, tmp_path / "a.csv")
    assert [(match["list"], match["kind"], match["row"]) for match in found] == [
        ("b.csv", "md5", 2),
        (str(same), "md5", 1),
        (str(tmp_path / "a.csv"), "sha256", 1),
    ]


def test_a_repeated_row_matches_once_with_the_first(tmp_path: Path) -> None:
    rows = [[h] for h in (MD5S[1], MD5S[0], MD5S[0], MD5S[0])]

    path = write(tmp_path / "list", table([["md5"], *rows]))

    assert found(FILES[0], path) == [("md5", 2)]


@pytest.mark.parametrize(
    "cell",
    [
        "nothing",
        "0" * 31,
        "0" * 33,
        "g" * 32,
        "0x" + "0" * 30,
        "0" * 31 + "é",
        "1_" * 16,
    ],
)
@pytest.mark.parametrize("form", ["table", "array", "lines"])
def test_an_invalid_cell_is_skipped_and_counted(
    tmp_path: Path, cell: str, form: str
) -> None:
    texts = {
        "table": table([["md5", "sha1"], [cell, SHA1S[0]], ["", ""], [MD5S[1], ""]]),
        "array": json.dumps(
            [{"md5": cell, "sha1": SHA1S[0]}, {"md5": None}, {"md5": MD5S[1]}]
        ),
        "lines": f'{{"md5": "{cell}", "sha1": "{SHA1S[0]}"}}\n{{}}\n'
        f'{{"md5": "{MD5S[1]}"}}\n',
    }
    path = write(tmp_path / "list", texts[form])

    assert load(path).skipped == 1
    assert len(load(path).index) == 2
    assert found(FILES[0], path) == [("sha1", 1)]
    assert found(FILES[1], path) == [("md5", 3)]


@pytest.mark.parametrize(
    ("text", "count"),
    [
        (f"md5,name\n{MD5S[0]},a\n{MD5S[1]}\n{MD5S[2]},a,b\n{MD5S[3]},a\n", 2),
        (f'md5,name\n{MD5S[0]},a\n{MD5S[1]},"a"b"\n{MD5S[3]},a\n', 1),
        (f'{{"md5": "{MD5S[0]}"}}\n{{"md5": \n5\n{{"md5": "{MD5S[3]}"}}\n', 2),
        (f'[{{"md5": "{MD5S[0]}"}}, 5, null, "a", {{"md5": "{MD5S[3]}"}}]', 3),
        (f"{MD5S[0]}\nnothing\n{MD5S[1][:-1]}\n{MD5S[3]}  a.jpg\n", 2),
    ],
)
def test_an_invalid_row_is_skipped_and_counted(
    tmp_path: Path, text: str, count: int
) -> None:
    path = write(tmp_path / "list", text)

    assert load(path).skipped == count
    assert [bool(found(data, path)) for data in FILES[:4]] == [
        *(True, False, False, True)
    ]


NO_COLUMNS = (
    "has none of the columns md5, sha1, sha256, sha512, sha256_first_10240_bytes, "
    "picture_sha256, random_128_bytes_sample_start, only "
)


@pytest.mark.parametrize(
    ("name", "data", "sentence"),
    [
        ("list.csv", b"url,size\na,1\n", NO_COLUMNS + "'url,size'; add"),
        ("list.csv", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "looks like an image (png); "),
        ("list.csv", "md5\n5\n".encode("utf-16-be"), "is not text; name another"),
        ("list.txt", b"0123456789abcdef\n", NO_COLUMNS),
        ("list.json", b"[5, null]", NO_COLUMNS + "'5'; add one."),
        ("list.json", b"[null]", NO_COLUMNS + "'null'; add one."),
        ("list.txt", b"\n\nno hash\n", NO_COLUMNS + "'no hash'; add one."),
        ("list.txt", b"a" * 20_000_000, NO_COLUMNS + "'no text'; add one."),
        ("list.json", b'[{"url": "a"}]', "looks like JSON without digests; name"),
        ("list.json", b'{"url": "a"}', "looks like JSON without digests; name"),
        ("list.json", b'["a", 5]', NO_COLUMNS + "'a'; add one."),
        ("list.json", b'[{"md5": "', "is not complete JSON; correct it."),
        ("list.json", b"[" * 100_000, "is not complete JSON; correct it."),
        ("list.json", b'[{"md5": "\xff"}]', "is not complete JSON; correct it."),
        ("list.csv", b"md5\nnothing\n", "has no digest; name another list."),
        ("list.json", b'[{"md5": null}]', "has no digest; name another list."),
        (
            "list.csv",
            f'md5,name\n{MD5S[0]},a\n{MD5S[1]},"b\n{MD5S[2]},c\n'.encode(),
            "line 3 has an unmatched quote, so the rows after it are unclear; correct",
        ),
        (
            "list.csv",
            b"\x1f\x8b" + bytes(20),
            "cannot be read (it is not a whole gzip file); name another list.",
        ),
        ("list.csv", gzip.compress(b"md5\n", mtime=0)[:12], "cannot be read ("),
    ],
)
def test_a_file_that_is_not_a_list_is_refused_in_one_sentence(
    tmp_path: Path, name: str, data: bytes, sentence: str
) -> None:
    path = tmp_path / name
    path.write_bytes(data)

    assert refusal(path).startswith(f"known list {path}")
    assert sentence in refusal(path)


@pytest.mark.parametrize(
    "text", ["", "\n\n", "[]", "[\n]\n", '{"value": []}', "md5,name\r\n"]
)
@pytest.mark.parametrize("gz", ["", ".gz"])
def test_a_list_may_be_empty(tmp_path: Path, text: str, gz: str) -> None:
    empty = write(tmp_path / f"empty{gz}", text)
    other = write(tmp_path / "other.csv", table([["md5"], [MD5S[0]]]))

    assert load(empty).skipped == 0
    assert found(FILES[0], empty) == []
    assert found(FILES[0], empty, other) == [("md5", 1)]


def test_hashes_in_a_json_array_are_a_list(tmp_path: Path) -> None:
    path = write(tmp_path / "list", json.dumps([MD5S[0], SHA1S[1], None, "a", 5]))

    assert load(path).skipped == 3
    assert found(FILES[0], path) == [("md5", 1)]
    assert found(FILES[1], path) == [("sha1", 2)]


def test_a_truncated_gzipped_list_is_refused(tmp_path: Path) -> None:
    lines = (md5(b"%d" % n, usedforsecurity=False).hexdigest() for n in range(9_999))
    gz = gzip.compress("\n".join(["md5", *lines]).encode())
    for name, data in (("a.csv.gz", gz), ("b.json.gz", gzip.compress(b"[{}]" * 9))):
        path = tmp_path / name
        path.write_bytes(data[:-12])

        assert f"known list {path} " in refusal(path)


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("none.csv", "none.csv does not exist; name a known list."),
        ("none*.csv", "none*.csv matches no file; name existing files."),
        (".", "is a folder; name the known lists in it: *.json."),
        ("/dev/null", "/dev/null is a device, not a file; name a known list"),
        ("x" * 300, "x does not exist; name a known list."),
    ],
)
def test_a_name_without_a_list_is_refused(name: str, sentence: str) -> None:
    assert sentence in refusal(name)


def test_a_bad_list_among_good_ones_is_refused(tmp_path: Path) -> None:
    good = write(tmp_path / "a.csv", table([["md5"], [MD5S[0]]]))
    bad = write(tmp_path / "b.csv", "url\na\n")

    assert str(bad) in refusal(good, bad)


def test_names_of_lists_are_not_sql_or_globs(tmp_path: Path) -> None:
    path = write(tmp_path / "it's [a] *list*.csv", table([["md5"], [MD5S[0]]]))

    (match,) = matches(FILES[0], path)
    assert (match["list"], match["row"]) == (path.name, 1)


@pytest.mark.parametrize("key", ['sha256"', "$.sha256", "sha256'", "shä256"])
def test_names_of_columns_are_not_sql(tmp_path: Path, key: str) -> None:
    lines = [{key: SHA256S[0], "md5": MD5S[0]}]
    path = write(tmp_path / "list.json", json.dumps(lines))
    other = write(tmp_path / "list.csv", table([[key, "md5"], [SHA256S[0], MD5S[0]]]))

    assert ("md5", 1) in found(FILES[0], path)
    assert ("md5", 1) in found(FILES[0], other)


def test_a_list_is_loaded_once(tmp_path: Path) -> None:
    path = write(tmp_path / "list", "\n".join(MD5S))
    settings = Settings({"KNOWN_LISTS": f" {path} ,"})

    assert known_lists(settings) is known_lists(settings)


def test_a_signal_is_not_reported_as_a_bad_list(tmp_path: Path) -> None:
    known = write(tmp_path / "long.csv", "md5\n" + md5s(3_000_000))
    Timer(0.2, os.kill, [os.getpid(), signal.SIGINT]).start()

    def load_until_it_comes() -> None:
        while True:
            load(known)

    with pytest.raises(KeyboardInterrupt):
        load_until_it_comes()


@pytest.mark.untraced
def test_rows_are_numbered_through_many_blocks_of_a_file(tmp_path: Path) -> None:
    digests = md5s(300_000).split("\n")
    table_ = write(
        tmp_path / "a.csv", "md5,name\n" + "".join(f"{h},a\n" for h in digests)
    )
    lines = write(tmp_path / "b", "".join(f'{{"md5": "{h}"}}\n' for h in digests))
    array = write(tmp_path / "c", json.dumps([{"md5": h} for h in digests]))

    for path in (table_, lines, array):
        index = load(path)
        for n in range(0, 300_000, 7_919):
            (match,) = index.matches({DigestKind.MD5: digests[n]}, b"")
            assert match["row"] == n + 1


def test_a_sample_of_a_list_is_found_anywhere_in_a_file(tmp_path: Path) -> None:
    path = write(
        tmp_path / "list", table([["random_128_bytes_sample_start"], *rows_of(SAMPLES)])
    )
    data = bytes(4_321) + FILES[3] + bytes(100)

    assert found(data, path) == [("random_128_bytes_sample_start", 4)]
    assert len(bytes.fromhex(SAMPLES[0])) == SAMPLE_LENGTH
