from __future__ import annotations

import csv
from io import BytesIO
from typing import Any

import pytest

from fpcrawler.exports import flat
from fpcrawler.exports.columns import COLUMNS
from fpcrawler.exports.flat import MAX_CELL, MAX_COLUMNS, Written, write_flat
from tests.exports.test_tables import BARE, FULL


def table(
    *records: dict[str, Any], has_groups: bool = False
) -> tuple[Written, list[dict[str, str]], bytes]:
    file = BytesIO()
    written = write_flat(lambda: iter(records), file, has_groups=has_groups)
    data = file.getvalue()
    return (
        written,
        [*csv.DictReader(data.decode("utf-8-sig").splitlines(keepends=True))],
        data,
    )


def cell(text: str) -> str:
    _, (row,), _ = table({**BARE, "exif": {"Image Make": text}})
    return row["exif.Image Make"]


def test_each_tag_has_a_column_and_each_record_a_row() -> None:
    written, (full, bare), data = table(FULL, BARE)
    names = [*full]

    assert data.startswith(b"\xef\xbb\xbfurl,image_size,")
    assert written == Written(2, 0)
    assert full["exif.Image Make"] == "A"
    assert full["xmp.dc:creator"] == "Ada; Bob"
    assert full["texts.parameters"] == "a cat,\n日本"
    assert (full["has_ranges"], full["device_make"]) == ("true", "Canon")
    assert names[: len(COLUMNS)] == [column.name for column in COLUMNS]
    assert names[len(COLUMNS) :] == sorted(names[len(COLUMNS) :])
    assert bare["exif.Image Make"] == bare["width"] == ""


def test_texts_of_one_name_share_a_cell() -> None:
    texts = [{"name": "Comment", "text": text} for text in ("a", "b")]
    _, (row,), _ = table({**BARE, "texts": texts})

    assert row["texts.Comment"] == "a; b"


def test_names_with_groups_are_the_columns() -> None:
    _, (row,), _ = table({**BARE, "exif": {"IFD0:Make": "A"}}, has_groups=True)

    assert row["IFD0:Make"] == "A"


@pytest.mark.parametrize("text", ["=1+1", "+cmd", "-a", "@sum", "\t1", "\r1"])
def test_no_value_is_a_formula(text: str) -> None:
    assert cell(text) == f"'{text}"


@pytest.mark.parametrize("text", ["-1", "+2.5", "-1e-05", "1=1", ""])
def test_other_values_stay(text: str) -> None:
    assert cell(text) == text


def test_a_name_is_no_formula_either() -> None:
    _, (row,), _ = table(
        {**BARE, "texts": [{"name": "=1", "text": "a"}]}, has_groups=True
    )

    assert row["'=1"] == "a"


def test_a_cell_has_what_a_spreadsheet_can_read() -> None:
    assert cell("x" * MAX_CELL) == "x" * MAX_CELL
    assert cell("x" * 40_000) == "x" * (MAX_CELL - 1) + "…"


def test_the_most_frequent_tags_have_columns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flat, "_MAX_COUNTED", MAX_COLUMNS)
    many = {f"a:b{number}": "x" for number in range(MAX_COLUMNS)}
    common = {**BARE, "exif": {"Image Make": "A"}}
    written, rows, _ = table(
        common, common, {**BARE, "xmp": many}, {**BARE, "xmp": many}
    )

    assert len(rows[0]) == MAX_COLUMNS
    assert written.left_out > 0
    assert rows[0]["exif.Image Make"] == "A"


def test_a_name_without_end_has_no_column() -> None:
    written, (row,), _ = table({**BARE, "xmp": {"a:" + "b" * 300: "x", "a:c": "y"}})

    assert (written, row["xmp.a:c"]) == (Written(1, too_long=1), "y")
