"""The digests that tell programs apart."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest
from msgspec.structs import replace
from scrapy.settings import Settings

import fpcrawler
from fpcrawler.fleet.program import program_of
from tests.commands import ROOT
from tests.fleet.programs import PROGRAM


def digest_of(values: dict[str, Any], *given: str) -> str:
    return program_of(Settings(values), given).settings_sha256


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
    ("name", "sentence"),
    [
        ("version", "version x instead of 1.0"),
        ("code_sha256", "other Python sources"),
        ("settings_sha256", "another settings.py"),
    ],
)
def test_what_differs_is_said(name: str, sentence: str) -> None:
    assert PROGRAM.difference(replace(PROGRAM, **{name: "x"})) == sentence
    assert PROGRAM.difference(PROGRAM) is None


def test_the_version_is_that_of_the_project() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]

    assert project["version"] == fpcrawler.__version__
