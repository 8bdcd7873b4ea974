"""What follows from the types is up to date, and the schemas say what they should."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from jsonschema import ValidationError

from fpcrawler.items import JUDGED_FIELDS, RECORD_FIELDS
from tests.commands import ROOT
from tests.exports.test_tables import FULL
from tests.schemas import generated
from tests.validation import SCHEMAS, validate

FILES = generated()


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_generated_file_is_up_to_date(path: Path) -> None:
    """If this fails, run ``python -m tests.schemas``."""
    assert path.read_text(encoding="utf-8") == FILES[path]


def test_every_schema_is_generated() -> None:
    assert {path for path in FILES if path.parent == SCHEMAS} == {*SCHEMAS.iterdir()}
    assert ROOT / "docs" / "scale.md" in FILES


def test_a_record_with_every_field_is_valid() -> None:
    validate("record", FULL)


@pytest.mark.parametrize(
    "change",
    [
        {"url": None},
        {"image_size": -1},
        {"width": 1.5},
        {"tor": None},
        {"timestamp": "2026-01-02T03:04:05Z"},
        {"picture_sha256": "AB" * 32},
        {"random_128_bytes_sample_start": "abc"},
        {"exif": {"Image Make": 1}},
        {"evidence": {**FULL["evidence"], "more": 1}},
        {"matches": [{"list": "a", "kind": "md5"}]},
        {"head": ""},
    ],
    ids=",".join,
)
def test_a_record_with_a_wrong_value_is_invalid(change: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        validate("record", {**FULL, **change})


@pytest.mark.parametrize("name", RECORD_FIELDS)
def test_a_record_without_a_field_is_invalid(name: str) -> None:
    with pytest.raises(ValidationError):
        validate("record", {key: FULL[key] for key in FULL if key != name})


def test_a_note_of_two_kinds_is_invalid() -> None:
    with pytest.raises(ValidationError):
        validate("note", {"dropped": "a", "reason": "b", "tor": True, "page": "c"})


def test_the_notes_are_documented_with_their_keys() -> None:
    text = (ROOT / "DATA_FORMAT.md").read_text(encoding="utf-8")
    lines = re.findall(r"^\| `(\{.+\})` \|", text, re.MULTILINE)
    schema = json.loads((SCHEMAS / "note.json").read_text(encoding="utf-8"))

    assert [re.findall(r'"(\w+)":', line) for line in lines] == [
        kind["required"] for kind in schema["oneOf"]
    ]


def test_the_record_of_a_run_is_documented_with_its_keys() -> None:
    text = (ROOT / "DATA_FORMAT.md").read_text(encoding="utf-8")
    _, _, text = text.partition("## The record of the runs beside a feed\n")
    schema = json.loads((SCHEMAS / "run.json").read_text(encoding="utf-8"))
    keys = schema["properties"]["runs"]["items"]["required"]

    documented = re.findall(r"^\| `(\w+)` \|", text, re.MULTILINE)
    assert documented[: len(keys)] == keys


@pytest.mark.parametrize(
    ("name", "page"),
    [("duplicates", "duplicates"), ("devices", "duplicates"), ("match", "known-lists")],
)
def test_the_json_of_a_command_is_documented_with_its_keys(
    name: str, page: str
) -> None:
    text = (ROOT / "docs" / f"{page}.md").read_text(encoding="utf-8")
    schema = json.loads((SCHEMAS / f"{name}.json").read_text(encoding="utf-8"))
    shape = schema.get("items", schema)
    keys = ", ".join(f'"{key}"' for key in shape["required"])

    assert f"`{{{keys}}}`" in text


def test_duplicates_are_judged_by_fingerprints_and_sizes() -> None:
    assert [
        *("image_size", "sha256_first_10240_bytes", "picture_sha256"),
        *("picture_length", "end_sha256", "blocks_sha256", "evidence"),
        *("server_digests", "file_digests"),
    ] == JUDGED_FIELDS
