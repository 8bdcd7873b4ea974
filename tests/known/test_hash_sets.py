"""Hash sets of Project VIC that DuckDB reads say what they say entry by entry."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import duckdb
import pytest

from fpcrawler.known.files import find_lists
from fpcrawler.known.forms.hash_sets import hash_set_rows
from tests.known import lists
from tests.known.lists import MD5, MEDIUM, SHA1, SHA256, base64, matches, refusal, write

HASHES = [{"HashName": "SHA256", "HashValue": SHA256}]


def read_by_duckdb(folder: Path, text: str) -> bool:
    path = write(folder / "list", text)
    (known,) = find_lists([str(path)])
    with duckdb.connect() as connection:
        return hash_set_rows(connection, known, path) is not None


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(lists.vics(), id="hex"),
        pytest.param("\ufeff" + lists.vics(), id="BOM"),
        pytest.param(lists.VICS_13, id="base64"),
        pytest.param(lists.CAID, id="CAID"),
        pytest.param(lists.vics({**MEDIUM, "Hashes": []}), id="no list of digests"),
    ],
)
def test_duckdb_reads_a_flat_hash_set(tmp_path: Path, text: str) -> None:
    assert read_by_duckdb(tmp_path, text)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(lists.vics_case(), id="case"),
        pytest.param(
            lists.vics(MEDIUM, {**MEDIUM, "AlternativeHashes": HASHES}),
            id="list of digests",
        ),
        pytest.param(
            lists.vics(
                {**MEDIUM, "Series": "a" * 70_000}, {**MEDIUM, "Hashes": HASHES}
            ),
            id="list of digests after the first bytes",
        ),
        pytest.param(lists.vics({"MD5": MD5}, {"md5": MD5}), id="two spellings"),
        pytest.param(lists.vics({"MD5:": MD5}), id="a key with a sign"),
        pytest.param(lists.vics()[:-1] + ', "links": []}', id="another array"),
        pytest.param(lists.vics()[:-9], id="incomplete"),
        pytest.param(lists.vics({"MediaID": 1}), id="no digest"),
        pytest.param(lists.vics({"MD5": MD5, "Series": "\ud800"}), id="surrogate"),
    ],
)
def test_another_one_is_left_to_python(tmp_path: Path, text: str) -> None:
    assert not read_by_duckdb(tmp_path, text)


@pytest.mark.parametrize(
    "medium",
    [
        pytest.param({"Category": "1", "Series": 'é "a"\n\\', "Name": "{"}, id="texts"),
        pytest.param({"Category": 2.5, "SeriesName": 7, "FilePath": -1}, id="numbers"),
        pytest.param({"Category": True, "Series": [1], "Name": {"a": 1}}, id="neither"),
        pytest.param({"MediaSize": 0, "FileSize": lists.SIZE}, id="an empty size"),
        pytest.param({"Series": "", "SeriesName": "b", "Name": None}, id="empty texts"),
        pytest.param(
            {"IsSuspected": "True", "IsPrecategorized": 1, "IsDistributed": None},
            id="flags",
        ),
        pytest.param(
            {"Name": "b", "MediaFiles": [{"FileName": "a"}, {"FileName": "c"}]},
            id="name of the first file",
        ),
        pytest.param({"Series": "x" * 2_000}, id="a long text"),
        pytest.param({"MD5": f" {base64(MD5)}\n", "SHA1": f"\t{SHA1} "}, id="spaces"),
        pytest.param({"MD5": base64(MD5)[:-1] + "!", "SHA1": 5}, id="broken digests"),
        pytest.param({"SHA1": f" {lists.BASE_32.lower()}"}, id="base32"),
        pytest.param({"SHA256": base64(SHA256), "SHA1": "", "MD5": None}, id="SHA-256"),
    ],
)
def test_both_readers_say_the_same(tmp_path: Path, medium: dict[str, Any]) -> None:
    media = [{"MediaID": 1}, {"MediaID": 2, "MD5": MD5, "SHA1": SHA1.upper(), **medium}]
    text = lists.vics(*media, {"MediaID": 3, "SHA256": SHA256})
    assert read_by_duckdb(tmp_path, text)

    by_duckdb = matches(write(tmp_path / "list", text))
    folder = tmp_path / "b"
    folder.mkdir()
    # Another array at the end is what DuckDB cannot read.
    by_python = matches(write(folder / "list", f'{text[:-1]}, "links": []}}'))

    assert by_duckdb == by_python
    assert {match["row"] for match in by_duckdb} <= {2, 3}
    assert by_duckdb


def test_a_gzipped_hash_set_says_the_same(tmp_path: Path) -> None:
    text = json.dumps(json.loads(lists.vics()), indent=2)
    folder = tmp_path / "b"
    folder.mkdir()

    plain = matches(write(tmp_path / "list", text))

    assert matches(write(folder / "list", gzip.compress(text.encode()))) == plain


def test_an_incomplete_gzip_file_is_refused_by_its_path(tmp_path: Path) -> None:
    media = ({**MEDIUM, "MD5": f"{number:032x}"} for number in range(1_000))
    compressed = gzip.compress(lists.vics(*media).encode())

    assert "cannot be read" in refusal(write(tmp_path / "list", compressed[:-9]))
