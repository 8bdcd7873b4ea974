"""Each line of SECURITY.md names tests that are there."""

from __future__ import annotations

import re

import pytest

from tests.commands import ROOT

SECURITY = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
ROWS = re.findall(
    r"^\| (?!threat)(\w[^|]*) \|[^|]+\| ([^|]+) \|$", SECURITY, re.MULTILINE
)


@pytest.mark.parametrize(("threat", "tests"), ROWS, ids=[row[0] for row in ROWS])
def test_each_threat_names_tests_that_exist(threat: str, tests: str) -> None:
    named = re.findall(r"`([\w/]+\.py)::(test_\w+)`", tests)

    assert len(named) == tests.count("`") / 2 > 0, threat
    for path, name in named:
        text = (ROOT / "tests" / path).read_text(encoding="utf-8")
        assert re.search(rf"^(async )?def {name}\(", text, re.MULTILINE), name


def test_the_threat_model_is_one_page() -> None:
    assert len(ROWS) > 20
    assert len(SECURITY.splitlines()) <= 60
