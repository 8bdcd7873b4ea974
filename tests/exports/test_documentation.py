"""docs/export.md says what there is."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from fpcrawler.exports.formats import ExportFormat, format_of
from fpcrawler.exports.redaction.subjects import Subject
from fpcrawler.exports.sqlite import new_database
from tests.commands import ROOT

TEXT = (ROOT / "docs" / "export.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| `(\w+)` \| (.+?) \|", TEXT, re.MULTILINE)


def test_every_format_is_documented_with_its_suffixes() -> None:
    suffixes = {
        kind: re.findall(r"`(\.[\w.]+)`", cell)
        for kind, cell in ROWS
        if kind in [*ExportFormat]
    }

    assert [*suffixes] == [*ExportFormat]
    for kind, names in suffixes.items():
        assert names
        assert {format_of(f"a{name}") for name in names} == {kind}


def test_every_word_of_redact_is_documented() -> None:
    assert [word for word, _ in ROWS if word in [*Subject]] == [*Subject]


@pytest.mark.parametrize(
    "query", re.findall(r"```sql\n(.*?)```", TEXT, re.DOTALL)[0].strip().split("\n\n")
)
def test_the_queries_run_on_the_database(tmp_path: Path, query: str) -> None:
    with new_database(tmp_path / "a.sqlite"):
        pass
    with closing(sqlite3.connect(tmp_path / "a.sqlite")) as made:
        tables = made.execute(
            "SELECT name FROM sqlite_schema WHERE type IN ('table', 'view')"
        ).fetchall()

        assert made.execute(query).fetchall() == []
    for (name,) in tables:
        assert f"`{name}`" in TEXT or name.startswith("sqlite_")
