"""The digests that tell programs apart."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from scrapy.settings import Settings

import fpcrawler
from fpcrawler.fleet import program
from fpcrawler.fleet.program import installed
from tests.commands import ROOT
from tests.fleet.programs import PROGRAM


def digest_of(values: dict[str, Any], *given: str) -> str:
    return installed(Settings(values), given).sha256


@pytest.mark.parametrize(
    ("changed", "is_the_same"),
    [
        ({"MIN_IMAGE_SIZE": 1}, False),
        ({"ITEM_PIPELINES": {"a": 1}}, False),
        ({"LOG_LEVEL": "DEBUG"}, True),
        ({"FLEET_LEASE": 1}, True),
        ({"FEEDS": {"data/images-123.json": {}}}, True),
        ({"GIVEN": "1"}, True),
    ],
    ids=str,
)
def test_settings_that_change_records_make_another_program(
    changed: dict[str, Any], *, is_the_same: bool
) -> None:
    values = {"MIN_IMAGE_SIZE": 2, "ITEM_PIPELINES": {"b": 1, "a": 2}}
    other = digest_of({**values, **changed}, "GIVEN")

    assert (other == digest_of(values, "GIVEN")) is is_the_same


def test_classes_and_sets_have_one_digest_in_every_process() -> None:
    values = {"A": {dict: 1, str: 2}, "B": {"x", "y"}, "C": (1, object())}
    again = {"A": {str: 2, dict: 1}, "B": {"y", "x"}, "C": (1, object())}

    assert digest_of(values) == digest_of(again)


@pytest.mark.parametrize(
    ("name", "other", "sentence"),
    [
        ("version", "1.1", "version 1.1 instead of 1.0"),
        ("code_sha256", "d", "other Python sources"),
        ("settings", {"A": "1", "C": "3"}, "another value of B, C in settings.py"),
    ],
)
def test_what_differs_is_said(name: str, other: object, sentence: str) -> None:
    assert PROGRAM.difference(replace(PROGRAM, **{name: other})) == sentence
    assert PROGRAM.difference(PROGRAM) is None


def test_a_value_is_known_by_a_short_digest_of_it() -> None:
    one, other = (
        installed(Settings({"A": a, "B": 1}), ()).settings for a in ("x", "y")
    )

    assert {name for name, _ in one.items() ^ other.items()} == {"A"}
    assert {len(digest) for digest in one.values()} == {6}


def test_settings_py_is_no_part_of_the_sources(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    digests = []
    for name, text in [("settings", "A = 1"), ("settings", "A = 2"), ("other", "")]:
        (tmp_path / f"{name}.py").write_text(text)
        monkeypatch.setattr(program, "_SOURCES", tmp_path)
        program._code_sha256.cache_clear()
        digests.append(program._code_sha256())
    program._code_sha256.cache_clear()

    assert digests[0] == digests[1] != digests[2]


def test_the_version_is_that_of_the_project() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]

    assert project["version"] == fpcrawler.__version__
